"""A network of the phones' own, whose link goes down one way or both; for root on Linux (P7)."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.ops.errors import CannotRun
from tests.simulation.fire import Fire
from tests.simulation.proxy import FaultProxy

DEVICES = Path("/sys/class/net")
HERE, THERE, PREFIX = "10.213.57.1", "10.213.57.2", 30


@dataclass(frozen=True)
class OwnNetwork:
    """A namespace joined to ours by one link."""

    name: str
    link: str
    """Our end of it."""

    @property
    def host(self) -> str:
        """Where the phones find us."""
        return HERE

    def is_there(self) -> bool:
        """Tell whether the machine has our end of the link."""
        return (DEVICES / self.link).exists()

    def command(self) -> tuple[str, ...]:
        """Return what starts a program inside."""
        return ("ip", "netns", "exec", self.name)

    @asynccontextmanager
    async def link_down(self, _: Fire, __: FaultProxy) -> AsyncIterator[None]:
        """Let nothing through."""
        ip("link", "set", self.link, "down")
        yield
        ip("link", "set", self.link, "up")

    @asynccontextmanager
    async def one_way(self, _: Fire, __: FaultProxy) -> AsyncIterator[None]:
        """Let requests through, and no reply."""
        ip("route", "add", "blackhole", f"{THERE}/32")
        yield
        ip("route", "del", "blackhole", f"{THERE}/32")


@contextmanager
def own_network() -> Iterator[OwnNetwork]:
    """Give a network of its own, or raise `CannotRun` with why this machine allows none."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        raise CannotRun("a network namespace can be made by root with `ip` only")
    name = f"tannoi-{os.getpid()}"
    link, other = f"tn{os.getpid()}a", f"tn{os.getpid()}b"
    try:
        ip("netns", "add", name)
    except subprocess.CalledProcessError as error:
        raise CannotRun(f"no network namespace: {error.stderr.strip()}") from error
    try:
        try:
            ip("link", "add", link, "type", "veth", "peer", "name", other, "netns", name)
            ip("addr", "add", f"{HERE}/{PREFIX}", "dev", link)
            ip("link", "set", link, "up")
            ip("-n", name, "addr", "add", f"{THERE}/{PREFIX}", "dev", other)
            ip("-n", name, "link", "set", other, "up")
        except subprocess.CalledProcessError as error:
            raise CannotRun(f"no link between namespaces: {error.stderr.strip()}") from error
        yield OwnNetwork(name, link)
        ip("link", "del", link)
    finally:
        ip("netns", "del", name)  # with its end of the link, and ours with that, in a while


def ip(*words: str) -> None:
    """Change the machine's network."""
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)
