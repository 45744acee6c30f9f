"""Work for later: a held fact whose money was settled in its own room is decided here."""

from backend import doorstep
from backend.doorstep import Settled
from backend.house import House, JobHandler
from backend.kit import jobs
from backend.kit.clock import now
from backend.sync.actions.held import note_settled


async def on_settled(house: House, payload: bytes) -> None:
    """Decide the fact and tell its phone; run twice, the second run finds it decided."""
    news = jobs.decode(payload, Settled)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await note_settled(conn, news, now=now())


HANDLERS: dict[str, JobHandler] = {doorstep.SETTLED: on_settled}
