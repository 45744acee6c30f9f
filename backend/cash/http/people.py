"""Who acts at the desk, and the names behind the ids that its lists bear."""

from typing import Literal
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency

from backend import identity
from backend.identity import Actor, Role, desk_office
from backend.kit.sql import Conn


class PersonRow(msgspec.Struct, frozen=True, kw_only=True):
    """A member of the office's staff, with the phone that may hold cash and receipts (S22)."""

    id: UUID
    display_name: str
    badge: str | None
    role: Role
    status: Literal["active", "disabled"]
    device_id: UUID | None
    device_label: str | None


class AgencyRow(msgspec.Struct, frozen=True, kw_only=True):
    """An agency of the office."""

    id: UUID
    code: str
    name: str


class People(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever an id in the desk's lists may mean; who left is among them."""

    staff: list[PersonRow]
    agencies: list[AgencyRow]


class PeopleController(Controller):
    """Names."""

    path = "/api/cash/v1"
    tags = ("cash",)

    @get("/people", operation_id="cash_list_people", opt={"permission": "cash.read"})
    async def list_people(
        self, actor: NamedDependency[Actor], conn: NamedDependency[Conn]
    ) -> People:
        """Return the people and agencies of the office, by name."""
        office_id = desk_office(actor, None)
        phones = {
            device.staff_id: device
            for device in await identity.list_devices(conn)
            if device.is_field and device.status == "active"
        }
        staff = [
            PersonRow(
                id=one.id,
                display_name=one.display_name,
                badge=one.badge,
                role=one.role,
                status=one.status,
                device_id=phones[one.id].id if one.id in phones else None,
                device_label=phones[one.id].label if one.id in phones else None,
            )
            for one in await identity.list_staff(conn)
            if one.office_id == office_id
        ]
        agencies = [
            AgencyRow(id=one.id, code=one.code, name=one.name)
            for one in await identity.list_partners(conn)
            if one.office_id == office_id
        ]
        return People(staff=sorted(staff, key=lambda one: one.display_name), agencies=agencies)


def by_of(actor: Actor) -> UUID:
    """Return the member of staff at the desk."""
    assert actor.id is not None, "the desk is staff"
    return actor.id
