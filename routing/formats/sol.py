"""CVRPLIB's `.sol`: one line of customers a route, then the cost; of any problem of the literature.

Customers are numbered as locations from 0, so that with one depot the first customer is 1. A 0
inside a route is a reload at the depot.
"""

import re

import msgspec

from routing.evaluate import evaluate
from routing.problem import Problem
from routing.solution import Solution
from routing.wellformed import MalformedProblem


class Sol(msgspec.Struct, frozen=True, kw_only=True):
    """What a `.sol` file says."""

    routes: tuple[tuple[int, ...], ...]
    """Locations in order, a route a vehicle."""
    cost: float | None = None


def read_sol(text: str) -> Sol:
    """Return the routes and the cost of a `.sol` file.

    Raises
    ------
    MalformedProblem
        E1114 where there is no route in it.
    """
    routes = []
    for line in text.splitlines():
        found = re.match(r"\s*route\s*#?\s*\d+\s*:(.*)", line, re.IGNORECASE)
        if found is not None:
            if not re.fullmatch(r"[\d\s]*", found[1]):
                raise MalformedProblem(
                    "E1114", f"a route lists customers by number, not {found[1]}"
                )
            routes.append(tuple(int(cell) for cell in found[1].split()))
    cost = re.search(r"^\s*cost\s*:?\s*([\d.]+)", text, re.IGNORECASE | re.MULTILINE)
    if not routes:
        raise MalformedProblem("E1114", "this is no .sol file: there is no route in it")
    return Sol(routes=tuple(routes), cost=float(cost[1]) if cost else None)


def judged(problem: Problem, sol: Sol) -> Solution:
    """Return the plan of a `.sol` file with the judge's times and cost.

    Raises
    ------
    MalformedProblem
        E1105 where it names customers that are not there, E1111 where it has more routes than there
        are vehicles.
    """
    names = {stop.location: stop.id for stop in problem.stops}
    depots = {depot.location: depot.id for depot in problem.depots}
    named = [at for route in sol.routes for at in route]
    strange = sorted({at for at in named if at not in names and at not in depots})
    if strange:
        raise MalformedProblem(
            "E1105", "the answer names customers that are not there", [str(at) for at in strange]
        )
    if len(sol.routes) > len(problem.vehicles):
        raise MalformedProblem(
            "E1111", f"{len(sol.routes)} routes but only {len(problem.vehicles)} vehicles"
        )
    routes = {
        vehicle.id: [names.get(at, depots.get(at, "")) for at in route]
        for vehicle, route in zip(problem.vehicles, sol.routes, strict=False)
    }
    return evaluate(problem, routes)


def write_sol(problem: Problem, solution: Solution, *, in_tenths: bool) -> str:
    """Return the text of a `.sol` file.

    Parameters
    ----------
    in_tenths
        The problem counts tenths, the file decimals (Solomon's and Gehring and Homberger's sets).
    """
    location = {stop.id: stop.location for stop in problem.stops}
    depot = {d.id: d.location for d in problem.depots}
    lines = []
    for number, route in enumerate(solution.routes, 1):
        order = [
            location[v.stop_id] if v.stop_id is not None else depot[v.depot_id or ""]
            for v in route.visits
        ]
        lines.append(f"Route #{number}: {' '.join(str(at) for at in order)}")
    total = solution.cost.total
    lines.append(f"Cost {total / 10:.1f}" if in_tenths else f"Cost {total}")
    return "\n".join(lines) + "\n"
