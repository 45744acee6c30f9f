"""Rows of corrections: what couriers said afterwards of acts they had reported."""

from datetime import datetime
from uuid import UUID

from backend.kit.sql import Conn
from backend.rounds.model import ActCorrected, Ending
from backend.rounds.store import queries


async def find_ending(conn: Conn, office_id: UUID, act_id: UUID) -> UUID | None:
    """Return the fact by which an act ended, or None."""
    found: UUID | None = await queries.value(conn, "find_ending", office_id=office_id, id=act_id)
    return found


async def is_corrected(conn: Conn, office_id: UUID, op_id: UUID) -> bool:
    """Return whether a fact was taken back before."""
    return bool(await queries.value(conn, "is_corrected", office_id=office_id, op_id=op_id))


async def find_attempt(conn: Conn, office_id: UUID, errand_id: UUID, op_id: UUID) -> Ending | None:
    """Return the failed visit that a fact told of, or None."""
    return await queries.one(
        conn, "find_attempt", Ending, office_id=office_id, errand_id=errand_id, op_id=op_id
    )


async def add_correction(
    conn: Conn,
    office_id: UUID,
    said: ActCorrected,
    *,
    act_state: str | None,
    at: datetime,
) -> None:
    """Write what a courier said afterwards of an act, and the state the act goes back to."""
    await queries.run(
        conn,
        "add_correction",
        office_id=office_id,
        op_id=said.id,
        corrects_op_id=said.op,
        act_id=said.act,
        wrong=said.wrong,
        reason=said.reason,
        act_state=act_state,
        at=at,
    )
