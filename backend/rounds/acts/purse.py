"""Performers of a courier's own cash: floats taken, cash passed on, the blind count."""

from uuid import UUID

from backend import cash, ledger
from backend.kit.errors import Conflict
from backend.kit.sql import Conn
from backend.rounds.model import CashAccepted, CashCounted, CashPassed, Context, Decision

APPLIED = Decision("applied")
COUNT_N = 9
"""Place of a count among the ids that a fact makes."""


async def accept(conn: Conn, op: CashAccepted, ctx: Context) -> Decision:
    """Take what was handed over; another count than the giver's moves nothing and is told."""
    notes = _read(op.notes, op.amount_vnd)
    has_moved = await cash.accept(
        conn,
        ctx.office_id,
        op.handover,
        by=ctx.courier_id,
        notes=notes,
        occurred_at=ctx.occurred_at,
        now=ctx.received_at,
        op_id=ctx.op_id,
    )
    return APPLIED if has_moved else Decision("applied", "counts_differ")


async def give(conn: Conn, op: CashPassed, ctx: Context) -> Decision:
    """Offer another courier of this office cash; beyond the taker's limit the office is told.

    The notes go over all the same: they are in a hand, and the fact says in whose.
    """
    await _check_colleague(conn, ctx.office_id, op.to)
    await cash.give(
        conn,
        office_id=ctx.office_id,
        id=op.handover,
        giver_id=ctx.courier_id,
        taker_id=op.to,
        notes=_read(op.notes, op.amount_vnd),
        amount_vnd=op.amount_vnd,
        occurred_at=ctx.occurred_at,
        now=ctx.received_at,
        op_id=ctx.op_id,
    )
    is_over = await cash.is_over_limit(conn, ctx.office_id, op.to, ctx.received_at)
    return Decision("applied", "over_cash_limit") if is_over else APPLIED


async def count(conn: Conn, op: CashCounted, ctx: Context) -> Decision:
    """Keep the courier's count of what is left."""
    await cash.count_by_courier(
        conn,
        office_id=ctx.office_id,
        courier_id=ctx.courier_id,
        notes=_read(op.notes, op.amount_vnd),
        amount_vnd=op.amount_vnd,
        occurred_at=ctx.occurred_at,
        now=ctx.received_at,
        count_id=ledger.transfer_id(ctx.op_id, COUNT_N),
        op_id=ctx.op_id,
    )
    return APPLIED


def _read(counted: dict[str, int], amount_vnd: int) -> cash.Notes:
    notes = cash.read_notes(counted)
    if cash.total_of(notes) != amount_vnd:
        raise Conflict(
            "notes_differ_from_amount", notes_vnd=cash.total_of(notes), amount_vnd=amount_vnd
        )
    return notes


async def _check_colleague(conn: Conn, office_id: UUID, courier_id: UUID) -> None:
    hands = await cash.list_hands(conn, office_id, 0)
    if all(hand.courier_id != courier_id for hand in hands):
        raise Conflict("not_for_you")
