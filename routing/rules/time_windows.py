"""Service begins inside a window, and by the preferred time where it can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.solution import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.indexed import Indexed
    from routing.schedule import Timeline

PART = "lateness"


def lateness_s(ix: Indexed, stop: int, start_s: int) -> int:
    """Return the seconds past the preferred time."""
    soft = ix.stops[stop].soft_late_s
    return 0 if soft is None else max(0, start_s - soft)


def lateness_cost(ix: Indexed, stop: int, start_s: int) -> int:
    """Return what they cost."""
    return ix.weights.lateness_per_s * lateness_s(ix, stop, start_s)


def cost(line: Timeline) -> int:
    """Return the cost of all lateness on a route."""
    return sum(
        lateness_cost(line.ix, node, start)
        for node, start in zip(line.sequence, line.service_s, strict=True)
        if node < line.ix.n
    )


def check(line: Timeline) -> Iterator[Violation]:
    """Yield a violation for each service begun outside every window."""
    for node, start in zip(line.sequence, line.service_s, strict=True):
        if node >= line.ix.n or not line.ix.stops[node].tws:
            continue
        stop = line.ix.stops[node]
        if not any(tw.early_s <= start <= tw.late_s for tw in stop.tws):
            yield Violation(
                code="V3101",
                key="violation.window",
                stop_id=stop.id,
                vehicle_id=line.ix.vehicles[line.vehicle].id,
                amount=start - stop.tws[-1].late_s,
            )
