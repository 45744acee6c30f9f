"""Rows of charges."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from backend.charges.model import (
    Answer,
    BankAccount,
    Charge,
    ChargeKind,
    ChargeState,
    Collected,
    NewCharge,
    Notice,
    NoticeOutcome,
    Payee,
)
from backend.charges.rules import make_reference
from backend.kit.errors import Conflict
from backend.kit.sql import Conn, load
from backend.receipts import Item

queries = load(__file__)
NUM_LISTED: Final = 200
FIRST_DAY: Final = date(1, 1, 1)
NO_ID: Final = UUID(int=0)
ITEMS_OF_CHARGE: Final = Charge.__struct_fields__.index("items")


def _charge(*row: Any) -> Charge:
    return Charge(*typed(row, ITEMS_OF_CHARGE))


def typed(row: Sequence[Any], at: int) -> list[Any]:
    """Return a row with its lines as structs."""
    values = list(row)
    values[at] = msgspec.convert(values[at], list[Item])
    return values


async def save_payee(conn: Conn, payee: Payee) -> None:
    """Add a payee, or bring it up to date; raise `Conflict` `payee_known` for a code in use."""
    try:
        await queries.run(conn, "save_payee", **msgspec.structs.asdict(payee))
    except asyncpg.UniqueViolationError as error:
        raise Conflict("payee_known") from error


async def find_payee(conn: Conn, office_id: UUID, id: UUID) -> Payee | None:
    """Return a payee, or None."""
    return await queries.one(conn, "find_payee", Payee, office_id=office_id, id=id)


async def list_payees(conn: Conn, office_id: UUID) -> list[Payee]:
    """Return the payees of an office."""
    return await queries.list(conn, "list_payees", Payee, office_id=office_id)


async def save_account(conn: Conn, account: BankAccount) -> None:
    """Keep an account of the office; raise `Conflict` `bank_account_taken`."""
    try:
        await queries.run(conn, "save_account", **msgspec.structs.asdict(account))
    except asyncpg.UniqueViolationError as error:
        raise Conflict("bank_account_taken") from error


async def list_accounts(conn: Conn, office_id: UUID) -> list[BankAccount]:
    """Return the accounts of an office."""
    return await queries.list(conn, "list_accounts", BankAccount, office_id=office_id)


async def find_account(conn: Conn, bin: str, account: str) -> BankAccount | None:
    """Return the account of a notice, else the one for what names none of ours, else None."""
    return await queries.one(conn, "find_account", BankAccount, bin=bin, account=account)


async def add_charges(conn: Conn, new: Sequence[NewCharge], *, at: datetime) -> list[UUID]:
    """Write charges; return the ids of those that were not there."""
    rows = [
        msgspec.structs.asdict(charge)
        | {
            "items": [msgspec.structs.asdict(item) for item in charge.items],
            "amount_vnd": charge.amount_vnd,
            "reference": make_reference(),
            "door": None,
        }
        for charge in new
    ]
    return await queries.list(conn, "add_charges", lambda id: id, rows=rows, at=at)


async def find_known_keys(
    conn: Conn, office_id: UUID, payee_id: UUID, keys: Sequence[str]
) -> dict[str, int]:
    """Return the keys of a payee that are charges already, with their amounts."""
    pairs = await queries.list(
        conn,
        "find_known_keys",
        lambda *row: row,
        office_id=office_id,
        payee_id=payee_id,
        keys=list(keys),
    )
    return dict(pairs)


async def find_charge(conn: Conn, office_id: UUID, id: UUID) -> Charge | None:
    """Return a charge, or None."""
    return await queries.one(conn, "find_charge", _charge, office_id=office_id, id=id)


async def list_named(conn: Conn, office_id: UUID, ids: Sequence[UUID]) -> list[Charge]:
    """Return some charges by their ids; what is unknown is left out."""
    return await queries.list(conn, "list_named", _charge, office_id=office_id, ids=list(ids))


async def lock_charge(conn: Conn, office_id: UUID, id: UUID) -> Charge | None:
    """Return a charge, locked, or None."""
    return await queries.one(conn, "lock_charge", _charge, office_id=office_id, id=id)


async def find_referenced(conn: Conn, references: Sequence[str]) -> tuple[UUID, UUID] | None:
    """Return office and id of the first charge that is named, or None."""
    return await queries.one(conn, "find_referenced", lambda *row: row, references=list(references))


async def list_charges(
    conn: Conn,
    office_id: UUID,
    *,
    state: ChargeState | None = None,
    kind: ChargeKind | None = None,
    q: str = "",
    after: tuple[date, UUID] | None = None,
    limit: int = NUM_LISTED,
) -> list[Charge]:
    """Return charges of an office, the oldest first, after one of them."""
    after_on, after_id = after or (FIRST_DAY, NO_ID)
    return await queries.list(
        conn,
        "list_charges",
        _charge,
        office_id=office_id,
        state=state,
        kind=kind,
        q=q,
        after_on=after_on,
        after_id=after_id,
        limit=limit,
    )


async def list_of_dossier(conn: Conn, office_id: UUID, dossier_id: UUID) -> list[Charge]:
    """Return what is owed for a dossier."""
    return await queries.list(
        conn,
        "list_of_dossier",
        _charge,
        office_id=office_id,
        dossier_id=dossier_id,
    )


async def set_collected(conn: Conn, charge: Charge, *, on_day: date, remit_by: date | None) -> None:
    """Let a charge be collected."""
    done = await queries.run(
        conn,
        "set_collected",
        office_id=charge.office_id,
        id=charge.id,
        collected_on=on_day,
        remit_by=remit_by,
    )
    assert done == 1, "it was locked and due"


async def set_due(conn: Conn, charge: Charge) -> bool:
    """Let a charge be owed again; return whether it could."""
    return await queries.run(conn, "set_due", office_id=charge.office_id, id=charge.id) == 1


async def set_cancelled(conn: Conn, charge: Charge, reason: str) -> None:
    """Let a charge be owed no longer."""
    await queries.run(
        conn, "set_cancelled", office_id=charge.office_id, id=charge.id, reason=reason
    )


async def set_qr_shown(conn: Conn, charge: Charge, *, at: datetime) -> None:
    """Remember that a QR was shown."""
    await queries.run(conn, "set_qr_shown", office_id=charge.office_id, id=charge.id, at=at)


async def add_collection(conn: Conn, collected: Collected) -> None:
    """Write that money came."""
    row = msgspec.structs.asdict(collected)
    for name in (
        "reversed_at",
        "answer",
        "answered_at",
        "answered_by",
        "answer_approved_by",
        "note",
    ):
        del row[name]
    await queries.run(conn, "add_collection", **row)


async def find_collection(conn: Conn, office_id: UUID, id: UUID) -> Collected | None:
    """Return a collection, or None."""
    return await queries.one(conn, "find_collection", Collected, office_id=office_id, id=id)


async def lock_collection(conn: Conn, office_id: UUID, id: UUID) -> Collected | None:
    """Return a collection, locked, or None."""
    return await queries.one(conn, "lock_collection", Collected, office_id=office_id, id=id)


async def list_collections(conn: Conn, office_id: UUID, charge_id: UUID) -> list[Collected]:
    """Return each time money came for a charge."""
    return await queries.list(
        conn, "list_collections", Collected, office_id=office_id, charge_id=charge_id
    )


async def list_doubts(conn: Conn, office_id: UUID, *, limit: int = NUM_LISTED) -> list[Collected]:
    """Return money in doubt that waits for a person."""
    return await queries.list(conn, "list_doubts", Collected, office_id=office_id, limit=limit)


async def count_reversed(conn: Conn, charge: Charge) -> int:
    """Return how often a charge was collected and taken back."""
    num: int = await queries.value(
        conn, "count_reversed", office_id=charge.office_id, charge_id=charge.id
    )
    return num


async def set_answer(
    conn: Conn,
    doubt: Collected,
    answer: Answer,
    *,
    by: UUID,
    approved_by: UUID,
    note: str,
    charge_id: UUID | None,
    receipt_id: UUID | None,
    at: datetime,
) -> None:
    """Write what became of money in doubt."""
    await queries.run(
        conn,
        "set_answer",
        office_id=doubt.office_id,
        id=doubt.id,
        answer=answer,
        by=by,
        approved_by=approved_by,
        note=note,
        charge_id=charge_id,
        receipt_id=receipt_id,
        at=at,
    )


async def set_reversed(conn: Conn, collected: Collected, *, at: datetime, note: str) -> None:
    """Write that a collection was taken back."""
    await queries.run(
        conn,
        "set_reversed",
        office_id=collected.office_id,
        id=collected.id,
        at=at,
        note=note,
    )


async def set_receipt(conn: Conn, collected: Collected, receipt_id: UUID) -> None:
    """Give a collection the receipt that it lacked."""
    await queries.run(
        conn,
        "set_receipt",
        office_id=collected.office_id,
        id=collected.id,
        receipt_id=receipt_id,
    )


async def list_unreceipted(
    conn: Conn, office_id: UUID | None = None, *, limit: int = NUM_LISTED
) -> list[Charge]:
    """Return collected charges of the state without a receipt, of one office or all in sight."""
    return await queries.list(conn, "list_unreceipted", _charge, office_id=office_id, limit=limit)


async def lock_notice(conn: Conn, message_id: str, bin: str, bank_reference: str) -> None:
    """Wait until no other message of this id or of this money is being read."""
    await queries.run(
        conn, "lock_notice", message_id=message_id, bin=bin, bank_reference=bank_reference
    )


async def find_notice(conn: Conn, message_id: str) -> Notice | None:
    """Return a message by its id, or None."""
    return await queries.one(conn, "find_notice", Notice, message_id=message_id)


async def has_money(conn: Conn, bin: str, bank_reference: str) -> bool:
    """Return whether a movement of money was told before."""
    found: bool = await queries.value(conn, "has_money", bin=bin, bank_reference=bank_reference)
    return found


async def add_notice(conn: Conn, notice: Notice) -> None:
    """Write a bank's message."""
    row = msgspec.structs.asdict(notice)
    del row["num_deliveries"]
    await queries.run(conn, "add_notice", **row)


async def count_delivery(conn: Conn, notice: Notice) -> None:
    """Count a message that came once more."""
    await queries.run(conn, "count_delivery", office_id=notice.office_id, id=notice.id)


async def list_notices(
    conn: Conn,
    office_id: UUID,
    since: datetime,
    *,
    outcome: NoticeOutcome | None = None,
    limit: int = NUM_LISTED,
) -> list[Notice]:
    """Return messages, the newest first."""
    return await queries.list(
        conn,
        "list_notices",
        Notice,
        office_id=office_id,
        since=since,
        outcome=outcome,
        limit=limit,
    )
