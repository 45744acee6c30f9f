"""Tells a courier's cash shift what the phone has and the office has not (L11)."""

from datetime import datetime
from uuid import UUID

from backend import cash
from backend.kit.sql import Conn
from backend.sync import rules
from backend.sync.store import queries


async def note_phone_state(
    conn: Conn,
    office_id: UUID,
    staff_id: UUID,
    *,
    head: int | None,
    ack: int | None,
    now: datetime,
    is_moved: bool = True,
) -> None:
    """Write it down while a shift is open; `head` and `ack` None: only what waits has changed.

    `is_moved` False: nothing told of money, so that the hand holds what it held.
    """
    if is_moved:
        has_shift = await cash.keep_shift(conn, office_id, staff_id, now=now)
    else:
        has_shift = await cash.find_open_shift_state(conn, office_id, staff_id) is not None
    if not has_shift:
        return
    left = await queries.one(
        conn,
        "money_left",
        lambda held, leases: (held, leases),
        office_id=office_id,
        staff_id=staff_id,
        subjects=sorted(rules.FIELD_SUBJECTS),
    )
    assert left is not None, "counts come in one row"
    await cash.note_phone_state(
        conn,
        office_id,
        staff_id,
        head=head,
        ack=ack,
        num_held=left[0],
        num_leases=left[1],
        at=now,
    )
