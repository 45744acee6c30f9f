"""Verbs of tracking: record, and let the messages follow as jobs."""

from collections.abc import Sequence

from backend.kit import jobs
from backend.kit.sql import Conn
from backend.kit.unit import Shelf, unit_of
from backend.tracking import store
from backend.tracking.model import NewEvent, Recorded

RECORDED = "tracking.recorded"


async def record(conn: Conn, event: NewEvent) -> None:
    """Record one event; its errand's row is locked by the caller."""
    await record_many(conn, [event])


async def record_many(conn: Conn, events: Sequence[NewEvent]) -> None:
    """Record events of one office and enqueue the telling of each."""
    if not events:
        return
    office_id = events[0].office_id
    assert all(event.office_id == office_id for event in events), "one office at a time"
    unit = unit_of(conn)
    if unit is not None:
        for event in events:
            unit.later(EVENTS, event)
        return
    await _write(conn, events)


async def _write(conn: Conn, events: Sequence[NewEvent]) -> None:
    office_id = events[0].office_id
    numbered = await store.add_events(conn, events)
    await jobs.enqueue_many(
        conn, RECORDED, [Recorded(office_id, errand_id, n) for errand_id, n in numbered]
    )


EVENTS = Shelf(6, _write)
