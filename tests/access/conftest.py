"""A database with the two offices in it, copied for each probe in a few milliseconds."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from litestar import Litestar

from backend.app import make_app
from backend.house import House, make_house
from backend.ops.embedded_pg import EmbeddedPostgres
from backend.ops.migrate import APP
from tests.access.world import World, make_world
from tests.backend.desk import MORNING, make_settings, opened_house
from tests.conftest import TEMPLATE

FILLED = "template_of_two_offices"
names = (f"access_{number}" for number in itertools.count(1))


@dataclass
class Filled:
    """The world and the folder its pictures lie in."""

    world: World
    data_dir: Path


@pytest.fixture(scope="session")
def filled(
    server: EmbeddedPostgres,
    execute: Callable[[str], object],
    tmp_path_factory: pytest.TempPathFactory,
) -> Filled:
    """Return the world, made once, whose database others are copied from."""
    data_dir = tmp_path_factory.mktemp("access")

    async def fill() -> World:
        async with opened_house(server.url(FILLED, user=APP), data_dir) as house:
            return await make_world(house)

    execute(f"CREATE DATABASE {FILLED} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    return Filled(asyncio.run(fill()), data_dir)


@pytest.fixture
def world(filled: Filled) -> World:
    return filled.world


@pytest.fixture
def world_url(
    server: EmbeddedPostgres, execute: Callable[[str], object], filled: Filled
) -> Iterator[str]:
    """Return the address of a copy of the world's database, this test's own."""
    name = next(names)
    execute(f"CREATE DATABASE {name} TEMPLATE {FILLED} STRATEGY file_copy")
    yield server.url(name, user=APP)
    execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    """Return the whole application, built once; each test gives it a house."""
    data_dir = tmp_path_factory.mktemp("built")
    return make_app(make_house(make_settings("postgresql://nowhere", data_dir)))


@pytest.fixture
async def house(world_url: str, filled: Filled) -> AsyncIterator[House]:
    async with opened_house(world_url, filled.data_dir) as house:
        yield house


@pytest.fixture
def app(built: Litestar, house: House) -> Litestar:
    """Return the application on this test's copy, in the morning of the world's day."""
    built.state["house"] = house
    built.state["clock"] = lambda: MORNING
    return built
