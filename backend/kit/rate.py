"""Rate limits counted in PostgreSQL, so that every web process counts together (A14)."""

from datetime import datetime, timedelta

from backend.kit.db import Db
from backend.kit.errors import TooMany

COUNT = """
INSERT INTO kit.rate (bucket, window_at, num_hits) VALUES ($1, $2, 1)
ON CONFLICT (bucket, window_at) DO UPDATE SET num_hits = kit.rate.num_hits + 1
RETURNING num_hits
"""
FORGET = "DELETE FROM kit.rate WHERE window_at < $1"


async def check_rate(db: Db, bucket: str, *, limit: int, window_s: int, now: datetime) -> None:
    """Count one hit on `bucket`; raise `TooMany` past `limit` in the running window.

    Counts in a transaction of its own: a refused request counts as well.
    """
    start = datetime.fromtimestamp(now.timestamp() // window_s * window_s, tz=now.tzinfo)
    async with db.connection() as conn:
        hits = await conn.fetchval(COUNT, bucket, start)
        if hits == 1:
            await conn.execute(FORGET, now - timedelta(days=1))
    if hits > limit:
        left = (start + timedelta(seconds=window_s) - now).total_seconds()
        raise TooMany(max(1, round(left)))
