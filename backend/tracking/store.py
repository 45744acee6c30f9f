"""Rows of tracking."""

from collections.abc import Sequence
from uuid import UUID

from backend.kit.sql import Conn, load
from backend.tracking.model import Event, NewEvent

queries = load(__file__)


def _pair(errand_id: UUID, n: int) -> tuple[UUID, int]:
    return errand_id, n


async def add_events(conn: Conn, events: Sequence[NewEvent]) -> list[tuple[UUID, int]]:
    """Write events of one office; return the errand and number of each."""
    return await queries.list(
        conn,
        "add_events",
        _pair,
        office_id=events[0].office_id,
        errand_ids=[event.errand_id for event in events],
        codes=[event.code for event in events],
        occurred=[event.occurred_at for event in events],
        received=[event.received_at for event in events],
        data=[event.data for event in events],
    )


async def list_events(conn: Conn, office_id: UUID, errand_id: UUID) -> list[Event]:
    """Return what was told about an errand, in order."""
    return await queries.list(conn, "list_events", Event, office_id=office_id, errand_id=errand_id)
