"""The own engine: compiled ruin and recreate over the full model, anytime and warm-startable."""

from routing.engines import OnPlan
from routing.engines.kernel.engine import Kernel
from routing.engines.kernel.library import library
from routing.engines.kernel.model import supports as knows
from routing.engines.kernel.sound import made_sound
from routing.engines.kernel.together import search_together
from routing.evaluate import Judge
from routing.indexed import Indexed, Plan
from routing.limit import Stopwatch

__all__ = ["Kernel", "made_sound", "run", "search_together", "supports"]


def supports(ix: Indexed) -> bool:
    """Whether the kernel can be had here and knows all the rules of a problem."""
    return knows(ix) and library() is not None


def run(
    judge: Judge, watch: Stopwatch, *, seed: int, start: Plan | None, on_plan: OnPlan
) -> Plan | None:
    """Return the best plan of ruin and recreate; None where `supports` says no.

    An iteration is one ruin with its recreation.
    """
    if not supports(judge.ix):
        return None
    kernel = Kernel(judge.ix, start=start, seed=seed)
    kernel.run(watch, on_plan=on_plan)
    return kernel.best()
