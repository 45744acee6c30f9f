"""Somebody's VROOM answer against the file it answers: order, times, cost and what is left out."""

from collections.abc import Iterator

import msgspec

from routing.evaluate import evaluate
from routing.formats.vroom.answer import route_of
from routing.formats.vroom.file import Json, Step, Vehicle, tasks_of
from routing.formats.vroom.places import slowness
from routing.formats.vroom.problem import Case
from routing.solution import Solution, Violation
from routing.wellformed import MalformedProblem

CODES = {
    "lead_time": ("V3101", "violation.window"),
    "delay": ("V3101", "violation.window"),
    "load": ("V3107", "violation.weight"),
    "max_tasks": ("V3115", "violation.stops"),
    "skills": ("V3105", "violation.skill"),
    "precedence": ("V3113", "violation.shipment"),
    "missing_break": ("V3104", "violation.break_missed"),
    "max_travel_time": ("V3116", "violation.distance"),
    "max_load": ("V3107", "violation.weight"),
    "max_distance": ("V3116", "violation.distance"),
}
"""What VROOM's causes are called here."""


class _Visit(msgspec.Struct):
    type: str
    arrival: int
    id: int | None = None
    waiting_time: int = 0
    setup: int = 0
    service: int = 0


class _Route(msgspec.Struct):
    vehicle: int
    steps: list[_Visit]
    cost: int | None = None


class _Left(msgspec.Struct):
    id: int
    type: str = "job"


class Answer(msgspec.Struct):
    """What is read of a VROOM answer."""

    routes: list[_Route]
    unassigned: list[_Left] = []


def read_answer(text: bytes) -> Answer:
    """Return a VROOM answer.

    Raises
    ------
    MalformedProblem
        E1114 where the text is none.
    """
    try:
        return msgspec.json.decode(text, type=Answer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedProblem("E1114", f"this is no VROOM answer: {error}") from None


def _name(step: _Visit) -> str:
    return f"{step.type}:{step.id}"


def _is_task(step: _Visit) -> bool:
    return step.type in ("job", "pickup", "delivery")


def check_answer(case: Case, answer: Answer) -> list[Violation]:
    """Return every rule of the file that an answer breaks, and every claim that is not so."""
    tasks = {name for name, _ in tasks_of(case.file)}
    vehicles = {vehicle.id: vehicle for vehicle in case.file.vehicles}
    found = [
        Violation(code="V3118", key="violation.unknown_id", vehicle_id=str(route.vehicle))
        for route in answer.routes
        if route.vehicle not in vehicles
    ]
    named = [_name(step) for route in answer.routes for step in route.steps if _is_task(step)]
    found += [
        Violation(code="V3118", key="violation.unknown_id", stop_id=name)
        for name in named
        if name not in tasks
    ]
    if found:
        return found
    found += [
        Violation(code="V3117", key="violation.visited_twice", stop_id=name)
        for name in sorted(tasks)
        if named.count(name) > 1
    ]
    left = {f"{entry.type}:{entry.id}" for entry in answer.unassigned}
    found += [
        Violation(code="V3119", key="violation.unaccounted", stop_id=name)
        for name in sorted((tasks - set(named)) ^ left)
    ]
    for route in answer.routes:
        found += _check_route(case, vehicles[route.vehicle], route)
    return found


def _check_route(case: Case, vehicle: Vehicle, route: _Route) -> Iterator[Violation]:
    steps = [
        msgspec.convert({"type": step.type, "id": step.id}, Step)
        for step in route.steps
        if step.type not in ("start", "end")
    ]
    own = route_of(case, vehicle, steps)
    name = str(vehicle.id)
    for step in own["steps"]:
        stop_id = f"{step['type']}:{step['id']}" if "job" in step else None
        for broken in step["violations"]:
            # Working hours are the vehicle's, windows the task's.
            code, key = CODES[broken["cause"]]
            if stop_id is None and code == "V3101":
                code, key = "V3102", "violation.shift"
            amount = broken.get("duration", 0)
            yield Violation(code=code, key=key, vehicle_id=name, stop_id=stop_id, amount=amount)
    if any(broken["cause"] == "missing_break" for broken in own["violations"]):
        yield Violation(code="V3104", key="violation.break_missed", vehicle_id=name)
    if route.cost is not None and route.cost != own["cost"]:
        difference = route.cost - own["cost"]
        yield Violation(code="V3120", key="violation.cost", vehicle_id=name, amount=difference)
    # Where the order itself breaks windows, times can be no better.
    if not own["violations"] and not _is_possible(case, vehicle, route, own):
        yield Violation(code="V3121", key="violation.times", vehicle_id=name)


def _is_possible(case: Case, vehicle: Vehicle, route: _Route, own: Json) -> bool:
    """Whether the times claimed leave room for every way and keep every window."""
    tasks = dict(tasks_of(case.file))
    rests = {rest.id: rest for rest in vehicle.breaks}
    travel = case.places.travel[vehicle.profile].duration_s
    place = case.places.at.get(f"start:{vehicle.id}")
    own_steps = iter(own["steps"][1:])
    ready = away = route.steps[0].arrival if route.steps else 0
    spent = 0
    hours = vehicle.time_window or (0, 1 << 62)
    if not route.steps or not hours[0] <= ready:
        return False
    for step in route.steps[1:]:
        told = next(own_steps, None)
        if told is None or (step.setup, step.service) != (told["setup"], told["service"]):
            return False
        start = step.arrival + step.waiting_time
        if step.arrival < ready or step.waiting_time < 0:
            return False
        windows = None
        if step.type == "break":
            windows = rests[step.id or 0].time_windows
            spent += step.service
        else:
            to = case.places.at.get(
                f"end:{vehicle.id}" if step.type == "end" else _name(step), place
            )
            way = 0 if place is None or to is None else int(travel[place, to])
            # Reported seconds are cut, so that a way may seem a second shorter.
            if step.arrival + 1 < away + spent + way * slowness(vehicle) // 100:
                return False
            if step.type != "end":
                windows, place = tasks[_name(step)].time_windows, to
            spent, away = 0, start + step.setup + step.service
        ready = start + step.setup + step.service
        if windows and not any(early <= start <= late for early, late in windows):
            return False
    return ready <= hours[1]


def solution_of(case: Case, answer: Answer) -> Solution:
    """Return an answer's routes as a plan of the problem, judged by it.

    Raises
    ------
    MalformedProblem
        E1105 where it names what is not in the file.
    """
    known = {stop.id for stop in case.problem.stops}
    strange = [
        _name(s) for r in answer.routes for s in r.steps if _is_task(s) and _name(s) not in known
    ]
    vehicles = {vehicle.id for vehicle in case.problem.vehicles}
    strange += [str(r.vehicle) for r in answer.routes if str(r.vehicle) not in vehicles]
    if strange:
        raise MalformedProblem("E1105", "the answer names what is not there", strange)
    return evaluate(
        case.problem,
        {str(r.vehicle): [_name(s) for s in r.steps if _is_task(s)] for r in answer.routes},
    )
