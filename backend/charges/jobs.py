"""Work for later: alarms of money that is to be handed on today, or should have been."""

from datetime import datetime

import structlog

from backend.charges import batches
from backend.house import House, Sweep
from backend.kit import clock
from backend.kit.clock import service_day
from backend.kit.sql import Conn

log = structlog.get_logger("charges")


async def raise_due(house: House) -> None:
    """Raise the alarms of this day; each charge has each of its alarms once."""
    now = clock.now()
    async with house.db.transaction(actor="alarms", offices="*") as conn:
        num = await raise_alarms(conn, now=now)
    if num:
        log.warning("money_to_hand_on", num=num)


async def raise_alarms(conn: Conn, *, now: datetime) -> int:
    """Raise alarms of all offices in sight for a day's beginning; return how many are new."""
    return await batches.raise_alarms(conn, service_day(now), at=now)


SWEEPS: tuple[Sweep, ...] = (raise_due,)
