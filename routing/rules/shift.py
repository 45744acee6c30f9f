"""Hours: overtime costs, and none beyond what the vehicle allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.solution import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.schedule import Timeline

PART = "overtime"


def overtime_s(line: Timeline) -> int:
    """Return the seconds of work past the end of the shift."""
    return max(0, line.end_s - line.ix.vehicles[line.vehicle].shift_late_s)


def cost(line: Timeline) -> int:
    """Return what they cost."""
    return line.ix.weights.overtime_per_s * overtime_s(line)


def check(line: Timeline) -> Iterator[Violation]:
    """Yield a violation when the day ends too late."""
    vehicle = line.ix.vehicles[line.vehicle]
    beyond = overtime_s(line) - vehicle.overtime_s_max
    if beyond > 0:
        yield Violation(code="V3102", key="violation.shift", vehicle_id=vehicle.id, amount=beyond)
