"""The stage on which the scenes in Chromium are played: one for all of them."""

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from backend.house import House, make_house
from backend.ops.embedded_pg import EmbeddedPostgres
from backend.settings import read_settings
from tests.conftest import TEMPLATE
from tests.journeys import screens
from tests.journeys.stage import Stage, set_stage

NUM_COURIERS = 80


@pytest.fixture(autouse=True)
def shows_its_screens(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hold a test that is said to show screens to axe-core to having done so."""
    screens.visited.clear()
    num_failed = request.session.testsfailed
    yield
    place = f"{request.node.path.stem}::{request.node.name}"
    unseen = {*screens.SHOWN_BY.get(place, ())} - screens.visited
    if request.session.testsfailed == num_failed:
        assert unseen == set(), "screens that axe-core was to look at"


@pytest.fixture(scope="session")
async def whole_stage(server: EmbeddedPostgres) -> AsyncIterator[Stage]:
    """Give the stage to all scenes of a run."""
    conn = await asyncpg.connect(server.url())
    await conn.execute(f"CREATE DATABASE stage TEMPLATE {TEMPLATE} STRATEGY file_copy")
    async with set_stage(server, "stage", NUM_COURIERS) as stage:
        yield stage
    await conn.execute("DROP DATABASE stage WITH (FORCE)")
    await conn.close()


@pytest.fixture
async def stage(whole_stage: Stage) -> AsyncIterator[Stage]:
    """Give the stage to one scene, and close its phones."""
    yield whole_stage
    await whole_stage.close_phones()


@pytest.fixture
async def house_of_stage(stage: Stage) -> AsyncIterator[House]:
    """Return the stage's house, for what is made by its doors."""
    house = make_house(read_settings(stage.server.env))
    await house.open(name="test", pool_size=2, with_hub=False)
    yield house
    await house.close()
