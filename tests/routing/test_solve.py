"""Tests that the search answers with plans that break no rule, and says why stops stay out."""

import pytest

from routing import Break, Limit, Reason, Solution, solve, violations
from routing.generate import Office, generate
from tests.routing.small import problem, stop, vehicle

QUICK = Limit(iterations=60)


def test_solve_finds_the_short_way() -> None:
    """Tests that four stops on a road are visited in order, out or back."""
    asked = problem([30, 10, 40, 20])
    solution = solve(asked, limit=QUICK)
    assert violations(asked, solution) == []
    assert solution.cost.total == 80


def test_solve_answers_empty_day() -> None:
    """Tests that nothing to do is nothing done."""
    solution = solve(problem([]), limit=QUICK)
    assert (solution.routes, solution.unassigned, solution.cost.total) == ((), (), 0)


UNSERVABLE = [
    ({"skills": ("woman",)}, Reason.NO_SKILL),
    ({"delivery_g": 6}, Reason.OVER_CAPACITY),
    ({"cash_in_vnd": 6}, Reason.OVER_CASH_LIMIT),
    ({"tw": (0, 9)}, Reason.WINDOW_UNREACHABLE),
    ({"tw": (0, 50), "release_s": 41}, Reason.RELEASED_TOO_LATE),
    ({"service_duration_s": 10 * 3600}, Reason.SHIFT_TOO_SHORT),
]


@pytest.mark.parametrize(("given", "reason"), UNSERVABLE, ids=[r[1].value for r in UNSERVABLE])
def test_solve_says_why_nobody_can_come(given: dict[str, object], reason: Reason) -> None:
    """Tests that a stop no plan serves is named with its reason and the others are served."""
    asked = problem(
        [10, 20],
        stops=(stop(1, **given), stop(2)),
        vehicles=(vehicle(capacity_g=5, cash_limit_vnd=5),),
    )
    solution = solve(asked, limit=QUICK)
    assert [(u.stop_id, u.reason) for u in solution.unassigned] == [("s1", reason)]
    assert solution.stops_of("v1") == ("s2",)
    assert violations(asked, solution) == []


def test_solve_leaves_out_what_is_not_worth_it() -> None:
    """Tests that an optional stop is visited when its prize beats the detour, and only then."""
    for prize, visited in ((19, False), (21, True)):
        asked = problem([10, 20], stops=(stop(1), stop(2, required=False, prize=prize)))
        solution = solve(asked, limit=QUICK)
        assert ("s2" in solution.stops_of("v1")) is visited
        if not visited:
            assert solution.unassigned[0].reason is Reason.NOT_WORTH_IT


def test_solve_prefers_priority_when_not_all_fit() -> None:
    """Tests that of two stops that exclude each other the more urgent one is served."""
    asked = problem(
        [10, 20],
        stops=(stop(1, tw=(20, 20), priority=10), stop(2, tw=(20, 20))),
    )
    solution = solve(asked, limit=QUICK)
    assert [u.reason for u in solution.unassigned] == [Reason.NO_ROOM]
    assert solution.stops_of("v1") == ("s1",)


def test_solve_gives_lunch() -> None:
    """Tests that every courier rests within the span."""
    lunch = Break(early_s=50, late_s=120, duration_s=30)
    asked = problem([10, 20, 30, 40], vehicles=(vehicle(breaks=(lunch,)),))
    solution = solve(asked, limit=QUICK)
    assert violations(asked, solution) == []
    assert [50 <= r.start_s <= 90 for route in solution.routes for r in route.rests] == [True]


def test_solve_takes_yesterdays_plan_as_start() -> None:
    """Tests that with no work allowed the start comes back, judged."""
    asked = problem([30, 10, 40, 20])
    best = solve(asked, limit=QUICK)
    again = solve(asked, limit=Limit(iterations=0), start=best)
    assert again.cost.total <= best.cost.total


def test_solve_is_deterministic_under_iterations() -> None:
    """Tests that the same question and seed give the same answer."""
    asked = generate(Office(couriers=2, stops=24, seed=5))
    answers = [solve(asked, limit=Limit(iterations=30), seed=3) for _ in range(2)]
    assert answers[0] == answers[1]
    assert violations(asked, answers[0]) == []


def test_on_best_only_gets_better() -> None:
    """Tests that each plan told on the way is sound and cheaper than the one before."""
    asked = generate(Office(couriers=2, stops=24, seed=6))
    told: list[Solution] = []
    final = solve(asked, limit=QUICK, on_best=told.append)
    costs = [s.cost.total for s in told]
    assert costs == sorted(set(costs), reverse=True)
    assert all(violations(asked, s) == [] for s in told)
    assert final.cost.total == costs[-1]


def test_limit_must_say_something() -> None:
    """Tests that a limit without an end is refused."""
    with pytest.raises(ValueError):
        Limit()
