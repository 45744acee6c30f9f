"""Changes of a question that may let a stop in, each by how much; pure, problem in, problem out."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from routing.problem import Problem, Stop, TimeWindow, Vehicle
from routing.wellformed import TIME_MAX_S

replace = msgspec.structs.replace
MINUTES_MAX = 360
"""A window moved or a shift longer by more than this is another day."""
CASH_STEP_VND = 100_000
CASH_MAX_VND = 500_000_000


class Kind(NamedTuple):
    """One kind of change with its measure."""

    key: str
    """`change.window_later` and so on: the key of the sentence for people."""
    step: int
    """What one of `most` steps is in the unit of `Change.amount`: minutes, đồng, grams, ml; 0
    where there is no measure."""
    most: int
    apply: Callable[[Problem, int], Problem]
    """Return the problem with so many steps of it."""
    skill: str | None = None
    vehicle_id: str | None = None
    """Whose skill; None: everybody's hours, ceiling, …"""


def kinds_for(problem: Problem, stop: Stop) -> Iterator[Kind]:
    """Yield the changes that have to do with what a stop asks for, the mildest first."""
    name = stop.id
    if stop.tws:
        yield Kind("change.window_later", 1, MINUTES_MAX, lambda p, n: _tws(p, name, _later, n))
        yield Kind("change.window_earlier", 1, MINUTES_MAX, lambda p, n: _tws(p, name, _earlier, n))
    yield Kind("change.shift_longer", 1, MINUTES_MAX, _longer_shifts)
    if stop.cash_out_vnd or stop.cash_in_vnd:
        most = CASH_MAX_VND // CASH_STEP_VND
        yield Kind("change.cash_limit", CASH_STEP_VND, most, _more_cash)
    if stop.delivery_g or stop.pickup_g:
        yield Kind("change.capacity_g", 1, 1 << 20, lambda p, n: _more_room(p, "capacity_g", n))
    if stop.delivery_ml or stop.pickup_ml:
        yield Kind("change.capacity_ml", 1, 1 << 20, lambda p, n: _more_room(p, "capacity_ml", n))
    if any(vehicle.reload_depots for vehicle in problem.vehicles):
        yield Kind("change.reload", 1, 1, _one_reload_more)
    if stop.release_s:
        most = -(-stop.release_s // 60)
        yield Kind("change.released_earlier", 1, most, lambda p, n: _released(p, name, n))
    for skill in stop.skills:
        for vehicle in problem.vehicles:
            if skill not in vehicle.skills:
                yield _skill_kind(skill, vehicle.id)
    if stop.vehicles:
        yield Kind("change.any_courier", 0, 1, lambda p, _: _stop(p, name, vehicles=()))


def _skill_kind(skill: str, vehicle_id: str) -> Kind:
    def apply(problem: Problem, _steps: int) -> Problem:
        return _vehicles(
            problem,
            lambda v: replace(v, skills=(*v.skills, skill)) if v.id == vehicle_id else v,
        )

    return Kind("change.skill", 0, 1, apply, skill, vehicle_id)


def _stop(problem: Problem, name: str, **changes: object) -> Problem:
    return replace(
        problem,
        stops=tuple(replace(s, **changes) if s.id == name else s for s in problem.stops),
    )


def _tws(
    problem: Problem,
    name: str,
    change: Callable[[tuple[TimeWindow, ...], int], tuple[TimeWindow, ...]],
    minutes: int,
) -> Problem:
    stop = next(s for s in problem.stops if s.id == name)
    return _stop(problem, name, tws=change(stop.tws, 60 * minutes))


def _later(tws: tuple[TimeWindow, ...], more_s: int) -> tuple[TimeWindow, ...]:
    *others, last = tws
    return (*others, TimeWindow(last.early_s, min(TIME_MAX_S, last.late_s + more_s)))


def _earlier(tws: tuple[TimeWindow, ...], more_s: int) -> tuple[TimeWindow, ...]:
    first, *others = tws
    return (TimeWindow(max(0, first.early_s - more_s), first.late_s), *others)


def _vehicles(problem: Problem, change: Callable[[Vehicle], Vehicle]) -> Problem:
    return replace(problem, vehicles=tuple(change(v) for v in problem.vehicles))


def _longer_shifts(problem: Problem, minutes: int) -> Problem:
    return _vehicles(problem, lambda v: replace(v, overtime_s_max=v.overtime_s_max + 60 * minutes))


def _more_cash(problem: Problem, steps: int) -> Problem:
    return _vehicles(
        problem,
        lambda v: v if v.cash_limit_vnd is None else replace(
            v, cash_limit_vnd=v.cash_limit_vnd + steps * CASH_STEP_VND
        ),
    )  # fmt: skip


def _more_room(problem: Problem, field: str, more: int) -> Problem:
    return _vehicles(
        problem,
        lambda v: v if getattr(v, field) is None else replace(
            v, **{field: getattr(v, field) + more}
        ),
    )  # fmt: skip


def _one_reload_more(problem: Problem, _steps: int) -> Problem:
    return _vehicles(
        problem, lambda v: replace(v, reloads_max=v.reloads_max + 1) if v.reload_depots else v
    )


def _released(problem: Problem, name: str, minutes: int) -> Problem:
    stop = next(s for s in problem.stops if s.id == name)
    return _stop(problem, name, release_s=max(0, stop.release_s - 60 * minutes))
