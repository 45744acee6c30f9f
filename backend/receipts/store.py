"""Rows of receipts."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
import msgspec

from backend.kit.errors import Conflict
from backend.kit.sql import Conn, load
from backend.receipts.model import (
    Block,
    Form,
    Range,
    RangeDraft,
    Receipt,
    ReceiptKind,
    UseLine,
)
from backend.receipts.rules import year_of

queries = load(__file__)
NUM_LISTED_MAX = 5_000


async def add_range(conn: Conn, id: UUID, draft: RangeDraft, *, by: UUID, at: datetime) -> None:
    """Write an allotment; raise `Conflict` `receipt_range_taken` when any unit has some of it."""
    try:
        await queries.run(
            conn,
            "add_range",
            **msgspec.structs.asdict(draft),
            id=id,
            year=year_of(draft.symbol),
            allotted_by=by,
            allotted_at=at,
        )
    except asyncpg.ExclusionViolationError as error:
        raise Conflict("receipt_range_taken") from error


async def list_ranges(conn: Conn, office_id: UUID) -> list[Range]:
    """Return the ranges of an office, the newest year first."""
    return await queries.list(conn, "list_ranges", Range, office_id=office_id)


async def lock_range(
    conn: Conn, office_id: UUID, kind: ReceiptKind, year: int, form: Form
) -> Range | None:
    """Return the range that lends next, locked."""
    return await queries.one(
        conn, "lock_range", Range, office_id=office_id, kind=kind, year=year, form=form
    )


async def add_block(
    conn: Conn,
    id: UUID,
    range: Range,
    num: int,
    *,
    device_id: UUID | None,
    staff_id: UUID | None,
    at: datetime,
) -> None:
    """Lend the next `num` numbers of a locked range."""
    last = range.next_number + num - 1
    await queries.run(
        conn,
        "add_block",
        office_id=range.office_id,
        id=id,
        range_id=range.id,
        device_id=device_id,
        staff_id=staff_id,
        first_number=range.next_number,
        last_number=last,
        leased_at=at,
    )
    await queries.run(
        conn, "move_range", office_id=range.office_id, id=range.id, next_number=last + 1
    )


async def lock_block(conn: Conn, office_id: UUID, id: UUID) -> Block | None:
    """Return a block, locked."""
    return await queries.one(conn, "lock_block", Block, office_id=office_id, id=id)


async def lock_open_block(
    conn: Conn, office_id: UUID, kind: ReceiptKind, year: int, device_id: UUID | None
) -> Block | None:
    """Return the block that a phone, or the desk, uses now, locked."""
    return await queries.one(
        conn,
        "lock_open_block",
        Block,
        office_id=office_id,
        kind=kind,
        year=year,
        device_id=device_id,
    )


async def list_blocks(
    conn: Conn, office_id: UUID, year: int, *, device_id: UUID | None = None
) -> list[Block]:
    """Return the blocks of a year, of one phone if named, the open ones first."""
    return await queries.list(
        conn, "list_blocks", Block, office_id=office_id, year=year, device_id=device_id
    )


async def return_blocks(
    conn: Conn, office_id: UUID, ids: Sequence[UUID], *, at: datetime
) -> list[UUID]:
    """Let blocks be given back; return those that were out."""
    return await queries.list(
        conn, "return_blocks", lambda id: id, office_id=office_id, ids=list(ids), at=at
    )


async def list_gaps(conn: Conn, office_id: UUID, block_id: UUID) -> list[int]:
    """Return the numbers of a block that were passed over."""
    return await queries.list(
        conn, "list_gaps", lambda number: number, office_id=office_id, id=block_id
    )


async def add_receipt(conn: Conn, receipt: Receipt) -> bool:
    """Write a number once; return whether it was free."""
    row = msgspec.structs.asdict(receipt)
    for name in ("kind", "template", "symbol", "delegator_name", "delegator_tax_code"):
        del row[name]
    done = await queries.run(conn, "add_receipt", **row)
    if done:
        await queries.run(
            conn,
            "move_block",
            office_id=receipt.office_id,
            id=receipt.block_id,
            next_number=receipt.number + 1,
        )
    return done == 1


async def find_receipt(conn: Conn, office_id: UUID, id: UUID) -> Receipt | None:
    """Return a receipt, or None."""
    return await queries.one(conn, "find_receipt", Receipt, office_id=office_id, id=id)


async def find_checked(conn: Conn, check_code: str) -> Receipt | None:
    """Return the receipt of a check code, whatever its office, or None."""
    return await queries.one(conn, "find_checked", Receipt, check_code=check_code)


async def list_used(
    conn: Conn, office_id: UUID, from_day: date, to_day: date, *, limit: int = NUM_LISTED_MAX
) -> list[Receipt]:
    """Return the numbers used on some days, void ones too."""
    return await queries.list(
        conn,
        "list_used",
        Receipt,
        office_id=office_id,
        from_day=from_day,
        to_day=to_day,
        limit=limit,
    )


async def void_receipt(
    conn: Conn,
    office_id: UUID,
    id: UUID,
    *,
    reason: str,
    at: datetime,
    by: UUID,
    approved_by: UUID | None,
) -> bool:
    """Let a receipt be void; return whether it held until now."""
    found = await queries.value(
        conn, "void_receipt", office_id=office_id, id=id, reason=reason, at=at, by=by,
        approved_by=approved_by,
    )  # fmt: skip
    return found is not None


async def list_use(conn: Conn, office_id: UUID, from_day: date, to_day: date) -> list[UseLine]:
    """Return what became of each range within a quarter."""
    return await queries.list(
        conn,
        "list_use",
        UseLine,
        office_id=office_id,
        from_day=from_day,
        to_day=to_day,
        year=from_day.year,
    )
