"""What two people decide: an order unlocked, notes in doubt brought home."""

from datetime import datetime
from uuid import UUID

from backend import ledger
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.kit.text import nfc
from backend.ledger import Account, Transfer
from backend.money_orders import store
from backend.money_orders.model import Proposal, ProposalKind


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
    """Ask for an order to be unlocked, or for notes in doubt to come home; return the id.

    Raises `NotFound`; `Conflict`: `needs_reason`, `pin_not_locked`, `order_proposal_open`,
    `order_proposal_ended` (the doubt was decided).
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
    proposal = Proposal(office_id, new_id(), kind, subject_id, nfc(note), by, now)
    await store.add_proposal(conn, proposal)
    return proposal.id


async def approve(conn: Conn, office_id: UUID, id: UUID, *, by: UUID, now: datetime) -> None:
    """Do what another person proposed.

    Raises `NotFound`; `Conflict`: `order_proposal_ended`, `approved_by_maker`, `pin_not_locked`,
    `not_covered`.
    """
    proposal = await _open(conn, office_id, id)
    if proposal.made_by == by:
        raise Conflict("approved_by_maker")
    if proposal.kind == "unlock":
        if not await store.unlock(conn, office_id, proposal.subject_id):
            raise Conflict("pin_not_locked")
    else:
        await _bring_home(conn, proposal, by=by, now=now)
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


async def _bring_home(conn: Conn, proposal: Proposal, *, by: UUID, now: datetime) -> None:
    """Book notes in doubt home: those taken go back to the sender, those paid come back to us.

    What was right after all is then taken or paid anew at the counter.
    """
    doubt = await store.lock_doubt(conn, proposal.office_id, proposal.subject_id)
    if doubt is None or doubt.answered_at is not None:
        raise Conflict("order_proposal_ended")
    suspense = Account(doubt.office_id, "suspense")
    drawer = Account(doubt.office_id, "drawer")
    transfer = Transfer(
        id=ledger.transfer_id(doubt.id, 1),
        group_id=doubt.id,
        code="order.home",
        debit=suspense if doubt.kind == "take" else drawer,
        credit=drawer if doubt.kind == "take" else suspense,
        amount_vnd=doubt.amount_vnd,
        occurred_at=now,
        created_by=proposal.made_by,
        approved_by=by,
        reason=proposal.note,
    )
    await ledger.post(conn, [transfer], now=now)
    await store.answer_doubt(conn, doubt, by=proposal.made_by, approved_by=by, at=now)
