"""Verbs of sync for the desk: the lists that phones hold, taken from them by two people.

A list whose phone is lost or silent goes to another one only so (reliability 1.5): one person asks
with a reason, another allows it. What the first phone paid may still be on its way; it is then held
with its notes in the books.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from backend import cash, identity, payouts
from backend.identity import AuditEntry
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.sync.actions import leases
from backend.sync.actions.purse import note_phone_state
from backend.sync.model import HeldLease, LeaseShare
from backend.sync.store import queries

REASON_MIN = 3


class Asked(msgspec.Struct, frozen=True):
    """What one person asked; columns in the order of `lock_lease_proposal`."""

    id: UUID
    lease_id: UUID
    reason: str
    asked_by: UUID
    decided_at: datetime | None


async def list_held(conn: Conn, office_id: UUID) -> list[HeldLease]:
    """Return every list that a phone of the office holds, the oldest first."""
    held = await queries.list(conn, "list_held_leases", HeldLease.of_row, office_id=office_id)
    shares = {
        payouts.share_id(one.list_id, one.courier_id): LeaseShare(
            one.list_id, one.scheme, one.period, one.num_unpaid, one.unpaid_vnd
        )
        for one in await payouts.list_shares_left(conn, office_id, [row.courier_id for row in held])
    }
    return [msgspec.structs.replace(row, share=shares.get(row.share_id)) for row in held]


async def ask_release(
    conn: Conn, *, office_id: UUID, lease_id: UUID, reason: str, by: UUID, now: datetime
) -> UUID:
    """Ask a second person to take a list from its phone; return the proposal's id.

    Raises `NotFound`, `Conflict`: `needs_reason`, `lease_released`, `lease_asked`.
    """
    if len(reason.strip()) < REASON_MIN:
        raise Conflict("needs_reason")
    lease = await leases.lock(conn, office_id, lease_id)
    if lease is None:
        raise NotFound()
    if lease.released_at is not None:
        raise Conflict("lease_released")
    made = await queries.value(
        conn,
        "add_lease_proposal",
        office_id=office_id,
        id=new_id(),
        lease_id=lease_id,
        reason=reason.strip(),
        by=by,
        at=now,
    )
    if made is None:
        raise Conflict("lease_asked")
    await _audit(conn, office_id, lease_id, "lease.ask", by, now)
    return UUID(str(made))


async def decide_release(
    conn: Conn, *, office_id: UUID, proposal_id: UUID, is_allowed: bool, by: UUID, now: datetime
) -> None:
    """Allow or decline what another person asked; the courier's shift and phone are told.

    Raises `NotFound`, `Conflict`: `proposal_decided`, `approved_by_maker`.
    """
    asked = await queries.one(
        conn, "lock_lease_proposal", Asked, office_id=office_id, id=proposal_id
    )
    if asked is None:
        raise NotFound()
    if asked.decided_at is not None:
        raise Conflict("proposal_decided")
    if asked.asked_by == by:
        raise Conflict("approved_by_maker")
    lease = await leases.lock(conn, office_id, asked.lease_id)
    assert lease is not None, "the proposal names it"
    assert lease.released_at is None, "a release ends what was asked"
    await queries.run(
        conn,
        "decide_lease_proposal",
        office_id=office_id,
        id=proposal_id,
        by=by,
        at=now,
        outcome="released" if is_allowed else "kept",
    )
    verb = "lease.release" if is_allowed else "lease.keep"
    await _audit(conn, office_id, lease.id, verb, by, now)
    if not is_allowed:
        return
    await leases.release(conn, lease, at=now, by=asked.asked_by, approved_by=by, note=asked.reason)
    await note_phone_state(conn, office_id, lease.staff_id, head=None, ack=None, now=now)
    await cash.tell_hand(conn, office_id, lease.staff_id)


async def _audit(
    conn: Conn, office_id: UUID, lease_id: UUID, action: str, by: UUID, now: datetime
) -> None:
    entry = AuditEntry(
        office_id=office_id,
        at=now,
        action=action,
        outcome="granted",
        actor_id=by,
        object_kind="lease",
        object_id=lease_id,
    )
    await identity.audit(conn, entry)
