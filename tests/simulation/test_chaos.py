import os
import random
from dataclasses import replace

import pytest

from tests.simulation import chaos
from tests.simulation.chaos import Order
from tests.simulation.report import Report, write_report

pytestmark = [pytest.mark.chaos, pytest.mark.slow]

NUM_OPS = int(os.environ.get("CHAOS_OPS", "20000"))
NUM_OPS_RESTORED = 800
NUM_OPS_FORGOTTEN = 400
NUM_KILLS = 2
TIMEOUT_MS = 1_500
"""Pictures go one after another: a phone that waits long for each lost answer takes all day."""


def make_seed() -> int:
    seed = int(os.environ.get("SEED", random.randrange(10**9)))
    print(f"SEED={seed}")
    return seed


def check_clean(report: Report) -> None:
    """Check that nothing was lost, doubled or different, and that every checker has eyes."""
    assert {name: num for name, num in report.faults.items() if num} == {}
    assert report.found == []
    assert report.unnoticed == []
    assert report.is_clean


async def test_nothing_is_lost_or_doubled_when_server_and_database_are_killed():
    """Tests that a bad network and `kill -9` of server and database lose and double nothing (P4).

    The phones are the app's own core, killed at any step themselves; every checker is then shown
    its planted fault in the very same books.
    """
    report = await chaos.run(Order(NUM_OPS, make_seed(), num_kills=NUM_KILLS))
    write_report(report, "kills")
    assert report.troubles == {"server killed": 1, "database killed": 1}
    assert report.phones["deaths"] > 0
    assert report.network["requests with sealed facts"] > 0
    check_clean(report)


async def test_nothing_is_lost_or_doubled_when_an_old_backup_is_put_back():
    """Tests that a restored database gets back from the phones what it lacks, once (P5).

    Each phone has taken more pictures by then than a day's.
    """
    pace = replace(chaos.PHOTOGRAPHING, photo_share=1, num_photos=1, timeout_ms=TIMEOUT_MS)
    report = await chaos.run(Order(NUM_OPS_RESTORED, make_seed(), num_restores=1, pace=pace))
    write_report(report, "restore")
    assert report.troubles == {"backup taken": 1, "database restored": 1}
    assert report.phones["lowered"] > 0
    assert report.phones["sent_again"] > 0
    check_clean(report)


async def test_pictures_forgotten_too_early_are_seen():
    """Tests that the checkers see phones which keep only the newest pictures (planted, P5)."""
    # No picture may be behind: what is put back must lack some that the phone has forgotten.
    pace = replace(
        chaos.PHOTOGRAPHING, photo_share=1, num_photos=1, num_kept_max=5, num_behind_max=0,
        timeout_ms=TIMEOUT_MS,
    )  # fmt: skip
    report = await chaos.run(Order(NUM_OPS_FORGOTTEN, make_seed(), num_restores=1, pace=pace))
    assert report.faults["pictures forgotten too early"] > 0
    assert report.faults["pictures lost"] > 0
    assert report.faults["lost"] == report.faults["doubled"] == 0
