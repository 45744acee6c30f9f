"""Real processes of the house for tests: the web server and the worker, on a free port."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from backend.ops.serve import web_command, worker_command

ROOT = Path(__file__).resolve().parents[1]
START_WAIT_S = 60


@dataclass
class LiveServer:
    """A web server in a process of its own; `kill` and `start` play a crash."""

    url: str
    env: Mapping[str, str]
    log_file: Path
    process: subprocess.Popen[bytes] | None = field(default=None)
    drain_s: float = 0
    """So long it serves on when asked to stop (R6)."""

    @property
    def port(self) -> int:
        """The port it serves on, also after a restart."""
        return int(self.url.rpartition(":")[2])

    def start(self) -> None:
        """Start the server and return when it answers."""
        command = web_command(
            host="127.0.0.1", port=self.port, num_processes=1, drain_s=self.drain_s
        )
        self.process = launch(command, self.env, self.log_file)
        deadline = time.monotonic() + START_WAIT_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/health/live", timeout=2):
                    return
            except OSError:
                time.sleep(0.05)
        words = self.log_file.read_text(errors="replace")[-2000:]
        self.kill()
        pytest.fail(f"the server did not start:\n{words}", pytrace=False)

    def stop(self) -> None:
        """End the server as an operator does."""
        end(self.process)

    def kill(self) -> None:
        """End the server and its processes as a power cut does."""
        assert self.process is not None
        os.killpg(self.process.pid, 9)
        self.process.wait()


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(command: list[str], env: Mapping[str, str], log_file: Path) -> subprocess.Popen[bytes]:
    """Start a program of ours in a group of its own."""
    with log_file.open("ab") as log:
        return subprocess.Popen(
            command,
            env={**os.environ, "PYTHONPATH": str(ROOT), **env},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            start_new_session=True,
        )


def end(process: subprocess.Popen[bytes] | None) -> None:
    """Ask a process to end, and after ten seconds make it."""
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()


@contextmanager
def live_worker(env: Mapping[str, str], log_file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Give a worker process that runs the jobs of this environment."""
    process = launch(worker_command(), env, log_file)
    try:
        yield process
    finally:
        end(process)


def make_env(db_url: str, data_dir: Path, public_url: str) -> dict[str, str]:
    """Return the settings of a demo house with synthetic keys."""
    return {
        "TANNOI_DATA_DIR": str(data_dir),
        "TANNOI_DATABASE_URL": db_url,
        "TANNOI_MODE": "demo",
        "TANNOI_DEMO_KEY": "synthetic-demo-key",
        "TANNOI_PUBLIC_URL": public_url,
        "TANNOI_SEAL_KEYS": f"1:{bytes(range(32)).hex()}",
        "TANNOI_INDEX_KEY": bytes(range(32, 64)).hex(),
        "TANNOI_SIGNING_KEYS": bytes(range(64, 96)).hex(),
        "TANNOI_LEDGER_KEY": bytes(range(96, 128)).hex(),
        "TANNOI_VAPID_PRIVATE_KEY": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
    }
