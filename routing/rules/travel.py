"""Seconds and metres on the way, and having a vehicle out at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from routing.indexed import Indexed
    from routing.schedule import Timeline
    from routing.wellformed import Matrix

PART = "travel"


def arc_cost(ix: Indexed, profile: int) -> Matrix:
    """Return (nodes, nodes) the cost of each way."""
    weights = ix.weights
    table = (
        weights.travel_per_s * ix.travel[profile] + weights.distance_per_m * (ix.distance[profile])
    )
    return np.ascontiguousarray(table)


def cost(line: Timeline) -> int:
    """Return the cost of a route's way, by the matrix's durations."""
    weights = line.ix.weights
    return weights.travel_per_s * sum(line.travel_s) + weights.distance_per_m * sum(line.distance_m)
