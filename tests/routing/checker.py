"""A second judge that shares no code with the first: tries every place for every rest.

It reads only problem and answer, walks each route second by second arithmetic of its own, and
returns sentences; no sentence means no fault. Speed does not matter here, independence does.
"""

from itertools import combinations_with_replacement, pairwise

from routing.problem import Problem, Stop, Vehicle
from routing.solution import Route, Solution

FAR = 10_000_000


def complaints(problem: Problem, solution: Solution) -> list[str]:
    """Return what is wrong with an answer."""
    found: list[str] = []
    stops = {s.id: s for s in problem.stops}
    named = [v.stop_id for r in solution.routes for v in r.visits if v.stop_id is not None]
    named += [u.stop_id for u in solution.unassigned]
    if sorted(named) != sorted(stops):
        found.append("not every stop is accounted for exactly once")
    total = 0
    for route in solution.routes:
        faults, cost = _route(problem, stops, route)
        found += faults
        total += cost
    for left in solution.unassigned:
        stop = stops[left.stop_id]
        weight = problem.weights.missed * (100 + stop.priority) // 100
        total += weight if stop.required else stop.prize
    if total != solution.cost.total:
        found.append(f"the cost is {total}, not {solution.cost.total}")
    return found


def _matrices(problem: Problem, vehicle: Vehicle):
    chosen = problem if not vehicle.profile else problem.profiles[vehicle.profile]
    return chosen.duration_s, chosen.distance_m


def _drive(problem: Problem, leave: int, seconds: int) -> int:
    """Walk a leg in hundredths, second by second where speeds change."""
    if not problem.speed_bands:
        return leave + seconds
    left, now = seconds * 100, leave
    while left > 0:
        left -= _speed(problem, now)
        now += 1
    return now


def _speed(problem: Problem, now: int) -> int:
    percent = 100
    for band in problem.speed_bands:
        if band.from_s <= now:
            percent = band.speed_percent
    return percent


def _drive_resting(problem: Problem, leave: int, seconds: int, setup: int, rest) -> int:
    """The same with one rest: it begins when it may, wherever one is then."""
    plain = _drive(problem, leave, seconds) + setup
    if plain <= rest.early_s:
        return rest.early_s + rest.duration_s
    if not problem.speed_bands:
        return plain + rest.duration_s
    begin = max(leave, rest.early_s)
    left, now = seconds * 100, leave
    while left > 0 and now < begin:
        left -= _speed(problem, now)
        now += 1
    if left <= 0:
        return plain + rest.duration_s
    now = begin + rest.duration_s
    while left > 0:
        left -= _speed(problem, now)
        now += 1
    return now + setup


def _route(problem: Problem, stops: dict[str, Stop], route: Route) -> tuple[list[str], int]:
    vehicle = next(v for v in problem.vehicles if v.id == route.vehicle_id)
    depots = {d.id: d for d in problem.depots}
    calls = [stops[v.stop_id] if v.stop_id else depots[v.depot_id or ""] for v in route.visits]
    faults = _welcome(vehicle, calls, stops)
    faults += _loads(problem, vehicle, calls)
    metres = _metres(problem, vehicle, calls, depots)
    if vehicle.distance_m_max is not None and metres > vehicle.distance_m_max:
        faults.append(f"{vehicle.id} goes {metres} m")
    best: tuple[int, int] | None = None
    legs = len(calls) + 1
    for taken in range(len(vehicle.breaks) + 1):
        for places in combinations_with_replacement(range(legs), taken):
            walked = _walk(problem, vehicle, calls, places)
            if walked is not None and (best is None or walked < best):
                best = walked
    if best is None:
        return [*faults, f"{vehicle.id}: no place for the rests keeps the times"], 0
    cost = best[0] + _fixed_costs(problem, vehicle, calls, depots)
    faults += _claims(problem, vehicle, calls, route, metres)
    return faults, cost


def _claims(problem: Problem, vehicle: Vehicle, calls, route: Route, metres: int) -> list[str]:
    """Return what the answer says of times and metres that is not so, given where it rests."""
    times: list[tuple[int, int, int]] = []
    places = tuple(rest.before for rest in route.rests)
    walked = _walk(problem, vehicle, calls, places, times)
    if walked is None:
        return [f"{vehicle.id}: the rests are not where they are said to be"]
    told = [(visit.arrival_s, visit.start_s, visit.departure_s) for visit in route.visits]
    faults = []
    if told != times or walked[1] != route.end_s:
        faults.append(f"{vehicle.id}: the times are {times} to {walked[1]}, not as told")
    if route.distance_m != metres:
        faults.append(f"{vehicle.id} goes {metres} m, not {route.distance_m}")
    return faults


def _walk(  # noqa: C901 (one walk told in one piece is easier to trust)
    problem: Problem,
    vehicle: Vehicle,
    calls,
    places,
    times: list[tuple[int, int, int]] | None = None,
) -> tuple[int, int] | None:
    """Return (cost of times, end) with rests on these legs; None where a hard time is broken.

    `times` is filled with (arrival, start, departure) of each call.
    """
    times = [] if times is None else times
    durations, _ = _matrices(problem, vehicle)
    depots = {d.id: d for d in problem.depots}
    weights, promises = problem.weights, {p.stop_id: p for p in problem.promises}
    here = depots[vehicle.start_depot].location
    now = max(vehicle.shift_early_s, 0 if vehicle.on_road else _release(calls, 0))
    cost, taken = 0, 0
    end = None if vehicle.end_depot is None else depots[vehicle.end_depot]
    for leg, call in enumerate([*calls, end]):
        seconds = 0 if call is None else int(durations[here, call.location])
        if seconds >= FAR:
            return None
        moved = call is not None and call.location != here
        setup = call.setup_s if isinstance(call, Stop) and moved else 0
        count = places.count(leg)
        if count == 0:
            ready = _drive(problem, now, seconds) + setup
        else:
            first = vehicle.breaks[taken]
            if now + first.duration_s > first.late_s:
                return None
            ready = _drive_resting(problem, now, seconds, setup, first)
            for rest in vehicle.breaks[taken + 1 : taken + count]:
                if ready + rest.duration_s > rest.late_s:
                    return None
                ready = max(ready, rest.early_s) + rest.duration_s
            taken += count
        if leg == len(calls):
            now = ready
            break
        here = call.location
        if not isinstance(call, Stop):
            now = max(ready + call.reload_s, _release(calls, leg + 1))
            times.append((ready, ready, now))
            continue
        openings = [max(ready, w.early_s) for w in call.tws if ready <= w.late_s]
        if call.tws and not openings:
            return None
        start = openings[0] if openings else ready
        if call.soft_late_s is not None and start > call.soft_late_s:
            cost += weights.lateness_per_s * (start - call.soft_late_s)
        promise = promises.get(call.id)
        if promise is not None and promise.start_s is not None:
            away = max(start - promise.start_s, promise.start_s - start) - weights.drift_free_s
            cost += weights.drift_per_s * away if away > 0 else 0
        now = start + call.service_duration_s
        times.append((ready, start, now))
    for rest in vehicle.breaks[taken:]:
        if rest.due_s is None or now > rest.due_s:
            return None
    if now > vehicle.shift_late_s + vehicle.overtime_s_max:
        return None
    if now > vehicle.shift_late_s:
        cost += weights.overtime_per_s * (now - vehicle.shift_late_s)
    work = now - vehicle.shift_early_s
    if problem.fair_work_s is not None and work > problem.fair_work_s:
        cost += weights.excess_work_per_s * (work - problem.fair_work_s)
    return cost, now


def _release(calls, begin: int) -> int:
    latest = 0
    for call in calls[begin:]:
        if not isinstance(call, Stop):
            break
        latest = max(latest, call.release_s)
    return latest


def _welcome(vehicle: Vehicle, calls, stops: dict[str, Stop]) -> list[str]:
    faults = []
    order = [call.id for call in calls if isinstance(call, Stop)]
    for call in calls:
        if not isinstance(call, Stop):
            if call.id not in vehicle.reload_depots:
                faults.append(f"{vehicle.id} may not reload at {call.id}")
            continue
        if any(skill not in vehicle.skills for skill in call.skills):
            faults.append(f"{vehicle.id} lacks a skill for {call.id}")
        if call.vehicles and vehicle.id not in call.vehicles:
            faults.append(f"{vehicle.id} may not come to {call.id}")
        if call.picked_up_at is not None and (
            call.picked_up_at not in order or order.index(call.picked_up_at) > order.index(call.id)
        ):
            faults.append(f"{call.id} is handed over before it is fetched")
    faults += [
        f"{stop.picked_up_at} is fetched and never handed over"
        for stop in stops.values()
        if stop.picked_up_at in order and stop.id not in order
    ]
    reloads = len(calls) - len(order)
    if reloads > vehicle.reloads_max:
        faults.append(f"{vehicle.id} reloads {reloads} times")
    if vehicle.stops_max is not None and len(order) > vehicle.stops_max:
        faults.append(f"{vehicle.id} has {len(order)} stops")
    return faults


def _loads(problem: Problem, vehicle: Vehicle, calls) -> list[str]:
    """Carry everything item by item: what is for whom, and what was taken where."""
    faults = []
    origins = {s.picked_up_at for s in problem.stops if s.picked_up_at}
    stops = {s.id: s for s in problem.stops}
    for kind, limit, carried in (
        ("g", vehicle.capacity_g, vehicle.carried_g),
        ("ml", vehicle.capacity_ml, vehicle.carried_ml),
        ("vnd", vehicle.cash_limit_vnd, vehicle.carried_cash_vnd),
    ):
        gives, takes = ("cash_out_vnd", "cash_in_vnd") if kind == "vnd" else (
            f"delivery_{kind}", f"pickup_{kind}"
        )  # fmt: skip
        aboard: dict[str, int] = {"before": carried}
        if vehicle.on_road:
            aboard.update({f"for {name}": getattr(stops[name], gives) for name in vehicle.loaded})
        else:
            _load_up(aboard, calls, 0, gives, kind)
        most = sum(aboard.values())
        for at, call in enumerate(calls):
            if not isinstance(call, Stop):
                aboard = {k: v for k, v in aboard.items() if k.startswith("shipped")}
                _load_up(aboard, calls, at + 1, gives, kind)
            elif call.picked_up_at is not None and kind != "vnd":
                aboard.pop(f"shipped {call.picked_up_at}", None)
            else:
                if getattr(call, gives) and f"for {call.id}" not in aboard:
                    faults.append(f"{call.id}'s things are not on board of {vehicle.id}")
                aboard.pop(f"for {call.id}", None)
                shipped = call.id in origins and kind != "vnd"
                aboard[f"{'shipped' if shipped else 'from'} {call.id}"] = getattr(call, takes)
            most = max(most, sum(aboard.values()))
        if limit is not None and most > limit:
            faults.append(f"{vehicle.id} has {most} {kind} on board, {limit} allowed")
    return faults


def _load_up(aboard: dict[str, int], calls, begin: int, gives: str, kind: str) -> None:
    for call in calls[begin:]:
        if not isinstance(call, Stop):
            return
        if call.picked_up_at is None or kind == "vnd":
            aboard[f"for {call.id}"] = getattr(call, gives)


def _metres(problem: Problem, vehicle: Vehicle, calls, depots) -> int:
    _, distances = _matrices(problem, vehicle)
    here, total = depots[vehicle.start_depot].location, 0
    for call in [*calls, *([] if vehicle.end_depot is None else [depots[vehicle.end_depot]])]:
        total += int(distances[here, call.location])
        here = call.location
    return total


def _fixed_costs(problem: Problem, vehicle: Vehicle, calls, depots) -> int:
    """Return way, vehicle, territory, changed courier and shared cash."""
    weights, promises = problem.weights, {p.stop_id: p for p in problem.promises}
    durations, distances = _matrices(problem, vehicle)
    places = [depots[vehicle.start_depot].location, *(call.location for call in calls)]
    if vehicle.end_depot is not None:
        places.append(depots[vehicle.end_depot].location)
    cost = weights.vehicle_used + vehicle.fixed_cost
    for before, after in pairwise(places):
        cost += weights.travel_per_s * int(durations[before, after])
        cost += weights.distance_per_m * int(distances[before, after])
    cash = 0
    for call in calls:
        if not isinstance(call, Stop):
            continue
        cash += call.cash_out_vnd + call.cash_in_vnd
        if call.territory is not None and call.territory not in vehicle.territories:
            cost += weights.out_of_territory
        if call.id in promises and promises[call.id].vehicle_id != vehicle.id:
            cost += weights.changed_vehicle
        known = call.known_by.get(vehicle.id, 0)
        cost += (weights.unfamiliar * (100 - known)) // 100
    if problem.fair_cash_vnd is not None and cash > problem.fair_cash_vnd:
        over = cash - problem.fair_cash_vnd
        cost += weights.excess_cash_per_million * ((over + 999_999) // 1_000_000)
    return cost
