"""News to open pages: a notification inside the transaction, one listener a process.

A topic carries no content, only that something changed; pages read again.
"""

import asyncio
import contextlib
import signal
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from backend.kit.sql import Conn
from backend.kit.unit import Shelf, unit_of

CHANNEL = "tannoi_live"
RECONNECT_S = 1.0
STOPPING: Final = signal.SIGUSR1
"""Tells a web process that it will be asked to stop (R6)."""


async def publish(conn: Conn, topic: str) -> None:
    """Tell subscribers of `topic`, once the running transaction commits."""
    unit = unit_of(conn)
    if unit is not None:
        unit.later(NEWS, topic)
        return
    await conn.execute("SELECT pg_notify($1, $2)", CHANNEL, topic)


async def _write_news(conn: Conn, topics: list[str]) -> None:
    told = list(dict.fromkeys(topics))
    await conn.execute(
        "SELECT pg_notify($1, told.topic) FROM unnest($2::text[]) AS told (topic)", CHANNEL, told
    )


NEWS = Shelf(9, _write_news)


class Hub:
    """Listens on one connection of its own and wakes the subscribers of a topic."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._is_closing = False

    async def open(self) -> None:
        """Begin to listen in the background; lost connections are dialled again."""
        self._is_closing = False
        self._task = asyncio.create_task(self._listen(), name="live-hub")

    def end_streams(self) -> None:
        """Let every open stream end, and no new one last; the rest is served on (R6)."""
        self._is_closing = True
        for topic in list(self._waiting):
            self._wake(topic)

    async def close(self) -> None:
        """Stop listening and end every open stream."""
        self.end_streams()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @property
    def is_closing(self) -> bool:
        """Return whether streams should end now."""
        return self._is_closing

    @asynccontextmanager
    async def subscription(self, *topics: str) -> AsyncIterator[asyncio.Event]:
        """Give an event that is set whenever one of the topics has news."""
        news = asyncio.Event()
        for topic in topics:
            self._waiting[topic].add(news)
        try:
            yield news
        finally:
            for topic in topics:
                self._waiting[topic].discard(news)
                if not self._waiting[topic]:
                    del self._waiting[topic]

    def _wake(self, topic: str) -> None:
        for news in self._waiting.get(topic, ()):
            news.set()

    async def _listen(self) -> None:
        while True:
            try:
                conn = await asyncpg.connect(self._url, timeout=5)
            except (OSError, TimeoutError, asyncpg.PostgresError):
                await asyncio.sleep(RECONNECT_S)
                continue
            try:
                await conn.add_listener(CHANNEL, lambda _c, _pid, _ch, topic: self._wake(topic))
                # What happened while nobody listened is unknown: everybody reads again.
                for topic in list(self._waiting):
                    self._wake(topic)
                gone = asyncio.Event()
                conn.add_termination_listener(lambda _conn, gone=gone: gone.set())
                await gone.wait()
            finally:
                with contextlib.suppress(Exception):
                    await conn.close(timeout=1)
