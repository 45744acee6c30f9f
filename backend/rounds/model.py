"""Nouns of rounds: drafts to publish, rounds, stops, acts; the facts a phone may report."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec

from backend.dossiers import FailureReason, Identity, PaperCount, Proxy, Reclaimed, Strokes, Text
from backend.kit.seal import Sealer

ActKind = Literal[
    "dossier.accept",
    "result.deliver",
    "payout.pay",
    "charge.collect",
    "order.take",
    "order.pay",
]
INVITATION_GAP: Final = "invitation_gap_days"
"""Name of the rule: working days between an invitation and the next visit."""
PARTLY: Final = "partly"
"""Reason of an act that is done but for a part, such as a paper that was not taken back."""
KEPT_STORAGE: Final = "money_needs_kept_storage"
"""Name of the rule: 1 where a round with money needs a phone that keeps its storage (S18)."""
MONEY_KINDS: Final = frozenset({"payout.pay", "charge.collect", "order.take", "order.pay"})
"""Acts whose errand stands in `doorstep`; all others are dossiers."""
Sha256Hex = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Photos = Annotated[list[Sha256Hex], msgspec.Meta(max_length=12)]
Codes = Annotated[list[Annotated[str, msgspec.Meta(max_length=60)]], msgspec.Meta(max_length=100)]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]


class ActDraft(msgspec.Struct, frozen=True):
    """One thing to do at a planned stop."""

    errand_id: UUID
    kind: ActKind


class StopDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A planned visit; times in seconds after local midnight of the service day."""

    delivery_point_id: UUID
    citizen_id: UUID
    planned_s: int
    tw_early_s: int | None
    tw_late_s: int | None
    service_duration_s: int
    acts: list[ActDraft]
    reload_s: int | None = None
    """When the courier calls at the office for more cash, before this visit."""
    reload_cash_vnd: int | None = None


class RoundDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A planned round of one courier."""

    courier_id: UUID
    shift_id: UUID
    starts_s: int
    ends_s: int
    lunch_at_s: int | None
    lunch_duration_s: int
    duration_s: int
    distance_m: int
    stops: list[StopDraft]


class Round(msgspec.Struct, frozen=True):
    """A published round; columns in the order of `list_rounds`."""

    office_id: UUID
    id: UUID
    service_on: date
    courier_id: UUID
    shift_id: UUID
    plan_id: UUID
    state: Literal["published", "open", "closed"]
    rev: int
    starts_s: int
    ends_s: int
    lunch_at_s: int | None
    lunch_duration_s: int
    duration_s: int
    distance_m: int
    published_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None


class Stop(msgspec.Struct, frozen=True):
    """A stop of a round; columns in the order of `list_stops`."""

    office_id: UUID
    id: UUID
    round_id: UUID
    position: int
    delivery_point_id: UUID
    citizen_id: UUID
    planned_at: datetime
    tw_early_at: datetime | None
    tw_late_at: datetime | None
    service_duration_s: int
    state: Literal["open", "arrived", "done", "partly", "failed", "removed"]
    arrived_at: datetime | None
    ended_at: datetime | None
    rev: int


class StopAct(msgspec.Struct, frozen=True):
    """An act with its stop and round, locked; columns in the order of `lock_act`."""

    id: UUID
    kind: ActKind
    state: Literal["open", "done", "failed", "removed"]
    errand_id: UUID
    stop_id: UUID
    stop_state: str
    round_id: UUID
    courier_id: UUID
    round_state: str
    service_on: date


class Change(msgspec.Struct, frozen=True):
    """Something a phone must be told; columns in the order of `take_changes`."""

    kind: Literal["round", "stop", "decision", "blob", "cash", "passing"]
    ref: UUID
    is_gone: bool


class Document(msgspec.Struct, frozen=True):
    """What a phone shows of one round or stop; None where it left the courier."""

    kind: str
    ref: UUID
    rev: int
    doc: dict[str, Any] | None


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """Around an op: whose phone, when it happened, when it came."""

    office_id: UUID
    courier_id: UUID
    device_id: UUID | None = None
    """The phone that reports, or reported what is performed now."""
    is_by_person: bool = False
    """A person performs a held fact: the lease and the time were weighed by them."""
    op_id: UUID
    occurred_at: datetime
    received_at: datetime
    time_quality: Literal["good", "corrected", "suspect"]
    sealer: Sealer
    lease_id: UUID | None = None
    """What the lease that a fact names is of; None where there is none."""
    lease_problem: str | None = None
    """Why the fact's own instant is not covered by that lease, or None."""


class Decision(msgspec.Struct, frozen=True):
    """What the server makes of a fact."""

    outcome: Literal["applied", "noop", "held"]
    reason: str | None = None


class Op(msgspec.Struct, frozen=True, kw_only=True):
    """Fields every fact has; each kind adds its own."""

    id: UUID
    kind: str
    v: int


class RoundOpened(Op, frozen=True):
    """The courier set out."""

    round: UUID


class ItemsLoaded(Op, frozen=True):
    """The bag was packed: what was there, what was missing, which codes are not of this round."""

    round: UUID
    items: Annotated[list[UUID], msgspec.Meta(max_length=300)]
    missing: Annotated[list[UUID], msgspec.Meta(max_length=300)] = []
    surplus: Codes = []


class StopArrived(Op, frozen=True):
    """The courier stands at the door."""

    stop: UUID
    lat: Latitude | None = None
    lon: Longitude | None = None
    accuracy_m: float | None = None


class DossierAccepted(Op, frozen=True):
    """Papers taken, counted, sealed, signed."""

    stop: UUID
    act: UUID
    checklist: Annotated[list[PaperCount], msgspec.Meta(max_length=60)]
    seal: Annotated[str, msgspec.Meta(max_length=40)]
    sealed_before_citizen: bool
    fee_shown_vnd: Annotated[int, msgspec.Meta(ge=0)]
    identity: Identity
    proxy: Proxy | None
    sign_citizen: Strokes
    sign_courier: Strokes
    photos: Photos
    side_hash: str | None = None


class ResultDelivered(Op, frozen=True):
    """A result handed to its citizen or proxy."""

    stop: UUID
    act: UUID
    is_seal_whole: bool
    identity: Identity
    proxy: Proxy | None
    reclaimed: Annotated[list[Reclaimed], msgspec.Meta(max_length=20)]
    sign_citizen: Strokes
    photos: Photos
    side_hash: str | None = None


class VisitFailed(Op, frozen=True):
    """The visit did not end in the act."""

    stop: UUID
    act: UUID
    reason: FailureReason
    photos: Photos
    note: Text
    invited: bool
    next_on: date | None = None
    sign_citizen: Strokes = ""
    identity: Identity | None = None


class ActCorrected(Op, frozen=True):
    """What was reported of an act, and left the phone, was not so; or not quite."""

    stop: UUID
    act: UUID
    op: UUID
    """The fact that is corrected."""
    wrong: Literal["not_so", "details"]
    """`not_so`: it did not end that way, and is to be done again. `details`: the end stands."""
    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class ItemsReturned(Op, frozen=True):
    """What was left in the bag, given back at the office."""

    round: UUID
    items: Annotated[list[UUID], msgspec.Meta(max_length=300)]


class PinMoved(Op, frozen=True):
    """The right door on the map, by who stands there."""

    point: UUID
    lat: Latitude
    lon: Longitude
    accuracy_m: float | None = None


class NoteAdded(Op, frozen=True):
    """Something to know about this door."""

    stop: UUID
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class CallLogged(Op, frozen=True):
    """The courier called the citizen of a stop; whether somebody answered is not known."""

    stop: UUID


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where the phone was, for the shift's own log."""

    at: Annotated[datetime, msgspec.Meta(tz=True)]
    lat: Latitude
    lon: Longitude
    accuracy_m: Annotated[float, msgspec.Meta(ge=0)] | None = None


class PositionLogged(Op, frozen=True):
    """Where the courier was lately, on shift only; without points the log was switched off."""

    at: Annotated[datetime, msgspec.Meta(tz=True)]
    """By the phone's own clock, as the points' times are."""
    points: Annotated[list[Position], msgspec.Meta(max_length=60)]


NotesOnWire = Annotated[dict[str, int], msgspec.Meta(max_length=20)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=50_000_000_000)]


class PayoutPaid(Op, frozen=True):
    """A pension, an allowance or another payout handed over at a door."""

    stop: UUID
    act: UUID
    lease: UUID | None
    """Under which the phone had the list; None: it had none, and a person must look."""
    amount_vnd: Amount
    identity: Identity
    proxy: Proxy | None
    sign_citizen: Strokes
    photos: Photos
    notes: NotesOnWire | None = None
    authority_id: Annotated[str, msgspec.Meta(max_length=60)] | None = None
    """Number of the proxy's paper."""
    side_hash: str | None = None


class ReceiptUse(msgspec.Struct, frozen=True):
    """A number that the phone wrote from its block."""

    block: UUID
    number: Annotated[int, msgspec.Meta(ge=1, le=99_999_999)]


class ChargeCollected(Op, frozen=True):
    """A fee, a bill or a tax taken at a door, in cash or by a QR shown full screen."""

    stop: UUID
    act: UUID
    amount_vnd: Amount
    method: Literal["cash", "qr"]
    receipt: ReceiptUse | None = None
    payer_sign: Strokes = ""
    photos: Photos = []


class OrderTaken(Op, frozen=True):
    """A money order's cash and fee taken at the sender's door."""

    stop: UUID
    act: UUID
    amount_vnd: Amount
    fee_vnd: int
    identity: Identity
    sign_citizen: Strokes
    receipt: ReceiptUse | None = None


class OrderPaid(Op, frozen=True):
    """A money order paid at the payee's door, against PIN and paper.

    The PIN itself is told before (`OrderAsked`); what the office gave for it stands here.
    """

    stop: UUID
    act: UUID
    grant: str
    amount_vnd: Amount
    identity: Identity
    sign_citizen: Strokes


class CashAccepted(Op, frozen=True):
    """The courier counted what was handed over: a float, or another courier's cash."""

    handover: UUID
    notes: NotesOnWire
    amount_vnd: Amount


class CashPassed(Op, frozen=True):
    """The courier hands cash to another courier, who has still to count it."""

    handover: UUID
    to: UUID
    notes: NotesOnWire
    amount_vnd: Amount


class CashCounted(Op, frozen=True):
    """The courier's own count at the end of the round, before anybody else's is seen."""

    notes: NotesOnWire
    amount_vnd: Amount


class RoundClosed(Op, frozen=True):
    """The day is done."""

    round: UUID
