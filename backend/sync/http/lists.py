"""What a phone asks for online before the round: its payout lists (S22), and who else is out."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from backend import identity, rounds
from backend.identity import Actor
from backend.kit.clock import service_day
from backend.kit.errors import Conflict, NotFound
from backend.kit.sql import Conn
from backend.sync.actions import leases


class GivenLease(msgspec.Struct, frozen=True):
    """The right to pay one list's share until an instant of the server's clock."""

    id: UUID
    share_id: UUID
    expires_at: datetime


class GivenLeases(msgspec.Struct, frozen=True):
    """What this phone may pay from, and the lists that another phone has."""

    leases: list[GivenLease]
    held_elsewhere: list[UUID]


class Colleague(msgspec.Struct, frozen=True):
    """A courier to whom cash may be handed."""

    id: UUID
    display_name: str
    badge: str | None


class Colleagues(msgspec.Struct, frozen=True):
    """The other couriers of the office, by name."""

    colleagues: list[Colleague]


class PhoneStorage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a phone says of itself when it asks for what money needs (S18)."""

    is_installed: bool = False
    """The app was opened from the home screen."""
    is_persisted: bool = False
    """The browser promises not to clear what the app keeps."""


class ListController(Controller):
    """The lists a phone pays from, and the colleagues it may pass cash to."""

    path = "/api/sync/v1"
    tags = ("sync",)

    @post(
        "/leases",
        operation_id="sync_take_leases",
        opt={"permission": "phone.lease", "signed": True},
        status_code=200,
    )
    async def take(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        data: JSONBody[PhoneStorage | None] = None,
    ) -> GivenLeases:
        """Give this phone the lists of its open rounds.

        409 `not_field_device`, `storage_not_kept` (S18: neither installed and kept, nor waived).
        """
        if actor.office_id is None or actor.id is None or actor.device_id is None:
            raise NotFound()
        said = data or PhoneStorage()
        if not (said.is_installed and said.is_persisted) and await rounds.needs_kept_storage(
            conn, actor.office_id, actor.id, service_day(now)
        ):
            raise Conflict("storage_not_kept")
        elsewhere = await leases.issue_for_day(
            conn,
            office_id=actor.office_id,
            courier_id=actor.id,
            device_id=actor.device_id,
            now=now,
        )
        current = await leases.list_current(conn, actor.office_id, actor.device_id)
        given = [one for one in current if one.expires_at > now]
        return GivenLeases(
            leases=[GivenLease(one.id, one.subject_id, one.expires_at) for one in given],
            held_elsewhere=elsewhere,
        )

    @get(
        "/colleagues",
        operation_id="sync_list_colleagues",
        opt={"permission": "phone.colleagues", "signed": True},
    )
    async def list_colleagues(
        self, actor: NamedDependency[Actor], conn: NamedDependency[Conn]
    ) -> Colleagues:
        """Return the office's other couriers in service."""
        found = [
            Colleague(one.id, one.display_name, one.badge)
            for one in await identity.list_staff(conn, "courier")
            if one.office_id == actor.office_id and one.id != actor.id and one.status == "active"
        ]
        return Colleagues(sorted(found, key=lambda one: one.display_name))


controllers: Final = (ListController,)
