"""VROOM's JSON: jobs, shipments and vehicles over given matrices, in and out.

Understood: windows, service, setup, delivery, pickup, amount, skills, priority, breaks, speed by
profile matrices, `max_tasks`, `max_distance`, fixed cost. Amounts may have up to two columns,
which become weight and volume. VROOM counts priorities from 0 to 100 for whatever may be left out;
here every job is required and the priority decides who goes first.
"""

from typing import Any

import msgspec
import numpy as np

from routing.problem import Break, Depot, Problem, Profile, Stop, TimeWindow, Vehicle, Weights
from routing.solution import Solution
from routing.wellformed import MalformedProblem

DAY = (0, 86_400)
Json = dict[str, Any]


def read_vroom(text: bytes) -> Problem:
    """Return the problem of a VROOM input file.

    Raises
    ------
    MalformedProblem
        E1114 where the file is not of that format or has no matrices.
    """
    try:
        told = msgspec.json.decode(text, type=dict[str, Any])
        matrices = {name: _matrices(m) for name, m in told["matrices"].items()}
        vehicles = told["vehicles"]
        used = [str(v.get("profile", "car")) for v in vehicles]
        main = used[0] if used else next(iter(matrices))
        depots = sorted(
            {int(v[k]) for v in vehicles for k in ("start_index", "end_index") if k in v}
        )
        stops = [_stop(f"job:{job['id']}", job, job) for job in told.get("jobs", [])]
        for shipment in told.get("shipments", []):
            stops += _shipment(shipment)
        return Problem(
            stops=tuple(stops),
            vehicles=tuple(_vehicle(v, main, depots) for v in vehicles),
            depots=tuple(Depot(id=f"place:{at}", location=at) for at in depots),
            duration_s=matrices[main].duration_s,
            distance_m=matrices[main].distance_m,
            profiles={name: m for name, m in matrices.items() if name != main},
            weights=Weights(vehicle_used=0),
        )
    except MalformedProblem:
        raise
    except (KeyError, TypeError, ValueError, msgspec.DecodeError) as error:
        raise MalformedProblem("E1114", f"this is no VROOM file: {error!r}") from None


def _matrices(told: Json) -> Profile:
    durations = np.array(told["durations"], np.int64)
    distances = np.array(told.get("distances", told["durations"]), np.int64)
    return Profile(duration_s=durations, distance_m=distances)


def _amounts(told: Json, name: str) -> tuple[int, int]:
    amounts = list(told.get(name, []))
    if len(amounts) > 2:
        raise MalformedProblem("E1114", "amounts of more than two columns are not known here")
    weight, volume = [*amounts, 0, 0][:2]
    return int(weight), int(volume)


def _stop(name: str, step: Json, told: Json) -> Stop:
    nothing = (0, 0)
    shipped = "amount" in told
    delivery = nothing if shipped else _amounts(told, "delivery")
    pickup = nothing if shipped else _amounts(told, "pickup")
    setup = int(step.get("setup", 0))
    # VROOM's set-up lies inside the window, ours before it.
    windows = [TimeWindow(int(a) + setup, int(b) + setup) for a, b in step.get("time_windows", [])]
    return Stop(
        id=name,
        location=int(step["location_index"]),
        service_duration_s=int(step.get("service", 0)),
        setup_s=setup,
        tws=tuple(windows),
        delivery_g=delivery[0],
        delivery_ml=delivery[1],
        pickup_g=pickup[0],
        pickup_ml=pickup[1],
        skills=tuple(str(skill) for skill in told.get("skills", [])),
        priority=int(told.get("priority", 0)),
    )


def _shipment(told: Json) -> list[Stop]:
    told = {"amount": [], **told}
    weight, volume = _amounts(told, "amount")
    first, second = told["pickup"], told["delivery"]
    begin = _stop(f"pickup:{first['id']}", first, told)
    finish = _stop(f"delivery:{second['id']}", second, told)
    replace = msgspec.structs.replace
    return [
        replace(begin, pickup_g=weight, pickup_ml=volume),
        replace(finish, delivery_g=weight, delivery_ml=volume, picked_up_at=begin.id),
    ]


def _vehicle(told: Json, main: str, depots: list[int]) -> Vehicle:
    start = told.get("start_index")
    if start is None:
        raise MalformedProblem("E1114", "a vehicle needs a start_index", [str(told["id"])])
    early, late = told.get("time_window", DAY)
    capacity = _amounts(told, "capacity") if "capacity" in told else (None, None)
    columns = len(told.get("capacity", []))
    profile = str(told.get("profile", "car"))
    end = told.get("end_index")
    costs = told.get("costs", {})
    return Vehicle(
        id=str(told["id"]),
        start_depot=f"place:{start}",
        end_depot=None if end is None else f"place:{end}",
        shift_early_s=int(early),
        shift_late_s=int(late),
        breaks=tuple(_break(rest) for rest in told.get("breaks", [])),
        capacity_g=capacity[0] if columns > 0 else None,
        capacity_ml=capacity[1] if columns > 1 else None,
        skills=tuple(str(skill) for skill in told.get("skills", [])),
        profile="" if profile == main else profile,
        stops_max=told.get("max_tasks"),
        distance_m_max=told.get("max_distance"),
        fixed_cost=int(costs.get("fixed", 0)) * 10,
    )


def _break(told: Json) -> Break:
    """Return a break; of several spans the first."""
    early, late = told["time_windows"][0]
    duration = int(told.get("service", 0))
    return Break(early_s=int(early), late_s=int(late) + duration, duration_s=duration)


def write_vroom(problem: Problem, solution: Solution) -> bytes:
    """Return an answer as VROOM's output: routes with steps, unassigned, summary."""
    stops = {s.id: s for s in problem.stops}
    routes = []
    for route in solution.routes:
        steps: list[Json] = [{"type": "start", "arrival": route.start_s, "duration": 0}]
        for nth, visit in enumerate(route.visits):
            steps += [
                {"type": "break", "arrival": rest.start_s, "service": rest.end_s - rest.start_s}
                for rest in route.rests
                if rest.before == nth
            ]
            if visit.stop_id is not None:
                kind, _, name = visit.stop_id.partition(":")
                steps.append(
                    {
                        "type": kind,
                        "id": int(name) if name.isdigit() else name,
                        "location_index": visit.location,
                        "arrival": visit.arrival_s - stops[visit.stop_id].setup_s,
                        "waiting_time": visit.waiting_s,
                        "service": stops[visit.stop_id].service_duration_s,
                        "load": [visit.load_g, visit.load_ml],
                    }
                )
        steps += [
            {"type": "break", "arrival": rest.start_s, "service": rest.end_s - rest.start_s}
            for rest in route.rests
            if rest.before == len(route.visits)
        ]
        steps.append({"type": "end", "arrival": route.end_s})
        routes.append(
            {
                "vehicle": int(route.vehicle_id) if route.vehicle_id.isdigit() else 0,
                "duration": route.travel_s,
                "distance": route.distance_m,
                "steps": steps,
            }
        )
    left = []
    for entry in solution.unassigned:
        kind, _, name = entry.stop_id.partition(":")
        left.append({"id": int(name) if name.isdigit() else name, "type": kind,
                     "reason": entry.reason.value})  # fmt: skip
    summary = {
        "cost": solution.cost.total,
        "routes": len(routes),
        "unassigned": len(left),
        "duration": sum(r.travel_s for r in solution.routes),
        "distance": sum(r.distance_m for r in solution.routes),
    }
    return msgspec.json.encode(
        {"code": 0, "summary": summary, "unassigned": left, "routes": routes}
    )
