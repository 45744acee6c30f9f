"""The nightly reconciliation asks every rule once, and says loudly which does not hold (L12)."""

from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from backend import ledger
from backend.house import House
from backend.ops import nightly
from backend.ops.doctor import list_invariant_files

pytestmark = [pytest.mark.anyio, pytest.mark.store]
NIGHT = datetime(2026, 11, 26, 19, 0, tzinfo=UTC)  # 02:00 of the 27th in Bắc Ninh
DAY = date(2026, 11, 27)


async def look(house: House, at: datetime, monkeypatch: pytest.MonkeyPatch) -> ledger.Night | None:
    monkeypatch.setattr(nightly.clock, "now", lambda: at)
    await nightly.reconcile_due(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        return await ledger.find_last_night(conn)


async def test_a_night_is_reconciled_once(
    house: House, admin_conn: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that nothing is asked before its hour, all rules then, and again the next night."""
    assert await look(house, NIGHT - timedelta(hours=1), monkeypatch) is None
    first = await look(house, NIGHT, monkeypatch)
    assert first is not None
    assert (first.day, first.broken) == (DAY, [])
    assert first.num_rules >= len(list_invariant_files())
    await look(house, NIGHT + timedelta(minutes=1), monkeypatch)
    assert await admin_conn.fetchval("SELECT count(*) FROM ledger.night") == 1
    # A worker that died in the middle leaves the night to another, an hour later.
    await admin_conn.execute("UPDATE ledger.night SET ended_at = NULL")
    assert await look(house, NIGHT + timedelta(minutes=30), monkeypatch) is None
    again = await look(house, NIGHT + timedelta(hours=2), monkeypatch)
    assert again is not None
    assert again.day == DAY
    tomorrow = await look(house, NIGHT + timedelta(days=1), monkeypatch)
    assert tomorrow is not None
    assert tomorrow.day == DAY + timedelta(days=1)


async def test_a_broken_rule_is_named(
    house: House, admin_conn: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a balance somebody edited is found by night and named."""
    office_id, account_id = "01a2185c-0000-7000-8000-00000000000a", "01a2185c-0000-7000-8000-0b"
    account_id = account_id.ljust(36, "0")
    await admin_conn.execute(
        "INSERT INTO ledger.account (office_id, id, kind, floor) VALUES ($1, $2, 'bank', 'none')",
        office_id, account_id,
    )  # fmt: skip
    await admin_conn.execute(
        "INSERT INTO ledger.balance (office_id, account_id, floor, dp) VALUES ($1, $2, 'none', 7)",
        office_id, account_id,
    )  # fmt: skip
    found = await look(house, NIGHT, monkeypatch)
    assert found is not None
    assert any(line.startswith("ledger.") for line in found.broken), found.broken
