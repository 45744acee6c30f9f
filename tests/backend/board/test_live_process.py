"""Tests of the dispatcher's stream through the real server."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from backend.house import House
from backend.identity.actions.sessions import open_session
from backend.kit import live
from backend.kit.clock import now
from tests.backend.desk import make_day
from tests.serving import LiveServer, free_port, make_env

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
PATIENCE_S = 30


async def read_events(answer: httpx.Response) -> AsyncIterator[str]:
    async for line in answer.aiter_lines():
        if line.startswith("event: "):
            yield line.removeprefix("event: ")


async def test_stream_tells_and_ends_with_the_server(
    house: House, db_url: str, tmp_path: Path
) -> None:
    """Tests that news reach an open stream, and that the server stops although it is open."""
    day = await make_day(house, num_couriers=0)
    async with house.db.transaction(actor="house", offices="*") as conn:
        assert day.dispatcher.id is not None
        opened = await open_session(
            conn, day.office_id, day.dispatcher.id, "dispatcher", device_id=None, now=now()
        )
    url = f"http://127.0.0.1:{free_port()}"
    server = LiveServer(url, make_env(db_url, tmp_path, url), tmp_path / "web.log")
    await asyncio.to_thread(server.start)
    cookie = {"cookie": f"__Host-tannoi={opened.session_token}"}
    try:
        async with (
            asyncio.timeout(PATIENCE_S),
            httpx.AsyncClient(timeout=None, headers=cookie) as client,  # noqa: S113 (limited above)
            client.stream("GET", f"{url}/api/dispatch/v1/live") as answer,
        ):
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            events = read_events(answer)
            assert await anext(events) == "hello"
            async with house.db.transaction(actor="house", offices="*") as conn:
                await live.publish(conn, f"board:{day.office_id}")
            assert await anext(events) == "board"
            assert server.process is not None
            server.process.terminate()
            with pytest.raises((StopAsyncIteration, httpx.RemoteProtocolError)):
                await anext(events)
        code = await asyncio.to_thread(server.process.wait, PATIENCE_S)
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()

    assert code == 0
