"""The optimiser: a library. No database, no network, no clock but the limit's, no hidden chance."""

from routing.evaluate import evaluate, violations
from routing.explain import Explanation, explain
from routing.limit import Limit
from routing.live import (
    Cancelled,
    CashChanged,
    Delayed,
    Event,
    Ill,
    Inserted,
    Progress,
    Repaired,
    RoadClosed,
    WindowChanged,
    best_places,
    fitting_windows,
    places_for,
    repair,
)
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
    "Break", "Cancelled", "CashChanged", "Closure", "Cost", "Delayed", "Depot", "Event",
    "Explanation", "Ill", "Inserted", "Limit", "MalformedProblem", "Problem", "Profile",
    "Progress", "Promise", "Reason", "Repaired", "Rest", "RoadClosed", "Route", "Solution",
    "SpeedBand", "Stop", "TimeWindow", "Unassigned", "Vehicle", "Violation", "Visit", "Weights",
    "WindowChanged", "best_places", "evaluate", "explain", "fitting_windows", "places_for",
    "precheck", "repair", "solve", "violations",
]  # fmt: skip
