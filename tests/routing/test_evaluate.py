"""Tests that the judge's sums and refusals are those done by hand."""

from typing import Any

import pytest

from routing import (
    Break,
    Closure,
    Depot,
    Promise,
    SpeedBand,
    TimeWindow,
    Weights,
    evaluate,
    violations,
)
from tests.routing.small import PLAIN, H, problem, stop, vehicle


def codes(asked: Any, routes: dict[str, list[str]]) -> list[str]:
    """Return the codes of the broken rules, stops left out aside."""
    found = violations(asked, evaluate(asked, routes))
    return sorted(v.code for v in found if v.code != "V3119")


def test_evaluate_adds_up_travel() -> None:
    """Tests that times and cost of a plain route add up: out 10, on 5, back 15."""
    solution = evaluate(problem([10, 15]), {"v1": ["s1", "s2"]})
    route = solution.routes[0]
    assert [v.start_s for v in route.visits] == [10, 15]
    assert (route.end_s, route.distance_m, solution.cost.total) == (30, 30, 30)


def test_evaluate_waits_for_window_and_sets_up_once() -> None:
    """Tests that a route waits, sets up on arrival, and not for the next door of the same place."""
    asked = problem(
        [10],
        stops=(
            stop(1, setup_s=4, tw=(100, 200), service_duration_s=7),
            stop(1, id="upstairs", setup_s=4, service_duration_s=3),
        ),
    )
    first, second = evaluate(asked, {"v1": ["s1", "upstairs"]}).routes[0].visits
    assert (first.arrival_s, first.start_s, first.waiting_s) == (14, 100, 86)
    assert (second.arrival_s, second.departure_s) == (107, 110)


def test_evaluate_takes_next_of_several_windows() -> None:
    """Tests that arriving between two windows means waiting for the second."""
    windows = (TimeWindow(0, 5), TimeWindow(50, 60))
    asked = problem([10], stops=(stop(1, tws=windows),))
    assert evaluate(asked, {"v1": ["s1"]}).routes[0].visits[0].start_s == 50
    assert codes(asked, {"v1": ["s1"]}) == []


def test_evaluate_places_break_where_it_costs_least() -> None:
    """Tests that lunch waits until after the preferred time, and not past its span."""
    lunch = Break(early_s=0, late_s=100, duration_s=20)
    asked = problem(
        [10, 20],
        stops=(stop(1, soft_late_s=10), stop(2)),
        vehicles=(vehicle(breaks=(lunch,)),),
    )
    solution = evaluate(asked, {"v1": ["s1", "s2"]})
    assert solution.cost.lateness == 0
    assert solution.routes[0].rests[0].start_s == 10
    assert solution.routes[0].end_s == 60


def test_evaluate_rests_on_the_way() -> None:
    """Tests that a long leg is interrupted when its span of rest begins."""
    lunch = Break(early_s=30, late_s=60, duration_s=20)
    asked = problem([100], vehicles=(vehicle(breaks=(lunch,)),))
    route = evaluate(asked, {"v1": ["s1"]}).routes[0]
    assert (route.rests[0].start_s, route.visits[0].arrival_s) == (30, 120)


@pytest.mark.parametrize(
    ("due_s", "broken", "end_s"),
    [
        (None, [], 60),  # always due: the vehicle waits for it on the way back
        (20, [], 20),  # back by then: not due
        (19, [], 60),  # a second too late for that
    ],
)
def test_evaluate_break_not_due_on_short_day(
    due_s: int | None, broken: list[str], end_s: int
) -> None:
    """Tests that who is back before the rest is due needs none."""
    lunch = Break(early_s=40, late_s=100, duration_s=20, due_s=due_s)
    asked = problem([10], vehicles=(vehicle(breaks=(lunch,)),))
    assert codes(asked, {"v1": ["s1"]}) == broken
    assert evaluate(asked, {"v1": ["s1"]}).routes[0].end_s == end_s


BROKEN: list[tuple[str, dict[str, Any], str]] = [
    ("window", {"stops": (stop(1, tw=(0, 9)),)}, "V3101"),
    ("shift", {"vehicles": (vehicle(shift_late_s=19),)}, "V3102"),
    ("overtime", {"vehicles": (vehicle(shift_late_s=9, overtime_s_max=10),)}, "V3102"),
    (
        "rest left out",
        {
            "stops": (stop(1, service_duration_s=50, tw=(0, 10)),),
            "vehicles": (vehicle(breaks=(Break(early_s=11, late_s=40, duration_s=5),)),),
        },
        "V3104",
    ),
    ("skill", {"stops": (stop(1, skills=("woman",)),)}, "V3105"),
    (
        "named courier",
        {"stops": (stop(1, vehicles=("v2",)),), "vehicles": (vehicle(), vehicle("v2"))},
        "V3106",
    ),
    ("weight", {"stops": (stop(1, delivery_g=6),), "vehicles": (vehicle(capacity_g=5),)}, "V3107"),
    ("volume", {"stops": (stop(1, pickup_ml=6),), "vehicles": (vehicle(capacity_ml=5),)}, "V3108"),
    (
        "cash",
        {"stops": (stop(1, cash_out_vnd=6),), "vehicles": (vehicle(cash_limit_vnd=5),)},
        "V3109",
    ),
    ("not on board", {"stops": (stop(1, delivery_g=1),), "vehicles": (vehicle(on_road=True),)},
     "V3112"),
    ("closed", {"closures": (Closure(0, 1),)}, "V3114"),
    ("stops", {"vehicles": (vehicle(stops_max=0),)}, "V3115"),
    ("metres", {"vehicles": (vehicle(distance_m_max=19),)}, "V3116"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "code"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_violations_names_broken_rule(given: dict[str, Any], code: str) -> None:
    """Tests that each rule is seen broken by a plan that breaks only it."""
    assert codes(problem([10], **given), {"v1": ["s1"]}) == [code]


@pytest.mark.parametrize(
    "given",
    [
        {"stops": (stop(1, tw=(0, 10)),)},  # the last second of the window
        {"vehicles": (vehicle(shift_late_s=20),)},  # back on the stroke
        {"vehicles": (vehicle(shift_late_s=9, overtime_s_max=11),)},
        {"stops": (stop(1, delivery_g=5),), "vehicles": (vehicle(capacity_g=5),)},
        {"stops": (stop(1, cash_out_vnd=5),), "vehicles": (vehicle(cash_limit_vnd=5),)},
        {"vehicles": (vehicle(distance_m_max=20),)},
    ],
)
def test_violations_allows_the_boundary(given: dict[str, Any]) -> None:
    """Tests that what just fits is no violation."""
    assert codes(problem([10], **given), {"v1": ["s1"]}) == []


def test_cash_out_and_in_share_one_ceiling() -> None:
    """Tests that collecting before paying overfills the bag and paying first does not."""
    asked = problem(
        [10, 20],
        stops=(stop(1, cash_in_vnd=4), stop(2, cash_out_vnd=4)),
        vehicles=(vehicle(cash_limit_vnd=5),),
    )
    assert codes(asked, {"v1": ["s1", "s2"]}) == ["V3109"]
    assert codes(asked, {"v1": ["s2", "s1"]}) == []


def test_reload_starts_a_fresh_trip() -> None:
    """Tests that two trips carry what one cannot, and what is on board when."""
    asked = problem(
        [10, 20],
        stops=(stop(1, cash_out_vnd=4), stop(2, cash_out_vnd=4)),
        vehicles=(vehicle(cash_limit_vnd=5, reload_depots=("office",), reloads_max=1),),
        depots=(Depot(id="office", location=0, reload_s=30),),
    )
    assert codes(asked, {"v1": ["s1", "s2"]}) == ["V3109"]
    assert codes(asked, {"v1": ["s1", "office", "s2"]}) == []
    route = evaluate(asked, {"v1": ["s1", "office", "s2"]}).routes[0]
    assert (route.start_cash_vnd, [v.cash_vnd for v in route.visits]) == (4, [0, 4, 0])
    assert route.end_s == 20 + 30 + 40
    assert codes(asked, {"v1": ["office", "s1", "office", "s2"]}) == ["V3110"]


def test_release_holds_the_trip_back() -> None:
    """Tests that a trip leaves only when all its things are there."""
    asked = problem([10, 20], stops=(stop(1), stop(2, release_s=100)))
    assert evaluate(asked, {"v1": ["s1", "s2"]}).routes[0].visits[0].start_s == 110


def test_shipment_comes_in_order() -> None:
    """Tests that things are fetched before they are handed over, and by the same vehicle."""
    asked = problem(
        [10, 20],
        stops=(stop(1, pickup_g=3), stop(2, delivery_g=3, picked_up_at="s1")),
        vehicles=(vehicle(capacity_g=3), vehicle("v2", capacity_g=3)),
    )
    assert codes(asked, {"v1": ["s1", "s2"]}) == []
    assert codes(asked, {"v1": ["s2", "s1"]}) == ["V3113"]
    assert codes(asked, {"v1": ["s1"], "v2": ["s2"]}) == ["V3113", "V3113"]


def test_speed_bands_slow_the_rush_hour() -> None:
    """Tests that a leg may begin at full speed and end at half of it."""
    bands = (SpeedBand(from_s=0, speed_percent=100), SpeedBand(from_s=4, speed_percent=50))
    asked = problem([10], speed_bands=bands)
    assert evaluate(asked, {"v1": ["s1"]}).routes[0].visits[0].arrival_s == 4 + 12


def test_open_end_stops_at_last_door() -> None:
    """Tests that without an end depot the way back is neither driven nor paid."""
    asked = problem([10], vehicles=(vehicle(end_depot=None),))
    solution = evaluate(asked, {"v1": ["s1"]})
    assert (solution.routes[0].end_s, solution.cost.total) == (10, 10)


def test_cost_parts_are_those_by_hand() -> None:
    """Tests that each part of the cost of a route of two stops is the one worked out by hand."""
    weights = Weights(
        travel_per_s=2, distance_per_m=1, overtime_per_s=3, lateness_per_s=5, vehicle_used=100,
        out_of_territory=50, changed_vehicle=70, drift_per_s=4, drift_free_s=6,
        excess_work_per_s=7, excess_cash_per_million=11, missed=1000,
    )  # fmt: skip
    asked = problem(
        [10, 20, 30, 40],
        stops=(
            stop(1, soft_late_s=8, territory="north", cash_out_vnd=3_000_000),
            stop(2, service_duration_s=5),
            stop(3, priority=50),
            stop(4, required=False, prize=9),
        ),
        vehicles=(vehicle(shift_late_s=41, overtime_s_max=H, territories=("south",)),),
        promises=(
            Promise(stop_id="s1", vehicle_id="someone", start_s=10),
            Promise(stop_id="s2", vehicle_id="v1", start_s=12),
        ),
        weights=weights,
        fair_work_s=43,
        fair_cash_vnd=1_500_000,
    )
    cost = evaluate(asked, {"v1": ["s1", "s2"]}).cost
    assert cost.travel == 40 * 3
    assert cost.vehicles == 100
    assert cost.overtime == (45 - 41) * 3
    assert cost.lateness == 2 * 5
    assert cost.territory == 50
    assert cost.stability == 70 + (20 - 12 - 6) * 4
    assert cost.balance == (45 - 43) * 7 + 2 * 11
    assert (cost.optional, cost.missed) == (9, 1500)


def test_violations_sees_claims_that_are_not_true() -> None:
    """Tests that a wrong time, cost or forgotten stop in an answer is found."""
    asked = problem([10, 15], weights=PLAIN)
    assert [v.code for v in violations(asked, evaluate(asked, {"v1": ["s1"]}))] == ["V3119"]
    honest = evaluate(asked, {"v1": ["s1", "s2"]})
    assert violations(asked, honest) == []
    other = evaluate(asked, {"v1": ["s2", "s1"]})
    assert violations(asked, other) == []
