"""Doors, pins, days and rules as the database keeps them."""

import unicodedata
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from backend import network
from backend.kit.errors import Invalid, NotFound
from backend.network import store

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
OFFICE, PERSON = UUID(int=101), UUID(int=102)
Conn = asyncpg.Connection

pytestmark = pytest.mark.store

OFFICES = (
    "code,name,commune,address,phone,lat,lon,serves\n"
    "220001,Bưu điện Mẫu 1,Phường Kinh Bắc,Số 1 phố Mẫu,02220000001,21.19,106.06,Vũ Ninh|09190\n"
    "220002,Bưu điện Mẫu 2,9325,,,,,\n"  # a spreadsheet dropped the zero in front
)


@pytest.fixture
async def house(conn: Conn) -> Conn:
    await network.load_reference(conn)
    await network.save_office(
        conn, network.Office(OFFICE, "T1", "Bưu điện Mẫu", "09187", "Số 1", None, 21.19, 106.06)
    )
    return conn


async def save(conn: Conn, text: str, **options: object) -> network.DeliveryPoint:
    return await network.save_point(
        conn,
        office_id=OFFICE,
        address_text=text,
        now=NOW,
        **options,  # type: ignore[arg-type]
    )


async def test_load_reference_twice_is_once(conn: Conn) -> None:
    """Tests that loading again adds nothing and keeps what the operator changed."""
    assert await network.load_reference(conn) == 99
    await conn.execute("UPDATE network.rule_setting SET value = '7' WHERE name = 'invitations_min'")
    assert await network.load_reference(conn) == 99
    assert await conn.fetchval("SELECT count(*) FROM network.former_commune") == 313
    assert await network.get_number(conn, "invitations_min", date(2026, 11, 23)) == 7


async def test_save_point_is_one_a_text(house: Conn) -> None:
    """Tests that the same words, composed or not, in any case, are the same door."""
    text = "Số 12 ngõ 5, khu Mẫu, Phường Kinh Bắc, tỉnh Bắc Ninh"
    first = await save(house, text)
    again = await save(house, unicodedata.normalize("NFD", f"  {text.upper()} "))
    assert again == first
    assert first.address_text == text
    assert (first.commune_code, first.resolved_by, first.pin) == ("09187", "name", "commune")


async def test_save_point_keeps_an_address_it_cannot_place(house: Conn) -> None:
    """Tests that unclear words are kept as written, without a commune and without a pin."""
    point = await save(house, "Số 3 phố Mẫu, TP Bắc Ninh")
    assert (point.commune_code, point.resolved_by, point.pin, point.lat) == (
        None,
        "unresolved",
        "none",
        None,
    )


async def test_save_point_learns_what_is_surer(house: Conn) -> None:
    """Tests that a commune said by a person and a position fill in a door known already."""
    text = "Số 3 phố Mẫu, TP Bắc Ninh"
    await save(house, text)
    known = await save(house, text, commune_code="09190", lat=21.165, lon=106.04)
    assert (known.commune_code, known.resolved_by, known.pin) == ("09190", "person", "street")
    assert await save(house, text) == known


async def test_save_point_refuses_nonsense(house: Conn) -> None:
    """Tests that no words, no such place on Earth and no such commune are refused."""
    for text, options, code in (
        (" \n ", {}, "address_empty"),
        ("Số 1", {"lat": 106.0, "lon": 21.0}, "not_on_earth"),
        ("Số 1", {"commune_code": "00000"}, "commune_unknown"),
    ):
        with pytest.raises(Invalid) as refused:
            await save(house, text, **options)
        assert refused.value.code == code


async def test_move_pin_remembers_every_move(house: Conn) -> None:
    """Tests that a door pin beats an import's, a late older one does not count, all are kept."""
    point = await save(house, "Số 5, Phường Kinh Bắc", lat=21.2, lon=106.05)
    moved = await network.move_pin(
        house, office_id=OFFICE, point_id=point.id, lat=21.21, lon=106.06, by_id=PERSON, at=NOW
    )
    assert (moved.pin, moved.lat, moved.pin_by) == ("door", 21.21, PERSON)
    late = await network.move_pin(
        house,
        office_id=OFFICE,
        point_id=point.id,
        lat=21.3,
        lon=106.1,
        by_id=PERSON,
        at=NOW - timedelta(hours=1),
        accuracy_m=8,
    )
    assert late == moved
    assert (await save(house, "Số 5, Phường Kinh Bắc", lat=21.0, lon=106.0)).lat == 21.21
    moves = await network.list_pin_moves(house, OFFICE, point.id)
    assert [(move.n, move.lat, move.pin) for move in moves] == [
        (1, 21.2, "street"),
        (2, 21.21, "door"),
        (3, 21.3, "door"),
    ]


async def test_move_pin_of_no_door(house: Conn) -> None:
    """Tests that a door that is not the office's is not there."""
    with pytest.raises(NotFound):
        await network.move_pin(
            house, office_id=OFFICE, point_id=PERSON, lat=21.0, lon=106.0, by_id=None, at=NOW
        )


async def test_working_days_are_read_from_the_calendar(house: Conn) -> None:
    """Tests that the database's calendar decides: the day after 23/11/2026 is a holiday."""
    day = date(2026, 11, 23)
    assert await network.is_working_day(house, day)
    assert await network.add_working_days(house, day, 2) == date(2026, 11, 26)
    await house.execute("DELETE FROM network.calendar_day WHERE on_day = '2026-11-24'")
    assert await network.add_working_days(house, day, 2) == date(2026, 11, 25)


async def test_get_rule_by_its_days(house: Conn) -> None:
    """Tests that the version in force on the day answers, and an unset rule is refused."""
    await house.execute(
        "INSERT INTO network.rule_setting VALUES "
        "('invitation_gap_days', '2027-01-01', NULL, '3', 'văn bản mẫu')"
    )
    assert await network.get_number(house, "invitation_gap_days", date(2026, 12, 31)) == 2
    assert await network.get_number(house, "invitation_gap_days", date(2027, 1, 1)) == 3
    with pytest.raises(NotFound) as refused:
        await network.get_rule(house, "no_such_rule", date(2026, 1, 1))
    assert refused.value.code == "rule_unknown"


async def test_list_couriers_with_and_without_a_shift(house: Conn) -> None:
    """Tests that couriers come with vehicle and hours, those off with an empty shift."""
    await house.execute(
        "INSERT INTO identity.staff (office_id, id, username, display_name, badge, role, "
        "created_at) VALUES ($1, $2, 'buuta', 'Nguyễn Văn Mẫu', 'BT01', 'courier', $3)",
        OFFICE,
        PERSON,
        NOW,
    )
    vehicle = network.Vehicle(OFFICE, UUID(int=103), "99-X1 0001", "motorbike", 30_000, 200_000)
    await network.save_vehicle(house, vehicle)
    await network.save_courier(house, network.Courier(OFFICE, PERSON, vehicle.id, None, ("cash",)))
    day = date(2026, 11, 23)
    await network.save_shift(
        house, network.Shift(OFFICE, UUID(int=104), PERSON, day, 27_000, 61_200)
    )
    (today,) = await network.list_couriers(house, OFFICE, day)
    assert (today.display_name, today.starts_s, today.skills) == (
        "Nguyễn Văn Mẫu",
        27_000,
        ("cash",),
    )
    (tomorrow,) = await network.list_couriers(house, OFFICE, day + timedelta(days=1))
    assert (tomorrow.shift_id, tomorrow.starts_s) == (None, None)
    assert await network.list_working(house, OFFICE, day + timedelta(days=1)) == []


async def test_import_offices_adds_and_updates(conn: Conn) -> None:
    """Tests that offices come in by code, twice is once, and faulty rows are named."""
    await network.load_reference(conn)
    assert await network.import_offices(conn, OFFICES.encode()) == (2, 2, [])
    faulty = OFFICES.replace("Mẫu 1", "Mẫu Một") + (
        "220003,,Phường Kinh Bắc,,,,,\n"
        "220004,Bưu điện,Phường Không Có,,,,,\n"
        "220005,Bưu điện,Võ Cường,,,21,xa,\n"
    )
    result = await network.import_offices(conn, faulty.encode())
    assert [(fault.row, fault.column, fault.code) for fault in result.faults] == [
        (4, "name", "cell_missing"),
        (5, "commune", "cell_commune_unknown"),
        (6, "lat", "cell_not_a_number"),
    ]
    offices = await network.list_offices(conn)
    assert [(o.code, o.name, o.commune_code) for o in offices] == [
        ("220001", "Bưu điện Mẫu Một", "09187"),
        ("220002", "Bưu điện Mẫu 2", "09325"),
    ]
    territory = await store.list_territory(conn, [offices[0].id])
    assert {code for _, code in territory} == {"09187", "09169", "09190"}
