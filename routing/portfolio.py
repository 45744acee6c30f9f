"""The engines in turn: the kernel on the full model, PyVRP where it is the better one, the pool.

Measured (`docs/routing.md`): with rests, reloads, territories and preferred times the kernel alone
is better than PyVRP or any mixture; on classic problems of windows and loads PyVRP is the better
one at ordering few long routes, so it polishes what the kernel found. Where the kernel cannot be
had, or does not know a rule, PyVRP has all the time.
"""

from routing.engines import OnPlan
from routing.engines import kernel as kernel_engine
from routing.engines import ortools as ortools_engine
from routing.engines import pyvrp as pyvrp_engine
from routing.evaluate import Judge
from routing.indexed import Plan
from routing.limit import Stopwatch
from routing.mend import mend
from routing.pool import Pool

KERNEL_SHARE, CLASSIC_KERNEL_SHARE = 0.94, 0.6
"""Of the limit, on offices and on classic problems."""
PYVRP_SHARE = 0.95
"""Of what the kernel leaves on classic problems; the rest is the pool's."""
FIRST_SHARE = 0.04
"""Of PyVRP's time alone, for a first plan, on which required stops may still be out."""
WARM = 0.5
"""First temperature of a kernel that starts from a good plan, in mean costs of an arc."""


def run(
    judge: Judge, watch: Stopwatch, *, seed: int, start: Plan | None, on_plan: OnPlan
) -> Plan | None:
    """Return the best plan of all engines."""
    pool = Pool(judge)

    def seen(plan: Plan) -> None:
        pool.add(plan)
        on_plan(plan)

    if not kernel_engine.supports(judge.ix):
        return _by_pyvrp(judge, watch, seed, start, seen)
    begun = None if start is None else mend(judge, start)
    search = kernel_engine.Kernel(judge.ix, start=begun, seed=seed)
    share = CLASSIC_KERNEL_SHARE if search.is_classic else KERNEL_SHARE
    hot = None if start is None else WARM
    search.run(watch.share(share), on_plan=seen, hot=hot, on_slice=pool.add)
    plan = mend(judge, search.best())
    if search.is_classic:
        part = watch.share(PYVRP_SHARE if watch.timed else 1 - share)
        found = pyvrp_engine.improve(
            judge, part, seed=seed, start=plan, on_plan=seen, strict=not judge.ix.left_out(plan)
        )
        if found is not None:
            plan = min((plan, mend(judge, found)), key=lambda p: judge.cost(p).total)
    chosen = pool.choose(plan, watch, seed)
    return plan if chosen is None else chosen


def _by_pyvrp(
    judge: Judge, watch: Stopwatch, seed: int, start: Plan | None, seen: OnPlan
) -> Plan | None:
    """Return the better of PyVRP's two models: one at once, one that must visit all it can."""
    begun = [] if start is None else [mend(judge, start)]
    for strict, watched in ((False, watch.share(FIRST_SHARE)), (True, watch)):
        best = min(begun, key=lambda p: judge.cost(p).total, default=None)
        found = pyvrp_engine.improve(
            judge, watched, seed=seed, start=best, on_plan=seen, strict=strict
        )
        if found is not None:
            begun.append(mend(judge, found))
            seen(begun[-1])
    return min(begun, key=lambda p: judge.cost(p).total)


__all__ = ["kernel_engine", "ortools_engine", "pyvrp_engine", "run"]
