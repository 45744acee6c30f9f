"""Several searches of the kernel at once, one a core, that begin again from the best among them.

The compiled search lets go of the interpreter, so threads are enough. Counted in iterations the
answer is the same every time: nobody waits for whoever is first.
"""

from concurrent.futures import ThreadPoolExecutor

from routing.engines import OnPlan, nothing_to_tell
from routing.engines.kernel.engine import Kernel
from routing.engines.kernel.model import make_model
from routing.indexed import Indexed, Plan
from routing.limit import Stopwatch

MEETINGS = 8
"""How often the searches compare, beginning half way."""


def search_together(
    ix: Indexed,
    watch: Stopwatch,
    *,
    cores: int,
    seed: int,
    start: Plan | None,
    hot: float | None,
    on_plan: OnPlan,
    on_slice: OnPlan,
) -> Kernel:
    """Return the search with the best plan."""
    model = make_model(ix)
    searches = [
        Kernel(ix, start=start, seed=seed + 7919 * nth, model=model) for nth in range(cores)
    ]
    if cores == 1:
        searches[0].run(watch, on_plan=on_plan, hot=hot, on_slice=on_slice)
        return searches[0]
    with ThreadPoolExecutor(cores) as threads:
        for nth in range(MEETINGS):
            part = watch.share(1 / (MEETINGS - nth)) if watch.timed else watch.share(1 / MEETINGS)
            span = (nth / MEETINGS, (nth + 1) / MEETINGS)
            # Only the first search tells on its way: who listens is not to be called by two.
            running = [
                threads.submit(
                    search.run, part, hot=hot, span=span, on_slice=on_slice,
                    on_plan=on_plan if search is searches[0] else nothing_to_tell,
                )
                for search in searches
            ]  # fmt: skip
            for one in running:
                one.result()
            best = min(searches, key=lambda search: search.cost)
            on_plan(best.best())
            if nth + 1 >= MEETINGS // 2:
                for search in searches:
                    if search.cost > best.cost:
                        search.load(best.best())
    return min(searches, key=lambda search: search.cost)
