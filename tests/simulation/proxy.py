"""A bad network in user space: between phones and server, requests and replies go missing."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field

UPSTREAM_TIMEOUT_S = 30.0
LINE_BYTES_MAX = 1 << 16


@dataclass(frozen=True)
class Faults:
    """How often what goes wrong."""

    request_lost: float = 0.05
    reply_lost: float = 0.05
    doubled: float = 0.05
    slow: float = 0.03
    slow_s_max: float = 0.5
    half_open: float = 0.0
    """The request arrives, and its connection then stays open without a word."""
    dripping: float = 0.0
    """The reply comes a byte a second."""
    cut: float = 0.0
    """The reply is broken off somewhere."""
    caller_gone: float = 0.0
    """The server's connection is closed right behind the request."""


BAD_NETWORK = Faults()
NO_FAULTS = Faults(0, 0, 0, 0)
PARTITIONED = Faults(0.03, 0.03, 0.03, 0.02, half_open=0.01, dripping=0.01, cut=0.1)
SEALED = b'"eph":'
DRIP_S = 1.0
HUNG_UP = (OSError, asyncio.IncompleteReadError, asyncio.CancelledError)


@dataclass
class FaultProxy:
    """Forwards requests to the server's port on kept connections, or fails to."""

    port: int
    rnd: random.Random
    faults: Faults = field(default_factory=Faults)
    counts: dict[str, int] = field(default_factory=dict)
    cut_at: Callable[[bytes, int], int | None] | None = None
    """Where to break off the reply of so many bytes to a request; None lets it pass.

    Instead of all other faults. Before, the request itself is broken off as far along.
    """
    host: str = "127.0.0.1"
    _server: asyncio.Server | None = None
    _doubles: set[asyncio.Task[bytes]] = field(default_factory=set)
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, self.host, 0, limit=LINE_BYTES_MAX)

    @property
    def own_port(self) -> int:
        """Where this network is entered."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening; requests sent twice come to their end."""
        assert self._server is not None
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, *self._doubles, return_exceptions=True)
        await self._server.wait_closed()

    def count(self, name: str) -> None:
        """Count one more of these."""
        self.counts[name] = self.counts.get(name, 0) + 1

    def _happens(self, name: str, share: float) -> bool:
        happens = share > 0 and self.rnd.random() < share
        if happens:
            self.count(name)
        return happens

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        upstream = Upstream(self.port)
        try:
            # A caller who hangs up, or a server who does, is a fault the phones live with.
            with contextlib.suppress(*HUNG_UP):
                while request := await read_message(reader):
                    self.count("requests")
                    if SEALED in request:
                        self.count("requests with sealed facts")
                    if not await self._answer(request, upstream, writer):
                        break
        finally:
            self._open.discard(task)
            await upstream.close()
            await _close(writer)

    async def _answer(
        self, request: bytes, upstream: "Upstream", writer: asyncio.StreamWriter
    ) -> bool:
        """Pass a request on and its reply back; False when the connection ends with it."""
        if self.cut_at is not None:
            return await self._answer_cut(request, upstream, writer)
        faults = self.faults
        if self._happens("request_lost", faults.request_lost):
            return False
        if self._happens("doubled", faults.doubled):
            task = asyncio.create_task(self._ask_once(request))
            self._doubles.add(task)
            task.add_done_callback(self._end_double)
        if self._happens("slow", faults.slow):
            await asyncio.sleep(self.rnd.uniform(0, faults.slow_s_max))
        if self._happens("caller_gone", faults.caller_gone):
            await upstream.send(request)
            return False
        reply = await upstream.ask(request)
        if self._happens("reply_lost", faults.reply_lost):
            return False
        if self._happens("half_open", faults.half_open):
            await asyncio.sleep(UPSTREAM_TIMEOUT_S)
            return False
        if self._happens("dripping", faults.dripping):
            await _drip(reply, writer)
            return True
        if self._happens("cut", faults.cut):
            writer.write(reply[: self.rnd.randrange(len(reply))])
            await writer.drain()
            return False
        writer.write(reply)
        await writer.drain()
        return True

    async def _answer_cut(
        self, request: bytes, upstream: "Upstream", writer: asyncio.StreamWriter
    ) -> bool:
        assert self.cut_at is not None
        reply = await upstream.ask(request)
        cut = self.cut_at(request, len(reply))
        if cut is not None:
            broken = Upstream(self.port)
            await broken.send(request[: cut * len(request) // len(reply)])
            await broken.close()
        writer.write(reply if cut is None else reply[:cut])
        await writer.drain()
        return cut is None

    async def _ask_once(self, request: bytes) -> bytes:
        upstream = Upstream(self.port)
        try:
            return await upstream.ask(request)
        finally:
            await upstream.close()

    def _end_double(self, task: asyncio.Task[bytes]) -> None:
        self._doubles.discard(task)
        if not task.cancelled():
            task.exception()  # taken: a double that fails is nobody's loss


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError, asyncio.CancelledError):
        await writer.wait_closed()


async def _drip(reply: bytes, writer: asyncio.StreamWriter) -> None:
    for byte in reply:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(DRIP_S)


class Upstream:
    """One kept connection to the server; opened anew when the server has closed it."""

    def __init__(self, port: int) -> None:
        """Describe it; it is opened when something is sent."""
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: bytes) -> None:
        """Send a request and do not wait."""
        if self._streams is None or self._streams[0].at_eof():
            await self.close()
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        self._streams[1].write(request)
        await self._streams[1].drain()

    async def ask(self, request: bytes) -> bytes:
        """Return the whole reply."""
        async with asyncio.timeout(UPSTREAM_TIMEOUT_S):
            try:
                await self.send(request)
                assert self._streams is not None
                reply = await read_message(
                    self._streams[0], has_body=not request.startswith(b"HEAD ")
                )
            except BaseException:
                await self.close()
                raise
        if not reply:
            await self.close()
            raise ConnectionError("the server hung up")
        return reply

    async def close(self) -> None:
        """Close what is open."""
        streams, self._streams = self._streams, None
        if streams is not None:
            await _close(streams[1])


async def read_message(reader: asyncio.StreamReader, *, has_body: bool = True) -> bytes:
    """Return the bytes of one HTTP/1.1 message, or nothing when the other side has closed."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return b""
    if not has_body:
        return head
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return head + await reader.readexactly(int(line.split(b":")[1]))
        if line.startswith(b"transfer-encoding:") and b"chunked" in line:
            return head + await _read_chunks(reader)
    return head


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while True:
        size = await reader.readuntil(b"\r\n")
        chunk = await reader.readexactly(int(size.split(b";")[0], 16) + 2)
        parts += [size, chunk]
        if chunk == b"\r\n":
            return b"".join(parts)
