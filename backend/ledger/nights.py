"""The nightly reconciliation (L12): whose night it is, and what it found."""

from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from backend.kit.sql import Conn
from backend.ledger.store import queries

GIVEN_UP_AFTER: Final = timedelta(hours=1)
"""A worker that began and did not end by then is dead: another takes the night on."""


class Night(msgspec.Struct, frozen=True):
    """What a night's reconciliation found."""

    day: date
    ended_at: datetime
    num_rules: int
    broken: list[str]
    """The rules that do not hold, `room.rule: 3` or why one could not be asked; none is good."""


async def begin_night(conn: Conn, day: date, *, now: datetime) -> bool:
    """Take a night on; False where it is done, or another worker is at it."""
    taken = await queries.value(
        conn, "begin_night", day=day, now=now, given_up=now - GIVEN_UP_AFTER
    )
    return taken is not None


async def end_night(
    conn: Conn, day: date, *, num_rules: int, broken: list[str], now: datetime
) -> None:
    """Keep what was found."""
    await queries.run(conn, "end_night", day=day, num_rules=num_rules, broken=broken, now=now)


async def find_last_night(conn: Conn) -> Night | None:
    """Return the newest night that came to its end."""
    return await queries.one(conn, "find_last_night", Night)
