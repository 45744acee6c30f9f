"""Rows of what is handed on: deadlines, alarms, batches, the lines of payees' files."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from backend.charges.model import Batch, CollectedLine, Deadline
from backend.charges.store import NUM_LISTED, queries, typed
from backend.kit.sql import Conn

ITEMS_OF_LINE: Final = CollectedLine.__struct_fields__.index("items")


def _line(*row: Any) -> CollectedLine:
    return CollectedLine(*typed(row, ITEMS_OF_LINE))


async def list_deadlines(conn: Conn, office_id: UUID, until: date) -> list[Deadline]:
    """Return what is to be handed on by a day, what is late included."""
    return await queries.list(conn, "list_deadlines", Deadline, office_id=office_id, until=until)


async def raise_alarms(conn: Conn, today: date, *, at: datetime) -> int:
    """Raise the alarms of a day, each once, and return how many are new."""
    return await queries.run(conn, "raise_alarms", today=today, at=at)


class Alarm(msgspec.Struct, frozen=True):
    """A charge that is still with us on or after its last day."""

    charge_id: UUID
    kind: str
    remit_by: date
    raised_at: datetime
    amount_vnd: int


async def list_alarms(conn: Conn, office_id: UUID) -> list[Alarm]:
    """Return the alarms that still hold."""
    return await queries.list(conn, "list_alarms", Alarm, office_id=office_id)


async def take_into_batch(conn: Conn, batch_id: UUID, batch: Batch) -> tuple[int, int]:
    """Take what a payee is to get into a batch; return how many, and the đồng."""
    found = await queries.one(
        conn,
        "take_into_batch",
        lambda num, amount_vnd: (num, amount_vnd),
        office_id=batch.office_id,
        kind=batch.kind,
        payee_id=batch.payee_id,
        through_on=batch.through_on,
        batch_id=batch_id,
    )
    assert found is not None, "sums have a row"
    return found


async def add_batch(conn: Conn, batch: Batch) -> None:
    """Write a batch that waits for its second person."""
    row = msgspec.structs.asdict(batch)
    for name in ("state", "approved_by", "ended_at", "transfer_id", "bank_reference"):
        del row[name]
    await queries.run(conn, "add_batch", **row)


async def find_batch(conn: Conn, office_id: UUID, id: UUID) -> Batch | None:
    """Return a batch, or None."""
    return await queries.one(conn, "find_batch", Batch, office_id=office_id, id=id)


async def lock_batch(conn: Conn, office_id: UUID, id: UUID) -> Batch | None:
    """Return a batch, locked, or None."""
    return await queries.one(conn, "lock_batch", Batch, office_id=office_id, id=id)


async def list_batches(conn: Conn, office_id: UUID, *, limit: int = NUM_LISTED) -> list[Batch]:
    """Return batches, the newest first."""
    return await queries.list(conn, "list_batches", Batch, office_id=office_id, limit=limit)


async def end_batch(
    conn: Conn,
    batch: Batch,
    *,
    state: str,
    approved_by: UUID | None,
    transfer_id: UUID | None,
    bank_reference: str,
    at: datetime,
) -> None:
    """End a batch: remitted with its charges, or dropped and they are free again."""
    office_id = batch.office_id
    if state == "remitted":
        await queries.run(conn, "set_remitted", office_id=office_id, batch_id=batch.id)
    else:
        await queries.run(conn, "release_batch", office_id=office_id, batch_id=batch.id)
    await queries.run(
        conn,
        "end_batch",
        office_id=office_id,
        id=batch.id,
        state=state,
        approved_by=approved_by,
        transfer_id=transfer_id,
        bank_reference=bank_reference,
        at=at,
    )


async def list_of_batch(conn: Conn, batch: Batch) -> list[CollectedLine]:
    """Return the lines of a payee's file."""
    return await queries.list(
        conn,
        "list_of_batch",
        _line,
        office_id=batch.office_id,
        batch_id=batch.id,
    )


async def list_taxes(
    conn: Conn, office_id: UUID, payee_id: UUID, from_day: date, to_day: date
) -> list[CollectedLine]:
    """Return the taxes collected on some days, or before and not handed on yet, and those due.

    All as it stood when the last of the days ended: what came later counts as not yet.
    """
    return await queries.list(
        conn,
        "list_taxes",
        _line,
        office_id=office_id,
        payee_id=payee_id,
        from_day=from_day,
        to_day=to_day,
    )
