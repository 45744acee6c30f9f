"""Pay once, or hold: the notes a courier gave are accounted for whatever is wrong with them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend import doorstep, ledger, network
from backend.kit import live
from backend.kit.clock import service_day
from backend.kit.errors import Conflict, NotFound, Refusal
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.ledger import Account, Transfer
from backend.payouts import rules, store
from backend.payouts.model import (
    Failure,
    Outcome,
    Payment,
    Payout,
    PayoutList,
    Sitting,
    Source,
    payout_topic,
)
from backend.payouts.store import queries

IN_DOUBT = "payout.in_doubt"
POSTED_BEFORE = "already_posted"
NOT_COVERED = "not_covered"


def payable(batch: PayoutList) -> Account:
    """Return the account of what the post owes to an agency's people under a scheme."""
    return Account(batch.office_id, "agency_payable", batch.partner_id, batch.scheme)


def giver(office_id: UUID, courier_id: UUID | None) -> Account:
    """Return whose notes they were: a courier's hand, or the office's drawer."""
    if courier_id is None:
        return Account(office_id, "drawer")
    return Account(office_id, "hand", courier_id)


async def pay(
    conn: Conn, payment: Payment, source: Source, *, lease_problem: str | None = None
) -> Outcome:
    """Pay a payout, or hold what may not be one; the same payment again changes nothing.

    `lease_problem` is what the rooms above found of the lease of the fact's own instant. A fact
    of a phone (`source.op_id`) is never refused but for a payout that is not there: its notes are
    posted against suspense and it is held with its reason. At a counter the same reasons are
    refused, since the notes are still there.

    Raises `NotFound`; without `op_id` `Conflict` by the reasons of `rules.judge` and those of
    `ledger.post`.
    """
    payout = await lock(conn, payment.office_id, payment.payout_id)
    known = await _find_known(conn, payment, source)
    if known is not None:
        return known
    batch = await store.find_list(conn, payout.office_id, payout.list_id)
    assert batch is not None
    scheme = await store.scheme_of(conn, batch)
    sitting = await _read_sitting(conn, payment)
    reason = rules.judge(
        payout,
        batch,
        scheme.settings,
        payment,
        day=service_day(source.at),
        sitting=sitting,
        lease_problem=lease_problem,
    )
    if reason is None:
        reason = await _try_to_pay(conn, payout, batch, payment, source)
    if reason is None:
        await _finish_at_door(conn, payout, payment, source.received_at)
        await live.publish(conn, payout_topic(payout.office_id))
        return Outcome("paid", payment_id=payment.id)
    if source.op_id is None:
        raise Conflict(reason, **_params(reason, scheme.settings.proxy.months_max))
    doubt_id = await _hold(conn, payout, payment, source, reason)
    await live.publish(conn, payout_topic(payout.office_id))
    return Outcome("held", reason, doubt_id=doubt_id)


async def lock(conn: Conn, office_id: UUID, payout_id: UUID) -> Payout:
    """Return a payout, locked behind its act at the door; raise `NotFound`."""
    await doorstep.lock_all(conn, office_id, [payout_id])
    payout = await store.lock_payout(conn, office_id, payout_id)
    if payout is None:
        raise NotFound()
    return payout


def _params(reason: str, months_max: int) -> dict[str, int]:
    return {"months_max": months_max} if reason == "proxy_too_long" else {}


async def _find_known(conn: Conn, payment: Payment, source: Source) -> Outcome | None:
    """Return what came of the same payment before."""
    before = await store.lock_payment(conn, payment.office_id, payment.id)
    if before is not None:
        said = (payment.payout_id, payment.amount_vnd, payment.courier_id)
        if said != (before.payout_id, before.amount_vnd, before.courier_id):
            raise Conflict("payment_differs")
        return Outcome("known", payment_id=before.id)
    if source.op_id is None:
        return None
    key = {"office_id": payment.office_id, "op_id": source.op_id}
    payment_id: UUID | None = await queries.value(conn, "find_payment_of_op", **key)
    if payment_id is not None:
        return Outcome("known", payment_id=payment_id)
    doubt = await queries.one(conn, "find_doubt_of_op", lambda *row: row, **key)
    return None if doubt is None else Outcome("held", doubt[1], doubt_id=doubt[0])


async def _read_sitting(conn: Conn, payment: Payment) -> Sitting | None:
    if payment.sitting_id is None:
        return None
    return await store.lock_sitting(conn, payment.office_id, payment.sitting_id)


async def _try_to_pay(
    conn: Conn, payout: Payout, batch: PayoutList, payment: Payment, source: Source
) -> str | None:
    """Post the payment; return why the book would not take it, with nothing written then."""
    transfer = Transfer(
        id=ledger.transfer_id(source.op_id or payment.id),
        group_id=payment.id,
        code=f"payout.{batch.scheme}",
        debit=payable(batch),
        credit=giver(payout.office_id, payment.courier_id),
        amount_vnd=payout.amount_vnd,
        occurred_at=source.at,
        created_by=source.by,
        business_key=rules.business_key(
            payout.period, batch.reference, payout.person_key, payout.generation
        ),
        op_id=source.op_id,
    )
    try:
        async with conn.transaction():
            await ledger.post(conn, [transfer], now=source.received_at)
            await store.add_payment(
                conn, payout, payment, source, transfer_id=transfer.id, shown=shown_of(payment)
            )
            await store.set_state(conn, payout, "paid", at=source.at, generation=payout.generation)
    except Refusal as refusal:
        return "already_paid" if refusal.code == POSTED_BEFORE else refusal.code
    return None


def shown_of(payment: Payment) -> dict[str, Any]:
    """Return what was seen of paper and proxy, as it is kept: never a whole number."""
    proxy = payment.proxy
    return {
        "method": payment.identity.method,
        "last4": payment.identity.last4,
        "relation": proxy and proxy.relation,
        "authority": proxy and proxy.authority,
        "authority_id": proxy and proxy.authority_id,
        "has_signature": payment.has_signature,
        "num_photos": payment.num_photos,
    }


async def _hold(conn: Conn, payout: Payout, payment: Payment, source: Source, reason: str) -> UUID:
    """Keep a payment that may not be one: its notes against suspense, until two people decide."""
    assert source.op_id is not None
    courier_id = payment.courier_id or source.by
    transfer_id: UUID | None = ledger.transfer_id(source.op_id, 1)
    assert transfer_id is not None
    try:
        async with conn.transaction():
            await post_doubt(
                conn,
                payout.office_id,
                courier_id,
                payment.amount_vnd,
                id=transfer_id,
                group_id=payment.id,
                source=source,
                reason=reason,
            )
    except Conflict as refusal:
        if refusal.code != NOT_COVERED:
            raise
        # The hand has less in the books than it gave: kept beside the balance (L6).
        transfer_id = None
    doubt_id = new_id()
    await queries.run(
        conn,
        "add_doubt",
        office_id=payout.office_id,
        id=doubt_id,
        payout_id=payout.id,
        courier_id=courier_id,
        amount_vnd=payment.amount_vnd,
        reason=reason,
        op_id=source.op_id,
        at=source.at,
        received_at=source.received_at,
        shown=shown_of(payment),
        transfer_id=transfer_id,
    )
    return doubt_id


async def post_doubt(
    conn: Conn,
    office_id: UUID,
    courier_id: UUID,
    amount_vnd: int,
    *,
    id: UUID,
    group_id: UUID,
    source: Source,
    reason: str,
) -> None:
    """Post notes that left a hand and whose they are must still be said."""
    transfer = Transfer(
        id=id,
        group_id=group_id,
        code=IN_DOUBT,
        debit=Account(office_id, "suspense"),
        credit=giver(office_id, courier_id),
        amount_vnd=amount_vnd,
        occurred_at=source.at,
        created_by=source.by,
        op_id=source.op_id,
        reason=reason,
    )
    await ledger.post(conn, [transfer], now=source.received_at)


async def _finish_at_door(conn: Conn, payout: Payout, payment: Payment, at: datetime) -> None:
    """Let the act at the door be done, or due no longer when it was paid elsewhere."""
    if payout.how != "home":
        return
    if payment.place != "door":
        await doorstep.withdraw(conn, payout.office_id, [payout.id], at=at)
        return
    errand = await doorstep.lock(conn, payout.office_id, payout.id)
    if errand is not None and errand.state != "done":
        await doorstep.finish(conn, errand, at=at)


async def fail(conn: Conn, failure: Failure, source: Source) -> Outcome:
    """Note a visit that paid nothing: due again on the next day, or no more at this door.

    After DECEASED, MOVED and REFUSED nobody goes there again; the sum stays unpaid until the
    agency's delta list or the end of the period says what becomes of it. Raises `NotFound`.
    """
    payout = await lock(conn, failure.office_id, failure.payout_id)
    if rules.may(payout.state, "fail") is None:
        return Outcome("held", rules.WHY_NOT[payout.state])
    is_over = failure.reason in rules.END_REASONS
    next_on = None if is_over else failure.next_on or await _next_day(conn, source.at)
    added = await queries.value(
        conn,
        "add_attempt",
        office_id=payout.office_id,
        id=source.op_id or new_id(),
        payout_id=payout.id,
        reason=failure.reason,
        next_on=next_on,
        note=failure.note,
        by=source.by,
        at=source.at,
    )
    if added is None:
        return Outcome("known", failure.reason)
    await queries.run(
        conn, "set_attempt", office_id=payout.office_id, id=payout.id, reason=failure.reason
    )
    if next_on is None:
        await doorstep.withdraw(conn, payout.office_id, [payout.id], at=source.received_at)
    else:
        errand = await doorstep.lock(conn, payout.office_id, payout.id)
        if errand is not None and errand.state == "due":
            await doorstep.put_off(conn, errand, next_on=next_on)
    await live.publish(conn, payout_topic(payout.office_id))
    return Outcome("noted", failure.reason)


async def unfail(conn: Conn, office_id: UUID, payout_id: UUID, op_id: UUID) -> None:
    """Let a visit that paid nothing be none; its row stays in the book.

    Raises `NotFound`, and `Conflict` by the state of a payout that is unpaid no longer.
    """
    payout = await lock(conn, office_id, payout_id)
    if payout.state != "unpaid":
        raise Conflict(rules.WHY_NOT[payout.state])
    await queries.run(conn, "unset_attempt", office_id=office_id, id=payout_id, op_id=op_id)
    await live.publish(conn, payout_topic(office_id))


async def _next_day(conn: Conn, at: datetime) -> date:
    return await network.add_working_days(conn, service_day(at), 1)
