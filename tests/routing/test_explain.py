"""Tests that each stop is explained: what hinders whom, the least change, the price of others."""

import pytest
from msgspec.structs import replace

from routing import Limit, Problem, TimeWindow, best_places, evaluate, solve
from routing.changes import kinds_for
from routing.explain import Change, explain
from routing.generate import Office, generate
from routing.problem import MalformedProblem
from tests.routing.small import problem, stop, vehicle

QUICK = Limit(iterations=60)
H = 3600
MILLION = 1_000_000


def changes(asked: Problem) -> list[Change]:
    """Return what is proposed for stop s1 after a search."""
    return list(explain(asked, solve(asked, limit=QUICK, seed=1), "s1").changes)


SINGLE: list[tuple[str, Problem, list[tuple[str, int, str]]]] = [
    # 600 seconds away, closed seven minutes before: seven minutes, not one less.
    ("window later", problem([600], stops=(stop(1, tw=(0, 180)),)),
     [("change.window_later", 7, "v1")]),
    # Back by 8:00:00 at the latest, closed before 8:20: twenty minutes earlier, or a later end.
    ("window earlier", problem(
        [0], stops=(stop(1, tw=(8 * H + 1200, 9 * H)),),
        vehicles=(vehicle(shift_early_s=7 * H, shift_late_s=8 * H),)),
     [("change.window_earlier", 20, "v1"), ("change.shift_longer", 20, "v1")]),
    # Fifteen minutes there and back, five too many.
    ("shift", problem([450], vehicles=(vehicle(shift_late_s=600),)),
     [("change.shift_longer", 5, "v1")]),
    # 6,050,000 under 5,000,000: in whole hundred thousands eleven.
    ("cash", problem([10], stops=(stop(1, cash_out_vnd=6_050_000),),
                     vehicles=(vehicle(cash_limit_vnd=5 * MILLION),)),
     [("change.cash_limit", 1_100_000, "v1")]),
    ("weight", problem([10], stops=(stop(1, delivery_g=700),), vehicles=(vehicle(capacity_g=500),)),
     [("change.capacity_g", 200, "v1")]),
    ("volume", problem([10], stops=(stop(1, pickup_ml=9),), vehicles=(vehicle(capacity_ml=5),)),
     [("change.capacity_ml", 4, "v1")]),
    ("skill", problem([10], stops=(stop(1, skills=("woman",)),)), [("change.skill", 0, "v1")]),
    ("named courier", problem([10], stops=(stop(1, vehicles=("v2",)),),
                              vehicles=(vehicle(), vehicle("v2", shift_late_s=10))),
     [("change.shift_longer", 1, "v2"), ("change.any_courier", 0, "v1")]),
    # Its things come 41 into a window that closes at 50, and the way takes 10.
    ("release", problem([10], stops=(stop(1, tw=(0, 50), release_s=41),)),
     [("change.window_later", 1, "v1"), ("change.released_earlier", 1, "v1")]),
]  # fmt: skip


@pytest.mark.parametrize("row", SINGLE, ids=[row[0] for row in SINGLE])
def test_smallest_changes(row: tuple[str, Problem, list[tuple[str, int, str]]]) -> None:
    """Tests that each kind of change is proposed with the least that is enough, by hand."""
    assert [(c.key, c.amount, c.vehicle_id) for c in changes(row[1])] == row[2]


def test_smallest_change_is_enough_and_less_is_not() -> None:
    """Tests that on an office what is proposed lets the stop in, and a step less does not."""
    asked = problem_with_closed_door(generate(Office(couriers=3, stops=70, seed=8)))
    solution = solve(asked, limit=Limit(iterations=400), seed=1)
    shut = asked.stops[0]
    told = explain(asked, solution, shut.id).changes
    kinds = {kind.key: kind for kind in kinds_for(asked, shut) if kind.skill is None}
    measured = [change for change in told if change.amount and not change.searched]
    assert measured
    for change in measured:
        kind = kinds[change.key]
        for steps, fits in (
            (change.amount // kind.step, True),
            (change.amount // kind.step - 1, False),
        ):
            changed = kind.apply(asked, steps)
            again = next(stop for stop in changed.stops if stop.id == shut.id)
            assert bool(best_places(changed, solution, again, 1)) is fits


def problem_with_closed_door(asked: Problem) -> Problem:
    """Return the office with its first door open for one minute at half past seven only."""
    early = 7 * H + 1800
    closed = replace(asked.stops[0], tws=(TimeWindow(early, early + 60),), required=True)
    return replace(asked, stops=(closed, *asked.stops[1:]))


def test_skill_is_proposed_to_a_courier() -> None:
    """Tests that a skill is proposed with its name and to whoever can then come."""
    asked = problem(
        [10],
        stops=(stop(1, skills=("woman",)),),
        vehicles=(vehicle(shift_late_s=5), vehicle("v2")),
    )
    assert [(c.key, c.skill, c.vehicle_id) for c in changes(asked)] == [
        ("change.skill", "woman", "v2")
    ]


def test_two_changes_where_one_is_not_enough() -> None:
    """Tests that a stop too dear and too late is told both, each as small as can be."""
    asked = problem(
        [600],
        stops=(stop(1, tw=(0, 180), cash_out_vnd=2 * MILLION),),
        vehicles=(vehicle(cash_limit_vnd=MILLION),),
    )
    (told,) = changes(asked)
    assert (told.key, told.amount) == ("change.window_later", 7)
    assert told.also is not None
    assert (told.also.key, told.also.amount) == ("change.cash_limit", MILLION)


def test_search_again_where_joining_is_not_enough() -> None:
    """Tests that a change is found by search when another stop has to move for it.

    Only v1 has the seal that s1 asks for, and may make one stop; she makes the more urgent s2. v2
    would need 20 seconds for s2 and has 15: with a minute more he takes it, and she is free.
    """
    asked = problem(
        [10, -10],
        stops=(stop(1, skills=("seal",)), stop(2, priority=10)),
        vehicles=(vehicle(skills=("seal",), stops_max=1), vehicle("v2", shift_late_s=15)),
    )
    assert changes(asked) == [
        Change(key="change.shift_longer", vehicle_id="v1", amount=1, searched=True)
    ]


def test_hindrances_name_the_rule_for_each_courier() -> None:
    """Tests that each courier who cannot come is told with the rule and by how much."""
    asked = problem(
        [10],
        stops=(stop(1, skills=("seal",), cash_out_vnd=7),),
        vehicles=(
            vehicle(),
            vehicle("v2", skills=("seal",), cash_limit_vnd=5),
            vehicle("v3", skills=("seal",), shift_late_s=15),
        ),
    )
    told = explain(asked, solve(asked, limit=QUICK, seed=1), "s1").hindrances
    assert [(h.vehicle_id, h.code, h.amount) for h in told] == [
        ("v1", "V3105", 1),  # lacks the seal
        ("v2", "V3109", 2),  # two đồng over the ceiling
        ("v3", "V3102", 5),  # back at 20, five after the end
    ]


def test_assigned_stop_has_the_price_of_each_courier() -> None:
    """Tests that a visited stop is shown with the price of each courier, part by part."""
    asked = problem(
        [10, 20], vehicles=(vehicle(), vehicle("v2", fixed_cost=7), vehicle("v3", shift_late_s=3))
    )
    plan = evaluate(asked, {"v1": ["s1", "s2"]})
    told = explain(asked, plan, "s1")
    assert [(p.vehicle_id, p.extra_cost, p.parts) for p in told.alternatives] == [
        ("v1", 0, {}),
        ("v2", 27, {"travel": 20, "vehicles": 7}),
    ]
    assert [(h.vehicle_id, h.code) for h in told.hindrances] == [("v3", "V3102")]


def test_unknown_stop_is_no_stop() -> None:
    """Tests that a stop the problem does not have is an error, not an empty answer."""
    asked = problem([10])
    with pytest.raises(KeyError):
        explain(asked, solve(asked, limit=QUICK), "s9")
    with pytest.raises(MalformedProblem):
        problem([10], stops=(stop(9),))
