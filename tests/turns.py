"""Lets runs of the same tests take turns: each takes the next file that no other has taken.

`./test` gives it to runs beside each other: `-p tests.turns --turns DIR`, an empty folder.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

LONGEST = (
    "journeys/test_phone_in_browser.py",
    "journeys/test_day_in_browser.py",
    "journeys/test_money_in_browser.py",
    "journeys/test_remit_in_browser.py",
    "journeys/test_offline_in_browser.py",
    "journeys/test_visit_in_browser.py",
    "journeys/test_accessibility.py",
    "journeys/test_cash_in_browser.py",
    "journeys/test_counter_in_browser.py",
    "journeys/test_transfer_in_browser.py",
    "journeys/test_two_rounds_in_browser.py",
    "journeys/test_agency_in_browser.py",
    "journeys/test_troubles_in_browser.py",
    "journeys/test_capture_in_browser.py",
    "journeys/test_large_sum_in_browser.py",
    "journeys/test_tools_in_browser.py",
    "ops/test_start.py",
    "access/test_access_matrix.py",
    "backend/dispatch/test_actions.py",
    "backend/test_worker_process.py",
    "simulation/test_exchange_stateful.py",
    "simulation/test_chaos.py",
    "simulation/test_troubles.py",
)
"""The files that take longest, the longest first: begun last, one would keep the others waiting."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the folder in which runs note what they have taken."""
    parser.addoption("--turns", metavar="DIR", type=Path, required=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the files that take longest first."""
    ranks = {config.rootpath / "tests" / name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run the tests of file after file until all are taken."""
    if session.testsfailed or session.config.option.collectonly:
        return None  # pytest's own loop says what is wrong
    turns = _take(session.items, session.config.option.turns)
    item = next(turns, None)
    while item is not None:
        following = next(turns, None)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        item = following
    return True


def _take(items: list[pytest.Item], folder: Path) -> Iterator[pytest.Item]:
    for file, of_file in groupby(items, key=lambda item: item.location[0]):
        try:
            (folder / file.replace("/", "-")).touch(exist_ok=False)
        except FileExistsError:
            continue
        yield from of_file
