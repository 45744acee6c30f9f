"""Tests that each rule makes an instance impossible, small enough to check by hand, and says why.

Road and costs as in `test_rules_change`. Rules that only cost never forbid; that is tested too.
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
    Reason,
    SpeedBand,
    TimeWindow,
    evaluate,
    solve,
    violations,
)
from routing.precheck import precheck
from tests.routing.checker import complaints
from tests.routing.small import PLAIN, problem, stop, vehicle

replace = msgspec.structs.replace
HUGE = 1_000_000
ALONE: list[tuple[str, Problem, Reason]] = [
    ("weight", problem([10], stops=(stop(1, delivery_g=6),), vehicles=(vehicle(capacity_g=5),)),
     Reason.OVER_CAPACITY),
    ("volume", problem([10], stops=(stop(1, pickup_ml=6),), vehicles=(vehicle(capacity_ml=5),)),
     Reason.OVER_CAPACITY),
    # Ten seconds on the way, both windows are over by nine.
    ("windows", problem([10], stops=(stop(1, tws=(TimeWindow(0, 4), TimeWindow(6, 9))),)),
     Reason.WINDOW_UNREACHABLE),
    ("shift", problem([10], vehicles=(vehicle(shift_late_s=15, overtime_s_max=4),)),
     Reason.SHIFT_TOO_SHORT),
    # Twenty on the way and twenty of rest are more than thirty.
    ("lunch", problem([10], vehicles=(
        vehicle(shift_late_s=30, breaks=(Break(early_s=0, late_s=100, duration_s=20),)),)),
     Reason.SHIFT_TOO_SHORT),
    ("skill", problem([10], stops=(stop(1, skills=("seal",)),)), Reason.NO_SKILL),
    ("gender", problem([10], stops=(stop(1, skills=("woman",)),)), Reason.NO_SKILL),
    ("cash out", problem([10], stops=(stop(1, cash_out_vnd=6),),
                         vehicles=(vehicle(cash_limit_vnd=5),)), Reason.OVER_CASH_LIMIT),
    ("cash in", problem([10], stops=(stop(1, cash_in_vnd=6),),
                        vehicles=(vehicle(cash_limit_vnd=5),)), Reason.OVER_CASH_LIMIT),
    ("release", problem([10], stops=(stop(1, tw=(0, 50), release_s=41),)),
     Reason.RELEASED_TOO_LATE),
    ("set-up", problem([10], stops=(stop(1, setup_s=5, tw=(0, 14)),)), Reason.WINDOW_UNREACHABLE),
    ("service", problem([10], stops=(stop(1, service_duration_s=10 * 3600),)),
     Reason.SHIFT_TOO_SHORT),
    ("closure", problem([10], closures=(Closure(0, 1),)), Reason.UNREACHABLE),
    ("speed by the hour", problem([10], stops=(stop(1, tw=(0, 19)),),
                                  speed_bands=(SpeedBand(from_s=0, speed_percent=50),)),
     Reason.WINDOW_UNREACHABLE),
    ("most metres", problem([10], vehicles=(vehicle(distance_m_max=19),)), Reason.SHIFT_TOO_SHORT),
    ("nobody left", problem([10], vehicles=(vehicle(stops_max=0),)), Reason.SHIFT_TOO_SHORT),
]  # fmt: skip


@pytest.mark.parametrize("row", ALONE, ids=[row[0] for row in ALONE])
def test_rule_forbids_a_stop(row: tuple[str, Problem, Reason]) -> None:
    """Tests that the stop is named before any search, and left out with the same reason after."""
    _, asked, reason = row
    assert [(u.stop_id, u.reason) for u in precheck(asked)] == [("s1", reason)]
    solution = solve(asked, limit=Limit(iterations=20), seed=1)
    assert [(u.stop_id, u.reason) for u in solution.unassigned] == [("s1", reason)]
    assert violations(asked, solution) == []
    assert complaints(asked, solution) == []


TWO = ["s1", "s2"]
ORDERS: list[tuple[str, Problem, dict[str, list[str]], str]] = [
    ("window", problem([10], stops=(stop(1, tw=(0, 9)),)), {"v1": ["s1"]}, "V3101"),
    ("shift", problem([10], vehicles=(vehicle(shift_late_s=19),)), {"v1": ["s1"]}, "V3102"),
    ("rest missed", problem([10], stops=(stop(1, service_duration_s=50, tw=(0, 10)),), vehicles=(
        vehicle(breaks=(Break(early_s=11, late_s=40, duration_s=5),)),)), {"v1": ["s1"]}, "V3104"),
    ("skill", problem([10], stops=(stop(1, skills=("seal",)),)), {"v1": ["s1"]}, "V3105"),
    ("named courier", problem([10], stops=(stop(1, vehicles=("v2",)),),
                              vehicles=(vehicle(), vehicle("v2"))), {"v1": ["s1"]}, "V3106"),
    ("weight", problem([10, 20], stops=(stop(1, delivery_g=3), stop(2, delivery_g=3)),
                       vehicles=(vehicle(capacity_g=5),)), {"v1": TWO}, "V3107"),
    ("volume", problem([10, 20], stops=(stop(1, pickup_ml=3), stop(2, pickup_ml=3)),
                       vehicles=(vehicle(capacity_ml=5),)), {"v1": TWO}, "V3108"),
    # Three still to pay and three collected are six.
    ("cash", problem([10, 20], stops=(stop(1, cash_in_vnd=3), stop(2, cash_out_vnd=3)),
                     vehicles=(vehicle(cash_limit_vnd=5),)), {"v1": TWO}, "V3109"),
    ("reloads", problem([10, 20], vehicles=(vehicle(reload_depots=("office",)),)),
     {"v1": ["s1", "office", "s2"]}, "V3110"),
    ("reload elsewhere", problem(
        [10, 20], stops=(stop(1), stop(2)), vehicles=(
            vehicle(reload_depots=("office",), reloads_max=1),),
        depots=(Depot(id="office", location=0), Depot(id="b", location=2))),
     {"v1": ["s1", "b", "s2"]}, "V3111"),
    ("not on board", problem([10], stops=(stop(1, delivery_g=1),),
                             vehicles=(vehicle(on_road=True),)), {"v1": ["s1"]}, "V3112"),
    ("pickup before delivery", problem(
        [10, 20], stops=(stop(1, delivery_g=1, picked_up_at="s2"), stop(2, pickup_g=1))),
     {"v1": TWO}, "V3113"),
    ("closure", problem([10], closures=(Closure(1, 0),)), {"v1": ["s1"]}, "V3114"),
    ("most stops", problem([10, 20], vehicles=(vehicle(stops_max=1),)), {"v1": TWO}, "V3115"),
    ("most metres", problem([10, 20], vehicles=(vehicle(distance_m_max=39),)), {"v1": TWO},
     "V3116"),
    ("visited twice", problem([10], vehicles=(vehicle(), vehicle("v2"))),
     {"v1": ["s1"], "v2": ["s1"]}, "V3117"),
]  # fmt: skip


@pytest.mark.parametrize("row", ORDERS, ids=[row[0] for row in ORDERS])
def test_rule_refuses_a_plan(row: tuple[str, Problem, dict[str, list[str]], str]) -> None:
    """Tests that a plan that breaks one rule is refused by both judges, by ours with the code."""
    _, asked, orders, code = row
    planned = evaluate(asked, orders)
    assert [violation.code for violation in violations(asked, planned)] == [code]
    assert complaints(asked, planned) != []


def test_late_rest_has_its_code() -> None:
    """Tests that a rest begun four seconds after the last moment is late, and not missed."""
    rest = Break(early_s=0, late_s=26, duration_s=10)
    asked = problem([10], vehicles=(vehicle(shift_early_s=20, breaks=(rest,)),))
    found = violations(asked, evaluate(asked, {"v1": ["s1"]}))
    assert [(violation.code, violation.amount) for violation in found] == [("V3103", 4)]


def test_false_claims_have_their_codes() -> None:
    """Tests that unknown ids, stops unaccounted for, false costs and false times are all seen."""
    asked = problem([10, 20])
    true = solve(asked, limit=Limit(iterations=20), seed=1)
    route = true.routes[0]
    first = replace(route.visits[0], start_s=route.visits[0].start_s + 1)
    stranger = replace(route.visits[0], stop_id="nobody")
    claims: list[tuple[Any, str]] = [
        (replace(true, routes=(replace(route, vehicle_id="nobody"),)), "V3118"),
        (replace(true, routes=(replace(route, visits=(stranger, *route.visits[1:])),)), "V3118"),
        (replace(true, routes=(replace(route, visits=route.visits[:1]),)), "V3119"),
        (replace(true, cost=replace(true.cost, travel=true.cost.travel - 1)), "V3120"),
        (replace(true, routes=(replace(route, visits=(first, *route.visits[1:])),)), "V3121"),
        (replace(true, routes=(replace(route, end_s=route.end_s - 1),)), "V3121"),
    ]
    for claim, code in claims:
        assert code in [violation.code for violation in violations(asked, claim)]


COSTLY: list[tuple[str, Problem]] = [
    ("preferred time", problem([10], stops=(stop(1, soft_late_s=0),),
                               weights=replace(PLAIN, lateness_per_s=1000))),
    ("territory", problem([10], stops=(stop(1, territory="a"),),
                          weights=replace(PLAIN, out_of_territory=HUGE))),
    ("familiarity", problem([10], weights=replace(PLAIN, unfamiliar=HUGE))),
    ("fair minutes", problem([10], fair_work_s=0,
                             weights=replace(PLAIN, excess_work_per_s=HUGE // 100))),
    ("fair cash", problem([10], stops=(stop(1, cash_in_vnd=1),), fair_cash_vnd=0,
                          weights=replace(PLAIN, excess_cash_per_million=HUGE))),
    ("promise", problem([10], vehicles=(vehicle(), vehicle("v2", stops_max=0)),
                        promises=(Promise(stop_id="s1", vehicle_id="v2", start_s=500),),
                        weights=replace(PLAIN, changed_vehicle=HUGE))),
    ("priority", problem([10], stops=(stop(1, priority=0),))),
    ("open end", problem([10], vehicles=(vehicle(end_depot=None, shift_late_s=10),))),
]  # fmt: skip


@pytest.mark.parametrize("row", COSTLY, ids=[row[0] for row in COSTLY])
def test_rule_that_costs_never_forbids(row: tuple[str, Problem]) -> None:
    """Tests that a required stop is served however dear, as long as no rule is broken."""
    solution = solve(row[1], limit=Limit(iterations=20), seed=1)
    assert solution.stops_of("v1") == ("s1",)
    assert violations(row[1], solution) == []
    assert complaints(row[1], solution) == []
