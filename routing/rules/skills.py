"""What the stop asks for, the vehicle has: skills, a gender, a named courier, the things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.solution import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.schedule import Timeline


def check(line: Timeline) -> Iterator[Violation]:
    """Yield a violation for each missing skill and each courier who may not come."""
    vehicle = line.ix.vehicles[line.vehicle]
    for node in line.stops:
        stop = line.ix.stops[node]
        missing = len(set(stop.skills) - set(vehicle.skills))
        if missing:
            yield Violation(
                code="V3105",
                key="violation.skill",
                vehicle_id=vehicle.id,
                stop_id=stop.id,
                amount=missing,
            )
        if stop.vehicles and vehicle.id not in stop.vehicles:
            yield Violation(
                code="V3106", key="violation.vehicle", vehicle_id=vehicle.id, stop_id=stop.id
            )
