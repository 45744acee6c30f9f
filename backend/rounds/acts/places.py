"""Where a courier's phone was last: for the dispatcher's board, on an open round, and not for long.

The trail itself stays in the facts; here is only its newest point.
"""

from datetime import datetime
from typing import Final

from backend.kit.sql import Conn
from backend.rounds.model import Context, Decision, PositionLogged
from backend.rounds.store import queries

PLACE_HOURS: Final = "courier_place_hours_max"
"""Name of the rule: for how many hours the last place of a courier is kept."""
PLACE_HOURS_USUAL: Final = 12
APPLIED = Decision("applied")


async def log(conn: Conn, op: PositionLogged, ctx: Context) -> Decision:
    """Let the log stand as it came, and keep its newest point while the round is open.

    No points: the courier has switched the log off, and nothing is shown any more. A clock that
    cannot be trusted tells no age, so its points are not shown either.
    """
    if not op.points:
        await queries.run(conn, "drop_place", office_id=ctx.office_id, courier_id=ctx.courier_id)
    elif ctx.time_quality != "suspect":
        newest = max(op.points, key=lambda point: point.at)
        # By how much the phone's clock was set right for this fact.
        seen_at = min(newest.at + (ctx.occurred_at - op.at), ctx.received_at)
        await queries.run(
            conn,
            "keep_place",
            office_id=ctx.office_id,
            courier_id=ctx.courier_id,
            lat=newest.lat,
            lon=newest.lon,
            accuracy_m=newest.accuracy_m,
            seen_at=seen_at,
        )
    return APPLIED


async def forget(conn: Conn, *, before: datetime) -> None:
    """Let go of places older than `before`, and of those whose round is over."""
    await queries.run(conn, "forget_places", before=before)
