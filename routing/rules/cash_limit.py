"""Cash on board, still to be paid plus collected, stays under the courier's ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.rules.capacity import CASH, excess
from routing.solution import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.schedule import Timeline


def check(line: Timeline) -> Iterator[Violation]:
    """Yield a violation when at some moment there is too much on board."""
    if over := excess(line, CASH):
        yield Violation(
            code="V3109",
            key="violation.cash_limit",
            vehicle_id=line.ix.vehicles[line.vehicle].id,
            amount=over,
        )
