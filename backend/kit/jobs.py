"""Background jobs: put in the caller's transaction, run by the worker at least once.

PgQueuer keeps the queue. A handler may run twice for one job, so it must not mind.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec
from pgqueuer.queries import Queries
from pgqueuer.types import JobId

from backend.kit.sql import Conn

P = TypeVar("P", bound=msgspec.Struct)
Handler = Callable[[bytes], Awaitable[None]]


async def enqueue(
    conn: Conn,
    entrypoint: str,
    payload: msgspec.Struct,
    *,
    dedupe: str | None = None,
    after_s: int = 0,
    priority: int = 0,
) -> None:
    """Add a job that exists only if the running transaction commits.

    `dedupe` drops the job when an equal one still waits; `after_s` delays it.
    """
    await Queries.from_asyncpg_connection(conn).enqueue(
        entrypoint,
        msgspec.json.encode(payload),
        priority=priority,
        execute_after=timedelta(seconds=after_s),
        dedupe_key=dedupe,
        on_conflict="skip",
    )


async def enqueue_many(
    conn: Conn, entrypoint: str, payloads: Sequence[msgspec.Struct], *, priority: int = 0
) -> None:
    """Add many jobs of one kind in one statement."""
    bodies: list[bytes | None] = [msgspec.json.encode(payload) for payload in payloads]
    await Queries.from_asyncpg_connection(conn).enqueue(
        [entrypoint] * len(bodies), bodies, [priority] * len(bodies)
    )


def decode(payload: bytes | None, shape: type[P]) -> P:
    """Return the payload of a job as the struct it was made from."""
    return msgspec.json.decode(payload or b"{}", type=shape)


class FailedJob(msgspec.Struct, frozen=True):
    """A job that never succeeded and waits for a person."""

    id: int
    entrypoint: str
    payload: str
    num_retries: int
    made_at: datetime


async def list_failed(conn: Conn, *, limit: int = 100) -> list[FailedJob]:
    """Return the jobs that were given up, the newest first."""
    found = await Queries.from_asyncpg_connection(conn).list_failed_jobs(limit)
    return [
        FailedJob(
            job.id,
            job.entrypoint,
            (job.payload or b"").decode("utf-8", "replace"),
            job.attempts,
            job.created,
        )
        for job in found
    ]


async def retry_failed(conn: Conn, ids: Sequence[int]) -> None:
    """Put jobs that were given up back into the queue, as if they were new."""
    wanted = [JobId(number) for number in ids]
    await Queries.from_asyncpg_connection(conn).requeue_jobs(wanted)
