"""What comes to be owed, and what no longer is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend import doorstep, identity
from backend.charges import rules, store
from backend.charges.model import BankAccount, Charge, NewCharge, Payee
from backend.doorstep import NewErrand
from backend.kit import tax_code
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.sql import Conn
from backend.kit.text import nfc
from backend.kit.vietqr import VietQr, check, make_payload


async def save_payee(conn: Conn, payee: Payee) -> None:
    """Add who gets what is collected, or bring it up to date.

    Raises `Invalid` `tax_code_wrong`, `payee_code`; `Conflict` `payee_known`.
    """
    if payee.tax_code and tax_code.kind_of(payee.tax_code) is None:
        raise Invalid("tax_code_wrong")
    if not 1 <= len(payee.code) <= 30 or not payee.code.replace("-", "").replace("_", "").isalnum():
        raise Invalid("payee_code")
    if payee.code != payee.code.upper() or not payee.code.isascii() or not payee.name.strip():
        raise Invalid("payee_code")
    async with conn.transaction():
        await store.save_payee(conn, msgspec.structs.replace(payee, name=nfc(payee.name)))


async def save_partner_payee(conn: Conn, office_id: UUID, partner_id: UUID) -> None:
    """Let an agency be a payee under its own id; nothing changes when it is one."""
    if await store.find_payee(conn, office_id, partner_id) is not None:
        return
    partner = await identity.get_partner(conn, partner_id)
    code = "".join(c if c.isalnum() and c.isascii() else "-" for c in partner.code.upper())[:30]
    payee = Payee(office_id, partner_id, "agency", code, partner.name, is_demo=partner.is_demo)
    await save_payee(conn, payee)


async def save_account(conn: Conn, account: BankAccount) -> None:
    """Keep an account of the office at a bank.

    Raises `Invalid` `qr_field` for a number that is none, `Conflict` `bank_account_taken`.
    """
    check(VietQr(bin=account.bin, account=account.account))
    async with conn.transaction():
        await store.save_account(conn, account)


async def add_many(conn: Conn, new: Sequence[NewCharge], *, now: datetime) -> list[UUID]:
    """Let charges be owed, those with a door due there; return the ids of those that are new.

    A charge that is there already, by its id or its payee's key, stays as it is.

    Raises `Invalid`: `charge_amount`, `charge_payer`, `charge_payee`, `tax_code_wrong`; nothing is
    written then.
    """
    payees: dict[tuple[UUID, UUID], Payee | None] = {}
    for charge in new:
        rules.check_new(charge)
        if charge.payee_id is None:
            continue
        key = (charge.office_id, charge.payee_id)
        if key not in payees:
            payees[key] = await store.find_payee(conn, *key)
        payee = payees[key]
        if payee is None or not rules.fits_payee(charge.kind, payee.kind):
            raise Invalid("charge_payee")
    tidy = [
        msgspec.structs.replace(
            charge,
            payer_name=nfc(charge.payer_name),
            payer_tax_code=tax_code.tidy(charge.payer_tax_code),
        )
        for charge in new
    ]
    ids = set(await store.add_charges(conn, tidy, at=now))
    at_doors = [c for c in tidy if c.id in ids and c.door is not None]
    errands = [await _make_errand(conn, charge, payees) for charge in at_doors]
    await doorstep.save(conn, errands)
    return [charge.id for charge in tidy if charge.id in ids]


async def _make_errand(
    conn: Conn, new: NewCharge, payees: dict[tuple[UUID, UUID], Payee | None]
) -> NewErrand:
    charge = await store.find_charge(conn, new.office_id, new.id)
    assert charge is not None, "it was written just now"
    assert new.door is not None, "only what has a door is due at one"
    payee = None if new.payee_id is None else payees[(new.office_id, new.payee_id)]
    return NewErrand(
        office_id=charge.office_id,
        id=charge.id,
        kind="charge.collect",
        citizen_id=new.door.citizen_id,
        delivery_point_id=new.door.delivery_point_id,
        wanted_on=new.door.wanted_on,
        service_duration_s=new.door.service_duration_s,
        tw_early_s=new.door.tw_early_s,
        tw_late_s=new.door.tw_late_s,
        cash_in_vnd=charge.amount_vnd,
        subject_id=charge.dossier_id,
        shown=await describe(conn, charge, payee),
        instruction=new.door.instruction,
        is_demo=charge.is_demo,
    )


async def describe(conn: Conn, charge: Charge, payee: Payee | None) -> dict[str, Any]:
    """Return what a phone shows of a charge; `qr` is None where the office has no account."""
    return {
        "charge_kind": charge.kind,
        "payee": "" if payee is None else payee.name,
        "payer_name": charge.payer_name,
        "period": charge.period,
        "items": [msgspec.structs.asdict(item) for item in charge.items],
        "amount_vnd": charge.amount_vnd,
        "reference": charge.reference,
        "receipt_kind": rules.RECEIPTS.get(charge.kind),
        "needs_receipt": charge.kind in rules.NEEDS_RECEIPT,
        "qr": await find_qr(conn, charge),
    }


async def find_qr(conn: Conn, charge: Charge) -> str | None:
    """Return the VietQR payload that pays a charge, or None without an account."""
    accounts = await store.list_accounts(conn, charge.office_id)
    if not accounts:
        return None
    account = accounts[0]
    return make_payload(
        VietQr(
            bin=account.bin,
            account=account.account,
            amount_vnd=charge.amount_vnd,
            purpose=rules.purpose_of(charge),
        )
    )


async def get_qr(conn: Conn, office_id: UUID, charge_id: UUID, *, now: datetime) -> str:
    """Return the VietQR payload of a charge that is due, and remember that it was shown.

    Raises `NotFound`; `Conflict`: `charge_collected`, `charge_cancelled`, `no_bank_account`.
    """
    charge = await store.lock_charge(conn, office_id, charge_id)
    if charge is None:
        raise NotFound()
    reason = rules.judge(charge, charge.amount_vnd)
    if reason:
        raise Conflict(reason)
    payload = await find_qr(conn, charge)
    if payload is None:
        raise Conflict("no_bank_account")
    await store.set_qr_shown(conn, charge, at=now)
    return payload


async def cancel(
    conn: Conn, office_id: UUID, charge_id: UUID, *, reason: str, now: datetime
) -> None:
    """Let a charge be owed no longer, at no door either.

    Raises `NotFound`; `Conflict`: `charge_not_due`, `needs_reason`.
    """
    if not reason.strip():
        raise Conflict("needs_reason")
    charge = await store.lock_charge(conn, office_id, charge_id)
    if charge is None:
        raise NotFound()
    if charge.state != "due":
        raise Conflict("charge_not_due")
    await store.set_cancelled(conn, charge, nfc(reason))
    await doorstep.withdraw(conn, office_id, [charge_id], at=now)
