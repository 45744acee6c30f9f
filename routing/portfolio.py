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

OFFICE_SHARE, CLASSIC_SHARE, LARGE_SHARE = 0.96, 0.6, 0.8
"""The kernel's part of the limit: on offices, on classic problems, on classic ones from
`LARGE_FROM` stops on."""
LARGE_FROM = 600
PYVRP_SHARE = 0.95
"""Of what the kernel leaves on classic problems; the rest is the pool's."""
PROBE_SHARE, PYVRP_FIRST_SHARE = 0.05, 0.65
LONG_ROUTE, LONG_ROUTE_STOPS_MAX = 14, 250
"""With so many stops a route, and no more stops than that, PyVRP from nothing is the better one,
and the kernel polishes."""
FIRST_SHARE = 0.04
"""Of PyVRP's time alone, for a first plan, on which required stops may still be out."""
WARM, POLISH = 0.5, 0.2
"""First temperatures of a kernel that starts from a good plan, in mean costs of an arc."""


def run(
    judge: Judge,
    watch: Stopwatch,
    *,
    seed: int,
    start: Plan | None,
    on_plan: OnPlan,
    cores: int = 1,
) -> Plan | None:
    """Return the best plan of all engines; the kernel searches on so many cores."""
    if not kernel_engine.supports(judge.ix):
        return _by_pyvrp(judge, watch, seed, start, on_plan)
    pricer = kernel_engine.Kernel(judge.ix)
    together = _Together(judge, watch, seed, cores, on_plan, Pool(judge, pricer.price))
    if not pricer.is_classic:
        plan = together.kernel(start, watch.share(OFFICE_SHARE), None if start is None else WARM)
    else:
        plan = together.classic(start)
    chosen = together.pool.choose(plan, watch, seed)
    return plan if chosen is None else min((plan, chosen), key=lambda p: judge.cost(p).total)


class _Together:
    """One search by several engines, each going on from what the one before it found."""

    def __init__(
        self,
        judge: Judge,
        watch: Stopwatch,
        seed: int,
        cores: int,
        on_plan: OnPlan,
        pool: Pool,
    ) -> None:
        self.judge, self.watch, self.seed, self.cores = judge, watch, seed, cores
        self.on_plan, self.pool = on_plan, pool

    def seen(self, plan: Plan) -> None:
        """Keep a plan's routes and pass it on."""
        self.pool.add(plan)
        self.on_plan(plan)

    def kernel(self, start: Plan | None, watch: Stopwatch, hot: float | None) -> Plan:
        """Return the kernel's best plan."""
        search = kernel_engine.search_together(
            self.judge.ix, watch, cores=self.cores, seed=self.seed, start=start, hot=hot,
            on_plan=self.seen, on_slice=self.pool.add,
        )  # fmt: skip
        return mend(self.judge, search.best())

    def pyvrp(self, start: Plan | None, watch: Stopwatch) -> Plan | None:
        """Return PyVRP's best plan if it has one."""
        strict = start is None or not self.judge.ix.left_out(start)
        found = pyvrp_engine.improve(
            self.judge, watch, seed=self.seed, start=start, on_plan=self.seen, strict=strict
        )
        return None if found is None else mend(self.judge, found)

    def classic(self, start: Plan | None) -> Plan:
        """Return the best of both, in the order that suits the length of routes."""
        watch, n = self.watch, self.judge.ix.n
        if n <= LONG_ROUTE_STOPS_MAX and watch.timed:
            start = self.kernel(start, watch.share(PROBE_SHARE), None if start is None else WARM)
            if n > LONG_ROUTE * sum(bool(sequence) for sequence in start):
                found = self.pyvrp(None, watch.share(PYVRP_FIRST_SHARE))
                start = self._better(start, found)
                return self.kernel(start, watch.share(PYVRP_SHARE), POLISH)
            hot = None
        else:
            hot = None if start is None else WARM
        share = CLASSIC_SHARE if n < LARGE_FROM else LARGE_SHARE
        plan = self.kernel(start, watch.share(share), hot)
        part = watch.share(PYVRP_SHARE if watch.timed else 1 - share)
        return self._better(plan, self.pyvrp(plan, part))

    def _better(self, plan: Plan, found: Plan | None) -> Plan:
        if found is None or self.judge.cost(found).total >= self.judge.cost(plan).total:
            return plan
        return found


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
