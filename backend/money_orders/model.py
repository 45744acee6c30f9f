"""Nouns of money orders: who sends, who is paid, how it stands, what is in doubt or reported."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

OrderState = Literal["booked", "taken", "paid", "refunded", "cancelled"]
IdMethod = Literal["cccd", "passport", "vneid", "residence"]
Settled = Literal["bring_home", "courier_owes", "valid"]
"""How notes in doubt are settled: they are home, their courier owes them, it was the order."""
ProposalKind = Literal["unlock"] | Settled


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Who acted, where and when."""

    office_id: UUID
    at: datetime
    received_at: datetime
    staff_id: UUID
    is_door: bool = False
    """At a door the cash is in the hand of `staff_id`, else in the drawer."""
    op_id: UUID | None = None
    problem: str = ""
    """Why a person must look at what a phone tells, such as a clock that cannot be trusted."""


class Party(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who sends or is paid; kept sealed. What the law wants of large sums may be empty below."""

    name: str
    id_number: str
    """12 digits, or a foreigner's passport."""
    phone: str = ""
    birth_on: date | None = None
    address: str = ""
    nationality: str = ""


class Parties(msgspec.Struct, frozen=True):
    """Both sides of an order."""

    sender: Party
    payee: Party


class NewOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order to take; the fee follows from the table of the day."""

    office_id: UUID
    id: UUID
    """Made by the caller before the first try."""
    amount_vnd: int
    purpose: str
    sender: Party
    payee: Party
    to_door: bool = False
    """Whether it is brought to the payee's address."""
    is_demo: bool = False


class SenderDoor(msgspec.Struct, frozen=True, kw_only=True):
    """Where the sender hands in the money, when it is not at a counter."""

    citizen_id: UUID
    delivery_point_id: UUID
    wanted_on: date
    service_duration_s: int = 300
    instruction: str = ""


class Order(msgspec.Struct, frozen=True):
    """An order as it stands; columns in the order of `find_order`."""

    office_id: UUID
    id: UUID
    reference: str
    state: OrderState
    amount_vnd: int
    fee_vnd: int
    purpose: str
    parties_sealed: bytes
    sender_key: str
    payee_key: str
    has_pin: bool
    num_wrong: int
    locked_at: datetime | None
    to_door: bool
    pay_office_id: UUID | None
    not_brought: str
    made_by: UUID
    made_at: datetime
    taken_at: datetime | None
    taken_on: date | None
    taken_by: UUID | None
    settled_at: datetime | None
    settled_office_id: UUID | None
    is_demo: bool


class Taking(msgspec.Struct, frozen=True, kw_only=True):
    """Money handed in by a sender."""

    office_id: UUID
    order_id: UUID
    amount_vnd: int
    fee_vnd: int


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a payee says of themselves where the law wants it; empty where nothing was said."""

    birth_on: date | None = None
    address: str = ""
    nationality: str = ""


class Paid(msgspec.Struct, frozen=True):
    """Who was paid a sum that the law wants reported, kept sealed by the paying office."""

    reference: str
    purpose: str
    payee: Party


class Paying(msgspec.Struct, frozen=True, kw_only=True):
    """An order presented to be paid."""

    id: UUID
    """Of the phone's fact, else made by the caller before the first try."""
    reference: str
    amount_vnd: int
    method: IdMethod
    pin: str = ""
    grant: bytes = b""
    """What `judge` gave for the right PIN, in its place: a fact is kept for ever, a PIN is not."""
    id_number: str = ""
    """As read from the paper; at a door the last four digits are enough."""
    last4: str = ""
    said: Said = Said()


class Judged(msgspec.Struct, frozen=True):
    """Why an order would not be paid now, or nothing and what stands for the right PIN then."""

    reason: str
    grant: bytes
    missing: tuple[str, ...] = ()
    """Fields of the payee, where the reason is `aml_fields_missing`."""


class Presented(msgspec.Struct, frozen=True):
    """What a right PIN shows; columns in the order of `try_pin`."""

    outcome: Literal["right", "wrong", "locked"]
    office_id: UUID | None
    id: UUID | None
    state: OrderState | None
    amount_vnd: int | None
    purpose: str | None
    parties_sealed: bytes | None
    payee_key: str | None
    to_door: bool | None


class Outcome(msgspec.Struct, frozen=True):
    """What came of taking or paying.

    `refused` names why nothing happened; a wrong PIN is counted all the same, so it is no
    exception. `in_doubt`: notes changed hands at a door and are booked against suspense.
    """

    kind: Literal["applied", "in_doubt", "refused"]
    reason: str = ""
    missing: tuple[str, ...] = ()
    """Fields of the payee, where the reason is `aml_fields_missing`."""


class Doubt(msgspec.Struct, frozen=True):
    """Notes that fit no order; columns in the order of `lock_doubt`."""

    office_id: UUID
    id: UUID
    order_id: UUID
    kind: Literal["take", "pay"]
    amount_vnd: int
    reason: str
    transfer_id: UUID | None
    """None where the hand had not enough in the books when the notes left it."""
    cash_owner_id: UUID
    occurred_at: datetime
    answered_at: datetime | None
    answered_by: UUID | None
    approved_by: UUID | None
    identity_method: IdMethod = "cccd"
    """By what the payee was known, where notes were paid out."""
    settled_as: Settled | None = None


class Settlement(msgspec.Struct, frozen=True):
    """An order paid out or given back; columns in the order of `list_settlements`."""

    office_id: UUID
    id: UUID
    order_office_id: UUID
    order_id: UUID
    kind: Literal["paid", "refunded"]
    amount_vnd: int
    person_key: str
    identity_method: str
    transfer_id: UUID
    cash_owner_id: UUID | None
    op_id: UUID | None
    at: datetime
    on_day: date
    by_id: UUID
    payee_sealed: bytes | None = None
    """`Paid`; None where the payee's day stayed below what is reported."""


class Proposal(msgspec.Struct, frozen=True):
    """What one person asks for and another approves; columns in the order of `lock_proposal`."""

    office_id: UUID
    id: UUID
    kind: ProposalKind
    subject_id: UUID
    note: str
    made_by: UUID
    made_at: datetime
    ended_by: UUID | None = None
    ended_at: datetime | None = None


class Flag(msgspec.Struct, frozen=True):
    """What the law wants reported; columns in the order of `list_flags`."""

    office_id: UUID
    id: UUID
    kind: Literal["cash_day", "transfer"]
    person_key: str
    on_day: date
    order_id: UUID
    total_vnd: int
    raised_at: datetime
