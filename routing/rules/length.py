"""A route has no more stops and no more metres than its vehicle allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.solution import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.schedule import Timeline


def check(line: Timeline) -> Iterator[Violation]:
    """Yield a violation for too many stops and one for too many metres."""
    vehicle = line.ix.vehicles[line.vehicle]
    stops, metres = len(line.stops), sum(line.distance_m)
    if vehicle.stops_max is not None and stops > vehicle.stops_max:
        yield Violation(
            code="V3115",
            key="violation.stops",
            vehicle_id=vehicle.id,
            amount=stops - vehicle.stops_max,
        )
    if vehicle.distance_m_max is not None and metres > vehicle.distance_m_max:
        yield Violation(
            code="V3116",
            key="violation.distance",
            vehicle_id=vehicle.id,
            amount=metres - vehicle.distance_m_max,
        )
