"""Who goes where today: plans asked for, solved in the background, published as rounds."""

from backend.dispatch.actions import (
    HOUSE_ID,
    PUBLISHED,
    REASSIGNED,
    ask,
    discard,
    get_plan,
    list_unplanned,
    plan_topic,
    publish,
)
from backend.dispatch.jobs import solve
from backend.dispatch.model import PlanRow, Published, Reassigned, Solve
from backend.dispatch.store import (
    DoorRow,
    PlaceInRound,
    find_place_in_round,
    list_doors,
    list_near,
    list_plans,
)

__all__ = [
    "HOUSE_ID",
    "PUBLISHED",
    "REASSIGNED",
    "DoorRow",
    "PlaceInRound",
    "PlanRow",
    "Published",
    "Reassigned",
    "Solve",
    "ask",
    "discard",
    "find_place_in_round",
    "get_plan",
    "list_doors",
    "list_near",
    "list_plans",
    "list_unplanned",
    "plan_topic",
    "publish",
    "solve",
]
