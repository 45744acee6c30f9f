"""Neighbouring offices exchange stops near their border where a round of the other passes by.

An area is an office's problem with the positions of its locations. Ways within one office stay as
they were given; ways between two offices are the straight line with road factors.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from routing.evaluate import Judge, evaluate, plan_of
from routing.indexed import Indexed
from routing.limit import Limit
from routing.matrix import Degrees, between, great_circle_m
from routing.mend import reasons
from routing.problem import Depot, Problem, Stop, Vehicle
from routing.solution import Solution
from routing.solve import solve
from routing.wellformed import Matrix

replace = msgspec.structs.replace
REACH_M = 1_000
"""A stop lies at the border if a stop of the other office is no farther than this."""
BETWEEN = "/"
"""Between an office's number and an id, where two offices make one problem."""


class Area(NamedTuple):
    """An office's problem and where its locations are, by index of its matrices."""

    problem: Problem
    lat: Degrees
    lon: Degrees


Exchange = tuple[tuple[Area, Solution], tuple[Area, Solution]]


def _positions(area: Area) -> tuple[Degrees, Degrees]:
    at = [stop.location for stop in area.problem.stops]
    return area.lat[at], area.lon[at]


def at_border(one: Area, other: Area, reach_m: float = REACH_M) -> list[str]:
    """Return the stops of `one` that lie near a stop of `other`."""
    if not one.problem.stops or not other.problem.stops:
        return []
    near = great_circle_m(*_positions(one), *_positions(other)).min(axis=1) <= reach_m
    return [stop.id for stop, is_near in zip(one.problem.stops, near, strict=True) if is_near]


def _may_touch(one: Area, other: Area) -> bool:
    """Whether the boxes around two areas come within reach; quick, and never wrong with a no."""
    margin = 2 * REACH_M / 100_000
    return bool(
        one.lat.min() - margin <= other.lat.max()
        and other.lat.min() - margin <= one.lat.max()
        and one.lon.min() - margin <= other.lon.max()
        and other.lon.min() - margin <= one.lon.max()
    )


def pairs_of_neighbours(areas: Sequence[Area]) -> list[list[tuple[int, int]]]:
    """Return waves of pairs with a border, the longest borders first; no office is twice in one."""
    found = []
    for a, one in enumerate(areas):
        for b in range(a + 1, len(areas)):
            if _may_touch(one, areas[b]):
                length = len(at_border(one, areas[b]))
                if length:
                    found.append((-length, a, b))
    waves: list[list[tuple[int, int]]] = []
    for _, a, b in sorted(found):
        for wave in waves:
            if not any({a, b} & set(pair) for pair in wave):
                wave.append((a, b))
                break
        else:
            waves.append([(a, b)])
    return waves


class _Place(NamedTuple):
    office: int
    location: int


def _matrices(areas: tuple[Area, Area], places: list[_Place]) -> tuple[Matrix, Matrix]:
    """Return (duration_s, distance_m) between places of both offices."""
    lat = np.array([areas[p.office].lat[p.location] for p in places])
    lon = np.array([areas[p.office].lon[p.location] for p in places])
    duration_s, distance_m = between(lat, lon, lat, lon)
    for office, area in enumerate(areas):
        mine = [at for at, p in enumerate(places) if p.office == office]
        here = np.array([places[at].location for at in mine], np.int64)
        cells = np.ix_(mine, mine)
        duration_s[cells] = area.problem.duration_s[np.ix_(here, here)]
        distance_m[cells] = area.problem.distance_m[np.ix_(here, here)]
    return duration_s, distance_m


def _is_plain(one: Problem, other: Problem) -> bool:
    """Whether two problems can be put together: what names single ways is not carried over."""
    return (
        not (one.profiles or other.profiles or one.closures or other.closures)
        and not (one.promises or other.promises)
        and one.weights == other.weights
        and one.speed_bands == other.speed_bands
        and not any(s.picked_up_at or s.vehicles for p in (one, other) for s in p.stops)
    )


def exchange(
    one: Area, other: Area, plans: tuple[Solution, Solution], *, limit: Limit, seed: int = 0
) -> Exchange | None:
    """Return both offices with their plans after stops have changed sides; None: not worth it.

    Only rounds that come near the border are planned again, together, from where they stand. The
    sum of both costs never grows.
    """
    areas = (one, other)
    if not _is_plain(one.problem, other.problem):
        return None
    near = (set(at_border(one, other)), set(at_border(other, one)))
    chosen = [
        [route for route in plan.routes if any(v.stop_id in here for v in route.visits)]
        for plan, here in zip(plans, near, strict=True)
    ]
    if not chosen[0] or not chosen[1]:
        return None
    joint = _joint(areas, [{route.vehicle_id for route in routes} for routes in chosen], plans)
    start = {
        f"{office}{BETWEEN}{route.vehicle_id}": [
            f"{office}{BETWEEN}{visit.stop_id or visit.depot_id}" for visit in route.visits
        ]
        for office, routes in enumerate(chosen)
        for route in routes
    }
    before = evaluate(joint, start)
    after = solve(joint, limit=limit, start=before, seed=seed)
    if after.cost.total >= before.cost.total:
        return None
    apart = _part(areas, plans, joint, after)
    costs = [sum(p.cost.total for p in found) for found in (plans, (apart[0][1], apart[1][1]))]
    return apart if costs[1] < costs[0] else None


def _joint(
    areas: tuple[Area, Area], vehicles: list[set[str]], plans: tuple[Solution, Solution]
) -> Problem:
    """Return the rounds named of both offices, and what is on no round, as one problem."""
    places: list[_Place] = []
    index: dict[_Place, int] = {}

    def find(office: int, location: int) -> int:
        place = _Place(office, location)
        if place not in index:
            index[place] = len(places)
            places.append(place)
        return index[place]

    stops: list[Stop] = []
    fleet: list[Vehicle] = []
    depots: list[Depot] = []
    for office, area in enumerate(areas):
        wanted = {
            visit.stop_id
            for route in plans[office].routes
            if route.vehicle_id in vehicles[office]
            for visit in route.visits
        } | {left.stop_id for left in plans[office].unassigned}
        mark = f"{office}{BETWEEN}"
        stops += [
            replace(
                s,
                id=mark + s.id,
                location=find(office, s.location),
                territory=_marked_name(s.territory, mark),
                known_by={mark + name: percent for name, percent in s.known_by.items()},
            )
            for s in area.problem.stops
            if s.id in wanted
        ]
        depots += [
            replace(d, id=mark + d.id, location=find(office, d.location))
            for d in area.problem.depots
        ]
        fleet += [_marked(v, mark) for v in area.problem.vehicles if v.id in vehicles[office]]
    duration_s, distance_m = _matrices(areas, places)
    return Problem(
        stops=tuple(stops), vehicles=tuple(fleet), depots=tuple(depots),
        duration_s=duration_s, distance_m=distance_m, weights=areas[0].problem.weights,
        speed_bands=areas[0].problem.speed_bands,
    )  # fmt: skip


def _marked_name(name: str | None, mark: str) -> str | None:
    return None if name is None else mark + name


def _marked(vehicle: Vehicle, mark: str) -> Vehicle:
    return replace(
        vehicle,
        id=mark + vehicle.id,
        start_depot=mark + vehicle.start_depot,
        end_depot=None if vehicle.end_depot is None else mark + vehicle.end_depot,
        reload_depots=tuple(mark + name for name in vehicle.reload_depots),
        loaded=tuple(mark + name for name in vehicle.loaded),
        territories=tuple(mark + name for name in vehicle.territories),
    )


def _part(
    areas: tuple[Area, Area], plans: tuple[Solution, Solution], joint: Problem, after: Solution
) -> Exchange:
    """Return each office with the stops its couriers now serve."""
    moved: dict[str, int] = {}
    orders: tuple[dict[str, list[str]], dict[str, list[str]]] = ({}, {})
    replanned = {v.id for v in joint.vehicles}
    for office, plan in enumerate(plans):
        for route in plan.routes:
            if f"{office}{BETWEEN}{route.vehicle_id}" not in replanned:
                names = [f"{office}{BETWEEN}{v.stop_id or v.depot_id}" for v in route.visits]
                orders[office][route.vehicle_id] = names
    for route in after.routes:
        office, name = _unmarked(route.vehicle_id)
        orders[office][name] = [v.stop_id or v.depot_id or "" for v in route.visits]
        moved |= {v.stop_id: office for v in route.visits if v.stop_id is not None}
    one, other = (_office(areas, office, moved, orders[office]) for office in (0, 1))
    return one, other


def _unmarked(name: str) -> tuple[int, str]:
    office, _, rest = name.partition(BETWEEN)
    return int(office), rest


def _free_name(name: str, mark: str, taken: set[str]) -> str:
    """Return a name that is not taken; what came from several offices may be marked repeatedly."""
    while name in taken:
        name = mark + name
    return name


def _office(
    areas: tuple[Area, Area], office: int, moved: dict[str, int], orders: dict[str, list[str]]
) -> tuple[Area, Solution]:
    """Return one office after the exchange; a stop that came keeps its id if that is free."""
    own = areas[office].problem
    places = [_Place(office, at) for at in range(len(own.duration_s))]
    kept = [s for s in own.stops if moved.get(f"{office}{BETWEEN}{s.id}", office) == office]
    names = {f"{office}{BETWEEN}{s.id}": s.id for s in kept}
    names |= {f"{office}{BETWEEN}{d.id}": d.id for d in own.depots}
    taken = set(names.values())
    for stop in areas[1 - office].problem.stops:
        mark = f"{1 - office}{BETWEEN}{stop.id}"
        if moved.get(mark) == office:
            names[mark] = _free_name(stop.id, f"{1 - office}{BETWEEN}", taken)
            taken.add(names[mark])
            # Streets and couriers of the other office are strange here, whatever their names.
            foreign = f"{1 - office}{BETWEEN}"
            kept.append(
                replace(
                    stop, id=names[mark], location=len(places),
                    territory=_marked_name(stop.territory, foreign),
                    known_by={foreign + name: value for name, value in stop.known_by.items()},
                )
            )  # fmt: skip
            places.append(_Place(1 - office, stop.location))
    duration_s, distance_m = _matrices(areas, places)
    problem = replace(own, stops=tuple(kept), duration_s=duration_s, distance_m=distance_m)
    area = Area(
        problem,
        np.array([areas[p.office].lat[p.location] for p in places]),
        np.array([areas[p.office].lon[p.location] for p in places]),
    )
    judged = evaluate(problem, {k: [names[n] for n in order] for k, order in orders.items()})
    judge = Judge(Indexed(problem))
    plan = plan_of(judge.ix, judged)
    return area, judge.solution(plan, reasons(judge, plan, ()))
