"""The running day: what is done stays done, what happened is taken in, the rest moves little.

`repair` asks about the rest of the day only: each vehicle leaves from where it is, with what it
has on board. Planned couriers and times become promises, so that a change must be worth it.
"""

from collections.abc import Callable, Sequence

import msgspec

from routing.evaluate import Judge, plan_of
from routing.indexed import Indexed
from routing.insertion import Places
from routing.limit import Limit
from routing.problem import (
    Closure,
    Depot,
    Problem,
    Promise,
    Stop,
    TimeWindow,
    Vehicle,
)
from routing.solution import Route, Solution
from routing.solve import solve

replace = msgspec.structs.replace


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far one vehicle is."""

    vehicle_id: str
    done: tuple[str, ...]
    """Stops finished or under way; they are no longer asked about."""
    location: int
    """Where it is free next, an index into the matrices."""
    free_s: int
    """When."""
    rests_taken: int = 0
    away: bool = True
    """Has left the office: only what was loaded is on board."""
    carried_cash_vnd: int = 0
    """Collected so far on this trip."""


class Cancelled(msgspec.Struct, frozen=True, kw_only=True):
    """A stop falls away."""

    stop_id: str

    def applied(self, problem: Problem) -> Problem:
        """Return the problem without the stop."""
        kept = tuple(s for s in problem.stops if s.id != self.stop_id)
        promises = tuple(p for p in problem.promises if p.stop_id != self.stop_id)
        vehicles = tuple(
            replace(v, loaded=tuple(name for name in v.loaded if name != self.stop_id))
            for v in problem.vehicles
        )
        return replace(problem, stops=kept, promises=promises, vehicles=vehicles)


class Inserted(msgspec.Struct, frozen=True, kw_only=True):
    """A stop is asked for; its location is already in the matrices (see `matrix.patched`)."""

    stop: Stop

    def applied(self, problem: Problem) -> Problem:
        """Return the problem with the stop."""
        return replace(problem, stops=(*problem.stops, self.stop))


class Delayed(msgspec.Struct, frozen=True, kw_only=True):
    """A courier can go on only at `until_s`."""

    vehicle_id: str
    until_s: int

    def applied(self, problem: Problem) -> Problem:
        """Return the problem with the later start."""
        return _with_vehicle(
            problem, self.vehicle_id,
            lambda v: replace(
                v, shift_early_s=self.until_s, shift_late_s=max(v.shift_late_s, self.until_s)
            ),
        )  # fmt: skip


class Ill(msgspec.Struct, frozen=True, kw_only=True):
    """A courier goes home; the others take what is not on board of that vehicle."""

    vehicle_id: str

    def applied(self, problem: Problem) -> Problem:
        """Return the problem in which that vehicle serves nobody."""
        return _with_vehicle(problem, self.vehicle_id, lambda v: replace(v, stops_max=0))


class WindowChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A citizen is at home at other times."""

    stop_id: str
    tws: tuple[TimeWindow, ...]

    def applied(self, problem: Problem) -> Problem:
        """Return the problem with the new windows."""
        return _with_stop(problem, self.stop_id, lambda s: replace(s, tws=self.tws))


class CashChanged(msgspec.Struct, frozen=True, kw_only=True):
    """More or less is to be paid or collected."""

    stop_id: str
    cash_out_vnd: int
    cash_in_vnd: int

    def applied(self, problem: Problem) -> Problem:
        """Return the problem with the new amounts."""
        return _with_stop(
            problem, self.stop_id,
            lambda s: replace(s, cash_out_vnd=self.cash_out_vnd, cash_in_vnd=self.cash_in_vnd),
        )  # fmt: skip


class RoadClosed(msgspec.Struct, frozen=True, kw_only=True):
    """There is no way any more."""

    closure: Closure

    def applied(self, problem: Problem) -> Problem:
        """Return the problem without that way."""
        return replace(problem, closures=(*problem.closures, self.closure))


Event = Cancelled | Inserted | Delayed | Ill | WindowChanged | CashChanged | RoadClosed


class Repaired(msgspec.Struct, frozen=True, kw_only=True):
    """The rest of the day: the question it came to, and its answer."""

    problem: Problem
    solution: Solution


def _with_vehicle(
    problem: Problem, vehicle_id: str, change: Callable[[Vehicle], Vehicle]
) -> Problem:
    changed = tuple(change(v) if v.id == vehicle_id else v for v in problem.vehicles)
    return replace(problem, vehicles=changed)


def _with_stop(problem: Problem, stop_id: str, change: Callable[[Stop], Stop]) -> Problem:
    return replace(problem, stops=tuple(change(s) if s.id == stop_id else s for s in problem.stops))


def rest_of_day(problem: Problem, running: Solution, progress: tuple[Progress, ...]) -> Problem:
    """Return the question of what is still to do, planned couriers and times as promises."""
    far = {p.vehicle_id: p for p in progress}
    done = {name for p in progress for name in p.done}
    routes = {route.vehicle_id: route for route in running.routes}
    depots = list(problem.depots)
    vehicles = []
    for vehicle in problem.vehicles:
        here = far.get(vehicle.id)
        if here is None:
            vehicles.append(vehicle)
            continue
        name = f"here:{vehicle.id}"
        depots.append(Depot(id=name, location=here.location))
        vehicles.append(
            replace(
                vehicle,
                start_depot=name,
                shift_early_s=here.free_s,
                shift_late_s=max(here.free_s, vehicle.shift_late_s),
                breaks=tuple(
                    rest
                    for rest in vehicle.breaks[here.rests_taken :]
                    if rest.start_late_s >= here.free_s
                ),
                on_road=here.away,
                loaded=_on_board(routes.get(vehicle.id), done) if here.away else (),
                carried_cash_vnd=here.carried_cash_vnd,
            )
        )
    return replace(
        problem,
        stops=tuple(s for s in problem.stops if s.id not in done),
        vehicles=tuple(vehicles),
        depots=tuple(depots),
        promises=_promises(running, done),
    )


def _on_board(route: Route | None, done: set[str]) -> tuple[str, ...]:
    """Return the stops of the trip under way that are still to come."""
    trip: list[str] = []
    for visit in route.visits if route is not None else ():
        if visit.stop_id is None:
            if trip:
                break
        elif visit.stop_id not in done:
            trip.append(visit.stop_id)
    return tuple(trip)


def _promises(running: Solution, done: set[str]) -> tuple[Promise, ...]:
    return tuple(
        Promise(stop_id=visit.stop_id, vehicle_id=route.vehicle_id, start_s=visit.start_s)
        for route in running.routes
        for visit in route.visits
        if visit.stop_id is not None and visit.stop_id not in done
    )


def repair(
    problem: Problem,
    running: Solution,
    progress: tuple[Progress, ...],
    events: tuple[Event, ...],
    *,
    limit: Limit,
    seed: int = 0,
    on_best: Callable[[Solution], None] | None = None,
) -> Repaired:
    """Return the rest of the day after the events, changed as little as is worth it.

    The running order, made sound again, is told to `on_best` first, at once; improvement follows
    until the limit.
    """
    rest = rest_of_day(problem, running, progress)
    for event in events:
        rest = event.applied(rest)
    known = {stop.id for stop in rest.stops}
    start = replace(
        running,
        routes=tuple(
            replace(r, visits=tuple(v for v in r.visits if v.stop_id is None or v.stop_id in known))
            for r in running.routes
        ),
    )
    solution = solve(rest, limit=limit, start=start, seed=seed, on_best=on_best)
    return Repaired(problem=rest, solution=solution)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a stop could go."""

    vehicle_id: str
    after: str | None
    """The stop before it; None: first."""
    start_s: int
    extra_cost: int


def best_places(problem: Problem, plan: Solution, stop: Stop, most: int = 3) -> list[Place]:
    """Return the cheapest sound places for a stop not in the plan, cheapest first."""
    return places_for(problem, plan, [stop], most)[0]


def places_for(
    problem: Problem, plan: Solution, stops: Sequence[Stop], most: int = 3
) -> list[list[Place]]:
    """Return the same for each of many stops, each as if it alone came to the plan.

    What is known of the plan is worked out once for all of them.
    """
    ids = {stop.id for stop in stops}
    # Several may be one stop with other windows, so each gets a name of its own here.
    asked = replace(
        problem,
        stops=(
            *(s for s in problem.stops if s.id not in ids),
            *(replace(stop, id=f"{nth}?{stop.id}") for nth, stop in enumerate(stops)),
        ),
        promises=tuple(p for p in problem.promises if p.stop_id not in ids),
        vehicles=tuple(
            replace(v, loaded=tuple(name for name in v.loaded if name not in ids))
            for v in problem.vehicles
        ),
    )
    judge = Judge(Indexed(asked))
    ix, places = judge.ix, Places(judge)
    order = plan_of(ix, plan)
    return [
        [
            _place(judge, found, node)
            for found in places.cheapest(order, node, most)
        ]
        for node in range(ix.n - len(stops), ix.n)
    ]  # fmt: skip


def _place(judge: Judge, found: tuple[int, int, list[int]], node: int) -> Place:
    extra_cost, vehicle, route = found
    ix, at = judge.ix, route.index(node)
    before = [n for n in route[:at] if n < ix.n]
    return Place(
        vehicle_id=ix.vehicles[vehicle].id,
        after=ix.stops[before[-1]].id if before else None,
        start_s=judge.line(vehicle, route)[0].service_s[at],
        extra_cost=extra_cost,
    )


def fitting_windows(
    problem: Problem, plan: Solution, stop: Stop, windows: tuple[TimeWindow, ...]
) -> dict[TimeWindow, Place]:
    """Return, of the windows offered for a booking, those that fit, with the best place of each."""
    asked = [replace(stop, tws=(window,)) for window in windows]
    found = zip(windows, places_for(problem, plan, asked, 1), strict=True)
    return {window: places[0] for window, places in found if places}
