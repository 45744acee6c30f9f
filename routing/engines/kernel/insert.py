# mypy: disable-error-code="no-any-return"
# What numpy hands out one entry at a time has no type of its own.
"""The cheapest place for a stop, compiled: most places are refused in a few steps.

A place is looked at in this order: extra way against the best so far, earliest against latest
times, loads, then exact times from the place on until nothing later changes.
"""

import numpy as np

from routing.engines.kernel.jit import jit, jit_inline
from routing.engines.kernel.model import (
    CAPACITY,
    CASH,
    DEPOT,
    EARLY,
    END,
    FIXED,
    GOODS,
    HAS_RELEASE,
    INF,
    KIND,
    LATE,
    LOADED_ON,
    LOADS,
    NO_VEHICLE_COST,
    NUM_DEPOTS,
    NUM_RESTS,
    ON_ROAD,
    OUT,
    PROFILE,
    RELEASE,
    RELOADS_MAX,
    SERVICE,
    STATES,
    STOPS_MAX,
    TAKEN,
    Model,
)
from routing.engines.kernel.route import (
    cash_cost,
    node_at,
    node_before,
    recall_labels,
    released,
)
from routing.engines.kernel.state import CASH_SUM, FROZEN, PENALTY, State
from routing.engines.kernel.times import (
    advance,
    clear,
    end_cost,
    push,
    ready_after,
    serve_start,
    start_cost,
)

PLAIN, RELOAD_BEFORE, RELOAD_AFTER = 0, 1, 2


@jit
def tail_penalty(
    m: Model, p: State, k: int, x: int, before: int, labels: np.ndarray, slot: int, bound: int
) -> int:
    """Return the least penalty of going on from `before` into position `x`; INF from `bound` on.

    The nodes from `x` on are those of the route, so their latest times hold, and as soon as a
    label comes early enough for no further cost its penalty is final.
    """
    states, rests, length = m.settings[STATES], m.vehicle[k, NUM_RESTS], p.length[k]
    least = bound
    while True:
        node = node_at(m, p, k, x)
        gone = released(m, p, k, x + 1) if x < length and node >= m.visit.shape[0] else 0
        clear(labels, 1 - slot)
        alive = False
        for state in range(rests + 1):
            for j in range(2):
                leave, penalty = labels[slot, state, j, 0], labels[slot, state, j, 1]
                if leave == INF or penalty >= least:
                    continue
                for more in range(rests - state + 1):
                    ready = ready_after(m, k, before, node, leave, state, more)
                    s = state + more
                    if ready > p.along[k, x, 4 * states + s]:
                        continue
                    if ready <= p.along[k, x, 5 * states + s]:
                        least = min(least, penalty)
                    elif x == length:
                        least = min(least, penalty + end_cost(m, k, ready))
                    elif node >= m.visit.shape[0]:
                        left = max(ready + m.node[node, SERVICE], gone)
                        push(labels, 1 - slot, s, left, penalty)
                        alive = True
                    else:
                        start = serve_start(m, node, ready)
                        cost = penalty + start_cost(m, node, start)
                        if cost < least:
                            push(labels, 1 - slot, s, start + m.node[node, SERVICE], cost)
                            alive = True
        if not alive:
            return least if least < bound else INF
        slot, before, x = 1 - slot, node, x + 1


@jit_inline
def on_road_trip(m: Model, p: State, k: int, x: int) -> bool:
    """Whether position `x` lies in a first trip that has already left."""
    if not m.vehicle[k, ON_ROAD]:
        return False
    for y in range(x):  # noqa: SIM110 (compiled code knows no generators)
        if p.routes[k, y] >= m.visit.shape[0]:
            return False
    return True


@jit_inline
def plain_fits(m: Model, p: State, k: int, x: int, c: int, on_road: bool) -> bool:
    """Whether the loads allow stop `c` at position `x` of the trip there is."""
    if on_road and m.node[c, GOODS] and m.node[c, LOADED_ON] != k:
        return False
    at = 6 * m.settings[STATES]
    for load in range(m.settings[LOADS]):
        low, capacity = at + 4 * load, m.vehicle[k, CAPACITY + load]
        out, taken = m.node[c, OUT + load], m.node[c, TAKEN + load]
        if on_road:
            out, taken = 0, taken - out
        room = capacity - taken
        if p.along[k, x, low + 1] + out > capacity:
            return False
        if p.along[k, x, low] > room or p.along[k, x, low + 2] > room:
            return False
    return True


@jit
def split_fits(m: Model, p: State, k: int, x: int, c: int, on_road: bool, mode: int) -> bool:
    """Whether the loads allow `c` at position `x` with a reload just before or after it."""
    if mode == RELOAD_AFTER and on_road and m.node[c, GOODS] and m.node[c, LOADED_ON] != k:
        return False
    at = 6 * m.settings[STATES]
    for load in range(m.settings[LOADS]):
        low, capacity = at + 4 * load, m.vehicle[k, CAPACITY + load]
        out, taken = m.node[c, OUT + load], m.node[c, TAKEN + load]
        rest = p.along[k, x, low + 3]
        brought = p.along[k, x, low] - rest
        first = p.along[k, x, low + 1] - (0 if on_road else rest)
        after = p.along[k, x, low + 2] - brought
        if mode == RELOAD_BEFORE:
            if first > capacity or rest + max(out, taken) > capacity or after + taken > capacity:
                return False
        elif on_road:
            if p.along[k, x, low] + taken - out > capacity or after > capacity:
                return False
        elif max(first + out, brought + taken, after, rest) > capacity:
            return False
    return True


@jit_inline
def timely(m: Model, p: State, k: int, x: int, c: int, before: int, after: int) -> bool:
    """Whether the earliest times just here and the latest times just there leave room for `c`."""
    profile = m.vehicle[k, PROFILE]
    ready = p.earliest[k, x] + m.way_least[profile, before, c]
    if ready > m.node[c, LATE]:
        return False
    left = max(ready, m.node[c, EARLY]) + m.node[c, SERVICE]
    return left + m.way_least[profile, c, after] <= p.latest[k, x]


@jit
def penalty_with(
    m: Model, p: State, k: int, x: int, c: int, mode: int, depot: int, labels: np.ndarray,
    bound: int,
) -> int:  # fmt: skip
    """Return the route's penalty with `c` at position `x`; INF if not below `bound`."""
    recall_labels(p, k, x, labels, 0)
    before = node_before(m, p, k, x)
    first = depot if mode == RELOAD_BEFORE else c
    gone = 0
    if mode == RELOAD_BEFORE:
        gone = max(released(m, p, k, x), m.node[c, RELEASE])
    if not advance(m, k, before, first, gone, labels, 0, 1):
        return INF
    if mode == PLAIN:
        return tail_penalty(m, p, k, x, c, labels, 1, bound)
    second = c if mode == RELOAD_BEFORE else depot
    gone = released(m, p, k, x) if mode == RELOAD_AFTER else 0
    if not advance(m, k, first, second, gone, labels, 1, 0):
        return INF
    return tail_penalty(m, p, k, x, second, labels, 0, bound)


@jit_inline
def held_back(m: Model, p: State, k: int, x: int, c: int) -> bool:
    """Whether `c` is released after its trip would leave; such a place is not offered."""
    if not m.settings[HAS_RELEASE] or m.node[c, RELEASE] == 0:
        return False
    begin = x
    while begin > 0 and p.routes[k, begin - 1] < m.visit.shape[0]:
        begin -= 1
    if begin == 0 and p.length[k] == 0:
        return False
    if begin == 0 and m.vehicle[k, ON_ROAD]:
        return False
    return m.node[c, RELEASE] > p.earliest[k, begin]


@jit
def try_reloads(
    m: Model, p: State, k: int, x: int, c: int, extra: int, best: np.ndarray, labels: np.ndarray
) -> None:
    """Offer `c` at position `x` with a reload before or after it."""
    profile = m.vehicle[k, PROFILE]
    before, after = node_before(m, p, k, x), node_at(m, p, k, x)
    on_road = on_road_trip(m, p, k, x)
    for nth in range(m.vehicle[k, NUM_DEPOTS]):
        depot = m.vehicle[k, DEPOT + nth]
        for mode in (RELOAD_BEFORE, RELOAD_AFTER):
            first, second = (depot, c) if mode == RELOAD_BEFORE else (c, depot)
            way = (
                m.arc[profile, before, first] + m.arc[profile, first, second]
                + m.arc[profile, second, after] - p.arc[k, x] + extra
            )  # fmt: skip
            if way >= best[0] or not split_fits(m, p, k, x, c, on_road, mode):
                continue
            bound = p.fixed[k, PENALTY] + best[0] - way
            penalty = penalty_with(m, p, k, x, c, mode, depot, labels, bound)
            if penalty < INF:
                best[0] = way + penalty - p.fixed[k, PENALTY]
                best[1], best[2], best[3], best[4] = k, x, mode, depot


@jit_inline
def has_room(m: Model, p: State, k: int) -> bool:
    """Whether a route may become longer."""
    if p.length[k] + 3 >= p.routes.shape[1]:
        return False
    return p.length[k] < m.vehicle[k, STOPS_MAX] or num_stops(m, p, k) < m.vehicle[k, STOPS_MAX]


@jit_inline
def num_stops(m: Model, p: State, k: int) -> int:
    """Return the stops of a route."""
    stops = 0
    for x in range(p.length[k]):
        if p.routes[k, x] < m.visit.shape[0]:
            stops += 1
    return stops


@jit_inline
def num_reloads(m: Model, p: State, k: int) -> int:
    """Return the reloads of a route."""
    return p.length[k] - num_stops(m, p, k)


@jit_inline
def try_position(
    m: Model, p: State, k: int, x: int, c: int, extra: int, may_reload: bool, best: np.ndarray,
    labels: np.ndarray,
) -> None:  # fmt: skip
    """Offer `c` at position `x` of route `k` to `best`."""
    profile = m.vehicle[k, PROFILE]
    before = p.routes[k, x - 1] if x > 0 else m.vehicle[k, 0]
    after = p.routes[k, x] if x < p.length[k] else m.vehicle[k, END]
    way = m.arc_in[profile, c, before] + m.arc[profile, c, after] - p.arc[k, x] + extra
    if way >= best[0] or not timely(m, p, k, x, c, before, after):
        return
    if plain_fits(m, p, k, x, c, on_road_trip(m, p, k, x)) and not held_back(m, p, k, x, c):
        bound = p.fixed[k, PENALTY] + best[0] - way
        penalty = penalty_with(m, p, k, x, c, PLAIN, 0, labels, bound)
        if penalty < INF:
            best[0] = way + penalty - p.fixed[k, PENALTY]
            best[1], best[2], best[3], best[4] = k, x, PLAIN, 0
    elif may_reload:
        try_reloads(m, p, k, x, c, extra, best, labels)


@jit_inline
def extra_cost(m: Model, p: State, k: int, c: int) -> int:
    """Return what `c` adds to route `k` wherever it stands."""
    extra = m.visit[c, k]
    if p.length[k] == 0:
        extra += m.vehicle[k, FIXED] + p.arc[k, 0]
    cash = p.fixed[k, CASH_SUM]
    return extra + cash_cost(m, cash + m.node[c, CASH]) - cash_cost(m, cash)


@jit
def try_route(
    m: Model, p: State, k: int, c: int, blink: float, best: np.ndarray, labels: np.ndarray
) -> None:
    """Offer `c` at every position of route `k` to `best`: cost, route, position, mode, depot."""
    if m.visit[c, k] >= NO_VEHICLE_COST or not has_room(m, p, k):
        return
    extra = extra_cost(m, p, k, c)
    if p.length[k] == 0:
        # The empty route's way from start to end is not paid today.
        try_position(m, p, k, 0, c, extra, False, best, labels)
        return
    may_reload = m.vehicle[k, RELOADS_MAX] > 0 and num_reloads(m, p, k) < m.vehicle[k, RELOADS_MAX]
    for x in range(p.fixed[k, FROZEN], p.length[k] + 1):
        if p.earliest[k, x] > m.node[c, LATE]:
            break
        if blink > 0 and np.random.random() < blink:
            continue
        try_position(m, p, k, x, c, extra, may_reload, best, labels)


@jit
def best_insertion(
    m: Model, p: State, c: int, blink: float, granular: int, best: np.ndarray,
    labels: np.ndarray, seen: np.ndarray,
) -> None:  # fmt: skip
    """Fill `best` with the cheapest place of stop `c` below `best[0]`; `best[1]` is -1 if none."""
    best[1] = -1
    vehicles = m.vehicle.shape[0]
    if granular > 0:
        near_positions(m, p, c, blink, granular, best, labels)
    else:
        first = p.owner[m.near[c, 1]] if m.near.shape[1] > 1 else 0
        for nth in range(vehicles):
            k = (max(first, 0) + nth) % vehicles
            if p.length[k] > 0:
                try_route(m, p, k, c, blink, best, labels)
    for kind in range(seen.shape[0]):
        seen[kind] = 0
    for k in range(vehicles):
        # Of empty vehicles of one kind the first stands for all.
        if p.length[k] == 0 and not seen[m.vehicle[k, KIND]]:
            seen[m.vehicle[k, KIND]] = 1
            try_route(m, p, k, c, 0.0, best, labels)


@jit
def near_positions(
    m: Model, p: State, c: int, blink: float, granular: int, best: np.ndarray, labels: np.ndarray
) -> None:
    """Offer `c` just before and after the stops nearest to it."""
    for nth in range(1, min(granular + 1, m.near.shape[1])):
        other = m.near[c, nth]
        k = p.owner[other]
        if k < 0 or m.visit[c, k] >= NO_VEHICLE_COST or not has_room(m, p, k):
            continue
        extra = extra_cost(m, p, k, c)
        may_reload = (
            m.vehicle[k, RELOADS_MAX] > 0 and num_reloads(m, p, k) < m.vehicle[k, RELOADS_MAX]
        )
        for x in range(p.place[other], p.place[other] + 2):
            if x < p.fixed[k, FROZEN]:
                continue
            if blink > 0 and np.random.random() < blink:
                continue
            try_position(m, p, k, x, c, extra, may_reload, best, labels)


@jit
def apply_insertion(p: State, c: int, best: np.ndarray) -> None:
    """Put `c` where `best` says, with its reload if it has one."""
    k, x, mode = best[1], best[2], best[3]
    width = 1 if mode == PLAIN else 2
    for y in range(p.length[k] - 1, x - 1, -1):
        p.routes[k, y + width] = p.routes[k, y]
    if mode == RELOAD_BEFORE:
        p.routes[k, x], p.routes[k, x + 1] = best[4], c
    elif mode == RELOAD_AFTER:
        p.routes[k, x], p.routes[k, x + 1] = c, best[4]
    else:
        p.routes[k, x] = c
    p.length[k] += width
