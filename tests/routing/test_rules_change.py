"""Tests that each rule changes the best plan of an instance small enough to check by hand.

The office stands at 0 on a straight road, one second a metre, one unit a second; overtime costs 3 a
second, lateness 2, a strange street 50. Each row holds the problem with and without its rule.
"""

from typing import Any

import msgspec
import pytest

from routing import (
    Break,
    Closure,
    Depot,
    Limit,
    Problem,
    Promise,
    SpeedBand,
    TimeWindow,
    solve,
    violations,
)
from routing.engines.kernel import supports
from routing.indexed import Indexed
from tests.routing.checker import complaints
from tests.routing.small import PLAIN, problem, stop, vehicle

replace = msgspec.structs.replace
LATE = {"shift_late_s": 20, "overtime_s_max": 200}
"""Whoever is back after 20 pays 3 a second."""
DEARER = {"name": "v2", "fixed_cost": 5}
MILLION = 1_000_000


def two(**given: Any) -> tuple[Any, ...]:
    """Return a vehicle and one that costs 5 more, which alone has what is given."""
    return vehicle(), vehicle(**DEARER, **given)


def near_and_far(**given: Any) -> Problem:
    """Return stops at 10 and 20."""
    return problem([10, 20], **given)


def both_sides(**given: Any) -> Problem:
    """Return stops at 10 and at -10: 40 for one courier, 20 each for two."""
    return problem([10, -10], **given)


def weighted(**weights: int) -> Any:
    return replace(PLAIN, **weights)


FULL = (vehicle(capacity_g=5, capacity_ml=5), vehicle("v2", capacity_g=5, capacity_ml=5))
POOR = (vehicle(cash_limit_vnd=5, reload_depots=("office",), reloads_max=1),)
PAID = (stop(1, cash_out_vnd=3), stop(2, cash_in_vnd=3))
FETCHED = (stop(1, delivery_g=1, picked_up_at="s2"), stop(2, pickup_g=1))
OPEN = (vehicle(end_depot=None),)
EARNING = (stop(1, cash_in_vnd=MILLION), stop(2, cash_in_vnd=MILLION))

CHANGES: list[tuple[str, Problem, int, Problem, int]] = [
    # Two of 3 do not go into 5 at once: 20 + 40 by two couriers.
    ("weight", near_and_far(
        stops=(stop(1, delivery_g=3), stop(2, delivery_g=3)), vehicles=FULL), 60,
     near_and_far(vehicles=FULL), 40),
    ("volume", near_and_far(
        stops=(stop(1, pickup_ml=3), stop(2, pickup_ml=3)), vehicles=FULL), 60,
     near_and_far(vehicles=FULL), 40),
    # The first window is gone on arrival; back at 60, 40 of it overtime: 20 + 120.
    ("several windows", problem([10], vehicles=(vehicle(**LATE),),
     stops=(stop(1, tws=(TimeWindow(0, 5), TimeWindow(50, 60))),)), 140,
     problem([10], vehicles=(vehicle(**LATE),), stops=(stop(1, tw=(0, 60)),)), 20),
    # 10 first, then -30 at 50, 20 late: 80 + 40; the other way round 10 is 60 late.
    ("preferred time", problem([10, -30], stops=(stop(1, soft_late_s=10), stop(2, soft_late_s=30))),
     120, problem([10, -30]), 80),
    # Back at 20, five seconds past the shift.
    ("overtime", problem([10], vehicles=(vehicle(shift_late_s=15, overtime_s_max=10),)), 35,
     problem([10]), 20),
    # Twenty seconds of rest are twenty of overtime.
    ("lunch", problem([10], vehicles=(
        vehicle(**LATE, breaks=(Break(early_s=0, late_s=100, duration_s=20),)),)), 80,
     problem([10], vehicles=(vehicle(**LATE),)), 20),
    # Only the dearer courier can; she then takes both.
    ("skill", near_and_far(stops=(stop(1), stop(2, skills=("seal",))),
                           vehicles=two(skills=("seal",))), 45,
     near_and_far(vehicles=two(skills=("seal",))), 40),
    ("gender", near_and_far(stops=(stop(1), stop(2, skills=("woman",))),
                            vehicles=two(skills=("woman",))), 45, near_and_far(vehicles=two()), 40),
    ("named courier", near_and_far(stops=(stop(1), stop(2, vehicles=("v2",))), vehicles=two()), 45,
     near_and_far(vehicles=two()), 40),
    # 3 and 3 to hand out under a ceiling of 5: back to the office in between.
    ("cash ceiling", near_and_far(
        stops=(stop(1, cash_out_vnd=3), stop(2, cash_out_vnd=3)), vehicles=POOR), 60,
     near_and_far(stops=(stop(1, cash_out_vnd=3), stop(2, cash_out_vnd=3))), 40),
    # Paid near, collected far: one trip, for what is paid is gone before more comes.
    ("cash out and in under one ceiling", near_and_far(
        stops=(stop(1, cash_in_vnd=3), stop(2, cash_in_vnd=3)), vehicles=POOR), 60,
     near_and_far(stops=PAID, vehicles=POOR), 40),
    # Fetched at 20, handed over at 10, where the day ends.
    ("pickup before delivery", near_and_far(stops=FETCHED, vehicles=OPEN), 30,
     near_and_far(vehicles=OPEN), 20),
    # Leaves at 50, back at 70: 50 of overtime.
    ("release", problem([10], stops=(stop(1, release_s=50),), vehicles=(vehicle(**LATE),)), 170,
     problem([10], vehicles=(vehicle(**LATE),)), 20),
    # Twelve seconds at the door are twelve of overtime.
    ("service and set-up", problem(
        [10], stops=(stop(1, setup_s=5, service_duration_s=7),), vehicles=(vehicle(**LATE),)), 56,
     problem([10], vehicles=(vehicle(**LATE),)), 20),
    # Two doors in one house are one set-up.
    ("set-up once a place", problem(
        [10], stops=(stop(1, setup_s=5), stop(1, id="up", setup_s=5)),
        vehicles=(vehicle(**LATE),)), 35,
     problem([10], stops=(stop(1), stop(1, id="up")), vehicles=(vehicle(**LATE),)), 20),
    # 180 more to drive for a prize of 50.
    ("prize", problem([10, 100], stops=(stop(1), stop(2, required=False, prize=50))), 70,
     problem([10, 100]), 200),
    # One of two at the same minute: the far one when it is more urgent.
    ("priority", near_and_far(stops=(stop(1, tw=(20, 20)), stop(2, tw=(20, 20), priority=10))),
     10 * MILLION + 40,
     near_and_far(stops=(stop(1, tw=(20, 20)), stop(2, tw=(20, 20)))), 10 * MILLION + 20),
    ("territory", problem([10], stops=(stop(1, territory="a"),), vehicles=two(territories=("a",))),
     25, problem([10], vehicles=two(territories=("a",))), 20),
    ("familiarity", problem([10], stops=(stop(1, known_by={"v2": 100}),), vehicles=two(),
                            weights=weighted(unfamiliar=40)), 25,
     problem([10], vehicles=two()), 20),
    # Alone 40 seconds, 20 beyond the share at 3: two go, 20 each and 5 for the second.
    ("fair minutes", both_sides(vehicles=two(), fair_work_s=20,
                                weights=weighted(excess_work_per_s=3)), 45,
     both_sides(vehicles=two()), 40),
    ("fair cash", both_sides(stops=EARNING, vehicles=two(), fair_cash_vnd=MILLION,
                             weights=weighted(excess_cash_per_million=30)), 45,
     both_sides(stops=EARNING, vehicles=two()), 40),
    ("promised courier", problem([10], vehicles=two(),
                                 promises=(Promise(stop_id="s1", vehicle_id="v2"),)), 25,
     problem([10], vehicles=two()), 20),
    # 30 past the promise of 80, 10 of them free, two a second: waits for nobody, so 10 it is.
    ("promised time", problem(
        [10], promises=(Promise(stop_id="s1", vehicle_id="v1", start_s=80),),
        weights=weighted(drift_free_s=10, drift_per_s=2)), 20 + 2 * 60, problem([10]), 20),
    # From its own office the door is 5 away.
    ("several depots", problem(
        [95, 100], stops=(stop(1),), vehicles=two(start_depot="b", end_depot="b"),
        depots=(Depot(id="office", location=0), Depot(id="b", location=2))), 15,
     problem([95], vehicles=two()), 190),
    ("open end", problem([10], vehicles=OPEN), 10, problem([10]), 20),
    # No way from the office to 10: 20 first, then back to it.
    ("closure", near_and_far(vehicles=OPEN, closures=(Closure(0, 1),)), 30,
     near_and_far(vehicles=OPEN), 20),
    # Half the speed, back at 40.
    ("speed by the hour", problem([10], vehicles=(vehicle(**LATE),),
                                  speed_bands=(SpeedBand(from_s=0, speed_percent=50),)), 80,
     problem([10], vehicles=(vehicle(**LATE),)), 20),
    ("most stops", near_and_far(vehicles=(vehicle(stops_max=1), vehicle("v2", stops_max=1))), 60,
     near_and_far(), 40),
    ("most metres", near_and_far(vehicles=(vehicle(distance_m_max=39), vehicle(**DEARER))), 45,
     near_and_far(vehicles=(vehicle(), vehicle(**DEARER))), 40),
]  # fmt: skip
ENGINES = {"kernel": 60, "portfolio": 60, "ortools": 40}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("row", CHANGES, ids=[row[0] for row in CHANGES])
def test_rule_changes_the_best_plan(
    row: tuple[str, Problem, int, Problem, int], engine: str
) -> None:
    """Tests that with the rule and without it the engine finds what was worked out by hand."""
    _, ruled, cost, free, cost_without = row
    assert cost != cost_without
    for asked, known in ((ruled, cost), (free, cost_without)):
        if engine == "kernel" and not supports(Indexed(asked)):
            continue  # shipments are the other engines'
        solution = solve(asked, limit=Limit(iterations=ENGINES[engine]), seed=1, engine=engine)
        assert violations(asked, solution) == []
        assert complaints(asked, solution) == []
        assert solution.cost.total == known
