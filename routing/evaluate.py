"""The one judge: exact times, cost by part and every broken rule, in plain integer sums."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from routing.indexed import Indexed, Plan
from routing.problem import Problem
from routing.rules import (
    balance,
    breaks,
    capacity,
    cash_limit,
    closures,
    length,
    optional,
    reload,
    shift,
    shipments,
    skills,
    stability,
    territory,
    time_windows,
    travel,
    vehicles,
)
from routing.schedule import Scheduler, Timeline
from routing.solution import Cost, Route, Solution, Unassigned, Violation, Visit

CHECKS: tuple[Callable[[Timeline], Iterator[Violation]], ...] = (
    time_windows.check,
    shift.check,
    breaks.check,
    skills.check,
    capacity.check,
    cash_limit.check,
    reload.check,
    shipments.check,
    closures.check,
    length.check,
)
PRICES: tuple[tuple[str, Callable[[Timeline], int]], ...] = tuple(
    (rule.PART, rule.cost)
    for rule in (travel, vehicles, shift, time_windows, territory, stability, balance)
)


class Judge:
    """Judges plans of one problem; routes seen before are not worked out again."""

    def __init__(self, ix: Indexed) -> None:
        self.ix = ix
        self.scheduler = Scheduler(ix)
        self._known: dict[tuple[int, tuple[int, ...]], tuple[Timeline, dict[str, int]]] = {}

    def line(self, vehicle: int, sequence: Sequence[int]) -> tuple[Timeline, dict[str, int]]:
        """Return the timeline of a route and its cost by part."""
        key = (vehicle, tuple(sequence))
        if key not in self._known:
            if len(self._known) > 20_000:
                self._known.clear()
            line = self.scheduler.timeline(vehicle, sequence)
            self._known[key] = (line, {part: price(line) for part, price in PRICES})
        return self._known[key]

    def route_cost(self, vehicle: int, sequence: Sequence[int]) -> int:
        """Return the cost of one route, broken rules aside."""
        return sum(self.line(vehicle, sequence)[1].values())

    def cost(self, plan: Plan) -> Cost:
        """Return the cost of a plan by part."""
        parts: dict[str, int] = {}
        for vehicle, sequence in enumerate(plan):
            if sequence:
                for part, amount in self.line(vehicle, sequence)[1].items():
                    parts[part] = parts.get(part, 0) + amount
        left, missed = optional.costs(self.ix, self.ix.left_out(plan))
        return Cost(optional=left, missed=missed, **parts)

    def broken(self, plan: Plan) -> list[Violation]:
        """Return every broken rule of a plan."""
        found = list(_counted_twice(self.ix, plan))
        for vehicle, sequence in enumerate(plan):
            if sequence:
                line = self.line(vehicle, sequence)[0]
                found += [violation for check in CHECKS for violation in check(line)]
        return found

    def route_is_sound(self, vehicle: int, sequence: Sequence[int]) -> bool:
        """Whether one route breaks no rule."""
        line = self.line(vehicle, sequence)[0]
        return not any(True for check in CHECKS for _ in check(line))

    def solution(self, plan: Plan, unassigned: Iterable[Unassigned] = ()) -> Solution:
        """Return the plan with all its times."""
        return Solution(
            routes=tuple(
                _route(self.line(vehicle, sequence)[0])
                for vehicle, sequence in enumerate(plan)
                if sequence
            ),
            unassigned=tuple(unassigned),
            cost=self.cost(plan),
        )


def _counted_twice(ix: Indexed, plan: Plan) -> Iterator[Violation]:
    seen: set[int] = set()
    for sequence in plan:
        for node in sequence:
            if node < ix.n and node in seen:
                yield Violation(
                    code="V3117", key="violation.visited_twice", stop_id=ix.stops[node].id
                )
            seen.add(node)


def _route(line: Timeline) -> Route:
    ix = line.ix
    starts, boards = zip(
        *(capacity.loads(ix, line.vehicle, line.sequence, column) for column in range(3)),
        strict=True,
    )
    visits = tuple(_visit(line, at, [board[at] for board in boards]) for at in _range(line))
    return Route(
        vehicle_id=ix.vehicles[line.vehicle].id,
        start_s=line.start_s,
        end_s=line.end_s,
        visits=visits,
        rests=tuple(line.rests),
        travel_s=sum(line.travel_s),
        distance_m=sum(line.distance_m),
        overtime_s=shift.overtime_s(line),
        start_load_g=starts[0],
        start_load_ml=starts[1],
        start_cash_vnd=starts[2],
    )


def _range(line: Timeline) -> range:
    return range(len(line.sequence))


def _visit(line: Timeline, at: int, on_board: list[int]) -> Visit:
    ix, node = line.ix, line.sequence[at]
    is_stop = node < ix.n
    return Visit(
        stop_id=ix.stops[node].id if is_stop else None,
        depot_id=None if is_stop else ix.depots[node - ix.n].id,
        location=int(ix.location[node]),
        arrival_s=line.arrival_s[at],
        start_s=line.service_s[at],
        departure_s=line.departure_s[at],
        lateness_s=time_windows.lateness_s(ix, node, line.service_s[at]) if is_stop else 0,
        travel_s=line.travel_s[at],
        distance_m=line.distance_m[at],
        load_g=on_board[0],
        load_ml=on_board[1],
        cash_vnd=on_board[2],
    )


def plan_of(ix: Indexed, solution: Solution) -> Plan:
    """Return a solution's routes as nodes; ids the problem does not know are left out."""
    plan: Plan = [[] for _ in ix.vehicles]
    for route in solution.routes:
        vehicle = ix.vehicle_at.get(route.vehicle_id)
        if vehicle is None:
            continue
        for visit in route.visits:
            if visit.stop_id is not None:
                node = ix.stop_at.get(visit.stop_id)
            else:
                node = ix.depot_node.get(visit.depot_id or "")
            if node is not None:
                plan[vehicle].append(node)
    return plan


def evaluate(problem: Problem, routes: dict[str, list[str]]) -> Solution:
    """Return the judged plan of given orders of stops, reloads as depot ids.

    Parameters
    ----------
    routes
        Vehicle id to stop and depot ids in order. Stops named nowhere count as left out, with no
        reason given; unknown ids raise `KeyError`.
    """
    ix = Indexed(problem)
    plan: Plan = [[] for _ in ix.vehicles]
    for vehicle_id, names in routes.items():
        plan[ix.vehicle_at[vehicle_id]] = [
            ix.stop_at[name] if name in ix.stop_at else ix.depot_node[name] for name in names
        ]
    return Judge(ix).solution(plan)


def violations(problem: Problem, solution: Solution) -> list[Violation]:
    """Return every broken rule, and every time or cost claimed that is not the judge's own."""
    ix = Indexed(problem)
    judge = Judge(ix)
    found = [
        Violation(code="V3118", key="violation.unknown_id", vehicle_id=r.vehicle_id)
        for r in solution.routes
        if r.vehicle_id not in ix.vehicle_at
    ]
    found += [
        Violation(code="V3118", key="violation.unknown_id", stop_id=visit.stop_id)
        for route in solution.routes
        for visit in route.visits
        if visit.stop_id is not None and visit.stop_id not in ix.stop_at
    ]
    if found:
        return found
    plan = plan_of(ix, solution)
    found += judge.broken(plan)
    found += _unaccounted(ix, plan, solution)
    own = judge.solution(plan)
    if own.cost != solution.cost:
        found.append(
            Violation(
                code="V3120", key="violation.cost", amount=solution.cost.total - own.cost.total
            )
        )
    claimed = {route.vehicle_id: route for route in solution.routes}
    for route in own.routes:
        if claimed.get(route.vehicle_id) != route:
            found.append(
                Violation(code="V3121", key="violation.times", vehicle_id=route.vehicle_id)
            )
    return found


def _unaccounted(ix: Indexed, plan: Plan, solution: Solution) -> Iterator[Violation]:
    """Yield a violation for each stop neither on a route nor unassigned, or both."""
    named = [u.stop_id for u in solution.unassigned]
    left = {ix.stops[at].id for at in ix.left_out(plan)}
    for stop_id in sorted(left ^ set(named)):
        yield Violation(code="V3119", key="violation.unaccounted", stop_id=stop_id)
    for stop_id in sorted({name for name in named if named.count(name) > 1}):
        yield Violation(code="V3119", key="violation.unaccounted", stop_id=stop_id)
