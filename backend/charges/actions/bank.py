"""What the bank tells: each message kept, each đồng booked once, what does not fit in doubt."""

import hashlib
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from backend.charges import rules, store
from backend.charges.actions import collecting
from backend.charges.model import (
    BankAccount,
    Charge,
    Collection,
    Notice,
    NoticeOutcome,
    Payment,
    Source,
)
from backend.kit import catalog
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.kit.text import nfc
from backend.ledger import Account

BANK: Final = UUID("5b0f3c1e-9b55-5c7e-8d0d-6f1f4ad7a5c2")
"""Who it is that posts what the bank told: nobody of ours."""
AHEAD_S_MAX: Final = 300
WHY: Final[dict[str, NoticeOutcome]] = {
    "unknown_charge": "unknown_reference",
    "charge_amount_differs": "amount_differs",
    "charge_collected": "paid_already",
    "charge_cancelled": "cancelled",
}

catalog.add(
    {
        "notice_field": (
            "Tin báo của ngân hàng có trường không đúng: {field}.",
            "The bank's notice has a wrong field: {field}.",
        ),
    }
)


def check_payment(payment: Payment, *, now: datetime) -> None:
    """Refuse what no bank can mean (API10); raise `Invalid` `notice_field`."""
    for name, is_right in (
        ("bank_reference", 1 <= len(payment.bank_reference) <= 64),
        ("bin", len(payment.bin) == 6 and payment.bin.isdigit()),
        ("account", 1 <= len(payment.account) <= 19 and payment.account.isalnum()),
        ("amount_vnd", 1 <= payment.amount_vnd <= rules.AMOUNT_VND_MAX),
        ("content", len(payment.content) <= 500 and "\x00" not in payment.content),
        ("bank_reference", payment.bank_reference.isprintable()),
        ("paid_at", payment.paid_at.tzinfo is not None),
    ):
        if not is_right:
            raise Invalid("notice_field", field=name)
    if (payment.paid_at - now).total_seconds() > AHEAD_S_MAX:
        raise Invalid("notice_field", field="paid_at")


async def take_notice(
    conn: Conn, message_id: str, body: bytes, payment: Payment, *, now: datetime
) -> NoticeOutcome:
    """Keep a bank's message and book its money: to the charge that it names, else in doubt.

    The same message again changes nothing; the same money under another message is kept as
    `repeated` and booked once. The transaction sees all offices: a message names none.

    Raises `Conflict`: `notice_differs` (a message id with another content), `no_bank_account`.
    """
    await store.lock_notice(conn, message_id, payment.bin, payment.bank_reference)
    digest = hashlib.sha256(body).digest()
    known = await store.find_notice(conn, message_id)
    if known is not None:
        if known.body_hash != digest:
            raise Conflict("notice_differs")
        await store.count_delivery(conn, known)
        return known.outcome
    account = await store.find_account(conn, payment.bin, payment.account)
    if account is None:
        raise Conflict("no_bank_account")
    notice = _make_notice(account.office_id, message_id, digest, payment, now=now)
    if await store.has_money(conn, payment.bin, payment.bank_reference):
        await store.add_notice(conn, notice)
        return notice.outcome
    charge = await _find_charge(conn, account, payment)
    reason = rules.judge(charge, payment.amount_vnd)
    notice = msgspec.structs.replace(
        notice,
        outcome=WHY[reason] if reason else "paid",
        charge_id=None if charge is None else charge.id,
    )
    await store.add_notice(conn, notice)
    await _book(conn, notice, charge, reason)
    return notice.outcome


def _make_notice(
    office_id: UUID, message_id: str, digest: bytes, payment: Payment, *, now: datetime
) -> Notice:
    return Notice(
        office_id=office_id,
        id=new_id(),
        message_id=message_id,
        body_hash=digest,
        bank_reference=payment.bank_reference,
        bin=payment.bin,
        account=payment.account,
        amount_vnd=payment.amount_vnd,
        content=nfc(payment.content),
        paid_at=payment.paid_at,
        received_at=now,
        num_deliveries=1,
        outcome="repeated",
        charge_id=None,
    )


async def _find_charge(conn: Conn, account: BankAccount, payment: Payment) -> Charge | None:
    """Return the charge that a transfer names, locked; one of another office's is none of this."""
    found = await store.find_referenced(conn, rules.find_references(payment.content))
    if found is None or found[0] != account.office_id:
        return None
    return await store.lock_charge(conn, *found)


async def _book(conn: Conn, notice: Notice, charge: Charge | None, reason: str) -> None:
    bank = Account(notice.office_id, "bank")
    source = Source(at=notice.paid_at, received_at=notice.received_at, staff_id=BANK)
    if charge is not None and not reason:
        await collecting.book(
            conn,
            charge,
            bank,
            id=notice.id,
            method="qr",
            source=source,
            receipt_id=await _issue(conn, charge, notice),
            notice_id=notice.id,
        )
        return
    collection = Collection(
        office_id=notice.office_id,
        id=notice.id,
        charge_id=charge.id if charge else notice.id,
        amount_vnd=notice.amount_vnd,
        method="qr",
    )
    await collecting.book_doubt(
        conn,
        bank,
        collection,
        source=source,
        reason=reason,
        charge_id=None if charge is None else charge.id,
        notice_id=notice.id,
        business_key=f"bank:{notice.bin}:{notice.bank_reference}",
    )


async def _issue(conn: Conn, charge: Charge, notice: Notice) -> UUID | None:
    """Issue the receipt of money that a bank told of; without numbers left the money counts too.

    What stays without is listed at the desk, and issued as soon as the office has numbers.
    """
    try:
        return await collecting.issue_for(conn, charge, notice.id, by=BANK, now=notice.received_at)
    except Conflict:
        return None


async def confirm_qr(
    conn: Conn,
    office_id: UUID,
    charge_id: UUID,
    *,
    bank_reference: str,
    by: UUID,
    approved_by: UUID,
    now: datetime,
) -> None:
    """Let a charge be paid by a transfer that two people saw at the bank, without its notice.

    `bank_reference` is the bank's own number of the movement: its notice, when it comes, is then
    known as `repeated` and books nothing.

    Raises `NotFound`; `Invalid` `notice_field`; `Conflict`: `approved_by_maker`,
    `charge_collected`, `charge_cancelled`, `no_bank_account`, `already_posted` (that movement of
    money was told before).
    """
    if by == approved_by:
        raise Conflict("approved_by_maker")
    if not 1 <= len(bank_reference.strip()) <= 64:
        raise Invalid("notice_field", field="bank_reference")
    charge = await store.lock_charge(conn, office_id, charge_id)
    if charge is None:
        raise NotFound()
    reason = rules.judge(charge, charge.amount_vnd)
    if reason:
        raise Conflict(reason)
    accounts = await store.list_accounts(conn, office_id)
    if not accounts:
        raise Conflict("no_bank_account")
    id = new_id()
    message_id = f"confirmed:{id}"
    payment = Payment(
        bank_reference=bank_reference.strip(),
        bin=accounts[0].bin,
        account=accounts[0].account,
        amount_vnd=charge.amount_vnd,
        content=charge.reference,
        paid_at=now,
    )
    await store.lock_notice(conn, message_id, payment.bin, payment.bank_reference)
    if await store.has_money(conn, payment.bin, payment.bank_reference):
        raise Conflict("already_posted")
    digest = hashlib.sha256(message_id.encode()).digest()
    notice = _make_notice(office_id, message_id, digest, payment, now=now)
    notice = msgspec.structs.replace(notice, outcome="paid", charge_id=charge.id)
    await store.add_notice(conn, notice)
    source = Source(at=now, received_at=now, staff_id=by)
    receipt_id = await collecting.issue_for(conn, charge, notice.id, by=by, now=now)
    await collecting.book(
        conn,
        charge,
        Account(office_id, "bank"),
        id=notice.id,
        method="qr",
        source=source,
        receipt_id=receipt_id,
        notice_id=notice.id,
        approved_by=approved_by,
    )
