"""What the office asks about its phones."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from backend.identity import Actor, desk_office
from backend.kit.sql import Conn
from backend.sync.actions.phones import list_phones, look_at_missing
from backend.sync.model import PhoneState


class Phones(msgspec.Struct, frozen=True):
    """The phones of an office, by the names of their couriers."""

    phones: list[PhoneState]


Seq = Annotated[int, msgspec.Meta(ge=1, le=2**53)]


class LookMissing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers that a phone can no longer send, and what was done about them."""

    from_seq: Seq
    to_seq: Seq
    note: Annotated[str, msgspec.Meta(max_length=500)]


class OfficeController(Controller):
    """Which phones have what we have not."""

    path = "/api/sync/v1"
    tags = ("sync",)

    @get("/phones", operation_id="sync_list_phones", opt={"permission": "phones.read"})
    async def list_phones(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> Phones:
        """Return each phone with what is still out there, held, or missing for good (S17)."""
        return Phones(await list_phones(conn, desk_office(actor, office)))

    @post(
        "/streams/{stream_id:uuid}/missing/look",
        operation_id="sync_look_missing",
        opt={"permission": "aside.look"},
        status_code=204,
    )
    async def look(
        self,
        stream_id: FromPath[UUID],
        data: JSONBody[LookMissing],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> None:
        """Note that somebody rebuilt, or looked at, what the phone can no longer send.

        409 `needs_reason`, `not_missing`, `missing_may_come`.
        """
        assert actor.id is not None, "staff looks"
        await look_at_missing(
            conn,
            desk_office(actor, office),
            stream_id,
            (data.from_seq, data.to_seq),
            by=actor.id,
            note=data.note,
            now=now,
        )


controllers: Final = (OfficeController,)
