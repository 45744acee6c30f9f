"""Two people by turns: one proposes with a reason, another approves or refuses."""

from datetime import datetime
from uuid import UUID

from backend import ledger
from backend.charges import proposals, rules, store
from backend.charges.actions import bank, deciding
from backend.charges.model import Proposal, ProposalKind
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.kit.text import nfc


async def propose(
    conn: Conn,
    office_id: UUID,
    kind: ProposalKind,
    subject_id: UUID,
    *,
    note: str,
    by: UUID,
    charge_id: UUID | None = None,
    bank_reference: str = "",
    now: datetime,
) -> UUID:
    """Ask for money in doubt to go somewhere, a reversal, or a QR to count; return the id.

    Raises `NotFound`; `Conflict`: `needs_reason`, `proposal_open`, `doubt_answered`,
    `charge_not_due`, `charge_collected`, `charge_cancelled`.
    """
    if not note.strip():
        raise Conflict("needs_reason")
    proposal = Proposal(
        office_id,
        new_id(),
        kind,
        subject_id,
        charge_id,
        bank_reference.strip(),
        nfc(note),
        await _find_amount(conn, office_id, kind, subject_id),
        by,
        now,
    )
    await proposals.add_proposal(conn, proposal)
    return proposal.id


async def _find_amount(conn: Conn, office_id: UUID, kind: ProposalKind, subject_id: UUID) -> int:
    """Return the amount of what is asked for, when it can be asked for at all."""
    if kind in ("apply", "give_back"):
        doubt = await store.find_collection(conn, office_id, subject_id)
        if doubt is None or doubt.outcome != "in_doubt":
            raise NotFound()
        if doubt.answer is not None:
            raise Conflict("doubt_answered")
        return doubt.amount_vnd
    charge = await store.find_charge(conn, office_id, subject_id)
    if charge is None:
        raise NotFound()
    reason = rules.judge(charge, charge.amount_vnd)
    if kind == "confirm_qr" and reason:
        raise Conflict(reason)
    if kind == "take_back" and charge.state != "collected":
        raise Conflict("charge_not_due")
    return charge.amount_vnd


async def approve(conn: Conn, office_id: UUID, id: UUID, *, by: UUID, now: datetime) -> None:
    """Do what another person proposed.

    Raises `NotFound`; `Conflict`: `proposal_ended`, `approved_by_maker`, and what
    `decide_doubt`, `take_back` and `confirm_qr` refuse.
    """
    proposal = await _open(conn, office_id, id)
    if proposal.made_by == by:
        raise Conflict("approved_by_maker")
    if proposal.kind == "confirm_qr":
        await bank.confirm_qr(
            conn,
            office_id,
            proposal.subject_id,
            bank_reference=proposal.bank_reference,
            by=proposal.made_by,
            approved_by=by,
            now=now,
        )
    elif proposal.kind == "take_back":
        await deciding.take_back(
            conn,
            office_id,
            proposal.subject_id,
            id=ledger.transfer_id(proposal.id),
            by=proposal.made_by,
            approved_by=by,
            reason=proposal.note,
            now=now,
        )
    else:
        await deciding.decide_doubt(
            conn,
            office_id,
            proposal.subject_id,
            "applied" if proposal.kind == "apply" else "given_back",
            charge_id=proposal.charge_id,
            by=proposal.made_by,
            approved_by=by,
            note=proposal.note,
            now=now,
        )
    await proposals.end_proposal(conn, proposal, "approved", by=by, at=now)


async def refuse(conn: Conn, office_id: UUID, id: UUID, *, by: UUID, now: datetime) -> None:
    """Let a proposal go; whoever made it may do so too. Raises `NotFound`, `proposal_ended`."""
    proposal = await _open(conn, office_id, id)
    await proposals.end_proposal(conn, proposal, "refused", by=by, at=now)


async def _open(conn: Conn, office_id: UUID, id: UUID) -> Proposal:
    proposal = await proposals.lock_proposal(conn, office_id, id)
    if proposal is None:
        raise NotFound()
    if proposal.state != "open":
        raise Conflict("proposal_ended")
    return proposal
