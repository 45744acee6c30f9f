"""What the office sees of its phones: what is still out there, held, or missing for good (S17)."""

from typing import Any
from uuid import UUID

from backend.kit.sql import Conn
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
    "last_seen_at",
    "app",
    "head",
    "ack",
    "num_set_aside",
)
"""In the order of `list_phones`."""


def _row(*columns: Any) -> tuple[Any, ...]:
    return columns


async def list_phones(conn: Conn, office_id: UUID) -> list[PhoneState]:
    """Return the phones of an office, by the names of their couriers."""
    pairs = await queries.list(conn, "held_of_devices", _row, office_id=office_id)
    held: dict[UUID, int] = dict(pairs)
    missing: dict[UUID, list[Missing]] = {}
    for row in await queries.list(conn, "missing_ranges", _row, office_id=office_id):
        missing.setdefault(row[0], []).append(Missing(*row[1:]))
    found = []
    for row in await queries.list(conn, "list_phones", _row, office_id=office_id):
        fields = dict(zip(COLUMNS, row, strict=True))
        device_id = fields["device_id"]
        found.append(
            PhoneState(
                **fields, num_held=held.get(device_id, 0), missing=missing.get(device_id, [])
            )
        )
    return found
