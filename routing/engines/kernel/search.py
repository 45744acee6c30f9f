# mypy: disable-error-code="no-any-return"
# What numpy hands out one entry at a time has no type of its own.
"""Ruin and recreate with strings of neighbouring stops, compiled.

Source
------
Slack induction by string removals: Christiaens and Vanden Berghe (2020), Transportation Science
54(2), 417-433. Here over the full model: stops may stay out, routes may reload.
"""

from typing import NamedTuple

import numpy as np

from routing.engines.kernel.insert import PLAIN, apply_insertion, best_insertion
from routing.engines.kernel.jit import jit
from routing.engines.kernel.model import (
    CAPACITY,
    CASH,
    EARLY,
    GOODS,
    INF,
    LATE,
    LEFT_OUT,
    LOADED_ON,
    LOADS,
    ON_ROAD,
    OUT,
    START,
    STATES,
    TAKEN,
    Model,
    Small,
)
from routing.engines.kernel.route import loads_fit, refresh
from routing.engines.kernel.state import FROZEN, PENALTY, WAY_COST, State
from routing.wellformed import Matrix

AVERAGE_REMOVED = 10.0
STRING_MAX = 10.0
BLINK = 0.01
SPLIT_CHANCE = 0.5
GROW_CHANCE = 0.01
"""As in the paper, but that a string is split by a run kept with chance 1 - GROW_CHANCE."""


class Work(NamedTuple):
    """Scratch space of a search."""

    labels: Matrix
    best: Matrix
    seen: Matrix
    touched: Matrix
    """Vehicles changed in this step; the last entry counts them."""
    is_touched: Matrix
    removed: Matrix
    """(stops + 1, 2) stop and vehicle it had; the last row counts them."""
    keys: np.ndarray
    kept: Matrix


class Best(NamedTuple):
    """The best plan of a search."""

    routes: Small
    length: Matrix
    cost: Matrix
    """Best cost, cost now."""


def make_work(m: Model, p: State) -> Work:
    """Return scratch space."""
    stops, vehicles = len(m.visit), len(m.vehicle)
    return Work(
        labels=np.zeros((2, int(m.settings[STATES]), 2, 2), np.int64),
        best=np.zeros(5, np.int64),
        seen=np.zeros(vehicles + 1, np.int64),
        touched=np.zeros(vehicles + 1, np.int64),
        is_touched=np.zeros(vehicles, np.int64),
        removed=np.zeros((stops + 1, 2), np.int64),
        keys=np.zeros(stops + 1, np.float64),
        kept=np.zeros(p.routes.shape[1] + 4, np.int64),
    )


@jit
def save_route(p: State, to: State, k: int) -> None:
    """Copy all that is known of one route."""
    length, columns = p.length[k], p.along.shape[2]
    to.length[k] = length
    for column in range(p.fixed.shape[1]):
        to.fixed[k, column] = p.fixed[k, column]
    for x in range(length + 1):
        to.routes[k, x] = p.routes[k, x]
        to.arc[k, x] = p.arc[k, x]
        to.earliest[k, x] = p.earliest[k, x]
        to.latest[k, x] = p.latest[k, x]
        for column in range(columns):
            to.along[k, x, column] = p.along[k, x, column]


@jit
def touch(p: State, backup: State, w: Work, k: int) -> int:
    """Keep a copy of a route before its first change; return its cost before, 0 if known."""
    if w.is_touched[k]:
        return 0
    w.is_touched[k] = 1
    w.touched[w.touched[-1]] = k
    w.touched[-1] += 1
    save_route(p, backup, k)
    return p.fixed[k, WAY_COST] + p.fixed[k, PENALTY]


@jit
def take_out(m: Model, p: State, w: Work, k: int, place: int, size: int, kept: int) -> None:
    """Remove a string of `size` stops around `place`, `kept` of them in its middle staying."""
    length, frozen = p.length[k], p.fixed[k, FROZEN]
    span = size + kept
    low, high = max(frozen, place - span + 1), min(place, length - span)
    first = low + (np.random.randint(high - low + 1) if high > low else 0)
    hold = first + 1 + (np.random.randint(size - 1) if size > 1 else 0) if kept > 0 else -1
    write, stops = 0, m.visit.shape[0]
    for x in range(length):
        node = p.routes[k, x]
        inside = first <= x < first + span and not (kept > 0 and hold <= x < hold + kept)
        if inside and node < stops:
            count = w.removed[-1, 0]
            w.removed[count, 0], w.removed[count, 1] = node, k
            w.removed[-1, 0] = count + 1
            p.owner[node] = -1
        else:
            p.routes[k, write] = node
            write += 1
    p.length[k] = write


@jit
def trip_fits(m: Model, p: State, k: int) -> bool:
    """Whether a route carries what it must, and its first trip has it on board."""
    if m.vehicle[k, ON_ROAD]:
        for x in range(p.length[k]):
            node = p.routes[k, x]
            if node >= m.visit.shape[0]:
                break
            if m.node[node, GOODS] and m.node[node, LOADED_ON] != k:
                return False
    return loads_fit(m, p, k)


@jit
def drop_reloads(m: Model, p: State, k: int, kept: np.ndarray) -> None:
    """Take out each reload the route no longer needs."""
    x = p.fixed[k, FROZEN]
    while x < p.length[k]:
        node = p.routes[k, x]
        if node < m.visit.shape[0]:
            x += 1
            continue
        length = p.length[k]
        for y in range(x, length):
            kept[y] = p.routes[k, y]
        for y in range(x, length - 1):
            p.routes[k, y] = kept[y + 1]
        p.length[k] = length - 1
        if not trip_fits(m, p, k):
            for y in range(x, length):
                p.routes[k, y] = kept[y]
            p.length[k] = length
            x += 1


@jit
def ruin(m: Model, p: State, backup: State, w: Work) -> int:
    """Remove strings around a random stop; return the change of cost."""
    active, total = 0, 0
    for k in range(p.length.shape[0]):
        free = p.length[k] - p.fixed[k, FROZEN]
        if free > 0:
            active += 1
            total += free
    if active == 0:
        return 0
    longest = min(STRING_MAX, total / active)
    most = 4.0 * AVERAGE_REMOVED / (1.0 + longest) - 1.0
    strings = int(np.random.random() * most + 1.0)
    seed, done, change = np.random.randint(m.visit.shape[0]), 0, 0
    for nth in range(m.near.shape[1]):
        if done >= strings:
            break
        stop = m.near[seed, nth]
        k = p.owner[stop]
        if k < 0 or w.is_touched[k] or p.place[stop] < p.fixed[k, FROZEN]:
            continue
        change -= touch(p, backup, w, k)
        free = p.length[k] - p.fixed[k, FROZEN]
        size = min(free, int(np.random.random() * min(float(free), longest) + 1.0))
        kept = 0
        if 1 < size < free and np.random.random() < SPLIT_CHANCE:
            kept = 1
            while size + kept < free and np.random.random() > GROW_CHANCE:
                kept += 1
        take_out(m, p, w, k, p.place[stop], size, kept)
        drop_reloads(m, p, k, w.kept)
        refresh(m, p, k, w.labels)
        change += p.fixed[k, WAY_COST] + p.fixed[k, PENALTY]
        done += 1
    return change


@jit
def sort_key(m: Model, stop: int, order: int) -> float:
    """Return the place of a stop in one of the orders of recreation."""
    depot = m.vehicle[0, START]
    if order < 4:
        return np.random.random()
    if order < 6:
        load = 0.0
        for c in range(m.settings[LOADS]):
            load += (m.node[stop, OUT + c] + abs(m.node[stop, TAKEN + c])) / (
                1.0 + m.vehicle[0, CAPACITY + c]
            )
        return -load
    if order < 8:
        return -float(m.arc[0, depot, stop])
    if order < 9:
        return float(m.arc[0, depot, stop])
    if order < 12:
        return float(min(m.node[stop, LATE], 1 << 40) - m.node[stop, EARLY])
    if order < 14:
        return float(m.node[stop, EARLY])
    if order < 16:
        return -float(m.node[stop, LATE])
    return -float(m.node[stop, LEFT_OUT]) - float(m.node[stop, CASH]) * 1e-6


@jit
def sort_removed(m: Model, w: Work) -> None:
    """Put the removed stops in the order of their return."""
    count, order = w.removed[-1, 0], np.random.randint(17)
    for at in range(count):
        w.keys[at] = sort_key(m, w.removed[at, 0], order)
    for at in range(1, count):
        key, stop, owner = w.keys[at], w.removed[at, 0], w.removed[at, 1]
        to = at - 1
        while to >= 0 and w.keys[to] > key:
            w.keys[to + 1] = w.keys[to]
            w.removed[to + 1, 0], w.removed[to + 1, 1] = w.removed[to, 0], w.removed[to, 1]
            to -= 1
        w.keys[to + 1] = key
        w.removed[to + 1, 0], w.removed[to + 1, 1] = stop, owner


@jit
def recreate(
    m: Model, p: State, backup: State, w: Work, granular: int, blink: float, spare: int
) -> int:
    """Put removed stops back one by one; return the change of cost, INF from `spare` on."""
    change = 0
    for at in range(w.removed[-1, 0]):
        stop = w.removed[at, 0]
        w.best[0] = m.node[stop, LEFT_OUT]
        best_insertion(m, p, stop, blink, granular, w.best, w.labels, w.seen)
        if w.best[1] < 0 and granular > 0:
            w.best[0] = m.node[stop, LEFT_OUT]
            best_insertion(m, p, stop, blink, 0, w.best, w.labels, w.seen)
        if w.best[1] < 0:
            change += m.node[stop, LEFT_OUT]
        else:
            k = w.best[1]
            change -= p.fixed[k, WAY_COST] + p.fixed[k, PENALTY]
            touch(p, backup, w, k)
            apply_insertion(p, stop, w.best)
            if w.best[3] != PLAIN:
                drop_reloads(m, p, k, w.kept)
            refresh(m, p, k, w.labels)
            change += p.fixed[k, WAY_COST] + p.fixed[k, PENALTY]
        if change >= spare:
            return INF
    return change


@jit
def undo(p: State, backup: State, w: Work) -> None:
    """Put everything back as it was before the step."""
    for at in range(w.removed[-1, 0]):
        p.owner[w.removed[at, 0]] = w.removed[at, 1]
    for at in range(w.touched[-1]):
        k = w.touched[at]
        save_route(backup, p, k)
        for x in range(p.length[k]):
            node = p.routes[k, x]
            if node < p.owner.shape[0]:
                p.owner[node] = k
                p.place[node] = x


@jit
def keep_best(p: State, best: Best) -> None:
    """Copy the plan as the best one."""
    best.cost[0] = best.cost[1]
    for k in range(p.length.shape[0]):
        best.length[k] = p.length[k]
        for x in range(p.length[k]):
            best.routes[k, x] = p.routes[k, x]


@jit
def offer_left_out(m: Model, p: State, w: Work) -> int:
    """Put the stops left out among those to return; return the cost they no longer have."""
    change = 0
    for stop in range(m.visit.shape[0]):
        if p.owner[stop] < 0:
            count = w.removed[-1, 0]
            w.removed[count, 0], w.removed[count, 1] = stop, -1
            w.removed[-1, 0] = count + 1
            change -= m.node[stop, LEFT_OUT]
    return change


@jit
def search(
    m: Model, p: State, backup: State, best: Best, w: Work, steps: int, seed: int,
    warm: float, cool: float, granular: int,
) -> None:  # fmt: skip
    """Make so many steps, the temperature falling from `warm` to `cool` (cost units)."""
    np.random.seed(seed)
    temperature, fall = warm, (cool / warm) ** (1.0 / max(1, steps))
    for _ in range(steps):
        temperature *= fall
        w.touched[-1] = 0
        w.removed[-1, 0] = 0
        change = offer_left_out(m, p, w)
        change += ruin(m, p, backup, w)
        sort_removed(m, w)
        allowance = -temperature * np.log(np.random.random())
        spare = int(min(allowance, 1e15)) - change + 1
        added = recreate(m, p, backup, w, granular, BLINK, spare)
        if added < INF and change + added < allowance:
            best.cost[1] += change + added
            if best.cost[1] < best.cost[0]:
                keep_best(p, best)
        else:
            undo(p, backup, w)
        for at in range(w.touched[-1]):
            w.is_touched[w.touched[at]] = 0
