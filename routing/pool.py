"""Chooses the best combination out of all routes the engines have seen, exactly.

Source
------
Set partitioning as the master over routes of heuristics: Rochat and Taillard (1995), Journal of
Heuristics 1(1), 147-167; solved by OR-Tools' CP-SAT with the best plan as its hint.
"""

from collections.abc import Callable

from ortools.sat.python import cp_model

from routing.evaluate import Judge
from routing.indexed import Plan
from routing.limit import Stopwatch
from routing.rules import optional

STOPS_MAX = 450
"""Beyond this the choice is too large to be better than more search."""
ROUTES_MAX = 6_000


Price = Callable[[int, tuple[int, ...]], int | None]
"""Cost of a vehicle's route; None where it breaks a rule."""


class Pool:
    """Sound routes by vehicle, the latest of them first to be kept."""

    def __init__(self, judge: Judge, price: Price | None = None) -> None:
        self.judge = judge
        self.price = price or self._judged
        self._routes: dict[tuple[int, tuple[int, ...]], None] = {}

    def __len__(self) -> int:
        return len(self._routes)

    def add(self, plan: Plan) -> None:
        """Remember the routes of a plan."""
        for vehicle, sequence in enumerate(plan):
            if sequence:
                self._routes.setdefault((vehicle, tuple(sequence)), None)

    def _judged(self, vehicle: int, sequence: tuple[int, ...]) -> int | None:
        if not self.judge.route_is_sound(vehicle, sequence):
            return None
        return self.judge.route_cost(vehicle, sequence)

    def _priced(self, best: Plan, watch: Stopwatch) -> list[tuple[int, tuple[int, ...], int]]:
        """Return (vehicle, route, cost), those of `best` first, until half the time is gone."""
        kept = [(k, tuple(sequence)) for k, sequence in enumerate(best) if sequence]
        found = [(*key, self.judge.route_cost(*key)) for key in kept]
        known, most = set(kept), watch.seconds_left() / 2
        for key in reversed(self._routes):
            if key in known:
                continue
            if len(found) >= ROUTES_MAX or (watch.timed and watch.seconds_left() < most):
                break
            cost = self.price(*key)
            if cost is not None:
                found.append((*key, cost))
        return found

    def choose(self, best: Plan, watch: Stopwatch, seed: int) -> Plan | None:
        """Return the cheapest combination; None where none better than `best` was found."""
        ix = self.judge.ix
        if ix.n > STOPS_MAX or not self._routes or watch.seconds_left() < 0.05:
            return None
        routes = self._priced(best, watch)
        kept = {(k, tuple(sequence)) for k, sequence in enumerate(best)}
        model = cp_model.CpModel()
        left_out = [model.new_bool_var("") for _ in range(ix.n)]
        by_stop: list[list[cp_model.IntVar]] = [[var] for var in left_out]
        by_vehicle: list[list[cp_model.IntVar]] = [[] for _ in ix.vehicles]
        terms = [optional.left_out_cost(ix, at) * var for at, var in enumerate(left_out)]
        chosen = []
        for vehicle, sequence, cost in routes:
            var = model.new_bool_var("")
            chosen.append(var)
            by_vehicle[vehicle].append(var)
            for node in sequence:
                if node < ix.n:
                    by_stop[node].append(var)
            terms.append(cost * var)
            model.add_hint(var, (vehicle, sequence) in kept)
        for variables in by_stop:
            model.add_exactly_one(variables)
        for variables in by_vehicle:
            model.add_at_most_one(variables)
        model.minimize(sum(terms))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed & 0x7FFFFFFF
        solver.parameters.max_deterministic_time = 3.0 if watch.timed else 0.2
        if watch.timed:
            solver.parameters.max_time_in_seconds = max(0.05, watch.seconds_left())
        if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        plan: Plan = [[] for _ in ix.vehicles]
        for var, (vehicle, sequence, _cost) in zip(chosen, routes, strict=True):
            if solver.boolean_value(var):
                plan[vehicle] = list(sequence)
        return plan
