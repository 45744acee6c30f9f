"""What the office asks about its phones."""

from typing import Final
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from backend.identity import Actor, desk_office
from backend.kit.sql import Conn
from backend.sync.actions.phones import list_phones
from backend.sync.model import PhoneState


class Phones(msgspec.Struct, frozen=True):
    """The phones of an office, by the names of their couriers."""

    phones: list[PhoneState]


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


controllers: Final = (OfficeController,)
