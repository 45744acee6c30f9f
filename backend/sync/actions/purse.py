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

    A shift begins where none is and a day must not close: a fact of money is held, a list is at
    the phone, or the phone has more to tell and its rounds have money. `is_moved` False: nothing
    told of money, so that the hand holds what it held, and nothing else has begun to wait.
    """
    if is_moved:
        has_shift = await cash.keep_shift(conn, office_id, staff_id, now=now)
    else:
        has_shift = await cash.find_open_shift_state(conn, office_id, staff_id) is not None
    is_behind = head is not None and ack is not None and head > ack
    if not has_shift and not is_moved and not is_behind:
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
    if not has_shift:
        is_needed = any(left) or (is_behind and await _has_money_to_tell(conn, office_id, staff_id))
        if not is_needed:
            return
        await cash.keep_shift(conn, office_id, staff_id, now=now, is_needed=True)
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


async def _has_money_to_tell(conn: Conn, office_id: UUID, staff_id: UUID) -> bool:
    """Return whether a courier's rounds have acts of money that nothing is known of yet."""
    found: bool = await queries.value(
        conn, "has_money_to_tell", office_id=office_id, staff_id=staff_id
    )
    return found
