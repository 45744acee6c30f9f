"""Handing on: batches of a payee made by one person, approved by another, alarms before the day."""

from datetime import date, datetime
from uuid import UUID

from backend import ledger
from backend.charges import batches, rules, store
from backend.charges.model import Batch, ChargeKind
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.ledger import Account, Transfer


async def make_batch(
    conn: Conn,
    office_id: UUID,
    kind: ChargeKind,
    payee_id: UUID,
    *,
    through_on: date,
    by: UUID,
    now: datetime,
) -> Batch:
    """Gather what a payee is to get, collected through a day, into a batch to be approved.

    Raises `NotFound` for an unknown payee, `Conflict` `nothing_to_remit`.
    """
    if kind == "postage" or await store.find_payee(conn, office_id, payee_id) is None:
        raise NotFound()
    id = new_id()
    draft = Batch(
        office_id, id, kind, payee_id, through_on, 0, 0, "made", by, now, None, None, None, ""
    )
    num_charges, amount_vnd = await batches.take_into_batch(conn, id, draft)
    if num_charges == 0:
        raise Conflict("nothing_to_remit")
    batch = Batch(
        office_id, id, kind, payee_id, through_on, num_charges, amount_vnd, "made", by, now, None,
        None, None, "",
    )  # fmt: skip
    await batches.add_batch(conn, batch)
    return batch


async def remit(
    conn: Conn,
    office_id: UUID,
    batch_id: UUID,
    *,
    approved_by: UUID,
    bank_reference: str,
    now: datetime,
) -> None:
    """Approve a batch: its money leaves for the payee, its charges are remitted.

    Raises `NotFound`; `Conflict`: `approved_by_maker`, `batch_ended`, `not_covered`.
    """
    batch = await batches.lock_batch(conn, office_id, batch_id)
    if batch is None:
        raise NotFound()
    if batch.state != "made":
        raise Conflict("batch_ended")
    if batch.made_by == approved_by:
        raise Conflict("approved_by_maker")
    transfer = Transfer(
        id=ledger.transfer_id(batch.id),
        group_id=batch.id,
        code=f"remit.{batch.kind}",
        debit=rules.payable_for(office_id, batch.kind, batch.payee_id),
        credit=Account(office_id, "bank"),
        amount_vnd=batch.amount_vnd,
        occurred_at=now,
        created_by=batch.made_by,
        approved_by=approved_by,
        business_key=str(batch.id),
    )
    await ledger.post(conn, [transfer], now=now)
    await batches.end_batch(
        conn,
        batch,
        state="remitted",
        approved_by=approved_by,
        transfer_id=transfer.id,
        bank_reference=bank_reference.strip(),
        at=now,
    )


async def drop_batch(conn: Conn, office_id: UUID, batch_id: UUID, *, now: datetime) -> None:
    """Let a batch that nobody approved go; its charges are free again.

    Raises `NotFound`; `Conflict` `batch_ended`.
    """
    batch = await batches.lock_batch(conn, office_id, batch_id)
    if batch is None:
        raise NotFound()
    if batch.state != "made":
        raise Conflict("batch_ended")
    await batches.end_batch(
        conn, batch, state="dropped", approved_by=None, transfer_id=None, bank_reference="", at=now
    )
