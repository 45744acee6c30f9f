import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from backend.ops.embedded_pg import EmbeddedPostgres
from backend.ops.errors import CannotRun
from tests.conftest import ROOT

pytestmark = pytest.mark.store

OWNER_SCRIPT = """
import sys, time
from pathlib import Path
from backend.ops.embedded_pg import EmbeddedPostgres
postgres = EmbeddedPostgres(Path(sys.argv[1]))
postgres.start()
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder that every account may pass through, as a checkout usually is."""
    path = Path(tempfile.mkdtemp(prefix="tannoi-pg-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def postgres(folder: Path) -> Iterator[EmbeddedPostgres]:
    postgres = EmbeddedPostgres(folder / "pg")
    postgres.start()
    yield postgres
    postgres.stop()


def test_start_twice_keeps_data(postgres: EmbeddedPostgres) -> None:
    """Tests that what was committed is there after a stop and a start."""
    _execute(postgres, "CREATE TABLE kept AS SELECT 42 AS answer")
    postgres.stop()

    postgres.start()

    assert _fetch(postgres, "SELECT answer FROM kept") == 42


def test_server_forces_to_disk_and_checks_pages(postgres: EmbeddedPostgres) -> None:
    """Tests that a server for real data has checksums, fsync and full page writes on (R9)."""
    for setting in ("data_checksums", "fsync", "full_page_writes", "synchronous_commit"):
        assert _fetch(postgres, f"SHOW {setting}") == "on"


def test_server_listens_on_no_port(postgres: EmbeddedPostgres) -> None:
    """Tests that the server opens nothing but a socket in a folder closed to others."""
    assert _fetch(postgres, "SHOW listen_addresses") == ""
    assert postgres.socket_dir.stat().st_mode & 0o077 == 0


def test_start_after_killed_server_keeps_data(postgres: EmbeddedPostgres) -> None:
    """Tests that `kill -9` of the server and a new start lose nothing that was committed."""
    _execute(postgres, "CREATE TABLE kept AS SELECT 7 AS answer")
    assert postgres._process is not None
    os.kill(postgres._process.pid, signal.SIGKILL)
    postgres._process.wait()

    postgres.start()

    assert _fetch(postgres, "SELECT answer FROM kept") == 7


def test_start_ignores_pid_of_stranger(postgres: EmbeddedPostgres) -> None:
    """Tests that a note left by a crash does not stop a start when its number is in use again."""
    postgres.stop()
    note = postgres.data_dir / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{postgres.data_dir}\n0\n5432\n\n\n0 0\nready   \n")

    postgres.start()

    assert postgres.is_running()


def test_server_ends_with_killed_owner(folder: Path) -> None:
    """Tests that `kill -9` of the starter ends the server, and the next start works at once."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER_SCRIPT, folder / "pg"],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert owner.stdout is not None
    assert owner.stdout.readline() == b"ready\n"
    owner.kill()
    owner.wait()
    owner.stdout.close()

    postgres = EmbeddedPostgres(folder / "pg")
    postgres.start()

    assert postgres.is_running()
    postgres.stop()


def test_start_refuses_folder_in_use(postgres: EmbeddedPostgres) -> None:
    """Tests that a second server on the same data is refused with the first one's number."""
    second = EmbeddedPostgres(postgres.data_dir)
    assert second.is_served()

    with pytest.raises(CannotRun, match=r"Another server \(process \d+\) is using the data"):
        second.start()


def test_start_refuses_data_of_other_version(folder: Path) -> None:
    """Tests that data of another major version is named, not touched."""
    data = folder / "pg"
    data.mkdir()
    (data / "PG_VERSION").write_text("16\n")

    with pytest.raises(CannotRun, match="is of PostgreSQL 16, this program brings PostgreSQL 18"):
        EmbeddedPostgres(data).start()


def test_start_mends_half_made_folder(folder: Path) -> None:
    """Tests that a first start that was killed half-way does not block all later ones."""
    data = folder / "pg"
    data.mkdir()
    (data / "base").mkdir()

    postgres = EmbeddedPostgres(data)
    postgres.start()

    assert postgres.is_running()
    postgres.stop()


def test_start_refuses_full_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that too little room is said before anything is written."""
    usage = shutil.disk_usage(folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=5 << 20))

    with pytest.raises(CannotRun, match="nearly full: 5 MB free, 400 MB needed"):
        EmbeddedPostgres(folder / "pg").start()

    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_start_refuses_folder_it_may_not_write(folder: Path) -> None:
    """Tests that a folder without the right to write is named with what to do."""
    folder.chmod(0o500)
    try:
        with pytest.raises(CannotRun, match="cannot be written by this user"):
            EmbeddedPostgres(folder / "pg").start()
    finally:
        folder.chmod(0o755)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down to another account")
def test_root_keeps_data_where_server_can_reach(folder: Path) -> None:
    """Tests that under a private home the data go elsewhere and the home stays private."""
    home = folder / "home"
    home.mkdir(mode=0o700)

    postgres = EmbeddedPostgres(home / "checkout" / "pg")

    assert home not in postgres.data_dir.parents
    assert home.stat().st_mode & 0o077 == 0


def test_socket_of_long_path_is_short(folder: Path) -> None:
    """Tests that a deep checkout works though a socket's path has at most 107 bytes."""
    postgres = EmbeddedPostgres(folder / ("d" * 60) / ("e" * 60) / "pg")
    postgres.start()

    assert _fetch(postgres, "SELECT 1") == 1
    postgres.stop()
    shutil.rmtree(postgres.socket_dir)


def _execute(postgres: EmbeddedPostgres, statement: str) -> None:
    _fetch(postgres, statement)


def _fetch(postgres: EmbeddedPostgres, statement: str) -> object:
    async def fetch() -> object:
        conn = await asyncpg.connect(postgres.url())
        try:
            return await conn.fetchval(statement)
        finally:
            await conn.close()

    return asyncio.run(fetch())
