"""The processes that a chaos run kills and restores: a database on disk and a web server."""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from backend.ops.embedded_pg import EmbeddedPostgres
from backend.ops.migrate import APP, migrate
from tests.serving import ROOT, LiveServer, free_port, make_env

NUM_COPIES_KEPT = 3


class Fire:
    """The processes of a run: a database on disk with fsync, a web server, both ours to kill."""

    def __init__(
        self,
        folder: Path,
        *,
        database_dir: Path | None = None,
    ) -> None:
        """Describe them; nothing is started yet. `database_dir` may lie on another disk."""
        self.folder = folder
        self.postgres = EmbeddedPostgres(
            database_dir or folder / "pg", settings={"log_min_messages": "fatal"}
        )
        self.url = f"http://127.0.0.1:{free_port()}"
        self.blobs = folder / "data"
        env = make_env(self.postgres.url(user=APP), self.blobs, self.url)
        self.server = LiveServer(self.url, env, folder / "web.log")
        self.num_copies = 0
        self.copies: list[Path] = []
        """The last few backups, oldest first: each a folder of the database and the pictures."""

    async def start(self) -> None:
        """Start the database, make sure it is the one of this run, migrate it, start the server."""
        await asyncio.to_thread(self.postgres.start)
        conn = await asyncpg.connect(self.postgres.url())
        served = await conn.fetchval("SHOW data_directory")
        is_forced = await conn.fetchval("SHOW fsync") == "on"
        await conn.close()
        assert Path(served) == self.postgres.data_dir, f"{served} is not ours: nothing is written"
        assert is_forced, "without fsync a kill proves nothing"
        await migrate(self.postgres.url())
        await asyncio.to_thread(self.server.start)

    async def kill_server(self) -> None:
        """Kill the web server mid-batch, and start it again."""
        await asyncio.to_thread(self.server.kill)
        await asyncio.to_thread(self.server.start)

    async def kill_database(self) -> None:
        """Kill PostgreSQL with all its processes mid-batch, and start it again."""
        process = self.postgres._process
        assert process is not None
        os.killpg(process.pid, signal.SIGKILL)
        await asyncio.to_thread(process.wait)
        await asyncio.to_thread(self.postgres.start)

    async def back_up(self) -> None:
        """Stop the database, copy its folder and the pictures, and start it again."""
        await asyncio.to_thread(self.postgres.stop)
        self.num_copies += 1
        copy = self.folder / f"copy-{self.num_copies}"
        await asyncio.to_thread(_copy, self.postgres.data_dir, copy / "pg")
        await asyncio.to_thread(_copy, self.blobs, copy / "data")
        self.copies.append(copy)
        for old in self.copies[:-NUM_COPIES_KEPT]:
            await asyncio.to_thread(shutil.rmtree, old)
        self.copies = self.copies[-NUM_COPIES_KEPT:]
        await asyncio.to_thread(self.postgres.start)

    async def restore(self, copy: Path) -> None:
        """Put database and pictures back to an older copy, bump the epoch, and serve again."""
        await asyncio.to_thread(self.server.kill)
        await asyncio.to_thread(self.postgres.stop)
        await asyncio.to_thread(_copy, copy / "pg", self.postgres.data_dir)
        await asyncio.to_thread(_copy, copy / "data", self.blobs)
        await asyncio.to_thread(self.postgres.start)
        await self.bump_epoch()
        await asyncio.to_thread(self.server.start)

    async def bump_epoch(self) -> None:
        """Do what the operator does after every restore, before traffic."""
        url = self.postgres.url()
        place = self.folder / "operator"
        done = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "backend.cli", "bump-epoch"),
            *("--data", place, "--database-url", url),
            stdout=asyncio.subprocess.DEVNULL,
            cwd=ROOT,
        )
        assert await done.wait() == 0, "the epoch was not bumped"

    def count_errors(self) -> dict[str, int]:
        """Return how often the web server logged which error of its own."""
        lines = self.server.log_file.read_text(errors="replace").split("\n")
        said: Counter[str] = Counter()
        for line in lines:
            if line.startswith("{") and '"level": "error"' in line:
                entry = json.loads(line)
                frames = entry.get("exception") or [""]
                said[f"{entry['event']} {entry.get('cause', '')} {frames[-1]}"] += 1
        return dict(said)

    def stop(self) -> None:
        """End both, whatever state they are in."""
        self.server.stop()
        self.postgres.stop()


def _copy(source: Path, target: Path) -> None:
    """Make `target` a copy of a folder, owners and rights included."""
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target, symlinks=True)
    for path in (source, *source.rglob("*")):
        stat = path.lstat()
        os.chown(target / path.relative_to(source), stat.st_uid, stat.st_gid, follow_symlinks=False)


@contextmanager
def fire(*, disk: Path | None = None) -> Iterator[Fire]:
    """Give the processes in a folder of their own on disk; nothing of them is left.

    The database lies on `disk` where one is given.
    """
    folder = Path(tempfile.mkdtemp(prefix="tannoi-chaos-"))
    folder.chmod(0o755)  # root's database runs as another account
    (folder / "data").mkdir()
    processes = Fire(folder, database_dir=disk and disk / "pg")
    try:
        yield processes
    finally:
        processes.stop()
        shutil.rmtree(folder)
