"""Where one installation lives: its folder, its keys, its database, embedded or an operator's."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.ops import keys
from backend.ops.embedded_pg import EmbeddedPostgres
from backend.ops.errors import as_sentence
from backend.ops.migrate import app_url, connect
from backend.settings import ROOT, Settings, read_settings

DATA: Final = ROOT / "var"
DATABASE: Final = "tannoi"
LOCAL_URL: Final = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class Place:
    """An installation whose database takes connections."""

    data_dir: Path
    admin_url: str
    """For migrations: makes roles and tables."""
    app_password: str | None
    """None on our own socket, which asks for none."""
    key_files: Mapping[str, str]
    postgres: EmbeddedPostgres | None
    """The server we started; None when it is another's."""

    @property
    def log_dir(self) -> Path:
        """Where the programs write what they say."""
        return self.data_dir / "log"

    @property
    def demo_key(self) -> str:
        """Return what a demo sign-in link carries here."""
        return keys.read_or_make(self.data_dir / "secrets" / "demo_key")

    def environment(
        self,
        *,
        is_demo: bool,
        public_url: str,
        cookie_secure: bool = True,
        ca_file: Path | None = None,
    ) -> dict[str, str]:
        """Return the settings of this place as web and worker read them."""
        env = {
            "TANNOI_DATA_DIR": str(self.data_dir),
            "TANNOI_DATABASE_URL": app_url(self.admin_url, self.app_password),
            "TANNOI_MODE": "demo" if is_demo else "production",
            "TANNOI_PUBLIC_URL": public_url,
            "TANNOI_COOKIE_SECURE": "on" if cookie_secure else "off",
            **self.key_files,
        }
        if ca_file is not None:
            env["TANNOI_CA_FILE"] = str(ca_file)
        return env | {"TANNOI_DEMO_KEY": self.demo_key} if is_demo else env

    def settings(self) -> Settings:
        """Return the settings for a command that works on the data and serves nobody."""
        return read_settings(self.environment(is_demo=False, public_url=LOCAL_URL))


@contextlib.contextmanager
def open_place(data_dir: Path, database_url: str | None = None) -> Iterator[Place]:
    """Give the place in this folder, with its database running for as long as it is held.

    A database that another process of this place is running is used and left running.

    Raises
    ------
    CannotRun
        When folder or database cannot be used, with what to do about it.
    """
    data_dir = data_dir.resolve()
    with as_sentence(data_dir):
        if not data_dir.exists():
            data_dir.mkdir(parents=True)
            data_dir.chmod(0o755)  # root's server passes through it as another account
        for name in ("blobs", "log"):
            (data_dir / name).mkdir(mode=0o700, exist_ok=True)
        key_files = keys.make_keys(data_dir / "secrets")
        password = keys.read_or_make(data_dir / "secrets" / "database_password")
    if database_url is not None:
        yield Place(data_dir, database_url, password, key_files, None)
        return
    postgres = EmbeddedPostgres(data_dir / "pg")
    started = None if postgres.is_served() else postgres
    if started is not None:
        started.start()
    try:
        asyncio.run(_make_database(postgres.url()))
        yield Place(data_dir, postgres.url(DATABASE), None, key_files, started)
    finally:
        if started is not None:
            started.stop()


async def _make_database(url: str) -> None:
    conn = await connect(url)
    try:
        known = await conn.fetchval("SELECT true FROM pg_database WHERE datname = $1", DATABASE)
        if not known:
            await conn.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await conn.close()
