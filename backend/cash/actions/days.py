"""The counter's day: its drawer counted blind by two, the difference owned, the books closed."""

from datetime import date, datetime
from uuid import UUID

from backend import ledger
from backend.cash import rules, store
from backend.cash.actions.closing import post_difference
from backend.cash.actions.handovers import desk_topic, purse
from backend.cash.model import Notes, Reveal, Side
from backend.cash.store import queries
from backend.kit import live
from backend.kit.clock import service_day
from backend.kit.errors import Conflict
from backend.kit.ids import new_id
from backend.kit.sql import Conn


async def count_drawer(
    conn: Conn, office_id: UUID, day: date, *, side: Side, notes: Notes, by: UUID, now: datetime
) -> Reveal:
    """Keep a count of the drawer, blind as well: the cashier's and the controller's.

    Raises `Conflict` `day_to_come`, `day_closed`, `same_counter`.
    """
    if day > service_day(now):
        raise Conflict("day_to_come")
    day_id, state = await store.save_drawer_day(conn, office_id, new_id(), day)
    if state == "closed":
        raise Conflict("day_closed")
    counts = await store.list_counts(conn, office_id, "drawer", day_id)
    if any(count.by_id == by and count.side != side for count in counts):
        raise Conflict("same_counter")
    drawer = await ledger.find_balance(conn, purse(office_id, "drawer", None))
    await store.add_count(
        conn,
        office_id,
        new_id(),
        subject="drawer",
        subject_id=day_id,
        side=side,
        by=by,
        at=now,
        notes=notes,
        expected_vnd=drawer.amount_vnd,
    )
    counts = await store.list_counts(conn, office_id, "drawer", day_id)
    other: Side = "controller" if side == "cashier" else "cashier"
    found = rules.reveal(counts, side, other)
    is_right = found.agrees and found.own_vnd == drawer.amount_vnd
    await store.set_drawer_state(conn, office_id, day_id, "verified" if is_right else "counted")
    await live.publish(conn, desk_topic(office_id))
    return found


async def settle_drawer(
    conn: Conn, office_id: UUID, day: date, *, reason: str, by: UUID, now: datetime
) -> int:
    """Post what the drawer lacks or has over, owned by the cashier who counted it; return it.

    Raises `Conflict` `count_missing`, `counts_differ`, `drawer_moved`, `no_difference`,
    `day_closed`, `approved_by_maker`, `needs_reason`.
    """
    found = await store.lock_drawer_day(conn, office_id, day)
    if found is None:
        raise Conflict("count_missing")
    day_id, state = found
    counts = await store.list_counts(conn, office_id, "drawer", day_id)
    drawer = purse(office_id, "drawer", None)
    balance = await ledger.find_balance(conn, drawer)
    difference = rules.find_drawer_difference(counts, state, balance_vnd=balance.amount_vnd)
    cashier = next(count for count in counts if count.side == "cashier")
    await post_difference(
        conn,
        office_id,
        subject="drawer",
        subject_id=day_id,
        counted=drawer,
        difference_vnd=difference,
        owner_id=cashier.by_id,
        reason=reason,
        made_by=cashier.by_id,
        approved_by=by,
        now=now,
    )
    await store.set_drawer_state(conn, office_id, day_id, "verified")
    await live.publish(conn, desk_topic(office_id))
    return difference


async def close_day(
    conn: Conn, office_id: UUID, day: date, *, by: UUID, now: datetime, is_along: bool = False
) -> None:
    """Close an office's day: every courier is home, the drawer was counted by two (L11).

    Days before it close with it. Those on which the drawer's money moved and that nobody counted
    do so by word only (`is_along`), and the book of days names them. `by` is not the cashier who
    counted. Raises `Conflict`: `day_to_come`, `shifts_open`,
    `handovers_pending`, `hands_not_empty`, `cash_on_way`, `count_missing`, `difference_open`,
    `drawer_moved`, `days_not_counted`, `day_closed`, `approved_by_maker`.
    """
    if day > service_day(now):
        raise Conflict("day_to_come")
    shifts = await store.list_open_shifts(conn, office_id)
    if shifts:
        raise Conflict("shifts_open", num=len(shifts))
    hands = await ledger.list_balances(conn, office_id, ["hand"])
    left = [hand for hand in hands if hand.amount_vnd]
    if left:
        raise Conflict("hands_not_empty", num=len(left))
    pending = await ledger.list_pending(conn, office_id)
    if pending:
        raise Conflict("handovers_pending", num=len(pending))
    on_way = await store.count_on_way(conn, office_id)
    if on_way:
        raise Conflict("cash_on_way", num=on_way)
    found = await store.lock_drawer_day(conn, office_id, day)
    if found is None:
        raise Conflict("count_missing")
    day_id, state = found
    counts = await store.list_counts(conn, office_id, "drawer", day_id)
    drawer = await ledger.find_balance(conn, purse(office_id, "drawer", None))
    rules.check_drawer_right(counts, state, balance_vnd=drawer.amount_vnd)
    cashier = next(count for count in counts if count.side == "cashier")
    before = await _list_before(conn, office_id, day)
    said = ", ".join(f"{one:%d/%m/%Y}" for one in before)
    if before and not is_along:
        raise Conflict("days_not_counted", first_day=f"{before[0]:%d/%m/%Y}", num=len(before))
    await ledger.close_day(
        conn,
        office_id,
        day,
        by=cashier.by_id,
        approved_by=by,
        reason=f"khoá cùng ngày chưa kiểm: {said}" if before else "",
    )
    await store.set_drawer_state(conn, office_id, day_id, "closed")
    await live.publish(conn, desk_topic(office_id))


async def _list_before(conn: Conn, office_id: UUID, day: date) -> list[date]:
    """Return the open days before one on which the drawer's money moved."""
    drawer = purse(office_id, "drawer", None)
    return await queries.list(
        conn,
        "list_days_not_counted",
        lambda day: day,
        office_id=office_id,
        day=day,
        drawer_id=drawer.id,
    )


async def is_closed(conn: Conn, office_id: UUID, day: date) -> bool:
    """Return whether the books of a day are closed."""
    found = await store.lock_drawer_day(conn, office_id, day)
    return found is not None and found[1] == "closed"


async def reopen_day(
    conn: Conn, office_id: UUID, day: date, *, by: UUID, approved_by: UUID, reason: str
) -> None:
    """Open a closed day and those after it again; their drawers are to be counted anew.

    Raises `Conflict` `day_not_closed`, `approved_by_maker`, `needs_reason`.
    """
    await ledger.reopen_day(conn, office_id, day, by=by, approved_by=approved_by, reason=reason)
    await store.reopen_drawer_days(conn, office_id, day)
    await live.publish(conn, desk_topic(office_id))
