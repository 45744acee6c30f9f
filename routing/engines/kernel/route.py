# mypy: disable-error-code="no-any-return"
# What numpy hands out one entry at a time has no type of its own.
"""Keeps what is known along one route true after it has changed; compiled."""

import numpy as np

from routing.engines.kernel.jit import jit, jit_inline
from routing.engines.kernel.model import (
    CAPACITY,
    CARRIED,
    CASH,
    DRIFT_LATE,
    END,
    EXCESS_CASH,
    FAIR_CASH,
    FIXED,
    HAS_RELEASE,
    INF,
    LOADS,
    NUM_RESTS,
    ON_ROAD,
    OUT,
    PROFILE,
    RELEASE,
    SERVICE,
    SHIFT_EARLY,
    SOFT_LATE,
    START,
    STATES,
    SURE,
    TAKEN,
    Model,
)
from routing.engines.kernel.state import CASH_SUM, PENALTY, WAY_COST, State
from routing.engines.kernel.times import (
    advance,
    clear,
    end_bounds,
    end_cost,
    latest_leave,
    latest_ready,
    push,
    ready_after,
)


@jit_inline
def node_before(m: Model, p: State, k: int, x: int) -> int:
    """Return the node the leg into position `x` comes from."""
    return p.routes[k, x - 1] if x > 0 else m.vehicle[k, START]


@jit_inline
def node_at(m: Model, p: State, k: int, x: int) -> int:
    """Return the node of position `x`; after the last one the end of the day."""
    return p.routes[k, x] if x < p.length[k] else m.vehicle[k, END]


@jit_inline
def released(m: Model, p: State, k: int, x: int) -> int:
    """Return the latest release of the trip that begins at position `x`."""
    latest = 0
    if m.settings[HAS_RELEASE]:
        for y in range(x, p.length[k]):
            node = p.routes[k, y]
            if node >= m.visit.shape[0]:
                break
            latest = max(latest, m.node[node, RELEASE])
    return latest


@jit_inline
def first_leave(m: Model, p: State, k: int) -> int:
    """Return when the vehicle leaves."""
    early = m.vehicle[k, SHIFT_EARLY]
    return early if m.vehicle[k, ON_ROAD] else max(early, released(m, p, k, 0))


@jit_inline
def store_labels(p: State, k: int, x: int, labels: np.ndarray, slot: int) -> None:
    """Write labels down as those on leaving towards position `x`."""
    soonest = INF
    for s in range(labels.shape[1]):
        for j in range(2):
            p.along[k, x, 4 * s + 2 * j] = labels[slot, s, j, 0]
            p.along[k, x, 4 * s + 2 * j + 1] = labels[slot, s, j, 1]
            soonest = min(soonest, labels[slot, s, j, 0])
    p.earliest[k, x] = soonest


@jit_inline
def recall_labels(p: State, k: int, x: int, labels: np.ndarray, slot: int) -> None:
    """Read them again."""
    for s in range(labels.shape[1]):
        for j in range(2):
            labels[slot, s, j, 0] = p.along[k, x, 4 * s + 2 * j]
            labels[slot, s, j, 1] = p.along[k, x, 4 * s + 2 * j + 1]


@jit
def _forward(m: Model, p: State, k: int, labels: np.ndarray) -> int:
    """Walk the route; return its least penalty, INF if it cannot be done."""
    clear(labels, 0)
    push(labels, 0, 0, first_leave(m, p, k), 0)
    store_labels(p, k, 0, labels, 0)
    slot, length = 0, p.length[k]
    for x in range(length):
        node = p.routes[k, x]
        gone = released(m, p, k, x + 1) if node >= m.visit.shape[0] else 0
        if not advance(m, k, node_before(m, p, k, x), node, gone, labels, slot, 1 - slot):
            return INF
        slot = 1 - slot
        store_labels(p, k, x + 1, labels, slot)
    least, rests = INF, m.vehicle[k, NUM_RESTS]
    before = node_before(m, p, k, length)
    for state in range(rests + 1):
        for j in range(2):
            leave = labels[slot, state, j, 0]
            if leave == INF:
                continue
            for more in range(rests - state + 1):
                ready = ready_after(m, k, before, m.vehicle[k, END], leave, state, more)
                if ready <= end_bounds(m, k, state + more)[0]:
                    cost = labels[slot, state, j, 1] + end_cost(m, k, ready)
                    least = min(least, cost)
    return least


@jit
def _backward(m: Model, p: State, k: int) -> None:
    """Write down the latest times, and the latest at no further cost."""
    states = m.settings[STATES]
    rests, profile, length = m.vehicle[k, NUM_RESTS], m.vehicle[k, PROFILE], p.length[k]
    bound, free = 4 * states, 5 * states
    for s in range(rests + 1):
        p.along[k, length, bound + s], p.along[k, length, free + s] = end_bounds(m, k, s)
    for x in range(length - 1, -1, -1):
        node = p.routes[k, x]
        way = m.way_least[profile, node, node_at(m, p, k, x + 1)]
        gone = released(m, p, k, x + 1) if node >= m.visit.shape[0] else 0
        for s in range(rests + 1):
            leave = latest_leave(m, k, way, p.along, k, x + 1, bound, s)
            easy = latest_leave(m, k, way, p.along, k, x + 1, free, s)
            service = m.node[node, SERVICE]
            if node < m.visit.shape[0]:
                p.along[k, x, bound + s] = latest_ready(m, node, leave - service)
                kept = min(easy - service, m.node[node, SOFT_LATE], m.node[node, DRIFT_LATE])
                p.along[k, x, free + s] = latest_ready(m, node, kept)
            else:
                p.along[k, x, bound + s] = leave - service if leave >= gone else -INF
                p.along[k, x, free + s] = easy - service if easy >= gone else -INF
    for x in range(length + 1):
        latest = -INF
        for s in range(rests + 1):
            latest = max(latest, p.along[k, x, bound + s])
            if not m.settings[SURE]:
                p.along[k, x, free + s] = -INF
        p.latest[k, x] = latest


@jit
def loads_fit(m: Model, p: State, k: int) -> bool:
    """Write down the loads along the route; whether they never exceed the limits."""
    fits, at = True, 6 * m.settings[STATES]
    length, stops = p.length[k], m.visit.shape[0]
    for c in range(m.settings[LOADS]):
        low, capacity = at + 4 * c, m.vehicle[k, CAPACITY + c]
        begin = 0
        while begin <= length:
            until = begin
            handed = 0
            while until < length and p.routes[k, until] < stops:
                handed += m.node[p.routes[k, until], OUT + c]
                until += 1
            load = handed
            if begin == 0:
                aboard = m.vehicle[k, CARRIED + c]
                load = aboard if m.vehicle[k, ON_ROAD] else handed + aboard
            most = load
            for x in range(begin, until + 1):
                p.along[k, x, low], p.along[k, x, low + 1] = load, most
                p.along[k, x, low + 3] = handed
                if x < until:
                    node = p.routes[k, x]
                    load += m.node[node, TAKEN + c] - m.node[node, OUT + c]
                    handed -= m.node[node, OUT + c]
                    most = max(most, load)
            fits = fits and most <= capacity
            most = -INF
            for x in range(until, begin - 1, -1):
                if x < until:
                    after = p.along[k, x + 1, low]
                    most = max(most, after)
                p.along[k, x, low + 2] = most
            begin = until + 1
    return fits


@jit_inline
def cash_cost(m: Model, cash: int) -> int:
    """Return the cost of handling more than the fair share of cash."""
    excess = cash - m.settings[FAIR_CASH]
    return m.settings[EXCESS_CASH] * ((excess + 999_999) // 1_000_000) if excess > 0 else 0


@jit
def refresh(m: Model, p: State, k: int, labels: np.ndarray) -> bool:
    """Bring everything known of route `k` up to date; whether it breaks no rule of time."""
    length = p.length[k]
    p.fixed[k, WAY_COST] = p.fixed[k, PENALTY] = p.fixed[k, CASH_SUM] = 0
    profile, cost, cash = m.vehicle[k, PROFILE], 0, 0
    before = m.vehicle[k, START]
    for x in range(length):
        node = p.routes[k, x]
        p.arc[k, x] = m.arc[profile, before, node]
        cost += p.arc[k, x]
        if node < m.visit.shape[0]:
            cost += m.visit[node, k]
            cash += m.node[node, CASH]
            p.owner[node] = k
            p.place[node] = x
        before = node
    p.arc[k, length] = m.arc[profile, before, m.vehicle[k, END]]
    sound = True
    penalty = _forward(m, p, k, labels)
    if length > 0:
        p.fixed[k, WAY_COST] = cost + p.arc[k, length] + m.vehicle[k, FIXED] + cash_cost(m, cash)
        p.fixed[k, CASH_SUM] = cash
        p.fixed[k, PENALTY] = penalty
        sound = penalty < INF
    _backward(m, p, k)
    loads_fit(m, p, k)
    return sound
