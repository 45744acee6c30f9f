"""Leases: the right to pay from a list, given online to one phone until a time of the server.

A payment made offline is judged by the lease of its own instant. A list goes to another phone only
when its holder gives it back, or when a dispatcher and a second person take it: what the first one
paid may still be on its way (reliability 1.5).
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from backend import cash, payouts
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.rounds import Context, Decision, Op
from backend.sync import rules
from backend.sync.actions.purse import note_phone_state
from backend.sync.model import Lease, TimeQuality
from backend.sync.store import queries

RELEASED = "lease.released"
LASTS = timedelta(hours=14)
"""From the morning's check to the evening's count."""


class LeaseReleased(Op, frozen=True):
    """The phone gives a lease back: nothing more is paid under it."""

    lease: UUID


async def issue(
    conn: Conn,
    *,
    office_id: UUID,
    subject: str,
    subject_id: UUID,
    device_id: UUID,
    by: UUID,
    now: datetime,
    lasts: timedelta,
) -> Lease:
    """Give a list to a phone until `now + lasts`, by the server's clock; return the lease.

    Raises `NotFound` for a phone that is not there, `Conflict` `not_field_device` for one that is
    not its courier's field device (S22), `lease_held` while another has the list.
    """
    device = await _find_device(conn, office_id, device_id)
    if device is None:
        raise NotFound()
    staff_id, is_field = device
    if not is_field:
        raise Conflict("not_field_device")
    lease = Lease(
        office_id=office_id,
        id=new_id(),
        subject=subject,
        subject_id=subject_id,
        staff_id=staff_id,
        device_id=device_id,
        issued_at=now,
        expires_at=now + lasts,
        released_at=None,
    )
    if not await _add(conn, lease, by=by):
        raise Conflict("lease_held")
    return lease


async def check(
    conn: Conn,
    *,
    office_id: UUID,
    subject: str,
    subject_id: UUID,
    device_id: UUID,
    at: datetime,
    time_quality: TimeQuality,
) -> Lease:
    """Return the lease under which a phone paid at an instant, locked.

    Raises `Conflict`, which holds the fact: `no_lease`, `lease_expired`, `suspect_time`.
    """
    leases = await _lock_all(conn, office_id, subject, subject_id, device_id)
    return rules.judge_lease(leases, at=at, time_quality=time_quality)


async def look(conn: Conn, lease_id: UUID | None, ctx: Context) -> tuple[UUID | None, str | None]:
    """Return what a lease named by a fact is of, and why it does not cover the fact's instant."""
    lease = None if lease_id is None else await lock(conn, ctx.office_id, lease_id)
    if lease is None:
        return None, "no_lease"
    if lease.device_id != ctx.device_id:
        return None, "lease_of_another"
    try:
        rules.judge_lease([lease], at=ctx.occurred_at, time_quality=ctx.time_quality)
    except Conflict as refusal:
        return lease.subject_id, refusal.code
    return lease.subject_id, None


async def issue_for_day(
    conn: Conn, *, office_id: UUID, courier_id: UUID, device_id: UUID, now: datetime
) -> list[UUID]:
    """Give a phone the lists of its courier's open rounds; return those that another one holds.

    What the phone has already stays as it is. Raises `Conflict` `not_field_device`.
    """
    held_elsewhere: list[UUID] = []
    due: dict[UUID, list[UUID]] = {}
    for list_id, payout_id in await queries.list(
        conn,
        "list_to_pay",
        lambda *row: (row[0], row[1]),
        office_id=office_id,
        courier_id=courier_id,
    ):
        due.setdefault(list_id, []).append(payout_id)
    current = await list_current(conn, office_id, device_id)
    has = {lease.subject_id for lease in current if lease.expires_at > now}
    over = {lease.subject_id: lease for lease in current if lease.expires_at <= now}
    for list_id, payout_ids in sorted(due.items()):
        await payouts.assign(conn, office_id=office_id, courier_id=courier_id, ids=payout_ids)
        share_id = payouts.share_id(list_id, courier_id)
        if share_id in has:
            continue
        if share_id in over:
            await _renew(conn, over[share_id], by=courier_id, now=now)
            continue
        try:
            await issue(
                conn,
                office_id=office_id,
                subject=payouts.LEASE_SUBJECT,
                subject_id=share_id,
                device_id=device_id,
                by=courier_id,
                now=now,
                lasts=LASTS,
            )
        except Conflict as refusal:
            if refusal.code != "lease_held":
                raise
            held_elsewhere.append(list_id)
    # A list at a phone keeps the day open, with a float or without one (L11).
    await note_phone_state(conn, office_id, courier_id, head=None, ack=None, now=now)
    await cash.tell_hand(conn, office_id, courier_id)
    return held_elsewhere


async def _renew(conn: Conn, lease: Lease, *, by: UUID, now: datetime) -> None:
    """Let a list go on at its phone; what was paid when its time was over stays as it was judged.

    The device was asked about before: it is the one that holds the list.
    """
    made = msgspec.structs.replace(lease, id=new_id(), issued_at=now, expires_at=now + LASTS)
    await queries.run(
        conn,
        "renew_lease",
        office_id=lease.office_id,
        id=lease.id,
        at=now,
        renewed_by_id=made.id,
    )
    if not await _add(conn, made, by=by):
        raise Conflict("lease_held")


async def list_current(conn: Conn, office_id: UUID, device_id: UUID) -> list[Lease]:
    """Return the leases a phone has now, those whose time is over among them."""
    return await queries.list(
        conn, "list_current_leases", Lease, office_id=office_id, device_id=device_id
    )


async def release_by_phone(conn: Conn, fact: LeaseReleased, ctx: Context) -> Decision:
    """Take back a lease that its phone gives up; a second time changes nothing."""
    lease = await lock(conn, ctx.office_id, fact.lease)
    if lease is None:
        raise Conflict("no_lease")
    if lease.device_id != ctx.device_id:
        raise Conflict("lease_of_another")
    if lease.released_at is not None:
        return Decision("noop")
    await release(conn, lease, at=ctx.received_at, op_id=ctx.op_id)
    await queries.run(
        conn,
        "end_lease_proposals",
        office_id=ctx.office_id,
        lease_id=lease.id,
        at=ctx.received_at,
    )
    return Decision("applied")


def _pair(staff_id: UUID, is_field: bool) -> tuple[UUID, bool]:
    return staff_id, is_field


async def _find_device(conn: Conn, office_id: UUID, device_id: UUID) -> tuple[UUID, bool] | None:
    """Return whose phone it is and whether it may hold leases, or None."""
    return await queries.one(
        conn, "find_field_device", _pair, office_id=office_id, device_id=device_id
    )


async def _add(conn: Conn, lease: Lease, *, by: UUID) -> bool:
    """Write a lease; return False while another phone has the list."""
    fields = msgspec.structs.asdict(lease)
    del fields["released_at"]
    return await queries.value(conn, "add_lease", by=by, **fields) is not None


async def lock(conn: Conn, office_id: UUID, lease_id: UUID) -> Lease | None:
    """Return a lease, locked, or None."""
    return await queries.one(conn, "lock_lease", Lease, office_id=office_id, id=lease_id)


async def _lock_all(
    conn: Conn, office_id: UUID, subject: str, subject_id: UUID, device_id: UUID
) -> list[Lease]:
    """Return every lease a phone has or had on a list, locked."""
    return await queries.list(
        conn,
        "lock_leases",
        Lease,
        office_id=office_id,
        subject=subject,
        subject_id=subject_id,
        device_id=device_id,
    )


async def release(
    conn: Conn,
    lease: Lease,
    *,
    at: datetime,
    op_id: UUID | None = None,
    by: UUID | None = None,
    approved_by: UUID | None = None,
    note: str = "",
) -> None:
    """Write that a lease is over, and by whom."""
    await queries.run(
        conn,
        "release_lease",
        office_id=lease.office_id,
        id=lease.id,
        at=at,
        op_id=op_id,
        by=by,
        approved_by=approved_by,
        note=note,
    )
