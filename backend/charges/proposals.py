"""Rows of proposals."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from backend.charges.model import Proposal
from backend.charges.store import queries
from backend.kit.errors import Conflict
from backend.kit.sql import Conn


async def add_proposal(conn: Conn, proposal: Proposal) -> None:
    """Write a proposal; raise `Conflict` `proposal_open` when one waits for the same thing."""
    row = msgspec.structs.asdict(proposal)
    for name in ("state", "ended_by", "ended_at"):
        del row[name]
    try:
        async with conn.transaction():
            await queries.run(conn, "add_proposal", **row)
    except asyncpg.UniqueViolationError as error:
        raise Conflict("proposal_open") from error


async def lock_proposal(conn: Conn, office_id: UUID, id: UUID) -> Proposal | None:
    """Return a proposal, locked, or None."""
    return await queries.one(conn, "lock_proposal", Proposal, office_id=office_id, id=id)


async def list_proposals(conn: Conn, office_id: UUID) -> list[Proposal]:
    """Return what waits for a second person."""
    return await queries.list(conn, "list_proposals", Proposal, office_id=office_id)


async def end_proposal(
    conn: Conn, proposal: Proposal, state: str, *, by: UUID, at: datetime
) -> None:
    """Let a proposal be approved or refused."""
    await queries.run(
        conn,
        "end_proposal",
        office_id=proposal.office_id,
        id=proposal.id,
        state=state,
        by=by,
        at=at,
    )
