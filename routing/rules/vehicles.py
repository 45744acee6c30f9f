"""Using a vehicle at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.indexed import Indexed
    from routing.schedule import Timeline

PART = "vehicles"


def fixed_cost(ix: Indexed, vehicle: int) -> int:
    """Return the cost of sending this vehicle out."""
    return ix.weights.vehicle_used + ix.vehicles[vehicle].fixed_cost


def cost(line: Timeline) -> int:
    """Return the cost of the vehicle of a route."""
    return fixed_cost(line.ix, line.vehicle)
