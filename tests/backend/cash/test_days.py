"""Tests of the counter's day: what two counted is posted only while the books stand as then."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

import asyncpg
import pytest

from backend import cash, ledger, network
from backend.cash import Notes
from backend.kit.errors import Refusal
from tests.backend.cash.carrying import fetch
from tests.backend.ledger.books import Books

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 25)
TEN_MILLION: Notes = {500_000: 20}
SHORT: Notes = {500_000: 19, 200_000: 2, 50_000: 1}  # 9,950,000


@pytest.fixture
async def books(conn: asyncpg.Connection) -> Books:
    """Return an office whose drawer holds ten million."""
    await network.load_reference(conn)
    made = Books()
    await fetch(conn, made.office_id, TEN_MILLION, by=made.cashier, slip="BN-01", now=NOW)
    return made


async def count_one(
    conn: asyncpg.Connection,
    books: Books,
    side: Literal["cashier", "controller"],
    notes: Notes,
    day: date = DAY,
    now: datetime = NOW,
) -> None:
    by = books.cashier if side == "cashier" else books.controller
    await cash.count_drawer(conn, books.office_id, day, side=side, notes=notes, by=by, now=now)


async def count_both(
    conn: asyncpg.Connection, books: Books, notes: Notes, day: date = DAY, now: datetime = NOW
) -> None:
    await count_one(conn, books, "cashier", notes, day, now)
    await count_one(conn, books, "controller", notes, day, now)


async def pay_out(conn: asyncpg.Connection, books: Books, amount_vnd: int) -> None:
    """Let notes leave the drawer, or come into it where the amount is below zero."""
    sides = (books.bank, books.drawer) if amount_vnd > 0 else (books.drawer, books.bank)
    await ledger.post(conn, [books.transfer(*sides, abs(amount_vnd))], now=NOW)


async def settle(conn: asyncpg.Connection, books: Books, day: date = DAY) -> int:
    return await cash.settle_drawer(
        conn, books.office_id, day, reason="thiếu khi đếm", by=books.controller, now=NOW
    )


async def close(conn: asyncpg.Connection, books: Books, day: date = DAY) -> None:
    await cash.close_day(conn, books.office_id, day, by=books.controller, now=NOW)


async def refused(work) -> str:
    with pytest.raises(Refusal) as caught:
        await work
    return caught.value.code


async def test_drawer_paid_from_after_the_counts_is_counted_again(
    conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that a payment after both counted never becomes a surplus of its amount (L10)."""
    await count_both(conn, books, SHORT)
    await pay_out(conn, books, 2_000_000)
    assert await refused(settle(conn, books)) == "drawer_moved"
    assert await refused(close(conn, books)) == "drawer_moved"
    left: Notes = {500_000: 15, 200_000: 2, 50_000: 1}  # 7,950,000
    await count_both(conn, books, left)
    assert await settle(conn, books) == -50_000
    assert await books.balance_vnd(conn, books.drawer) == 7_950_000
    await close(conn, books)


async def test_one_side_that_counts_again_is_not_two(
    conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that a figure repeated by one side alone after a payment posts nothing."""
    await count_both(conn, books, SHORT)
    await pay_out(conn, books, 2_000_000)
    await count_one(conn, books, "cashier", SHORT)
    assert await refused(settle(conn, books)) == "drawer_moved"
    await count_one(conn, books, "controller", SHORT)
    assert await settle(conn, books) == 1_950_000, "both say so of the drawer as it is now"


async def test_settled_difference_is_posted_once(conn: asyncpg.Connection, books: Books) -> None:
    """Tests that what comes into a settled drawer does not bring its old difference again."""
    await count_both(conn, books, SHORT)
    assert await settle(conn, books) == -50_000
    assert await refused(settle(conn, books)) == "no_difference"
    await pay_out(conn, books, -50_000)  # ten million in the books, as once expected
    assert await refused(settle(conn, books)) == "drawer_moved"
    assert await refused(close(conn, books)) == "drawer_moved"
    await pay_out(conn, books, 50_000)
    await close(conn, books)
    await pay_out(conn, books, 1_000_000)
    assert await refused(settle(conn, books)) == "day_closed"


async def test_day_opened_again_forgets_its_counts(conn: asyncpg.Connection, books: Books) -> None:
    """Tests that a day opened again is counted by both anew, and settles nothing twice."""
    await count_both(conn, books, SHORT)
    await settle(conn, books)
    await close(conn, books)
    await cash.reopen_day(
        conn, books.office_id, DAY, by=books.cashier, approved_by=books.controller,
        reason="sót một khoản",
    )  # fmt: skip
    assert await refused(settle(conn, books)) == "count_missing"
    assert await refused(close(conn, books)) == "count_missing"
    await count_one(conn, books, "cashier", SHORT)
    assert await refused(close(conn, books)) == "count_missing"
    await count_one(conn, books, "controller", SHORT)
    await close(conn, books)
    assert await ledger.find_open_day(conn, books.office_id) == DAY + timedelta(days=1)


async def test_days_that_nobody_counted_do_not_close_without_a_word(
    conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that closing a day names the earlier ones it would close, and the book keeps them."""
    late = NOW + timedelta(days=2)
    friday = DAY + timedelta(days=2)
    await ledger.post(conn, [books.transfer(books.bank, books.drawer, 50_000)], now=late)

    async def close_friday(*, is_along: bool = False) -> None:
        await cash.close_day(
            conn, books.office_id, friday, by=books.controller, now=late, is_along=is_along
        )

    await count_both(conn, books, SHORT, friday, now=late)
    with pytest.raises(Refusal, match="days_not_counted") as caught:
        await close_friday()
    assert caught.value.params == {"first_day": "25/11/2026", "num": 1}
    await close_friday(is_along=True)
    row = await conn.fetchrow("SELECT day, reason FROM ledger.day_event")
    assert tuple(row) == (friday, "khoá cùng ngày chưa kiểm: 25/11/2026")
    assert await ledger.find_open_day(conn, books.office_id) == friday + timedelta(days=1)
