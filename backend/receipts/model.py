"""Nouns of receipts: ranges of numbers, blocks lent of them, and what was issued."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

ReceiptKind = Literal["fee", "tax", "bill"]
Form = Literal["electronic", "paper"]
Template = Literal["EBL01", "EBL02"]


class RangeDraft(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers to allot to an office, both ends included."""

    office_id: UUID
    kind: ReceiptKind
    template: Template
    symbol: str
    """Two digits of the year, T, two letters: `26TAB` (Circular 91/2026)."""
    first_number: int
    last_number: int
    form: Form = "electronic"
    face_value_vnd: int | None = None
    """Exactly for EBL02."""
    delegator_name: str = ""
    """Who lets us issue in their name (Decree 254/2026, article 25)."""
    delegator_tax_code: str = ""


class Range(msgspec.Struct, frozen=True):
    """Numbers of an office; columns in the order of `find_range`."""

    office_id: UUID
    id: UUID
    kind: ReceiptKind
    form: Form
    template: Template
    symbol: str
    year: int
    first_number: int
    last_number: int
    next_number: int
    """The first one that no block has."""
    face_value_vnd: int | None
    delegator_name: str
    delegator_tax_code: str
    allotted_by: UUID
    allotted_at: datetime

    @property
    def num_left(self) -> int:
        """Return how many numbers no block has yet."""
        return self.last_number + 1 - self.next_number


class Block(msgspec.Struct, frozen=True):
    """Numbers lent to a phone, or to the desk; columns in the order of `find_block`."""

    office_id: UUID
    id: UUID
    range_id: UUID
    kind: ReceiptKind
    form: Form
    template: Template
    symbol: str
    year: int
    face_value_vnd: int | None
    device_id: UUID | None
    """None for the desk's own."""
    staff_id: UUID | None
    first_number: int
    last_number: int
    next_number: int
    leased_at: datetime
    returned_at: datetime | None


class Item(msgspec.Struct, frozen=True):
    """A line of a receipt."""

    name: str
    amount_vnd: int


class Use(msgspec.Struct, frozen=True):
    """The number that a phone wrote, also offline."""

    block: UUID
    number: int


class NewReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt to issue; its id makes it once."""

    office_id: UUID
    id: UUID
    kind: ReceiptKind
    subject_id: UUID
    """The charge or order that was paid."""
    payer_name: str
    payer_tax_code: str = ""
    items: list[Item]
    occurred_at: datetime
    issued_by: UUID
    device_id: UUID | None = None
    op_id: UUID | None = None

    @property
    def amount_vnd(self) -> int:
        """Return the sum of the lines."""
        return sum(item.amount_vnd for item in self.items)


class Receipt(msgspec.Struct, frozen=True):
    """A number that was used; columns in the order of `find_receipt`."""

    office_id: UUID
    id: UUID
    range_id: UUID
    block_id: UUID
    kind: ReceiptKind
    template: Template
    symbol: str
    number: int
    subject_id: UUID
    payer_name: str
    payer_tax_code: str
    items: list[dict[str, str | int]]
    amount_vnd: int
    occurred_at: datetime
    issued_on: date
    received_at: datetime
    issued_by: UUID
    device_id: UUID | None
    op_id: UUID | None
    check_code: str
    """What the check QR opens: validity and nothing more."""
    state: Literal["issued", "void"]
    void_reason: str
    voided_at: datetime | None
    voided_by: UUID | None
    void_approved_by: UUID | None
    """Who allowed it, where two people decided."""
    delegator_name: str
    delegator_tax_code: str

    @property
    def title(self) -> str:
        """Return the number as it is written: `26TAB 00000042`."""
        return f"{self.symbol} {self.number:08d}"


class UseLine(msgspec.Struct, frozen=True):
    """A range in the report of a quarter (05/UNT); columns in the order of `list_use`."""

    template: Template
    symbol: str
    kind: ReceiptKind
    first_number: int
    last_number: int
    num_opening: int
    num_received: int
    num_used: int
    num_void: int
    num_given_back: int
    amount_vnd: int

    @property
    def num_closing(self) -> int:
        """Return how many numbers can still be used after the quarter."""
        gone = self.num_used + self.num_void + self.num_given_back
        return self.num_opening + self.num_received - gone
