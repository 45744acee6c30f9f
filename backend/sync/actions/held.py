"""Verbs of sync for the office: decide a fact that was held; one about money by two people."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from backend import identity, ledger, receipts, rounds
from backend.doorstep import Settled
from backend.identity import AuditEntry
from backend.kit import live
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.receipts import Use
from backend.rounds import Context
from backend.sync import rules, store
from backend.sync.actions.decide import KIND_VERSION
from backend.sync.actions.purse import note_phone_state
from backend.sync.model import Held
from backend.sync.store import queries

NUM_LEGS_MAX = 3
"""So many transfers a fact makes under its own id, at most."""
FREEZING = ("result.delivered", "state_conflict")
"""Kind and reason of a fact whose item nothing moves until it is decided (reliability 1.5)."""


async def decide_held(
    conn: Conn,
    *,
    office_id: UUID,
    op_id: UUID,
    outcome: Literal["applied", "noop"],
    by: UUID,
    note: str,
    now: datetime,
    sealer: Sealer,
    approved_by: UUID | None = None,
) -> None:
    """Decide a held fact: `applied` performs it now, `noop` sets it aside; the phone is told.

    A fact that may have moved notes needs `approved_by`, somebody else than `by`. Set aside, the
    receipt number that it told of is void by both.

    Raises `NotFound`, `Conflict` `not_held`, `second_person_needed`, `approved_by_maker`,
    `money_in_doubt`, and for `applied` whatever still stands against it.
    """
    if not await store.lock_effect(conn, office_id, op_id):
        raise NotFound()
    held = await store.find_held(conn, office_id, op_id)
    if held is None:
        raise Conflict("not_held")
    reason = None
    if rules.moves_money(held.kind):
        if approved_by is None:
            raise Conflict("second_person_needed")
        if approved_by == by:
            raise Conflict("approved_by_maker")
        if await _is_booked(conn, office_id, op_id):
            raise Conflict("money_in_doubt")
    if (held.kind, held.reason) == FREEZING:
        fact = msgspec.json.decode(held.raw, type=rounds.ResultDelivered)
        await rounds.thaw(conn, office_id, fact.act)
    if outcome == "applied":
        reason = await _perform(conn, office_id, held, sealer)
    elif approved_by is not None:
        await _void_number(
            conn, office_id, held, by=by, approved_by=approved_by, note=note, now=now
        )
    await store.add_decision(
        conn,
        office_id=office_id,
        op_id=op_id,
        n=2,
        outcome=outcome,
        reason=reason,
        by_staff_id=by,
        note=note,
        at=now,
    )
    await _tell_decided(conn, office_id, held.staff_id, op_id, now)


async def _is_booked(conn: Conn, office_id: UUID, op_id: UUID) -> bool:
    """Return whether a fact's notes stand in the books: then they are settled there (L11).

    The reason it was held for does not tell: the same one may come before anything was posted.
    """
    found: bool = await queries.value(
        conn,
        "is_booked",
        office_id=office_id,
        op_id=op_id,
        transfer_ids=[ledger.transfer_id(op_id, n) for n in range(NUM_LEGS_MAX)],
    )
    return found


class _Numbered(msgspec.Struct, frozen=True):
    """The receipt number that a fact tells of, whatever its kind and version."""

    receipt: Use | None = None


def _number_of(raw: bytes) -> Use | None:
    try:
        return msgspec.json.decode(raw, type=_Numbered).receipt
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None  # nobody can read it: the office writes its number off by hand


async def _void_number(
    conn: Conn,
    office_id: UUID,
    held: Held,
    *,
    by: UUID,
    approved_by: UUID,
    note: str,
    now: datetime,
) -> None:
    """Let the receipt number of a fact that is set aside be void, so that it is no gap.

    Not one that the phone was never lent, that was used, that waits with money in doubt, or that
    another held fact of the phone tells of: it is issued or void with that one.
    """
    use = _number_of(held.raw)
    block = None if use is None else await receipts.find_lent(conn, office_id, use)
    if use is None or block is None or block.device_id != held.device_id:
        return
    others = await queries.list(
        conn, "list_others_held", _number_of, office_id=office_id, device_id=held.device_id,
        op_id=held.op_id,
    )  # fmt: skip
    is_in_doubt = await queries.value(
        conn, "is_number_in_doubt", office_id=office_id, block_id=use.block, number=use.number
    )
    if use in others or is_in_doubt:
        return
    try:
        async with conn.transaction():
            await receipts.spoil(
                conn, office_id, use, reason=note, by=by, approved_by=approved_by,
                op_id=held.op_id, now=now,
            )  # fmt: skip
    except Conflict as refusal:
        if refusal.code != "receipt_used":
            raise


async def note_settled(conn: Conn, news: Settled, *, now: datetime) -> None:
    """Decide a held fact whose money two people have settled in its own room; tell its phone.

    Nothing happens where it is not held, or no longer.
    """
    if not await store.lock_effect(conn, news.office_id, news.op_id):
        return
    held = await store.find_held(conn, news.office_id, news.op_id)
    if held is None:
        return
    await store.add_decision(
        conn,
        office_id=news.office_id,
        op_id=news.op_id,
        n=2,
        outcome="applied",
        reason="settled",
        by_staff_id=news.by,
        note=news.note,
        at=now,
    )
    await _tell_decided(conn, news.office_id, held.staff_id, news.op_id, now)


async def _tell_decided(
    conn: Conn, office_id: UUID, staff_id: UUID, op_id: UUID, now: datetime
) -> None:
    await note_phone_state(conn, office_id, staff_id, head=None, ack=None, now=now)
    await rounds.add_change(conn, office_id, staff_id, kind="decision", ref=op_id)
    await live.publish(conn, f"phone:{staff_id}")
    await live.publish(conn, f"board:{office_id}")


async def _perform(conn: Conn, office_id: UUID, held: Held, sealer: Sealer) -> str | None:
    """Do what a held fact says, as a person wills it; return the decision's reason."""
    known = rounds.KINDS.get(held.kind)
    if known is None:
        raise Conflict("unknown_kind")
    try:
        fact = msgspec.json.decode(held.raw, type=known[0])
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Conflict("unreadable") from error
    if fact.v > KIND_VERSION:  # of a newer app: its words may mean something else
        raise Conflict("unknown_kind")
    context = Context(
        office_id=office_id,
        courier_id=held.staff_id,
        device_id=held.device_id,
        is_by_person=True,
        op_id=held.op_id,
        occurred_at=held.occurred_at,
        received_at=held.received_at,
        # Somebody has looked at the time as well.
        time_quality="corrected",
        sealer=sealer,
    )
    decision = await rounds.perform(conn, fact, context)
    if decision.outcome == "held":
        raise Conflict(decision.reason or "state_conflict")
    return decision.reason


class Asked(msgspec.Struct, frozen=True):
    """What one person made of a fact; columns in the order of `lock_held_proposal`."""

    id: UUID
    op_id: UUID
    outcome: Literal["applied", "noop"]
    note: str
    asked_by: UUID
    decided_at: datetime | None


async def ask_held(
    conn: Conn,
    *,
    office_id: UUID,
    op_id: UUID,
    outcome: Literal["applied", "noop"],
    by: UUID,
    note: str,
    now: datetime,
) -> UUID:
    """Ask a second person about a held fact of money; return the proposal's id.

    Raises `NotFound`, `Conflict`: `not_held`, `needs_reason`, `held_asked` (somebody asked
    already), `money_in_doubt` (its notes stand in the books: they are settled there).
    """
    if len(note.strip()) < rules.NOTE_MIN:
        raise Conflict("needs_reason")
    if not await store.lock_effect(conn, office_id, op_id):
        raise NotFound()
    held = await store.find_held(conn, office_id, op_id)
    if held is None:
        raise Conflict("not_held")
    if await _is_booked(conn, office_id, op_id):
        raise Conflict("money_in_doubt")
    made = await queries.value(
        conn,
        "add_held_proposal",
        office_id=office_id,
        id=new_id(),
        op_id=op_id,
        outcome=outcome,
        note=note.strip(),
        by=by,
        at=now,
    )
    if made is None:
        raise Conflict("held_asked")
    await _audit(conn, office_id, op_id, "held.ask", by, now)
    await live.publish(conn, f"board:{office_id}")
    return UUID(str(made))


async def decide_asked(
    conn: Conn,
    *,
    office_id: UUID,
    proposal_id: UUID,
    is_allowed: bool,
    by: UUID,
    now: datetime,
    sealer: Sealer,
) -> None:
    """Allow or decline what another person made of a held fact; allowed, it counts at once.

    Raises `NotFound`, `Conflict`: `proposal_decided`, `approved_by_maker`, `not_held`, and
    whatever still stands against the fact.
    """
    asked = await queries.one(
        conn, "lock_held_proposal", Asked, office_id=office_id, id=proposal_id
    )
    if asked is None:
        raise NotFound()
    if asked.decided_at is not None:
        raise Conflict("proposal_decided")
    if asked.asked_by == by:
        raise Conflict("approved_by_maker")
    if is_allowed:
        await decide_held(
            conn,
            office_id=office_id,
            op_id=asked.op_id,
            outcome=asked.outcome,
            by=asked.asked_by,
            approved_by=by,
            note=asked.note,
            now=now,
            sealer=sealer,
        )
    await queries.run(
        conn,
        "decide_held_proposal",
        office_id=office_id,
        id=proposal_id,
        by=by,
        at=now,
        is_allowed=is_allowed,
    )
    await _audit(
        conn, office_id, asked.op_id, "held.allow" if is_allowed else "held.decline", by, now
    )
    await live.publish(conn, f"board:{office_id}")


async def _audit(
    conn: Conn, office_id: UUID, op_id: UUID, action: str, by: UUID, now: datetime
) -> None:
    entry = AuditEntry(
        office_id=office_id,
        at=now,
        action=action,
        outcome="granted",
        actor_id=by,
        object_kind="op",
        object_id=op_id,
    )
    await identity.audit(conn, entry)
