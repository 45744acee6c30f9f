"""Typed functions over the room's SQL."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.kit import sql
from backend.kit.sql import Conn
from backend.kit.unit import Shelf, unit_of
from backend.network.model import (
    CalendarDay,
    Commune,
    Courier,
    CourierDay,
    DeliveryPoint,
    FormerCommune,
    FormerDistrict,
    Office,
    PinMove,
    Point,
    RuleSetting,
    Shift,
    Vehicle,
)

queries = sql.load(__file__)
NOTE_MAX = 2000


def _fields(struct: msgspec.Struct) -> dict[str, object]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def _former_district(code: str, name: str, province_code: str, keys: list[str]) -> FormerDistrict:
    return FormerDistrict(code, name, province_code, tuple(keys))


def _former_commune(*row: Any) -> FormerCommune:
    fields = (*row[:-1], tuple(row[-1]))
    return FormerCommune(*fields)


def _courier_day(*row: Any) -> CourierDay:
    skills = CourierDay.__struct_fields__.index("skills")
    fields = (*row[:skills], tuple(row[skills]), *row[skills + 1 :])
    return CourierDay(*fields)


async def list_communes(conn: Conn) -> list[Commune]:
    """Return the units in force, by code."""
    return await queries.list(conn, "list_communes", Commune)


async def list_former_districts(conn: Conn) -> list[FormerDistrict]:
    """Return every district of before the reform."""
    return await queries.list(conn, "list_former_districts", _former_district)


async def list_former_communes(conn: Conn) -> list[FormerCommune]:
    """Return every commune of before the reform and where it went."""
    return await queries.list(conn, "list_former_communes", _former_commune)


async def save_reference(
    conn: Conn,
    communes: Iterable[Commune],
    districts: Iterable[FormerDistrict],
    former: Iterable[FormerCommune],
    *,
    reform_on: date,
) -> None:
    """Store the units in force since `reform_on` and those of before."""
    await queries.run_many(
        conn, "save_commune", [_fields(unit) | {"valid_from": reform_on} for unit in communes]
    )
    await queries.run_many(
        conn,
        "save_former_district",
        [_fields(district) | {"valid_to": reform_on} for district in districts],
    )
    await queries.run_many(
        conn, "save_former_commune", [_fields(unit) | {"valid_to": reform_on} for unit in former]
    )


async def list_territory(conn: Conn, office_ids: Sequence[UUID]) -> list[tuple[UUID, str]]:
    """Return pairs of office and the code of a commune it serves."""
    return await queries.list(
        conn, "list_territory", lambda *row: (row[0], row[1]), office_ids=list(office_ids)
    )


async def save_territory(conn: Conn, office_id: UUID, commune_codes: Iterable[str]) -> None:
    """Let an office serve some communes, beside those it serves already."""
    await queries.run_many(
        conn,
        "save_territory",
        [{"office_id": office_id, "commune_code": code} for code in commune_codes],
    )


async def list_offices(conn: Conn) -> list[Office]:
    """Return every delivery office, by code."""
    return await queries.list(conn, "list_offices", Office)


async def find_office(conn: Conn, office_id: UUID) -> Office | None:
    """Return one office or None."""
    return await queries.one(conn, "find_office", Office, id=office_id)


async def save_office(conn: Conn, office: Office) -> UUID:
    """Add an office, or bring the one of the same code up to date; return its id."""
    saved: UUID = await queries.value(conn, "save_office", **_fields(office))
    return saved


async def save_service_point(conn: Conn, point: Point) -> None:
    """Add a counter, culture point, desk or pay point."""
    await queries.run(conn, "save_service_point", **_fields(point))


async def list_service_points(conn: Conn, office_id: UUID) -> list[Point]:
    """Return the counters, culture points, desks and pay points of an office."""
    return await queries.list(conn, "list_service_points", Point, office_id=office_id)


async def save_vehicle(conn: Conn, vehicle: Vehicle) -> None:
    """Add a vehicle."""
    await queries.run(conn, "save_vehicle", **_fields(vehicle))


async def save_courier(conn: Conn, courier: Courier) -> None:
    """Say what a courier rides and can do."""
    await queries.run(conn, "save_courier", **_fields(courier))


async def save_shift(conn: Conn, shift: Shift) -> None:
    """Add a courier's hours on one day."""
    await queries.run(conn, "save_shift", **_fields(shift))


async def list_couriers(conn: Conn, office_id: UUID, service_on: date) -> list[CourierDay]:
    """Return an office's couriers by badge, each with the shift of that day if there is one."""
    return await queries.list(
        conn,
        "list_couriers",
        _courier_day,
        office_ids=[office_id],
        service_on=service_on,
    )


async def find_point(conn: Conn, office_id: UUID, point_id: UUID) -> DeliveryPoint | None:
    """Return one door or None."""
    return await queries.one(conn, "find_point", DeliveryPoint, office_id=office_id, id=point_id)


async def find_point_anywhere(conn: Conn, point_id: UUID) -> DeliveryPoint | None:
    """Return one door of any office that the transaction sees, or None."""
    return await queries.one(conn, "find_point_anywhere", DeliveryPoint, id=point_id)


async def list_points(
    conn: Conn, office_id: UUID, point_ids: Sequence[UUID]
) -> list[DeliveryPoint]:
    """Return some doors of an office, by id."""
    return await queries.list(
        conn, "list_points", DeliveryPoint, office_id=office_id, ids=list(point_ids)
    )


async def find_point_by_key(conn: Conn, office_id: UUID, search_key: str) -> DeliveryPoint | None:
    """Return the door known under a folded text, locked, or None."""
    return await queries.one(
        conn, "find_point_by_key", DeliveryPoint, office_id=office_id, search_key=search_key
    )


async def lock_point(conn: Conn, office_id: UUID, point_id: UUID) -> DeliveryPoint | None:
    """Return one door, locked, or None."""
    unit = unit_of(conn)
    if unit is not None:
        kept: DeliveryPoint | None = unit.find(POINTS, point_id)
        return kept
    return await queries.one(conn, "lock_point", DeliveryPoint, office_id=office_id, id=point_id)


async def add_point(conn: Conn, point: DeliveryPoint) -> bool:
    """Add a door; return False when the office already knows one by the same folded text."""
    return bool(await queries.value(conn, "add_point", **_fields(point)))


async def set_commune(conn: Conn, point: DeliveryPoint) -> None:
    """Write a door's commune and by what it is known."""
    await queries.run(
        conn,
        "set_commune",
        office_id=point.office_id,
        id=point.id,
        commune_code=point.commune_code,
        resolved_by=point.resolved_by,
    )


async def set_pin(conn: Conn, point: DeliveryPoint) -> None:
    """Write where a door's pin stands."""
    unit = unit_of(conn)
    if unit is not None:
        unit.change(POINTS, point.id, point)
        return
    names = ("office_id", "id", "lat", "lon", "pin", "pin_by", "pin_at")
    await queries.run(conn, "set_pin", **{name: getattr(point, name) for name in names})


async def add_note(conn: Conn, office_id: UUID, point_id: UUID, text: str) -> int:
    """Write a line about a door; return how many doors were found, 0 or 1."""
    unit = unit_of(conn)
    if unit is not None:
        point: DeliveryPoint | None = unit.find(POINTS, point_id)
        if point is None:
            return 0
        note = f"{point.note}\n{text}" if point.note else text
        unit.change(POINTS, point_id, msgspec.structs.replace(point, note=note[-NOTE_MAX:]))
        return 1
    return await queries.run(conn, "add_note", office_id=office_id, id=point_id, text=text)


async def add_pin_move(
    conn: Conn,
    point: DeliveryPoint,
    *,
    lat: float,
    lon: float,
    accuracy_m: int | None,
    pin: str,
    by_id: UUID | None,
    at: datetime,
) -> None:
    """Remember where a pin was put; the caller holds the door's lock."""
    move = {
        "office_id": point.office_id,
        "point_id": point.id,
        "lat": lat,
        "lon": lon,
        "accuracy_m": accuracy_m,
        "pin": pin,
        "by_id": by_id,
        "at": at,
    }
    unit = unit_of(conn)
    if unit is not None:
        unit.later(PIN_MOVES, move)
        return
    await _write_pin_moves(conn, [move])


async def list_pin_moves(conn: Conn, office_id: UUID, point_id: UUID) -> list[PinMove]:
    """Return every place a door's pin was put to, in the order we heard of them."""
    return await queries.list(
        conn, "list_pin_moves", PinMove, office_id=office_id, point_id=point_id
    )


async def list_calendar(conn: Conn, first: date, last: date) -> list[CalendarDay]:
    """Return the days off and swapped days from `first` to `last`."""
    unit = unit_of(conn)
    if unit is not None:
        return await unit.once(("calendar", first, last), lambda: list_calendar(conn, first, last))
    return await queries.list(conn, "list_calendar", CalendarDay, first=first, last=last)


async def add_calendar(conn: Conn, days: Iterable[CalendarDay]) -> None:
    """Add days of the calendar that are not there yet."""
    await queries.run_many(conn, "add_calendar_day", [_fields(day) for day in days])


async def find_rule(conn: Conn, name: str, on_day: date) -> RuleSetting | None:
    """Return the version of a rule in force on a day, or None."""
    unit = unit_of(conn)
    if unit is not None:
        return await unit.once(("rule", name, on_day), lambda: find_rule(conn, name, on_day))
    return await queries.one(conn, "find_rule", RuleSetting, name=name, on_day=on_day)


async def add_rules(conn: Conn, rules: Iterable[RuleSetting]) -> None:
    """Add versions of rules that are not there yet."""
    await queries.run_many(conn, "add_rule", [_fields(rule) for rule in rules])


async def read_ahead(conn: Conn, office_id: UUID, point_ids: Sequence[UUID]) -> None:
    """Lock doors in the order of their ids and keep them for the facts of a batch."""
    if not point_ids:
        return
    unit = unit_of(conn)
    assert unit is not None, "a batch reads ahead"
    rows = await unit.read(
        lambda: queries.list(
            conn, "lock_points", DeliveryPoint, office_id=office_id, ids=list(point_ids)
        )
    )
    unit.know_all(POINTS, point_ids, {point.id: point for point in rows})


async def _write_points(conn: Conn, points: list[DeliveryPoint]) -> None:
    await queries.run(
        conn,
        "set_points",
        office_id=points[0].office_id,
        ids=[point.id for point in points],
        lats=[point.lat for point in points],
        lons=[point.lon for point in points],
        pins=[point.pin for point in points],
        pins_by=[point.pin_by for point in points],
        pins_at=[point.pin_at for point in points],
        notes=[point.note for point in points],
    )


async def _write_pin_moves(conn: Conn, moves: list[dict[str, object]]) -> None:
    await queries.run(
        conn,
        "add_pin_moves",
        office_id=moves[0]["office_id"],
        point_ids=[move["point_id"] for move in moves],
        lats=[move["lat"] for move in moves],
        lons=[move["lon"] for move in moves],
        accuracies=[move["accuracy_m"] for move in moves],
        pins=[move["pin"] for move in moves],
        bys=[move["by_id"] for move in moves],
        ats=[move["at"] for move in moves],
    )


POINTS = Shelf(4, _write_points)
PIN_MOVES = Shelf(4, _write_pin_moves)


async def set_cash_limit(conn: Conn, office_id: UUID, staff_id: UUID, limit_vnd: int) -> bool:
    """Write how much a courier may hold; False where there is no such courier."""
    found = await queries.value(
        conn, "set_cash_limit", office_id=office_id, staff_id=staff_id, limit_vnd=limit_vnd
    )
    return found is not None
