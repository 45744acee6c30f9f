"""What tests stand on: one server in memory, one migrated template, a database in 25 ms.

`conn` is the quick way: one transaction of the app's role, rolled back after the test.
`db_url` and `admin_url` name a database of the test's own; `client` and `live_server` serve it.
"""

import asyncio
import itertools
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import asyncpg
import httpx
import hypothesis
import pytest

from backend.app import make_app
from backend.house import House, make_house
from backend.kit.db import prepare, set_walls
from backend.ops.embedded_pg import EmbeddedPostgres
from backend.ops.migrate import APP, migrate
from backend.settings import read_settings
from tests import serving
from tests.serving import LiveServer, free_port, make_env

ROOT = Path(__file__).resolve().parents[1]
FREE_BYTES_MIN = 1 << 30
TEMPLATE = "template_migrated"
SHARED = "shared"
names = (f"test_{number}" for number in itertools.count(1))

# A failing example prints how to run it again; time is not a reason to fail.
hypothesis.settings.register_profile("house", deadline=None, print_blob=True)
hypothesis.settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests into the stages of `./test`, by where they stand and what they stand on."""
    for item in items:
        folder = item.path.relative_to(ROOT / "tests").parts[0]
        if folder == "migrations":
            item.add_marker("migration")
        elif folder == "journeys":
            item.add_marker("journey")
        elif "server" in getattr(item, "fixturenames", ()):
            item.add_marker("store")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedPostgres]:
    """Return a server whose data live in memory, with the migrated template in it."""
    base = Path(tempfile.mkdtemp(prefix="tannoi-test-", dir=_memory()))
    base.chmod(0o755)  # root's server runs as another account
    postgres = EmbeddedPostgres(base / "pg", volatile=True, settings={"log_min_messages": "fatal"})
    try:
        postgres.start()
        asyncio.run(_make_template(postgres))
        yield postgres
    finally:
        postgres.stop()
        shutil.rmtree(base)


@pytest.fixture(scope="session")
def execute(server: EmbeddedPostgres) -> Iterator[Callable[[str], object]]:
    """Return what runs a statement as the superuser, by one connection for all tests."""
    with asyncio.Runner() as runner:
        conn = runner.run(asyncpg.connect(server.url()))
        yield lambda statement: runner.run(conn.execute(statement))
        runner.run(conn.close())


@pytest.fixture
def admin_url(server: EmbeddedPostgres, execute: Callable[[str], object]) -> Iterator[str]:
    """Return the address, for the superuser, of a migrated database of this test's own."""
    name = next(names)
    execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    yield server.url(name)
    execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def db_url(admin_url: str) -> str:
    """Return the same database's address for the role that the service runs as."""
    return admin_url.replace("postgres@", f"{APP}@", 1)


@pytest.fixture
async def admin_conn(admin_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Return a superuser's connection to this test's own database; each statement commits."""
    conn = await asyncpg.connect(admin_url)
    await prepare(conn)
    yield conn
    await conn.close()


@pytest.fixture
async def conn(server: EmbeddedPostgres) -> AsyncIterator[asyncpg.Connection]:
    """Return the app's connection, as the house, in a transaction that is rolled back."""
    conn = await asyncpg.connect(server.url(SHARED, user=APP))
    await prepare(conn)
    transaction = conn.transaction()
    await transaction.start()
    await set_walls(conn, actor="house", offices="*")
    yield conn
    await transaction.rollback()
    await conn.close()


@pytest.fixture
def public_url() -> str:
    """Return where the browsers of these tests believe the service to be."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def server_env(db_url: str, public_url: str, tmp_path: Path) -> dict[str, str]:
    """Return the settings, as environment, of a demo house on this test's own database."""
    return make_env(db_url, tmp_path, public_url)


@pytest.fixture
async def house(server_env: dict[str, str]) -> AsyncIterator[House]:
    """Return the open house of these settings."""
    house = make_house(read_settings(server_env))
    await house.open(name="tannoi-test", pool_size=4, with_hub=False)
    yield house
    await house.close()


@pytest.fixture
async def client(server_env: dict[str, str], public_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Return a browser-like client of the whole application, which runs in this very process."""
    app = make_app(make_house(read_settings(server_env)))
    async with (
        app.lifespan(),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            # https, because the jar gives Secure cookies to nothing else.
            base_url=public_url.replace("http:", "https:"),
            headers={"sec-fetch-site": "same-origin"},
        ) as client,
    ):
        yield client


@pytest.fixture
def live_server(
    server_env: dict[str, str], public_url: str, tmp_path: Path
) -> Iterator[LiveServer]:
    """Return a real web server, in a process of its own, on this test's own database."""
    server = LiveServer(public_url, server_env, tmp_path / "web.log")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def live_worker(server_env: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Return a worker process that runs the jobs of this test's own database."""
    with serving.live_worker(server_env, tmp_path / "worker.log") as process:
        yield process


def _memory() -> Path:
    shared_memory = Path("/dev/shm")  # noqa: S108 (the folder inside is made with a random name)
    if shared_memory.is_dir() and shutil.disk_usage(shared_memory).free > FREE_BYTES_MIN:
        return shared_memory
    return Path(tempfile.gettempdir())


async def _make_template(postgres: EmbeddedPostgres) -> None:
    await _run(postgres, f"CREATE DATABASE {TEMPLATE}")
    await migrate(postgres.url(TEMPLATE))
    await _run(postgres, f"CREATE DATABASE {SHARED} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    await _run(postgres, f"ALTER DATABASE {TEMPLATE} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false")


async def _run(postgres: EmbeddedPostgres, statement: str) -> None:
    conn = await asyncpg.connect(postgres.url())
    try:
        await conn.execute(statement)
    finally:
        await conn.close()
