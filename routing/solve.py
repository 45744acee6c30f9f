"""From question to judged answer: precheck, start, search, mend, judge."""

from collections.abc import Callable

from routing import portfolio
from routing.engines import Engine
from routing.engines import kernel as kernel_engine
from routing.engines import ortools as ortools_engine
from routing.engines import pyvrp as pyvrp_engine
from routing.evaluate import Judge, plan_of
from routing.indexed import Indexed, Plan
from routing.limit import Limit, Stopwatch, Throttle
from routing.mend import mend, reasons
from routing.precheck import Alone
from routing.problem import Problem
from routing.solution import Solution

TELL_EVERY_S, TELL_FIRST_S = 0.25, 0.04
"""A running day wants its better plans at once, a night's search does not."""
OnBest = Callable[[Solution], None]

ENGINES: dict[str, Engine] = {
    "portfolio": portfolio,
    "pyvrp": pyvrp_engine,
    "kernel": kernel_engine,
    "ortools": ortools_engine,
}


def solve(
    problem: Problem,
    *,
    limit: Limit,
    start: Solution | None = None,
    seed: int = 0,
    on_best: OnBest | None = None,
    engine: str | None = None,
    cores: int = 1,
) -> Solution:
    """Return the best plan found within `limit`; it breaks no rule.

    Parameters
    ----------
    start
        Routes to begin from; ids the problem no longer knows are passed over.
    on_best
        Called with each judged plan better than all before it.
    engine
        One of `ENGINES`; None leaves the choice to the portfolio.
    cores
        How many the portfolio may use at once; processor seconds then count those of all.

    Raises
    ------
    ValueError
        If `engine` is not known.
    """
    if engine is not None and engine not in ENGINES:
        raise ValueError(f"no engine {engine}; there are {', '.join(ENGINES)}")
    watch = Stopwatch(limit)
    judge = Judge(Indexed(problem))
    best = _Best(judge, on_best, Throttle(TELL_EVERY_S if watch.timed else 0.0, TELL_FIRST_S))
    if start is not None:
        best.begin(plan_of(judge.ix, start))
    if len(best.alone.among(range(judge.ix.n))) < judge.ix.n:
        begun = best.plan if start is not None else None
        if engine is None or engine == "portfolio":
            found = portfolio.run(
                judge, watch, seed=seed, start=begun, on_plan=best.hint, cores=cores
            )
        else:
            chosen = ENGINES[engine]
            found = chosen.run(judge, watch, seed=seed, start=begun, on_plan=best.hint)
        if found is not None:
            best.offer(found)
    if best.plan is None:
        best.offer([[] for _ in judge.ix.vehicles])
    return best.solution()


class _Best:
    """The best sound plan so far; whatever is offered is mended first."""

    def __init__(
        self,
        judge: Judge,
        on_best: OnBest | None,
        throttle: Throttle,
    ) -> None:
        self.judge = judge
        self.alone = Alone(judge)
        self.on_best = on_best
        self.throttle = throttle
        self.plan: Plan | None = None
        self.cost = 0

    def begin(self, plan: Plan) -> None:
        """Take the plan to begin from, made sound: by the kernel in milliseconds if it can."""
        if kernel_engine.supports(self.judge.ix):
            self.offer(kernel_engine.made_sound(self.judge.ix, plan), tries_max=0)
        else:
            self.offer(plan)

    def hint(self, plan: Plan) -> None:
        """Take a plan found on the way, unless one was taken a moment ago."""
        if self.on_best is not None and self.throttle.may_pass():
            self.offer(plan)

    def offer(self, plan: Plan, tries_max: int = 60) -> None:
        """Take a plan if, once sound, it is better."""
        sound = mend(self.judge, plan, tries_max)
        cost = self.judge.cost(sound).total
        if self.plan is None or cost < self.cost:
            self.plan, self.cost = sound, cost
            if self.on_best is not None:
                self.on_best(self.solution())

    def solution(self) -> Solution:
        """Return it judged, with a reason for each stop left out."""
        assert self.plan is not None
        known = self.alone.among(self.judge.ix.left_out(self.plan))
        return self.judge.solution(self.plan, reasons(self.judge, self.plan, known))
