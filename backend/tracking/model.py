"""Nouns of tracking."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.tracking.codes import EventCode


class NewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to an errand, to be told."""

    office_id: UUID
    errand_id: UUID
    code: EventCode
    occurred_at: datetime
    received_at: datetime
    data: dict[str, Any] = {}
    """Never a person's name, number or address."""


class Event(msgspec.Struct, frozen=True):
    """An event as it is read; columns in the order of `list_events`."""

    n: int
    code: EventCode
    occurred_at: datetime
    received_at: datetime
    data: dict[str, Any]


class Recorded(msgspec.Struct, frozen=True):
    """Payload of the job `tracking.recorded`: events `n` of one errand."""

    office_id: UUID
    errand_id: UUID
    n: int
