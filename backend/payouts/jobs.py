"""Work for later: files of lists are read, home payouts brought to doors, alarms raised."""

from datetime import timedelta
from typing import Final

import structlog

from backend.house import House, JobHandler, Sweep
from backend.kit import clock, jobs
from backend.payouts.actions import alarms, imports, lists, places
from backend.payouts.model import PlaceJob, ReadJob
from backend.payouts.store import queries

log = structlog.get_logger("payouts")
FILES_KEPT: Final = timedelta(days=2)
"""How long a file that was judged waits to be kept."""


async def read(house: House, payload: bytes) -> None:
    """Read a file of a list; a second run begins anew, and finds it done where it is."""
    job = jobs.decode(payload, ReadJob)
    await imports.read(house, job.office_id, job.upload_id)


async def place(house: House, payload: bytes) -> None:
    """Make the home payouts of an approved list due at their doors, some at a time."""
    job = jobs.decode(payload, PlaceJob)
    num = 1
    while num:
        async with house.db.transaction(actor="house", offices="*") as conn:
            num = await places.place(
                conn, house.sealer, job.office_id, job.list_id, now=clock.now()
            )


async def forget_files(house: House) -> None:
    """Let go of files that were judged and never kept."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        await queries.run(conn, "forget_files", before=clock.now() - FILES_KEPT)


async def raise_due(house: House) -> None:
    """Raise the alarms of this day; each list has each of its alarms once."""
    now = clock.now()
    async with house.db.transaction(actor="alarms", offices="*") as conn:
        num = await alarms.raise_alarms(conn, now=now)
    if num:
        log.warning("lists_near_their_day", num=num)


HANDLERS: Final[dict[str, JobHandler]] = {imports.READ: read, lists.PLACE: place}
SWEEPS: Final[tuple[Sweep, ...]] = (forget_files, raise_due)
CONCURRENCY: Final = {imports.READ: 1}
"""One file at a time: reading takes memory and a core."""
