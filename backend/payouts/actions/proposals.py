"""What one person asks and a second allows: corrections, settlements, refunds, exports (L8)."""

from datetime import datetime, timedelta
from uuid import UUID

from backend import identity
from backend.identity import AuditEntry
from backend.kit import live
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.payouts import store
from backend.payouts.actions import lists, settle
from backend.payouts.model import PayoutList, Proposal, ProposalKind, payout_topic
from backend.payouts.store import queries

EXPORT_ROWS_MAX = 1_000
EXPORT_LEAVE = timedelta(hours=24)


async def propose(
    conn: Conn,
    *,
    office_id: UUID,
    kind: ProposalKind,
    subject_id: UUID,
    detail: str,
    reason: str,
    by: UUID,
    now: datetime,
) -> UUID:
    """Ask a second person for a correction, a settlement, a refund of money or an export.

    Raises `Conflict` `needs_reason`, `settlement_not_possible` for an unknown way to settle;
    `NotFound` where there is no such thing.
    """
    if not reason.strip():
        raise Conflict("needs_reason")
    if kind == "settle" and detail not in ("valid", "agency_accepts", "courier_owes", "recovered"):
        raise Conflict("settlement_not_possible")
    there: object
    match kind:
        case "correct":
            there = await store.lock_payment(conn, office_id, subject_id)
        case "settle":
            there = await store.lock_doubt(conn, office_id, subject_id)
        case _:
            there = await store.find_list(conn, office_id, subject_id)
    if there is None:
        raise NotFound()
    proposal_id = new_id()
    await _add(conn, office_id, proposal_id, kind, subject_id, detail, reason, by, now)
    return proposal_id


async def propose_fund(
    conn: Conn,
    *,
    office_id: UUID,
    list_id: UUID,
    amount_vnd: int,
    reference: str,
    by: UUID,
    now: datetime,
) -> UUID:
    """Say that an agency's money came, by the bank's notice; it is booked once another agrees.

    Raises `NotFound`; `Conflict` `list_not_draft`, `list_funded`, `fund_asked`, `needs_reason`
    without the bank's number.
    """
    if not reference.strip():
        raise Conflict("needs_reason")
    await lists.check_unfunded(conn, office_id, list_id)
    proposal_id, detail = new_id(), str(amount_vnd)
    is_new = await _add(
        conn, office_id, proposal_id, "fund", list_id, detail, reference.strip(), by, now
    )
    if not is_new:
        raise Conflict("fund_asked")
    return proposal_id


async def _add(
    conn: Conn,
    office_id: UUID,
    id: UUID,
    kind: ProposalKind,
    subject_id: UUID,
    detail: str,
    reason: str,
    by: UUID,
    now: datetime,
) -> bool:
    """Keep what is asked; False where money for that list is asked already."""
    num = await queries.run(
        conn,
        "add_proposal",
        office_id=office_id,
        id=id,
        kind=kind,
        subject_id=subject_id,
        detail=detail,
        reason=reason,
        made_by=by,
        made_at=now,
    )
    await live.publish(conn, payout_topic(office_id))
    return num == 1


async def lock_open(conn: Conn, office_id: UUID, proposal_id: UUID) -> Proposal:
    """Return what was asked and is open, locked; raise `NotFound`, `proposal_decided`."""
    asked = await store.lock_proposal(conn, office_id, proposal_id)
    if asked is None:
        raise NotFound()
    if asked.decided_at is not None:
        raise Conflict("proposal_decided")
    return asked


async def note_decision(
    conn: Conn, asked: Proposal, *, is_allowed: bool, by: UUID, now: datetime
) -> None:
    """Write who decided, also for the audit."""
    await queries.run(
        conn,
        "decide_proposal",
        office_id=asked.office_id,
        id=asked.id,
        is_allowed=is_allowed,
        by=by,
        at=now,
    )
    entry = AuditEntry(
        office_id=asked.office_id,
        at=now,
        action=f"payouts.{asked.kind}",
        outcome="granted" if is_allowed else "refused",
        actor_id=by,
        object_kind="proposal",
        object_id=asked.id,
    )
    await identity.audit(conn, entry)
    await live.publish(conn, payout_topic(asked.office_id))


async def decide(
    conn: Conn, *, office_id: UUID, proposal_id: UUID, is_allowed: bool, by: UUID, now: datetime
) -> Proposal:
    """Allow what another person asked, and do it, or refuse it.

    Raises `NotFound`; `Conflict` `proposal_decided`, `approved_by_maker`, and whatever the thing
    itself is refused for.
    """
    asked = await lock_open(conn, office_id, proposal_id)
    if is_allowed and asked.made_by == by:
        raise Conflict("approved_by_maker")
    if is_allowed:
        await _perform(conn, asked, by, now)
    await note_decision(conn, asked, is_allowed=is_allowed, by=by, now=now)
    return asked


async def _perform(conn: Conn, asked: Proposal, by: UUID, now: datetime) -> None:
    office_id, subject_id = asked.office_id, asked.subject_id
    match asked.kind:
        case "correct":
            await settle.correct(
                conn,
                office_id=office_id,
                payment_id=subject_id,
                by=asked.made_by,
                approved_by=by,
                reason=asked.reason,
                now=now,
            )
        case "settle":
            await settle.settle_doubt(
                conn,
                office_id=office_id,
                doubt_id=subject_id,
                as_=asked.detail,  # type: ignore[arg-type]  # checked when it was asked
                by=asked.made_by,
                approved_by=by,
                reason=asked.reason,
                now=now,
            )
        case "fund":
            await lists.fund(
                conn,
                office_id=office_id,
                list_id=subject_id,
                amount_vnd=int(asked.detail),
                reference=asked.reason,
                by=asked.made_by,
                approved_by=by,
                now=now,
            )
        case "refund":
            await lists.refund(
                conn,
                office_id=office_id,
                list_id=subject_id,
                by=asked.made_by,
                approved_by=by,
                reason=asked.reason,
                now=now,
            )
        case "export":
            pass  # the leave itself is what was asked


async def check_export(conn: Conn, batch: PayoutList, by: UUID, now: datetime) -> None:
    """Raise `Conflict` `export_needs_second`: many people's data leave by two people (A11)."""
    if batch.num_rows <= EXPORT_ROWS_MAX:
        return
    has_leave = await queries.value(
        conn,
        "find_export_leave",
        office_id=batch.office_id,
        list_id=batch.id,
        by=by,
        since=now - EXPORT_LEAVE,
    )
    if not has_leave:
        raise Conflict("export_needs_second", num_max=EXPORT_ROWS_MAX)
