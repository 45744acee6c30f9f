"""Whole lists from file to published rounds: the project's own, and one with real streets."""

import csv
import io
import time
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from backend import dispatch, dossiers, identity, network
from backend.house import House
from backend.identity import Actor, Partner, StaffDraft
from backend.kit.clock import now, service_day
from backend.ops.demo_town import make_procedures
from backend.partners import ImportResult, import_errands

ROOT = Path(__file__).resolve().parents[3]
OWN_LIST = ROOT / "tests/journeys/data/errands_300.csv"
SHARED = ROOT.parent / "shared/geo"
STOPS = SHARED / "density/bac_ninh_bus_stops.csv"
STREETS = SHARED / "addresses/streets_bac_ninh.csv"
COMMUNES = ("09187", "09190", "09169", "09325", "09286", "09319", "09367", "09334")
NUM_COURIERS = 8
NUM_STREETS = 60
ASTRAY = """SELECT count(*)
FROM rounds.act AS a
JOIN charges.charge AS c ON c.id = a.errand_id
WHERE NOT EXISTS (
    SELECT FROM rounds.act AS d WHERE d.stop_id = a.stop_id AND d.errand_id = c.dossier_id)"""
"""Fees and postage at another stop than the dossier that costs them."""

pytestmark = [pytest.mark.store, pytest.mark.slow]


class Town(msgspec.Struct, frozen=True):
    """One office that serves the communes of the lists, with couriers at work today."""

    house: House
    actor: Actor
    office_id: UUID

    async def bring(self, raw: bytes) -> ImportResult:
        async with self.house.db.transaction(actor="test", offices=[self.office_id]) as conn:
            return await import_errands(
                conn, self.house.sealer, self.actor, raw, commit=True, now=now()
            )


@pytest.fixture
async def town(house: House) -> Town:
    at = now()
    day = service_day(at)
    office = network.Office(uuid4(), "T1", "Bưu điện Mẫu", "09187", "Số 1", None, 21.18, 106.06)
    async with house.db.transaction(actor="test", offices="*") as conn:
        await network.load_reference(conn)
        for procedure in make_procedures():
            await dossiers.save_procedure(conn, procedure)
        await network.save_office(conn, office)
        await network.save_territory(conn, office.id, COMMUNES)
        partner = Partner(uuid4(), "HCC", "Trung tâm Mẫu", office.id, 21.18, 106.05, "Số 2", True)
        await identity.save_partner(conn, partner)
        desk = StaffDraft(
            office_id=office.id, username="dieuphoi", display_name="Mẫu", role="dispatcher"
        )
        dispatcher = await identity.add_staff(conn, desk, now=at)
        for number in range(NUM_COURIERS):
            draft = StaffDraft(
                office_id=office.id,
                username=f"buuta{number}",
                display_name="Mẫu",
                role="courier",
            )
            courier = await identity.add_staff(conn, draft, now=at)
            vehicle = network.Vehicle(office.id, uuid4(), "Xe", "motorbike", 60_000, 400_000)
            await network.save_vehicle(conn, vehicle)
            await network.save_courier(
                conn, network.Courier(office.id, courier.id, vehicle.id, None)
            )
            shift = network.Shift(office.id, uuid4(), courier.id, day, 6 * 3600, 20 * 3600)
            await network.save_shift(conn, shift)
    actor = Actor(
        kind="staff",
        id=dispatcher.id,
        role="dispatcher",
        offices=(office.id,),
        office_id=office.id,
    )
    return Town(house, actor, office.id)


async def publish(town: Town, *, budget_s: int) -> tuple[int, int]:
    """Plan today and publish; return how many errands are on rounds and how many are left out."""
    at = now()
    assert town.actor.id is not None
    async with town.house.db.transaction(actor="test", offices=[town.office_id]) as conn:
        plan_id = await dispatch.ask(
            conn,
            office_id=town.office_id,
            service_on=service_day(at),
            asked_by=town.actor.id,
            now=at,
            budget_s=budget_s,
        )
    job = dispatch.Solve(town.office_id, plan_id)
    await dispatch.solve(town.house, msgspec.json.encode(job))
    async with town.house.db.transaction(actor="test", offices=[town.office_id]) as conn:
        plan = await dispatch.get_plan(conn, town.office_id, plan_id)
        assert plan.draft is not None
        await dispatch.publish(
            conn, office_id=town.office_id, plan_id=plan_id, by=town.actor.id, now=now()
        )
        return plan.draft.totals.num_errands, plan.draft.totals.num_unassigned


async def test_own_list_goes_from_file_to_rounds(
    town: Town, admin_conn: asyncpg.Connection
) -> None:
    """Tests that 300 errands in real communes go in once, resolve, are planned and published."""
    raw = OWN_LIST.read_bytes()
    assert await town.bring(raw) == ImportResult(300, 300, 0, [])
    assert await town.bring(raw) == ImportResult(300, 0, 300, [])
    unresolved = await admin_conn.fetchval(
        "SELECT count(*) FROM network.delivery_point WHERE commune_code IS NULL"
    )
    assert unresolved == 0
    num_placed, num_left = await publish(town, budget_s=3)
    assert num_placed + num_left == 300
    assert num_placed >= 200
    on_rounds = await admin_conn.fetchval(
        "SELECT count(*) FROM rounds.act WHERE state = 'open' AND kind <> 'charge.collect'"
    )
    assert on_rounds == num_placed
    assert await admin_conn.fetchval(ASTRAY) == 0


@pytest.mark.skipif(not STOPS.exists(), reason="the shared stops and streets are not here")
async def test_real_streets_and_stops_go_from_file_to_rounds(
    town: Town, admin_conn: asyncpg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tests that published stops and street names resolve to their communes and are delivered."""
    rows = [*read_stops(), *read_streets()]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    began = time.monotonic()
    result = await town.bring(out.getvalue().encode())
    took_s = time.monotonic() - began
    assert result.faults == []
    assert result.num_accepted == len(rows)
    with capsys.disabled():
        print(f"\nreal list: {len(rows)} rows, all resolved, {took_s:.1f} s")
    found = await admin_conn.fetch(
        "SELECT d.import_key, p.commune_code FROM dossiers.dossier d "
        "JOIN network.delivery_point p ON p.id = d.delivery_point_id"
    )
    for row in found:
        assert row["import_key"].endswith(row["commune_code"]), row["import_key"]
    num_placed, num_left = await publish(town, budget_s=3)
    assert num_placed + num_left == len(rows)
    assert num_placed >= len(rows) * 2 // 3


def make_row(number: int, address: str, code: str, **more: str) -> dict[str, str]:
    return {
        "service": "S1",
        "procedure_code": "2.000635",
        "citizen_name": "Nguyễn Thị Kiểm Thử",
        "address": address,
        "commune": "",
        "lat": "",
        "lon": "",
        "wanted_on": service_day(now()).isoformat(),
        "import_key": f"{number}:{code}",
    } | more


def read_stops() -> list[dict[str, str]]:
    """Return real stops of the communes served, with their street address and position."""
    with STOPS.open(encoding="utf-8", newline="") as file:
        stops = [row for row in csv.DictReader(file) if row["new_code"] in COMMUNES]
    return [
        make_row(
            number,
            f"{stop['street_address'] or stop['stop_name'] or 'Điểm'} ({number}), "
            f"{stop['new_commune']}, tỉnh Bắc Ninh",
            stop["new_code"],
            lat=stop["lat"],
            lon=stop["lon"],
        )
        for number, stop in enumerate(stops)
    ]


def read_streets() -> list[dict[str, str]]:
    """Return real street names of the old city, each put into the ward of the office."""
    with STREETS.open(encoding="utf-8", newline="") as file:
        streets = [row["street"] for row in csv.DictReader(file) if row["district"] == "Bắc Ninh"]
    return [
        make_row(
            1000 + n,
            f"Số {n + 1} đường {street}, TP. Bắc Ninh",
            "09187",
            commune="Phường Kinh Bắc",
        )
        for n, street in enumerate(streets[:NUM_STREETS])
    ]
