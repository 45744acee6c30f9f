"""Rows of cash."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from backend.cash.model import (
    DENOMINATIONS,
    AskedOfCash,
    Count,
    DoorsAhead,
    Handover,
    HandRow,
    Notes,
    Proposal,
    ProposalKind,
    Shift,
    ShiftState,
    Side,
    Subject,
)
from backend.kit.sql import Conn, load

queries = load(__file__)


class DifferenceRow(NamedTuple):
    """A difference with its owner by name."""

    id: UUID
    subject: Subject
    subject_id: UUID
    amount_vnd: int
    owner_id: UUID
    owner: str
    reason: str
    made_by: UUID
    approved_by: UUID
    at: datetime


def _count(
    id: UUID,
    side: Side,
    n: int,
    by_id: UUID,
    at: datetime,
    total_vnd: int,
    expected_vnd: int,
    *nums: int,
) -> Count:
    notes = {value: num for value, num in zip(DENOMINATIONS, nums, strict=True) if num}
    return Count(id, side, n, by_id, at, total_vnd, expected_vnd, notes)


async def open_shift(
    conn: Conn, office_id: UUID, id: UUID, courier_id: UUID, at: datetime
) -> Shift:
    """Return the courier's open shift, locked, begun now if there was none."""
    await queries.run(conn, "open_shift", office_id=office_id, id=id, courier_id=courier_id, at=at)
    shift = await lock_open_shift(conn, office_id, courier_id)
    assert shift is not None, "just opened"
    return shift


async def find_open_shift_state(conn: Conn, office_id: UUID, courier_id: UUID) -> ShiftState | None:
    """Return how a courier's shift stands that is not closed; None without one."""
    state: ShiftState | None = await queries.value(
        conn, "find_open_shift_state", office_id=office_id, courier_id=courier_id
    )
    return state


async def reopen_shift(conn: Conn, office_id: UUID, courier_id: UUID) -> None:
    """Have a verified shift counted again; its earlier counts stay as history."""
    await queries.run(conn, "reopen_shift", office_id=office_id, courier_id=courier_id)


async def lock_shift(conn: Conn, office_id: UUID, id: UUID) -> Shift | None:
    """Return a shift, locked."""
    return await queries.one(conn, "lock_shift", Shift, office_id=office_id, id=id)


async def lock_open_shift(conn: Conn, office_id: UUID, courier_id: UUID) -> Shift | None:
    """Return a courier's shift that is not closed, locked."""
    return await queries.one(
        conn, "lock_open_shift", Shift, office_id=office_id, courier_id=courier_id
    )


async def list_open_shifts(conn: Conn, office_id: UUID) -> list[Shift]:
    """Return the shifts that are not closed."""
    return await queries.list(conn, "list_open_shifts", Shift, office_id=office_id)


async def set_shift_state(conn: Conn, shift: Shift, state: str) -> None:
    """Write how a shift stands."""
    await queries.run(conn, "set_shift_state", office_id=shift.office_id, id=shift.id, state=state)


async def close_shift(conn: Conn, shift: Shift, *, by: UUID, at: datetime) -> None:
    """Write that a shift is over."""
    await queries.run(conn, "close_shift", office_id=shift.office_id, id=shift.id, by=by, at=at)


async def note_phone_state(
    conn: Conn,
    office_id: UUID,
    courier_id: UUID,
    *,
    head: int | None,
    ack: int | None,
    num_held: int,
    num_leases: int,
    at: datetime,
) -> None:
    """Write what a courier's phone has and the office has not; without a shift nothing (L11)."""
    await queries.run(
        conn,
        "note_phone_state",
        office_id=office_id,
        courier_id=courier_id,
        head=head,
        ack=ack,
        num_held=num_held,
        num_leases=num_leases,
        at=at,
    )


async def add_handover(conn: Conn, handover: Handover, *, op_id: UUID | None) -> bool:
    """Write a hand-over; False when its id is there already."""
    fields = msgspec.structs.asdict(handover)
    for name in ("approved_by", "answered_by", "answered_at", "answered_vnd"):
        del fields[name]
    return await queries.run(conn, "add_handover", op_id=op_id, **fields) == 1


async def lock_handover(conn: Conn, office_id: UUID, id: UUID) -> Handover | None:
    """Return a hand-over, locked."""
    return await queries.one(conn, "lock_handover", Handover, office_id=office_id, id=id)


async def list_handovers(conn: Conn, office_id: UUID, since: datetime) -> list[Handover]:
    """Return the hand-overs since an instant, and all that are still open."""
    return await queries.list(conn, "list_handovers", Handover, office_id=office_id, since=since)


async def list_open_of(conn: Conn, office_id: UUID, courier_id: UUID) -> list[Handover]:
    """Return what waits for a courier's answer, or was offered by them."""
    return await queries.list(
        conn, "list_open_of", Handover, office_id=office_id, courier_id=courier_id
    )


async def list_unanswered(conn: Conn, before: datetime) -> list[tuple[UUID, UUID]]:
    """Return office and id of offers made before an instant that nobody answered."""
    return await queries.list(
        conn, "list_unanswered", lambda office_id, id: (office_id, id), before=before
    )


async def set_approved(conn: Conn, handover: Handover, *, by: UUID) -> None:
    """Write that a second person agreed."""
    await queries.run(conn, "set_approved", office_id=handover.office_id, id=handover.id, by=by)


async def answer_handover(
    conn: Conn,
    handover: Handover,
    state: str,
    *,
    by: UUID,
    at: datetime,
    answered_vnd: int | None,
) -> None:
    """Write that a hand-over was taken or given up."""
    await queries.run(
        conn,
        "answer_handover",
        office_id=handover.office_id,
        id=handover.id,
        state=state,
        by=by,
        at=at,
        answered_vnd=answered_vnd,
    )


async def add_count(
    conn: Conn,
    office_id: UUID,
    id: UUID,
    *,
    subject: Subject,
    subject_id: UUID,
    side: Side,
    by: UUID,
    at: datetime,
    notes: Notes,
    expected_vnd: int,
    op_id: UUID | None = None,
) -> None:
    """Keep a count beside what was expected; a count sent again is the same count."""
    await queries.run(
        conn,
        "add_count",
        office_id=office_id,
        id=id,
        subject=subject,
        subject_id=subject_id,
        side=side,
        by_id=by,
        at=at,
        op_id=op_id,
        expected_vnd=expected_vnd,
        **{f"n_{value}": notes.get(value, 0) for value in DENOMINATIONS},
    )


async def list_counts(
    conn: Conn, office_id: UUID, subject: Subject, subject_id: UUID
) -> list[Count]:
    """Return the counts of a subject, the newest of each side first."""
    return await queries.list(
        conn,
        "list_counts",
        _count,
        office_id=office_id,
        subject=subject,
        subject_id=subject_id,
    )


async def add_difference(conn: Conn, **fields: Any) -> None:
    """Keep a difference with its owner, its reason and its two people."""
    await queries.run(conn, "add_difference", **fields)


async def list_differences(conn: Conn, office_id: UUID, since: datetime) -> list[DifferenceRow]:
    """Return the differences since an instant."""
    return await queries.list(
        conn, "list_differences", DifferenceRow, office_id=office_id, since=since
    )


async def list_hands(conn: Conn, office_id: UUID, limit_vnd: int) -> list[HandRow]:
    """Return the couriers with what they have; `limit_vnd` where one has no limit of their own."""
    names = HandRow.__struct_fields__
    return await queries.list(
        conn,
        "list_hands",
        lambda *row: HandRow(**dict(zip(names, row, strict=True))),
        office_id=office_id,
        limit_vnd=limit_vnd,
    )


async def find_limit(conn: Conn, office_id: UUID, courier_id: UUID) -> int | None:
    """Return a courier's own limit of cash."""
    limit: int | None = await queries.value(
        conn, "find_limit", office_id=office_id, courier_id=courier_id
    )
    return limit


async def forecast(conn: Conn, office_id: UUID, from_day: date, to_day: date) -> list[DoorsAhead]:
    """Return what the days between need at doors."""
    return await queries.list(
        conn, "forecast", DoorsAhead, office_id=office_id, from_day=from_day, to_day=to_day
    )


async def save_drawer_day(conn: Conn, office_id: UUID, id: UUID, day: date) -> tuple[UUID, str]:
    """Return id and state of the counter's day, locked, begun if there was none."""
    await queries.run(conn, "save_drawer_day", office_id=office_id, id=id, day=day)
    found = await lock_drawer_day(conn, office_id, day)
    assert found is not None, "just saved"
    return found


async def lock_drawer_day(conn: Conn, office_id: UUID, day: date) -> tuple[UUID, str] | None:
    """Return id and state of the counter's day, locked, or None."""
    return await queries.one(
        conn, "lock_drawer_day", lambda id, state: (id, state), office_id=office_id, day=day
    )


async def set_drawer_state(conn: Conn, office_id: UUID, id: UUID, state: str) -> None:
    """Write how the counter's day stands."""
    await queries.run(conn, "set_drawer_state", office_id=office_id, id=id, state=state)


async def reopen_drawer_days(conn: Conn, office_id: UUID, day: date) -> None:
    """Let a day and those after it be counted anew."""
    await queries.run(conn, "reopen_drawer_days", office_id=office_id, day=day)


async def touch_phone(conn: Conn, office_id: UUID, courier_id: UUID) -> None:
    """Note that a courier's phone must hear of their cash anew."""
    await queries.run(conn, "touch_phone", office_id=office_id, courier_id=courier_id)


async def take_change(conn: Conn, office_id: UUID, courier_id: UUID) -> bool:
    """Return whether it must, once."""
    rev = await queries.value(conn, "take_change", office_id=office_id, courier_id=courier_id)
    return rev is not None


async def find_rev(conn: Conn, office_id: UUID, courier_id: UUID) -> int:
    """Return the last revision of a courier's cash; 0 where there never was any."""
    return int(
        await queries.value(conn, "find_rev", office_id=office_id, courier_id=courier_id) or 0
    )


async def list_names(conn: Conn, office_id: UUID, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return names of members of staff."""
    rows = await queries.list(
        conn, "list_names", lambda id, name: (id, name), office_id=office_id, ids=list(ids)
    )
    return dict(rows)


async def add_proposal(
    conn: Conn,
    *,
    office_id: UUID,
    id: UUID,
    kind: ProposalKind,
    day: date | None,
    subject_id: UUID | None,
    amount_vnd: int | None,
    reason: str,
    by: UUID,
    at: datetime,
) -> UUID | None:
    """Write what one person asks; None while the same is asked already."""
    made: UUID | None = await queries.value(
        conn,
        "add_proposal",
        office_id=office_id,
        id=id,
        kind=kind,
        day=day,
        subject_id=subject_id,
        amount_vnd=amount_vnd,
        reason=reason,
        by=by,
        at=at,
    )
    return made


async def lock_proposal(conn: Conn, office_id: UUID, id: UUID) -> Proposal | None:
    """Return what was asked, locked, or None."""
    return await queries.one(conn, "lock_proposal", Proposal, office_id=office_id, id=id)


async def decide_proposal(
    conn: Conn, office_id: UUID, id: UUID, *, by: UUID, at: datetime, is_allowed: bool
) -> None:
    """Write a second person's word."""
    await queries.run(
        conn, "decide_proposal", office_id=office_id, id=id, by=by, at=at, is_allowed=is_allowed
    )


async def list_proposals(conn: Conn, office_id: UUID) -> list[AskedOfCash]:
    """Return what waits for a second person, the oldest first."""
    return await queries.list(conn, "list_proposals", AskedOfCash, office_id=office_id)


async def lock_debt(conn: Conn, office_id: UUID, owner_id: UUID) -> None:
    """Wait for whoever else works on a person's debt; the office's id stands for its surplus."""
    await queries.run(conn, "lock_debt", office_id=office_id, owner_id=owner_id)


async def find_owner(conn: Conn, office_id: UUID, account_id: UUID) -> UUID:
    """Return whose account it is; it has an owner."""
    owner_id: UUID = await queries.value(
        conn, "find_owner", office_id=office_id, account_id=account_id
    )
    return owner_id


async def count_on_way(conn: Conn, office_id: UUID) -> int:
    """Return how many carriages of cash have not arrived."""
    found: int = await queries.value(conn, "count_on_way", office_id=office_id)
    return found
