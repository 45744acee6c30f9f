"""The stream that tells an open screen to read again; it carries no content."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID

from litestar.response import ServerSentEventMessage

from backend import dispatch, rounds
from backend.house import House

HEARTBEAT_S = 20.0
LIFE_S = 900.0
"""A stream ends after this; the browser comes back and is asked who it is."""
RETRY_MS = 3000


async def follow(house: House, office_id: UUID) -> AsyncIterator[ServerSentEventMessage]:
    """Yield `hello`, then `board` and `plan` whenever the office's board or plans changed.

    Each message has an id of this process and a number. What was missed while nobody listened
    is unknown, so a browser that comes back reads everything again after `hello`.
    """
    board, plan = rounds.board_topic(office_id), dispatch.plan_topic(office_id)
    born = f"{time.time_ns():x}"
    ends_at = time.monotonic() + LIFE_S
    seq = 0
    async with house.hub.subscription(board) as rounds_news, house.hub.subscription(plan) as plans:
        yield ServerSentEventMessage(
            event="hello", data='{"seq":0}', id=f"{born}-0", retry=RETRY_MS
        )
        while not house.hub.is_closing and time.monotonic() < ends_at:
            if not await _wait_any(rounds_news, plans):
                yield ServerSentEventMessage(comment="still here")
                continue
            for name, news in (("board", rounds_news), ("plan", plans)):
                if news.is_set() and not house.hub.is_closing:
                    news.clear()
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
