"""What the office sees of its phones: what is still out there, held, or missing for good (S17)."""

from typing import Any
from uuid import UUID

from backend.kit.sql import Conn
from backend.sync import rules
from backend.sync.model import Missing, PhoneState
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
            )
        )
    return found


async def _count(conn: Conn, name: str, office_id: UUID) -> dict[UUID, int]:
    return dict(await queries.list(conn, name, _row, office_id=office_id))


async def _list_missing(conn: Conn, office_id: UUID) -> dict[UUID, list[Missing]]:
    """Return by phone what it spoke of and never sent, without what was set aside."""
    found: dict[UUID, list[Missing]] = {}
    rows = await queries.list(conn, "missing_ranges", _row, office_id=office_id)
    for device_id, stream_id, first, last, seen_at, may_come, aside in rows:
        found.setdefault(device_id, []).extend(
            Missing(stream_id, from_seq, to_seq, seen_at, may_come)
            for from_seq, to_seq in rules.find_missing(first, last, aside or [])
        )
    return found
