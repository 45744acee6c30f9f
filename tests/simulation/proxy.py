"""A bad network in user space: between phones and server, requests and replies go missing."""

import asyncio
import contextlib
import random
from dataclasses import dataclass, field

READ_BYTES = 1 << 16
UPSTREAM_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Faults:
    """How often what goes wrong."""

    request_lost: float = 0.05
    reply_lost: float = 0.05
    doubled: float = 0.05
    slow: float = 0.03
    slow_s_max: float = 0.5


NO_FAULTS = Faults(0, 0, 0, 0)


@dataclass
class FaultProxy:
    """Forwards one request a connection to the server's port, or fails to."""

    port: int
    rnd: random.Random
    faults: Faults = field(default_factory=Faults)
    counts: dict[str, int] = field(default_factory=dict)
    _server: asyncio.Server | None = None
    _doubles: set[asyncio.Task[bytes]] = field(default_factory=set)

    async def start(self) -> int:
        """Listen on a free port; return it."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening; requests sent twice come to their end."""
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()
        if self._doubles:
            await asyncio.gather(*self._doubles, return_exceptions=True)

    def _happens(self, name: str, share: float) -> bool:
        happens = self.rnd.random() < share
        if happens:
            self.counts[name] = self.counts.get(name, 0) + 1
        return happens

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
            request = await read_message(reader)
            self.counts["requests"] = self.counts.get("requests", 0) + 1
            reply = await self._pass_on(request)
            if reply:
                writer.write(reply)
                await writer.drain()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def _pass_on(self, request: bytes) -> bytes:
        """Return the server's answer, or nothing where it is lost."""
        faults = self.faults
        if self._happens("request_lost", faults.request_lost):
            return b""
        if self._happens("doubled", faults.doubled):
            task = asyncio.create_task(self._ask(request))
            self._doubles.add(task)
            task.add_done_callback(self._end_double)
        if self._happens("slow", faults.slow):
            await asyncio.sleep(self.rnd.uniform(0, faults.slow_s_max))
        reply = await self._ask(request)
        return b"" if self._happens("reply_lost", faults.reply_lost) else reply

    def _end_double(self, task: asyncio.Task[bytes]) -> None:
        self._doubles.discard(task)
        if not task.cancelled():
            task.exception()  # taken: a double that fails is nobody's loss

    async def _ask(self, request: bytes) -> bytes:
        async with asyncio.timeout(UPSTREAM_TIMEOUT_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                writer.write(request)
                await writer.drain()
                return await reader.read(-1)
            finally:
                writer.close()


async def read_message(reader: asyncio.StreamReader) -> bytes:
    """Return the bytes of one HTTP/1.1 message with a Content-Length."""
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return head + await reader.readexactly(int(line.split(b":")[1]))
    return head
