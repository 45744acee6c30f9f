"""VROOM's output: routes with steps, what is unassigned, summary, violations.

Everything is worked out anew from the input file in VROOM's own units and order of rounding; of the
optimiser's answer it takes only who visits what in which order, and where the breaks are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from routing.formats.vroom.eta import FOREVER, Line, Piece, Times, least_broken, soonest
from routing.formats.vroom.file import File, Json, Rest, Step, Task, Vehicle, tasks_of
from routing.formats.vroom.places import slowness, time_at
from routing.formats.vroom.prices import UNIT
from routing.formats.vroom.problem import Case
from routing.formats.vroom.violations import Broken, Load, Sums
from routing.solution import Solution, Unassigned
from routing.wellformed import MalformedProblem, Matrix


def write_vroom(case: Case, solution: Solution, solving_ms: int = 0) -> bytes:
    """Return an answer as VROOM writes it, each task left out with our reason beside."""
    routes = []
    for route in solution.routes:
        vehicle = next(v for v in case.file.vehicles if str(v.id) == route.vehicle_id)
        breaks = iter(sorted(vehicle.breaks, key=_break_order))
        steps: list[Step] = []
        for nth in range(len(route.visits) + 1):
            steps += [
                Step(type="break", id=next(breaks).id) for r in route.rests if r.before == nth
            ]
            if nth < len(route.visits):
                steps.append(_step(route.visits[nth].stop_id or ""))
        routes.append(_Writing(case, vehicle, steps).route(in_plan_mode=False))
    reasons = {entry.stop_id: entry for entry in solution.unassigned}
    return msgspec.json.encode(_whole(case, routes, reasons, solving_ms))


def choose_eta(case: Case) -> Json:
    """Return VROOM's plan mode: the file's own `steps` with the best times and all violations.

    Raises
    ------
    MalformedProblem
        E1105, E1104 where steps name tasks that are not there or twice, E1117 where fixed times
        cannot be.
    """
    _check_steps(case.file)
    routes = [
        _Writing(case, vehicle, steps).route(in_plan_mode=True)
        for vehicle in case.file.vehicles
        if any((steps := vehicle.steps) and s.type not in ("start", "end") for s in vehicle.steps)
    ]
    return _whole(case, routes, {}, 0)


def route_of(case: Case, vehicle: Vehicle, steps: Sequence[Step]) -> Json:
    """Return one route with given steps at their best times, with all violations."""
    return _Writing(case, vehicle, steps).route(in_plan_mode=False)


def _break_order(rest: Rest) -> tuple[int, int]:
    return sorted(rest.time_windows or [(0, 0)])[0]


def _step(stop_id: str) -> Step:
    kind, _, number = stop_id.partition(":")
    return msgspec.convert({"type": kind, "id": int(number)}, Step)


def _check_steps(file: File) -> None:
    known = {name for name, _ in tasks_of(file)}
    seen: set[str] = set()
    for vehicle in file.vehicles:
        breaks = {rest.id for rest in vehicle.breaks}
        for at, step in enumerate(vehicle.steps):
            is_edge = step.type in ("start", "end")
            place = 0 if step.type == "start" else len(vehicle.steps) - 1
            if is_edge and at != place:
                raise MalformedProblem(
                    "E1114", f"{step.type} can only be a route's own", [str(vehicle.id)]
                )
            name = f"{step.type}:{step.id}"
            there = step.id in breaks if step.type == "break" else name in known
            if not is_edge and not there:
                raise MalformedProblem(
                    "E1105", f"steps name {name}, which does not exist", [str(vehicle.id), name]
                )
            whose = f"{vehicle.id}/{name}" if step.type == "break" else name
            if not is_edge and whose in seen:
                raise MalformedProblem("E1104", "steps name a task twice", [name])
            seen.add(whose)


def _whole(case: Case, routes: list[Json], reasons: dict[str, Unassigned], solving_ms: int) -> Json:
    served = {f"{s['type']}:{s['id']}" for r in routes for s in r["steps"] if "job" in s}
    left = [
        _unassigned(case, name, task, reasons.get(name))
        for name, task in tasks_of(case.file)
        if name not in served
    ]
    summary: Json = {
        "cost": sum(r["cost"] for r in routes), "routes": len(routes), "unassigned": len(left)
    }  # fmt: skip
    size = len(case.file.vehicles[0].capacity) if case.file.vehicles else 0
    for key in ("delivery", "amount", "pickup"):
        if size:
            summary[key] = [sum(r[key][column] for r in routes) for column in range(size)]
    for key in ("setup", "service", "duration", "waiting_time", "priority"):
        summary[key] = sum(route[key] for route in routes)
    if any("distance" in route for route in routes):
        summary["distance"] = sum(route.get("distance", 0) for route in routes)
    summary["violations"] = Broken.merged([route["violations"] for route in routes])
    summary["computing_times"] = {"loading": 0, "solving": solving_ms, "routing": 0}
    return {"code": 0, "summary": summary, "unassigned": left, "routes": routes}


def _unassigned(case: Case, name: str, task: Task, why: Unassigned | None) -> Json:
    kind, _, _ = name.partition(":")
    entry: Json = {"id": task.id, **_location(case, case.places.at[name]), "type": kind}
    if task.description:
        entry["description"] = task.description
    if why is not None:
        entry |= {"reason": why.reason.value, "code": why.code}
    return entry


def _location(case: Case, at: int) -> Json:
    position, index = case.places.told[at]
    return ({} if position is None else {"location": position}) | (
        {} if index is None else {"location_index": index}
    )


@dataclass(frozen=True)
class _Doing:
    """A step of a route with all that is told of it."""

    step: Step
    told: Task | Rest
    name: str
    place: int | None
    """None for a break."""
    setup_s: int
    service_s: int


class _Writing:
    """One route's JSON."""

    def __init__(self, case: Case, vehicle: Vehicle, steps: Sequence[Step]) -> None:
        self.case = case
        self.vehicle = vehicle
        self.travel = case.places.travel[vehicle.profile]
        self.start = case.places.at.get(f"start:{vehicle.id}")
        self.end = case.places.at.get(f"end:{vehicle.id}")
        self.edges = {step.type: step for step in steps if step.type in ("start", "end")}
        self.doings = self._doings([s for s in steps if s.type not in ("start", "end")])
        places = [self.start, *(d.place for d in self.doings if d.place is not None), self.end]
        self.ways = list(pairwise(places))
        self.load = Load(case.file, vehicle)

    def _doings(self, steps: list[Step]) -> list[_Doing]:
        tasks = dict(tasks_of(self.case.file))
        breaks = {rest.id: rest for rest in self.vehicle.breaks}
        found, before = [], self.start
        for step in steps:
            if step.type == "break":
                rest = breaks[step.id or 0]
                found.append(_Doing(step, rest, "", None, 0, rest.service))
                continue
            name = f"{step.type}:{step.id}"
            task, place = tasks[name], self.case.places.at[name]
            setup = 0 if place == before else time_at(task, "setup", self.vehicle)
            service = time_at(task, "service", self.vehicle)
            found.append(_Doing(step, task, name, place, setup, service))
            before = place
        return found

    def _over(self, matrix: Matrix | None) -> list[int]:
        """Return a matrix's value of each way."""
        return [
            0 if a is None or b is None or matrix is None else int(matrix[a, b])
            for a, b in self.ways
        ]

    def _line(self) -> Line:
        tw = self.vehicle.time_window
        pieces = [
            _piece(
                sorted(d.told.time_windows or ()), d.setup_s + d.service_s, d.step,
                is_break=d.place is None,
            )
            for d in self.doings
        ]  # fmt: skip
        edges = {
            name: _piece([], 0, self.edges.get(name, Step(type=name)), is_break=False)
            for name in ("start", "end")
        }
        scale = slowness(self.vehicle)
        return Line(
            shift=(0, FOREVER) if tw is None else (tw[0] * 100, tw[1] * 100),
            pieces=tuple(pieces),
            travel=tuple(seconds * scale for seconds in self._over(self.travel.duration_s)),
            start=edges["start"],
            end=edges["end"],
        )

    def route(self, *, in_plan_mode: bool) -> Json:
        """Return the route as VROOM writes it."""
        line = self._line()
        times = None if in_plan_mode else soonest(line)
        if times is None:
            times = least_broken(line, str(self.vehicle.id))
        sums = Sums(self.travel.distance_m is not None)
        steps = self._steps(times, line, sums)
        broken = Broken.merged([step["violations"] for step in steps])
        if self.load.breaks_missing([d.told.id for d in self.doings if d.place is None]):
            broken = Broken.merged([broken, [{"cause": "missing_break"}]])
        entry: Json = {"vehicle": self.vehicle.id, "cost": self._cost(sums)}
        if self.vehicle.description:
            entry["description"] = self.vehicle.description
        entry |= self.load.totals()
        entry |= {
            "setup": sum(d.setup_s for d in self.doings),
            "service": sum(d.service_s for d in self.doings),
            "duration": sums.duration,
            "waiting_time": sums.waiting,
            "priority": sum(self.load.priority_of(d.name) for d in self.doings if d.name),
        }
        if self.travel.distance_m is not None:
            entry["distance"] = sum(self._over(self.travel.distance_m))
        return entry | {"steps": steps, "violations": broken}

    def _cost(self, sums: Sums) -> int:
        costs = self.vehicle.costs
        if self.travel.cost is not None:
            travel = sum(self._over(self.travel.cost))
        else:
            metres = sum(self._over(self.travel.distance_m)) if costs.per_km else 0
            exact = sums.duration * costs.per_hour * 1000 + metres * costs.per_km * 3600
            travel = (2 * exact + 3_600_000) // 7_200_000
        at_doors = sum(d.setup_s + d.service_s for d in self.doings if d.place is not None)
        return costs.fixed + travel + at_doors * 100 * costs.per_task_hour // UNIT

    def _steps(self, times: Times, line: Line, sums: Sums) -> list[Json]:
        shift = self.vehicle.time_window
        self.load.start([d.name for d in self.doings if d.name])
        places = [self.start, *(d.place for d in self.doings if d.place is not None), self.end]
        known = [place for place in places if place is not None]
        broken = Broken()
        if shift is not None:
            broken.early(shift[0] - times.start // 100)
        self.load.check(broken)
        steps = [
            {"type": "start", **_location(self.case, known[0]), "setup": 0, "service": 0,
             "waiting_time": 0, **self.load.now(), **sums.begin(times.start // 100),
             "violations": broken.told()}
        ]  # fmt: skip
        metres = self._over(self.travel.distance_m)
        way = 0
        for at, doing in enumerate(self.doings):
            whole = line.travel[way]
            moment = sums.reach(times.arrival[at] // 100, times.begin[at] // 100)
            sums.drive(metres[way], whole // 100, is_there=doing.place is not None)
            sums.leave(doing.setup_s + doing.service_s)
            way += doing.place is not None
            steps.append(self._step(doing, moment, times.window[at], sums))
        end = sums.reach(times.end // 100, times.end // 100)
        sums.drive(metres[-1], 0, is_there=True)
        broken = Broken()
        if shift is not None:
            broken.late(times.end // 100 - shift[1])
        self.load.check(broken)
        self.load.check_ways(broken, sums.duration, sums.metres)
        steps.append(
            {"type": "end", **_location(self.case, known[-1]), "setup": 0, "service": 0,
             "waiting_time": 0, **self.load.now(), **end | sums.so_far(),
             "violations": broken.told()}
        )  # fmt: skip
        for nth in self.load.alone():
            named = [at for at, d in enumerate(self.doings, 1) if d.name == nth]
            for at in named:
                steps[at]["violations"] = Broken.merged(
                    [steps[at]["violations"], [{"cause": "precedence"}]]
                )
        return steps

    def _step(
        self, doing: _Doing, moment: Json, window: tuple[int, int] | None, sums: Sums
    ) -> Json:
        broken = Broken()
        begin = moment["arrival"] + moment["waiting_time"]
        if window is not None:
            broken.early(window[0] // 100 - begin)
            broken.late(begin - window[1] // 100)
        if doing.name:
            self.load.serve(doing.name, broken)
        self.load.check(broken)
        self.load.check_ways(broken, sums.duration, sums.metres)
        if isinstance(doing.told, Rest):
            self.load.check_rest(doing.told, broken)
        entry: Json = {"type": doing.step.type}
        if doing.told.description:
            entry["description"] = doing.told.description
        if doing.place is not None:
            entry |= _location(self.case, doing.place)
        entry |= {"id": doing.told.id, "setup": doing.setup_s, "service": doing.service_s}
        entry["waiting_time"] = moment["waiting_time"]
        if doing.place is not None:
            entry["job"] = doing.told.id
        return entry | {
            **self.load.now(), "arrival": moment["arrival"], **sums.so_far(),
            "violations": broken.told(),
        }  # fmt: skip


def _piece(windows: list[tuple[int, int]], action: int, step: Step, *, is_break: bool) -> Piece:
    low = max(step.service_at or 0, step.service_after or 0)
    highs = [at for at in (step.service_at, step.service_before) if at is not None]
    return Piece(
        windows=tuple((a * 100, b * 100) for a, b in windows),
        action=action * 100,
        is_break=is_break,
        low=low * 100,
        high=min(highs) * 100 if highs else FOREVER,
    )
