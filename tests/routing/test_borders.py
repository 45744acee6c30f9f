"""Tests that neighbouring offices exchange stops at their border, and nothing is lost by it."""

import pickle

import msgspec
import numpy as np

from routing import Depot, Limit, Problem, Stop, Vehicle, Weights, solve, violations
from routing.borders import Area, at_border, exchange, pairs_of_neighbours
from routing.decompose import solve_province
from routing.generate import Office, generate_area, province
from routing.matrix import straight_line
from routing.wellformed import MalformedProblem
from tests.routing.checker import complaints

H = 3600
METRE = 1 / 111_195
"""Degrees of latitude."""


def office(at_m: int, doors_m: list[int], prefix: str) -> Area:
    """Return an office on a meridian with doors along it, all in metres north of 21 degrees."""
    lat = np.array([21 + m * METRE for m in (at_m, *doors_m)])
    lon = np.full(len(lat), 106.0)
    duration_s, distance_m = straight_line(lat, lon)
    stops = tuple(
        Stop(id=f"{prefix}{nth}", location=nth + 1, territory="t", cash_out_vnd=1_000_000)
        for nth in range(len(doors_m))
    )
    vehicle = Vehicle(
        id="c", start_depot="o", end_depot="o", shift_early_s=8 * H, shift_late_s=17 * H,
        territories=("t",), cash_limit_vnd=50_000_000,
    )  # fmt: skip
    problem = Problem(
        stops=stops, vehicles=(vehicle,), depots=(Depot(id="o", location=0),),
        duration_s=duration_s, distance_m=distance_m, weights=Weights(),
    )  # fmt: skip
    return Area(problem, lat, lon)


def test_stop_beside_the_other_round_changes_office() -> None:
    """Tests that a door 9 km from its own office and 200 m from a round of the other moves there.

    Its own courier drives 18 km more for it, some 45 minutes; strange streets cost three minutes.
    """
    south = office(0, [1_000, 9_000], "s")
    north = office(10_000, [9_200], "n")
    plans = tuple(solve(area.problem, limit=Limit(iterations=50)) for area in (south, north))
    assert at_border(south, north) == ["s1"]
    found = exchange(south, north, (plans[0], plans[1]), limit=Limit(iterations=200))
    assert found is not None
    (_, here), (area, there) = found
    assert here.stops_of("c") == ("s0",)
    assert set(there.stops_of("c")) == {"n0", "s1"}
    assert here.cost.total + there.cost.total < sum(plan.cost.total for plan in plans)
    moved = next(stop for stop in area.problem.stops if stop.id == "s1")
    assert moved.territory not in area.problem.vehicles[0].territories
    for one, plan in found:
        assert violations(one.problem, plan) == []
        assert complaints(one.problem, plan) == []


def test_offices_far_apart_are_no_neighbours() -> None:
    """Tests that pairs are made where doors come near, each office once in a wave."""
    areas = [office(0, [1_000], "a"), office(2_000, [1_500], "b"), office(90_000, [91_000], "c")]
    assert pairs_of_neighbours(areas) == [[(0, 1)]]
    assert exchange(areas[0], areas[2], tuple(
        solve(areas[n].problem, limit=Limit(iterations=20)) for n in (0, 2)
    ), limit=Limit(iterations=20)) is None  # fmt: skip


def test_exchange_leaves_special_ways_alone() -> None:
    """Tests that offices whose problems name single ways keep their stops."""
    one, other = office(0, [1_000], "a"), office(2_000, [1_500], "b")
    promised = one._replace(
        problem=msgspec.structs.replace(one.problem, weights=Weights(travel_per_s=11))
    )
    plans = (solve(promised.problem, limit=Limit(iterations=20)),
             solve(other.problem, limit=Limit(iterations=20)))  # fmt: skip
    assert exchange(promised, other, plans, limit=Limit(iterations=20)) is None


def test_exchange_of_generated_offices_is_sound() -> None:
    """Tests that two offices that overlap are better together, and each stop is somewhere once."""
    areas = [
        generate_area(Office(couriers=3, stops=60, seed=seed, lat=21.18 + shift))
        for seed, shift in ((1, 0.0), (2, 0.03))
    ]
    plans = tuple(solve(area.problem, limit=Limit(iterations=400), seed=1) for area in areas)
    found = exchange(areas[0], areas[1], (plans[0], plans[1]), limit=Limit(iterations=800))
    assert found is not None
    assert sum(p.cost.total for _, p in found) < sum(p.cost.total for p in plans)
    assert sum(len(area.problem.stops) for area, _ in found) == 120
    for area, plan in found:
        assert violations(area.problem, plan) == []
        assert complaints(area.problem, plan) == []


def test_province_is_planned_in_a_given_time() -> None:
    """Tests that offices and borders are all told of, in processes, and every plan is sound."""
    areas = province(3, seed=2, stops_per_courier=8)
    told: list[tuple[int, int]] = []
    found = solve_province(
        areas, seconds=1.5, cores=2, on_done=lambda done, of: told.append((done, of))
    )
    assert told[-1][0] == told[-1][1]
    assert len(told) == told[-1][1] >= 3
    assert sum(len(a.problem.stops) for a, _ in found) == sum(len(a.problem.stops) for a in areas)
    for area, plan in found:
        assert violations(area.problem, plan) == []
        assert complaints(area.problem, plan) == []


def test_doors_of_one_name_come_from_three_offices() -> None:
    """Tests that an office that gets `s1` from three neighbours still has a name for each."""
    area = office(10_000, [9_200, 10_500], "s")
    plan = solve(area.problem, limit=Limit(iterations=50))
    neighbours = ((0, [1_000, 9_000]), (20_000, [19_000, 10_700]), (21_000, [20_000, 10_900]))
    for at_m, doors_m in neighbours:
        neighbour = office(at_m, doors_m, "s")
        plans = (solve(neighbour.problem, limit=Limit(iterations=50)), plan)
        found = exchange(neighbour, area, plans, limit=Limit(iterations=200))
        assert found is not None
        area, plan = found[1]
        assert violations(area.problem, plan) == []
    assert len({stop.id for stop in area.problem.stops}) == len(area.problem.stops) == 5


def test_malformed_problem_comes_back_from_another_process() -> None:
    """Tests that the refusal of a problem travels between processes with its code and ids."""
    refusal = MalformedProblem("E1102", "An id is used twice.", ["s1"])
    again = pickle.loads(pickle.dumps(refusal))  # noqa: S301 (our own bytes)
    assert (again.code, again.sentence, again.ids) == (refusal.code, refusal.sentence, ("s1",))
