"""The optimiser: a library. No database, no network, no clock but the limit's, no hidden chance."""

from routing.evaluate import evaluate, violations
from routing.limit import Limit
from routing.precheck import precheck
from routing.problem import (
    Break,
    Closure,
    Depot,
    MalformedProblem,
    Problem,
    Profile,
    Promise,
    SpeedBand,
    Stop,
    TimeWindow,
    Vehicle,
    Weights,
)
from routing.solution import (
    Cost,
    Reason,
    Rest,
    Route,
    Solution,
    Unassigned,
    Violation,
    Visit,
)
from routing.solve import solve

__all__ = [
    "Break", "Closure", "Cost", "Depot", "Limit", "MalformedProblem", "Problem", "Profile",
    "Promise", "Reason", "Rest", "Route", "Solution", "SpeedBand", "Stop", "TimeWindow",
    "Unassigned", "Vehicle", "Violation", "Visit", "Weights", "evaluate", "precheck", "solve",
    "violations",
]  # fmt: skip
