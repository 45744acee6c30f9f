"""Nouns of cash: notes, counts, hand-overs, shifts, differences. Whole đồng."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from backend.kit import catalog
from backend.kit.errors import Invalid

DENOMINATIONS: Final = (
    500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200,
)  # fmt: skip
"""Notes in use; there are no coins (domain 8.4)."""
NUM_NOTES_MAX: Final = 1_000_000

Notes = dict[int, int]
"""How many of each denomination; those without any may be missing."""
HandoverKind = Literal["float.issue", "float.return", "float.pass"]
HandoverState = Literal["to_approve", "pending", "accepted", "void"]
ShiftState = Literal["open", "counted", "verified", "closed"]
Side = Literal["courier", "cashier", "controller"]
Subject = Literal["shift", "handover", "drawer", "debt", "carriage"]
Purse = Literal["hand", "drawer"]


def read_notes(counted: Mapping[str, int]) -> Notes:
    """Return notes from the wire, where denominations are names.

    Raises `Invalid`: `unknown_denomination`, `wrong_number_of_notes`.
    """
    notes: Notes = {}
    for name, num in counted.items():
        value = int(name) if name.isascii() and name.isdigit() and len(name) <= 7 else 0
        if value not in DENOMINATIONS:
            raise Invalid("unknown_denomination", denomination=name[:20])
        if not 0 <= num <= NUM_NOTES_MAX:
            raise Invalid("wrong_number_of_notes", denomination=name)
        notes[value] = num
    return notes


def total_of(notes: Notes) -> int:
    """Return what notes are worth, đồng."""
    return sum(value * num for value, num in notes.items())


class Shift(msgspec.Struct, frozen=True):
    """A courier's time with the office's cash; columns in the order of `lock_shift`."""

    office_id: UUID
    id: UUID
    courier_id: UUID
    state: ShiftState
    opened_at: datetime
    head: int
    ack: int
    num_held: int
    num_leases: int
    heard_at: datetime | None


class Handover(msgspec.Struct, frozen=True):
    """One change of hands; columns in the order of `lock_handover`."""

    office_id: UUID
    id: UUID
    kind: HandoverKind
    state: HandoverState
    giver_kind: Purse
    giver_id: UUID | None
    taker_kind: Purse
    taker_id: UUID | None
    shift_id: UUID | None
    amount_vnd: int
    made_by: UUID
    made_at: datetime
    approved_by: UUID | None
    answered_by: UUID | None
    answered_at: datetime | None
    answered_vnd: int | None
    note: str
    companion_id: UUID | None = None
    """Who goes along with more cash than one person may carry."""


CarriageRoute = Literal["from_bank", "to_bank", "to_vault", "from_vault"]


class Carriage(msgspec.Struct, frozen=True):
    """Cash between drawer, vault and bank; columns in the order of `lock_carriage`."""

    office_id: UUID
    id: UUID
    route: CarriageRoute
    state: Literal["on_way", "ended"]
    amount_vnd: int
    slip: str
    """The bank's paper."""
    carrier_id: UUID
    companion_id: UUID | None
    made_by: UUID
    made_at: datetime
    ended_by: UUID | None
    ended_at: datetime | None
    arrived_vnd: int | None
    back_vnd: int | None
    reason: str
    """Why something is missing."""


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """What a second person found of cash that was carried."""

    notes: Notes
    """Counted at the office: what arrived there, or what came back from the bank."""
    bank_vnd: int = 0
    """By the bank's slip: what it took, or what it did not hand out."""
    slip: str = ""
    reason: str = ""


class Count(msgspec.Struct, frozen=True):
    """A count as it is kept."""

    id: UUID
    side: Side
    n: int
    by_id: UUID
    at: datetime
    total_vnd: int
    expected_vnd: int
    notes: Notes


class Reveal(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever counts is shown: nothing of the other side before both have counted."""

    own_vnd: int
    is_complete: bool
    other_vnd: int | None = None
    expected_vnd: int | None = None

    @property
    def agrees(self) -> bool:
        """Return whether both sides counted the same."""
        return self.is_complete and self.own_vnd == self.other_vnd

    @property
    def difference_vnd(self) -> int | None:
        """Return what is more (positive) or less than expected; None until both agree."""
        if not self.agrees or self.expected_vnd is None:
            return None
        return self.own_vnd - self.expected_vnd


class HandRow(msgspec.Struct, frozen=True, kw_only=True):
    """Who is out with how much."""

    courier_id: UUID
    display_name: str
    badge: str | None
    balance_vnd: int
    pending_vnd: int
    """Offered back and not yet confirmed."""
    limit_vnd: int
    shift_id: UUID | None
    shift_state: ShiftState | None
    num_unsent: int
    num_held: int


class DoorsAhead(msgspec.Struct, frozen=True):
    """Cash that a coming day needs at doors; columns in the order of `forecast`."""

    day: date
    out_vnd: int
    in_vnd: int
    num: int


catalog.add(
    {
        "proposal_incomplete": (
            "Đề nghị thiếu thông tin của loại việc này.",
            "The proposal lacks what its kind needs.",
        ),
        "already_asked": (
            "Việc này đã có đề nghị đang chờ duyệt.",
            "This is asked already and waits for approval.",
        ),
        "slip_missing": (
            "Thiếu số chứng từ của ngân hàng.",
            "The number of the bank's slip is missing.",
        ),
        "companion_missing": (
            "Mang trên {limit_vnd} đ phải có người đi cùng.",
            "Carrying more than {limit_vnd} đ takes a second person.",
        ),
        "companion_carries": (
            "Người đi cùng phải là người khác.",
            "The second person is another one than who carries.",
        ),
        "not_on_way": ("Chuyến tiền này đã kết thúc.", "This cash is no longer on its way."),
        "over_carried": (
            "Số tiền đến và mang về vượt số đã mang đi ({amount_vnd} đ).",
            "What arrived and came back is more than was carried ({amount_vnd} đ).",
        ),
        "no_bank_here": (
            "Chuyến này không qua ngân hàng.",
            "No bank is part of this way.",
        ),
        "cash_on_way": (
            "Còn {num} chuyến tiền mặt chưa xác nhận đã đến.",
            "{num} carriages of cash have not been confirmed.",
        ),
        "own_matter": (
            "Việc liên quan đến chính bạn phải do người khác đề nghị và duyệt.",
            "What concerns yourself is asked and decided by others.",
        ),
        "over_debt": (
            "Số tiền vượt quá số đang thiếu ({owed_vnd} đ).",
            "This is more than is owed ({owed_vnd} đ).",
        ),
        "over_surplus": (
            "Số tiền vượt quá số đang thừa ({over_vnd} đ).",
            "This is more than is over ({over_vnd} đ).",
        ),
        "unknown_denomination": (
            "Không có mệnh giá {denomination}.",
            "There is no note of {denomination}.",
        ),
        "wrong_number_of_notes": (
            "Số tờ {denomination} không hợp lệ.",
            "The number of notes of {denomination} is not possible.",
        ),
        "notes_differ_from_amount": (
            "Tổng các tờ tiền ({notes_vnd} đ) khác số tiền ghi ({amount_vnd} đ).",
            "The notes make {notes_vnd} đ, the amount says {amount_vnd} đ.",
        ),
        "nothing_counted": ("Chưa có tờ tiền nào được đếm.", "No note was counted."),
        "over_cash_limit": (
            "Vượt hạn mức tiền mặt {limit_vnd} đ của bưu tá: cần kiểm soát viên duyệt.",
            "Over the courier's cash limit of {limit_vnd} đ: a controller must approve.",
        ),
        "not_to_approve": (
            "Khoản bàn giao này không chờ duyệt.",
            "This hand-over does not wait for approval.",
        ),
        "not_pending": (
            "Khoản bàn giao này không còn chờ nhận.",
            "This hand-over no longer waits to be taken.",
        ),
        "not_for_you": (
            "Khoản bàn giao này không dành cho bạn.",
            "This hand-over is not for you.",
        ),
        "giver_answers": (
            "Người giao không thể tự nhận thay.",
            "Whoever gives cannot take in the other's place.",
        ),
        "no_shift": (
            "Bưu tá chưa có ca giữ tiền.",
            "The courier has no cash shift.",
        ),
        "shift_not_open": ("Ca giữ tiền đã kiểm đếm xong.", "The cash shift has been counted."),
        "counts_differ": (
            "Hai bên đếm khác nhau: hãy đếm lại.",
            "The two counts differ: count again.",
        ),
        "count_missing": ("Còn thiếu một bên chưa đếm.", "One side has not counted yet."),
        "no_difference": ("Không có chênh lệch để ghi.", "There is no difference to record."),
        "difference_open": (
            "Còn chênh lệch {difference_vnd} đ chưa có người chịu trách nhiệm.",
            "A difference of {difference_vnd} đ has no owner yet.",
        ),
        "handovers_pending": (
            "Còn {num} khoản bàn giao chưa được xác nhận.",
            "{num} hand-overs have not been answered.",
        ),
        "facts_unsent": (
            "Máy của bưu tá còn {num} sự việc chưa gửi.",
            "The courier's phone still has {num} facts to send.",
        ),
        "facts_held": (
            "Còn {num} sự việc về tiền đang chờ xử lý.",
            "{num} facts about money wait for a person.",
        ),
        "leases_out": (
            "Còn {num} danh sách chi trả chưa trả lại.",
            "{num} payout lists have not been given back.",
        ),
        "day_to_come": (
            "Chưa đến ngày này, không kiểm quỹ và khoá sổ trước được.",
            "That day has not come: it can be neither counted nor closed.",
        ),
        "hands_not_empty": (
            "Còn {num} bưu tá giữ tiền chưa nộp.",
            "{num} couriers still hold cash.",
        ),
        "hand_moved": (
            "Tiền bưu tá giữ đã thay đổi sau khi đếm: hãy đếm lại.",
            "The courier's cash changed after it was counted: count again.",
        ),
        "shifts_open": (
            "Còn {num} bưu tá chưa nộp quỹ.",
            "{num} couriers have not returned their cash.",
        ),
        "hand_not_empty": (
            "Bưu tá còn giữ {amount_vnd} đ.",
            "The courier still has {amount_vnd} đ.",
        ),
        "amount_not_payable": (
            "Không có tờ tiền nào ghép được đúng {amount_vnd} đ.",
            "No notes make exactly {amount_vnd} đ.",
        ),
        "notes_not_enough": (
            "Quỹ không đủ tờ để chi đúng từng khoản.",
            "The drawer lacks the notes to make every payment exactly.",
        ),
        "same_counter": (
            "Hai lần đếm phải do hai người khác nhau.",
            "The two counts are made by two people.",
        ),
    }
)


ProposalKind = Literal["reopen_day", "write_off", "return_surplus", "take_surplus", "set_limit"]


class Proposal(msgspec.Struct, frozen=True):
    """What one person asks of cash; columns in the order of `lock_proposal`."""

    id: UUID
    kind: ProposalKind
    day: date | None
    subject_id: UUID | None
    amount_vnd: int | None
    reason: str
    made_by: UUID
    decided_at: datetime | None


class AskedOfCash(msgspec.Struct, frozen=True):
    """What waits for a second person; columns in the order of `list_proposals`."""

    id: UUID
    kind: ProposalKind
    day: date | None
    subject_id: UUID | None
    subject: str | None
    amount_vnd: int | None
    reason: str
    made_by: UUID
    made_by_name: str | None
    made_at: datetime


class Debt(msgspec.Struct, frozen=True):
    """What somebody owes the drawer."""

    owner_id: UUID
    name: str | None
    amount_vnd: int
    since: datetime | None
    """When the oldest shortage that is not paid yet was booked."""


class DebtLine(msgspec.Struct, frozen=True, kw_only=True):
    """What made a debt more (positive) or less."""

    id: UUID
    code: str
    amount_vnd: int
    after_vnd: int
    at: datetime
    made_by: str | None
    approved_by: str | None
    reason: str


class Repayment(msgspec.Struct, frozen=True, kw_only=True):
    """Notes taken for a debt, as the slip prints them."""

    id: UUID
    owner: str
    taken_by: str
    at: datetime
    amount_vnd: int
    left_vnd: int
    """What was still owed behind it."""
    notes: Notes
