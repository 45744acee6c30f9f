"""What was promised stays: the same courier, about the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from routing.indexed import Indexed
    from routing.schedule import Timeline
    from routing.wellformed import Matrix

PART = "stability"


def drift_cost(ix: Indexed, stop: int, start_s: int) -> int:
    """Return the cost of starting away from the promised time."""
    promise = ix.promise.get(stop)
    if promise is None or promise.start_s is None:
        return 0
    drift = abs(start_s - promise.start_s) - ix.weights.drift_free_s
    return ix.weights.drift_per_s * max(0, drift)


def visit_cost(ix: Indexed) -> Matrix:
    """Return (stops, vehicles) the cost of another courier than promised."""
    table = np.zeros((ix.n, len(ix.vehicles)), np.int64)
    for stop, promise in ix.promise.items():
        table[stop] = ix.weights.changed_vehicle
        kept = ix.vehicle_at.get(promise.vehicle_id)
        if kept is not None:
            table[stop, kept] = 0
    return table


def cost(line: Timeline) -> int:
    """Return the cost of broken promises on a route."""
    ix, total = line.ix, 0
    for node, start in zip(line.sequence, line.service_s, strict=True):
        promise = ix.promise.get(node)
        if promise is not None:
            changed = promise.vehicle_id != ix.vehicles[line.vehicle].id
            total += drift_cost(ix, node, start) + changed * ix.weights.changed_vehicle
    return total
