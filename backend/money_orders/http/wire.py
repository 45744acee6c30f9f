"""What travels between a desk and money orders; numbers of people are masked (A6)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from backend.house import House
from backend.identity import Actor, desk_office
from backend.money_orders.actions import taking
from backend.money_orders.model import (
    Doubt,
    Flag,
    IdMethod,
    Order,
    OrderState,
    Party,
    Proposal,
    ProposalKind,
    Said,
    Source,
)

Amount = Annotated[int, msgspec.Meta(ge=1, le=50_000_000_000)]
Number = Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class SenderDoorIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a courier takes the money; the sender's address where none is given."""

    wanted_on: date
    address: Annotated[str, msgspec.Meta(max_length=300)] = ""


class OrderIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order to book; the id is made before the first try."""

    id: UUID
    amount_vnd: Amount
    purpose: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    sender: Party
    payee: Party
    to_door: bool = False
    sender_door: SenderDoorIn | None = None


class TakeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The cash that the sender hands in."""

    amount_vnd: Amount
    fee_vnd: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]


class PresentIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reference and its PIN."""

    reference: Annotated[str, msgspec.Meta(max_length=20)]
    pin: Annotated[str, msgspec.Meta(max_length=12)]


class SaidIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the payee says where the law wants it."""

    birth_on: date | None = None
    address: Annotated[str, msgspec.Meta(max_length=300)] = ""
    nationality: Annotated[str, msgspec.Meta(max_length=60)] = ""


class PayIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order presented to be paid; the id is made before the first try."""

    id: UUID
    reference: Annotated[str, msgspec.Meta(max_length=20)]
    pin: Annotated[str, msgspec.Meta(max_length=12)]
    amount_vnd: Amount
    method: IdMethod
    id_number: Number
    said: SaidIn | None = None


class RefundIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sender's paper; the id is made before the first try."""

    id: UUID
    method: IdMethod
    id_number: Number


class ProposeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What another person is to approve."""

    kind: ProposalKind
    subject_id: UUID
    note: Words


class Made(msgspec.Struct, frozen=True):
    """The id of what was made."""

    id: UUID


class PinOut(msgspec.Struct, frozen=True):
    """A PIN, shown this once."""

    reference: str
    pin: str


class PartyOut(msgspec.Struct, frozen=True):
    """Who sends or is paid, numbers masked (A6)."""

    name: str
    id_number: str
    phone: str


class OrderOut(msgspec.Struct, frozen=True, kw_only=True):
    """An order as a desk sees it."""

    id: UUID
    reference: str
    state: OrderState
    amount_vnd: int
    fee_vnd: int
    purpose: str
    sender: PartyOut
    payee: PartyOut
    has_pin: bool
    is_locked: bool
    to_door: bool
    not_brought: str
    made_at: datetime
    taken_at: datetime | None
    settled_at: datetime | None


class OrderList(msgspec.Struct, frozen=True):
    """Orders, the newest first; what waits for two people."""

    items: list[OrderOut]
    doubts: list[Doubt]
    proposals: list[Proposal]


class PresentedOut(msgspec.Struct, frozen=True):
    """What a right PIN shows: who is to be paid how much."""

    amount_vnd: int
    purpose: str
    state: OrderState
    payee: PartyOut
    missing: list[str]
    """What the law wants of the payee before this is paid: `birth_on address nationality`."""


class PartiesOut(msgspec.Struct, frozen=True):
    """Both sides in full; that they were shown is kept."""

    sender: Party
    payee: Party


class FlagList(msgspec.Struct, frozen=True):
    """What the law wants reported."""

    items: list[Flag]


def mask(text: str) -> str:
    """Return a number with its last four signs alone."""
    return "•" * max(0, len(text) - 4) + text[-4:]


def party_out(party: Party) -> PartyOut:
    """Return a person with masked numbers."""
    return PartyOut(party.name, mask(party.id_number), mask(party.phone))


def said_of(said: SaidIn) -> Said:
    """Return what a payee said."""
    return Said(birth_on=said.birth_on, address=said.address, nationality=said.nationality)


def order_out(house: House, order: Order) -> OrderOut:
    """Return an order as a desk sees it."""
    parties = taking.open_parties(house.sealer, order.id, order.parties_sealed)
    return OrderOut(
        id=order.id,
        reference=order.reference,
        state=order.state,
        amount_vnd=order.amount_vnd,
        fee_vnd=order.fee_vnd,
        purpose=order.purpose,
        sender=party_out(parties.sender),
        payee=party_out(parties.payee),
        has_pin=order.has_pin,
        is_locked=order.locked_at is not None,
        to_door=order.to_door,
        not_brought=order.not_brought,
        made_at=order.made_at,
        taken_at=order.taken_at,
        settled_at=order.settled_at,
    )


def staff_of(actor: Actor) -> UUID:
    """Return who acts; the guard lets staff in only."""
    assert actor.id is not None, "the guard lets staff in"
    return actor.id


def source_of(actor: Actor, now: datetime) -> Source:
    """Return where an act of the counter comes from."""
    office_id = desk_office(actor, None)
    return Source(office_id=office_id, at=now, received_at=now, staff_id=staff_of(actor))
