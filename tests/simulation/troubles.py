"""What befalls a running house besides `kill -9`: it begins, lasts, and is lifted (P6, P7).

Nobody restarts or repairs anything afterwards, but the watch that `./run` keeps over its database.
"""

import asyncio
import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg

from backend.ops.errors import CannotRun
from backend.ops.migrate import APP
from tests.simulation.fire import Fire
from tests.simulation.proxy import PARTITIONED, FaultProxy

DISK_BYTES = 700 << 20
"""More than a first start asks for, little enough to fill."""
BYTES_PER_FACT = 40_000
"""What a fact takes on the disk at most, its indexes and the log of changes included."""
LASTS_S = 4.0
WATCH_S = 0.5

DISK_FULL = "disk full"
LINKS = ("link down", "link one way")
"""Troubles of the phones' own network, `namespace.py`."""
Trouble = Callable[[Fire, FaultProxy], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def admin(processes: Fire) -> AsyncIterator[asyncpg.Connection]:
    """Give the superuser's connection, which may write also where nobody else may."""
    conn = await asyncpg.connect(processes.postgres.url())
    try:
        await conn.execute("SET default_transaction_read_only = off")
        yield conn
    finally:
        await conn.close()


@asynccontextmanager
async def read_only(processes: Fire, _: FaultProxy) -> AsyncIterator[None]:
    """Refuse every write, as a standby does or an operator who is in a hurry."""
    async with admin(processes) as conn:
        await conn.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        await conn.execute("SELECT pg_reload_conf()")
        yield
        await conn.execute("ALTER SYSTEM RESET default_transaction_read_only")
        await conn.execute("SELECT pg_reload_conf()")


@asynccontextmanager
async def connections_gone(processes: Fire, _: FaultProxy) -> AsyncIterator[None]:
    """End all of the service's connections, and let it make no new one."""
    async with admin(processes) as conn:
        await conn.execute(f"ALTER ROLE {APP} CONNECTION LIMIT 0")
        await conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", APP
        )
        yield
        await conn.execute(f"ALTER ROLE {APP} CONNECTION LIMIT -1")


@asynccontextmanager
async def pool_starved(processes: Fire, _: FaultProxy) -> AsyncIterator[None]:
    """Hold a lock that every exchange waits for, so that none gives its connection back."""
    async with admin(processes) as conn, conn.transaction():
        await conn.execute("LOCK TABLE sync.stream IN ACCESS EXCLUSIVE MODE")
        yield


@asynccontextmanager
async def partitioned(_: Fire, proxy: FaultProxy) -> AsyncIterator[None]:
    """Half-open connections, replies of a byte a second, replies and requests broken off."""
    usual, proxy.faults = proxy.faults, PARTITIONED
    yield
    proxy.faults = usual


@asynccontextmanager
async def disk_full(processes: Fire, _: FaultProxy) -> AsyncIterator[None]:
    """Fill the database's own disk to the last byte, and free it again."""
    ballast = processes.postgres.data_dir.with_name("ballast")
    assert ballast.parent.is_mount(), "it is not this machine's own disk that is to be filled"
    watching = asyncio.create_task(watch(processes))
    try:
        fill(ballast)
        yield
        ballast.unlink()
        while not processes.postgres.is_running():  # noqa: ASYNC110 (a process, nobody's event)
            await asyncio.sleep(WATCH_S)
    finally:
        ballast.unlink(missing_ok=True)
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


async def watch(processes: Fire) -> None:
    """Start a database that has ended, as the watch of `./run` does, whenever that is possible."""
    while True:
        await asyncio.sleep(WATCH_S)
        if not processes.postgres.is_running():
            with contextlib.suppress(CannotRun):
                await asyncio.to_thread(processes.postgres.start)


def fill(ballast: Path) -> None:
    """Take every byte that is left on a disk: halves of what is free, down to a single page."""
    page_bytes = os.sysconf("SC_PAGE_SIZE")
    with ballast.open("wb") as file:
        size = 0
        step = shutil.disk_usage(ballast.parent).free
        while step >= page_bytes:
            try:
                os.posix_fallocate(file.fileno(), size, step)
                size += step
            except OSError:
                step = step // 2


@contextmanager
def own_disk(num_ops: int = 0) -> Iterator[Path]:
    """Give a disk in memory for so many facts, or raise `CannotRun` with why there is none."""
    num_bytes = DISK_BYTES + num_ops * BYTES_PER_FACT
    if os.geteuid() != 0 or shutil.which("mount") is None:
        raise CannotRun("a small disk to fill can be mounted by root only")
    folder = Path(tempfile.mkdtemp(prefix="tannoi-disk-"))
    how = ["mount", "-t", "tmpfs", "-o", f"size={num_bytes},mode=755", "tmpfs", str(folder)]
    mounted = subprocess.run(how, check=False, capture_output=True, text=True)
    if mounted.returncode != 0:
        folder.rmdir()
        raise CannotRun(f"no small disk to fill: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


TROUBLES: dict[str, Trouble] = {
    "database read-only": read_only,
    "connections gone": connections_gone,
    "pool starved": pool_starved,
    "network partitioned": partitioned,
    DISK_FULL: disk_full,
}
