"""Tests that the judge and the independent checker agree to the unit, whoever made the plan."""

import random

import msgspec
import numpy as np
import pytest

from routing import (
    Break,
    Depot,
    Limit,
    Problem,
    Promise,
    Solution,
    SpeedBand,
    Stop,
    TimeWindow,
    Vehicle,
    Weights,
    evaluate,
    solve,
    violations,
)
from tests.routing.checker import complaints


def random_problem(seed: int) -> Problem:
    """Return a small problem with every rule somewhere in it."""
    chance = random.Random(seed)
    size = chance.randint(4, 11)
    at = np.array([[chance.randint(0, 900), chance.randint(0, 900)] for _ in range(size + 2)])
    way = np.abs(at[:, None] - at[None]).sum(-1).astype(np.int64)
    rich = chance.random() < 0.6
    stops = []
    for n in range(size):
        early = chance.randint(0, 8000)
        windows = (TimeWindow(early, early + chance.randint(600, 9000)),)
        if rich and chance.random() < 0.3:
            windows = (*windows, TimeWindow(windows[0].late_s + 500, windows[0].late_s + 5000))
        stops.append(
            Stop(
                id=f"s{n}", location=n + 2, service_duration_s=chance.randint(0, 300),
                setup_s=chance.choice([0, 60]), tws=windows if chance.random() < 0.6 else (),
                soft_late_s=chance.choice([None, chance.randint(500, 9000)]),
                release_s=chance.choice([0, 0, 0, chance.randint(0, 2000)]),
                delivery_g=chance.randint(0, 5), pickup_ml=chance.randint(0, 5),
                cash_out_vnd=chance.randint(0, 5) * 1_000_000,
                cash_in_vnd=chance.randint(0, 3) * 700_000,
                skills=("woman",) if chance.random() < 0.2 else (),
                required=chance.random() < 0.7, prize=chance.randint(0, 5000),
                priority=chance.choice([0, 50]), territory=chance.choice([None, "a", "b"]),
            )
        )  # fmt: skip
    rest = Break(early_s=3000, late_s=7000, duration_s=900, due_s=chance.choice([None, 4000]))
    tea = Break(early_s=8000, late_s=14000, duration_s=300, due_s=9000)
    vehicles = tuple(
        Vehicle(
            id=f"v{k}", start_depot=f"d{k % 2}", end_depot=chance.choice([None, "d0", "d1"]),
            shift_early_s=chance.choice([0, 500]), shift_late_s=9000, overtime_s_max=6000,
            breaks=chance.choice([(), (rest,), (rest, tea)]), capacity_g=12,
            capacity_ml=chance.choice([None, 14]), cash_limit_vnd=12_000_000,
            skills=("woman",) if k == 0 else (), territories=(chance.choice("ab"),),
            reload_depots=(f"d{k % 2}",), reloads_max=chance.randint(0, 2),
        )
        for k in range(chance.randint(1, 3))
    )  # fmt: skip
    bands = (SpeedBand(from_s=2000, speed_percent=60), SpeedBand(from_s=5000, speed_percent=130))
    return Problem(
        stops=tuple(stops),
        vehicles=vehicles,
        depots=(Depot(id="d0", location=0, reload_s=300), Depot(id="d1", location=1)),
        duration_s=way,
        distance_m=way * 3,
        speed_bands=bands if chance.random() < 0.3 else (),
        promises=(Promise(stop_id="s0", vehicle_id="v0", start_s=chance.choice([None, 3000])),),
        fair_work_s=chance.choice([None, 6000]),
        fair_cash_vnd=chance.choice([None, 5_000_000]),
        weights=Weights(excess_work_per_s=3, excess_cash_per_million=500, distance_per_m=1),
    )


CASES = [("portfolio", 60, seed) for seed in range(30)]
CASES += [("pyvrp", 60, seed) for seed in range(30)]
CASES += [("ortools", 4, seed) for seed in range(6)]  # slow at the rests


@pytest.mark.parametrize(("engine", "iterations", "seed"), CASES)
def test_judge_and_checker_agree(engine: str, iterations: int, seed: int) -> None:
    """Tests that both find nothing wrong with any engine's plan, and the same cost."""
    asked = random_problem(seed)
    solution = solve(asked, limit=Limit(iterations=iterations), seed=seed, engine=engine)
    print(f"seed {seed}")
    assert violations(asked, solution) == []
    assert complaints(asked, solution) == []


@pytest.mark.parametrize("seed", range(40))
def test_both_see_what_a_mutation_breaks(seed: int) -> None:
    """Tests that after a random exchange of stops both judges say the same: sound or not."""
    asked = random_problem(seed)
    chance = random.Random(seed + 1000)
    solution = solve(asked, limit=Limit(iterations=30), seed=seed, engine="pyvrp")
    orders = {
        r.vehicle_id: [v.stop_id or v.depot_id or "" for v in r.visits] for r in solution.routes
    }
    if not orders:
        pytest.skip("a plan without routes has nothing to exchange")
    for _ in range(3):
        one, other = (chance.choice(sorted(orders)) for _ in range(2))
        if orders[one]:
            taken = orders[one].pop(chance.randrange(len(orders[one])))
            orders[other].insert(chance.randint(0, len(orders[other])), taken)
    mutated: Solution = evaluate(asked, {k: v for k, v in orders.items() if v})
    mutated = msgspec.structs.replace(mutated, unassigned=solution.unassigned)
    print(f"seed {seed}")
    ours, theirs = violations(asked, mutated), complaints(asked, mutated)
    assert bool(ours) is bool(theirs), (ours, theirs)


@pytest.mark.parametrize("seed", range(30))
def test_both_see_a_false_claim(seed: int) -> None:
    """Tests that one number of an answer changed by one is seen by both judges."""
    print(f"seed {seed}")
    asked, chance = random_problem(seed), random.Random(seed + 2000)
    true = solve(asked, limit=Limit(iterations=30), seed=seed, engine="pyvrp")
    if not true.routes:
        pytest.skip("a plan without routes claims nothing of them")
    route = chance.choice(true.routes)
    at = chance.randrange(len(route.visits))
    name = chance.choice(["arrival_s", "start_s", "departure_s"])
    visit = msgspec.structs.replace(
        route.visits[at], **{name: getattr(route.visits[at], name) + chance.choice([-1, 1])}
    )
    visits = (*route.visits[:at], visit, *route.visits[at + 1 :])
    changed = [
        msgspec.structs.replace(route, visits=visits),
        msgspec.structs.replace(route, end_s=route.end_s - 1),
        msgspec.structs.replace(route, distance_m=route.distance_m + 1),
        msgspec.structs.replace(route, visits=route.visits[:at] + route.visits[at + 1 :]),
    ]
    claims = [
        msgspec.structs.replace(true, routes=tuple(one if r is route else r for r in true.routes))
        for one in changed
    ]
    claims.append(
        msgspec.structs.replace(
            true, cost=msgspec.structs.replace(true.cost, travel=true.cost.travel + 1)
        )
    )
    claims.append(
        msgspec.structs.replace(true, unassigned=(*true.unassigned, *true.unassigned[:1]))
    )
    for claim in claims:
        if claim != true:
            assert violations(asked, claim) != []
            assert complaints(asked, claim) != []
