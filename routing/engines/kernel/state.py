"""The plan under search: routes and what is known along them, as arrays that are copied fast."""

from typing import NamedTuple

import numpy as np

from routing.engines.kernel.model import INF, LOADS, STATES, Model, Small
from routing.indexed import Plan
from routing.wellformed import Matrix

SPARE_NODES = 12
"""Room in a route beyond the stops expected: reloads and crowding."""


class State(NamedTuple):
    """Routes; `along` holds, for each vehicle and position, what lies before and after it.

    Columns of `along`, with S states and L loads: labels on leaving the node before (4 S, as in
    `times`), latest ready (S), latest ready at no further cost (S), then four a load: on board
    before, most before within the trip, most from here on within the trip, handed out from here
    on within the trip.
    """

    routes: Small
    """(vehicles, positions) nodes."""
    length: Matrix
    along: Matrix
    arc: Matrix
    """(vehicles, positions) cost of the arc into the position."""
    earliest: Matrix
    """Earliest departure towards the position."""
    latest: Matrix
    """Latest ready at the position, in any state."""
    fixed: Matrix
    """(vehicles, 4): cost of the way and visits, penalties, cash handled, frozen positions."""
    owner: Matrix
    """Stop to vehicle; -1 left out."""
    place: Matrix
    """Stop to position."""


WAY_COST, PENALTY, CASH_SUM, FROZEN = 0, 1, 2, 3


def make_state(m: Model, positions: int) -> State:
    """Return an empty plan with room for so many positions a route."""
    vehicles, states, loads = len(m.vehicle), int(m.settings[STATES]), int(m.settings[LOADS])
    stops = len(m.visit)

    def zeros(*shape: int) -> Matrix:
        return np.zeros(shape, np.int64)

    return State(
        routes=np.zeros((vehicles, positions), np.int32),
        length=zeros(vehicles),
        along=zeros(vehicles, positions, 6 * states + 4 * loads),
        arc=zeros(vehicles, positions),
        earliest=zeros(vehicles, positions),
        latest=zeros(vehicles, positions),
        fixed=zeros(vehicles, 4),
        owner=np.full(stops, -1, np.int64),
        place=zeros(stops),
    )


def positions_needed(m: Model, plan: Plan) -> int:
    """Return the room to give each route."""
    stops, vehicles = len(m.visit), len(m.vehicle)
    longest = max((len(sequence) for sequence in plan), default=0)
    usual = stops if stops <= 400 else 4 * stops // max(1, vehicles) + 60
    return max(longest, min(stops, usual)) + SPARE_NODES


def plan_of(routes: Small, length: Matrix) -> Plan:
    """Return routes as lists."""
    return [routes[k, : length[k]].tolist() for k in range(len(length))]


INFEASIBLE = INF
