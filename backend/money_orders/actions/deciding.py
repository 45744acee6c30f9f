"""What two people decide: an order unlocked, whose notes in doubt are."""

from datetime import datetime
from typing import Final
from uuid import UUID

from backend import doorstep, ledger
from backend.kit.clock import service_day
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.kit.text import nfc
from backend.ledger import Account, Transfer
from backend.money_orders import store
from backend.money_orders.actions import taking
from backend.money_orders.model import Doubt, Proposal, ProposalKind, Settled, Settlement, Source

CODES: Final[dict[Settled, str]] = {
    "bring_home": "order.home",
    "courier_owes": "order.owed",
    "valid": "order.settle",
}


async def propose(
    conn: Conn,
    office_id: UUID,
    kind: ProposalKind,
    subject_id: UUID,
    *,
    note: str,
    by: UUID,
    now: datetime,
) -> UUID:
    """Ask for an order to be unlocked, or for notes in doubt to be settled; return the id.

    Raises `NotFound`; `Conflict`: `needs_reason`, `pin_not_locked`, `order_proposal_open`,
    `order_proposal_ended` (the doubt was decided), `order_settlement_not_possible` (only notes
    that were paid out can be owed by a courier, or be a payment).
    """
    if not note.strip():
        raise Conflict("needs_reason")
    if kind == "unlock":
        order = await store.find_order(conn, office_id, subject_id)
        if order is None:
            raise NotFound()
        if order.locked_at is None:
            raise Conflict("pin_not_locked")
    else:
        doubt = await store.lock_doubt(conn, office_id, subject_id)
        if doubt is None:
            raise NotFound()
        if doubt.answered_at is not None:
            raise Conflict("order_proposal_ended")
        if doubt.kind == "take" and kind != "bring_home":
            raise Conflict("order_settlement_not_possible")
    proposal = Proposal(office_id, new_id(), kind, subject_id, nfc(note), by, now)
    await store.add_proposal(conn, proposal)
    return proposal.id


async def approve(conn: Conn, office_id: UUID, id: UUID, *, by: UUID, now: datetime) -> None:
    """Do what another person proposed.

    Raises `NotFound`; `Conflict`: `order_proposal_ended`, `approved_by_maker`, `pin_not_locked`,
    `not_covered`, `already_posted`, `order_settlement_not_possible` (no order of this amount waits
    to be paid).
    """
    proposal = await _open(conn, office_id, id)
    if proposal.made_by == by:
        raise Conflict("approved_by_maker")
    if proposal.kind == "unlock":
        if not await store.unlock(conn, office_id, proposal.subject_id):
            raise Conflict("pin_not_locked")
    else:
        await _settle(conn, proposal, proposal.kind, by=by, now=now)
    await store.end_proposal(conn, proposal, by=by, is_refused=False, at=now)


async def refuse(conn: Conn, office_id: UUID, id: UUID, *, by: UUID, now: datetime) -> None:
    """Let a proposal go; whoever made it may do so too.

    Raises `NotFound`; `Conflict` `order_proposal_ended`.
    """
    proposal = await _open(conn, office_id, id)
    await store.end_proposal(conn, proposal, by=by, is_refused=True, at=now)


async def _open(conn: Conn, office_id: UUID, id: UUID) -> Proposal:
    proposal = await store.lock_proposal(conn, office_id, id)
    if proposal is None:
        raise NotFound()
    if proposal.ended_at is not None:
        raise Conflict("order_proposal_ended")
    return proposal


async def _settle(conn: Conn, proposal: Proposal, as_: Settled, *, by: UUID, now: datetime) -> None:
    """Move notes in doubt out of suspense.

    `bring_home`: those taken go back to the sender out of the drawer, those paid came back to it.
    `courier_owes`: those paid did not come back. `valid`: they were this order's payment after all.
    """
    doubt = await store.lock_doubt(conn, proposal.office_id, proposal.subject_id)
    if doubt is None or doubt.answered_at is not None:
        raise Conflict("order_proposal_ended")
    if doubt.kind == "take" and as_ != "bring_home":
        raise Conflict("order_settlement_not_possible")
    if doubt.transfer_id is None:
        await store.post_doubt(conn, doubt, await taking.post_doubt(conn, doubt, now=now))
    suspense = Account(doubt.office_id, "suspense")
    transfer = Transfer(
        id=ledger.transfer_id(doubt.id, 1),
        group_id=doubt.id,
        code=CODES[as_],
        debit=suspense if doubt.kind == "take" else _receiver(doubt, as_),
        credit=Account(doubt.office_id, "drawer") if doubt.kind == "take" else suspense,
        amount_vnd=doubt.amount_vnd,
        occurred_at=doubt.occurred_at if as_ == "valid" else now,
        created_by=proposal.made_by,
        approved_by=by,
        business_key=str(doubt.order_id) if as_ == "valid" else None,
        reason=proposal.note,
    )
    if as_ == "valid":
        await _count(conn, doubt, transfer.id, now=now)
    await ledger.post(conn, [transfer], now=now)
    await store.answer_doubt(conn, doubt, as_, by=proposal.made_by, approved_by=by, at=now)
    await doorstep.tell_settled(
        conn, office_id=doubt.office_id, op_id=doubt.id, by=by, note=proposal.note
    )


def _receiver(doubt: Doubt, as_: Settled) -> Account:
    """Return who has, or owes, notes that were paid out."""
    if as_ == "courier_owes":
        return Account(doubt.office_id, "shortage", doubt.cash_owner_id)
    return Account(doubt.office_id, "clearing" if as_ == "valid" else "drawer")


async def _count(conn: Conn, doubt: Doubt, transfer_id: UUID, *, now: datetime) -> None:
    """Let the notes of a doubt be the payment of the order that it names, if that still waits."""
    paid = await store.set_paid_in_doubt(conn, doubt, at=doubt.occurred_at)
    if paid is None:
        raise Conflict("order_settlement_not_possible")
    order_office_id, payee_key = paid
    settlement = Settlement(
        doubt.office_id,
        doubt.id,
        order_office_id,
        doubt.order_id,
        "paid",
        doubt.amount_vnd,
        payee_key,
        doubt.identity_method,
        transfer_id,
        doubt.cash_owner_id,
        doubt.id,
        doubt.occurred_at,
        service_day(doubt.occurred_at),
        doubt.cash_owner_id,
    )
    await store.add_settlement(conn, settlement)
    source = Source(
        office_id=doubt.office_id,
        at=doubt.occurred_at,
        received_at=now,
        staff_id=doubt.cash_owner_id,
        is_door=True,
    )
    total_vnd = await store.sum_cash(conn, payee_key, settlement.on_day)
    await taking.flag_cash(conn, doubt.office_id, doubt.order_id, payee_key, total_vnd, source)
