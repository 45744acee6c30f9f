"""A hand that filled without its phone is given a shift, so that it can be counted (L11)."""

import asyncpg

from backend import ledger
from backend.cash.jobs import keep_shifts
from backend.house import House
from tests.backend.ledger.books import NOW, Books


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
