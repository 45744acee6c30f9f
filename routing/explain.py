"""Why a stop is left out and the smallest change that lets it in; why a courier has a stop.

Every change proposed has been tried: under the changed question the stop was put into the plan, or
the plan was searched again from where it stands, and the judge found nothing broken and no other
required stop lost.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations, islice

import msgspec

from routing.changes import Kind, kinds_for
from routing.evaluate import Judge, plan_of, violations
from routing.indexed import Indexed, Plan
from routing.insertion import Places
from routing.limit import Limit
from routing.mend import insertions
from routing.problem import Problem, Stop
from routing.solution import Solution, Unassigned, Violation
from routing.solve import solve

replace = msgspec.structs.replace
AGAIN = Limit(iterations=1500)
"""For a search from the plan as it stands, under a changed question."""
ALTERNATIVES = 200
"""Places looked at to find the best one of each courier."""


class Hindrance(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that keeps one courier from a stop, at the place that breaks least."""

    vehicle_id: str
    code: str
    """Of the violation: `V3101` and so on."""
    key: str
    amount: int = 0
    """By how much: seconds, đồng, grams."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """The smallest change of its kind that lets the stop in."""

    key: str
    """`change.window_later` and so on: the key of the sentence for people."""
    vehicle_id: str
    """Whose route then has the stop."""
    amount: int = 0
    """Minutes, đồng, grams, millilitres or reloads more; 0 where there is no measure."""
    skill: str | None = None
    searched: bool = False
    """Other stops move for it too; else the stop only joins the route."""
    also: "Change | None" = None
    """A second change it needs."""


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """The best place of a stop on one courier's route."""

    vehicle_id: str
    after: str | None
    """The stop before it; None: first."""
    start_s: int
    extra_cost: int
    parts: dict[str, int] = {}
    """What the extra cost is made of; nothing that is 0."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say about one stop."""

    stop_id: str
    unassigned: Unassigned | None
    hindrances: tuple[Hindrance, ...] = ()
    """What keeps each courier from it who has no place for it."""
    changes: tuple[Change, ...] = ()
    """For a stop left out."""
    alternatives: tuple[Alternative, ...] = ()
    """For a stop on a route: the best place on each route, by extra cost; its own among them."""


def explain(problem: Problem, solution: Solution, stop_id: str) -> Explanation:
    """Return why a stop is where it is, or nowhere.

    Raises
    ------
    KeyError
        If the problem has no such stop.
    """
    stop = {s.id: s for s in problem.stops}[stop_id]
    judge = Judge(Indexed(problem))
    node = judge.ix.stop_at[stop_id]
    plan = [[at for at in sequence if at != node] for sequence in plan_of(judge.ix, solution)]
    if node in judge.ix.origin or node in judge.ix.destination:
        alternatives: tuple[Alternative, ...] = ()
        hindrances: tuple[Hindrance, ...] = ()
    else:
        alternatives = tuple(_alternatives(judge, plan, node))
        placed = {one.vehicle_id for one in alternatives}
        hindrances = tuple(_hindrances(judge, plan, node, placed))
    left = next((entry for entry in solution.unassigned if entry.stop_id == stop_id), None)
    if left is None:
        return Explanation(
            stop_id=stop_id, unassigned=None, hindrances=hindrances, alternatives=alternatives
        )
    changes = tuple(_changes(problem, solution, stop))
    return Explanation(stop_id=stop_id, unassigned=left, hindrances=hindrances, changes=changes)


def _alternatives(judge: Judge, plan: Plan, node: int) -> Iterator[Alternative]:
    ix, seen = judge.ix, set()
    for extra_cost, vehicle, route in Places(judge).cheapest(plan, node, ALTERNATIVES):
        if vehicle in seen:
            continue
        seen.add(vehicle)
        line, parts = judge.line(vehicle, route)
        before = judge.line(vehicle, plan[vehicle])[1] if plan[vehicle] else {}
        at = route.index(node)
        stops_before = [n for n in route[:at] if n < ix.n]
        more = {part: amount - before.get(part, 0) for part, amount in parts.items()}
        yield Alternative(
            vehicle_id=ix.vehicles[vehicle].id,
            after=ix.stops[stops_before[-1]].id if stops_before else None,
            start_s=line.service_s[at],
            extra_cost=extra_cost,
            parts={part: amount for part, amount in more.items() if amount},
        )


def _hindrances(judge: Judge, plan: Plan, node: int, placed: set[str]) -> Iterator[Hindrance]:
    """Yield, for each courier without a place, the rules broken where fewest are."""
    ix = judge.ix
    for vehicle, sequence in enumerate(plan):
        if ix.vehicles[vehicle].id in placed:
            continue
        least: list[Violation] | None = None
        for route in insertions(ix, vehicle, sequence, node):
            broken = judge.broken([[] for _ in range(vehicle)] + [route])
            if broken and (least is None or _weight(broken) < _weight(least)):
                least = broken
        for violation in least or ():
            yield Hindrance(
                vehicle_id=ix.vehicles[vehicle].id,
                code=violation.code,
                key=violation.key,
                amount=violation.amount,
            )


def _weight(broken: list[Violation]) -> tuple[int, int]:
    return len(broken), sum(violation.amount for violation in broken)


def _changes(problem: Problem, solution: Solution, stop: Stop) -> Iterator[Change]:
    """Yield single changes by insertion; failing that by search; failing that pairs."""
    kinds = list(kinds_for(problem, stop))
    found = list(_least_a_skill(_smallest(problem, solution, stop, kind) for kind in kinds))
    if not found:
        searched = (_by_search(problem, solution, stop, kind) for kind in kinds)
        found = list(_least_a_skill(searched))
    if not found:
        pairs = (_pair(problem, solution, stop, *two) for two in combinations(kinds, 2))
        found = list(islice((change for change in pairs if change is not None), 1))
    yield from found


def _least_a_skill(found: Iterable[Change | None]) -> Iterator[Change]:
    """Leave of the couriers who could learn a skill the first."""
    taught: set[str | None] = set()
    for change in found:
        if change is None or (change.skill is not None and change.skill in taught):
            continue
        taught.add(change.skill)
        yield change


def _fits(problem: Problem, solution: Solution, stop_id: str) -> str | None:
    """Return whose route can take the stop, nothing else moved; None: nobody's."""
    judge = Judge(Indexed(problem))
    place = Places(judge).best(plan_of(judge.ix, solution), judge.ix.stop_at[stop_id])
    return None if place is None else judge.ix.vehicles[place[1]].id


def _least_steps(
    problem: Problem, solution: Solution, stop: Stop, kind: Kind
) -> tuple[int, str] | None:
    """Return the fewest steps with which the stop fits, and on whose route; more is no worse."""
    whose = _fits(kind.apply(problem, kind.most), solution, stop.id)
    if whose is None:
        return None
    low, high = 0, kind.most
    while high - low > 1:
        middle = (low + high) // 2
        found = _fits(kind.apply(problem, middle), solution, stop.id)
        if found is None:
            low = middle
        else:
            high, whose = middle, found
    return high, whose


def _change(kind: Kind, steps: int, vehicle_id: str) -> Change:
    amount = steps * kind.step
    return Change(key=kind.key, amount=amount, vehicle_id=vehicle_id, skill=kind.skill)


def _smallest(problem: Problem, solution: Solution, stop: Stop, kind: Kind) -> Change | None:
    found = _least_steps(problem, solution, stop, kind)
    return None if found is None else _change(kind, *found)


def _by_search(problem: Problem, solution: Solution, stop: Stop, kind: Kind) -> Change | None:
    """Return the change if a search from the plan serves the stop and loses nobody else.

    The amount is the least under which the plan found still stands.
    """
    found = solve(kind.apply(problem, kind.most), limit=AGAIN, start=solution)
    route = next((r for r in found.routes if any(v.stop_id == stop.id for v in r.visits)), None)
    lost = _required_out(problem, found) - _required_out(problem, solution)
    if route is None or lost:
        return None
    low, high = 0, kind.most
    while high - low > 1:
        middle = (low + high) // 2
        if _stands(kind.apply(problem, middle), found):
            high = middle
        else:
            low = middle
    return replace(_change(kind, high, route.vehicle_id), searched=True)


def _stands(problem: Problem, solution: Solution) -> bool:
    """Whether the same orders break no rule under another question."""
    told = {"V3120", "V3121"}  # costs and times are those of the question it was found for
    return all(violation.code in told for violation in violations(problem, solution))


def _required_out(problem: Problem, solution: Solution) -> set[str]:
    required = {s.id for s in problem.stops if s.required}
    return {entry.stop_id for entry in solution.unassigned} & required


def _pair(
    problem: Problem, solution: Solution, stop: Stop, one: Kind, other: Kind
) -> Change | None:
    """Return two changes of which neither is enough, the first made small before the second."""
    wide = other.apply(problem, other.most)
    first = _least_steps(wide, solution, stop, one)
    if first is None:
        return None
    second = _least_steps(one.apply(problem, first[0]), solution, stop, other)
    if second is None:
        return None
    return replace(_change(one, *first), also=_change(other, *second))
