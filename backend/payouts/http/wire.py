"""What travels: lists, rows and files as agencies and the desk see them. No whole numbers."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from backend.identity import Actor, desk_office
from backend.kit.catalog import Locale, sentence
from backend.kit.csv_table import Fault
from backend.kit.errors import NotFound
from backend.kit.papers import NumberKind
from backend.kit.sql import Conn
from backend.payouts import rules, store
from backend.payouts.actions import lists
from backend.payouts.model import (
    Authority,
    Payout,
    PayoutList,
    Reason,
    Scheme,
    Seen,
    Settings,
    SettledAs,
    Strokes,
    Text,
    Upload,
)
from backend.payouts.rows import PaidRow, Progress

Amount = Annotated[int, msgspec.Meta(ge=1, le=50_000_000_000)]


class FaultOut(msgspec.Struct, frozen=True):
    """What is wrong with one cell; `column` is empty for the whole row, `row` 0 for the file."""

    row: int
    column: str
    code: str
    value: str
    message: str


class RefusalOut(msgspec.Struct, frozen=True):
    """Why a whole file was not read."""

    code: str
    message: str


class UploadOut(msgspec.Struct, frozen=True, kw_only=True):
    """A file and how far it was read; `num_read` of `num_total` is its progress."""

    id: UUID
    state: str
    """`queued`, `working`, `judged` (may be kept when it has no fault), `done`, `failed`."""
    scheme: str
    period: str
    wants_commit: bool
    made_at: datetime
    num_total: int
    num_read: int
    num_good: int
    num_known: int
    num_faults: int
    total_vnd: int
    declared_vnd: int | None
    list_id: UUID | None
    faults: list[FaultOut]
    """The first thousand."""
    refusal: RefusalOut | None


class SchemeOut(msgspec.Struct, frozen=True):
    """A scheme as it stands from a day on."""

    code: str
    name: str
    name_en: str
    funder: str
    valid_from: date
    valid_to: date | None
    source: str
    settings: Settings


class DaysOut(msgspec.Struct, frozen=True):
    """The days by which a list's things are done."""

    list_before: date
    commune_from: date
    commune_to: date
    office_from: date
    office_to: date
    back_before: date
    is_late_in: bool
    """The list was made on or after the day before which it should have been in."""


class ListOut(msgspec.Struct, frozen=True, kw_only=True):
    """A list as it stands."""

    id: UUID
    partner_id: UUID
    base_id: UUID | None
    number: int
    scheme: str
    scheme_name: str
    scheme_name_en: str
    form: str
    period: str
    second_period: str | None
    reference: str
    due_on: date | None
    pay_until: date | None
    days: DaysOut | None
    state: str
    num_rows: int
    total_vnd: int
    funded_vnd: int
    carried_in_vnd: int
    num_paid: int
    paid_vnd: int
    unpaid_vnd: int
    made_by: UUID
    made_at: datetime
    approved_by: UUID | None
    approved_at: datetime | None
    closed_at: datetime | None


class PayoutOut(msgspec.Struct, frozen=True, kw_only=True):
    """A sum owed to one person."""

    id: UUID
    list_id: UUID
    row: int
    """0 for what was carried over."""
    name: str
    id_last4: str
    id_kind: NumberKind
    household: str
    num_members: int
    period: str
    amount_vnd: int
    how: str
    address: str
    state: str
    state_reason: str
    num_attempts: int
    last_reason: str
    is_carried_in: bool
    proxy_name: str
    proxy_to: date | None
    is_proxy_ending: bool
    payment_id: UUID | None
    paid_at: datetime | None
    paid_place: str | None


class PayoutPage(msgspec.Struct, frozen=True):
    """Some rows; `next` asks for those after them."""

    items: list[PayoutOut]
    next: str | None


class Search(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose payouts are looked for; never in an address."""

    id_number: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Z]{6,12}$")]
    """Twelve digits, or a passport's."""


class PayAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Money given at the counter or a sitting; `id` is made before the first try."""

    id: UUID
    amount_vnd: Amount
    identity: Seen
    proxy: Authority | None = None
    sign_citizen: Strokes = ""
    num_photos: Annotated[int, msgspec.Meta(ge=0, le=12)] = 0
    sitting_id: UUID | None = None


class PaidOut(msgspec.Struct, frozen=True):
    """What came of it."""

    payment_id: UUID
    is_new: bool


class FundAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money of an agency that arrived for a list."""

    amount_vnd: Annotated[int, msgspec.Meta(ge=1, le=10_000_000_000_000)]
    reference: Annotated[str, msgspec.Meta(max_length=60)]
    """The bank's number of the movement."""


class CloseAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of the sums that were never paid."""

    unpaid: Literal["carry", "give_back"]


class ClosedOut(msgspec.Struct, frozen=True):
    """What a list gave back."""

    given_back_vnd: int


class ProposalAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a second person is asked: `detail` says how a doubt is to be settled."""

    kind: Literal["correct", "settle", "refund", "export"]
    subject_id: UUID
    reason: Reason
    detail: SettledAs | Literal[""] = ""


class ReasonAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why something is asked for."""

    reason: Reason


class MadeOut(msgspec.Struct, frozen=True):
    """The id of what was made."""

    id: UUID


class Decided(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A second person's word."""

    is_allowed: bool


class SittingAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A payout at a place and day, before the agency's supervisor."""

    id: UUID
    partner_id: UUID
    place: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    held_on: date
    supervisor: Annotated[str, msgspec.Meta(max_length=120)] = ""


class MinutesAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a sitting ended, signed by both sides."""

    note: Text = ""
    supervisor: Annotated[str, msgspec.Meta(max_length=120)] = ""
    sign_post: Strokes
    sign_agency: Strokes = ""


def scope_of(actor: Actor, office: UUID | None) -> tuple[UUID, UUID | None]:
    """Return the office a request is about, and the agency whose lists alone are shown."""
    office_id = desk_office(actor, office)
    if actor.role == "agency_officer":
        if actor.partner_id is None:
            raise NotFound()
        return office_id, actor.partner_id
    return office_id, None


def upload_out(upload: Upload, locale: Locale) -> UploadOut:
    """Return a file with its faults in the language asked for."""
    refusal = None
    if upload.refusal is not None:
        code, params = upload.refusal["code"], upload.refusal["params"]
        refusal = RefusalOut(code, sentence(code, locale, params))
    return UploadOut(
        id=upload.id,
        state=upload.state,
        scheme=upload.asked["scheme"],
        period=upload.asked["period"],
        wants_commit=upload.wants_commit,
        made_at=upload.made_at,
        num_total=upload.num_total,
        num_read=upload.num_read,
        num_good=upload.num_good,
        num_known=upload.num_known,
        num_faults=upload.num_faults,
        total_vnd=upload.total_vnd,
        declared_vnd=upload.asked.get("declared_vnd"),
        list_id=upload.list_id,
        faults=[fault_out(fault, locale) for fault in faults_of(upload)],
        refusal=refusal,
    )


def faults_of(upload: Upload) -> list[Fault]:
    """Return the faults kept of a file, by row."""
    faults: list[dict[str, Any]] = upload.faults
    return sorted(msgspec.convert(faults, list[Fault]), key=lambda fault: fault.row)


def fault_out(fault: Fault, locale: Locale) -> FaultOut:
    """Return a fault with its sentence."""
    return FaultOut(fault.row, fault.column, fault.code, fault.value, fault.message(locale))


def scheme_out(scheme: Scheme) -> SchemeOut:
    """Return a scheme as it is shown."""
    return SchemeOut(
        scheme.code,
        scheme.name,
        scheme.name_en,
        scheme.funder,
        scheme.valid_from,
        scheme.valid_to,
        scheme.source,
        scheme.settings,
    )


async def lists_out(conn: Conn, office_id: UUID, batches: list[PayoutList]) -> list[ListOut]:
    """Return lists of an office, each with its scheme, its days and its money."""
    sums = await store.sum_lists(conn, office_id, [batch.id for batch in batches])
    return [await _list_out(conn, batch, sums.get(batch.id, Progress())) for batch in batches]


async def _list_out(conn: Conn, batch: PayoutList, progress: Progress) -> ListOut:
    scheme = await store.scheme_of(conn, batch)
    funded_vnd = lists.live_vnd(await store.list_fundings(conn, batch))
    days = rules.days_of(scheme.settings, batch.period)
    return ListOut(
        id=batch.id,
        partner_id=batch.partner_id,
        base_id=batch.base_id,
        number=batch.number,
        scheme=batch.scheme,
        scheme_name=scheme.name,
        scheme_name_en=scheme.name_en,
        form=scheme.settings.form,
        period=batch.period,
        second_period=batch.second_period,
        reference=batch.reference,
        due_on=batch.due_on,
        pay_until=batch.pay_until,
        days=None if days is None else _days_out(days, batch),
        state=batch.state,
        num_rows=batch.num_rows,
        total_vnd=batch.total_vnd,
        funded_vnd=funded_vnd,
        carried_in_vnd=await store.sum_carried_in(conn, batch),
        num_paid=progress.num_paid,
        paid_vnd=progress.paid_vnd,
        unpaid_vnd=progress.unpaid_vnd,
        made_by=batch.made_by,
        made_at=batch.made_at,
        approved_by=batch.approved_by,
        approved_at=batch.approved_at,
        closed_at=batch.closed_at,
    )


def _days_out(days: rules.Days, batch: PayoutList) -> DaysOut:
    fields = msgspec.structs.asdict(days)
    return DaysOut(**fields, is_late_in=rules.is_late_in(days, batch))


def payout_out(payout: Payout, paid: PaidRow | None, settings: Settings, today: date) -> PayoutOut:
    """Return a row of a list with its payment."""
    return PayoutOut(
        id=payout.id,
        list_id=payout.list_id,
        row=payout.row_number,
        name=payout.name,
        id_last4=payout.id_last4,
        id_kind=payout.id_kind,
        household=payout.household,
        num_members=payout.num_members,
        period=payout.period,
        amount_vnd=payout.amount_vnd,
        how=payout.how,
        address=payout.address,
        state=payout.state,
        state_reason=payout.state_reason,
        num_attempts=payout.num_attempts,
        last_reason=payout.last_reason,
        is_carried_in=payout.carried_from is not None,
        proxy_name=payout.proxy_name,
        proxy_to=payout.proxy_to,
        is_proxy_ending=rules.is_proxy_ending(payout, settings.proxy, today),
        payment_id=paid and paid.id,
        paid_at=paid and paid.at,
        paid_place=paid and paid.place,
    )
