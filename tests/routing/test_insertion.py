"""Tests that the bounds before the judge lose no place and rank none wrongly."""

import random

import pytest

from routing import Limit, solve
from routing.evaluate import Judge, plan_of
from routing.generate import Office, generate
from routing.indexed import Indexed, Plan
from routing.insertion import Places, with_inserted
from routing.mend import best_place, insertions
from tests.routing.wide import wide_problem


def best_of_all(judge: Judge, plan: Plan, stop: int) -> tuple[int, int, list[int]] | None:
    """Return the cheapest sound place by judging every one, the first of equals."""
    ix, best = judge.ix, None
    for vehicle, sequence in enumerate(plan):
        if not ix.allowed[stop, vehicle]:
            continue
        before = judge.route_cost(vehicle, sequence) if sequence else 0
        for route in insertions(ix, vehicle, sequence, stop):
            if judge.route_is_sound(vehicle, route):
                extra = judge.route_cost(vehicle, route) - before
                if best is None or extra < best[0]:
                    best = (extra, vehicle, route)
    return best


@pytest.mark.parametrize("seed", range(120))
def test_best_place_is_that_of_judging_all(seed: int) -> None:
    """Tests that on random problems with all rules the bounded search finds the same place."""
    asked = wide_problem(seed)
    judge = Judge(Indexed(asked))
    ix = judge.ix
    plan = plan_of(ix, solve(asked, limit=Limit(iterations=20), seed=seed, engine="pyvrp"))
    chance = random.Random(seed)
    print(f"seed {seed}")
    for stop in range(ix.n):
        if stop in ix.origin or stop in ix.destination:
            continue
        without = [[node for node in route if node != stop] for route in plan]
        if chance.random() < 0.3:
            without = [[node for node in route if node < ix.n] for route in without]
        if judge.broken(without):
            continue
        assert best_place(judge, without, stop) == best_of_all(judge, without, stop)
        for found in Places(judge).candidates(without, stop):
            sequence = without[found.vehicle]
            route = with_inserted(ix, sequence, found)
            before = judge.route_cost(found.vehicle, sequence) if sequence else 0
            if judge.route_is_sound(found.vehicle, route):
                assert found.least <= judge.route_cost(found.vehicle, route) - before


def test_few_places_of_an_office_are_judged() -> None:
    """Tests that of the hundreds of places in an office the judge is asked about a handful."""
    asked = generate(Office(couriers=4, stops=120, seed=3))
    judge = Judge(Indexed(asked))
    plan = plan_of(judge.ix, solve(asked, limit=Limit(iterations=60), seed=1, engine="pyvrp"))
    stop = plan[0].pop(len(plan[0]) // 2)
    fresh = Judge(judge.ix)
    assert best_place(fresh, plan, stop) is not None
    judged = len(fresh._known) - sum(bool(route) for route in plan)
    places = sum(len(insertions(judge.ix, k, route, stop)) for k, route in enumerate(plan))
    assert places > 250
    assert judged <= 15
