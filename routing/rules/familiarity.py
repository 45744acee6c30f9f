"""Couriers who know a door find it at once: a strange door costs by how little it is known.

Territory is about streets, this about one door; both are priced under the part "territory".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from routing.indexed import Indexed
    from routing.problem import Stop
    from routing.schedule import Timeline
    from routing.wellformed import Matrix

WHOLLY = 100
"""Percent at which a door costs nothing more."""


def door_cost(ix: Indexed, stop: Stop, vehicle_id: str) -> int:
    """Return the cost of a door this courier does not wholly know."""
    strange = WHOLLY - stop.known_by.get(vehicle_id, 0)
    return ix.weights.unfamiliar * strange // WHOLLY


def visit_cost(ix: Indexed) -> Matrix:
    """Return (stops, vehicles) the same for all; how every engine is told."""
    table = np.zeros((ix.n, len(ix.vehicles)), np.int64)
    if ix.weights.unfamiliar:
        for at, stop in enumerate(ix.stops):
            table[at] = [door_cost(ix, stop, vehicle.id) for vehicle in ix.vehicles]
    return table


def cost(line: Timeline) -> int:
    """Return the cost of strange doors on a route."""
    ix = line.ix
    if not ix.weights.unfamiliar:
        return 0
    vehicle_id = ix.vehicles[line.vehicle].id
    return sum(door_cost(ix, ix.stops[node], vehicle_id) for node in line.stops)
