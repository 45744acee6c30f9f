"""Run the web or the worker alone, in the foreground, for operators with their own supervisor."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from backend.ops.children import Child
from backend.ops.migrate import check_schema, connect
from backend.ops.place import LOCAL_URL, Place, open_place
from backend.ops.tls import Tls
from backend.settings import LOOPBACK, ROOT, read_settings

WORKER_STOP_S = 15
LIMIT_S = 5
DRAIN_S = 5
SERVED_LIMIT_S = 20


def web_command(
    *,
    host: str,
    port: int,
    num_processes: int,
    tls: Tls | None = None,
    drain_s: float = 0,
    limit_s: int = LIMIT_S,
) -> list[str]:
    """Return the command of the web server, over HTTPS when there is a certificate.

    Asked to stop, it serves on for `drain_s` while it says that it is not ready, and gives what
    was asked by then `limit_s` to be answered (R6).
    """
    secure = (
        [] if tls is None else ["--certificate", str(tls.cert_file), "--key", str(tls.key_file)]
    )
    return [
        *(sys.executable, "-m", "backend.ops.web", "--host", host, "--port", str(port)),
        *("--workers", str(num_processes), "--drain", str(drain_s), "--limit", str(limit_s)),
        *secure,
    ]


def worker_command() -> list[str]:
    """Return the command of the worker."""
    return [sys.executable, "-m", "backend.worker"]


def serve(
    data_dir: Path, database_url: str | None, *, host: str, port: int, num_processes: int
) -> int:
    """Serve until asked to stop and return the exit status."""
    with _environment(data_dir, database_url, host, port) as env:
        command = web_command(
            host=host,
            port=port,
            num_processes=num_processes,
            drain_s=DRAIN_S,
            limit_s=SERVED_LIMIT_S,
        )
        return _run(command, env)


def work(data_dir: Path, database_url: str | None) -> int:
    """Run jobs until asked to stop and return the exit status."""
    with _environment(data_dir, database_url, "127.0.0.1", 8000) as env:
        return _run(worker_command(), env)


@contextlib.contextmanager
def _environment(
    data_dir: Path, database_url: str | None, host: str, port: int
) -> Iterator[dict[str, str]]:
    """Give the environment of settings: the operator's own when set, else the folder's."""
    inherited = {**os.environ, "PYTHONPATH": str(ROOT)}
    if database_url is None and "TANNOI_DATABASE_URL" in os.environ:
        asyncio.run(_check_schema(read_settings(os.environ).database_url))
        yield inherited
        return
    with open_place(data_dir, database_url) as place:
        asyncio.run(_check_schema(place.admin_url))
        settings = place.environment(
            is_demo=False, public_url=f"http://{host}:{port}", cookie_secure=host in LOOPBACK
        )
        yield inherited | settings


@contextlib.contextmanager
def worker_of(place: Place) -> Iterator[None]:
    """Run a worker for as long as this is held, unless the place's own service is running one."""
    if place.postgres is None:
        yield
        return
    settings = place.environment(is_demo=False, public_url=LOCAL_URL)
    env = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    worker = Child("worker", worker_command(), env, place.log_dir / "worker.log")
    worker.start()
    try:
        yield
    finally:
        worker.ask_to_stop()
        worker.stop(time.monotonic() + WORKER_STOP_S)


async def _check_schema(url: str) -> None:
    conn = await connect(url)
    try:
        await check_schema(conn)
    finally:
        await conn.close()


def _run(command: Sequence[str], env: dict[str, str]) -> int:
    """Run a program in the foreground and pass on the wish to stop."""
    process = subprocess.Popen(command, env=env, start_new_session=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: process.terminate())
    return process.wait()
