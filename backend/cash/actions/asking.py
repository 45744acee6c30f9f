"""What one person asks of cash and a second one allows (L8)."""

from datetime import date, datetime
from uuid import UUID

from backend import identity, network
from backend.cash import store
from backend.cash.actions import days, debts
from backend.cash.actions.handovers import desk_topic, tell_hand
from backend.cash.model import ProposalKind
from backend.identity import AuditEntry
from backend.kit import live
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn

REASON_MIN = 3


async def propose(
    conn: Conn,
    *,
    office_id: UUID,
    kind: ProposalKind,
    reason: str,
    by: UUID,
    now: datetime,
    day: date | None = None,
    subject_id: UUID | None = None,
    amount_vnd: int | None = None,
) -> UUID:
    """Ask a second person; return the proposal's id.

    Raises `NotFound` for nobody of the office, `Conflict`: `needs_reason`, `proposal_incomplete`
    (what the kind needs is missing), `own_matter` (one's own debt or limit), `already_asked`,
    `over_debt`, `over_surplus`, `day_not_closed`.
    """
    if len(reason.strip()) < REASON_MIN:
        raise Conflict("needs_reason")
    needs_subject = kind in ("write_off", "set_limit")
    is_day = kind == "reopen_day"
    if (day is None) == is_day or (amount_vnd is None) != is_day:
        raise Conflict("proposal_incomplete")
    if (subject_id is None) == needs_subject:
        raise Conflict("proposal_incomplete")
    if subject_id is not None and not await store.list_names(conn, office_id, [subject_id]):
        raise NotFound()
    if subject_id == by:
        raise Conflict("own_matter")
    await _check(conn, office_id, kind, day, subject_id, amount_vnd)
    made = await store.add_proposal(
        conn,
        office_id=office_id,
        id=new_id(),
        kind=kind,
        day=day,
        subject_id=subject_id,
        amount_vnd=amount_vnd,
        reason=reason.strip(),
        by=by,
        at=now,
    )
    if made is None:
        raise Conflict("already_asked")
    await _audit(conn, office_id, made, f"cash.ask.{kind}", by, now)
    await live.publish(conn, desk_topic(office_id))
    return made


async def _check(
    conn: Conn,
    office_id: UUID,
    kind: ProposalKind,
    day: date | None,
    subject_id: UUID | None,
    amount_vnd: int | None,
) -> None:
    """Refuse early what would be refused when it is allowed."""
    if day is not None and not await days.is_closed(conn, office_id, day):
        raise Conflict("day_not_closed")
    if kind == "write_off":
        assert subject_id is not None
        assert amount_vnd is not None
        await debts.check_debt(conn, office_id, subject_id, amount_vnd)
    elif kind in ("return_surplus", "take_surplus"):
        assert amount_vnd is not None
        await debts.check_surplus(conn, office_id, amount_vnd)


async def decide(
    conn: Conn, *, office_id: UUID, proposal_id: UUID, is_allowed: bool, by: UUID, now: datetime
) -> None:
    """Allow or decline what another person asked; allowed, it is done at once.

    Raises `NotFound`, `Conflict`: `proposal_decided`, `approved_by_maker`, `own_matter`, and what
    stands against it by now.
    """
    asked = await store.lock_proposal(conn, office_id, proposal_id)
    if asked is None:
        raise NotFound()
    if asked.decided_at is not None:
        raise Conflict("proposal_decided")
    if asked.made_by == by:
        raise Conflict("approved_by_maker")
    if asked.subject_id == by:
        raise Conflict("own_matter")
    if is_allowed and asked.kind == "reopen_day":
        assert asked.day is not None, "the table says so"
        await days.reopen_day(
            conn, office_id, asked.day, by=asked.made_by, approved_by=by, reason=asked.reason
        )
    elif is_allowed and asked.kind == "set_limit":
        assert asked.subject_id is not None, "the table says so"
        assert asked.amount_vnd is not None, "the table says so"
        await network.set_cash_limit(conn, office_id, asked.subject_id, asked.amount_vnd)
        await tell_hand(conn, office_id, asked.subject_id)
    elif is_allowed:
        await debts.settle(conn, office_id, asked, approved_by=by, now=now)
    await store.decide_proposal(conn, office_id, proposal_id, by=by, at=now, is_allowed=is_allowed)
    verb = "allow" if is_allowed else "decline"
    await _audit(conn, office_id, proposal_id, f"cash.{verb}.{asked.kind}", by, now)
    await live.publish(conn, desk_topic(office_id))


async def _audit(
    conn: Conn, office_id: UUID, proposal_id: UUID, action: str, by: UUID, now: datetime
) -> None:
    entry = AuditEntry(
        office_id=office_id,
        at=now,
        action=action,
        outcome="granted",
        actor_id=by,
        object_kind="cash_proposal",
        object_id=proposal_id,
    )
    await identity.audit(conn, entry)
