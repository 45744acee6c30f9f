"""What single queries of payouts return, column by column."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from backend.payouts.model import AlarmKind, SchemeCode


class Funding(NamedTuple):
    """Money that came for a list; `reversal_id` where it did not after all."""

    id: UUID
    n: int
    amount_vnd: int
    transfer_id: UUID
    reversal_id: UUID | None


class RowSum(NamedTuple):
    """What rows of one state come to."""

    state: str
    reason: str
    is_in_doubt: bool
    num: int
    amount_vnd: int


class Progress(NamedTuple):
    """How far the payments of a list are; columns of `sum_lists` behind its id."""

    num_paid: int = 0
    paid_vnd: int = 0
    unpaid_vnd: int = 0


class LedgerSum(NamedTuple):
    """What the book says of a list."""

    funded_vnd: int
    paid_vnd: int
    returned_vnd: int
    in_doubt_vnd: int
    fee_vnd: int


class Carried(NamedTuple):
    """What was carried over for somebody and stands in no list."""

    person_key: str
    period: str
    id: UUID
    amount_vnd: int


class InBase(NamedTuple):
    """A payout of a first list that a delta names."""

    person_key: str
    period: str
    id: UUID
    state: str


class Unplaced(NamedTuple):
    """A home payout to bring to its door."""

    id: UUID
    person_key: str
    name: str
    id_last4: str
    id_kind: str
    period: str
    amount_vnd: int
    address: str
    phone_sealed: bytes | None
    proxy_name: str
    proxy_last4: str
    proxy_kind: str
    proxy_from: date | None
    proxy_to: date | None
    proxy_is_certified: bool | None
    known_citizen_id: UUID | None


class OpenDoubt(msgspec.Struct, frozen=True):
    """A doubt as a person decides it; columns of `list_doubts`."""

    id: UUID
    payout_id: UUID
    courier_id: UUID
    amount_vnd: int
    reason: str
    at: datetime
    received_at: datetime
    is_posted: bool
    name: str
    period: str
    payout_vnd: int
    payout_state: str
    list_id: UUID
    scheme: str


class OpenProposal(msgspec.Struct, frozen=True):
    """What a second person is asked, with what it is about; columns of `list_proposals`."""

    id: UUID
    kind: str
    subject_id: UUID
    detail: str
    reason: str
    made_by: UUID
    made_at: datetime
    name: str
    """Whose payment or doubt it is; empty for a whole list."""
    period: str
    amount_vnd: int | None
    list_id: UUID | None
    scheme: str


class ChangeRow(msgspec.Struct, frozen=True):
    """What a delta list says of one payout; columns of `list_changes`."""

    row: int
    kind: str
    name: str
    period: str
    amount_vnd: int
    outcome: str | None
    state: str


class PaidRow(NamedTuple):
    """A payment that counts, for a statement."""

    payout_id: UUID
    id: UUID
    at: datetime
    place: str
    shown: dict[str, Any]
    by_id: UUID


class SittingPayment(NamedTuple):
    """One person of a sitting's minutes."""

    name: str
    id_last4: str
    period: str
    amount_vnd: int
    at: datetime
    shown: dict[str, Any]


class ShareLeft(msgspec.Struct, frozen=True):
    """A courier's part of a list; columns in the order of `list_shares_left`."""

    list_id: UUID
    courier_id: UUID
    scheme: SchemeCode
    period: str
    num_unpaid: int
    unpaid_vnd: int


class Watched(NamedTuple):
    """A list whose calendar may ask for something; columns of `list_watched`."""

    office_id: UUID
    id: UUID
    scheme: SchemeCode
    scheme_from: date
    period: str
    second_period: str | None
    raised: list[str]
    """Alarms it has had: `kind`, or `kind:late`."""


class Raised(NamedTuple):
    """An alarm as it was raised, with its list; columns of `list_raised`."""

    office_id: UUID
    list_id: UUID
    kind: AlarmKind
    raised_at: datetime
    partner_id: UUID
    number: int
    scheme: SchemeCode
    scheme_from: date
    period: str
    second_period: str | None
    reference: str


class Wanting(NamedTuple):
    """What a list lacks still; columns of `list_wanting`."""

    office_id: UUID
    list_id: UUID
    kind: AlarmKind
    num: int
    """People not paid yet, or rows of a draft."""
    amount_vnd: int


class UnpaidSum(NamedTuple):
    """What of a list is unpaid at pay points, or at the counter; columns of `sum_unpaid`."""

    list_id: UUID
    how: str
    num: int
    amount_vnd: int
