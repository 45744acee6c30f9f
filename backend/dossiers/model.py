"""Nouns of dossiers: procedures with their papers, dossiers, and what happens to them."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from backend.kit.papers import IdPaper

Service = Literal["S1", "S2"]
PaperForm = Literal["original", "copy", "electronic"]
DossierState = Literal[
    "booked",
    "accepted",
    "at_office",
    "out",
    "handed_to_agency",
    "delivered",
    "returning",
    "returned_to_agency",
    "refused",
    "cancelled",
    "frozen",
]
FailureReason = Literal[
    "ADDR_NONE",
    "ADDR_WRONG",
    "ADDR_INCOMPLETE",
    "MOVED",
    "NOT_FOUND",
    "ABSENT",
    "REFUSED",
    "NO_ID",
    "NO_AUTHORITY",
    "NO_PIN",
    "FEE_UNPAID",
    "DECEASED",
    "DAMAGED",
    "FORCE_MAJEURE",
]
Text = Annotated[str, msgspec.Meta(max_length=500)]
Strokes = Annotated[str, msgspec.Meta(max_length=8192, pattern=r"^[MLQCZHVmlqczhv0-9 ,.\-]*$")]
"""A signature as the path of an SVG, at most 8 KiB."""


class Paper(msgspec.Struct, frozen=True):
    """A paper of a procedure's list."""

    paper: str
    """Its key in the list."""
    name: str
    form: PaperForm = "original"
    count: int = 1


class Reclaim(msgspec.Struct, frozen=True):
    """A paper the agency wants back at delivery."""

    paper: str
    name: str


class Procedure(msgspec.Struct, frozen=True):
    """One version of an administrative procedure; columns in the order of `find_procedure`."""

    code: str
    valid_from: date
    valid_to: date | None
    name: str
    partner_kind: str
    papers: list[Paper]
    reclaims: list[Reclaim]
    fee_vnd: int
    days: int
    is_by_post: bool
    must_appear: bool
    source: str


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Who did it and when: an op of a phone, or a member of staff."""

    at: datetime
    received_at: datetime
    op_id: UUID | None = None
    staff_id: UUID | None = None


class NewDossier(msgspec.Struct, frozen=True, kw_only=True):
    """A booking: papers to be taken at a door (S1)."""

    office_id: UUID
    id: UUID
    procedure: Procedure
    partner_id: UUID
    citizen_id: UUID
    delivery_point_id: UUID
    wanted_on: date
    tw_early_s: int | None = None
    tw_late_s: int | None = None
    service_duration_s: int = 360
    load_g: int = 300
    load_ml: int = 1500
    fee_due_vnd: int | None = None
    """None: the procedure's own fee."""
    postage_due_vnd: int = 0
    instruction: str = ""
    dossier_code: str | None = None
    import_key: str | None = None
    is_demo: bool = False

    @property
    def fee_vnd(self) -> int:
        """Return what the agency asks of the citizen."""
        return self.procedure.fee_vnd if self.fee_due_vnd is None else self.fee_due_vnd


class NewResult(NewDossier, frozen=True, kw_only=True):
    """A result taken from the agency, to be brought to a door (S2)."""

    seal_number: str
    record_id: UUID
    agency_id: UUID


class Dossier(msgspec.Struct, frozen=True):
    """A dossier as it stands; columns in the order of `find_dossier`."""

    office_id: UUID
    id: UUID
    service: Service
    dossier_code: str | None
    procedure_code: str
    procedure_name: str
    partner_id: UUID
    citizen_id: UUID
    delivery_point_id: UUID
    item_id: UUID | None
    item_code: str | None
    state: DossierState
    agency_state: int
    wanted_on: date
    tw_early_s: int | None
    tw_late_s: int | None
    service_duration_s: int
    load_g: int
    load_ml: int
    skills: list[str]
    checklist: list[Paper]
    reclaims: list[Reclaim]
    fee_due_vnd: int
    postage_due_vnd: int
    instruction: str
    num_attempts: int
    num_invitations: int
    last_invited_on: date | None
    is_demo: bool


class Identity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the person at the door was known; never the whole number, never a picture of a card."""

    method: IdPaper
    last4: Annotated[str, msgspec.Meta(pattern=r"^([0-9A-Z]{4})?$")] = ""


class Proxy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who stood in for the citizen, and by what paper."""

    relation: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    authority: Literal["certified", "written"]


class PaperCount(msgspec.Struct, frozen=True):
    """A paper as it was counted at the door."""

    paper: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    form: PaperForm
    count: Annotated[int, msgspec.Meta(ge=0, le=99)]


class Reclaimed(msgspec.Struct, frozen=True):
    """A paper the agency wants back: taken, or why not."""

    paper: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    is_taken: bool
    reason: Text = ""


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """Papers taken at the door, counted, sealed before the citizen, signed by both."""

    courier_id: UUID
    checklist: list[PaperCount]
    seal: str
    is_sealed_before_citizen: bool
    identity: Identity
    proxy: Proxy | None
    sign_citizen: str
    sign_courier: str
    num_photos: int
    needs_photo: bool = True
    """Whether the office asks for a picture."""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A result handed over at the door."""

    courier_id: UUID
    is_seal_whole: bool
    identity: Identity
    proxy: Proxy | None
    reclaimed: list[Reclaimed]
    sign_citizen: str
    num_photos: int
    needs_photo: bool = False


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that did not end in the act."""

    courier_id: UUID
    reason: FailureReason
    note: str
    num_photos: int
    has_signature: bool
    is_invited: bool
    """A paper was left that invites the citizen to the office."""
    on_day: date
    gap_days: int
    """Working days there must be between two invitations."""
    working_days_since: int | None
    """Working days from the last invitation to this visit; None before the first."""
    required: frozenset[str] | None = None
    """Of `photo`, `note`, `sign_citizen`, as the office asks; None: as the house does."""
