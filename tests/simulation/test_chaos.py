import os
import random

import pytest

from tests.simulation import chaos

pytestmark = [pytest.mark.chaos, pytest.mark.slow]

NUM_OPS = int(os.environ.get("CHAOS_OPS", "20000"))
NUM_KILLS = 2


async def test_nothing_is_lost_or_doubled_when_server_and_database_are_killed():
    """Tests that a bad network and `kill -9` of server and database lose and double nothing (P4).

    Every checker is then shown its planted fault in the very same books.
    """
    seed = int(os.environ.get("SEED", random.randrange(10**9)))
    print(f"SEED={seed}")
    report = await chaos.run(NUM_OPS, num_kills=NUM_KILLS, seed=seed)
    chaos.write_report(report, [])
    assert report.kills == {"server": 1, "database": 1}
    assert {name: num for name, num in report.faults.items() if num} == {}
    assert report.found == []
    assert report.unnoticed == []
    assert report.is_clean
