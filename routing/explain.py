"""Why a stop is left out and the smallest change that lets it in; why a courier has a stop.

Every change proposed has been tried: the stop was put into the plan under the changed question and
the judge found nothing broken.
"""

from collections.abc import Callable, Iterable

import msgspec

from routing.evaluate import Judge, plan_of
from routing.indexed import Indexed
from routing.live import Place, best_places
from routing.mend import best_place
from routing.problem import Problem, Stop, TimeWindow
from routing.solution import Solution, Unassigned
from routing.wellformed import TIME_MAX_S

replace = msgspec.structs.replace
MINUTES = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """The smallest change of its kind that lets the stop in."""

    key: str
    """`change.window_later` and so on: the key of the sentence for people."""
    vehicle_id: str
    """Whose route then has the stop."""
    amount: int = 0
    """Minutes or đồng more."""
    skill: str | None = None


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say about one stop."""

    stop_id: str
    unassigned: Unassigned | None
    changes: tuple[Change, ...] = ()
    """For a stop left out."""
    alternatives: tuple[Place, ...] = ()
    """For a stop on a route: the best place on each other route, by extra cost."""


def explain(problem: Problem, solution: Solution, stop_id: str) -> Explanation:
    """Return why a stop is where it is, or nowhere.

    Raises
    ------
    KeyError
        If the problem has no such stop.
    """
    stop = {s.id: s for s in problem.stops}[stop_id]
    for entry in solution.unassigned:
        if entry.stop_id == stop_id:
            changes = tuple(_changes(problem, solution, stop))
            return Explanation(stop_id=stop_id, unassigned=entry, changes=changes)
    places = best_places(problem, solution, stop, len(problem.stops) * len(problem.vehicles))
    first: dict[str, Place] = {}
    for place in places:
        first.setdefault(place.vehicle_id, place)
    return Explanation(stop_id=stop_id, unassigned=None, alternatives=tuple(first.values()))


def _changes(problem: Problem, solution: Solution, stop: Stop) -> Iterable[Change]:
    kinds: list[tuple[str, Callable[[int], Problem]]] = [
        ("change.window_later", lambda m: _with_stop(problem, _later(stop, m * 60))),
        ("change.window_earlier", lambda m: _with_stop(problem, _earlier(stop, m * 60))),
        ("change.shift_longer", lambda m: _longer_shifts(problem, m * 60)),
    ]
    for key, changed in kinds:
        for minutes in MINUTES:
            vehicle_id = _fits(changed(minutes), solution, stop.id)
            if vehicle_id is not None:
                yield Change(key=key, amount=minutes, vehicle_id=vehicle_id)
                break
    yield from _more_cash(problem, solution, stop)
    for skill in stop.skills:
        vehicle_id = _fits(_skilled(problem, skill), solution, stop.id)
        if vehicle_id is not None:
            yield Change(key="change.skill", skill=skill, vehicle_id=vehicle_id)
    if stop.vehicles:
        freed = _with_stop(problem, replace(stop, vehicles=()))
        vehicle_id = _fits(freed, solution, stop.id)
        if vehicle_id is not None:
            yield Change(key="change.any_courier", vehicle_id=vehicle_id)


def _more_cash(problem: Problem, solution: Solution, stop: Stop) -> Iterable[Change]:
    for millions in (1, 2, 5, 10, 20, 50, 100, 200):
        more = millions * 1_000_000
        vehicles = tuple(
            v if v.cash_limit_vnd is None else replace(v, cash_limit_vnd=v.cash_limit_vnd + more)
            for v in problem.vehicles
        )
        vehicle_id = _fits(replace(problem, vehicles=vehicles), solution, stop.id)
        if vehicle_id is not None:
            yield Change(key="change.cash_limit", amount=more, vehicle_id=vehicle_id)
            return


def _fits(problem: Problem, solution: Solution, stop_id: str) -> str | None:
    """Return whose route can take the stop, nothing else moved; None: nobody's."""
    judge = Judge(Indexed(problem))
    place = best_place(judge, plan_of(judge.ix, solution), judge.ix.stop_at[stop_id])
    return None if place is None else judge.ix.vehicles[place[1]].id


def _with_stop(problem: Problem, stop: Stop) -> Problem:
    return replace(problem, stops=tuple(stop if s.id == stop.id else s for s in problem.stops))


def _later(stop: Stop, more_s: int) -> Stop:
    *others, last = stop.tws or (TimeWindow(0, TIME_MAX_S),)
    widened = TimeWindow(last.early_s, min(TIME_MAX_S, last.late_s + more_s))
    return replace(stop, tws=(*others, widened))


def _earlier(stop: Stop, more_s: int) -> Stop:
    first, *others = stop.tws or (TimeWindow(0, TIME_MAX_S),)
    return replace(stop, tws=(TimeWindow(max(0, first.early_s - more_s), first.late_s), *others))


def _longer_shifts(problem: Problem, more_s: int) -> Problem:
    return replace(
        problem,
        vehicles=tuple(
            replace(v, overtime_s_max=v.overtime_s_max + more_s) for v in problem.vehicles
        ),
    )


def _skilled(problem: Problem, skill: str) -> Problem:
    return replace(
        problem,
        vehicles=tuple(
            v if skill in v.skills else replace(v, skills=(*v.skills, skill))
            for v in problem.vehicles
        ),
    )
