"""Verbs of the book of money: open, post, confirm, void, reverse, close a day."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid5

from backend.kit.clock import service_day
from backend.kit.errors import Conflict, NotFound
from backend.kit.sql import Conn
from backend.ledger import store
from backend.ledger.model import Account, Line, Transfer
from backend.ledger.rules import check_transfers


def transfer_id(op_id: UUID, n: int = 0) -> UUID:
    """Return the id of the n-th transfer that a fact or an act makes (L2)."""
    return uuid5(op_id, str(n))


async def post(
    conn: Conn, transfers: Sequence[Transfer], *, now: datetime, on_day: date | None = None
) -> int:
    """Post the legs of one act, all or none; return how many were new.

    Accounts open themselves. They are posted to the service day of `now` (`on_day` for another
    one), or the first open day after it: a closed day takes nothing more (L9).

    Raises `Conflict`: `not_covered` (cash or a partner's money would run short), `already_posted`
    (the business key was used), `transfer_differs` (the id was used for something else),
    `needs_approval`, `needs_reason`, `approved_by_maker`, `no_pending`, `pending_differs`,
    `pending_resolved`, `reversal_differs`, `already_reversed`, `same_account`; `Invalid`
    `amount_out_of_range`.
    """
    check_transfers(transfers)
    office_id = transfers[0].debit.office_id
    assert all(
        side.office_id == office_id for one in transfers for side in (one.debit, one.credit)
    ), "one office, one book"
    return await store.post(conn, office_id, transfers, on_day or service_day(now))


async def post_alone(
    conn: Conn, transfers: Sequence[Transfer], *, now: datetime, on_day: date | None = None
) -> int:
    """Post as `post` does, committed at once: for bulk work outside any transaction."""
    check_transfers(transfers)
    office_id = transfers[0].debit.office_id
    return await store.post_alone(conn, office_id, transfers, on_day or service_day(now))


async def resolve(
    conn: Conn,
    pending: Line,
    debit: Account,
    credit: Account,
    *,
    id: UUID,
    amount_vnd: int | None,
    by: UUID,
    now: datetime,
    occurred_at: datetime | None = None,
    op_id: UUID | None = None,
    reason: str = "",
) -> int:
    """Confirm a pending transfer with an amount up to its own, or void it with None (L5)."""
    resolution = Transfer(
        id=id,
        group_id=pending.group_id,
        code=pending.code,
        phase="void" if amount_vnd is None else "post",
        debit=debit,
        credit=credit,
        amount_vnd=pending.amount_vnd if amount_vnd is None else amount_vnd,
        pending_id=pending.id,
        occurred_at=occurred_at or now,
        created_by=by,
        # What needed a second person to be offered carries that name to its end.
        approved_by=None if pending.approved_by == by else pending.approved_by,
        op_id=op_id,
        reason=reason,
    )
    return await post(conn, [resolution], now=now)


async def reverse(
    conn: Conn,
    line: Line,
    debit: Account,
    credit: Account,
    *,
    id: UUID,
    by: UUID,
    approved_by: UUID,
    reason: str,
    now: datetime,
    first: Sequence[Transfer] = (),
) -> int:
    """Take a transfer back by its mirror image (L4); `debit` and `credit` are those of the line.

    `first` are legs of the same act that are posted before it, such as notes brought to where
    they were.

    Raises `Conflict`: `needs_reason`, `approved_by_maker`, `already_reversed`, `not_covered`.
    """
    if not reason.strip():
        raise Conflict("needs_reason")
    mirror = Transfer(
        id=id,
        group_id=line.group_id,
        code=f"{line.code}.reversal",
        debit=credit,
        credit=debit,
        amount_vnd=line.amount_vnd,
        reverses_id=line.id,
        occurred_at=now,
        created_by=by,
        approved_by=approved_by,
        reason=reason,
    )
    return await post(conn, [*first, mirror], now=now)


async def get_transfer(conn: Conn, office_id: UUID, id: UUID) -> Line:
    """Return a transfer; raise `NotFound` when there is none."""
    line = await store.find_transfer(conn, office_id, id)
    if line is None:
        raise NotFound()
    return line


async def close_day(
    conn: Conn, office_id: UUID, day: date, *, by: UUID, approved_by: UUID, reason: str = ""
) -> None:
    """Close a day and those before it; raise `Conflict` `day_closed`, `approved_by_maker`.

    `reason` says what is to be known of it, such as the days closed along.
    """
    if by == approved_by:
        raise Conflict("approved_by_maker")
    await store.move_day(
        conn, office_id, "closed", day, by=by, approved_by=approved_by, reason=reason
    )


async def reopen_day(
    conn: Conn, office_id: UUID, day: date, *, by: UUID, approved_by: UUID, reason: str
) -> None:
    """Open a closed day and those after it again; raise `Conflict` `day_not_closed`."""
    if by == approved_by:
        raise Conflict("approved_by_maker")
    if not reason.strip():
        raise Conflict("needs_reason")
    await store.move_day(
        conn, office_id, "reopened", day, by=by, approved_by=approved_by, reason=reason
    )
