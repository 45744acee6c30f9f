"""Coming home: blind counts by two, differences with an owner, shifts that close (L10, L11)."""

from datetime import datetime
from uuid import UUID

from backend import ledger
from backend.cash import rules, store
from backend.cash.actions.handovers import purse, tell_hand
from backend.cash.model import Handover, Notes, Reveal, Shift, Side, Subject, total_of
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.ledger import Account, Transfer


async def count_by_courier(
    conn: Conn,
    *,
    office_id: UUID,
    courier_id: UUID,
    notes: Notes,
    amount_vnd: int,
    occurred_at: datetime,
    now: datetime,
    count_id: UUID,
    op_id: UUID | None = None,
) -> Shift:
    """Keep a courier's own count at the end of the round; a later one is a recount.

    Raises `Conflict` `no_shift`, `shift_not_open`; `Invalid` `notes_differ_from_amount`.
    """
    if total_of(notes) != amount_vnd:
        rules.check_notes(notes, amount_vnd)
    shift = await store.lock_open_shift(conn, office_id, courier_id)
    if shift is None:
        raise Conflict("no_shift")
    await _count_shift(conn, shift, "courier", courier_id, notes, occurred_at, count_id, op_id)
    await _settle_if_agreed(conn, shift, now)
    await tell_hand(conn, office_id, courier_id)
    return shift


async def count_by_cashier(
    conn: Conn, office_id: UUID, shift_id: UUID, *, notes: Notes, by: UUID, now: datetime
) -> Reveal:
    """Keep the cashier's count of what a courier brings; return what may be seen of it.

    Neither side sees the other's count, or what is expected, before both have counted. When both
    are the same and as expected, the cash moves into the drawer. Raises `NotFound`, `Conflict`
    `shift_not_open`.
    """
    shift = await store.lock_shift(conn, office_id, shift_id)
    if shift is None:
        raise NotFound()
    await _count_shift(conn, shift, "cashier", by, notes, now, new_id(), None)
    await _settle_if_agreed(conn, shift, now)
    await tell_hand(conn, office_id, shift.courier_id)
    return await look(conn, shift)


async def look(conn: Conn, shift: Shift) -> Reveal:
    """Return what the cashier may see of a shift's counts."""
    counts = await store.list_counts(conn, shift.office_id, "shift", shift.id)
    return rules.reveal(counts, "cashier", "courier")


async def _count_shift(
    conn: Conn,
    shift: Shift,
    side: Side,
    by: UUID,
    notes: Notes,
    at: datetime,
    count_id: UUID,
    op_id: UUID | None,
) -> None:
    if shift.state not in ("open", "counted"):
        raise Conflict("shift_not_open")
    hand = await ledger.find_balance(conn, purse(shift.office_id, "hand", shift.courier_id))
    await store.add_count(
        conn,
        shift.office_id,
        count_id,
        subject="shift",
        subject_id=shift.id,
        side=side,
        by=by,
        at=at,
        notes=notes,
        expected_vnd=hand.free_vnd,
        op_id=op_id,
    )
    await store.set_shift_state(conn, shift, "counted")


async def _settle_if_agreed(conn: Conn, shift: Shift, now: datetime) -> None:
    """Move the cash when both counted what was expected; else it waits for a person."""
    counts = await store.list_counts(conn, shift.office_id, "shift", shift.id)
    sides = {count.side for count in counts}
    if sides != {"courier", "cashier"}:
        return
    found = rules.reveal(counts, "cashier", "courier")
    hand = await ledger.find_balance(conn, purse(shift.office_id, "hand", shift.courier_id))
    if not found.agrees or found.own_vnd != hand.free_vnd:
        return
    cashier = next(count for count in counts if count.side == "cashier")
    await _bring_back(conn, shift, found.own_vnd, cashier_id=cashier.by_id, now=now)


async def _bring_back(
    conn: Conn, shift: Shift, amount_vnd: int, *, cashier_id: UUID, now: datetime
) -> None:
    """Move counted cash from the hand into the drawer: offered by one, taken by the other (L5)."""
    if amount_vnd:
        handover = Handover(
            shift.office_id, new_id(), "float.return", "pending", "hand", shift.courier_id,
            "drawer", None, shift.id, amount_vnd, shift.courier_id, now, None, None, None, None,
            "",
        )  # fmt: skip
        await store.add_handover(conn, handover, op_id=None)
        drawer = purse(shift.office_id, "drawer", None)
        hand = purse(shift.office_id, "hand", shift.courier_id)
        pending = Transfer(
            id=ledger.transfer_id(handover.id),
            group_id=handover.id,
            code="float.return",
            phase="pending",
            debit=drawer,
            credit=hand,
            amount_vnd=amount_vnd,
            occurred_at=now,
            created_by=shift.courier_id,
        )
        await ledger.post(conn, [pending], now=now)
        await ledger.resolve(
            conn,
            await ledger.get_transfer(conn, shift.office_id, pending.id),
            drawer,
            hand,
            id=ledger.transfer_id(handover.id, 1),
            amount_vnd=amount_vnd,
            by=cashier_id,
            now=now,
        )
        await store.answer_handover(
            conn, handover, "accepted", by=cashier_id, at=now, answered_vnd=amount_vnd
        )
    await store.set_shift_state(conn, shift, "verified")


async def settle_shift(
    conn: Conn, office_id: UUID, shift_id: UUID, *, reason: str, by: UUID, now: datetime
) -> int:
    """Post what a courier's counted cash lacks or has over, owned by the courier; return it.

    Both have counted the same by then; `by` is the second person beside the cashier (L10). Raises
    `NotFound`, `Conflict` `counts_differ`, `count_missing`, `hand_moved`, `no_difference`,
    `approved_by_maker`, `needs_reason`.
    """
    shift = await store.lock_shift(conn, office_id, shift_id)
    if shift is None:
        raise NotFound()
    if shift.state != "counted":
        raise Conflict("no_difference" if shift.state != "open" else "count_missing")
    counts = await store.list_counts(conn, office_id, "shift", shift.id)
    found = rules.reveal(counts, "cashier", "courier")
    if not found.is_complete:
        raise Conflict("count_missing")
    if not found.agrees:
        raise Conflict("counts_differ")
    hand_account = purse(office_id, "hand", shift.courier_id)
    hand = await ledger.find_balance(conn, hand_account)
    if found.expected_vnd != hand.free_vnd:
        raise Conflict("hand_moved")
    difference = found.own_vnd - hand.free_vnd
    if difference == 0:
        raise Conflict("no_difference")
    cashier = next(count for count in counts if count.side == "cashier")
    await post_difference(
        conn,
        office_id,
        subject="shift",
        subject_id=shift.id,
        counted=hand_account,
        difference_vnd=difference,
        owner_id=shift.courier_id,
        reason=reason,
        made_by=cashier.by_id,
        approved_by=by,
        now=now,
    )
    await _bring_back(conn, shift, found.own_vnd, cashier_id=cashier.by_id, now=now)
    await tell_hand(conn, office_id, shift.courier_id)
    return difference


async def post_difference(
    conn: Conn,
    office_id: UUID,
    *,
    subject: Subject,
    subject_id: UUID,
    counted: Account,
    difference_vnd: int,
    owner_id: UUID,
    reason: str,
    made_by: UUID,
    approved_by: UUID,
    now: datetime,
) -> None:
    """Post a difference to *thừa/thiếu quỹ*: a shortage is its owner's debt, never an edit."""
    if len(reason.strip()) < 3:
        raise Conflict("needs_reason")
    is_short = difference_vnd < 0
    debit = Account(office_id, "shortage", owner_id) if is_short else counted
    credit = counted if is_short else Account(office_id, "overage")
    transfer = Transfer(
        id=new_id(),
        group_id=subject_id,
        code="difference.short" if is_short else "difference.over",
        debit=debit,
        credit=credit,
        amount_vnd=abs(difference_vnd),
        occurred_at=now,
        created_by=made_by,
        approved_by=approved_by,
        reason=reason,
    )
    await ledger.post(conn, [transfer], now=now)
    await store.add_difference(
        conn,
        office_id=office_id,
        id=new_id(),
        subject=subject,
        subject_id=subject_id,
        amount_vnd=difference_vnd,
        owner_id=owner_id,
        reason=reason,
        made_by=made_by,
        approved_by=approved_by,
        at=now,
        transfer_id=transfer.id,
    )


async def close_shift(
    conn: Conn, office_id: UUID, shift_id: UUID, *, by: UUID, now: datetime
) -> None:
    """Close a courier's shift; refusals are those of `rules.check_close`."""
    shift = await store.lock_shift(conn, office_id, shift_id)
    if shift is None:
        raise NotFound()
    if shift.state == "closed":
        raise Conflict("shift_not_open")
    hand = await ledger.find_balance(conn, purse(office_id, "hand", shift.courier_id))
    pending = await store.list_open_of(conn, office_id, shift.courier_id)
    rules.check_close(shift, hand_vnd=hand.amount_vnd, num_pending=len(pending))
    await store.close_shift(conn, shift, by=by, at=now)
    await tell_hand(conn, office_id, shift.courier_id)
