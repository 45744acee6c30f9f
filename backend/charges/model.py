"""Nouns of charges: what citizens owe, to whom it goes, how it came, how it is handed on."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from backend.receipts import Item, Use

ChargeKind = Literal["fee", "postage", "bill", "tax", "order"]
ChargeState = Literal["due", "collected", "remitted", "cancelled"]
Method = Literal["cash", "qr"]
PayeeKind = Literal["agency", "biller", "tax"]
Answer = Literal["applied", "given_back"]
NoticeOutcome = Literal[
    "paid", "unknown_reference", "amount_differs", "paid_already", "cancelled", "repeated"
]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Who collected, where and when."""

    at: datetime
    """When the money changed hands."""
    received_at: datetime
    staff_id: UUID
    """The courier at a door, the cashier at a counter."""
    is_door: bool = False
    op_id: UUID | None = None
    device_id: UUID | None = None
    problem: str = ""
    """Why a person must look at what a phone tells, such as a clock that cannot be trusted."""


class Payee(msgspec.Struct, frozen=True):
    """Who gets what is collected; columns in the order of `find_payee`."""

    office_id: UUID
    id: UUID
    """For an agency that of the partner."""
    kind: PayeeKind
    code: str
    name: str
    tax_code: str = ""
    bank_account: str = ""
    remit_days: int = 1
    """Working days after collection by which the money is handed on."""
    is_demo: bool = False


class BankAccount(msgspec.Struct, frozen=True):
    """An account of the office; columns in the order of `list_accounts`."""

    office_id: UUID
    bin: str
    account: str
    name: str
    is_default: bool = False
    """Takes notices that name no account of ours."""


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """Where a charge is collected, when it is not paid at a counter."""

    citizen_id: UUID
    delivery_point_id: UUID
    wanted_on: date
    service_duration_s: int = 180
    tw_early_s: int | None = None
    tw_late_s: int | None = None
    instruction: str = ""


class NewCharge(msgspec.Struct, frozen=True, kw_only=True):
    """Money that a citizen comes to owe."""

    office_id: UUID
    id: UUID
    kind: ChargeKind
    payee_id: UUID | None
    """None exactly for postage, which is ours."""
    payer_name: str
    items: list[Item]
    due_on: date
    made_by: UUID
    external_key: str = ""
    """Bill key, number of the notice or collection order: once for a payee."""
    payer_tax_code: str = ""
    period: str = ""
    dossier_id: UUID | None = None
    citizen_id: UUID | None = None
    door: Door | None = None
    is_demo: bool = False

    @property
    def amount_vnd(self) -> int:
        """Return the sum of the lines."""
        return sum(item.amount_vnd for item in self.items)


class Charge(msgspec.Struct, frozen=True):
    """A charge as it stands; columns in the order of `find_charge`."""

    office_id: UUID
    id: UUID
    kind: ChargeKind
    payee_id: UUID | None
    reference: str
    """What a bank transfer's purpose names it by: `TN` and ten characters."""
    external_key: str
    dossier_id: UUID | None
    citizen_id: UUID | None
    payer_name: str
    payer_tax_code: str
    period: str
    items: list[Item]
    amount_vnd: int
    due_on: date
    state: ChargeState
    qr_shown_at: datetime | None
    collected_on: date | None
    remit_by: date | None
    batch_id: UUID | None
    made_by: UUID
    made_at: datetime
    ended_reason: str
    is_demo: bool


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """Money that somebody says to have taken; its id makes it once."""

    office_id: UUID
    id: UUID
    """Of the phone's fact, else made by the caller before the first try."""
    charge_id: UUID
    amount_vnd: int
    method: Method = "cash"
    receipt: Use | None = None
    """The number that the phone wrote."""


class Outcome(msgspec.Struct, frozen=True):
    """What came of a collection.

    `applied`: it paid the charge. `in_doubt`: the notes are booked against suspense and the
    fact is to be held with `reason`. `waiting`: a QR was shown, the bank has not told yet.
    `nothing`: a QR was shown of what nobody owes; no notes moved, and `reason` says why.
    """

    kind: Literal["applied", "in_doubt", "waiting", "nothing"]
    reason: str = ""
    receipt_id: UUID | None = None


class Collected(msgspec.Struct, frozen=True):
    """A collection as it is kept; columns in the order of `find_collection`."""

    office_id: UUID
    id: UUID
    charge_id: UUID | None
    method: Method
    amount_vnd: int
    outcome: Literal["applied", "in_doubt"]
    reason: str
    cash_owner_id: UUID | None
    """The courier in whose hand it came; None for the drawer or the bank."""
    transfer_id: UUID
    receipt_id: UUID | None
    notice_id: UUID | None
    op_id: UUID | None
    occurred_at: datetime
    collected_on: date
    collected_by: UUID
    approved_by: UUID | None
    reversed_at: datetime | None
    answer: Answer | None
    answered_at: datetime | None
    answered_by: UUID | None
    answer_approved_by: UUID | None
    note: str
    receipt_block_id: UUID | None = None
    receipt_number: int | None = None
    """Of money in doubt: the number that the phone wrote, until it is issued or void."""

    @property
    def told(self) -> Use | None:
        """Return the receipt number that the payer holds without a receipt behind it."""
        if self.receipt_block_id is None or self.receipt_number is None:
            return None
        return Use(self.receipt_block_id, self.receipt_number)


class Payment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a bank tells of money that came (the `data` of its message)."""

    bank_reference: str
    bin: str
    account: str
    amount_vnd: int
    content: str
    paid_at: datetime


class Notice(msgspec.Struct, frozen=True):
    """A bank's message as it is kept; columns in the order of `find_notice`."""

    office_id: UUID
    id: UUID
    message_id: str
    body_hash: bytes
    bank_reference: str
    bin: str
    account: str
    amount_vnd: int
    content: str
    paid_at: datetime
    received_at: datetime
    num_deliveries: int
    outcome: NoticeOutcome
    charge_id: UUID | None


class Batch(msgspec.Struct, frozen=True):
    """What goes to a payee in one sum; columns in the order of `find_batch`."""

    office_id: UUID
    id: UUID
    kind: ChargeKind
    payee_id: UUID
    through_on: date
    num_charges: int
    amount_vnd: int
    state: Literal["made", "remitted", "dropped"]
    made_by: UUID
    made_at: datetime
    approved_by: UUID | None
    ended_at: datetime | None
    transfer_id: UUID | None
    bank_reference: str


class Deadline(msgspec.Struct, frozen=True):
    """Money of a payee that is to be handed on by a day; columns of `list_deadlines`."""

    kind: ChargeKind
    payee_id: UUID
    payee_name: str
    remit_by: date
    num_charges: int
    amount_vnd: int
    num_batched: int
    """How many of them are in a batch that nobody approved yet."""


class CollectedLine(msgspec.Struct, frozen=True):
    """A charge in a payee's file; columns of `list_remitted` and `list_taxes`."""

    external_key: str
    payer_name: str
    payer_tax_code: str
    period: str
    items: list[Item]
    amount_vnd: int
    method: Method | None
    collected_on: date | None
    receipt_id: UUID | None
    receipt: str
    remitted_at: datetime | None
    bank_reference: str


ProposalKind = Literal["apply", "give_back", "take_back", "confirm_qr"]


class Proposal(msgspec.Struct, frozen=True):
    """What one person asks for and another approves; columns in the order of `lock_proposal`."""

    office_id: UUID
    id: UUID
    kind: ProposalKind
    subject_id: UUID
    """The collection in doubt, or the charge."""
    charge_id: UUID | None
    """To which charge money in doubt is to go; None for the one it was said to be for."""
    bank_reference: str
    note: str
    amount_vnd: int
    made_by: UUID
    made_at: datetime
    state: Literal["open", "approved", "refused"] = "open"
    ended_by: UUID | None = None
    ended_at: datetime | None = None
