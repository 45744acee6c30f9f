"""What all measures of the optimiser share: figures, budgets, both judges, the public files."""

import os
import statistics
from collections.abc import Sequence
from pathlib import Path

import msgspec

from routing import Limit, Problem, Solution, solve, violations
from routing.engines import nothing_to_tell, pyvrp
from routing.evaluate import Judge
from routing.indexed import Indexed
from routing.limit import Stopwatch
from routing.mend import mend
from tests.routing.checker import complaints

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared"
QUICK = os.environ.get("QUICK") == "1"
NUM_SEEDS = int(os.environ.get("SEEDS", "1" if QUICK else "5"))
SEEDS = range(1, NUM_SEEDS + 1)


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One measured goal."""

    goal: str
    measured: str
    reached: bool | None
    """None: no verdict."""
    cases: dict[str, object] = {}
    """What was measured one by one, for whoever doubts the mean."""
    cpu_s: float = 0.0
    wall_s: float = 0.0


def answered(
    asked: Problem, engine: str | None, seed: int, *, cpu_seconds: float | None = None,
    seconds: float | None = None, cores: int = 1,
) -> Solution:  # fmt: skip
    """Return a plan found within a budget, confirmed by both judges."""
    limit = Limit(cpu_seconds=cpu_seconds, seconds=seconds)
    solution = solve(asked, limit=limit, seed=seed, engine=engine, cores=cores)
    assert violations(asked, solution) == [], (engine, seed)
    assert complaints(asked, solution) == [], (engine, seed)
    return solution


def best_pyvrp(asked: Problem, cpu_seconds: float, seed: int) -> int:
    """Return the cost of the better of PyVRP's two models, each given the whole budget.

    One must visit every stop it can, the other may leave stops out at their price.
    """
    judge = Judge(Indexed(asked))
    costs = []
    for strict in (True, False):
        watch = Stopwatch(Limit(cpu_seconds=cpu_seconds))
        plan = pyvrp.improve(
            judge, watch, seed=seed, start=None, on_plan=nothing_to_tell, strict=strict
        )
        if plan is not None:
            costs.append(judge.cost(mend(judge, plan)).total)
    return min(costs)


def percent(ours: float, theirs: float) -> float:
    """Return by how much `ours` is above `theirs`."""
    return 100 * (ours / theirs - 1)


def mean(values: Sequence[float]) -> float:
    """Return the mean; of nothing it is not a number."""
    return statistics.mean(values) if values else float("nan")


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that so large a share does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
