"""Tests of the dispatcher's stream through the real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

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


@asynccontextmanager
async def serve_desk(
    house: House, db_url: str, folder: Path, *, drain_s: float = 0
) -> AsyncIterator[tuple[LiveServer, UUID, dict[str, str]]]:
    """Give a server, an office, and what its dispatcher's browser sends with each request."""
    day = await make_day(house, num_couriers=0)
    async with house.db.transaction(actor="house", offices="*") as conn:
        assert day.dispatcher.id is not None
        opened = await open_session(
            conn, day.office_id, day.dispatcher.id, "dispatcher", device_id=None, now=now()
        )
    url = f"http://127.0.0.1:{free_port()}"
    log_file = folder / "web.log"
    server = LiveServer(url, make_env(db_url, folder, url), log_file, drain_s=drain_s)
    await asyncio.to_thread(server.start)
    try:
        yield server, day.office_id, {"cookie": f"__Host-tannoi={opened.session_token}"}
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()


async def test_stream_tells_and_ends_with_the_server(
    house: House, db_url: str, tmp_path: Path
) -> None:
    """Tests that news reach an open stream, and that the server stops although it is open."""
    async with (
        serve_desk(house, db_url, tmp_path) as (server, office_id, cookie),
        asyncio.timeout(PATIENCE_S),
    ):
        async with (
            httpx.AsyncClient(timeout=None, headers=cookie) as client,  # noqa: S113 (limited above)
            client.stream("GET", f"{server.url}/api/dispatch/v1/live") as answer,
        ):
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            events = read_events(answer)
            assert await anext(events) == "hello"
            async with house.db.transaction(actor="house", offices="*") as conn:
                await live.publish(conn, f"board:{office_id}")
            assert await anext(events) == "board"
            assert server.process is not None
            server.process.terminate()
            with pytest.raises((StopAsyncIteration, httpx.RemoteProtocolError)):
                await anext(events)
        code = await asyncio.to_thread(server.process.wait, PATIENCE_S)

    assert code == 0


async def test_stop_is_announced_and_what_was_asked_is_answered(
    house: House, db_url: str, tmp_path: Path
) -> None:
    """Tests that a stop is told first (R6): streams end, others are served and answered."""
    async with (
        serve_desk(house, db_url, tmp_path, drain_s=3) as (server, _, cookie),
        asyncio.timeout(PATIENCE_S),
        httpx.AsyncClient(timeout=None, headers=cookie) as client,  # noqa: S113 (limited above)
    ):
        assert server.process is not None
        async with client.stream("GET", f"{server.url}/api/dispatch/v1/live") as answer:
            events = read_events(answer)
            assert await anext(events) == "hello"
            server.process.terminate()
            with pytest.raises(StopAsyncIteration):
                await anext(events)
        health = await client.get(f"{server.url}/health/ready")
        assert (health.status_code, "stopping" in health.json()["faults"]) == (503, True)
        assert (await client.get(f"{server.url}/health/live")).status_code == 200
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"POST /api/identity/v1/sign-in HTTP/1.1\r\nhost: localhost\r\n")
        writer.write(b"content-type: application/json\r\ncontent-length: 2\r\n\r\n{")
        await writer.drain()
        await _wait_for_the_end(server.port)
        writer.write(b"}")
        assert (await reader.readline()).startswith(b"HTTP/1.1 4")  # an answer, if a refusal
        writer.close()
        code = await asyncio.to_thread(server.process.wait, PATIENCE_S)

    assert code == 0
    assert b"Killing" not in server.log_file.read_bytes()


async def _wait_for_the_end(port: int) -> None:
    """Return when the server takes no connection any more."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            return
        writer.write(b"GET /health/live HTTP/1.0\r\n\r\n")
        try:
            if not await asyncio.wait_for(reader.read(1), 0.5):
                return
        except (TimeoutError, ConnectionResetError):
            return
        finally:
            writer.close()
        await asyncio.sleep(0.05)
