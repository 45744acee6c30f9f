"""A hand that filled without its phone is given a shift, so that it can be counted (L11)."""

from datetime import timedelta

import asyncpg
import pytest

from backend import cash, ledger, network
from backend.cash import jobs
from backend.cash.jobs import keep_shifts, void_unanswered
from backend.house import House
from backend.kit.clock import service_day
from tests.backend.ledger.books import NOW, Books

FLOAT: cash.Notes = {500_000: 2}


async def test_hand_that_filled_unasked_gets_its_shift(
    house: House, admin_conn: asyncpg.Connection
) -> None:
    """Tests that a payment taken back into a hand, whose phone is silent, does not stay hidden."""
    books = Books()
    async with house.db.transaction(actor="house", offices="*") as conn:
        await ledger.post(conn, [books.transfer(books.hand, books.bank, 300_000)], now=NOW)
    for _ in range(2):
        await keep_shifts(house)
        shifts = await admin_conn.fetch("SELECT courier_id, state FROM cash.shift")
        assert [tuple(row) for row in shifts] == [(books.courier, "open")]


async def offer(house: House, books: Books) -> cash.Handover:
    """Offer the courier a float out of a drawer with cash."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        await network.load_reference(conn)
        await ledger.post(conn, [books.transfer(books.drawer, books.bank, 5_000_000)], now=NOW)
        return await cash.issue(
            conn, office_id=books.office_id, courier_id=books.courier, notes=FLOAT,
            by=books.cashier, now=NOW,
        )  # fmt: skip


async def sweep_at(house: House, monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    monkeypatch.setattr(jobs.clock, "now", lambda: NOW + timedelta(hours=hours))
    await void_unanswered(house)


async def test_offer_that_nobody_answered_ends_with_its_day(
    house: House, admin_conn: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that it is given up after midnight, its cash free again, and still listed next day."""
    books = Books()
    offered = await offer(house, books)
    assert service_day(NOW + timedelta(hours=8)) == service_day(NOW)
    await sweep_at(house, monkeypatch, 8)
    state = "SELECT state FROM cash.handover"
    assert await admin_conn.fetchval(state) == "pending"
    for _ in range(2):
        await sweep_at(house, monkeypatch, 24)
        assert await admin_conn.fetchval(state) == "void"
    async with house.db.transaction(actor="house", offices="*") as conn:
        drawer = await ledger.find_balance(conn, books.drawer)
        assert (drawer.amount_vnd, drawer.free_vnd) == (5_000_000, 5_000_000)
        since = NOW + timedelta(hours=20)
        listed = await cash.store.list_handovers(conn, books.office_id, since)
        assert [(one.id, one.state) for one in listed] == [(offered.id, "void")]


async def test_offer_waits_for_a_phone_with_facts_to_send(
    house: House, admin_conn: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that an offer outlives its night where the answer may lie at the courier's phone."""
    books = Books()
    offered = await offer(house, books)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await cash.note_phone_state(
            conn, books.office_id, books.courier, head=3, ack=2, num_held=0, num_leases=0, at=NOW
        )
    await sweep_at(house, monkeypatch, 24)
    assert await admin_conn.fetchval("SELECT state FROM cash.handover") == "pending"
    async with house.db.transaction(actor="house", offices="*") as conn:
        await cash.accept(
            conn, books.office_id, offered.id, by=books.courier, notes=FLOAT, occurred_at=NOW,
            now=NOW + timedelta(hours=25),
        )  # fmt: skip
    assert await admin_conn.fetchval("SELECT state FROM cash.handover") == "accepted"
