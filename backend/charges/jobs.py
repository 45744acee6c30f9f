"""Work for later: alarms of money to be handed on, receipts that could not be issued at once."""

from datetime import datetime

import structlog

from backend.charges import batches
from backend.charges.actions import bank, receipting
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


async def issue_due(house: House) -> None:
    """Issue the receipts of money that came when its office had no numbers left."""
    now = clock.now()
    async with house.db.transaction(actor="receipts", offices="*") as conn:
        num_left = await receipting.issue_all_missing(conn, by=bank.BANK, now=now)
    if num_left:
        log.warning("receipts_missing", num=num_left)


SWEEPS: tuple[Sweep, ...] = (raise_due, issue_due)
