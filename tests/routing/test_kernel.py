"""Tests that the kernel knows the full model: its sums are the judge's, its plans sound."""

import pytest

from routing import violations
from routing.engines.kernel import Kernel, supports
from routing.evaluate import Judge
from routing.generate import Office, generate
from routing.indexed import Indexed
from routing.limit import Limit, Stopwatch
from routing.mend import mend, reasons
from tests.routing.checker import complaints
from tests.routing.small import problem, stop
from tests.routing.test_agreement import random_problem

pytestmark = pytest.mark.slow  # compiles for a minute where the cache is cold


@pytest.mark.parametrize("seed", range(40))
def test_kernel_plans_are_sound_without_mending(seed: int) -> None:
    """Tests that on random problems no route needs mending, and no cost is above."""
    asked = random_problem(seed)
    judge = Judge(Indexed(asked))
    kernel = Kernel(judge.ix, seed=seed)
    kernel.run(Stopwatch(Limit(iterations=300)))
    plan = kernel.best()
    print(f"seed {seed}")
    assert judge.broken(plan) == []
    solution = judge.solution(plan, reasons(judge, plan, ()))
    assert violations(asked, solution) == []
    assert complaints(asked, solution) == []
    assert solution.cost.total <= kernel.cost


def test_kernel_sums_are_the_judges_on_an_office() -> None:
    """Tests that on a generated office with reloads both come to the same cost to the unit."""
    asked = generate(Office(couriers=3, stops=60, seed=3, pension_share=0.5))
    judge = Judge(Indexed(asked))
    kernel = Kernel(judge.ix, seed=1)
    kernel.run(Stopwatch(Limit(iterations=1500)))
    assert judge.cost(mend(judge, kernel.best())).total == kernel.cost


def test_kernel_is_deterministic_and_takes_a_start() -> None:
    """Tests that the same seed gives the same plan, and a start is never made worse."""
    ix = Indexed(generate(Office(couriers=2, stops=30, seed=4)))
    plans = []
    for _ in range(2):
        kernel = Kernel(ix, seed=7)
        kernel.run(Stopwatch(Limit(iterations=400)))
        plans.append((kernel.best(), kernel.cost))
    assert plans[0] == plans[1]
    again = Kernel(ix, start=plans[0][0], seed=8)
    again.run(Stopwatch(Limit(iterations=50)))
    assert again.cost <= plans[0][1]


def test_kernel_says_what_it_does_not_know() -> None:
    """Tests that shipments are left to the engines that know them."""
    shipped = problem(
        [10, 20], stops=(stop(1, pickup_g=1), stop(2, delivery_g=1, picked_up_at="s1"))
    )
    assert not supports(Indexed(shipped))
    assert supports(Indexed(problem([10])))
