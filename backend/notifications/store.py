"""Rows of notifications."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from backend.kit.ids import new_id
from backend.kit.sql import Conn, load
from backend.notifications.model import (
    Kind,
    Message,
    MessageState,
    Subscribe,
    Subscription,
)

queries = load(__file__)

TAKEN_FOR = timedelta(minutes=1)
"""Longer than any sending lasts: whoever took a message and is silent since has died."""


class ErrandWords(NamedTuple):
    """What the words of a message need of an errand."""

    service: Literal["S1", "S2"]
    item_code: str | None
    office: str
    office_phone: str | None


def _id(value: UUID) -> UUID:
    return value


async def subscribe(
    conn: Conn,
    *,
    office_id: UUID,
    errand_id: UUID | None,
    staff_id: UUID | None,
    wish: Subscribe,
    now: datetime,
) -> tuple[UUID, bool]:
    """Write a subscription; return its id, and whether it is new."""
    about = {"office_id": office_id, "errand_id": errand_id, "staff_id": staff_id}
    keys = {"p256dh": wish.keys.p256dh, "auth": wish.keys.auth, "locale": wish.locale}
    params = {**about, **keys, "endpoint": wish.endpoint}
    made = await queries.value(conn, "subscribe", id=new_id(), now=now, **params)
    if made is not None:
        return UUID(str(made)), True
    known = await queries.value(conn, "renew_subscription", **params)
    return UUID(str(known)), False


async def num_subscriptions(conn: Conn, office_id: UUID, errand_id: UUID) -> int:
    """Return how many browsers are told of an errand."""
    return int(
        await queries.value(conn, "num_subscriptions", office_id=office_id, errand_id=errand_id)
    )


async def end_subscription_of(
    conn: Conn,
    *,
    office_id: UUID,
    errand_id: UUID | None,
    staff_id: UUID | None,
    endpoint: str,
    now: datetime,
) -> None:
    """End what a browser asked for, if it did."""
    await queries.run(
        conn,
        "end_subscription_of",
        office_id=office_id,
        errand_id=errand_id,
        staff_id=staff_id,
        endpoint=endpoint,
        now=now,
    )


async def end_subscription(
    conn: Conn, office_id: UUID, subscription_id: UUID, now: datetime
) -> None:
    """End a subscription whose browser is gone."""
    await queries.run(conn, "end_subscription", office_id=office_id, id=subscription_id, now=now)


async def find_subscription(
    conn: Conn, office_id: UUID, subscription_id: UUID
) -> Subscription | None:
    """Return a subscription, or None."""
    return await queries.one(
        conn, "find_subscription", Subscription, office_id=office_id, id=subscription_id
    )


async def add_messages_for_errands(
    conn: Conn,
    office_id: UUID,
    kind: Kind,
    about: dict[UUID, str],
    now: datetime,
) -> list[UUID]:
    """Write a message to each browser that follows one of the errands; return the new ones."""
    return await queries.list(
        conn,
        "add_messages_for_errands",
        _id,
        office_id=office_id,
        kind=kind,
        errand_ids=list(about),
        abouts=list(about.values()),
        now=now,
    )


async def add_messages_for_staff(
    conn: Conn, office_id: UUID, kind: Kind, about: str, staff_ids: Sequence[UUID], now: datetime
) -> list[UUID]:
    """Write a message to each phone of some couriers; return the new ones."""
    return await queries.list(
        conn,
        "add_messages_for_staff",
        _id,
        office_id=office_id,
        kind=kind,
        about=about,
        staff_ids=list(staff_ids),
        now=now,
    )


async def take_message(
    conn: Conn, office_id: UUID, message_id: UUID, now: datetime
) -> Message | None:
    """Take a message to send it, or return None when it is not to be sent by us."""
    return await queries.one(
        conn,
        "take_message",
        Message,
        office_id=office_id,
        id=message_id,
        now=now,
        before=now - TAKEN_FOR,
    )


async def is_being_sent(conn: Conn, office_id: UUID, message_id: UUID) -> bool:
    """Return whether somebody is at a message now."""
    return bool(await queries.value(conn, "is_being_sent", office_id=office_id, id=message_id))


async def settle_message(conn: Conn, message: Message, state: MessageState, now: datetime) -> None:
    """Write how the sending ended, unless somebody else has taken the message since."""
    await queries.run(
        conn,
        "settle_message",
        office_id=message.office_id,
        id=message.id,
        state=state,
        taken_at=message.taken_at,
        now=now,
    )


async def read_errand(conn: Conn, office_id: UUID, errand_id: UUID) -> ErrandWords | None:
    """Return what the words of a message need of an errand, or None."""
    return await queries.one(
        conn, "read_errand", ErrandWords, office_id=office_id, errand_id=errand_id
    )


async def list_plan_couriers(conn: Conn, office_id: UUID, plan_id: UUID) -> list[UUID]:
    """Return the couriers to whom a published plan gave stops."""
    return await queries.list(conn, "list_plan_couriers", _id, office_id=office_id, plan_id=plan_id)


async def list_stop_couriers(conn: Conn, office_id: UUID, stop_ids: Sequence[UUID]) -> list[UUID]:
    """Return the couriers on whose rounds some stops stand, or stood."""
    return await queries.list(
        conn, "list_stop_couriers", _id, office_id=office_id, stop_ids=list(stop_ids)
    )
