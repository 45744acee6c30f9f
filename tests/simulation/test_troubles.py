import os
import random
from dataclasses import replace
from pathlib import Path

import pytest

from backend.ops.errors import CannotRun
from tests.simulation import chaos
from tests.simulation.chaos import Order
from tests.simulation.cuts import Cutter
from tests.simulation.fleet import Pace
from tests.simulation.namespace import own_network
from tests.simulation.proxy import NO_FAULTS
from tests.simulation.report import write_report
from tests.simulation.test_chaos import check_clean, make_seed
from tests.simulation.troubles import TROUBLES, own_disk

pytestmark = [pytest.mark.chaos, pytest.mark.slow]

NUM_OPS = 6_000
NUM_OPS_OF_BATCH = 24
CUTS = os.environ.get("CHAOS_CUTS", "60")
"""How many places of a reply are cut; `all` for every byte."""
IMPATIENT = Pace(timeout_ms=2_000)
QUICK = Pace(pace=20_000, num_steps_max=0, photo_share=0)
NEEDS_DISK = "disk full"


async def test_house_recovers_by_itself_from_what_befalls_database_and_network():
    """Tests that each trouble is felt, answered 503 or not at all, and over when it is lifted (P6).

    Read-only, connections ended and refused, a pool that is starved, a network that is cut (P7).
    """
    names = tuple(name for name in TROUBLES if name != NEEDS_DISK)
    report = await chaos.run(Order(NUM_OPS, make_seed(), troubles=names))
    write_report(report, "troubles")
    assert list(report.recoveries_s) == list(names)
    assert report.server_errors == {}
    check_clean(report)


async def test_full_disk_loses_nothing_and_is_over_when_there_is_room(tmp_path: Path):
    """Tests that a database whose disk is full to the last byte goes on when it is freed (P6)."""
    try:
        with own_disk(tmp_path / "disk") as disk:
            for folder in (tmp_path, *tmp_path.parents[:2]):
                folder.chmod(0o755)  # root's database runs as another account
            report = await chaos.run(Order(NUM_OPS, make_seed(), troubles=(NEEDS_DISK,)), disk=disk)
    except CannotRun as reason:
        pytest.skip(str(reason))
    write_report(report, "full-disk")
    assert report.troubles == {NEEDS_DISK: 1}
    assert report.server_errors == {}
    check_clean(report)


async def test_link_that_is_down_one_way_or_both_loses_nothing():
    """Tests that phones behind a real link live with its loss, also of the replies alone (P7)."""
    try:
        with own_network() as network:
            names = ("link down", "one way")
            order = Order(NUM_OPS, make_seed(), troubles=names, network=network)
            report = await chaos.run(replace(order, pace=IMPATIENT, faults=NO_FAULTS))
    except CannotRun as reason:
        pytest.skip(str(reason))
    write_report(report, "links")
    assert list(report.recoveries_s) == list(names)
    check_clean(report)


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
    assert len(cutter.places) > int(CUTS) // 3 if CUTS != "all" else len(cutter.places) > 500
    assert report.server_errors == {}
    check_clean(report)
