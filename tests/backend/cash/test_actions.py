"""Tests of cash between people: two counts agree or nothing moves, and nothing vanishes."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from backend import cash, ledger, network
from backend.cash import Notes
from backend.kit.errors import Conflict, Invalid, Refusal
from backend.kit.ids import new_id
from tests.backend.cash.carrying import fetch
from tests.backend.ledger.books import Books

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
DAY = date(2026, 11, 25)
FLOAT: Notes = {500_000: 20, 100_000: 5}  # 10,500,000


@pytest.fixture
async def books(conn: asyncpg.Connection) -> Books:
    """Return an office whose drawer holds 300 million."""
    await network.load_reference(conn)
    made = Books()
    await fetch(conn, made.office_id, {500_000: 600}, by=made.cashier, slip="BN-01", now=NOW)
    return made


async def issue(conn: asyncpg.Connection, books: Books, notes: Notes = FLOAT) -> cash.Handover:
    return await cash.issue(
        conn, office_id=books.office_id, courier_id=books.courier, notes=notes, by=books.cashier,
        now=NOW,
    )  # fmt: skip


async def take(conn: asyncpg.Connection, books: Books, id: UUID, notes: Notes = FLOAT) -> bool:
    return await cash.accept(
        conn, books.office_id, id, by=books.courier, notes=notes, occurred_at=NOW, now=NOW
    )


async def go_out(conn: asyncpg.Connection, books: Books) -> UUID:
    """Give the courier the float; return the shift."""
    handover = await issue(conn, books)
    assert await take(conn, books, handover.id)
    assert handover.shift_id is not None
    return handover.shift_id


async def count(conn: asyncpg.Connection, books: Books, notes: Notes) -> None:
    await cash.count_by_courier(
        conn, office_id=books.office_id, courier_id=books.courier, notes=notes,
        amount_vnd=cash.total_of(notes), occurred_at=NOW, now=NOW, count_id=new_id(),
    )  # fmt: skip


async def check_in(
    conn: asyncpg.Connection, books: Books, shift: UUID, notes: Notes
) -> cash.Reveal:
    return await cash.count_by_cashier(
        conn, books.office_id, shift, notes=notes, by=books.cashier, now=NOW
    )


async def refused(work) -> str:
    with pytest.raises(Refusal) as caught:
        await work
    return caught.value.code


async def test_float_moves_when_the_courier_counted_the_same(
    conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that a float is reserved when offered, and moves when it was counted (L5)."""
    handover = await issue(conn, books)
    assert await books.balance_vnd(conn, books.hand) == 0
    assert (await ledger.find_balance(conn, books.drawer)).free_vnd == 289_500_000
    assert await take(conn, books, handover.id)
    assert await books.balance_vnd(conn, books.hand) == 10_500_000
    assert await refused(take(conn, books, handover.id)) == "not_pending"


async def test_other_count_moves_nothing(conn: asyncpg.Connection, books: Books) -> None:
    """Tests that a float counted differently goes back to the drawer, with both counts kept."""
    handover = await issue(conn, books)
    assert not await take(conn, books, handover.id, {500_000: 20, 100_000: 4})
    assert await books.balance_vnd(conn, books.hand) == 0
    assert (await ledger.find_balance(conn, books.drawer)).free_vnd == 300_000_000


async def test_float_beyond_the_limit_waits_for_a_controller(
    conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that a float over the courier's limit needs somebody else's word (L8)."""
    handover = await issue(conn, books, {500_000: 401})  # 200.5 million of 200
    assert handover.state == "to_approve"
    assert await refused(take(conn, books, handover.id, {500_000: 401})) == "not_pending"
    work = cash.approve(conn, books.office_id, handover.id, by=books.cashier, now=NOW)
    assert await refused(work) == "approved_by_maker"
    await cash.approve(conn, books.office_id, handover.id, by=books.controller, now=NOW)
    assert await take(conn, books, handover.id, {500_000: 401})
    lines = await ledger.list_group(conn, books.office_id, handover.id)
    assert {line.approved_by for line in lines} == {books.controller}


async def test_limit_counts_what_is_on_its_way(conn: asyncpg.Connection, books: Books) -> None:
    """Tests that two floats just under the limit are not let through one after the other."""
    assert (await issue(conn, books, {500_000: 300})).state == "pending"
    assert (await issue(conn, books, {500_000: 300})).state == "to_approve"


async def test_count_is_blind_until_both_have_counted(
    conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that the cashier learns neither the courier's count nor the books before counting."""
    shift = await go_out(conn, books)
    seen = await check_in(conn, books, shift, FLOAT)
    assert (seen.is_complete, seen.other_vnd, seen.expected_vnd) == (False, None, None)
    await count(conn, books, FLOAT)
    assert await books.balance_vnd(conn, books.hand) == 0
    assert await books.balance_vnd(conn, books.drawer) == 300_000_000


async def test_counts_that_differ_move_nothing_until_counted_again(
    conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that two counts agree or nothing moves; a recount is another count."""
    shift = await go_out(conn, books)
    await count(conn, books, FLOAT)
    seen = await check_in(conn, books, shift, {500_000: 20})
    assert (seen.is_complete, seen.agrees) == (True, False)
    work = cash.settle_shift(
        conn, books.office_id, shift, reason="thiếu", by=books.controller, now=NOW
    )
    assert await refused(work) == "counts_differ"
    assert await books.balance_vnd(conn, books.hand) == 10_500_000
    assert (await check_in(conn, books, shift, FLOAT)).agrees
    assert await books.balance_vnd(conn, books.hand) == 0


@pytest.mark.parametrize(
    ("notes", "difference_vnd", "kind"),
    [
        ({500_000: 20, 100_000: 4, 50_000: 1}, -50_000, "shortage"),
        ({500_000: 20, 100_000: 5, 20_000: 1}, 20_000, "overage"),
    ],
)
async def test_difference_has_an_owner_and_two_people(
    conn: asyncpg.Connection, books: Books, notes: Notes, difference_vnd: int, kind: str
) -> None:
    """Tests that a shortage is the courier's debt and a surplus nobody's, and neither vanishes."""
    shift = await go_out(conn, books)
    await count(conn, books, notes)
    seen = await check_in(conn, books, shift, notes)
    assert seen.difference_vnd == difference_vnd
    close = cash.close_shift(conn, books.office_id, shift, by=books.cashier, now=NOW)
    assert await refused(close) == "count_missing"
    alone = cash.settle_shift(
        conn, books.office_id, shift, reason="đếm sót", by=books.cashier, now=NOW
    )
    assert await refused(alone) == "approved_by_maker"
    settled = await cash.settle_shift(
        conn, books.office_id, shift, reason="đếm sót", by=books.controller, now=NOW
    )
    assert settled == difference_vnd
    owner = books.courier if kind == "shortage" else None
    account = ledger.Account(books.office_id, kind, owner)  # type: ignore[arg-type]
    assert abs(await books.balance_vnd(conn, account)) == abs(difference_vnd)
    assert await books.balance_vnd(conn, books.hand) == 0
    assert await books.balance_vnd(conn, books.drawer) == 300_000_000 + difference_vnd
    await cash.close_shift(conn, books.office_id, shift, by=books.cashier, now=NOW)


async def test_shift_stays_open_while_the_phone_has_more_to_say(
    conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that unsent facts, held facts and leases keep a shift open (L11)."""
    shift = await go_out(conn, books)
    await count(conn, books, FLOAT)
    await check_in(conn, books, shift, FLOAT)
    for state, code in (
        ({"head": 9, "ack": 7, "num_held": 0, "num_leases": 0}, "facts_unsent"),
        ({"head": 9, "ack": 9, "num_held": 1, "num_leases": 0}, "facts_held"),
        ({"head": 9, "ack": 9, "num_held": 0, "num_leases": 1}, "leases_out"),
    ):
        await cash.note_phone_state(conn, books.office_id, books.courier, at=NOW, **state)
        close = cash.close_shift(conn, books.office_id, shift, by=books.cashier, now=NOW)
        assert await refused(close) == code
    await cash.note_phone_state(
        conn, books.office_id, books.courier, head=9, ack=9, num_held=0, num_leases=0, at=NOW
    )
    await cash.close_shift(conn, books.office_id, shift, by=books.cashier, now=NOW)


async def test_courier_hands_cash_to_another(conn: asyncpg.Connection, books: Books) -> None:
    """Tests that cash passes between couriers by the same two counts."""
    await go_out(conn, books)
    other = new_id()
    offer = await cash.give(
        conn, office_id=books.office_id, id=new_id(), giver_id=books.courier, taker_id=other,
        notes={500_000: 4}, amount_vnd=2_000_000, occurred_at=NOW, now=NOW,
    )  # fmt: skip
    assert await refused(take(conn, books, offer.id, {500_000: 4})) == "not_for_you"
    assert await cash.accept(
        conn, books.office_id, offer.id, by=other, notes={500_000: 4}, occurred_at=NOW, now=NOW
    )
    assert await books.balance_vnd(conn, books.hand) == 8_500_000


async def test_day_closes_when_all_are_home_and_the_drawer_was_counted_by_two(
    conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that a day closes only when every figure has been counted by two people (L11)."""
    shift = await go_out(conn, books)
    close = {"by": books.controller, "now": NOW}
    assert await refused(cash.close_day(conn, books.office_id, DAY, **close)) == "shifts_open"
    await count(conn, books, FLOAT)
    await check_in(conn, books, shift, FLOAT)
    await cash.close_shift(conn, books.office_id, shift, by=books.cashier, now=NOW)
    assert await refused(cash.close_day(conn, books.office_id, DAY, **close)) == "count_missing"
    drawer: Notes = {500_000: 600}
    counted = {"notes": drawer, "now": NOW}
    await cash.count_drawer(conn, books.office_id, DAY, side="cashier", by=books.cashier, **counted)
    again = cash.count_drawer(
        conn, books.office_id, DAY, side="controller", by=books.cashier, **counted
    )
    assert await refused(again) == "same_counter"
    seen = await cash.count_drawer(
        conn, books.office_id, DAY, side="controller", by=books.controller, **counted
    )
    assert seen.difference_vnd == 0
    await cash.close_day(conn, books.office_id, DAY, **close)
    assert await ledger.find_open_day(conn, books.office_id) == date(2026, 11, 26)
    assert await refused(cash.close_day(conn, books.office_id, DAY, **close)) == "day_closed"


async def test_drawer_difference_is_settled_before_the_day_closes(
    conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that a drawer that lacks 50,000 closes with that lack in the books, owned."""
    notes: Notes = {500_000: 599, 100_000: 4, 50_000: 1}
    for side, by in (("cashier", books.cashier), ("controller", books.controller)):
        await cash.count_drawer(
            conn,
            books.office_id,
            DAY,
            side=side,
            notes=notes,
            by=by,
            now=NOW,  # type: ignore[arg-type]
        )
    close = {"by": books.controller, "now": NOW}
    with pytest.raises(Conflict) as caught:
        await cash.close_day(conn, books.office_id, DAY, **close)
    assert caught.value.params == {"difference_vnd": -50_000}
    settled = await cash.settle_drawer(
        conn, books.office_id, DAY, reason="trả thừa khách", by=books.controller, now=NOW
    )
    assert settled == -50_000
    await cash.close_day(conn, books.office_id, DAY, **close)


@pytest.mark.parametrize(
    ("counted", "code"),
    [
        ({"300000": 1}, "unknown_denomination"),
        ({"-500": 1}, "unknown_denomination"),
        ({"500000": -1}, "wrong_number_of_notes"),
        ({"500000": 1_000_001}, "wrong_number_of_notes"),
    ],
)
def test_notes_that_do_not_exist_are_named(counted: dict[str, int], code: str) -> None:
    """Tests that a count with an unknown note or an impossible number is refused by name."""
    with pytest.raises(Invalid) as caught:
        cash.read_notes(counted)
    assert caught.value.code == code


async def collect(conn: asyncpg.Connection, books: Books, amount_vnd: int) -> bool:
    """Take cash at a door, as a phone's report does; return whether a shift names it then."""
    await ledger.post(conn, [books.transfer(books.hand, books.bank, amount_vnd)], now=NOW)
    return await cash.keep_shift(conn, books.office_id, books.courier, now=NOW)


async def test_reload_after_the_count_is_counted_again(
    conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that cash may come back twice in a day: out, home, out again, home (L11)."""
    shift = await go_out(conn, books)
    for notes in (FLOAT, {500_000: 2}):
        await count(conn, books, notes)
        seen = await check_in(conn, books, shift, notes)
        assert (seen.is_complete, seen.agrees) == (True, True)
        assert await books.balance_vnd(conn, books.hand) == 0
        if notes is FLOAT:
            again = await issue(conn, books, {500_000: 2})
            assert await take(conn, books, again.id, {500_000: 2})
            assert await cash.keep_shift(conn, books.office_id, books.courier, now=NOW)
    # What was counted first is history: it meets no later count.
    assert await conn.fetchval("SELECT count(*) FROM cash.count WHERE subject = 'shift'") == 4
    assert await books.balance_vnd(conn, books.drawer) == 300_000_000


async def test_cash_taken_after_the_count_is_counted(
    conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that a collection told late opens the counting again, blind as before."""
    shift = await go_out(conn, books)
    await count(conn, books, FLOAT)
    await check_in(conn, books, shift, FLOAT)
    assert await collect(conn, books, 300_000)
    seen = await check_in(conn, books, shift, {100_000: 3})
    assert (seen.is_complete, seen.other_vnd) == (False, None), "the old count is not shown"
    await count(conn, books, {100_000: 3})
    assert await books.balance_vnd(conn, books.hand) == 0


async def test_late_cash_never_becomes_a_shortage(conn: asyncpg.Connection, books: Books) -> None:
    """Tests that a difference is not booked once the hand moved after the counts (L10)."""
    shift = await go_out(conn, books)
    short: Notes = {500_000: 20}
    await count(conn, books, short)
    await check_in(conn, books, shift, short)
    assert await collect(conn, books, 300_000)
    work = cash.settle_shift(
        conn, books.office_id, shift, reason="thiếu khi đếm", by=books.controller, now=NOW
    )
    assert await refused(work) == "hand_moved"


async def test_cash_taken_without_a_float_begins_a_shift(
    conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that who only collects is counted like any other, and stops the day (L11)."""
    assert not await cash.keep_shift(conn, books.office_id, books.courier, now=NOW)
    assert await collect(conn, books, 300_000)
    work = cash.close_day(conn, books.office_id, DAY, by=books.controller, now=NOW)
    assert await refused(work) == "shifts_open"
    await count(conn, books, {100_000: 3})
    shift = await conn.fetchval("SELECT id FROM cash.shift")
    await check_in(conn, books, shift, {100_000: 3})
    assert await books.balance_vnd(conn, books.hand) == 0


async def test_day_does_not_close_over_cash_in_a_hand_or_before_it_came(
    conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that a hand that no shift names, or a day to come, is refused by its name."""
    await ledger.post(conn, [books.transfer(books.hand, books.bank, 300_000)], now=NOW)
    work = cash.close_day(conn, books.office_id, DAY, by=books.controller, now=NOW)
    assert await refused(work) == "hands_not_empty"
    tomorrow = DAY + timedelta(days=1)
    work = cash.close_day(conn, books.office_id, tomorrow, by=books.controller, now=NOW)
    assert await refused(work) == "day_to_come"
    counting = cash.count_drawer(
        conn, books.office_id, tomorrow, side="cashier", notes={}, by=books.cashier, now=NOW
    )
    assert await refused(counting) == "day_to_come"
