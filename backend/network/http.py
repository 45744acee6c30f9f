"""What there is, over HTTP: communes around, couriers of a day, a door's pin."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from backend.identity import Actor, check_sees
from backend.kit.clock import service_day
from backend.kit.errors import NotFound
from backend.kit.geo import Position, distance_m
from backend.kit.sql import Conn
from backend.network import actions, store
from backend.network.model import CourierDay, DeliveryPoint, Office, Pin, Profile

NEAR_M = 15_000  # communes whose centre lies this near an office are shown with its own


class CommuneOut(msgspec.Struct, frozen=True):
    """A commune to draw or to choose."""

    code: str
    name: str
    lat: float
    lon: float
    is_ours: bool
    """In the territory of one of the actor's offices."""


class VehicleOut(msgspec.Struct, frozen=True):
    """What a courier rides."""

    id: UUID
    label: str
    profile: Profile
    capacity_g: int
    capacity_ml: int


class ShiftOut(msgspec.Struct, frozen=True):
    """Hours on the day asked, in seconds after its local midnight."""

    id: UUID
    starts_s: int
    ends_s: int
    lunch_early_s: int | None
    lunch_late_s: int | None
    lunch_duration_s: int


class CourierOut(msgspec.Struct, frozen=True):
    """A courier on the day asked; `shift` is null on a day off."""

    id: UUID
    office_id: UUID
    display_name: str
    badge: str | None
    phone: str | None
    skills: list[str]
    vehicle: VehicleOut
    shift: ShiftOut | None


class Couriers(msgspec.Struct, frozen=True):
    """The couriers of the actor's offices on one day."""

    service_on: date
    items: list[CourierOut]


class PinIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a door is."""

    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)]


class PointOut(msgspec.Struct, frozen=True):
    """A door after its pin was moved."""

    id: UUID
    address: str
    commune_code: str | None
    lat: float | None
    lon: float | None
    pin: Pin
    pin_at: datetime | None


class DispatchController(Controller):
    """What a dispatcher needs to know of the network, and the pins they put right."""

    path = "/api/dispatch/v1"
    tags = ("network",)

    @get("/communes", operation_id="network_list_communes", opt={"permission": "communes.read"})
    async def list_communes(
        self, actor: NamedDependency[Actor], conn: NamedDependency[Conn]
    ) -> list[CommuneOut]:
        """Return the communes of the actor's offices and those around, by code."""
        offices = await _offices(conn, actor)
        territory = await store.list_territory(conn, [office.id for office in offices])
        ours = {code for _, code in territory} | {office.commune_code for office in offices}
        found = []
        for unit in await store.list_communes(conn):
            here = Position(unit.lat, unit.lon)
            is_near = any(distance_m(here, Position(o.lat, o.lon)) <= NEAR_M for o in offices)
            if unit.code in ours or is_near:
                found.append(
                    CommuneOut(unit.code, unit.name, unit.lat, unit.lon, unit.code in ours)
                )
        return found

    @get("/couriers", operation_id="network_list_couriers", opt={"permission": "couriers.read"})
    async def list_couriers(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        service_on: FromQuery[date | None] = None,
    ) -> Couriers:
        """Return the couriers of the actor's offices with vehicle and shift; today by default."""
        day = service_on or service_day(now)
        couriers = [
            _courier_out(courier)
            for office in await _offices(conn, actor)
            for courier in await store.list_couriers(conn, office.id, day)
        ]
        return Couriers(day, couriers)

    @post(
        "/points/{point_id:uuid}/pin",
        operation_id="network_move_pin",
        opt={"permission": "points.pin"},
        status_code=200,
    )
    async def move_pin(
        self,
        point_id: FromPath[UUID],
        data: JSONBody[PinIn],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> PointOut:
        """Put a door's pin where it is. 404 for a door of another office."""
        point = await store.find_point_anywhere(conn, point_id)
        if point is None:
            raise NotFound
        check_sees(actor, point.office_id)
        moved = await actions.move_pin(
            conn,
            office_id=point.office_id,
            point_id=point.id,
            lat=data.lat,
            lon=data.lon,
            by_id=actor.id,
            at=now,
        )
        return _point_out(moved)


async def _offices(conn: Conn, actor: Actor) -> Sequence[Office]:
    offices = await store.list_offices(conn)
    return [o for o in offices if actor.offices == "*" or o.id in actor.offices]


def _courier_out(day: CourierDay) -> CourierOut:
    shift = None
    if day.shift_id is not None and day.starts_s is not None and day.ends_s is not None:
        shift = ShiftOut(
            day.shift_id,
            day.starts_s,
            day.ends_s,
            day.lunch_early_s,
            day.lunch_late_s,
            day.lunch_duration_s,
        )
    vehicle = VehicleOut(
        day.vehicle_id, day.vehicle_label, day.profile, day.capacity_g, day.capacity_ml
    )
    return CourierOut(
        day.courier_id,
        day.office_id,
        day.display_name,
        day.badge,
        day.phone,
        list(day.skills),
        vehicle,
        shift,
    )


def _point_out(point: DeliveryPoint) -> PointOut:
    return PointOut(
        point.id,
        point.address_text,
        point.commune_code,
        point.lat,
        point.lon,
        point.pin,
        point.pin_at,
    )


controllers: Final = (DispatchController,)
