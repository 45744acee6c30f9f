from pathlib import Path

import pytest

from backend.ops.errors import CannotRun
from tests.simulation import chaos
from tests.simulation.chaos import Order
from tests.simulation.report import write_report
from tests.simulation.test_chaos import check_clean, make_seed
from tests.simulation.troubles import TROUBLES, own_disk

pytestmark = [pytest.mark.chaos, pytest.mark.slow]

NUM_OPS = 6_000
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
