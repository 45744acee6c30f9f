"""From a message's kind to its words: what is true at the moment of sending."""

from datetime import datetime
from uuid import UUID

from backend import dispatch, tracking
from backend.kit.catalog import Locale
from backend.kit.clock import service_day
from backend.kit.sql import Conn
from backend.notifications import store
from backend.notifications.model import Kind, Message, Subscription, Words
from backend.notifications.rules import say_day, say_time
from backend.notifications.templates import INVITATION, READY, REASONS, choose, write
from backend.tracking import Event

COMING: dict[Kind, dispatch.Nearness] = {
    "planned": "planned",
    "on_the_way": "out",
    "next": "near",
}
"""Kinds that speak of a visit to come, and how near it is."""


async def find_words(conn: Conn, message: Message, to: Subscription, now: datetime) -> Words | None:
    """Return what to say, or None when the message has been overtaken by events."""
    if to.errand_id is None:
        return write(message.kind, to.locale, {})
    errand = await store.read_errand(conn, to.office_id, to.errand_id)
    if errand is None:
        return None
    params = {
        "office": errand.office,
        "code": errand.item_code or "",
        "ready": choose(READY[errand.service], to.locale),
    }
    if message.kind in COMING:
        coming = await _describe_visit(conn, message.kind, to.errand_id, to, now)
        if coming is None:
            return None
        params |= coming
    elif message.about.isdigit():
        events = await tracking.list_events(conn, to.office_id, to.errand_id)
        params |= _describe_event(events, int(message.about), errand.office, to.locale)
    return write(message.kind, to.locale, params)


async def _describe_visit(
    conn: Conn, kind: Kind, errand_id: UUID, to: Subscription, now: datetime
) -> dict[str, str] | None:
    place = await dispatch.find_place_in_round(conn, to.office_id, errand_id)
    if place is None or (kind != "planned" and place.round_state != "open"):
        return None
    early, late = dispatch.narrow(
        place.planned_at,
        COMING[kind],
        delay_s=place.delay_s,
        tw_early_at=place.tw_early_at,
        tw_late_at=place.tw_late_at,
        now=now,
    )
    return {
        "day": say_day(place.service_on, to.locale),
        "early": say_time(early),
        "late": say_time(late),
        "stops": str(place.num_before),
    }


def _describe_event(events: list[Event], n: int, office: str, locale: Locale) -> dict[str, str]:
    """Return what event `n` says; a visit that failed takes the invitation told with it along."""
    event = next(event for event in events if event.n == n)
    params = {
        "day": say_day(service_day(event.occurred_at), locale),
        "time": say_time(event.occurred_at),
        "reason": choose(REASONS.get(str(event.data.get("reason")), ("", "")), locale),
        "invitation": "",
    }
    after = next((e for e in events if e.n == n + 1 and e.code == "invited"), None)
    if after is not None:
        text = choose(INVITATION, locale).replace("$number", str(after.data.get("number")))
        params["invitation"] = text.replace("$office", office)
    return params
