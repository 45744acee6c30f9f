"""Engines: searches that turn a problem, and perhaps a plan, into a better plan.

An engine never has the last word: whatever it returns is mended and judged.
"""

from collections.abc import Callable
from typing import Protocol

from routing.evaluate import Judge
from routing.indexed import Plan
from routing.limit import Stopwatch

OnPlan = Callable[[Plan], None]
"""Called with plans found on the way; they need not be sound."""


class Engine(Protocol):
    """What every engine module offers."""

    def run(
        self, judge: Judge, watch: Stopwatch, *, seed: int, start: Plan | None, on_plan: OnPlan
    ) -> Plan | None:
        """Return the best plan found within the limit; None where the engine has none."""
        ...


def nothing_to_tell(_plan: Plan) -> None:
    """Ignore a plan found on the way."""
