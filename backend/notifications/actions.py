"""Verbs of notifications: subscribe, stop, and put messages in the queue, each once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.kit import jobs
from backend.kit.errors import Conflict
from backend.kit.sql import Conn
from backend.notifications import rules, store
from backend.notifications.model import Kind, Send, Subscribe

SEND = "notifications.send"


async def subscribe(
    conn: Conn, *, office_id: UUID, errand_id: UUID, wish: Subscribe, now: datetime
) -> None:
    """Tell a browser of an errand from now on; the first message says that it works.

    The endpoint was checked by `check_endpoint`. Raises `Conflict` `push_full`.
    """
    if await store.num_subscriptions(conn, office_id, errand_id) >= rules.SUBSCRIPTIONS_MAX:
        raise Conflict("push_full")
    _, is_new = await store.subscribe(
        conn, office_id=office_id, errand_id=errand_id, staff_id=None, wish=wish, now=now
    )
    if is_new:
        await tell_errands(conn, office_id, "booked", {errand_id: "subscribed"}, now)


async def subscribe_staff(
    conn: Conn, *, office_id: UUID, staff_id: UUID, wish: Subscribe, now: datetime
) -> None:
    """Wake a courier's phone by message from now on."""
    await store.subscribe(
        conn, office_id=office_id, errand_id=None, staff_id=staff_id, wish=wish, now=now
    )


async def tell_errands(
    conn: Conn, office_id: UUID, kind: Kind, about: dict[UUID, str], now: datetime
) -> int:
    """Queue a message to each browser that follows one of the errands; return how many are new.

    `about` says for each errand what it is told of; the same again is not told again.
    """
    made = await store.add_messages_for_errands(conn, office_id, kind, about, now)
    await _queue(conn, office_id, made)
    return len(made)


async def tell_staff(
    conn: Conn, office_id: UUID, kind: Kind, about: str, staff_ids: Sequence[UUID], now: datetime
) -> int:
    """Queue a message to each phone of some couriers; return how many are new."""
    made = await store.add_messages_for_staff(conn, office_id, kind, about, staff_ids, now)
    await _queue(conn, office_id, made)
    return len(made)


async def _queue(conn: Conn, office_id: UUID, message_ids: Sequence[UUID]) -> None:
    if message_ids:
        await jobs.enqueue_many(conn, SEND, [Send(office_id, made) for made in message_ids])
