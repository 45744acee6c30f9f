# mypy: disable-error-code="no-any-return"
# What numpy hands out one entry at a time has no type of its own.
"""Times along a route, compiled: what can be reached when, at which cost, and by when at latest.

A label is (time, penalty). `labels` arrays are (slots, states, 2, 2): state = rests taken; of each
state the cheapest label and, if earlier, the earliest one. The earliest keeps every feasible route
feasible; the judge later finds the best place of rests among all.
"""

import numpy as np

from routing.engines.kernel.jit import jit, jit_inline
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


@jit_inline
def leg(m: Model, profile: int, before: int, node: int, leave: int) -> int:
    """Return when one is ready at `node`."""
    if m.bands.shape[0] == 0:
        return leave + m.way[profile, before, node]
    setup = m.setup[before, node]
    way = m.way[profile, before, node] - setup
    return travel_banded(m.bands, leave, way * 100, INF)[0] + setup


@jit_inline
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


@jit_inline
def serve_start(m: Model, node: int, ready: int) -> int:
    """Return when service begins; INF after the last window."""
    if ready > m.node[node, LATE]:
        return INF
    if m.node[node, NUM_WINDOWS] <= 1:
        return max(ready, m.node[node, EARLY])
    for w in range(m.node[node, NUM_WINDOWS]):
        if ready <= m.windows[node, w, 1]:
            return max(ready, m.windows[node, w, 0])
    return INF


@jit_inline
def start_cost(m: Model, node: int, start: int) -> int:
    """Return the penalty of beginning service then."""
    cost = 0
    if start > m.node[node, SOFT_LATE]:
        cost += m.settings[LATENESS] * (start - m.node[node, SOFT_LATE])
    if start > m.node[node, DRIFT_LATE]:
        cost += m.settings[DRIFT] * (start - m.node[node, DRIFT_LATE])
    if start < m.node[node, DRIFT_EARLY]:
        cost += m.settings[DRIFT] * (m.node[node, DRIFT_EARLY] - start)
    return cost


@jit_inline
def end_cost(m: Model, vehicle: int, end: int) -> int:
    """Return the penalty of ending the day then."""
    cost = 0
    if end > m.vehicle[vehicle, SHIFT_LATE]:
        cost += m.settings[OVERTIME] * (end - m.vehicle[vehicle, SHIFT_LATE])
    excess = end - m.vehicle[vehicle, SHIFT_EARLY] - m.settings[FAIR_WORK]
    if excess > 0:
        cost += m.settings[EXCESS_WORK] * excess
    return cost


@jit_inline
def clear(labels: np.ndarray, slot: int) -> None:
    """Empty a slot of labels."""
    for s in range(labels.shape[1]):
        labels[slot, s, 0, 0] = INF
        labels[slot, s, 1, 0] = INF


@jit_inline
def push(labels: np.ndarray, slot: int, state: int, at: int, penalty: int) -> None:
    """Add a label: the cheapest stays first, an earlier one second."""
    first_at = labels[slot, state, 0, 0]
    if first_at == INF:
        labels[slot, state, 0, 0], labels[slot, state, 0, 1] = at, penalty
        return
    least = labels[slot, state, 0, 1]
    if penalty < least or (penalty == least and at < first_at):
        labels[slot, state, 0, 0], labels[slot, state, 0, 1] = at, penalty
        at, first_at = first_at, at
        penalty = least
    soonest = labels[slot, state, 1, 0]
    if at < first_at and at < soonest:
        labels[slot, state, 1, 0], labels[slot, state, 1, 1] = at, penalty
        soonest = at
    if soonest >= first_at:
        labels[slot, state, 1, 0] = INF


@jit_inline
def ready_after(
    m: Model, vehicle: int, before: int, node: int, leave: int, state: int, more: int
) -> int:
    """Return when one is ready after `more` rests on the leg; INF if a rest comes too late."""
    if more == 0:
        return leg(m, m.vehicle[vehicle, PROFILE], before, node, leave)
    if leave > m.vehicle[vehicle, REST_START_LATE + state]:
        return INF
    ready = leg_rested(
        m, m.vehicle[vehicle, PROFILE], before, node, leave,
        m.vehicle[vehicle, REST_EARLY + state], m.vehicle[vehicle, REST_DURATION + state],
    )  # fmt: skip
    for nth in range(state + 1, state + more):
        if ready > m.vehicle[vehicle, REST_START_LATE + nth]:
            return INF
        ready = (
            max(ready, m.vehicle[vehicle, REST_EARLY + nth])
            + m.vehicle[vehicle, REST_DURATION + nth]
        )
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


@jit_inline
def latest_ready(m: Model, node: int, start_by: int) -> int:
    """Return the latest moment of being ready from which service begins by `start_by`."""
    if m.node[node, NUM_WINDOWS] <= 1:
        return min(start_by, m.node[node, LATE]) if m.node[node, EARLY] <= start_by else -INF
    for w in range(m.node[node, NUM_WINDOWS] - 1, -1, -1):
        if m.windows[node, w, 0] <= start_by:
            return min(start_by, m.windows[node, w, 1])
    return -INF


@jit_inline
def end_bounds(m: Model, vehicle: int, state: int) -> tuple[int, int]:
    """Return the latest end of the day with these rests taken, and the latest at no cost."""
    latest = m.vehicle[vehicle, DAY_END]
    for nth in range(state, m.vehicle[vehicle, NUM_RESTS]):
        latest = (
            min(latest, m.vehicle[vehicle, REST_DUE + nth])
            if m.vehicle[vehicle, REST_DUE + nth] >= 0
            else -INF
        )
    free = min(
        latest,
        m.vehicle[vehicle, SHIFT_LATE],
        m.vehicle[vehicle, SHIFT_EARLY] + m.settings[FAIR_WORK],
    )
    return latest, free


@jit_inline
def latest_leave(
    m: Model, vehicle: int, way: int, along: np.ndarray, k: int, x: int, offset: int, state: int
) -> int:
    """Return the latest departure in `state` that keeps the bounds at the end of the leg.

    `along[k, x, offset + s]` is the latest moment of being ready in state s.
    """
    rests = m.vehicle[vehicle, NUM_RESTS]
    best = along[k, x, offset + state] - way
    at_door = along[k, x, offset + rests]
    for s in range(rests - 1, state - 1, -1):
        if m.vehicle[vehicle, REST_EARLY + s] + m.vehicle[vehicle, REST_DURATION + s] > at_door:
            rested = -INF
        else:
            rested = min(
                m.vehicle[vehicle, REST_START_LATE + s],
                at_door - m.vehicle[vehicle, REST_DURATION + s],
            )
            if s == state:
                by_way = at_door - m.vehicle[vehicle, REST_DURATION + s] - way
                best = max(best, min(m.vehicle[vehicle, REST_START_LATE + s], by_way))
        at_door = max(along[k, x, offset + s], rested)
    return best
