"""Tests that the book of money takes only what balances, once, and refuses by name (L1 to L9)."""

from datetime import date

import asyncpg
import pytest

from backend import ledger
from backend.kit.errors import Conflict, Invalid, Refusal
from backend.kit.ids import new_id
from tests.backend.ledger.books import NOW, Books

pytestmark = pytest.mark.anyio


async def refused(conn: asyncpg.Connection, *transfers: ledger.Transfer) -> str:
    """Return the code of the refusal; what was refused leaves nothing behind."""
    with pytest.raises(Refusal) as caught:
        async with conn.transaction():
            await ledger.post(conn, transfers, now=NOW)
    return caught.value.code


async def test_transfer_moves_both_sides(conn: asyncpg.Connection) -> None:
    """Tests that a transfer is one row that changes two balances by the same amount (L1)."""
    books = Books()
    await books.fill_drawer(conn, 5_000_000)
    assert await books.balance_vnd(conn, books.drawer) == 5_000_000
    assert await books.balance_vnd(conn, books.bank) == -5_000_000


@pytest.mark.parametrize("amount_vnd", [0, -1, 50_000_000_001])
async def test_amount_out_of_range_is_refused(conn: asyncpg.Connection, amount_vnd: int) -> None:
    """Tests that nothing, less than nothing and more than the cap cannot be posted."""
    books = Books()
    with pytest.raises(Invalid) as caught:
        await books.fill_drawer(conn, amount_vnd)
    assert caught.value.code == "amount_out_of_range"


async def test_repeat_changes_nothing(conn: asyncpg.Connection) -> None:
    """Tests that the same transfer sent again is the same transfer (L2)."""
    books = Books()
    transfer = books.transfer(books.drawer, books.bank, 1_000)
    assert await ledger.post(conn, [transfer], now=NOW) == 1
    assert await ledger.post(conn, [transfer], now=NOW) == 0
    assert await books.balance_vnd(conn, books.drawer) == 1_000


async def test_other_content_under_one_id_is_refused(conn: asyncpg.Connection) -> None:
    """Tests that an id means one transfer for ever (L2)."""
    books = Books()
    transfer = books.transfer(books.drawer, books.bank, 1_000)
    await ledger.post(conn, [transfer], now=NOW)
    other = books.transfer(books.drawer, books.bank, 2_000, id=transfer.id)
    assert await refused(conn, other) == "transfer_differs"


async def test_cash_is_not_spent_twice(conn: asyncpg.Connection) -> None:
    """Tests that nobody hands out notes that are not there (L6)."""
    books = Books()
    await books.fill_drawer(conn, 1_000)
    assert await refused(conn, books.transfer(books.hand, books.drawer, 1_001)) == "not_covered"
    assert await books.balance_vnd(conn, books.drawer) == 1_000


async def test_legs_stand_together_or_not_at_all(conn: asyncpg.Connection) -> None:
    """Tests that a group whose last leg is refused posts none of them."""
    books = Books()
    await books.fill_drawer(conn, 1_000)
    legs = [
        books.transfer(books.hand, books.drawer, 600),
        books.transfer(books.hand, books.drawer, 600),
    ]
    assert await refused(conn, *legs) == "not_covered"
    assert await books.balance_vnd(conn, books.hand) == 0


async def test_more_than_an_agency_gave_is_not_paid(conn: asyncpg.Connection) -> None:
    """Tests that an agency's money covers what is paid in its name."""
    books = Books()
    await books.fill_drawer(conn, 10_000)
    await ledger.post(
        conn,
        [
            books.transfer(books.bank, books.payable, 3_000),
            books.transfer(books.hand, books.drawer, 10_000),
        ],
        now=NOW,
    )
    assert await refused(conn, books.transfer(books.payable, books.hand, 3_001)) == "not_covered"


async def test_pending_reserves_until_confirmed(conn: asyncpg.Connection) -> None:
    """Tests that a hand-over holds its money, then moves what was counted (L5)."""
    books = Books()
    await books.fill_drawer(conn, 1_000)
    pending = books.transfer(books.hand, books.drawer, 800, phase="pending", code="float.issue")
    await ledger.post(conn, [pending], now=NOW)
    assert (await ledger.find_balance(conn, books.drawer)).free_vnd == 200
    assert await refused(conn, books.transfer(books.hand, books.drawer, 201)) == "not_covered"
    line = await ledger.get_transfer(conn, books.office_id, pending.id)
    await ledger.resolve(
        conn, line, books.hand, books.drawer, id=new_id(), amount_vnd=700, by=books.courier, now=NOW
    )
    assert await books.balance_vnd(conn, books.hand) == 700
    assert (await ledger.find_balance(conn, books.drawer)).free_vnd == 300
    assert await ledger.list_pending(conn, books.office_id) == []


@pytest.mark.parametrize("amount_vnd", [None, 800])
async def test_pending_is_resolved_once(conn: asyncpg.Connection, amount_vnd: int | None) -> None:
    """Tests that a pending transfer is posted or voided, never both (L5)."""
    books = Books()
    await books.fill_drawer(conn, 1_000)
    pending = books.transfer(books.hand, books.drawer, 800, phase="pending")
    await ledger.post(conn, [pending], now=NOW)
    line = await ledger.get_transfer(conn, books.office_id, pending.id)
    await ledger.resolve(
        conn, line, books.hand, books.drawer, id=new_id(), amount_vnd=None, by=books.courier,
        now=NOW,
    )  # fmt: skip
    with pytest.raises(Conflict) as caught:
        async with conn.transaction():
            await ledger.resolve(
                conn, line, books.hand, books.drawer, id=new_id(), amount_vnd=amount_vnd,
                by=books.courier, now=NOW,
            )  # fmt: skip
    assert caught.value.code == "pending_resolved"
    assert await books.balance_vnd(conn, books.drawer) == 1_000


async def test_confirmed_amount_fits_the_pending_one(conn: asyncpg.Connection) -> None:
    """Tests that nobody confirms more than was handed out, or something never handed out."""
    books = Books()
    await books.fill_drawer(conn, 1_000)
    pending = books.transfer(books.hand, books.drawer, 800, phase="pending")
    await ledger.post(conn, [pending], now=NOW)
    more = books.transfer(books.hand, books.drawer, 801, phase="post", pending_id=pending.id)
    assert await refused(conn, more) == "pending_differs"
    nothing = books.transfer(books.hand, books.drawer, 1, phase="post", pending_id=new_id())
    assert await refused(conn, nothing) == "no_pending"


async def test_debt_is_paid_once(conn: asyncpg.Connection) -> None:
    """Tests that a business key is used once, in whichever office (L7)."""
    one, other = Books(), Books()
    for books in (one, other):
        await books.fill_drawer(conn, 1_000)
    key = "pension:2026-11:person"
    await ledger.post(
        conn, [one.transfer(one.hand, one.drawer, 1, code="pension.payout", business_key=key)],
        now=NOW,
    )  # fmt: skip
    again = other.transfer(other.hand, other.drawer, 1, code="pension.payout", business_key=key)
    assert await refused(conn, again) == "already_posted"


async def test_reversal_mirrors_once_with_two_people(conn: asyncpg.Connection) -> None:
    """Tests that a mistake is taken back by its mirror image, a reason and a second person (L4)."""
    books = Books()
    await books.fill_drawer(conn, 1_000)
    transfer = books.transfer(books.hand, books.drawer, 400)
    await ledger.post(conn, [transfer], now=NOW)
    line = await ledger.get_transfer(conn, books.office_id, transfer.id)
    people = {"by": books.cashier, "approved_by": books.controller}
    for reason, who, code in (
        ("", people, "needs_reason"),
        ("nhầm", {"by": books.cashier, "approved_by": books.cashier}, "approved_by_maker"),
    ):
        with pytest.raises(Conflict) as caught:
            await ledger.reverse(
                conn, line, books.hand, books.drawer, id=new_id(), reason=reason, now=NOW, **who
            )
        assert caught.value.code == code
    await ledger.reverse(
        conn, line, books.hand, books.drawer, id=new_id(), reason="nhầm", now=NOW, **people
    )
    assert await books.balance_vnd(conn, books.hand) == 0
    with pytest.raises(Conflict) as caught:
        async with conn.transaction():
            await ledger.reverse(
                conn, line, books.hand, books.drawer, id=new_id(), reason="nữa", now=NOW, **people
            )
    assert caught.value.code == "already_reversed"


@pytest.mark.parametrize("code", ["difference.short", "write_off", "float.over_limit", "override"])
async def test_second_person_is_in_the_table(conn: asyncpg.Connection, code: str) -> None:
    """Tests that no program can leave out the second person where one is due (L8)."""
    books = Books()
    await books.fill_drawer(conn, 1_000)
    alone = books.transfer(books.hand, books.drawer, 1, code=code, reason="thiếu")
    assert await refused(conn, alone) == "needs_approval"


async def test_closed_day_takes_nothing_more(conn: asyncpg.Connection) -> None:
    """Tests that a late fact keeps its own instant and goes to the first open day (L9)."""
    books = Books()
    people = {"by": books.cashier, "approved_by": books.controller}
    today = date(2026, 11, 24)
    await ledger.close_day(conn, books.office_id, today, **people)
    transfer = books.transfer(books.drawer, books.bank, 1_000)
    await ledger.post(conn, [transfer], now=NOW)
    line = await ledger.get_transfer(conn, books.office_id, transfer.id)
    assert (line.posted_on, line.occurred_at) == (date(2026, 11, 25), NOW)
    with pytest.raises(Conflict) as caught:
        async with conn.transaction():
            await ledger.close_day(conn, books.office_id, today, **people)
    assert caught.value.code == "day_closed"


async def test_day_is_reopened_by_two_with_a_reason(conn: asyncpg.Connection) -> None:
    """Tests that a closed day opens again only with a reason and a second person (L8)."""
    books = Books()
    people = {"by": books.cashier, "approved_by": books.controller}
    today = date(2026, 11, 24)
    with pytest.raises(Conflict) as caught:
        async with conn.transaction():
            await ledger.reopen_day(conn, books.office_id, today, reason="sót", **people)
    assert caught.value.code == "day_not_closed"
    await ledger.close_day(conn, books.office_id, today, **people)
    with pytest.raises(Conflict):
        await ledger.reopen_day(conn, books.office_id, today, reason=" ", **people)
    await ledger.reopen_day(conn, books.office_id, today, reason="sót chứng từ", **people)
    await books.fill_drawer(conn, 5)
    assert await ledger.find_open_day(conn, books.office_id) == today


async def test_lines_and_sums_explain_a_balance(conn: asyncpg.Connection) -> None:
    """Tests that a balance is its lines, and their sums by code."""
    books = Books()
    await books.fill_drawer(conn, 1_000)
    await ledger.post(
        conn, [books.transfer(books.hand, books.drawer, 300, code="float.issue")], now=NOW
    )
    day = date(2026, 11, 24)
    lines = await ledger.list_lines(conn, books.drawer, day, day)
    assert [line.amount_vnd for line in lines] == [1_000, 300]
    sums = await ledger.sum_codes(conn, books.drawer, day, day)
    assert [(s.code, s.in_vnd, s.out_vnd) for s in sums] == [
        ("bank.withdrawal", 1_000, None),
        ("float.issue", None, 300),
    ]
