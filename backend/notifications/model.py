"""Nouns of notifications: subscriptions, messages, and what is told when."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from backend.kit.catalog import Locale

Kind = Literal[
    "booked",
    "planned",
    "on_the_way",
    "next",
    "accepted",
    "delivered",
    "failed",
    "returning",
    "received_by_agency",
    "corrected",
    "wake",
]
MessageState = Literal["queued", "sending", "sent", "gone", "failed"]
Key = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]+={0,2}$")]


class PushKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the browser gave to seal messages for it alone (RFC 8291)."""

    p256dh: Annotated[Key, msgspec.Meta(min_length=86, max_length=90)]
    """Uncompressed P-256 point, base64url."""
    auth: Annotated[Key, msgspec.Meta(min_length=21, max_length=26)]


class Subscribe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A browser that wants to be told."""

    endpoint: Annotated[str, msgspec.Meta(min_length=12, max_length=2048)]
    keys: PushKeys
    locale: Locale = "vi"


class Unsubscribe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A browser that does not any more."""

    endpoint: Annotated[str, msgspec.Meta(min_length=12, max_length=2048)]


class Subscription(msgspec.Struct, frozen=True):
    """A subscription as it is kept; columns in the order of the queries."""

    office_id: UUID
    id: UUID
    errand_id: UUID | None
    staff_id: UUID | None
    endpoint: str
    p256dh: str
    auth: str
    locale: Locale
    ended_at: datetime | None


class Message(msgspec.Struct, frozen=True):
    """One message to one subscription."""

    office_id: UUID
    id: UUID
    subscription_id: UUID
    kind: Kind
    about: str
    """What it is about: the number of an event, a stop, a plan; told once."""
    state: MessageState
    num_tries: int
    queued_at: datetime
    taken_at: datetime | None


class Send(msgspec.Struct, frozen=True):
    """Job `notifications.send`."""

    office_id: UUID
    message_id: UUID


class Words(msgspec.Struct, frozen=True):
    """What a person reads."""

    title: str
    body: str
