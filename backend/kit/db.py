"""The pool, and the one place where transactions begin: at the edge, inside the walls (A5)."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, cast
from uuid import UUID

import asyncpg
import msgspec

from backend.kit.errors import Busy
from backend.kit.sql import Conn

APP_ROLE = "tannoi_app"
Offices = Sequence[UUID] | Literal["*"]

# Every wait has a limit (R3).
LIMITS = {
    "statement_timeout": "5s",
    "lock_timeout": "1s",
    "idle_in_transaction_session_timeout": "10s",
}
REPORT_LIMITS = {
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "30s",  # while a long paper is set
}
ACQUIRE_TIMEOUT_S = 2.0
BUSY_RETRY_S = (5, 15)


def _encode_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def prepare(conn: Conn) -> None:
    """Teach a connection to read and write `jsonb` as plain values."""
    for kind in ("json", "jsonb"):
        await conn.set_type_codec(
            kind,
            schema="pg_catalog",
            encoder=_encode_json,
            decoder=msgspec.json.decode,
            format="text",
        )


class Db:
    """Holds the pool, which the app's or the worker's start opens."""

    def __init__(self, url: str, *, is_pooled: bool = False) -> None:
        self.url = url
        self._is_pooled = is_pooled
        self._pool: asyncpg.Pool | None = None

    @property
    def pool(self) -> asyncpg.Pool:
        """Return the open pool."""
        assert self._pool is not None, "the pool is opened at start"
        return self._pool

    async def open(
        self, *, size: int = 10, size_min: int = 1, name: str = "tannoi", **limits: str
    ) -> None:
        """Open the pool as the role that owns nothing; with `size_min` 0 it connects when asked."""
        self._pool = await asyncpg.create_pool(
            self.url,
            min_size=size_min,
            max_size=size,
            init=prepare,
            statement_cache_size=0 if self._is_pooled else 200,
            server_settings={"role": APP_ROLE, "application_name": name, **LIMITS, **limits},
        )

    async def close(self) -> None:
        """Close the pool; running statements get five seconds."""
        if self._pool is not None:
            try:
                await asyncio.wait_for(self._pool.close(), timeout=5)
            except TimeoutError:
                self._pool.terminate()
            self._pool = None

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Conn]:
        """Give a connection for a while. Raises `Busy` when none can be had within two seconds."""
        try:
            # The pool's proxy answers as the connection itself does.
            conn = cast(Conn, await self.pool.acquire(timeout=ACQUIRE_TIMEOUT_S))
        except OSError as error:  # no time left, or no database to connect to
            raise Busy(random.randint(*BUSY_RETRY_S)) from error  # noqa: S311  # jitter, no secret
        try:
            yield conn
        finally:
            await self.pool.release(cast(Any, conn))

    @asynccontextmanager
    async def transaction(self, *, actor: str, offices: Offices) -> AsyncIterator[Conn]:
        """Give a connection inside a transaction that sees only `offices`; commit at the end.

        `actor` names who acts, for the database's own records. Raises `Busy` as `connection` does.
        """
        async with self.connection() as conn, conn.transaction():
            await set_walls(conn, actor=actor, offices=offices)
            yield conn


async def set_walls(conn: Conn, *, actor: str, offices: Offices) -> None:
    """Set, for this transaction only, who acts and which offices exist."""
    seen = "*" if offices == "*" else ",".join(str(office) for office in offices)
    await conn.execute(
        "SELECT set_config('app.actor', $1, true), set_config('app.offices', $2, true)",
        actor,
        seen,
    )
