"""A hub too large for one search: groups of neighbouring rounds, again and again, overlapping.

The whole is searched first for a while. Then its rounds are put in a ring in which neighbours go
through the same streets; groups of the ring are planned by themselves, one process a core, and the
next time the groups begin half a group further on, so that every border lies inside one.

Source
------
Parts of a solution optimised in turn: Taillard and Voss (2002), POPMUSIC, in Essays and Surveys in
Metaheuristics, 613-629.
"""

from collections.abc import Callable
from itertools import pairwise

import msgspec
import numpy as np

from routing.evaluate import Judge, plan_of
from routing.indexed import Indexed, Plan
from routing.limit import Limit
from routing.mend import mend, reasons
from routing.problem import Closure, Depot, Problem, Profile, Stop
from routing.solution import Solution
from routing.solve import solve
from routing.wellformed import Matrix
from routing.workers import workers

replace = msgspec.structs.replace
GROUP = 10
"""Rounds in a group."""
WHOLE_SHARE = 0.5
"""Of the time, for the search of the whole before it is split."""
TURNS = 2
"""How often all groups are planned; an even number ends with groups over the first borders."""


def ring(ix: Indexed, plan: Plan) -> list[int]:
    """Return the vehicles that are out, each followed by one that goes where it goes.

    How far two rounds are apart is the mean way from a stop of one to the nearest of the other.
    """
    out = [k for k, sequence in enumerate(plan) if sequence]
    if not out:
        return []
    travel = ix.travel[0]
    stops = [np.array([node for node in plan[k] if node < ix.n], np.int64) for k in out]
    apart = np.zeros((len(out), len(out)))
    for a, here in enumerate(stops):
        for b, there in enumerate(stops):
            if a != b:
                apart[a, b] = travel[np.ix_(here, there)].min(axis=1).mean()
    apart += apart.T
    order, left = [0], set(range(1, len(out)))
    while left:
        nearest = min(left, key=lambda b: (apart[order[-1], b], b))
        order.append(nearest)
        left.remove(nearest)
    return [out[at] for at in order]


def groups(order: list[int], size: int, shift: int) -> list[list[int]]:
    """Return the ring cut into groups of about `size`, the first cut at `shift`."""
    turned = order[shift:] + order[:shift]
    count = max(1, round(len(turned) / size))
    cuts = [len(turned) * nth // count for nth in range(count + 1)]
    return [turned[a:b] for a, b in pairwise(cuts) if a < b]


def part(problem: Problem, ix: Indexed, plan: Plan, vehicles: list[int]) -> Problem:
    """Return the question of these rounds alone: their stops, and those nobody visits."""
    chosen = sorted({node for k in vehicles for node in plan[k] if node < ix.n})
    chosen += ix.left_out(plan)
    names = {ix.stops[at].id for at in chosen}
    fleet = tuple(
        replace(
            ix.vehicles[k],
            loaded=tuple(name for name in ix.vehicles[k].loaded if name in names),
        )
        for k in vehicles
    )
    kept = sorted({ix.stops[at].location for at in chosen} | {d.location for d in problem.depots})
    place = {location: at for at, location in enumerate(kept)}
    ids = {vehicle.id for vehicle in fleet}
    return replace(
        problem,
        stops=tuple(_stop(ix.stops[at], place, ids) for at in chosen),
        vehicles=fleet,
        depots=tuple(_depot(depot, place) for depot in problem.depots),
        duration_s=_cut(problem.duration_s, kept),
        distance_m=_cut(problem.distance_m, kept),
        profiles={
            name: Profile(
                duration_s=_cut(profile.duration_s, kept), distance_m=_cut(profile.distance_m, kept)
            )
            for name, profile in problem.profiles.items()
        },
        closures=tuple(
            Closure(place[c.from_location], place[c.to_location])
            for c in problem.closures
            if c.from_location in place and c.to_location in place
        ),
        promises=tuple(p for p in problem.promises if p.stop_id in names and p.vehicle_id in ids),
    )


def _stop(stop: Stop, place: dict[int, int], vehicles: set[str]) -> Stop:
    allowed = tuple(name for name in stop.vehicles if name in vehicles)
    return replace(stop, location=place[stop.location], vehicles=allowed)


def _depot(depot: Depot, place: dict[int, int]) -> Depot:
    return replace(depot, location=place[depot.location])


def _cut(matrix: Matrix, kept: list[int]) -> Matrix:
    return np.ascontiguousarray(matrix[np.ix_(kept, kept)])


def _improve(question: Problem, start: Solution, limit: Limit, seed: int) -> Solution:
    return solve(question, limit=limit, start=start, seed=seed)


def solve_hub(
    problem: Problem,
    *,
    seconds: float,
    cores: int = 1,
    seed: int = 0,
    on_best: Callable[[Solution], None] | None = None,
) -> Solution:
    """Return the best plan of a large office, found in `seconds` of processor time on each core.

    A stop that only named couriers may serve stays with the group it is in.
    """
    whole = seconds * cores
    first = Limit(cpu_seconds=whole * WHOLE_SHARE)
    solution = solve(problem, limit=first, seed=seed, cores=cores, on_best=on_best)
    judge = Judge(Indexed(problem))
    ix, plan = judge.ix, plan_of(judge.ix, solution)
    with workers(cores) as run:
        for turn in range(TURNS):
            order = ring(ix, plan)
            shift = GROUP // 2 if turn % 2 and len(order) > GROUP else 0
            cut = groups(order, GROUP, shift)
            share = whole * (1 - WHOLE_SHARE) / TURNS / max(1, len(cut))
            calls = []
            for vehicles in cut:
                question = part(problem, ix, plan, vehicles)
                ids = {vehicle.id for vehicle in question.vehicles}
                start = replace(
                    solution, routes=tuple(r for r in solution.routes if r.vehicle_id in ids)
                )
                calls.append((question, start, Limit(cpu_seconds=share), seed + turn))
            found = run(_improve, calls, lambda: None)
            better = _merged(ix, plan, cut, found)
            sound = mend(judge, better)
            if judge.cost(sound).total < judge.cost(plan).total:
                plan = sound
            solution = judge.solution(plan, reasons(judge, plan, ()))
            if on_best is not None:
                on_best(solution)
    return solution


def _merged(ix: Indexed, plan: Plan, cut: list[list[int]], found: list[Solution]) -> Plan:
    """Return the plan with the groups' new rounds; a stop two groups took in counts once."""
    merged = [list(sequence) for sequence in plan]
    seen: set[int] = set()
    for vehicles, solution in zip(cut, found, strict=True):
        there = plan_of(ix, solution)
        for k in vehicles:
            merged[k] = [node for node in there[k] if node >= ix.n or node not in seen]
            seen.update(node for node in there[k] if node < ix.n)
    return merged
