"""Cash fetched from the bank and taken in, by the two people it takes."""

from datetime import datetime
from uuid import UUID

import asyncpg

from backend import cash
from backend.kit.ids import new_id


async def fetch(
    conn: asyncpg.Connection, office_id: UUID, notes: cash.Notes, *, by: UUID, slip: str,
    now: datetime, second: UUID | None = None,
) -> None:  # fmt: skip
    """Bring notes from the bank into the drawer: `by` carries them, a second person counts."""
    sent = await cash.send_off(
        conn, office_id=office_id, id=new_id(), route="from_bank", notes=notes, carrier_id=by,
        companion_id=None, slip=slip, by=by, now=now,
    )  # fmt: skip
    found = cash.Arrival(notes=notes)
    await cash.take_in(conn, office_id, sent.id, found=found, by=second or new_id(), now=now)
