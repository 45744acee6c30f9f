"""Tests that the doctor sees what is wrong with cash: each fault by the rule against it."""

import asyncpg
import pytest

from backend.kit.sql import Queries
from backend.settings import ROOT
from tests.backend.cash.test_actions import DAY, FLOAT, NOW, check_in, count, go_out
from tests.backend.cash.test_actions import books as books
from tests.backend.ledger.books import Books

from backend import cash  # isort: skip

QUERIES = Queries(ROOT / "backend" / "cash" / "invariants.sql")
PLANTS = {
    "differences_are_posted": "UPDATE cash.difference SET amount_vnd = amount_vnd - 1000",
    "posted_differences_are_kept": "DELETE FROM cash.difference",
    "handovers_follow_the_book": "UPDATE cash.handover SET state = 'void' WHERE state = 'accepted'",
    "closed_shifts_left_nothing": "UPDATE ledger.balance SET dp = dp + 1000 WHERE account_id IN "
    "(SELECT id FROM ledger.account WHERE kind = 'hand')",
    "carriages_follow_the_book": "UPDATE cash.carriage SET amount_vnd = amount_vnd + 1000",
    "one_open_day_after_closed": "UPDATE ledger.open_day SET open_on = open_on - 1",
}


async def list_broken(conn: asyncpg.Connection) -> set[str]:
    return {name for name in QUERIES.names() if await conn.fetch(QUERIES.sql(name))}


async def live_a_day(conn: asyncpg.Connection, books: Books) -> None:
    """Let a courier come home with 50,000 đ missing, and close the day."""
    shift = await go_out(conn, books)
    notes = {500_000: 20, 100_000: 4, 50_000: 1}
    assert cash.total_of(notes) == cash.total_of(FLOAT) - 50_000
    await count(conn, books, notes)
    await check_in(conn, books, shift, notes)
    await cash.settle_shift(
        conn, books.office_id, shift, reason="đếm sót", by=books.controller, now=NOW
    )
    await cash.close_shift(conn, books.office_id, shift, by=books.cashier, now=NOW)
    drawer = {500_000: 599, 100_000: 4, 50_000: 1}
    for side, by in (("cashier", books.cashier), ("controller", books.controller)):
        await cash.count_drawer(
            conn,
            books.office_id,
            DAY,
            side=side,
            notes=drawer,
            by=by,
            now=NOW,  # type: ignore[arg-type]
        )
    await cash.close_day(conn, books.office_id, DAY, by=books.controller, now=NOW)


async def test_true_cash_breaks_no_rule(conn: asyncpg.Connection, books: Books) -> None:
    """Tests that a day with a shortage, settled and closed, is as it should be."""
    await live_a_day(conn, books)
    assert await list_broken(conn) == set()


@pytest.mark.parametrize("rule", PLANTS)
async def test_fault_is_seen_by_its_rule(admin_conn: asyncpg.Connection, rule: str) -> None:
    """Tests that a superuser's wrong figure in cash is noticed by the rule against it."""
    await admin_conn.execute("SELECT set_config('app.offices', '*', false)")
    made = await books.__wrapped__(admin_conn)  # type: ignore[attr-defined]
    await live_a_day(admin_conn, made)
    await admin_conn.execute("SET session_replication_role = replica")
    for table in (
        "cash.difference",
        "cash.carriage",
        "cash.handover",
        "ledger.balance",
        "ledger.open_day",
    ):
        await admin_conn.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    assert await admin_conn.execute(PLANTS[rule]) not in ("UPDATE 0", "DELETE 0")
    assert rule in await list_broken(admin_conn)


def test_every_rule_has_its_plant() -> None:
    """Tests that no rule of the doctor is trusted untested."""
    assert set(QUERIES.names()) == set(PLANTS)
