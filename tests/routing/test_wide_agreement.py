"""Tests that on problems with every rule all engines answer soundly, and both judges agree."""

import msgspec
import pytest

from routing import Limit, solve, violations
from routing.engines.kernel import Kernel, supports
from routing.evaluate import Judge
from routing.indexed import Indexed
from routing.limit import Stopwatch
from routing.mend import reasons
from tests.routing.checker import complaints
from tests.routing.wide import wide_problem

replace = msgspec.structs.replace
CASES = [("portfolio", 120, seed) for seed in range(60)]
CASES += [("pyvrp", 40, seed) for seed in range(25)]
CASES += [("ortools", 3, seed) for seed in range(6)]


@pytest.mark.parametrize(("engine", "iterations", "seed"), CASES)
def test_engines_know_or_respect_every_rule(engine: str, iterations: int, seed: int) -> None:
    """Tests that whatever an engine answers breaks no rule and costs what both judges say."""
    print(f"seed {seed}")
    asked = wide_problem(seed)
    solution = solve(asked, limit=Limit(iterations=iterations), seed=seed, engine=engine)
    assert violations(asked, solution) == []
    assert complaints(asked, solution) == []


@pytest.mark.parametrize("seed", range(120))
def test_kernel_needs_no_mending(seed: int) -> None:
    """Tests that the kernel's own plans are sound, and never cost more than it says."""
    print(f"seed {seed}")
    asked = wide_problem(seed)
    apart = tuple(replace(stop, picked_up_at=None) for stop in asked.stops)
    asked = replace(asked, stops=apart)  # shipments are left to the other engines
    judge = Judge(Indexed(asked))
    assert supports(judge.ix)
    kernel = Kernel(judge.ix, seed=seed)
    kernel.run(Stopwatch(Limit(iterations=300)))
    plan = kernel.best()
    assert judge.broken(plan) == []
    solution = judge.solution(plan, reasons(judge, plan, ()))
    assert violations(asked, solution) == []
    assert complaints(asked, solution) == []
    assert solution.cost.total <= kernel.cost
