"""Read the news of other rooms and send the messages they cause."""

import time
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import structlog

from backend import dispatch, tracking
from backend.dispatch import Published, Reassigned
from backend.house import House, JobHandler
from backend.kit import jobs
from backend.kit.clock import now
from backend.kit.outbound import Outbound
from backend.kit.sql import Conn
from backend.notifications import rules, store
from backend.notifications.actions import SEND, tell_errands, tell_staff
from backend.notifications.model import Message, MessageState, Send, Subscription, Words
from backend.notifications.sender import Outcome, PushKey, Sender
from backend.notifications.words import find_words
from backend.tracking import RECORDED, Recorded

log = structlog.get_logger("notifications")

URGENT = frozenset({"next", "wake"})


class TryLater(Exception):
    """Not sent this time; the job is tried again after a while."""


async def on_recorded(house: House, payload: bytes) -> None:
    """Tell the citizen what was recorded, and those who come next that the courier is near."""
    news = jobs.decode(payload, Recorded)
    near = house.settings.num_stops_near
    async with house.db.transaction(actor="house", offices="*") as conn:
        events = await tracking.list_events(conn, news.office_id, news.errand_id)
        event = next((event for event in events if event.n == news.n), None)
        kind = None if event is None else rules.kind_of(event.code)
        if event is None or kind is None:
            return
        about = str(event.n)
        if kind == "on_the_way":
            place = await dispatch.find_place_in_round(conn, news.office_id, news.errand_id)
            if place is not None and place.num_before <= near:
                kind, about = "next", str(place.stop_id)
        await tell_errands(conn, news.office_id, kind, {news.errand_id: about}, now())
        if event.code in rules.MOVES_ON:
            await _tell_near(conn, news.office_id, news.errand_id, near)


async def _tell_near(conn: Conn, office_id: UUID, errand_id: UUID, num_near: int) -> None:
    found = await dispatch.list_near(conn, office_id, errand_id, num_near)
    about = {near_id: str(stop_id) for near_id, stop_id in found}
    await tell_errands(conn, office_id, "next", about, now())


async def on_published(house: House, payload: bytes) -> None:
    """Wake the phones of the couriers who got stops."""
    news = jobs.decode(payload, Published)
    async with house.db.transaction(actor="house", offices="*") as conn:
        couriers = await store.list_plan_couriers(conn, news.office_id, news.plan_id)
        await tell_staff(conn, news.office_id, "wake", str(news.plan_id), couriers, now())


async def on_reassigned(house: House, payload: bytes) -> None:
    """Wake the phones of who lost a stop and of who got it."""
    news = jobs.decode(payload, Reassigned)
    stops = [news.gone_stop_id, news.stop_id]
    async with house.db.transaction(actor="house", offices="*") as conn:
        couriers = await store.list_stop_couriers(conn, news.office_id, stops)
        await tell_staff(conn, news.office_id, "wake", str(news.stop_id), couriers, now())


async def send(house: House, payload: bytes) -> None:
    """Send one message, outside any transaction, by one sender at a time.

    Run twice, the second run finds it sent. A sender that died between sending and noting so is
    the one case of a message told twice; its topic lets the browser show it once.
    """
    job = jobs.decode(payload, Send)
    async with house.db.transaction(actor="house", offices="*") as conn:
        message = await store.take_message(conn, job.office_id, job.message_id, now())
        if message is None:
            if await store.is_being_sent(conn, job.office_id, job.message_id):
                raise TryLater(str(job.message_id))
            return
        to = await store.find_subscription(conn, message.office_id, message.subscription_id)
        assert to is not None, "a message belongs to a subscription"
        words = None if to.ended_at else await find_words(conn, message, to, now())
        if words is None:
            state: MessageState = "gone" if to.ended_at else "failed"
            await store.settle_message(conn, message, state, now())
            return
    outcome = await _send(house, message, to, words)
    async with house.db.transaction(actor="house", offices="*") as conn:
        state = _settled(outcome, message.num_tries)
        await store.settle_message(conn, message, state, now())
        if outcome == "gone":
            await store.end_subscription(conn, to.office_id, to.id, now())
    log.info("message", outcome=outcome, kind=message.kind, office=str(to.office_id))
    if state == "queued":
        raise TryLater(str(message.id))


def _settled(outcome: Outcome, num_tries: int) -> MessageState:
    if outcome == "later":
        return "queued" if num_tries < rules.TRIES_MAX else "failed"
    return "failed" if outcome == "refused" else outcome


async def _send(house: House, message: Message, to: Subscription, words: Words) -> Outcome:
    settings = house.settings
    circuit = house.circuits.of(urlsplit(to.endpoint).netloc)
    if not circuit.take(is_retry=message.num_tries > 1, now_s=time.monotonic()):
        return "later"
    body = msgspec.json.encode(
        {
            "id": str(message.id),
            "kind": message.kind,
            "ref": str(to.errand_id or to.staff_id),
            "title": words.title,
            "body": words.body,
            "at": message.queued_at,
        }
    )
    async with Outbound(allow_local=settings.allow_local_push) as outbound:
        sender = Sender(
            PushKey(settings.vapid_private_key, settings.vapid_subject),
            outbound,
            settings.allow_local_push,
        )
        outcome = await sender.send(
            to, body, topic=message.id.hex, is_urgent=message.kind in URGENT
        )
    circuit.note(is_answered=outcome != "later")
    return outcome


HANDLERS: dict[str, JobHandler] = {
    RECORDED: on_recorded,
    dispatch.PUBLISHED: on_published,
    dispatch.REASSIGNED: on_reassigned,
    SEND: send,
}
