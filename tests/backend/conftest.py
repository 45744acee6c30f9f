"""What tests of several rooms share: an open house, an app of all routes, who asks it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from litestar import Litestar

from backend.app import make_app
from backend.house import House, make_house
from tests.backend.desk import Clock, make_settings, opened_house


@pytest.fixture
async def house(db_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """Return the house of this test's own database, open."""
    async with opened_house(db_url, tmp_path) as house:
        yield house


@pytest.fixture
def clock() -> Clock:
    """Return the instant at which requests are judged; tests move it."""
    return Clock()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    """Return the whole application, built once; each test gives it a house and a clock."""
    data_dir = tmp_path_factory.mktemp("built")
    return make_app(make_house(make_settings("postgresql://nowhere", data_dir)))


@pytest.fixture
def app(built: Litestar, house: House, clock: Clock) -> Litestar:
    """Return the whole application on that house; its start is not run, the house is open."""
    built.state.house, built.state.clock = house, clock
    return built
