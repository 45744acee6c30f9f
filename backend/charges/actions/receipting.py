"""Receipts of what was collected: none is void alone, and none stays missing."""

from datetime import datetime
from uuid import UUID

from backend import ledger, receipts
from backend.charges import rules, store
from backend.charges.actions import collecting
from backend.charges.model import Charge, Collected, Source
from backend.kit.errors import Conflict, NotFound
from backend.kit.sql import Conn


async def void_receipt(
    conn: Conn, office_id: UUID, receipt_id: UUID, *, reason: str, by: UUID, now: datetime
) -> None:
    """Let a receipt be void that no collected charge stands on.

    Money of the state must not stand without its receipt: that one is void when two people
    take the charge back.

    Raises `NotFound`; `Conflict` `receipt_of_collected`, `receipt_void_already`, `needs_reason`.
    """
    receipt = await receipts.find_receipt(conn, office_id, receipt_id)
    if receipt is None:
        raise NotFound()
    # Locked before it is judged: the charge may be on its way back, or just collected.
    if await store.lock_charge(conn, office_id, receipt.subject_id) is not None:
        held = await store.list_collections(conn, office_id, receipt.subject_id)
        if any(one.receipt_id == receipt_id and one.reversed_at is None for one in held):
            raise Conflict("receipt_of_collected")
    await receipts.void(conn, office_id, receipt_id, reason=reason, by=by, now=now)


async def issue_out_of_doubt(
    conn: Conn,
    doubt: Collected,
    charge: Charge,
    *,
    by: UUID,
    approved_by: UUID,
    reason: str,
    now: datetime,
) -> UUID | None:
    """Issue the receipt of money that two people let pay a charge; return its id, if it has one.

    It is the one that the payer holds, under the number that the phone wrote and as of then, where
    it was written for this charge. Else that number is void and the desk's next one is issued.

    Raises `Conflict` `no_receipts_left`.
    """
    told = doubt.told
    block = None if told is None else await receipts.find_lent(conn, doubt.office_id, told)
    if block is not None and charge.id == doubt.charge_id and charge.kind in rules.RECEIPTS:
        source = Source(
            at=doubt.occurred_at,
            received_at=now,
            staff_id=doubt.collected_by,
            op_id=doubt.op_id,
            device_id=block.device_id,
        )
        new = collecting.make_receipt(charge, doubt.id, source)
        try:
            async with conn.transaction():
                return (await receipts.issue(conn, new, use=told, now=now)).id
        except Conflict:
            pass  # used meanwhile, or of another kind or year: the payer gets another one
    await spoil_told(conn, doubt, reason=reason, by=by, approved_by=approved_by, now=now)
    receipt_id = ledger.transfer_id(doubt.id, 1)
    return await collecting.issue_for(conn, charge, receipt_id, by=by, now=now)


async def spoil_told(
    conn: Conn, doubt: Collected, *, reason: str, by: UUID, approved_by: UUID, now: datetime
) -> None:
    """Let the number be void that a phone wrote for money which is not its charge's."""
    if doubt.told is None:
        return
    try:
        async with conn.transaction():
            await receipts.spoil(
                conn, doubt.office_id, doubt.told, reason=reason, by=by, approved_by=approved_by,
                op_id=doubt.op_id, now=now,
            )  # fmt: skip
    except Conflict as refusal:
        if refusal.code != "receipt_used":  # told void at the desk before
            raise


async def issue_missing(
    conn: Conn, office_id: UUID, charge_id: UUID, *, by: UUID, now: datetime
) -> UUID:
    """Issue the receipt that a collected charge lacks and return its id; once, dated today.

    Raises `NotFound`; `Conflict` `receipt_not_owed` (nothing collected, or of a kind without
    receipts), `no_receipts_left`.
    """
    charge = await store.lock_charge(conn, office_id, charge_id)
    if charge is None:
        raise NotFound()
    held = await store.list_collections(conn, office_id, charge_id)
    paid = next((one for one in held if _pays(one)), None)
    if paid is None or charge.kind not in rules.RECEIPTS:
        raise Conflict("receipt_not_owed")
    if paid.receipt_id is not None:
        return paid.receipt_id
    receipt_id = await collecting.issue_for(conn, charge, paid.id, by=by, now=now)
    if receipt_id is None:
        raise Conflict("no_receipts_left")
    await store.set_receipt(conn, paid, receipt_id)
    return receipt_id


def _pays(one: Collected) -> bool:
    return one.reversed_at is None and "applied" in (one.outcome, one.answer)


async def issue_all_missing(conn: Conn, *, by: UUID, now: datetime) -> int:
    """Issue what is missing in all offices in sight; return how many charges stay without."""
    num_left = 0
    empty: set[tuple[UUID, str]] = set()
    for charge in await store.list_unreceipted(conn):
        range_of = (charge.office_id, rules.RECEIPTS[charge.kind])
        try:
            if range_of not in empty:
                async with conn.transaction():
                    await issue_missing(conn, charge.office_id, charge.id, by=by, now=now)
                continue
        except Conflict:
            # Every other charge of this kind waits for the same numbers.
            empty.add(range_of)
        num_left += 1
    return num_left
