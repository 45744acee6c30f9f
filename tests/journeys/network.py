"""The network between a browser and the server, as a courier meets it: gone, captive, cut, late.

It stands on an address of its own, which the page takes for the server's; so page, worker and
stream of news all pass through it.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.proxy import read_message

READ_BYTES = 1 << 16
PORTAL_PAGE = "<!doctype html><title>Wi-Fi</title><h1>Đăng nhập Wi-Fi quán cà phê</h1>".encode()
EXCHANGE = "/api/sync/v1/exchange"
BLOBS = "/api/sync/v1/blobs/"


@dataclass(frozen=True)
class Fate:
    """What becomes of a request."""

    kind: str = "passes"
    num_bytes: int = 0
    """For `cut`: how much of the answer arrives."""
    status: int = 0
    """For `says`: with this status and no body of ours."""
    headers: tuple[str, ...] = ()
    change: Callable[[bytes], bytes] | None = None
    """For `changed`: what the body becomes."""


PASSES = Fate()
DIES = Fate("dies")
"""The connection ends with no answer; the server hears nothing."""
REPLY_LOST = Fate("reply_lost")
"""The server has it; the answer never arrives."""
PORTAL = Fate("portal")
"""Somebody else's page, with status 200."""
MOVED = Fate("says", status=302, headers=("location: /dang-nhap-wifi",))


def cut_after(num_bytes: int) -> Fate:
    """Let so many bytes of the answer arrive."""
    return Fate("cut", num_bytes=num_bytes)


def says(status: int, *headers: str) -> Fate:
    """Answer in the server's place."""
    return Fate("says", status=status, headers=headers)


@dataclass
class Way:
    """One phone's way to the server; `fate` decides for each request, by method and path."""

    server_port: int
    fate: Callable[[str, str], Fate] = lambda _method, _path: PASSES
    seen: list[tuple[str, str]] = field(default_factory=list)
    """Every request that came, whatever became of it."""
    host: str = "127.0.0.1"
    """By what the page calls it."""
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The address that the page takes for the server's."""
        return f"http://{self.host}:{self.port}"

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Hang up and listen no more."""
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.close()
        await asyncio.sleep(0)

    def always(self, fate: Fate, *, path: str = "") -> None:
        """Let this become of every request whose path begins so."""
        self.fate = lambda _, asked: fate if asked.startswith(path) else PASSES

    def once(self, *fates: Fate, path: str = EXCHANGE) -> None:
        """Let these become of the next requests of this path, one after the other."""
        left = list(fates)

        def decide(_: str, asked: str) -> Fate:
            return left.pop(0) if left and asked.startswith(path) else PASSES

        self.fate = decide

    def count(self, path: str = EXCHANGE) -> int:
        """Return how many requests of this path came."""
        return sum(asked.startswith(path) for _, asked in self.seen)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            request = await read_message(reader)
            method, path = request.split(b" ", 2)[:2]
            self.seen.append((method.decode(), path.decode()))
            await self._answer(self.fate(method.decode(), path.decode()), request, reader, writer)
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the browser or the server went away: that is what networks do
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, fate: Fate, request: bytes, reader: Any, writer: Any) -> None:
        match fate.kind:
            case "dies":
                writer.transport.abort()
            case "portal":
                await _say(writer, 200, ["content-type: text/html"], PORTAL_PAGE)
            case "says":
                await _say(writer, fate.status, list(fate.headers), b"")
            case "reply_lost":
                await self._ask(request)
                writer.transport.abort()
            case "cut":
                writer.write((await self._ask(request))[: fate.num_bytes])
                await writer.drain()
            case "changed":
                assert fate.change is not None
                plain = _without(request, b"accept-encoding:")
                writer.write(_with_body(await self._ask(plain), fate.change))
                await writer.drain()
            case _:
                await self._pass(request, reader, writer)

    async def _ask(self, request: bytes) -> bytes:
        upstream, to = await asyncio.open_connection("127.0.0.1", self.server_port)
        try:
            to.write(_closing(request))
            return await upstream.read(-1)
        finally:
            to.close()

    async def _pass(self, request: bytes, reader: Any, writer: Any) -> None:
        """Pass the answer on as it comes: the stream of news has no end."""
        upstream, to = await asyncio.open_connection("127.0.0.1", self.server_port)
        gone = asyncio.create_task(reader.read(1))
        try:
            to.write(_closing(request))
            while True:
                part = asyncio.create_task(upstream.read(READ_BYTES))
                await asyncio.wait({part, gone}, return_when=asyncio.FIRST_COMPLETED)
                if not part.done():  # the page closed the stream
                    part.cancel()
                    return
                if not part.result():
                    return
                writer.write(part.result())
                await writer.drain()
        finally:
            gone.cancel()
            to.close()
            with contextlib.suppress(OSError):
                await to.wait_closed()


def _closing(request: bytes) -> bytes:
    """Return a request that asks for one answer and the end of the connection."""
    head, _, body = _without(request, b"connection:").partition(b"\r\n\r\n")
    return b"\r\n".join([head, b"connection: close", b"", body])


def _without(message: bytes, name: bytes) -> bytes:
    """Return a message without the header of this name."""
    head, _, body = message.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(name)]
    return b"\r\n".join([*lines, b"", body])


async def _say(writer: Any, status: int, headers: list[str], body: bytes) -> None:
    lines = [f"HTTP/1.1 {status} X", *headers, f"content-length: {len(body)}"]
    writer.write("\r\n".join([*lines, "connection: close", "", ""]).encode() + body)
    await writer.drain()


def _with_body(answer: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Return an answer with its body changed; only bodies that have a length are."""
    head, _, body = _without(answer, b"content-length:").partition(b"\r\n\r\n")
    changed = change(body)
    return b"\r\n".join([head, b"content-length: %d" % len(changed), b"", changed])
