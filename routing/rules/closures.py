"""No leg where there is no way: ferries that do not run, flooded roads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.solution import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.schedule import Timeline


def check(line: Timeline) -> Iterator[Violation]:
    """Yield a violation for each leg without a way, naming the stop it leads to."""
    for leg in line.unreachable:
        node = line.sequence[leg] if leg < len(line.sequence) else None
        stop_id = line.ix.stops[node].id if node is not None and node < line.ix.n else None
        yield Violation(
            code="V3114",
            key="violation.closed",
            stop_id=stop_id,
            vehicle_id=line.ix.vehicles[line.vehicle].id,
        )
