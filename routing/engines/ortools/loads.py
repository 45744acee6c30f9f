"""Tells the routing model what is on board: weight, volume and cash under their ceilings, by trip.

On board is one dimension, taken on at doors another. A trip starts with any load and must end with
no less than it took on, so that what it hands out was on board from the start. Things fetched for
a door further on are a third, which no reload empties.
"""

import math

import numpy as np

from routing.engines.ortools.model import Model, pywrapcp
from routing.indexed import NO_LIMIT, Indexed

MILLION = 1_000_000


def add(model: Model) -> None:
    """Tell the model the loads that are moved and limited, and fair shares of cash."""
    ix = model.ix
    for column in range(3):
        moved = ix.out_of_office[:, column].any() or ix.taken_on[:, column].any()
        if (moved or ix.carried[:, column].any()) and (ix.capacity[:, column] < NO_LIMIT).any():
            _add_column(model, column)
    if ix.problem.fair_cash_vnd is not None and ix.weights.excess_cash_per_million:
        _add_fair_cash(model, ix.problem.fair_cash_vnd)


def _unit(ix: Indexed, column: int) -> int:
    """Return the largest amount of which all are multiples; small numbers propagate fast."""
    amounts = [ix.out_of_office[:, column], ix.taken_on[:, column], ix.carried[:, column]]
    return max(1, math.gcd(*(int(a) for a in np.concatenate(amounts))))


def _add_column(model: Model, column: int) -> None:
    ix, routing = model.ix, model.routing
    unit = _unit(ix, column)
    out = ix.out_of_office[:, column] // unit
    taken = ix.taken_on[:, column] // unit
    shipped = np.array([at in ix.origin or at in ix.destination for at in range(ix.n)], bool)
    if column == 2:
        shipped[:] = False  # Cash is never handed on to another door.
    carried = ix.carried[:, column] // unit
    every = int(out.sum() + np.abs(taken).sum() + carried.max(initial=0))
    limits = [min(int(limit) // unit, every) for limit in ix.capacity[:, column]]
    if any(limit < load for limit, load in zip(limits, carried, strict=True)):
        _ground(model, [k for k, load in enumerate(carried) if limits[k] < load])
        limits = [max(limit, int(load)) for limit, load in zip(limits, carried, strict=True)]
    board = _dimension(model, f"board{column}", taken - out, limits, resets=True)
    kept = _dimension(model, f"kept{column}", np.where(shipped, 0, taken), [every] * len(limits),
                      resets=True)  # fmt: skip
    through = None
    if shipped.any():
        ways = np.where(shipped, taken, 0)
        through = _dimension(model, f"through{column}", ways, [every] * len(limits), resets=False)
    for k, vehicle in enumerate(ix.vehicles):
        start = routing.Start(k)
        loaded = int(carried[k])
        if vehicle.on_road:
            board.CumulVar(start).SetValue(loaded)
            given = [at for at, holder in ix.loaded_on.items() if holder == k]
            loaded -= int(out[given].sum()) if given else 0
        kept.CumulVar(start).SetValue(loaded)
        if through is not None:
            through.CumulVar(start).SetValue(0)
    for index in [*model.reload_index, *(routing.End(k) for k in range(len(limits)))]:
        least = kept.CumulVar(index)
        if through is not None:
            least = least + through.CumulVar(index)
        model.solver.Add(board.CumulVar(index) >= least)


def _ground(model: Model, vehicles: list[int]) -> None:
    """Let vehicles that are too full as they stand serve nobody."""
    for k in vehicles:
        model.routing.NextVar(model.routing.Start(k)).SetValue(model.routing.End(k))


def _dimension(
    model: Model, name: str, values: np.ndarray, limits: list[int], *, resets: bool
) -> pywrapcp.RoutingDimension:
    """Return a dimension of loads that takes any value after a reload if it `resets`."""
    routing, most = model.routing, max(limits)
    reset = -most if resets else 0
    evaluator = model.unary([int(v) for v in values], reset)
    routing.AddDimensionWithVehicleCapacity(evaluator, 2 * most, limits, False, name)
    dimension = routing.GetDimensionOrDie(name)
    for index in model.stop_index:
        dimension.SlackVar(index).SetValue(0)
    for k in range(len(limits)):
        dimension.SlackVar(routing.Start(k)).SetValue(0)
    if not resets:
        for index in model.reload_index:
            dimension.SlackVar(index).SetValue(0)
    return dimension


def _add_fair_cash(model: Model, fair_vnd: int) -> None:
    """Count each begun million beyond the fair share."""
    ix, routing = model.ix, model.routing
    cash = [stop.cash_out_vnd + stop.cash_in_vnd for stop in ix.stops]
    most = sum(cash)
    routing.AddDimension(model.unary(cash), 0, most, True, "cash")
    dimension = routing.GetDimensionOrDie("cash")
    steps = model.total("cash_steps", ix.weights.excess_cash_per_million, most // MILLION + 1)
    for k, step in enumerate(steps):
        model.solver.Add(step * MILLION >= dimension.CumulVar(routing.End(k)) - fair_vnd)
