"""Many offices at once, one process a core; each office is a problem of its own.

A whole province is planned in a given time: offices apart first, each with its share by size, then
neighbours two by two, so that stops near a border go to whose round passes there (`borders`).
"""

from collections.abc import Callable, Sequence
from typing import Any

from routing.borders import Area, Exchange, exchange, pairs_of_neighbours
from routing.limit import Limit
from routing.problem import Problem
from routing.solution import Solution
from routing.solve import solve
from routing.workers import workers

OnDone = Callable[[int, int], None]
"""Called with the parts done and all there are."""
APART_SHARE = 0.86
"""Of a province's time, for the offices apart; borders have the rest."""
BORDER_S_MIN = 0.2
"""Less time than this for a pair of neighbours is not worth beginning."""


def _solve_one(problem: Problem, limit: Limit, seed: int, engine: str | None) -> Solution:
    return solve(problem, limit=limit, seed=seed, engine=engine)


def _exchange_one(
    one: Area, other: Area, plans: tuple[Solution, Solution], limit: Limit, seed: int
) -> Exchange | None:
    return exchange(one, other, plans, limit=limit, seed=seed)


def _in_order_of_size(
    problems: Sequence[Problem], limits: Sequence[Limit], seed: int, engine: str | None
) -> tuple[list[int], list[tuple[Any, ...]]]:
    """Return the order, large offices first so that no core is left with one, and the calls."""
    order = sorted(range(len(problems)), key=lambda n: -len(problems[n].stops))
    return order, [(problems[n], limits[n], seed + n, engine) for n in order]


def solve_all(
    problems: Sequence[Problem],
    *,
    limit: Limit,
    cores: int,
    seed: int = 0,
    engine: str | None = None,
    on_done: OnDone | None = None,
) -> list[Solution]:
    """Return each office's best plan, found within `limit` an office, in the order given."""
    count = _Counter(len(problems), on_done)
    order, calls = _in_order_of_size(problems, [limit] * len(problems), seed, engine)
    with workers(cores) as run:
        answers = dict(zip(order, run(_solve_one, calls, count.one_more), strict=True))
    return [answers[number] for number in range(len(problems))]


class _Counter:
    """Counts what is done and tells of it."""

    def __init__(self, all_there_are: int, on_done: OnDone | None) -> None:
        self.done, self.all, self.on_done = 0, all_there_are, on_done

    def one_more(self) -> None:
        self.done += 1
        if self.on_done is not None:
            self.on_done(self.done, self.all)


def solve_province(
    areas: Sequence[Area],
    *,
    seconds: float,
    cores: int,
    seed: int = 0,
    on_done: OnDone | None = None,
) -> list[tuple[Area, Solution]]:
    """Return each office with its plan, all found within about `seconds` on so many cores.

    Parameters
    ----------
    seconds
        Of processor time on each core; starting processes comes on top.
    on_done
        Told after each office and each pair of neighbours.
    """
    stops = max(1, sum(len(area.problem.stops) for area in areas))
    whole = seconds * cores
    limits = [
        Limit(cpu_seconds=whole * APART_SHARE * len(area.problem.stops) / stops) for area in areas
    ]
    waves = pairs_of_neighbours(areas)
    pairs = sum(len(wave) for wave in waves)
    border_s = whole * (1 - APART_SHARE) / max(1, pairs)
    if border_s < BORDER_S_MIN:
        # Too many borders for the time: the longest ones first, which `waves` begins with.
        pairs = int(whole * (1 - APART_SHARE) / BORDER_S_MIN)
        waves, border_s = _first(waves, pairs), BORDER_S_MIN
    count = _Counter(len(areas) + sum(len(wave) for wave in waves), on_done)
    known = list(areas)
    with workers(cores) as run:
        problems = [area.problem for area in areas]
        order, calls = _in_order_of_size(problems, limits, seed, None)
        answers = dict(zip(order, run(_solve_one, calls, count.one_more), strict=True))
        for wave in waves:
            asked = [
                (known[a], known[b], (answers[a], answers[b]), Limit(cpu_seconds=border_s), seed)
                for a, b in wave
            ]
            for (a, b), found in zip(wave, run(_exchange_one, asked, count.one_more), strict=True):
                if found is not None:
                    (known[a], answers[a]), (known[b], answers[b]) = found
    return [(known[n], answers[n]) for n in range(len(areas))]


def _first(waves: list[list[tuple[int, int]]], most: int) -> list[list[tuple[int, int]]]:
    kept = []
    for wave in waves:
        kept.append(wave[:most])
        most -= len(kept[-1])
    return [wave for wave in kept if wave]
