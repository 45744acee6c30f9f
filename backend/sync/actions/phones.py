"""What the office sees of its phones: what is still out there, held, or missing for good (S17)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend import identity
from backend.identity import AuditEntry
from backend.kit import live
from backend.kit.errors import Conflict, NotFound
from backend.kit.sql import Conn
from backend.kit.text import nfc
from backend.sync import rules
from backend.sync.model import Missing, MissingLook, PhoneState
from backend.sync.store import queries

COLUMNS = (
    "device_id",
    "label",
    "staff_id",
    "display_name",
    "status",
    "is_field",
    "has_key",
    "enrolled_at",
    "last_seen_at",
    "app",
    "head",
    "ack",
    "num_unsent",
)
"""In the order of `list_phones`."""


def _row(*columns: Any) -> tuple[Any, ...]:
    return columns


async def list_phones(conn: Conn, office_id: UUID) -> list[PhoneState]:
    """Return the phones of an office, by the names of their couriers."""
    held = await _count(conn, "held_of_devices", office_id)
    aside = await _count(conn, "aside_of_devices", office_id)
    missing = await _list_missing(conn, office_id)
    looked = await _list_looks(conn, office_id)
    found = []
    for row in await queries.list(conn, "list_phones", _row, office_id=office_id):
        fields = dict(zip(COLUMNS, row, strict=True))
        device_id = fields["device_id"]
        found.append(
            PhoneState(
                **fields,
                num_held=held.get(device_id, 0),
                num_set_aside=aside.get(device_id, 0),
                missing=missing.get(device_id, []),
                looked=looked.get(device_id, []),
            )
        )
    return found


async def look_at_missing(
    conn: Conn,
    office_id: UUID,
    stream_id: UUID,
    numbers: tuple[int, int],
    *,
    by: UUID,
    note: str,
    now: datetime,
) -> None:
    """Note that a person rebuilt, or looked at, what a phone can no longer send; it counts no more.

    `numbers` are the first and the last, within one missing range. What comes of them later
    counts as what it is.

    Raises `NotFound`, `Conflict`: `needs_reason`, `missing_may_come` for a phone that may still
    send them, `not_missing` where they have come, or another was first.
    """
    if len(note.strip()) < rules.NOTE_MIN:
        raise Conflict("needs_reason")
    if await queries.value(conn, "lock_missing", office_id=office_id, id=stream_id) is None:
        raise NotFound()
    first, last = numbers
    ranges = [
        one
        for ranges in (await _list_missing(conn, office_id)).values()
        for one in ranges
        if one.stream == stream_id and one.from_seq <= first <= last <= one.to_seq
    ]
    if not ranges:
        raise Conflict("not_missing")
    if ranges[0].may_come:
        raise Conflict("missing_may_come")
    await queries.run(
        conn, "add_missing_look", office_id=office_id, stream_id=stream_id, from_seq=first,
        to_seq=last, by=by, at=now, note=nfc(note.strip()),
    )  # fmt: skip
    entry = AuditEntry(
        office_id=office_id,
        at=now,
        action="missing.look",
        outcome="granted",
        actor_id=by,
        object_kind="stream",
        object_id=stream_id,
    )
    await identity.audit(conn, entry)
    await live.publish(conn, f"board:{office_id}")


async def _count(conn: Conn, name: str, office_id: UUID) -> dict[UUID, int]:
    return dict(await queries.list(conn, name, _row, office_id=office_id))


async def _list_missing(conn: Conn, office_id: UUID) -> dict[UUID, list[Missing]]:
    """Return by phone what it spoke of and never sent, and nobody has looked at.

    Without what was set aside: that is a list of its own.
    """
    found: dict[UUID, list[Missing]] = {}
    rows = await queries.list(conn, "missing_ranges", _row, office_id=office_id)
    for device_id, stream_id, first, last, seen_at, may_come, aside, looked in rows:
        ranges = rules.leave_out(rules.find_missing(first, last, aside or []), looked or [])
        if ranges:
            found.setdefault(device_id, []).extend(
                Missing(stream_id, from_seq, to_seq, seen_at, may_come)
                for from_seq, to_seq in ranges
            )
    return found


async def _list_looks(conn: Conn, office_id: UUID) -> dict[UUID, list[MissingLook]]:
    found: dict[UUID, list[MissingLook]] = {}
    rows = await queries.list(conn, "list_missing_looks", _row, office_id=office_id)
    for device_id, *columns in rows:
        found.setdefault(device_id, []).append(MissingLook(*columns))
    return found
