"""Which event is told as what, and how hours and days are said; pure."""

from datetime import date, datetime

from backend.kit.catalog import Locale
from backend.kit.clock import LOCAL
from backend.notifications.model import Kind
from backend.tracking import EventCode

# None: the event is told with another one, or not at all.
TOLD: dict[EventCode, Kind | None] = {
    "booked": "booked",
    "planned": "planned",
    "on_round": "on_the_way",
    "accepted": "accepted",
    "delivered": "delivered",
    "attempt_failed": "failed",
    "invited": None,  # inside the message of the visit that failed
    "handed_to_agency": "received_by_agency",
    "returning": "returning",
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
