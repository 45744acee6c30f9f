"""News for the rooms above: a person has said what becomes of money that was held."""

from uuid import UUID

import msgspec

from backend.kit import jobs
from backend.kit.sql import Conn

SETTLED = "doorstep.settled"


class Settled(msgspec.Struct, frozen=True):
    """Payload of `doorstep.settled`: a phone's fact whose money was in doubt is so no longer."""

    office_id: UUID
    op_id: UUID
    by: UUID
    note: str


async def tell_settled(conn: Conn, *, office_id: UUID, op_id: UUID, by: UUID, note: str) -> None:
    """Let the fact of a phone be decided, once the running transaction commits."""
    await jobs.enqueue(
        conn, SETTLED, Settled(office_id, op_id, by, note), dedupe=f"{SETTLED}:{op_id}"
    )
