"""Couriers serve the streets they know, unless another way is worth it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from routing.rules import familiarity

if TYPE_CHECKING:
    from routing.indexed import Indexed
    from routing.schedule import Timeline
    from routing.wellformed import Matrix

PART = "territory"


def visit_cost(ix: Indexed) -> Matrix:
    """Return (stops, vehicles) the cost of a stop outside the courier's territories.

    What each courier does not know of the door is in it, so that engines hear of both at once.
    """
    table = np.zeros((ix.n, len(ix.vehicles)), np.int64)
    known = [set(vehicle.territories) for vehicle in ix.vehicles]
    for at, stop in enumerate(ix.stops):
        if stop.territory is not None:
            table[at] = [
                0 if stop.territory in territories else ix.weights.out_of_territory
                for territories in known
            ]
    return table + familiarity.visit_cost(ix)


def cost(line: Timeline) -> int:
    """Return the cost of strange streets and doors on a route."""
    known = set(line.ix.vehicles[line.vehicle].territories)
    stops = (line.ix.stops[node] for node in line.stops)
    strange = sum(s.territory is not None and s.territory not in known for s in stops)
    return strange * line.ix.weights.out_of_territory + familiarity.cost(line)
