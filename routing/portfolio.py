"""The engines in turn: PyVRP on the projection, the kernel on the full model, then the pool.

Measured on generated offices: PyVRP first is better than either engine alone. Where the kernel
cannot be had, or does not know a rule, PyVRP has all the time.
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

PYVRP_SHARE = 0.65
FIRST_SHARE = 0.04
"""For a first plan, on which required stops may still be out."""
KERNEL_SHARE = 0.9
"""Of what PyVRP leaves; the rest is the pool's."""
WARM = 0.25
"""First temperature of a kernel that starts from a good plan, in mean costs of an arc."""


def run(
    judge: Judge, watch: Stopwatch, *, seed: int, start: Plan | None, on_plan: OnPlan
) -> Plan | None:
    """Return the best plan of all engines."""
    pool = Pool(judge)

    def seen(plan: Plan) -> None:
        pool.add(plan)
        on_plan(plan)

    with_kernel = kernel_engine.supports(judge.ix)
    part = watch.share(PYVRP_SHARE) if with_kernel else watch
    begun = [] if start is None else [mend(judge, start)]
    for strict, watched in ((False, part.share(FIRST_SHARE)), (True, part)):
        best = min(begun, key=lambda p: judge.cost(p).total, default=None)
        found = pyvrp_engine.improve(
            judge, watched, seed=seed, start=best, on_plan=seen, strict=strict
        )
        if found is not None:
            begun.append(mend(judge, found))
            seen(begun[-1])
    plan = min(begun, key=lambda p: judge.cost(p).total)
    seen(plan)
    if not with_kernel:
        return plan
    search = kernel_engine.Kernel(judge.ix, start=plan, seed=seed)
    left = watch.share(KERNEL_SHARE if watch.timed else (1 - PYVRP_SHARE) * KERNEL_SHARE)
    search.run(left, on_plan=seen, hot=WARM, on_slice=pool.add)
    plan = min((plan, mend(judge, search.best())), key=lambda p: judge.cost(p).total)
    chosen = pool.choose(plan, watch, seed)
    return plan if chosen is None else chosen


__all__ = ["kernel_engine", "ortools_engine", "pyvrp_engine", "run"]
