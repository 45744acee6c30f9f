"""Tests that a hub is split into groups of rounds, each planned alone, and put together again."""

from routing import Limit, Solution, solve, violations
from routing.evaluate import Judge, plan_of
from routing.generate import Office, generate
from routing.hubs import groups, part, ring, solve_hub
from routing.indexed import Indexed
from tests.routing.checker import complaints


def test_groups_cover_the_ring_once() -> None:
    """Tests that every round is in one group, of about the size asked for, whatever the shift."""
    for count in (1, 4, 9, 10, 25):
        order = list(range(count))
        for shift in (0, 5):
            cut = groups(order, 10, min(shift, count))
            assert sorted(k for group in cut for k in group) == order
            assert all(1 <= len(group) <= 15 for group in cut)


def test_part_keeps_what_its_rounds_cost() -> None:
    """Tests that rounds judged alone cost what they cost in the whole."""
    asked = generate(Office(couriers=6, stops=90, seed=5))
    judge = Judge(Indexed(asked))
    plan = plan_of(judge.ix, solve(asked, limit=Limit(iterations=600), seed=1))
    order = ring(judge.ix, plan)
    assert sorted(order) == [k for k, sequence in enumerate(plan) if sequence]
    for group in groups(order, 3, 0):
        question = part(asked, judge.ix, plan, group)
        alone = Judge(Indexed(question))
        for at, k in enumerate(group):
            there = [
                alone.ix.stop_at[judge.ix.stops[n].id]
                if n < judge.ix.n
                else alone.ix.depot_node[judge.ix.depots[n - judge.ix.n].id]
                for n in plan[k]
            ]
            assert alone.route_cost(at, there) == judge.route_cost(k, plan[k])


def test_hub_is_planned_soundly_and_gets_better() -> None:
    """Tests that each turn is told of, sound, and no worse than the one before."""
    asked = generate(Office(couriers=12, stops=200, seed=3))
    told: list[Solution] = []
    found = solve_hub(asked, seconds=2.0, seed=1, on_best=told.append)
    costs = [solution.cost.total for solution in told]
    assert costs == sorted(costs, reverse=True)
    assert found.cost.total == costs[-1]
    assert violations(asked, found) == []
    assert complaints(asked, found) == []
