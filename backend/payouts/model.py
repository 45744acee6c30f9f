"""Nouns of payouts: schemes, lists, sums owed to people, payments, doubts, sittings."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID, uuid5

import msgspec

from backend.kit.papers import IdPaper, NumberKind

SchemeCode = Literal["pension", "social", "merit", "campaign", "disbursement"]
How = Literal["home", "pay_point", "counter"]
PayoutState = Literal["unpaid", "paid", "carried", "returned", "stopped", "moved"]
ListState = Literal["draft", "approved", "closed", "discarded"]
Place = Literal["door", "counter", "sitting"]
SettledAs = Literal["valid", "agency_accepts", "courier_owes", "recovered"]
ChangeKind = Literal["added", "stopped", "moved", "deceased", "alive"]
UploadState = Literal["queued", "working", "judged", "done", "failed"]
AlarmKind = Literal[
    "list_missing", "money_missing", "approval_missing", "commune_unpaid", "not_settled"
]
ProposalKind = Literal["correct", "settle", "refund", "export", "fund"]

Period = Annotated[str, msgspec.Meta(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
"""A month, `2026-12`."""
Reference = Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9-]{0,40}$")]
"""Which campaign or order it is, where a scheme pays more than once a month."""
Text = Annotated[str, msgspec.Meta(max_length=500)]
Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=400)]
Strokes = Annotated[str, msgspec.Meta(max_length=8192, pattern=r"^[MLQCZHVmlqczhv0-9 ,.\-]*$")]
"""A signature as the path of an SVG, at most 8 KiB."""
SHARES: Final = UUID("0d0e5a34-2f0e-5a86-93f5-0c1f9d2c5a11")
"""Namespace of shares: what one courier pays of one list, the subject of a lease."""
LEASE_SUBJECT: Final = "payouts"


class Calendar(msgspec.Struct, frozen=True):
    """Days of the month by which things are done (domain 4.1, 4.2)."""

    list_before_day: int
    """Money and list are in before this day of the month before."""
    back_before_day: int
    """Paid and unpaid are back before this day of the period's month."""
    commune_days: tuple[int, int]
    office_days: tuple[int, int]
    merged_months: tuple[int, int] | None = None
    """Two months that may be paid together before Tết."""
    list_warn_days: int = 5
    """So many working days before the last one for money and list they are asked for."""
    commune_warn_days: int = 2
    back_warn_days: int = 3


class EvidenceRules(msgspec.Struct, frozen=True):
    """What must be seen and kept when money is paid."""

    methods: tuple[str, ...]
    needs_signature: bool
    num_photos: int


class ProxyRules(msgspec.Struct, frozen=True):
    """Who may stand in for the payee, and for how long (consequence 20)."""

    is_allowed: bool
    must_be_certified: bool
    months_max: int
    warn_days: int


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of a scheme; `marks` says how sure each is (domain facts)."""

    form: str
    per: Literal["person", "household"]
    calendar: Calendar | None
    evidence: EvidenceRules
    proxy: ProxyRules
    fee_bp: int
    """What the agency pays for paying out, in hundredths of a percent of the sum."""
    fee_vnd: int = 0
    """The same, for each sum paid; a scheme may have both."""
    supervision: Literal["required", "optional", "none"]
    late_days: int | None
    """How long after its day a campaign still pays; None for no end."""
    amount_max_vnd: int
    needs_reference: bool
    service_duration_s: int
    marks: dict[str, str]


class Scheme(msgspec.Struct, frozen=True):
    """A kind of payout as it stands from a day on; columns in the order of `list_schemes`."""

    code: SchemeCode
    valid_from: date
    valid_to: date | None
    name: str
    name_en: str
    funder: str
    settings: Settings
    source: str


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file is said to be when it is brought."""

    scheme: SchemeCode
    period: Period
    second_period: Period | None = None
    reference: Reference = ""
    base_id: UUID | None = None
    """The approved list that a delta list changes."""
    declared_vnd: Annotated[int, msgspec.Meta(ge=0, le=10_000_000_000_000)] | None = None
    """The money announced with the list; None to be told at funding."""
    due_on: date | None = None
    """The day a campaign pays."""
    is_demo: bool = False


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a file found sound."""

    row: int
    change: ChangeKind
    name: str
    id_number: str
    born_on: date | None
    household: str
    num_members: int
    period: str
    amount_vnd: int
    how: How
    address: str
    phone: str | None
    proxy_name: str
    proxy_id: str
    proxy_is_certified: bool
    proxy_from: date | None
    proxy_to: date | None


class PayoutList(msgspec.Struct, frozen=True):
    """A list as it stands; columns in the order of `find_list`."""

    office_id: UUID
    id: UUID
    partner_id: UUID
    base_id: UUID | None
    number: int
    scheme: SchemeCode
    scheme_from: date
    period: str
    second_period: str | None
    reference: str
    due_on: date | None
    pay_until: date | None
    state: ListState
    upload_id: UUID
    num_rows: int
    total_vnd: int
    digest: bytes
    made_by: UUID
    made_at: datetime
    approved_by: UUID | None
    approved_at: datetime | None
    closed_by: UUID | None
    closed_at: datetime | None
    is_demo: bool


class Payout(msgspec.Struct, frozen=True):
    """A sum owed to one person; columns in the order of `lock_payout`. The number stays sealed."""

    office_id: UUID
    id: UUID
    list_id: UUID
    row_number: int
    period: str
    person_key: str
    name: str
    id_last4: str
    id_kind: NumberKind
    household: str
    num_members: int
    amount_vnd: int
    how: How
    address: str
    proxy_name: str
    proxy_last4: str
    proxy_kind: NumberKind
    proxy_is_certified: bool | None
    proxy_from: date | None
    proxy_to: date | None
    carried_from: UUID | None
    state: PayoutState
    state_reason: str
    state_at: datetime | None
    generation: int
    num_attempts: int
    last_reason: str
    courier_id: UUID | None
    citizen_id: UUID | None
    delivery_point_id: UUID | None


class Seen(msgspec.Struct, frozen=True):
    """How the person who takes the money was known; never a whole number."""

    method: IdPaper
    last4: Annotated[str, msgspec.Meta(pattern=r"^([0-9A-Z]{4})?$")] = ""


class Authority(msgspec.Struct, frozen=True):
    """Who stands in for the payee, and by what paper."""

    relation: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    authority: Literal["certified", "written"]
    authority_id: Annotated[str, msgspec.Meta(max_length=60)] | None = None


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """Money given to a person, as whoever gave it says."""

    office_id: UUID
    id: UUID
    """Made by the caller before the first try: the same again changes nothing."""
    payout_id: UUID
    amount_vnd: int
    place: Place
    identity: Seen
    proxy: Authority | None = None
    has_signature: bool = False
    num_photos: int = 0
    courier_id: UUID | None = None
    """Whose hand it left; None for the office's drawer."""
    sitting_id: UUID | None = None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Who did it and when: a fact of a phone (then it is never refused), or a member of staff."""

    at: datetime
    received_at: datetime
    by: UUID
    op_id: UUID | None = None


class Outcome(msgspec.Struct, frozen=True):
    """What came of a fact: `paid`, `known` (done before), `held` with its reason, or `noted`."""

    state: Literal["paid", "known", "held", "noted"]
    reason: str | None = None
    payment_id: UUID | None = None
    doubt_id: UUID | None = None


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that paid nothing."""

    office_id: UUID
    payout_id: UUID
    reason: str
    next_on: date | None = None
    """None: the next working day."""
    note: str = ""


class Doubt(msgspec.Struct, frozen=True):
    """Notes that left a hand though they might not; columns in the order of `lock_doubt`."""

    office_id: UUID
    id: UUID
    payout_id: UUID
    courier_id: UUID
    amount_vnd: int
    reason: str
    op_id: UUID
    at: datetime
    received_at: datetime
    shown: dict[str, Any]
    transfer_id: UUID | None
    settled_as: SettledAs | None
    settled_at: datetime | None


class PaymentRow(msgspec.Struct, frozen=True):
    """A payment as it is kept; columns in the order of `lock_payment`."""

    office_id: UUID
    id: UUID
    payout_id: UUID
    generation: int
    amount_vnd: int
    courier_id: UUID | None
    place: Place
    sitting_id: UUID | None
    transfer_id: UUID
    reversal_id: UUID | None
    op_id: UUID | None
    by_id: UUID
    at: datetime


class Sitting(msgspec.Struct, frozen=True):
    """A payout at a place and time; columns in the order of `lock_sitting`."""

    office_id: UUID
    id: UUID
    partner_id: UUID
    place: str
    held_on: date
    supervisor: str
    opened_by: UUID
    opened_at: datetime
    closed_at: datetime | None
    num_paid: int | None
    paid_vnd: int | None
    note: str


class Proposal(msgspec.Struct, frozen=True):
    """What one person asks and another allows; columns in the order of `lock_proposal`."""

    office_id: UUID
    id: UUID
    kind: ProposalKind
    subject_id: UUID
    detail: str
    reason: str
    made_by: UUID
    made_at: datetime
    is_allowed: bool | None
    decided_by: UUID | None
    decided_at: datetime | None


class Upload(msgspec.Struct, frozen=True):
    """A file and how far it was read; columns in the order of `find_upload`."""

    office_id: UUID
    id: UUID
    partner_id: UUID
    by_id: UUID
    made_at: datetime
    asked: dict[str, Any]
    wants_commit: bool
    state: UploadState
    num_total: int
    num_read: int
    num_good: int
    num_known: int
    num_faults: int
    total_vnd: int
    faults: list[dict[str, Any]]
    refusal: dict[str, Any] | None
    list_id: UUID | None
    num_tries: int
    ended_at: datetime | None


class Share(msgspec.Struct, frozen=True):
    """What one courier pays of one list: a lease of subject `payouts` covers it by `id`."""

    id: UUID
    list_id: UUID
    courier_id: UUID
    payout_ids: list[UUID]
    total_vnd: int


class ReadJob(msgspec.Struct, frozen=True):
    """Payload of `payouts.read`: a file to judge, and to keep when it was asked."""

    office_id: UUID
    upload_id: UUID


class PlaceJob(msgspec.Struct, frozen=True):
    """Payload of `payouts.place`: home payouts of an approved list to bring to their doors."""

    office_id: UUID
    list_id: UUID


def share_id(list_id: UUID, courier_id: UUID) -> UUID:
    """Return the id under which a courier's part of a list is leased."""
    return uuid5(SHARES, f"{list_id}:{courier_id}")


def payout_topic(office_id: UUID) -> str:
    """Return the topic under which lists and files of an office tell their news."""
    return f"payouts:{office_id}"
