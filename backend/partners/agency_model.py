"""What an agency's officer sends and sees."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from backend.dossiers import Reclaim

Text = Annotated[str, msgspec.Meta(max_length=500)]
SecondOfDay = Annotated[int, msgspec.Meta(ge=0, lt=86_400)]


class ExpectedItem(msgspec.Struct, frozen=True):
    """An item at the office that the agency is to receive; columns of `list_expected`."""

    item_id: UUID
    item_code: str
    errand_id: UUID
    service: Literal["S1", "S2"]
    dossier_code: str | None
    procedure_code: str
    procedure_name: str
    citizen_name: str
    seal_number: str | None
    num_papers: int


class Expected(msgspec.Struct, frozen=True):
    """What lies at the office for this agency, and what it holds from us."""

    to_receive: list[ExpectedItem]
    held: list["HeldDossier"]


class HeldDossier(msgspec.Struct, frozen=True):
    """A dossier the agency received through the post; columns of `list_received`."""

    errand_id: UUID
    item_code: str
    dossier_code: str | None
    procedure_code: str
    procedure_name: str
    citizen_name: str
    agency_state: int
    submitted_at: datetime
    """The legal time of submission: when the record was signed."""


class NewRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Items counted together and signed for by both sides."""

    direction: Literal["to_agency"]
    items: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=500)]
    post_staff_id: UUID
    note: Text = ""


class Signed(msgspec.Struct, frozen=True):
    """A record as it was signed."""

    id: UUID
    direction: Literal["to_agency", "from_agency"]
    num_items: int
    signed_at: datetime


class ResultCitizen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To whom a result goes."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    phone: Annotated[str, msgspec.Meta(max_length=20)] | None = None


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A span of the day, seconds after local midnight."""

    early_s: SecondOfDay
    late_s: SecondOfDay


class HandedResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One sealed result handed to the post."""

    dossier_code: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    procedure_code: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    citizen: ResultCitizen
    address: Annotated[str, msgspec.Meta(min_length=3, max_length=300)]
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    fee_due_vnd: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0
    postage_due_vnd: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] = 0
    reclaims: Annotated[list[Reclaim], msgspec.Meta(max_length=20)] | None = None
    """None: those of the procedure."""
    wanted_on: date
    window: Window | None = None
    seal_number: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    instruction: Text = ""


class HandedResults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Results counted together and signed for by both sides."""

    results: Annotated[list[HandedResult], msgspec.Meta(min_length=1, max_length=500)]
    post_staff_id: UUID
    note: Text = ""


class TakenResult(msgspec.Struct, frozen=True):
    """The errand a handed result became."""

    dossier_code: str
    errand_id: UUID
    item_id: UUID
    item_code: str


class TakenResults(msgspec.Struct, frozen=True):
    """The record, and the errand of each result in the order they were sent."""

    record: Signed
    results: list[TakenResult]


class AgencyAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new state of the agency's side (the ten states of the national portal)."""

    agency_state: Annotated[int, msgspec.Meta(ge=2, le=9)]
    note: Text = ""
