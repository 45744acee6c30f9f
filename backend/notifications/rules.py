"""Which event is told as what, and how hours and days are said; pure."""

from datetime import UTC, date, datetime
from typing import Literal

from backend.kit.catalog import Locale
from backend.kit.clock import LOCAL
from backend.notifications.model import Kind
from backend.tracking import EventCode

# None: the event is told with another one, or not at all.
TOLD: dict[EventCode, Kind | None] = {
    "booked": None,  # nobody can follow it before; the first message says so
    "planned": "planned",
    "on_round": "on_the_way",
    "accepted": "accepted",
    "delivered": "delivered",
    "attempt_failed": "failed",
    "invited": None,  # inside the message of the visit that failed
    "handed_to_agency": "received_by_agency",
    "returning": "returning",
    "corrected": "corrected",
}
MOVES_ON: frozenset[EventCode] = frozenset({"accepted", "delivered", "attempt_failed"})
"""After these the courier goes to the next door, so others come nearer."""
SUBSCRIPTIONS_MAX = 20
"""Browsers that may follow one errand."""
TRIES_MAX = 5


def kind_of(code: EventCode) -> Kind | None:
    """Return what an event is told as, or None."""
    return TOLD.get(code)


def say_day(day: date, locale: Locale) -> str:
    """Return a day as people say it: `24/11`, `24 Nov`."""
    return f"{day:%d/%m}" if locale == "vi" else f"{day.day} {day:%b}"


def say_time(at: datetime) -> str:
    """Return the local time of day: `10:20`."""
    return f"{at.astimezone(LOCAL):%H:%M}"


STEP_S = 600
SPREAD_S = {"planned": 3600, "out": 1800, "near": 1200}
"""Half of what a citizen is told as the window: it narrows as the visit comes nearer."""
Nearness = Literal["planned", "out", "near"]


def narrow(
    planned_at: datetime,
    nearness: Nearness,
    *,
    delay_s: int = 0,
    tw_early_at: datetime | None = None,
    tw_late_at: datetime | None = None,
    now: datetime,
) -> tuple[datetime, datetime]:
    """Return the window to tell a citizen: whole tens of minutes, never a false minute.

    A courier who is late, or has not been heard of since the planned time, moves it: what is past
    is not promised again. A window that was asked for bounds it as long as it can be kept; it
    never ends in the past.
    """
    spread_s = SPREAD_S[nearness]
    middle_s = planned_at.timestamp() + (delay_s if nearness != "planned" else 0)
    is_overdue = middle_s < now.timestamp()
    middle_s = max(middle_s, now.timestamp())
    early_s = (middle_s if is_overdue else middle_s - spread_s) // STEP_S * STEP_S
    late_s = -((-middle_s - spread_s) // STEP_S) * STEP_S
    if tw_early_at is not None:
        early_s = max(early_s, tw_early_at.timestamp())
    if tw_late_at is not None and middle_s <= tw_late_at.timestamp():
        late_s = min(late_s, tw_late_at.timestamp())
    late_s = max(late_s, -(-(now.timestamp() + STEP_S) // STEP_S) * STEP_S)
    early_s = min(early_s, late_s - STEP_S)
    return datetime.fromtimestamp(early_s, UTC), datetime.fromtimestamp(late_s, UTC)
