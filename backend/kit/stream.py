"""Streams that tell an open screen to read again; they carry no content."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import Final

from litestar.response import ServerSentEventMessage

from backend.kit.live import Hub

HEARTBEAT_S: Final = 20.0
LIFE_S: Final = 900.0
"""A stream ends after this; the browser comes back and is asked who it is."""
RETRY_MS: Final = 3000


async def follow(hub: Hub, topics: Mapping[str, str]) -> AsyncIterator[ServerSentEventMessage]:
    """Yield `hello`, then an event's name whenever its topic has news; `topics` by event.

    Each message has an id of this process and a number. What was missed while nobody listened
    is unknown, so a browser that comes back reads everything again after `hello`.
    """
    born = f"{time.time_ns():x}"
    ends_at = time.monotonic() + LIFE_S
    seq = 0
    async with AsyncExitStack() as stack:
        news = {
            name: await stack.enter_async_context(hub.subscription(topic))
            for name, topic in topics.items()
        }
        yield ServerSentEventMessage(
            event="hello", data='{"seq":0}', id=f"{born}-0", retry=RETRY_MS
        )
        while not hub.is_closing and time.monotonic() < ends_at:
            if not await _wait_any(*news.values()):
                yield ServerSentEventMessage(comment="still here")
                continue
            for name, told in news.items():
                if told.is_set() and not hub.is_closing:
                    told.clear()
                    seq += 1
                    yield ServerSentEventMessage(
                        event=name, data=f'{{"seq":{seq}}}', id=f"{born}-{seq}"
                    )


async def _wait_any(*events: asyncio.Event) -> bool:
    """Return whether one of the events was set before the next heartbeat is due."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(
            waits, timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED
        )
        return bool(done)
    finally:
        for wait in waits:
            wait.cancel()
