"""Collecting: once, in cash or by a bank's word; what cannot be right is booked in doubt."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from backend import doorstep, ledger, network, receipts
from backend.charges import rules, store
from backend.charges.model import Charge, Collected, Collection, Method, Outcome, Source
from backend.kit.clock import service_day
from backend.kit.errors import Conflict, NotFound
from backend.kit.sql import Conn
from backend.ledger import Account, Transfer
from backend.receipts import NewReceipt, Use


async def collect(conn: Conn, collection: Collection, source: Source) -> Outcome:
    """Take money for a charge; the same collection again gives the same answer.

    At a counter (`is_door` False) what does not pay the charge is refused and nothing written:
    `NotFound`; `Conflict` `charge_collected`, `charge_cancelled`, `charge_amount_differs`,
    `no_receipts_left`, `needs_approval` (a QR is confirmed by `confirm_qr`), and what
    `receipts.issue` refuses. At a door the notes have changed hands: they are booked against
    suspense and the outcome is `in_doubt`, with one of these codes, `receipt_missing`,
    `unknown_charge` or the problem of the source. A QR shown at a door is `waiting` until the
    bank tells, or `nothing` where nobody owes it any more.
    """
    known = await store.find_collection(conn, collection.office_id, collection.id)
    if known is not None:
        return _told(known, collection)
    charge = await store.lock_charge(conn, collection.office_id, collection.charge_id)
    # Whoever waited for the lock may have been the same fact.
    known = await store.find_collection(conn, collection.office_id, collection.id)
    if known is not None:
        return _told(known, collection)
    if collection.method == "qr":
        return await _show_qr(conn, charge, collection, source)
    reason = rules.judge(charge, collection.amount_vnd)
    if not source.is_door:
        if charge is None:
            raise NotFound()
        if reason:
            raise Conflict(reason)
        receipt_id = await _issue_at_desk(conn, charge, collection.id, source)
        return await _apply(conn, charge, collection, source, receipt_id=receipt_id)
    assert source.device_id is not None, "at a door a phone tells"
    receipt_id = None
    if charge is not None and not reason:
        reason = rules.judge_receipt(charge, collection) or rules.judge_source(charge, source)
        if not reason:
            reason, receipt_id = await _issue_at_door(conn, charge, collection, source)
    if charge is None or reason:
        return await _doubt(conn, collection, source, reason)
    return await _apply(conn, charge, collection, source, receipt_id=receipt_id)


def _told(known: Collected, collection: Collection) -> Outcome:
    """Return the answer that was given; raise `Conflict` `transfer_differs` for another content."""
    if (known.amount_vnd, known.method) != (collection.amount_vnd, collection.method):
        raise Conflict("transfer_differs")
    return Outcome(known.outcome, known.reason, known.receipt_id)


async def _show_qr(
    conn: Conn, charge: Charge | None, collection: Collection, source: Source
) -> Outcome:
    if not source.is_door:
        raise Conflict("needs_approval")
    if charge is None or charge.state == "cancelled":
        # No notes changed hands: should the payer have paid, the bank's notice is in doubt.
        return Outcome("nothing", rules.judge(charge, collection.amount_vnd))
    if charge.state != "due":
        return Outcome("applied")
    await store.set_qr_shown(conn, charge, at=source.at)
    # Nobody comes a second time: the bank tells, or two people look.
    await doorstep.withdraw(conn, charge.office_id, [charge.id], at=source.received_at)
    return Outcome("waiting")


async def _issue_at_desk(
    conn: Conn, charge: Charge, receipt_id: UUID, source: Source
) -> UUID | None:
    """Issue the desk's next receipt; a kind that needs none goes without when there is none."""
    kind = rules.RECEIPTS.get(charge.kind)
    if kind is None:
        return None
    try:
        async with conn.transaction():
            new = make_receipt(charge, receipt_id, source)
            return (await receipts.issue(conn, new, now=source.received_at)).id
    except Conflict as refusal:
        if refusal.code == "no_receipts_left" and charge.kind not in rules.NEEDS_RECEIPT:
            return None
        raise


async def _issue_at_door(
    conn: Conn, charge: Charge, collection: Collection, source: Source
) -> tuple[str, UUID | None]:
    """Issue the receipt under the phone's number; return why it could not be, and its id."""
    if collection.receipt is None or charge.kind not in rules.RECEIPTS:
        return "", None
    try:
        async with conn.transaction():
            new = make_receipt(charge, collection.id, source)
            use = collection.receipt
            made = await receipts.issue(conn, new, use=use, now=source.received_at)
    except Conflict as refusal:
        return refusal.code, None
    return "", made.id


def make_receipt(charge: Charge, receipt_id: UUID, source: Source) -> NewReceipt:
    """Return the receipt of a charge, as it is to be issued."""
    return NewReceipt(
        office_id=charge.office_id,
        id=receipt_id,
        kind=rules.RECEIPTS[charge.kind],
        subject_id=charge.id,
        payer_name=charge.payer_name,
        payer_tax_code=charge.payer_tax_code,
        items=charge.items,
        occurred_at=source.at,
        issued_by=source.staff_id,
        device_id=source.device_id,
        op_id=source.op_id,
    )


async def _apply(
    conn: Conn,
    charge: Charge,
    collection: Collection,
    source: Source,
    *,
    receipt_id: UUID | None,
) -> Outcome:
    cash = _cash_of(charge.office_id, source)
    await book(
        conn,
        charge,
        cash,
        id=collection.id,
        method="cash",
        source=source,
        receipt_id=receipt_id,
    )
    return Outcome("applied", receipt_id=receipt_id)


def _cash_of(office_id: UUID, source: Source) -> Account:
    return Account(office_id, "hand", source.staff_id) if source.is_door else _drawer(office_id)


def _drawer(office_id: UUID) -> Account:
    return Account(office_id, "drawer")


async def book(
    conn: Conn,
    charge: Charge,
    debit: Account,
    *,
    id: UUID,
    method: Method,
    source: Source,
    receipt_id: UUID | None = None,
    notice_id: UUID | None = None,
    approved_by: UUID | None = None,
) -> None:
    """Post money that pays a locked charge, and let the charge be collected."""
    transfer = Transfer(
        id=ledger.transfer_id(id),
        group_id=id,
        code=f"charge.{charge.kind}",
        debit=debit,
        credit=rules.payable_of(charge),
        amount_vnd=charge.amount_vnd,
        occurred_at=source.at,
        created_by=source.staff_id,
        approved_by=approved_by,
        business_key=rules.business_key(charge, await store.count_reversed(conn, charge)),
        op_id=source.op_id,
    )
    await ledger.post(conn, [transfer], now=source.received_at)
    collected = make_collected(
        charge.office_id,
        id,
        charge_id=charge.id,
        method=method,
        amount_vnd=charge.amount_vnd,
        transfer_id=transfer.id,
        source=source,
        reason=None,
        receipt_id=receipt_id,
        notice_id=notice_id,
        approved_by=approved_by,
    )
    await store.add_collection(conn, collected)
    await settle(conn, charge, source)


async def settle(conn: Conn, charge: Charge, source: Source) -> None:
    """Let a charge be collected, with the last day to hand its money on; at no door any more."""
    on_day = service_day(source.at)
    remit_by = await find_remit_day(conn, charge, on_day)
    await store.set_collected(conn, charge, on_day=on_day, remit_by=remit_by)
    errand = await doorstep.lock(conn, charge.office_id, charge.id) if source.is_door else None
    if errand is not None:
        await doorstep.finish(conn, errand, at=source.at)
    else:
        await doorstep.withdraw(conn, charge.office_id, [charge.id], at=source.received_at)


async def find_remit_day(conn: Conn, charge: Charge, on_day: date) -> date | None:
    """Return the last day to hand on what was collected on a day; None for our own postage."""
    if charge.payee_id is None:
        return None
    if charge.kind == "tax":
        days = await network.get_number(conn, "tax_remit_days", on_day)
    else:
        payee = await store.find_payee(conn, charge.office_id, charge.payee_id)
        assert payee is not None, "a charge has its payee"
        days = payee.remit_days
    return await network.add_working_days(conn, on_day, days)


async def _doubt(conn: Conn, collection: Collection, source: Source, reason: str) -> Outcome:
    """Book notes that are in a hand and belong to nobody yet, with the number the payer holds."""
    use = collection.receipt
    block = None if use is None else await receipts.find_lent(conn, collection.office_id, use)
    if block is None or block.device_id != source.device_id:
        use = None  # no number of this phone's: another one may yet write it
    await book_doubt(
        conn,
        Account(collection.office_id, "hand", source.staff_id),
        msgspec.structs.replace(collection, receipt=use),
        source=source,
        reason=reason,
    )
    # Whether it is due at a door again is for those who decide where the notes belong.
    await doorstep.withdraw(
        conn, collection.office_id, [collection.charge_id], at=source.received_at
    )
    return Outcome("in_doubt", reason)


async def book_doubt(
    conn: Conn,
    debit: Account,
    collection: Collection,
    *,
    source: Source,
    reason: str,
    charge_id: UUID | None = None,
    notice_id: UUID | None = None,
    business_key: str | None = None,
) -> None:
    """Post money against suspense until a person says whose it is."""
    transfer = Transfer(
        id=ledger.transfer_id(collection.id),
        group_id=collection.id,
        code="charge.in_doubt",
        debit=debit,
        credit=Account(collection.office_id, "suspense"),
        amount_vnd=collection.amount_vnd,
        occurred_at=source.at,
        created_by=source.staff_id,
        business_key=business_key,
        op_id=source.op_id,
        reason=reason,
    )
    await ledger.post(conn, [transfer], now=source.received_at)
    named = charge_id if notice_id is not None else collection.charge_id
    collected = make_collected(
        collection.office_id,
        collection.id,
        charge_id=named,
        method=collection.method,
        amount_vnd=collection.amount_vnd,
        transfer_id=transfer.id,
        source=source,
        reason=reason,
        notice_id=notice_id,
        told=collection.receipt,
    )
    await store.add_collection(conn, collected)


def make_collected(
    office_id: UUID,
    id: UUID,
    *,
    charge_id: UUID | None,
    method: Method,
    amount_vnd: int,
    transfer_id: UUID,
    source: Source,
    reason: str | None,
    receipt_id: UUID | None = None,
    notice_id: UUID | None = None,
    approved_by: UUID | None = None,
    told: Use | None = None,
) -> Collected:
    """Return money that came, as it is kept; `reason` None where it paid its charge."""
    return Collected(
        office_id=office_id,
        id=id,
        charge_id=charge_id,
        method=method,
        amount_vnd=amount_vnd,
        outcome="applied" if reason is None else "in_doubt",
        reason=reason or "",
        cash_owner_id=source.staff_id if source.is_door else None,
        transfer_id=transfer_id,
        receipt_id=receipt_id,
        notice_id=notice_id,
        op_id=source.op_id,
        occurred_at=source.at,
        collected_on=service_day(source.at),
        collected_by=source.staff_id,
        approved_by=approved_by,
        reversed_at=None,
        answer=None,
        answered_at=None,
        answered_by=None,
        answer_approved_by=None,
        note="",
        receipt_block_id=None if told is None else told.block,
        receipt_number=None if told is None else told.number,
    )


async def issue_for(
    conn: Conn, charge: Charge, receipt_id: UUID, *, by: UUID, now: datetime
) -> UUID | None:
    """Issue the desk's receipt for money that came without one: by a bank, or out of doubt."""
    source = Source(at=now, received_at=now, staff_id=by)
    return await _issue_at_desk(conn, charge, receipt_id, source)
