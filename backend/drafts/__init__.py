"""The draft of a day: from its rows to the optimiser's question, from the answer to routes.

No database and little to load, because it runs in a process of its own, begun for each plan.
"""

from backend.drafts.model import (
    Cause,
    Draft,
    DraftReload,
    DraftRoute,
    DraftStop,
    DueErrand,
    LeftOut,
    News,
    PlanInput,
    Profile,
    Progress,
    Running,
    Span,
    Totals,
    TravelSource,
    WorkingCourier,
)

__all__ = [
    "Cause",
    "Draft",
    "DraftReload",
    "DraftRoute",
    "DraftStop",
    "DueErrand",
    "LeftOut",
    "News",
    "PlanInput",
    "Profile",
    "Progress",
    "Running",
    "Span",
    "Totals",
    "TravelSource",
    "WorkingCourier",
]
