"""What the dispatcher's screens show."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from backend.dossiers import Paper, Reclaim
from backend.sync import HeldProposal
from backend.tracking import EventCode

StopState = Literal["open", "arrived", "done", "partly", "failed", "removed"]
Service = Literal["S1", "S2"]


class BoardAct(msgspec.Struct, frozen=True):
    """One thing to do at a stop."""

    id: UUID
    kind: str
    state: Literal["open", "done", "failed", "removed"]
    reason: str | None
    errand_id: UUID
    item_code: str | None


class BoardStop(msgspec.Struct, frozen=True, kw_only=True):
    """One stop of a round, planned and as it went."""

    id: UUID
    position: int
    state: StopState
    planned_at: datetime
    tw_early_at: datetime | None
    tw_late_at: datetime | None
    service_duration_s: int
    arrived_at: datetime | None
    ended_at: datetime | None
    name: str
    address: str
    commune: str | None
    lat: float | None
    lon: float | None
    pin: str
    acts: list[BoardAct]


class BoardPhone(msgspec.Struct, frozen=True):
    """What is known of a courier's phone."""

    num_unsent: int
    """Facts the phone said it has minus those received."""
    last_seen_at: datetime
    last_occurred_at: datetime | None
    app_version: str


class BoardPlace(msgspec.Struct, frozen=True):
    """Where a courier's phone was last, on this round, by the courier's leave."""

    lat: float
    lon: float
    accuracy_m: float | None
    seen_at: datetime


class BoardCourier(msgspec.Struct, frozen=True):
    """Who drives a round."""

    id: UUID
    display_name: str
    badge: str | None
    phone: str | None
    vehicle_label: str
    profile: str


class BoardRoute(msgspec.Struct, frozen=True, kw_only=True):
    """One round of the day."""

    round_id: UUID
    state: Literal["published", "open", "closed"]
    courier: BoardCourier
    starts_at: datetime
    ends_at: datetime
    lunch_at: datetime | None
    lunch_duration_s: int
    duration_s: int
    distance_m: int
    published_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    phone: BoardPhone | None
    """None: this courier's phone has never spoken."""
    place: BoardPlace | None
    """None: the round is not open, or the courier lets nothing be seen."""
    storage: Literal["free", "required", "waived"]
    """`required`: money is due, so the phone must keep its storage, or somebody lets it leave."""
    stops: list[BoardStop]
    polyline: list[tuple[float, float]]
    """Positions (lat, lon) from the office through the stops and back."""


class BoardOffice(msgspec.Struct, frozen=True):
    """Where the rounds start."""

    id: UUID
    code: str
    name: str
    lat: float
    lon: float
    phone: str | None


class Totals(msgspec.Struct, frozen=True):
    """The day in figures."""

    num_stops: int
    num_done: int
    """Visited and finished with all or part of it done."""
    num_failed: int
    num_unsent: int
    """Facts still on phones."""


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The day as it stands."""

    service_on: date
    server_at: datetime
    office: BoardOffice
    routes: list[BoardRoute]
    totals: Totals
    num_unplanned: int
    num_held: int


class ErrandRow(msgspec.Struct, frozen=True):
    """An errand in a list; columns in the order of `list_errands`."""

    id: UUID
    service: Service
    state: str
    item_code: str | None
    dossier_code: str | None
    procedure_name: str
    partner_name: str
    name: str
    address: str
    commune: str | None
    pin: str
    wanted_on: date
    tw_early_s: int | None
    tw_late_s: int | None
    num_attempts: int
    courier_name: str | None
    """Who has it on a round now."""


class ErrandPage(msgspec.Struct, frozen=True):
    """Errands in the order they were made; `next` is where the next page begins after."""

    items: list[ErrandRow]
    next: UUID | None


class ChainLink(msgspec.Struct, frozen=True):
    """One change of custody by name; columns in the order of `list_chain`."""

    n: int
    from_kind: str | None
    from_name: str | None
    to_kind: str
    to_name: str | None
    seal_number: str | None
    is_seal_whole: bool | None
    occurred_at: datetime
    received_at: datetime
    note: str


class ErrandEvent(msgspec.Struct, frozen=True):
    """What was told to the public."""

    n: int
    code: EventCode
    occurred_at: datetime
    received_at: datetime
    data: dict[str, Any]


class AttemptOut(msgspec.Struct, frozen=True):
    """A visit that failed; columns in the order of `list_attempts`."""

    n: int
    reason: str
    invitation_n: int | None
    next_on: date | None
    note: str
    occurred_at: datetime


class ProofOut(msgspec.Struct, frozen=True):
    """A piece of evidence; `url` is that of a picture."""

    id: UUID
    kind: str
    url: str | None
    data: dict[str, Any]
    occurred_at: datetime


class ErrandDetail(ErrandRow, frozen=True, kw_only=True):
    """An errand with its whole history."""

    agency_state: int
    phone: str | None
    lat: float | None
    lon: float | None
    delivery_point_id: UUID
    instruction: str
    fee_due_vnd: int
    postage_due_vnd: int
    seal_number: str | None
    checklist: list[Paper]
    reclaims: list[Reclaim]
    custody: list[ChainLink]
    events: list[ErrandEvent]
    attempts: list[AttemptOut]
    proofs: list[ProofOut]


class NewCitizen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom a booking is for."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    phone: Annotated[str, msgspec.Meta(max_length=30)] | None = None
    locale: Literal["vi", "en"] = "vi"


class BookErrand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Papers to be taken at a door (S1)."""

    procedure_code: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    citizen: NewCitizen
    address: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    commune_code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{5}$")] | None = None
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    wanted_on: date
    tw_early_s: Annotated[int, msgspec.Meta(ge=0, le=108_000)] | None = None
    tw_late_s: Annotated[int, msgspec.Meta(ge=0, le=108_000)] | None = None
    partner_id: UUID | None = None
    """None: the office's own one-stop centre."""
    instruction: Annotated[str, msgspec.Meta(max_length=300)] = ""


class CitizenLink(msgspec.Struct, frozen=True):
    """What the citizen is sent."""

    url: str


class HeldStop(msgspec.Struct, frozen=True):
    """Where a held fact says it happened."""

    id: UUID
    name: str
    address: str


class HeldFact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that waits for a person."""

    op_id: UUID
    kind: str
    reason: str
    courier_name: str
    occurred_at: datetime
    received_at: datetime
    time_quality: str
    raw: str
    """The fact as the phone wrote it."""
    stop: HeldStop | None
    is_item_frozen: bool
    """Nothing moves the item it is about until this, or another fact about it, is decided."""
    needs_second: bool
    """It is about money: what one person makes of it waits for a controller."""
    asked: HeldProposal | None


class HeldList(msgspec.Struct, frozen=True):
    """Facts that wait for a person, oldest first."""

    items: list[HeldFact]


class DecideHeld(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person makes of a held fact."""

    outcome: Literal["applied", "noop"]
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
