"""How a phone asks for its payout lists, online, before the round (S22)."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Controller, post
from litestar.di import NamedDependency

from backend.identity import Actor
from backend.kit.errors import NotFound
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


class ListController(Controller):
    """The lists a phone pays from."""

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
    ) -> GivenLeases:
        """Give this phone the lists of its open rounds. 409 `not_field_device`."""
        if actor.office_id is None or actor.id is None or actor.device_id is None:
            raise NotFound()
        elsewhere = await leases.issue_for_day(
            conn,
            office_id=actor.office_id,
            courier_id=actor.id,
            device_id=actor.device_id,
            now=now,
        )
        current = await leases.list_current(conn, actor.office_id, actor.device_id, now)
        return GivenLeases(
            leases=[GivenLease(one.id, one.subject_id, one.expires_at) for one in current],
            held_elsewhere=elsewhere,
        )


controllers: Final = (ListController,)
