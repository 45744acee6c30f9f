import asyncio
import contextlib
import importlib
import math
import os
import random

import asyncpg
import hypothesis
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from backend.kit.db import prepare
from tests.simulation.clocks import START
from tests.simulation.machine import ExchangeMachine
from tests.simulation.town import Town, add_device, make_town

pytestmark = [pytest.mark.store, pytest.mark.slow]

NUM_RUNS = int(os.environ.get("SIMULATION_RUNS", "200"))
NUM_STEPS = int(os.environ.get("SIMULATION_STEPS", "50"))
SEED = int(os.environ.get("SEED", random.randrange(10**9)))


@pytest.fixture
def town() -> Town:
    """Return an office with two couriers, one of them with two phones."""
    rnd = random.Random(5)
    town = make_town(rnd, now=START, num_couriers=2, num_stops=4, num_offices=1, num_spares=4)
    town.couriers.append(add_device(town, rnd, town.couriers[0]))
    return town


def test_exchange_agrees_with_plain_dicts(admin_url, db_url, town, monkeypatch):
    """Tests that no order of facts and faults makes the server differ from the rules (P3)."""
    # A slow machine must not end a batch early: the dicts know nothing of seconds.
    module = importlib.import_module("backend.sync.exchange")
    monkeypatch.setattr(module, "BATCH_S_MAX", math.inf)
    print(f"SEED={SEED}")
    loop = asyncio.new_event_loop()
    with contextlib.ExitStack() as stack:
        stack.callback(loop.close)
        conn = loop.run_until_complete(_open(admin_url, db_url, town))
        stack.callback(lambda: loop.run_until_complete(conn.close()))

        @hypothesis.seed(SEED)
        def machine() -> ExchangeMachine:
            return ExchangeMachine(loop, conn, town)

        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=NUM_RUNS,
                stateful_step_count=NUM_STEPS,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )


async def _open(admin_url: str, db_url: str, town: Town) -> asyncpg.Connection:
    admin = await asyncpg.connect(admin_url)
    await town.write(admin)
    await admin.close()
    conn = await asyncpg.connect(db_url)
    await prepare(conn)
    return conn
