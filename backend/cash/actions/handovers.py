"""Hand-overs of cash in two phases: the giver offers, the taker counts and takes, or nothing moves.

What is offered is reserved at once; it moves when the taker has counted the same (L5).
"""

from datetime import datetime
from uuid import UUID

from backend import ledger, network
from backend.cash import rules, store
from backend.cash.model import Handover, Notes, Purse, total_of
from backend.kit import live
from backend.kit.clock import service_day
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.ledger import Account, Transfer

LIMIT_RULE = "courier_cash_limit_vnd"
TRIP_RULE = "cash_trip_second_person_vnd"
OVER_LIMIT = "float.over_limit"


def desk_topic(office_id: UUID) -> str:
    """Return the topic that wakes the screens of an office's cashier."""
    return f"cash:{office_id}"


def purse(office_id: UUID, kind: Purse, owner_id: UUID | None) -> Account:
    """Return the account of a courier's hand or of the office's drawer."""
    return Account(office_id, kind, owner_id if kind == "hand" else None)


async def limit_of(conn: Conn, office_id: UUID, courier_id: UUID, now: datetime) -> int:
    """Return the most cash a courier may have, đồng."""
    own = await store.find_limit(conn, office_id, courier_id)
    return own or await network.get_number(conn, LIMIT_RULE, service_day(now))


async def is_over_limit(conn: Conn, office_id: UUID, courier_id: UUID, now: datetime) -> bool:
    """Return whether a courier has, or is offered, more cash than allowed."""
    hand = await ledger.find_balance(conn, purse(office_id, "hand", courier_id))
    return hand.amount_vnd + hand.dh > await limit_of(conn, office_id, courier_id, now)


async def check_company(
    conn: Conn, amount_vnd: int, carrier_id: UUID, companion_id: UUID | None, now: datetime
) -> None:
    """Refuse more cash in one person's hands than the rule allows (domain 10).

    Raises `Conflict` `companion_missing`, `companion_carries`.
    """
    limit_vnd = await network.get_number(conn, TRIP_RULE, service_day(now))
    if companion_id == carrier_id:
        raise Conflict("companion_carries")
    if amount_vnd > limit_vnd and companion_id is None:
        raise Conflict("companion_missing", limit_vnd=limit_vnd)


async def issue(
    conn: Conn,
    *,
    office_id: UUID,
    courier_id: UUID,
    notes: Notes,
    by: UUID,
    now: datetime,
    id: UUID | None = None,
    companion_id: UUID | None = None,
    note: str = "",
) -> Handover:
    """Offer a courier a float out of the drawer; return the hand-over.

    Above the courier's limit it waits for another person (`approve`). Raises `Invalid`
    `nothing_counted`, `Conflict` `not_covered`, `companion_missing`, `companion_carries`,
    `transfer_differs` (the id was used for something else).
    """
    amount_vnd = total_of(notes)
    rules.check_notes(notes, amount_vnd)
    shift = await store.open_shift(conn, office_id, new_id(), courier_id, now)
    hand = await ledger.find_balance(conn, purse(office_id, "hand", courier_id))
    limit_vnd = await limit_of(conn, office_id, courier_id, now)
    coming_vnd = hand.amount_vnd + hand.dh + amount_vnd
    await check_company(conn, coming_vnd, courier_id, companion_id, now)
    is_over = coming_vnd > limit_vnd
    handover = Handover(
        office_id, id or new_id(), "float.issue", "to_approve" if is_over else "pending",
        "drawer", None, "hand", courier_id, shift.id, amount_vnd, by, now, None, None, None, None,
        note, companion_id,
    )  # fmt: skip
    if not await store.add_handover(conn, handover, op_id=None):
        known = await _get(conn, office_id, handover.id)
        if (known.taker_id, known.amount_vnd) != (courier_id, amount_vnd):
            raise Conflict("transfer_differs")
        return known
    await _count(conn, handover, "cashier", by, now, notes)
    if not is_over:
        await _offer(conn, handover, now)
    await tell(conn, handover)
    return handover


async def approve(conn: Conn, office_id: UUID, id: UUID, *, by: UUID, now: datetime) -> None:
    """Let a float above the limit go; raise `Conflict` `not_to_approve`, `approved_by_maker`."""
    handover = await _get(conn, office_id, id)
    if handover.state != "to_approve":
        raise Conflict("not_to_approve")
    if handover.made_by == by:
        raise Conflict("approved_by_maker")
    await store.set_approved(conn, handover, by=by)
    await _offer(conn, handover, now, approved_by=by)
    await tell(conn, handover)


async def give(
    conn: Conn,
    *,
    office_id: UUID,
    id: UUID,
    giver_id: UUID,
    taker_id: UUID,
    notes: Notes,
    amount_vnd: int,
    occurred_at: datetime,
    now: datetime,
    op_id: UUID | None = None,
) -> Handover:
    """Offer another courier cash out of one's hand (`float.pass`).

    Raises `Invalid` `notes_differ_from_amount`, `Conflict` `same_account`, `not_covered`.
    """
    rules.check_notes(notes, amount_vnd)
    if giver_id == taker_id:
        raise Conflict("same_account")
    shift = await store.open_shift(conn, office_id, new_id(), taker_id, now)
    handover = Handover(
        office_id, id, "float.pass", "pending", "hand", giver_id, "hand", taker_id, shift.id,
        amount_vnd, giver_id, occurred_at, None, None, None, None, "",
    )  # fmt: skip
    if not await store.add_handover(conn, handover, op_id=op_id):
        return await _get(conn, office_id, id)
    await _count(conn, handover, "cashier", giver_id, occurred_at, notes, op_id=op_id)
    await _offer(conn, handover, now, occurred_at=occurred_at, op_id=op_id)
    await tell(conn, handover)
    return handover


async def accept(
    conn: Conn,
    office_id: UUID,
    id: UUID,
    *,
    by: UUID,
    notes: Notes,
    occurred_at: datetime,
    now: datetime,
    op_id: UUID | None = None,
) -> bool:
    """Take what was offered, by one's own count; return whether the cash moved.

    Another count than the giver's moves nothing and gives the offer up: both count again. Raises
    `NotFound`, `Conflict` `not_pending`, `not_for_you`.
    """
    handover = await _get(conn, office_id, id)
    if handover.state != "pending":
        raise Conflict("not_pending")
    if handover.taker_kind != "hand" or handover.taker_id != by:
        raise Conflict("not_for_you")
    await _count(conn, handover, "courier", by, occurred_at, notes, op_id=op_id)
    counted = total_of(notes)
    is_same = counted == handover.amount_vnd
    await _resolve(
        conn,
        handover,
        amount_vnd=counted if is_same else None,
        by=by,
        now=now,
        occurred_at=occurred_at,
        op_id=op_id,
    )
    await store.answer_handover(
        conn,
        handover,
        "accepted" if is_same else "void",
        by=by,
        at=occurred_at,
        answered_vnd=counted,
    )
    await tell(conn, handover)
    return is_same


async def void(conn: Conn, office_id: UUID, id: UUID, *, by: UUID, now: datetime) -> None:
    """Give an offer up; raise `Conflict` `not_pending` once it was answered."""
    handover = await _get(conn, office_id, id)
    if handover.state not in ("to_approve", "pending"):
        raise Conflict("not_pending")
    if handover.state == "pending":
        await _resolve(conn, handover, amount_vnd=None, by=by, now=now)
    await store.answer_handover(conn, handover, "void", by=by, at=now, answered_vnd=None)
    await tell(conn, handover)


async def tell(conn: Conn, handover: Handover) -> None:
    """Wake the desk and the phones of both sides."""
    for kind, owner_id in (
        (handover.giver_kind, handover.giver_id),
        (handover.taker_kind, handover.taker_id),
    ):
        if kind == "hand" and owner_id is not None:
            await tell_hand(conn, handover.office_id, owner_id)
    await live.publish(conn, desk_topic(handover.office_id))


async def tell_hand(conn: Conn, office_id: UUID, courier_id: UUID) -> None:
    """Let a courier's phone and the desk hear that the courier's cash changed."""
    await store.touch_phone(conn, office_id, courier_id)
    await live.publish(conn, f"phone:{courier_id}")
    await live.publish(conn, desk_topic(office_id))


async def _get(conn: Conn, office_id: UUID, id: UUID) -> Handover:
    handover = await store.lock_handover(conn, office_id, id)
    if handover is None:
        raise NotFound()
    return handover


def _sides(handover: Handover) -> tuple[Account, Account]:
    """Return who receives and who gives."""
    office_id = handover.office_id
    return (
        purse(office_id, handover.taker_kind, handover.taker_id),
        purse(office_id, handover.giver_kind, handover.giver_id),
    )


async def _offer(
    conn: Conn,
    handover: Handover,
    now: datetime,
    *,
    approved_by: UUID | None = None,
    occurred_at: datetime | None = None,
    op_id: UUID | None = None,
) -> None:
    debit, credit = _sides(handover)
    pending = Transfer(
        id=ledger.transfer_id(handover.id),
        group_id=handover.id,
        code=handover.kind if approved_by is None else OVER_LIMIT,
        phase="pending",
        debit=debit,
        credit=credit,
        amount_vnd=handover.amount_vnd,
        occurred_at=occurred_at or handover.made_at,
        created_by=handover.made_by,
        approved_by=approved_by,
        op_id=op_id,
    )
    await ledger.post(conn, [pending], now=now)


async def _resolve(
    conn: Conn,
    handover: Handover,
    *,
    amount_vnd: int | None,
    by: UUID,
    now: datetime,
    occurred_at: datetime | None = None,
    op_id: UUID | None = None,
) -> None:
    debit, credit = _sides(handover)
    pending_id = ledger.transfer_id(handover.id)
    await ledger.resolve(
        conn,
        await ledger.get_transfer(conn, handover.office_id, pending_id),
        debit,
        credit,
        id=ledger.transfer_id(handover.id, 1),
        amount_vnd=amount_vnd,
        by=by,
        now=now,
        occurred_at=occurred_at,
        op_id=op_id,
    )


async def _count(
    conn: Conn,
    handover: Handover,
    side: str,
    by: UUID,
    at: datetime,
    notes: Notes,
    op_id: UUID | None = None,
) -> None:
    await store.add_count(
        conn,
        handover.office_id,
        ledger.transfer_id(handover.id, 2 if side == "cashier" else 3),
        subject="handover",
        subject_id=handover.id,
        side="cashier" if side == "cashier" else "courier",
        by=by,
        at=at,
        notes=notes,
        expected_vnd=handover.amount_vnd,
        op_id=op_id,
    )
