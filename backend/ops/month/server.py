"""The month's application on a port of this machine: requests come over TCP, judged at its clock.

The server is the one that serves the house. Which instant a request belongs to travels with it, in
a header that nothing outside this simulation reads.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import httpx
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from backend.ops.month.desk import clock, moment

HOST: Final = "127.0.0.1"
INSTANT: Final = "month-instant"
INSTANT_RAW: Final = INSTANT.encode()
START_WAIT_S: Final = 10
KEPT_S: Final = 20
"""Less than the server keeps an idle connection: nobody asks on one that is being closed."""


@dataclass
class Served:
    """An application that is being served, and who has asked it."""

    port: int
    num_requests: int = 0
    peers: set[tuple[str, int]] = field(default_factory=set)
    """The other end of each connection that asked something."""

    @property
    def url(self) -> str:
        """Return where it is asked."""
        return f"http://{HOST}:{self.port}"

    def client(self, number: int) -> httpx.AsyncClient:
        """Return a client of one office, from an address of its own, that keeps its connection.

        Each request says at which instant of the month it is made.
        """
        return httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(
                local_address=f"127.0.0.{number}",
                limits=httpx.Limits(keepalive_expiry=KEPT_S),
            ),
            base_url=self.url,
            headers={"sec-fetch-site": "same-origin"},
            event_hooks={"request": [_stamp]},
        )


async def _stamp(request: httpx.Request) -> None:
    request.headers[INSTANT] = clock().isoformat()


@asynccontextmanager
async def serve(app: ASGIApp) -> AsyncIterator[Served]:
    """Serve an application, whose house is open, on a free port of this machine; then stop.

    `app.state.clock` has to be the month's clock.
    """
    served = Served(_free_port())

    async def ask(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == ScopeType.HTTP, (
            "the house's start and end are not the server's here"
        )
        host, port = scope["client"] or ("", 0)
        served.num_requests += 1
        served.peers.add((host, int(port)))
        raw = next((value for name, value in scope["headers"] if name == INSTANT_RAW), None)
        moment.set(None if raw is None else datetime.fromisoformat(raw.decode()))
        await app(scope, receive, send)

    server = Server(
        ask,
        address=HOST,
        port=served.port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.error,
    )
    running = asyncio.create_task(server.serve())
    try:
        await _wait_for(served.port, running)
        yield served
    finally:
        server.stop()  # type: ignore[no-untyped-call]  # it says nothing of types
        await running


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


async def _wait_for(port: int, running: "asyncio.Task[Any]") -> None:
    """Return once the port answers; raise what the server ended with, or `TimeoutError`."""
    async with asyncio.timeout(START_WAIT_S):
        while True:
            try:
                _, writer = await asyncio.open_connection(HOST, port)
            except OSError:
                if running.done():
                    running.result()
                    raise
                await asyncio.sleep(0.01)
            else:
                writer.close()
                await writer.wait_closed()
                return
