"""Taking: an order booked with its fee, its money handed in once, its PIN shown once."""

import secrets
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from backend import doorstep, identity, ledger, network
from backend.doorstep import NewErrand
from backend.identity import CitizenDraft
from backend.kit import jobs, papers
from backend.kit.clock import service_day
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.kit.text import nfc
from backend.ledger import Account, Transfer
from backend.money_orders import rules, store
from backend.money_orders.actions import ceilings
from backend.money_orders.model import (
    Doubt,
    Flag,
    IdMethod,
    NewOrder,
    Order,
    Outcome,
    Parties,
    Party,
    SenderDoor,
    Source,
    Taking,
)

BRING: Final = "money_orders.bring"
PLACE: Final = "money_orders.money_order:{id}"


class Bring(msgspec.Struct, frozen=True):
    """Which order is to be brought to its payee."""

    office_id: UUID
    order_id: UUID


async def book(
    conn: Conn,
    sealer: Sealer,
    new: NewOrder,
    *,
    by: UUID,
    now: datetime,
    door: SenderDoor | None = None,
) -> Order:
    """Book an order, with its fee by the table of the day; with `door`, due at the sender's.

    The same id again returns the order as it stands.

    Raises `Invalid` `order_amount`, `order_party`, `order_same_person`; `Conflict`
    `order_over_ceiling`, `aml_fields_missing`, `transfer_differs`.
    """
    rules.check_new(new)
    known = await store.find_order(conn, new.office_id, new.id)
    if known is not None:
        if known.amount_vnd != new.amount_vnd:
            raise Conflict("transfer_differs")
        return known
    today = service_day(now)
    sender_key = rules.person_key(sealer, new.sender.id_number)
    parties = Parties(_tidy(new.sender), _tidy(new.payee))
    await ceilings.check_sums(
        conn, sender_key, parties, new.amount_vnd, order_id=new.id, on_day=today
    )
    fee_vnd = rules.find_fee(new.amount_vnd, await ceilings.list_fees(conn, today))
    sealed = sealer.seal(msgspec.json.encode(parties).decode(), place=PLACE.format(id=new.id))
    await store.add_order(
        conn,
        msgspec.structs.replace(new, purpose=nfc(new.purpose)),
        reference=rules.make_reference(),
        fee_vnd=fee_vnd,
        parties_sealed=sealed,
        sender_key=sender_key,
        payee_key=rules.person_key(sealer, new.payee.id_number),
        by=by,
        at=now,
    )
    order = await store.find_order(conn, new.office_id, new.id)
    assert order is not None, "it was written just now"
    if door is not None:
        await doorstep.save(conn, [_errand(order, door)])
    return order


async def make_sender_door(
    conn: Conn,
    sealer: Sealer,
    new: NewOrder,
    *,
    address: str,
    wanted_on: date,
    now: datetime,
) -> SenderDoor:
    """Return where a courier takes an order's money: at the address given, or the sender's own.

    Raises what `book` raises for the people, and `Invalid` `phone_invalid`, `address_empty`.
    """
    rules.check_new(new)
    draft = CitizenDraft(
        office_id=new.office_id,
        name=new.sender.name,
        phone=new.sender.phone or None,
        is_demo=new.is_demo,
    )
    citizen_id = await identity.save_citizen(conn, sealer, draft, now=now)
    point = await network.save_point(
        conn,
        office_id=new.office_id,
        address_text=address or new.sender.address,
        now=now,
        is_demo=new.is_demo,
    )
    return SenderDoor(citizen_id=citizen_id, delivery_point_id=point.id, wanted_on=wanted_on)


def _tidy(party: Party) -> Party:
    return msgspec.structs.replace(
        party,
        name=nfc(party.name),
        id_number=papers.tidy(party.id_number),
        address=nfc(party.address),
        nationality=nfc(party.nationality),
    )


def open_parties(sealer: Sealer, order_id: UUID, sealed: bytes) -> Parties:
    """Return who sends and who is paid."""
    raw = sealer.open(sealed, place=PLACE.format(id=order_id))
    return msgspec.json.decode(raw, type=Parties)


def _errand(order: Order, door: SenderDoor) -> NewErrand:
    return NewErrand(
        office_id=order.office_id,
        id=order.id,
        kind="order.take",
        citizen_id=door.citizen_id,
        delivery_point_id=door.delivery_point_id,
        wanted_on=door.wanted_on,
        service_duration_s=door.service_duration_s,
        cash_in_vnd=order.amount_vnd + order.fee_vnd,
        shown={
            "reference": order.reference,
            "amount_vnd": order.amount_vnd,
            "fee_vnd": order.fee_vnd,
            "purpose": order.purpose,
        },
        instruction=door.instruction,
        is_demo=order.is_demo,
    )


async def take(conn: Conn, sealer: Sealer, taking: Taking, source: Source) -> Outcome:
    """Take the money of a booked order: the amount to clearing, the fee to us, once.

    At a counter what does not fit is refused: `NotFound`; `Conflict` `order_not_booked`,
    `order_amount_differs`, and what `check_sums` refuses. At a door the notes are booked against
    suspense and `in_doubt`, also with the problem of the source.
    """
    order = await store.lock_order(conn, taking.office_id, taking.order_id)
    if order is not None and source.op_id is not None:
        line = await ledger.find_transfer(conn, taking.office_id, ledger.transfer_id(source.op_id))
        if line is not None:
            told = line.code == "order.take"
            return Outcome("applied") if told else Outcome("in_doubt", line.reason)
    reason = _judge(order, taking)
    if reason and not source.is_door:
        raise NotFound() if order is None else Conflict(reason)
    if order is not None and not reason:
        # Whose sum of which day it is, nobody can say where the clock cannot be trusted.
        reason = source.problem or await _judge_sums(conn, sealer, order, source)
    if order is None or reason:
        await book_doubt(
            conn,
            taking.order_id,
            "take",
            taking.amount_vnd + taking.fee_vnd,
            source,
            reason=reason,
        )
        return Outcome("in_doubt", reason)
    await _post(conn, order, source)
    await store.set_taken(conn, order, source, on_day=service_day(source.at))
    await _flag(conn, order, source)
    await leave_door(conn, order.id, source)
    if order.to_door:
        await jobs.enqueue(conn, BRING, Bring(order.office_id, order.id))
    return Outcome("applied")


async def leave_door(conn: Conn, order_id: UUID, source: Source) -> None:
    """Let an act at a door of this office be done, or due there no longer."""
    errand = await doorstep.lock(conn, source.office_id, order_id) if source.is_door else None
    if errand is not None:
        await doorstep.finish(conn, errand, at=source.at)
    else:
        await doorstep.withdraw(conn, source.office_id, [order_id], at=source.received_at)


def _judge(order: Order | None, taking: Taking) -> str:
    if order is None:
        return "unknown_order"
    if order.state != "booked":
        return "order_not_booked"
    fits = (order.amount_vnd, order.fee_vnd) == (taking.amount_vnd, taking.fee_vnd)
    return "" if fits else "order_amount_differs"


async def _judge_sums(conn: Conn, sealer: Sealer, order: Order, source: Source) -> str:
    """Return why the sender's day does not bear this order, or nothing; raise it at a counter.

    At a door the notes have changed hands: the law wants them reported all the same.
    """
    day = service_day(source.at)
    parties = open_parties(sealer, order.id, order.parties_sealed)
    try:
        await ceilings.check_sums(
            conn, order.sender_key, parties, order.amount_vnd, order_id=order.id, on_day=day
        )
    except Conflict as refusal:
        if not source.is_door:
            raise
        total_vnd = await store.sum_cash(conn, order.sender_key, day) + order.amount_vnd
        await flag_cash(conn, order.office_id, order.id, order.sender_key, total_vnd, source)
        return refusal.code
    return ""


def cash_of(source: Source) -> Account:
    """Return where the cash of an act is: a courier's hand or the office's drawer."""
    if source.is_door:
        return Account(source.office_id, "hand", source.staff_id)
    return Account(source.office_id, "drawer")


async def _post(conn: Conn, order: Order, source: Source) -> None:
    group_id = source.op_id or order.id
    cash = cash_of(source)
    legs = [
        ("order.take", Account(order.office_id, "clearing"), order.amount_vnd),
        ("order.fee", Account(order.office_id, "service_revenue"), order.fee_vnd),
    ]
    transfers = [
        Transfer(
            id=ledger.transfer_id(group_id, n),
            group_id=group_id,
            code=code,
            debit=cash,
            credit=credit,
            amount_vnd=amount_vnd,
            occurred_at=source.at,
            created_by=source.staff_id,
            business_key=str(order.id),
            op_id=source.op_id,
        )
        for n, (code, credit, amount_vnd) in enumerate(legs)
        if amount_vnd
    ]
    await ledger.post(conn, transfers, now=source.received_at)


async def _flag(conn: Conn, order: Order, source: Source) -> None:
    """Raise what the law wants reported: the day's cash of the sender, a large transfer."""
    day = service_day(source.at)
    total_vnd = await store.sum_cash(conn, order.sender_key, day)
    await flag_cash(conn, order.office_id, order.id, order.sender_key, total_vnd, source)
    if order.amount_vnd >= await network.get_number(conn, "aml_transfer_vnd", day):
        await store.add_flag(
            conn,
            Flag(
                order.office_id, new_id(), "transfer", order.sender_key, day, order.id,
                order.amount_vnd, source.received_at,
            ),
        )  # fmt: skip


async def flag_cash(
    conn: Conn, office_id: UUID, order_id: UUID, person_key: str, total_vnd: int, source: Source
) -> None:
    """Raise a flag when one person's cash of a day reaches what the law wants reported."""
    day = service_day(source.at)
    if total_vnd < await network.get_number(conn, "aml_cash_day_vnd", day):
        return
    flag = Flag(
        office_id, new_id(), "cash_day", person_key, day, order_id, total_vnd, source.received_at
    )
    await store.add_flag(conn, flag)


async def book_doubt(
    conn: Conn,
    order_id: UUID,
    kind: str,
    amount_vnd: int,
    source: Source,
    *,
    reason: str,
    method: IdMethod = "cccd",
) -> None:
    """Book notes that changed hands at a door and fit no order, against suspense.

    Where the books have not enough in the hand they left, they wait unposted for two people.
    """
    assert source.op_id is not None, "at a door a phone tells"
    doubt = Doubt(
        source.office_id,
        source.op_id,
        order_id,
        "take" if kind == "take" else "pay",
        amount_vnd,
        reason,
        None,
        source.staff_id,
        source.at,
        None,
        None,
        None,
        method,
    )
    try:
        async with conn.transaction():
            transfer_id = await post_doubt(conn, doubt, now=source.received_at)
    except Conflict as refusal:
        if refusal.code != "not_covered":
            raise
    else:
        doubt = msgspec.structs.replace(doubt, transfer_id=transfer_id)
    await store.add_doubt(conn, doubt)
    # Whether somebody rides there again is for those who decide where the notes belong.
    await doorstep.withdraw(conn, source.office_id, [order_id], at=source.received_at)


async def post_doubt(conn: Conn, doubt: Doubt, *, now: datetime) -> UUID:
    """Post notes in doubt between their courier's hand and suspense; return the transfer's id.

    Raises `Conflict` `not_covered`.
    """
    hand = Account(doubt.office_id, "hand", doubt.cash_owner_id)
    suspense = Account(doubt.office_id, "suspense")
    transfer = Transfer(
        id=ledger.transfer_id(doubt.id),
        group_id=doubt.id,
        code="order.in_doubt",
        debit=hand if doubt.kind == "take" else suspense,
        credit=suspense if doubt.kind == "take" else hand,
        amount_vnd=doubt.amount_vnd,
        occurred_at=doubt.occurred_at,
        created_by=doubt.cash_owner_id,
        op_id=doubt.id,
        reason=doubt.reason,
    )
    await ledger.post(conn, [transfer], now=now)
    return transfer.id


async def make_pin(conn: Conn, sealer: Sealer, office_id: UUID, order_id: UUID) -> str:
    """Make the PIN of an order and return it this once; afterwards nobody can read it.

    Raises `NotFound`; `Conflict` `pin_shown`, `order_settled`.
    """
    order = await store.lock_order(conn, office_id, order_id)
    if order is None:
        raise NotFound()
    if order.state not in ("booked", "taken"):
        raise Conflict("order_settled")
    salt, pin = secrets.token_bytes(16), rules.make_pin()
    if not await store.set_pin(conn, order, salt=salt, hash=rules.hash_pin(sealer, salt, pin)):
        raise Conflict("pin_shown")
    return pin


async def cancel(conn: Conn, office_id: UUID, order_id: UUID, *, now: datetime) -> None:
    """Let an order go that was booked and never taken. Raises `NotFound`, `order_not_booked`."""
    order = await store.lock_order(conn, office_id, order_id)
    if order is None:
        raise NotFound()
    if order.state != "booked":
        raise Conflict("order_not_booked")
    await store.set_cancelled(conn, order)
    await doorstep.withdraw(conn, office_id, [order_id], at=now)
