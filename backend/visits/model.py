"""What a citizen sees of a visit: nobody else's data, never the round (privacy budget)."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from backend.tracking import EventCode

Stage = Literal[
    "booked",
    "planned",
    "on_the_way",
    "near",
    "accepted",
    "at_office",
    "handed_to_agency",
    "delivered",
    "failed",
    "returning",
    "returned_to_agency",
    "refused",
    "cancelled",
    "on_hold",
]


class StageDone(msgspec.Struct, frozen=True):
    """Something that was told, oldest first."""

    code: EventCode
    at: datetime
    office: str
    reason: str | None = None
    """Why a visit failed: a failure code."""


class Window(msgspec.Struct, frozen=True):
    """When to expect the courier, in whole tens of minutes; `narrowed` once they are out."""

    early: datetime
    late: datetime
    narrowed: bool


class CourierNear(msgspec.Struct, frozen=True):
    """Who comes; known only when they are near."""

    first_name: str
    badge: str | None


class Ready(msgspec.Struct, frozen=True):
    """Something to have at hand, in the language asked for."""

    code: Literal["papers", "identity", "reclaim", "fee"]
    text: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What was done at the door."""

    kind: Literal["accepted", "delivered"]
    at: datetime
    item_code: str | None
    dossier_code: str | None
    procedure_name: str
    papers: list[str]
    """Taken from the citizen, with their number."""
    fee_due_vnd: int
    postage_due_vnd: int


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A citizen's errand as their link shows it."""

    ref: UUID
    """By which messages name this errand."""
    service: Literal["S1", "S2"]
    stage: Stage
    stages: list[StageDone]
    wanted_on: date
    window: Window | None
    stops_away: int | None
    """Visits before this one; None until the courier is near."""
    ready: list[Ready]
    fee_due_vnd: int
    postage_due_vnd: int
    courier: CourierNear | None
    office: str
    office_phone: str | None
    last_update_at: datetime | None
    """When the courier's phone last spoke; None unless they are out."""
    receipt: Receipt | None
    instruction: str
    can_instruct: bool
    push_key: str
    subscribed: bool


class Instruction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Floor, bell, whom to ask for."""

    text: Annotated[str, msgspec.Meta(max_length=300)]


class CodeStage(msgspec.Struct, frozen=True):
    """All that a code alone shows (A7)."""

    stage: Stage
    on: date
    office: str
