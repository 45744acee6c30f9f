"""Times along a route, compiled: what can be reached when, at which cost, and by when at latest.

A label is (time, penalty). `labels` arrays are (slots, states, 2, 2): state = rests taken; of each
state the cheapest label and, if earlier, the earliest one. The earliest keeps every feasible route
feasible; the judge later finds the best place of rests among all.
"""

import numpy as np

from routing.engines.kernel.jit import jit
from routing.engines.kernel.model import (
    DAY_END,
    DRIFT,
    DRIFT_EARLY,
    DRIFT_LATE,
    EARLY,
    EXCESS_WORK,
    FAIR_WORK,
    INF,
    LATE,
    LATENESS,
    NUM_RESTS,
    NUM_WINDOWS,
    OVERTIME,
    PROFILE,
    REST_DUE,
    REST_DURATION,
    REST_EARLY,
    REST_START_LATE,
    SERVICE,
    SHIFT_EARLY,
    SHIFT_LATE,
    SOFT_LATE,
    Model,
)


@jit
def travel_banded(bands: np.ndarray, leave: int, hundredths: int, halt: int) -> tuple[int, int]:
    """Return (arrival, hundredths left), as `roads.Roads.travel`."""
    at, left = leave, hundredths
    while left > 0:
        speed, until = 100, INF
        for b in range(bands.shape[0]):
            if bands[b, 0] > at:
                until = bands[b, 0]
                break
            speed = bands[b, 1]
        until = min(until, halt)
        if until >= INF or at * speed + left <= until * speed:
            return at + (left + speed - 1) // speed, 0
        left -= (until - at) * speed
        at = until
        if at == halt:
            return at, left
    return at, 0


@jit
def leg(m: Model, profile: int, before: int, node: int, leave: int) -> int:
    """Return when one is ready at `node`."""
    if m.bands.shape[0] == 0:
        return leave + m.way[profile, before, node]
    setup = m.setup[before, node]
    way = m.way[profile, before, node] - setup
    return travel_banded(m.bands, leave, way * 100, INF)[0] + setup


@jit
def leg_rested(
    m: Model, profile: int, before: int, node: int, leave: int, early: int, duration: int
) -> int:
    """Return when one is ready at `node` with a rest on the way."""
    ready = leg(m, profile, before, node, leave)
    if ready <= early:
        return early + duration
    if m.bands.shape[0] == 0:
        return ready + duration
    setup = m.setup[before, node]
    begin = max(leave, early)
    way = (m.way[profile, before, node] - setup) * 100
    there, left = travel_banded(m.bands, leave, way, begin)
    if left == 0 and there <= begin:
        return ready + duration
    return travel_banded(m.bands, begin + duration, left, INF)[0] + setup


@jit
def serve_start(m: Model, node: int, ready: int) -> int:
    """Return when service begins; INF after the last window."""
    row = m.node[node]
    if ready > row[LATE]:
        return INF
    if row[NUM_WINDOWS] <= 1:
        return max(ready, row[EARLY])
    for w in range(row[NUM_WINDOWS]):
        if ready <= m.windows[node, w, 1]:
            return max(ready, m.windows[node, w, 0])
    return INF


@jit
def start_cost(m: Model, node: int, start: int) -> int:
    """Return the penalty of beginning service then."""
    row = m.node[node]
    cost = 0
    if start > row[SOFT_LATE]:
        cost += m.settings[LATENESS] * (start - row[SOFT_LATE])
    if start > row[DRIFT_LATE]:
        cost += m.settings[DRIFT] * (start - row[DRIFT_LATE])
    if start < row[DRIFT_EARLY]:
        cost += m.settings[DRIFT] * (row[DRIFT_EARLY] - start)
    return cost


@jit
def end_cost(m: Model, vehicle: int, end: int) -> int:
    """Return the penalty of ending the day then."""
    row = m.vehicle[vehicle]
    cost = 0
    if end > row[SHIFT_LATE]:
        cost += m.settings[OVERTIME] * (end - row[SHIFT_LATE])
    excess = end - row[SHIFT_EARLY] - m.settings[FAIR_WORK]
    if excess > 0:
        cost += m.settings[EXCESS_WORK] * excess
    return cost


@jit
def clear(labels: np.ndarray, slot: int) -> None:
    """Empty a slot of labels."""
    for s in range(labels.shape[1]):
        labels[slot, s, 0, 0] = INF
        labels[slot, s, 1, 0] = INF


@jit
def push(labels: np.ndarray, slot: int, state: int, at: int, penalty: int) -> None:
    """Add a label: the cheapest stays first, an earlier one second."""
    first, second = labels[slot, state, 0], labels[slot, state, 1]
    if first[0] == INF:
        first[0], first[1] = at, penalty
        return
    if penalty < first[1] or (penalty == first[1] and at < first[0]):
        at, first[0] = first[0], at
        penalty, first[1] = first[1], penalty
    if at < first[0] and (at < second[0] or (at == second[0] and penalty < second[1])):
        second[0], second[1] = at, penalty
    if second[0] >= first[0]:
        second[0] = INF


@jit
def ready_after(
    m: Model, vehicle: int, before: int, node: int, leave: int, state: int, more: int
) -> int:
    """Return when one is ready after `more` rests on the leg; INF if a rest comes too late."""
    row = m.vehicle[vehicle]
    if more == 0:
        return leg(m, row[PROFILE], before, node, leave)
    if leave > row[REST_START_LATE + state]:
        return INF
    ready = leg_rested(
        m, row[PROFILE], before, node, leave,
        row[REST_EARLY + state], row[REST_DURATION + state],
    )  # fmt: skip
    for nth in range(state + 1, state + more):
        if ready > row[REST_START_LATE + nth]:
            return INF
        ready = max(ready, row[REST_EARLY + nth]) + row[REST_DURATION + nth]
    return ready


@jit
def advance(
    m: Model, vehicle: int, before: int, node: int, released: int, labels: np.ndarray,
    source: int, target: int,
) -> bool:  # fmt: skip
    """Fill slot `target` with the labels on leaving `node`; whether there are any."""
    clear(labels, target)
    rests = m.vehicle[vehicle, NUM_RESTS]
    found = False
    is_stop = node < m.visit.shape[0]
    for state in range(rests + 1):
        for j in range(2):
            leave = labels[source, state, j, 0]
            if leave == INF:
                continue
            penalty = labels[source, state, j, 1]
            for more in range(rests - state + 1):
                ready = ready_after(m, vehicle, before, node, leave, state, more)
                if ready == INF:
                    break
                if is_stop:
                    start = serve_start(m, node, ready)
                    if start == INF:
                        continue
                    cost = penalty + start_cost(m, node, start)
                    push(labels, target, state + more, start + m.node[node, SERVICE], cost)
                else:
                    gone = max(ready + m.node[node, SERVICE], released)
                    push(labels, target, state + more, gone, penalty)
                found = True
    return found


@jit
def latest_ready(m: Model, node: int, start_by: int) -> int:
    """Return the latest moment of being ready from which service begins by `start_by`."""
    row = m.node[node]
    if row[NUM_WINDOWS] <= 1:
        return min(start_by, row[LATE]) if row[EARLY] <= start_by else -INF
    for w in range(row[NUM_WINDOWS] - 1, -1, -1):
        if m.windows[node, w, 0] <= start_by:
            return min(start_by, m.windows[node, w, 1])
    return -INF


@jit
def end_bounds(m: Model, vehicle: int, state: int) -> tuple[int, int]:
    """Return the latest end of the day with these rests taken, and the latest at no cost."""
    row = m.vehicle[vehicle]
    latest = row[DAY_END]
    for nth in range(state, row[NUM_RESTS]):
        latest = min(latest, row[REST_DUE + nth]) if row[REST_DUE + nth] >= 0 else -INF
    free = min(latest, row[SHIFT_LATE], row[SHIFT_EARLY] + m.settings[FAIR_WORK])
    return latest, free


@jit
def latest_leave(
    m: Model, vehicle: int, way: int, bounds: np.ndarray, offset: int, state: int
) -> int:
    """Return the latest departure in `state` that keeps the bounds at the end of the leg.

    `bounds[offset + s]` is the latest moment of being ready in state s.
    """
    row = m.vehicle[vehicle]
    rests = row[NUM_RESTS]
    best = bounds[offset + state] - way
    at_door = bounds[offset + rests]
    for s in range(rests - 1, state - 1, -1):
        if row[REST_EARLY + s] + row[REST_DURATION + s] > at_door:
            rested = -INF
        else:
            rested = min(row[REST_START_LATE + s], at_door - row[REST_DURATION + s])
            if s == state:
                by_way = at_door - row[REST_DURATION + s] - way
                best = max(best, min(row[REST_START_LATE + s], by_way))
        at_door = max(bounds[offset + s], rested)
    return best
