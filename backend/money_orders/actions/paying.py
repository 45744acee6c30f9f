"""Paying out against identity and PIN, giving back to the sender: one of them, once."""

import hmac
from typing import Final
from uuid import UUID

from backend import ledger
from backend.kit import papers
from backend.kit.clock import service_day
from backend.kit.errors import Conflict, NotFound
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.ledger import Account, Transfer
from backend.money_orders import rules, store
from backend.money_orders.actions import payees
from backend.money_orders.actions.taking import (
    book_doubt,
    cash_of,
    flag_cash,
    leave_door,
    open_parties,
)
from backend.money_orders.model import (
    IdMethod,
    Judged,
    Order,
    Outcome,
    Paying,
    Presented,
    Said,
    Settlement,
    Source,
)

NOBODY: Final = bytes(32)
NO_SALT: Final = bytes(16)


async def present(
    conn: Conn, sealer: Sealer, reference: str, pin: str, source: Source
) -> tuple[Presented, bytes]:
    """Try a PIN and return what it shows, with its hash.

    Every try is kept, so the transaction must be committed also when the PIN is wrong.
    """
    pin_hash = await _hash(conn, sealer, reference, pin)
    return await _try(conn, reference, pin_hash, source), pin_hash


async def _hash(conn: Conn, sealer: Sealer, reference: str, pin: str) -> bytes:
    salt = await store.find_salt(conn, reference.strip().upper())
    is_form = rules.PIN.fullmatch(pin) is not None
    return rules.hash_pin(sealer, salt or NO_SALT, pin) if is_form else NOBODY


async def _try(conn: Conn, reference: str, pin_hash: bytes, source: Source) -> Presented:
    return await store.try_pin(
        conn,
        reference.strip().upper(),
        pin_hash,
        office_id=source.office_id,
        by=source.staff_id,
        at=source.received_at,
    )


async def pay(conn: Conn, sealer: Sealer, paying: Paying, source: Source) -> Outcome:
    """Pay an order out, of whatever office, against PIN, or the grant for it, and identity.

    The outcome is `refused` with `wrong_pin` (also for an unknown reference), `pin_locked`,
    `wrong_identity`, `paper_of_other_kind`, `order_amount_differs`, `order_settled`,
    `order_not_taken`, `not_covered`, `aml_fields_missing` with the fields: nothing is raised, since
    tries are to be kept. At a door the notes are gone: the same reasons, and the problem of the
    source, leave them booked against suspense and `in_doubt`.
    """
    known = await store.find_settlement(conn, source.office_id, paying.id)
    if known is not None:
        return Outcome("applied")
    pin_hash = paying.grant or await _hash(conn, sealer, paying.reference, paying.pin)
    shown = await _try(conn, paying.reference, pin_hash, source)
    reason, missing = await _judge_all(conn, sealer, shown, paying, source)
    # Whose sum of which day it is, nobody can say where the clock cannot be trusted.
    reason = reason or source.problem
    if not reason:
        try:
            async with conn.transaction():
                await _settle(conn, sealer, shown, pin_hash, paying, source)
        except Conflict as refusal:
            reason = "order_settled" if refusal.code == "already_posted" else refusal.code
    if not reason:
        return Outcome("applied")
    if not source.is_door:
        return Outcome("refused", reason, missing)
    await book_doubt(
        conn,
        shown.id or paying.id,
        "pay",
        paying.amount_vnd,
        source,
        reason=reason,
        method=paying.method,
    )
    return Outcome("in_doubt", reason)


async def judge(conn: Conn, sealer: Sealer, paying: Paying, source: Source) -> Judged:
    """Say whether an order would be paid now, before notes change hands.

    `aml_fields_missing` asks what the law wants of the payee; what they say is kept for the act.
    The grant is the PIN's hash under a key of the house: it says nothing of the PIN, and whoever
    has it can pay nothing but by a phone's own act. A wrong PIN is counted as by `pay`, so the
    transaction must be committed.
    """
    shown, pin_hash = await present(conn, sealer, paying.reference, paying.pin, source)
    if shown.id is not None:
        await payees.keep_said(conn, sealer, shown.id, paying.said, source)
    reason, missing = await _judge_all(conn, sealer, shown, paying, source)
    return Judged(reason, b"" if reason else pin_hash, missing)


async def list_missing(
    conn: Conn, sealer: Sealer, shown: Presented, source: Source
) -> tuple[str, ...]:
    """Return which fields of the payee are wanted before a presented order is paid here."""
    if shown.outcome != "right" or shown.state != "taken":
        return ()
    return await payees.list_missing(conn, sealer, shown, Said(), source)


async def _judge_all(
    conn: Conn, sealer: Sealer, shown: Presented, paying: Paying, source: Source
) -> tuple[str, tuple[str, ...]]:
    """Return why a presented order is not paid, or nothing, and what the law wants of its payee."""
    reason = _judge(sealer, shown, paying)
    if reason:
        return reason, ()
    missing = await payees.list_missing(conn, sealer, shown, paying.said, source)
    return ("aml_fields_missing" if missing else ""), missing


def _judge(sealer: Sealer, shown: Presented, paying: Paying) -> str:
    """Return why a presented order is not paid, or nothing."""
    if shown.outcome != "right":
        return "wrong_pin" if shown.outcome == "wrong" else "pin_locked"
    if shown.state in ("paid", "refunded"):
        return "order_settled"
    if shown.state != "taken":
        return "order_not_taken"
    if shown.amount_vnd != paying.amount_vnd:
        return "order_amount_differs"
    assert shown.id is not None, "a right PIN shows the order"
    assert shown.parties_sealed is not None, "a right PIN shows the order"
    parties = open_parties(sealer, shown.id, shown.parties_sealed)
    return _judge_paper(parties.payee.id_number, paying)


def _judge_paper(number: str, paying: Paying) -> str:
    """Return why a paper is not the payee's: by its whole number, or its end as a phone says it."""
    if paying.id_number:
        return rules.WHY_NOT[papers.judge_number(paying.id_number, known=number)]
    kind = papers.kind_of_known(number)
    verdict = papers.judge_end(
        paying.method, paying.last4.upper(), kind=kind, known_end=number[-4:]
    )
    return rules.WHY_NOT[verdict]


async def _settle(
    conn: Conn,
    sealer: Sealer,
    shown: Presented,
    pin_hash: bytes,
    paying: Paying,
    source: Source,
) -> None:
    assert shown.id is not None, "a right PIN shows the order"
    assert shown.office_id is not None, "a right PIN shows the order"
    assert shown.payee_key is not None, "a right PIN shows the order"
    reference = paying.reference.strip().upper()
    if not await store.set_paid(
        conn, reference, pin_hash, office_id=source.office_id, at=source.at
    ):
        raise Conflict("order_settled")
    payee_sealed = await payees.seal_paid(
        conn, sealer, shown, id=paying.id, reference=reference, said=paying.said, source=source
    )
    await _post(conn, shown.id, paying.id, paying.amount_vnd, source)
    settlement = Settlement(
        source.office_id,
        paying.id,
        shown.office_id,
        shown.id,
        "paid",
        paying.amount_vnd,
        shown.payee_key,
        paying.method,
        ledger.transfer_id(paying.id),
        source.staff_id if source.is_door else None,
        source.op_id,
        source.at,
        service_day(source.at),
        source.staff_id,
        payee_sealed,
    )
    await store.add_settlement(conn, settlement)
    total_vnd = await store.sum_cash(conn, shown.payee_key, service_day(source.at))
    await flag_cash(conn, source.office_id, shown.id, shown.payee_key, total_vnd, source)
    await leave_door(conn, shown.id, source)


async def _post(conn: Conn, order_id: UUID, act_id: UUID, amount_vnd: int, source: Source) -> None:
    """Post what leaves clearing; one business key in the country, so pay and refund exclude."""
    transfer = Transfer(
        id=ledger.transfer_id(act_id),
        group_id=act_id,
        code="order.settle",
        debit=Account(source.office_id, "clearing"),
        credit=cash_of(source),
        amount_vnd=amount_vnd,
        occurred_at=source.at,
        created_by=source.staff_id,
        business_key=str(order_id),
        op_id=source.op_id,
    )
    await ledger.post(conn, [transfer], now=source.received_at)


async def refund(
    conn: Conn,
    sealer: Sealer,
    office_id: UUID,
    order_id: UUID,
    *,
    id: UUID,
    method: IdMethod,
    id_number: str,
    source: Source,
) -> None:
    """Give an order back to its sender, at the office that took it; the fee stays with us.

    Raises `NotFound`; `Conflict`: `order_settled`, `order_not_taken`, `wrong_identity`,
    `paper_of_other_kind`, `not_covered`.
    """
    if await store.find_settlement(conn, office_id, id) is not None:
        return
    order = await store.lock_order(conn, office_id, order_id)
    if order is None:
        raise NotFound()
    _check_refund(sealer, order, id_number)
    await store.set_refunded(conn, order, at=source.at)
    try:
        await _post(conn, order.id, id, order.amount_vnd, source)
    except Conflict as refusal:
        raise Conflict(
            "order_settled" if refusal.code == "already_posted" else refusal.code
        ) from refusal
    settlement = Settlement(
        office_id,
        id,
        office_id,
        order.id,
        "refunded",
        order.amount_vnd,
        order.sender_key,
        method,
        ledger.transfer_id(id),
        None,
        source.op_id,
        source.at,
        service_day(source.at),
        source.staff_id,
    )
    await store.add_settlement(conn, settlement)


def _check_refund(sealer: Sealer, order: Order, id_number: str) -> None:
    if order.state in ("paid", "refunded"):
        raise Conflict("order_settled")
    if order.state != "taken":
        raise Conflict("order_not_taken")
    if hmac.compare_digest(rules.person_key(sealer, id_number), order.sender_key):
        return
    sender = open_parties(sealer, order.id, order.parties_sealed).sender
    verdict = papers.judge_number(id_number, known=sender.id_number)
    assert verdict != "same", "the key is the number's"
    raise Conflict(rules.WHY_NOT[verdict])
