"""The demo town: half a day lived through the real doors, coherent at any hour, once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import msgspec
import pytest

from backend.house import House, make_house
from backend.kit.clock import at_second
from backend.ops import demo
from backend.ops.demo_errands import make_list
from backend.ops.demo_names import Place
from backend.ops.demo_town import make_password, make_procedures
from backend.settings import Settings
from tests.simulation import checks

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 12:00 in Bắc Ninh
NIGHT = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)  # 02:00
PLACE = Place("09187", "Phường Kinh Bắc", 21.1993, 106.058, 19.95)

pytestmark = pytest.mark.store


@pytest.fixture
async def house(
    db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    settings = Settings(
        data_dir=tmp_path,
        database_url=db_url,
        mode="demo",
        demo_key="khóa mẫu",
        seal_keys={1: bytes(range(32))},
        index_key=bytes(range(32, 64)),
        signing_keys=(bytes(range(64, 96)),),
        ledger_key=bytes(range(96, 128)),
        vapid_private_key="",
    )
    monkeypatch.setattr(demo, "NUM_PLANNED", 24)
    monkeypatch.setattr(demo, "NUM_AFTERNOON", 5)
    monkeypatch.setattr(demo, "NUM_TOMORROW", 4)
    monkeypatch.setattr(demo, "BUDGET_S", 1)
    house = make_house(settings)
    await house.open(name="test", with_hub=False)
    yield house
    await house.close()


async def count(conn: asyncpg.Connection, query: str) -> int:
    return int(await conn.fetchval(query))


@pytest.mark.slow
async def test_seed_lives_half_a_day_once(house: House, admin_conn: asyncpg.Connection) -> None:
    """Tests that at noon rounds run, acts are done and failed, the agency has signed; only once."""
    assert await demo.seed(house, now=NOON)
    assert not await demo.seed(house, now=NOON)
    states = {
        row["state"]: row["n"]
        for row in await admin_conn.fetch(
            "SELECT state, count(*) AS n FROM dossiers.dossier GROUP BY state"
        )
    }
    assert sum(states.values()) == 2 * (24 + 5 + 4)
    assert states["delivered"] > 5
    assert states["handed_to_agency"] > 0
    assert await count(admin_conn, "SELECT count(*) FROM rounds.round WHERE state = 'open'") > 0
    assert await count(admin_conn, "SELECT count(*) FROM sync.op_log") > 20
    odd = await admin_conn.fetch(
        "SELECT l.kind, d.reason FROM sync.op_decision d JOIN sync.op_log l "
        "USING (office_id, op_id) WHERE d.outcome = 'held'"
    )
    assert {row["reason"] for row in odd} <= {"seal_mismatch"}
    for table in ("sync.op_log", "tracking.event", "custody.handover"):
        late = await count(
            admin_conn, f"SELECT count(*) FROM {table} WHERE occurred_at > '{NOON.isoformat()}'"
        )
        assert late == 0, table
    floats = await admin_conn.fetch("SELECT state, count(*) AS n FROM cash.handover GROUP BY state")
    assert {row["state"]: row["n"] for row in floats} == {
        "accepted": 2, "pending": 2, "to_approve": 2
    }  # fmt: skip
    assert await count(admin_conn, "SELECT count(*) FROM payouts.list WHERE is_demo") == 2
    sums = await admin_conn.fetch("SELECT state, count(*) AS n FROM payouts.payout GROUP BY state")
    assert {row["state"]: row["n"] for row in sums} == {"paid": 10, "unpaid": 14}
    collected = "SELECT count(*) FROM charges.charge WHERE state = 'collected'"
    assert await count(admin_conn, collected) > 5
    at_home = "SELECT count(*) FROM doorstep.errand WHERE kind = 'payout.pay' AND state = 'due'"
    assert await count(admin_conn, at_home) == 6
    assert await count(admin_conn, "SELECT count(*) FROM charges.charge WHERE NOT is_demo") == 0
    assert await count(admin_conn, "SELECT count(*) FROM identity.staff WHERE NOT is_demo") == 0
    assert await count(admin_conn, "SELECT count(*) FROM dossiers.dossier WHERE NOT is_demo") == 0
    assert await demo.make_citizen_link(house, now=NOON)
    assert await checks.find_violations(admin_conn) == {}


@pytest.mark.slow
async def test_seed_at_night_waits_for_the_day(
    house: House, admin_conn: asyncpg.Connection
) -> None:
    """Tests that before work begins the rounds are published and nothing has happened yet."""
    assert await demo.seed(house, now=NIGHT)
    states = await admin_conn.fetch("SELECT DISTINCT state FROM rounds.round")
    assert [row["state"] for row in states] == ["published"]
    assert await count(admin_conn, "SELECT count(*) FROM sync.op_log") == 0
    late = await count(
        admin_conn,
        f"SELECT count(*) FROM tracking.event WHERE occurred_at > '{NIGHT.isoformat()}'",
    )
    assert late == 0


def test_day_never_reaches_into_the_future() -> None:
    """Tests that the lived half ends at half past eleven, or now."""
    day = demo.Day(NOON.date(), NOON, 1)
    assert day.lived_until == at_second(day.on, 11 * 3600 + 1800)
    early = demo.Day(day.on, NOON - timedelta(hours=3), 1)
    assert early.lived_until == NOON - timedelta(hours=3)


def test_lists_are_the_same_from_the_same_seed() -> None:
    """Tests that one seed makes one list, another seed another."""
    options = {"places": [PLACE], "num": 20, "wanted_on": NOON.date()}
    first = make_list(seed="1", **options)  # type: ignore[arg-type]
    assert first == make_list(seed="1", **options)  # type: ignore[arg-type]
    assert first != make_list(seed="2", **options)  # type: ignore[arg-type]
    assert first.count(b"\n") == 21


def test_passwords_are_of_the_house() -> None:
    """Tests that a demo password is long, the same again, and another in another house."""
    password = make_password("một khóa", "dieuphoi.kinhbac")
    assert len(password) == 16
    assert password == make_password("một khóa", "dieuphoi.kinhbac")
    assert password != make_password("khóa khác", "dieuphoi.kinhbac")


def test_catalogue_names_each_procedure_once() -> None:
    """Tests that the catalogue's codes differ and one kind needs the person."""
    procedures = make_procedures()
    assert len({procedure.code for procedure in procedures}) == len(procedures) == 12
    assert [p.code for p in procedures if p.must_appear] == ["1.000894"]
    assert msgspec.json.encode(procedures)
