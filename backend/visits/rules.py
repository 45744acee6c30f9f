"""Which stage it is, and what the privacy budget lets through; pure."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from backend.dispatch import PlaceInRound
from backend.kit import catalog
from backend.notifications import Nearness
from backend.tracking import EventCode
from backend.visits.model import Stage

# An errand that is not on its way: its state, as a citizen is told.
STAGES: dict[str, Stage] = {
    "booked": "booked",
    "at_office": "at_office",
    "accepted": "accepted",
    "handed_to_agency": "handed_to_agency",
    "delivered": "delivered",
    "returning": "returning",
    "returned_to_agency": "returned_to_agency",
    "refused": "refused",
    "cancelled": "cancelled",
    "frozen": "on_hold",
}
# The last event of an item, as its code alone tells; what is not here is not told.
OF_EVENT: dict[EventCode, Stage] = {
    "booked": "booked",
    "at_office": "at_office",
    "planned": "planned",
    "on_round": "on_the_way",
    "accepted": "accepted",
    "delivered": "delivered",
    "attempt_failed": "failed",
    "handed_to_agency": "handed_to_agency",
    "agency_refused": "refused",
    "agency_asks": "handed_to_agency",
    "agency_done": "handed_to_agency",
    "returning": "returning",
    "returned_to_agency": "returned_to_agency",
    "cancelled": "cancelled",
    "corrected": "on_the_way",
}
CODE_VALID = timedelta(days=90)
"""A code is forgotten so long after the last that happened."""
S10 = re.compile(r"[A-Z]{2}[0-9]{9}VN")
NO_CODE = "ZZ000000000VN"
"""Asked for in the place of what is no code, so that the answer takes the same work."""


class Shown(NamedTuple):
    """What the privacy budget lets through of a place in a round."""

    stage: Stage
    nearness: Nearness
    stops_away: int | None
    is_courier_shown: bool


def show(place: PlaceInRound, num_near: int) -> Shown:
    """Return what to show of a visit to come.

    Planned: a day and a wide window. Out: a narrower one. With at most `num_near` visits before
    theirs: how many, and who comes.
    """
    if place.round_state != "open":
        return Shown("planned", "planned", None, False)
    if place.num_before > num_near:
        return Shown("on_the_way", "out", None, False)
    return Shown("near", "near", place.num_before, True)


def stage_without_round(service: str, state: str, num_attempts: int) -> Stage:
    """Return the stage of an errand that is on no round now.

    A visit that failed shows as such until the papers are taken (S1) or, for a result (S2), until
    it is delivered or goes back.
    """
    waits = {"S1": ("booked",), "S2": ("at_office", "out")}[service]
    if state in waits and num_attempts > 0:
        return "failed"
    return "on_the_way" if state == "out" else STAGES.get(state, "on_hold")


def first_name(display_name: str) -> str:
    """Return the given name: the last word of a Vietnamese name."""
    return display_name.split()[-1] if display_name.split() else ""


def read_code(text: str) -> str:
    """Return the code to look for; what is no code of ours becomes one that does not exist."""
    code = re.sub(r"[\s.-]+", "", text).upper()
    return code if S10.fullmatch(code) else NO_CODE


def is_forgotten(last_at: datetime, now: datetime) -> bool:
    """Return whether a code has ended."""
    return last_at + CODE_VALID < now


catalog.add(
    {
        "too_late_to_instruct": (
            "Bưu tá đã lên đường nên không ghi thêm lời nhắn được nữa. Hãy gọi cho bưu cục.",
            "The courier has set out, so nothing can be added any more. Please call the office.",
        )
    }
)
