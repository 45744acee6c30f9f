"""Work for later: files of lists are read, home payouts brought to their doors."""

from datetime import timedelta
from typing import Final

from backend.house import House, JobHandler, Sweep
from backend.kit import clock, jobs
from backend.payouts.actions import imports, lists, places
from backend.payouts.model import PlaceJob, ReadJob
from backend.payouts.store import queries

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


HANDLERS: Final[dict[str, JobHandler]] = {imports.READ: read, lists.PLACE: place}
SWEEPS: Final[tuple[Sweep, ...]] = (forget_files,)
CONCURRENCY: Final = {imports.READ: 1}
"""One file at a time: reading takes memory and a core."""
