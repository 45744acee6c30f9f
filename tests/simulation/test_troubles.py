import asyncio
import os
import random
from pathlib import Path

import pytest

from backend.ops.errors import CannotRun
from tests.simulation import chaos
from tests.simulation.chaos import Order
from tests.simulation.cuts import Cutter
from tests.simulation.fire import Fire
from tests.simulation.fleet import Pace
from tests.simulation.namespace import own_network
from tests.simulation.proxy import FaultProxy
from tests.simulation.report import Report, write_report
from tests.simulation.test_chaos import check_clean, make_seed
from tests.simulation.troubles import DISK_FULL, LINKS, TROUBLES, disk_full

pytestmark = [pytest.mark.chaos, pytest.mark.slow]

NUM_OPS = 12_000
NUM_OPS_OF_BATCH = 24
NUM_CUTS_MIN = 20
CUTS = os.environ.get("CHAOS_CUTS", "60")
"""How many places of a reply are cut; `all` for every byte."""
QUICK = Pace(pace=20_000, num_steps_max=0, photo_share=0)


@pytest.fixture(scope="module")
def befallen() -> Report:
    """Return the report of one run through every trouble that this machine allows."""
    report = asyncio.run(chaos.befall(NUM_OPS, make_seed(), 1))
    write_report(report, "troubles")
    return report


def test_house_recovers_by_itself_from_what_befalls_database_and_network(befallen: Report):
    """Tests that each trouble is felt, answered 503 or not at all, and over when lifted (P6, P7).

    Read-only, connections ended and refused, a pool that is starved, a network that is cut.
    """
    assert set(TROUBLES) - {DISK_FULL, *LINKS} <= set(befallen.recoveries_s)
    assert befallen.server_errors == {}
    check_clean(befallen)


def test_full_disk_loses_nothing_and_is_over_when_there_is_room(befallen: Report):
    """Tests that a database whose disk is full to the last byte goes on when it is freed (P6)."""
    if DISK_FULL in befallen.skipped:
        pytest.skip(befallen.skipped[DISK_FULL])
    assert befallen.troubles[DISK_FULL] == 1


def test_link_that_is_down_one_way_or_both_loses_nothing(befallen: Report):
    """Tests that phones behind a real link live with its loss, also of the replies alone (P7)."""
    if LINKS[0] in befallen.skipped:
        pytest.skip(befallen.skipped[LINKS[0]])
    assert {befallen.troubles[name] for name in LINKS} == {1}


async def test_reply_broken_off_anywhere_is_as_good_as_none():
    """Tests that half a reply, whatever half, changes nothing on the phone (P7).

    The request is broken off as far along before each: the server takes none of it.
    """
    seed = make_seed()
    cutter = Cutter(random.Random(seed), None if CUTS == "all" else int(CUTS))
    report = await chaos.run(Order(NUM_OPS_OF_BATCH, seed, cutter=cutter, pace=QUICK))
    report.troubles["reply cut"] = len(cutter.places)
    write_report(report, "cuts")
    assert cutter.is_done
    assert len(cutter.places) > NUM_CUTS_MIN
    assert report.server_errors == {}
    check_clean(report)


def test_disk_that_is_not_the_tests_own_is_never_filled(tmp_path: Path):
    """Tests that only a disk mounted for the run is filled, never the machine's."""

    async def fill() -> None:
        async with disk_full(Fire(tmp_path), FaultProxy(0, random.Random(1))):
            pass

    with pytest.raises(AssertionError, match="own disk"):
        asyncio.run(fill())
    assert list(tmp_path.rglob("ballast")) == []


def test_network_is_gone_when_it_is_not_needed_any_more():
    """Tests that a namespace leaves nothing behind."""
    try:
        with own_network() as network:
            assert network.is_there()
    except CannotRun as reason:
        pytest.skip(str(reason))
    assert not network.is_there()
