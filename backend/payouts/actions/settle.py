"""What two people decide: whose notes in doubt are, that a payment was a mistake."""

from datetime import datetime
from uuid import UUID

from backend import doorstep, ledger, network
from backend.kit import live
from backend.kit.clock import service_day
from backend.kit.errors import Conflict, NotFound
from backend.kit.sql import Conn
from backend.ledger import Account, Transfer
from backend.payouts import rules, store
from backend.payouts.actions import pay
from backend.payouts.model import (
    Authority,
    Doubt,
    Payment,
    Payout,
    PayoutList,
    Seen,
    SettledAs,
    Source,
    payout_topic,
)
from backend.payouts.store import queries

CODES: dict[SettledAs, str] = {
    "courier_owes": "payout.doubt_owed",
    "recovered": "payout.doubt_recovered",
}


def check_two(by: UUID, approved_by: UUID, reason: str) -> None:
    """Raise `Conflict` `approved_by_maker` or `needs_reason` (L8)."""
    if by == approved_by:
        raise Conflict("approved_by_maker")
    if not reason.strip():
        raise Conflict("needs_reason")


async def settle_doubt(
    conn: Conn,
    *,
    office_id: UUID,
    doubt_id: UUID,
    as_: SettledAs,
    by: UUID,
    approved_by: UUID,
    reason: str,
    now: datetime,
) -> None:
    """Say whose the notes of a doubt are, and move them out of suspense.

    `valid`: it was this payout after all, which must be unpaid and of that amount.
    `agency_accepts`: the same, also for one stopped or moved by the agency meanwhile.
    `courier_owes`: whoever gave them owes them. `recovered`: they came back, to the drawer.

    Raises `NotFound`; `Conflict` `approved_by_maker`, `needs_reason`, `doubt_settled`,
    `settlement_not_possible`, `already_paid`, `amount_differs`, and those of `ledger.post`.
    """
    check_two(by, approved_by, reason)
    seen = await store.lock_doubt(conn, office_id, doubt_id)
    if seen is None:
        raise NotFound()
    payout = await pay.lock(conn, office_id, seen.payout_id)
    if seen.settled_at is not None:
        raise Conflict("doubt_settled")
    batch = await store.find_list(conn, office_id, payout.list_id)
    assert batch is not None
    if seen.transfer_id is None:
        await _post_late(conn, seen, now)
    settlement_id = ledger.transfer_id(seen.op_id, 2)
    if as_ in ("valid", "agency_accepts"):
        await _count(conn, seen, payout, batch, as_, settlement_id, (by, approved_by), reason, now)
    else:
        owner = seen.courier_id if as_ == "courier_owes" else None
        transfer = Transfer(
            id=settlement_id,
            group_id=seen.id,
            code=CODES[as_],
            debit=Account(office_id, "shortage" if owner else "drawer", owner),
            credit=Account(office_id, "suspense"),
            amount_vnd=seen.amount_vnd,
            occurred_at=now,
            created_by=by,
            approved_by=approved_by,
            reason=reason,
        )
        await ledger.post(conn, [transfer], now=now)
    await queries.run(
        conn,
        "settle_doubt",
        office_id=office_id,
        id=seen.id,
        settled_as=as_,
        settlement_id=settlement_id,
        by=by,
        approved_by=approved_by,
        at=now,
        note=reason,
    )
    await doorstep.tell_settled(
        conn, office_id=office_id, op_id=seen.op_id, by=approved_by, note=reason
    )
    await live.publish(conn, payout_topic(office_id))


async def _post_late(conn: Conn, doubt: Doubt, now: datetime) -> None:
    """Post notes of a hand that had not enough in the books when they left it."""
    source = Source(at=doubt.at, received_at=now, by=doubt.courier_id, op_id=doubt.op_id)
    transfer_id = ledger.transfer_id(doubt.op_id, 1)
    await pay.post_doubt(
        conn,
        doubt.office_id,
        doubt.courier_id,
        doubt.amount_vnd,
        id=transfer_id,
        group_id=doubt.id,
        source=source,
        reason=doubt.reason,
    )
    await queries.run(
        conn, "post_doubt", office_id=doubt.office_id, id=doubt.id, transfer_id=transfer_id
    )


async def _count(
    conn: Conn,
    doubt: Doubt,
    payout: Payout,
    batch: PayoutList,
    as_: SettledAs,
    settlement_id: UUID,
    people: tuple[UUID, UUID],
    reason: str,
    now: datetime,
) -> None:
    """Let the notes of a doubt be the payment of its payout."""
    verb: rules.Verb = "pay" if as_ == "valid" else "accept"
    if rules.may(payout.state, verb) is None:
        code = "already_paid" if payout.state == "paid" else "settlement_not_possible"
        raise Conflict(code)
    if batch.state != "approved":  # the money of an ended list has gone back
        raise Conflict("settlement_not_possible")
    if doubt.amount_vnd != payout.amount_vnd:
        raise Conflict("amount_differs")
    transfer = Transfer(
        id=settlement_id,
        group_id=doubt.id,
        code=f"payout.{batch.scheme}",
        debit=pay.payable(batch),
        credit=Account(payout.office_id, "suspense"),
        amount_vnd=doubt.amount_vnd,
        occurred_at=doubt.at,
        created_by=people[0],
        approved_by=people[1],
        business_key=rules.business_key(
            payout.period, batch.reference, payout.person_key, payout.generation
        ),
        reason=reason,
    )
    await ledger.post(conn, [transfer], now=now)
    payment = _payment_of(doubt)
    source = Source(at=doubt.at, received_at=doubt.received_at, by=doubt.courier_id)
    await store.add_payment(
        conn,
        payout,
        payment,
        source,
        transfer_id=settlement_id,
        shown=doubt.shown,
        doubt_id=doubt.id,
    )
    await store.set_state(conn, payout, "paid", at=doubt.at, generation=payout.generation)
    await doorstep.withdraw(conn, payout.office_id, [payout.id], at=now)


def _payment_of(doubt: Doubt) -> Payment:
    shown = doubt.shown
    proxy = None
    if shown["relation"]:
        proxy = Authority(shown["relation"], shown["authority"], shown["authority_id"])
    return Payment(
        office_id=doubt.office_id,
        id=doubt.id,
        payout_id=doubt.payout_id,
        amount_vnd=doubt.amount_vnd,
        place="door",
        identity=Seen(shown["method"], shown["last4"]),
        proxy=proxy,
        courier_id=doubt.courier_id,
    )


async def correct(
    conn: Conn,
    *,
    office_id: UUID,
    payment_id: UUID,
    by: UUID,
    approved_by: UUID,
    reason: str,
    now: datetime,
) -> None:
    """Take a payment back by its mirror image (L4); its payout may then be paid again.

    Raises `NotFound`; `Conflict` `approved_by_maker`, `needs_reason`, `payment_reversed`,
    `list_frozen` once its list is closed, `settlement_not_possible` for what was a doubt first,
    and those of `ledger.reverse`.
    """
    check_two(by, approved_by, reason)
    # Closing a list locks it before its payouts: so does this.
    list_id = await queries.value(conn, "find_list_of_payment", office_id=office_id, id=payment_id)
    batch = list_id and await store.lock_list(conn, office_id, list_id)
    found = await store.lock_payment(conn, office_id, payment_id)
    if found is None or batch is None:
        raise NotFound()
    payout = await pay.lock(conn, office_id, found.payout_id)
    if found.reversal_id is not None:
        raise Conflict("payment_reversed")
    assert rules.may(payout.state, "correct") == "unpaid", "a payment that counts"
    if batch.state != "approved":
        raise Conflict("list_frozen")
    line = await ledger.get_transfer(conn, office_id, found.transfer_id)
    credit = pay.giver(office_id, found.courier_id)
    if line.credit_id != credit.id:  # it was in doubt first: two people have spoken already
        raise Conflict("settlement_not_possible")
    reversal_id = ledger.transfer_id(found.transfer_id, found.generation)
    await ledger.reverse(
        conn,
        line,
        pay.payable(batch),
        credit,
        id=reversal_id,
        by=by,
        approved_by=approved_by,
        reason=reason,
        now=now,
    )
    await queries.run(
        conn, "reverse_payment", office_id=office_id, id=found.id, reversal_id=reversal_id
    )
    await store.set_state(
        conn,
        payout,
        "unpaid",
        at=now,
        reason="corrected",
        generation=payout.generation + 1,
    )
    next_on = await network.add_working_days(conn, service_day(now), 1)
    await doorstep.reopen(conn, office_id, payout.id, next_on=next_on)
    await live.publish(conn, payout_topic(office_id))
