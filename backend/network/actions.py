"""What can be done with what there is: load the reference, save doors, move pins, count days."""

import uuid
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from backend.kit import geo
from backend.kit.csv_table import Column, Fault, read_table
from backend.kit.errors import Invalid, NotFound
from backend.kit.ids import new_id
from backend.kit.pdf import Letterhead
from backend.kit.sql import Conn
from backend.kit.text import fold, nfc
from backend.network import law, store
from backend.network.addresses import Gazetteer
from backend.network.model import (
    CourierDay,
    DeliveryPoint,
    Office,
    Pin,
    Resolution,
    ResolvedBy,
    RuleSetting,
)
from backend.network.reference import REFORM_ON, read_reference
from backend.network.rules import DAYS_OFF_MAX, WorkingDays, may_move_pin

OFFICE_COLUMNS = (
    Column("code", is_required=True),
    Column("name", is_required=True),
    Column("commune", is_required=True),
    Column("address"),
    Column("phone"),
    Column("lat"),
    Column("lon"),
    Column("serves"),
)
NAMESPACE = uuid.UUID("6f3d5b1e-5d0b-5c7e-9a55-0f6f5a2b1c4d")  # ids of offices come from codes


class OfficesImported(NamedTuple):
    """What came of a file of offices."""

    num_rows: int
    num_accepted: int
    faults: list[Fault]


async def load_reference(conn: Conn) -> int:
    """Store the province's units, the calendar and the first rules; return how many communes.

    May run at every start: units are brought up to the package, days and rules that somebody
    changed stay as they are.
    """
    reference = read_reference()
    await store.save_reference(
        conn,
        reference.communes,
        reference.former_districts,
        reference.former_communes,
        reform_on=REFORM_ON,
    )
    await store.add_calendar(conn, law.CALENDAR)
    await store.add_rules(conn, law.RULES)
    return len(reference.communes)


async def get_gazetteer(conn: Conn) -> Gazetteer:
    """Return every name of the province's units; make it once for many addresses."""
    return Gazetteer(
        await store.list_communes(conn),
        await store.list_former_districts(conn),
        await store.list_former_communes(conn),
    )


async def resolve_address(conn: Conn, text: str) -> Resolution:
    """Return the commune that an address lies in, or who could be meant."""
    return (await get_gazetteer(conn)).resolve(text)


async def get_office(conn: Conn, office_id: UUID) -> Office:
    """Return an office, or raise `NotFound`."""
    office = await store.find_office(conn, office_id)
    if office is None:
        raise NotFound("office_unknown")
    return office


async def get_letterhead(conn: Conn, office_id: UUID, on_day: date) -> Letterhead:
    """Return the head of an office's paper, as its documents bear it."""
    office = await get_office(conn, office_id)
    rule = await get_rule(conn, "operator", on_day)
    operator = msgspec.convert(rule.value, dict[str, str])
    return Letterhead(operator["name"], office.name, office.address, office.phone or "")


async def get_point(conn: Conn, office_id: UUID, point_id: UUID) -> DeliveryPoint:
    """Return a door, or raise `NotFound`."""
    point = await store.find_point(conn, office_id, point_id)
    if point is None:
        raise NotFound
    return point


async def list_working(conn: Conn, office_id: UUID, service_on: date) -> list[CourierDay]:
    """Return the couriers of an office who have a shift on a day."""
    couriers = await store.list_couriers(conn, office_id, service_on)
    return [courier for courier in couriers if courier.shift_id is not None]


async def save_point(
    conn: Conn,
    *,
    office_id: UUID,
    address_text: str,
    now: datetime,
    gazetteer: Gazetteer | None = None,
    commune_code: str | None = None,
    lat: float | None = None,
    lon: float | None = None,
    pin: Pin = "street",
    by_id: UUID | None = None,
    note: str = "",
    is_demo: bool = False,
) -> DeliveryPoint:
    """Return the office's door for this address, adding it when it is new.

    A door is one per office and folded text, and keeps the text it was first written with. The
    commune is what a person said (`commune_code`), else what the words say. Without a position
    the pin stands on the commune's centroid. A door known already keeps its pin unless the new
    one is surer, and its commune unless it had none.

    Raises `Invalid`: `address_empty`, `not_on_earth`, `commune_unknown`.
    """
    text = nfc(address_text)
    if not text:
        raise Invalid("address_empty")
    names = gazetteer or await get_gazetteer(conn)
    by: ResolvedBy = "person"
    if commune_code is None:
        resolution = names.resolve(text)
        commune_code, by = resolution.commune_code, resolution.by
    commune = None if commune_code is None else names.find_commune(commune_code)
    if commune_code is not None and commune is None:
        raise Invalid("commune_unknown", commune_code=commune_code)
    if lat is None or lon is None:
        pin = "none" if commune is None else "commune"
        lat, lon = (None, None) if commune is None else (commune.lat, commune.lon)
    elif not geo.is_on_earth(lat, lon):
        raise Invalid("not_on_earth")
    new = DeliveryPoint(
        office_id=office_id,
        id=new_id(),
        address_text=text,
        search_key=fold(text),
        commune_code=commune_code,
        resolved_by=by,
        lat=lat,
        lon=lon,
        pin=pin,
        pin_by=by_id,
        pin_at=None if pin == "none" else now,
        note=nfc(note),
        is_demo=is_demo,
    )
    if await store.add_point(conn, new):
        await _remember(conn, new, accuracy_m=None)
        return new
    known = await store.find_point_by_key(conn, office_id, new.search_key)
    assert known is not None, "doors are never deleted"
    return await _learn(conn, known, new)


async def _learn(conn: Conn, known: DeliveryPoint, new: DeliveryPoint) -> DeliveryPoint:
    """Return a known door with what the new words about it add."""
    if new.commune_code is not None and (known.commune_code is None or new.resolved_by == "person"):
        known = msgspec.structs.replace(
            known, commune_code=new.commune_code, resolved_by=new.resolved_by
        )
        await store.set_commune(conn, known)
    if new.lat is None or new.lon is None or new.pin_at is None:
        return known
    is_same = (new.lat, new.lon, new.pin) == (known.lat, known.lon, known.pin)
    if is_same or not may_move_pin(known, pin=new.pin, at=new.pin_at):
        return known
    moved = _with_pin(known, new.lat, new.lon, new.pin, new.pin_by, new.pin_at)
    await store.set_pin(conn, moved)
    await _remember(conn, moved, accuracy_m=None)
    return moved


async def move_pin(
    conn: Conn,
    *,
    office_id: UUID,
    point_id: UUID,
    lat: float,
    lon: float,
    by_id: UUID | None,
    at: datetime,
    accuracy_m: int | None = None,
    pin: Pin = "door",
) -> DeliveryPoint:
    """Put a door's pin where somebody stood at `at`; return the door as it then is.

    Every move is remembered, also one that comes too late to count.

    Raises `NotFound`, and `Invalid` `not_on_earth`.
    """
    if not geo.is_on_earth(lat, lon):
        raise Invalid("not_on_earth")
    point = await store.lock_point(conn, office_id, point_id)
    if point is None:
        raise NotFound
    moved = _with_pin(point, lat, lon, pin, by_id, at)
    await _remember(conn, moved, accuracy_m=accuracy_m)
    if not may_move_pin(point, pin=pin, at=at):
        return point
    await store.set_pin(conn, moved)
    return moved


async def add_note(conn: Conn, *, office_id: UUID, point_id: UUID, text: str) -> None:
    """Keep a line about a door for whoever comes next, or raise `NotFound`."""
    if not await store.add_note(conn, office_id, point_id, nfc(text)):
        raise NotFound


def _with_pin(
    point: DeliveryPoint, lat: float, lon: float, pin: Pin, by_id: UUID | None, at: datetime
) -> DeliveryPoint:
    return msgspec.structs.replace(point, lat=lat, lon=lon, pin=pin, pin_by=by_id, pin_at=at)


async def _remember(conn: Conn, point: DeliveryPoint, *, accuracy_m: int | None) -> None:
    if point.lat is None or point.lon is None or point.pin_at is None:
        return
    await store.add_pin_move(
        conn,
        point,
        lat=point.lat,
        lon=point.lon,
        accuracy_m=accuracy_m,
        pin=point.pin,
        by_id=point.pin_by,
        at=point.pin_at,
    )


async def get_working_days(conn: Conn, first: date, last: date) -> WorkingDays:
    """Return the calendar around the days from `first` to `last`."""
    margin = timedelta(days=DAYS_OFF_MAX)
    return WorkingDays(await store.list_calendar(conn, first - margin, last + margin))


async def is_working_day(conn: Conn, day: date) -> bool:
    """Return whether the law counts `day`."""
    return (await get_working_days(conn, day, day)).is_working_day(day)


async def add_working_days(conn: Conn, day: date, num_days: int) -> date:
    """Return the day `num_days` working days after `day`, which itself is not counted."""
    last = day + timedelta(days=2 * num_days)
    return (await get_working_days(conn, day, last)).add(day, num_days)


async def get_rule(conn: Conn, name: str, on_day: date) -> RuleSetting:
    """Return the version of a rule in force on a day, or raise `NotFound` `rule_unknown`."""
    rule = await store.find_rule(conn, name, on_day)
    if rule is None:
        raise NotFound("rule_unknown", name=name, on_day=on_day.isoformat())
    return rule


async def get_number(conn: Conn, name: str, on_day: date, *, default: int | None = None) -> int:
    """Return a rule that is one whole number, as it stands on a day.

    `default` stands in for a rule that a house of before has not been given yet.
    """
    if default is not None and await store.find_rule(conn, name, on_day) is None:
        return default
    value = (await get_rule(conn, name, on_day)).value
    assert isinstance(value, int), f"the rule {name} is not a number"
    return value


async def import_offices(conn: Conn, raw: bytes) -> OfficesImported:
    """Add the offices of a CSV file, or bring them up to date by code; faulty rows stay out.

    `commune` is a code or a name in force, and `serves` further communes parted by `|`. Without
    a position the office stands on its commune's centroid.

    Raises what `read_table` raises for a file that is no table.
    """
    table = read_table(raw, OFFICE_COLUMNS)
    names = await get_gazetteer(conn)
    faults: list[Fault] = []
    num_accepted = 0
    for row in table.rows:
        made = _make_office(row.number, row.cells, names)
        if isinstance(made, Fault):
            faults.append(made)
            continue
        office, serves = made
        office_id = await store.save_office(conn, office)
        await store.save_territory(conn, office_id, serves)
        num_accepted += 1
    return OfficesImported(len(table.rows), num_accepted, [*table.faults, *faults])


def _make_office(
    number: int, cells: dict[str, str], names: Gazetteer
) -> tuple[Office, list[str]] | Fault:
    """Return a row's office and the communes it serves, or what is wrong with the row."""
    for column in ("code", "name", "commune"):
        if not cells[column]:
            return Fault(number, column, "cell_missing", "")
    serves = []
    for name in (cells["commune"], *filter(None, cells["serves"].split("|"))):
        code = find_commune_code(names, name)
        if code is None:
            return Fault(number, "commune", "cell_commune_unknown", name)
        serves.append(code)
    home = names.find_commune(serves[0])
    assert home is not None
    lat, lon = home.lat, home.lon
    if cells["lat"] or cells["lon"]:
        try:
            lat, lon = float(cells["lat"]), float(cells["lon"])
        except ValueError:
            return Fault(number, "lat", "cell_not_a_number", cells["lat"] or cells["lon"])
        if not geo.is_on_earth(lat, lon):
            return Fault(number, "lat", "cell_not_on_earth", f"{cells['lat']}, {cells['lon']}")
    office = Office(
        uuid.uuid5(NAMESPACE, cells["code"]),
        cells["code"],
        cells["name"],
        home.code,
        cells["address"] or home.name,
        cells["phone"] or None,
        lat,
        lon,
    )
    return office, list(dict.fromkeys(serves))


def find_commune_code(names: Gazetteer, text: str) -> str | None:
    """Return the code of the commune in force that a cell names by code or by name, or None."""
    text = text.strip()
    if text.isdigit():
        code = text.zfill(5)  # spreadsheets drop zeros in front
        return code if names.find_commune(code) else None
    code_by_words = names.resolve(text).commune_code
    if code_by_words is not None:
        return code_by_words
    key = fold(text)  # "Từ Sơn" alone may be a district in an address, here it is the commune
    alike = (u.code for u in names.communes() if key in (fold(u.name), u.search_key))
    return next(alike, None)
