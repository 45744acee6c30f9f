"""Tests of the server and clients of a simulated month: real connections, the month's own clock."""

import asyncio
import socket
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from backend.ops.month.desk import clock, moment
from backend.ops.month.server import Served, serve

NUM_REQUESTS = 40
BEGAN = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


async def tell_time(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the instant at which the request is judged, once others had their turn."""
    await asyncio.sleep(0)
    body = clock().isoformat().encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def ask_all(served: Served, number: int) -> None:
    """Ask as one office, hour after hour; each answer is of the hour in which it was asked."""
    async with served.client(number) as client:
        for n in range(NUM_REQUESTS):
            at = BEGAN + timedelta(days=number, hours=n)
            moment.set(at)
            answer = await client.get("/")
            assert answer.text == at.isoformat()


async def test_each_office_keeps_its_connection_and_its_clock() -> None:
    """Tests that three offices at once ask over one connection each, at instants of their own."""
    async with serve(tell_time) as served, asyncio.TaskGroup() as group:
        for number in (1, 11, 21):
            group.create_task(ask_all(served, number))
    assert served.num_requests == 3 * NUM_REQUESTS
    assert sorted(host for host, _ in served.peers) == ["127.0.0.1", "127.0.0.11", "127.0.0.21"]
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", served.port)) != 0, "it serves on"


async def test_stops_although_a_connection_is_kept() -> None:
    """Tests that the server ends with a connection still open, which answers no more."""
    async with AsyncExitStack() as stack:
        async with serve(tell_time) as served:
            client = await stack.enter_async_context(served.client(1))
            assert (await client.get("/")).is_success
        with pytest.raises(httpx.TransportError):
            await client.get("/")
