"""Decisions about receipts: which numbers may be allotted, and which may be written when."""

import re
from datetime import date
from typing import Final
from uuid import UUID

from backend.kit import catalog, tax_code
from backend.kit.errors import Conflict, Invalid
from backend.receipts.model import Block, Form, RangeDraft

NUMBER_MAX: Final = 99_999_999
SYMBOL: Final = re.compile(r"[0-9]{2}T[ABCDEGHKLMNPQRSTUVXY]{2}")
NUM_OF_BLOCK_MAX: Final = 1_000

catalog.add(
    {
        "receipt_symbol": (
            "Ký hiệu biên lai không đúng, ví dụ đúng: 26TAB.",
            "The symbol of the receipts is wrong; a right one is 26TAB.",
        ),
        "receipt_numbers": (
            "Khoảng số biên lai không đúng: từ 1 đến 99999999, số đầu không lớn hơn số cuối.",
            "The numbers are wrong: 1 to 99999999, the first not above the last.",
        ),
        "receipt_range_taken": (
            "Khoảng số này đã được cấp một phần hay toàn bộ.",
            "Some of these numbers were allotted before.",
        ),
        "receipt_face_value": (
            "Biên lai EBL02 cần mệnh giá và số tiền phải đúng mệnh giá; EBL01 không có mệnh giá.",
            "EBL02 has a face value that the amount must equal; EBL01 has none.",
        ),
        "paper_receipts_ended": (
            "Từ ngày {from_day} không được dùng biên lai giấy, chỉ dùng biên lai điện tử.",
            "From {from_day} paper receipts are not allowed, only electronic ones.",
        ),
        "receipt_form_not_lent": (
            "Chưa cấp được khoảng số này: chỉ giao và dùng số của biên lai điện tử không in sẵn "
            "mệnh giá (EBL01).",
            "These numbers are not allotted: only those of electronic receipts without a face "
            "value (EBL01) are lent and used here.",
        ),
        "receipt_out_of_range": (
            "Số biên lai không nằm trong khoảng số được giao.",
            "The receipt's number is not among those lent.",
        ),
        "receipt_used": (
            "Số biên lai này đã được dùng.",
            "This receipt number was used before.",
        ),
        "no_receipts_left": (
            "Đơn vị đã hết số biên lai loại này, cần cấp thêm.",
            "The office has no receipt numbers of this kind left.",
        ),
        "receipt_void_already": (
            "Biên lai này đã huỷ.",
            "This receipt is void already.",
        ),
        "receipt_amount": (
            "Các khoản của biên lai phải là số tiền dương.",
            "The lines of a receipt are amounts above zero.",
        ),
        "quarter_unknown": (
            "Quý hoặc năm không đúng.",
            "There is no such quarter.",
        ),
        "block_size": (
            "Mỗi lần giao từ 1 đến 1.000 số.",
            "A block has 1 to 1,000 numbers.",
        ),
        "tax_code_wrong": (
            "Mã số thuế không đúng.",
            "The tax code is wrong.",
        ),
    }
)


def check_range(draft: RangeDraft) -> None:
    """Refuse numbers that no receipt may bear.

    Raises `Invalid`: `receipt_symbol`, `receipt_numbers`, `receipt_face_value`, `tax_code_wrong`.
    """
    if not SYMBOL.fullmatch(draft.symbol):
        raise Invalid("receipt_symbol")
    if not 1 <= draft.first_number <= draft.last_number <= NUMBER_MAX:
        raise Invalid("receipt_numbers")
    if (draft.template == "EBL02") != (draft.face_value_vnd is not None):
        raise Invalid("receipt_face_value")
    if draft.face_value_vnd is not None and draft.face_value_vnd <= 0:
        raise Invalid("receipt_face_value")
    if draft.delegator_tax_code and tax_code.kind_of(draft.delegator_tax_code) is None:
        raise Invalid("tax_code_wrong")


def check_lent(draft: RangeDraft) -> None:
    """Refuse numbers that no desk or phone could be lent; `Conflict` `receipt_form_not_lent`.

    A paper's number is printed by another, and a face value stands on no receipt of ours: such
    numbers would lie allotted and be told as free in every report.
    """
    if draft.form == "paper" or draft.template == "EBL02":
        raise Conflict("receipt_form_not_lent")


def year_of(symbol: str) -> int:
    """Return the year whose numbers these are; they begin anew on 1 January."""
    return 2000 + int(symbol[:2])


def check_form(form: Form, on_day: date, paper_until: date) -> None:
    """Refuse paper beyond its last day; raise `Conflict` `paper_receipts_ended`."""
    if form == "paper" and on_day > paper_until:
        from_day = date.fromordinal(paper_until.toordinal() + 1)
        raise Conflict("paper_receipts_ended", from_day=f"{from_day:%d/%m/%Y}")


def check_number(
    block: Block, number: int, *, on_day: date, device_id: UUID | None, amount_vnd: int
) -> None:
    """Refuse a number that its block does not have, or not for this phone, year or amount.

    Raises `Conflict`: `receipt_out_of_range`, `receipt_face_value`.
    """
    is_inside = block.first_number <= number <= block.last_number
    if not is_inside or block.device_id != device_id or on_day.year != block.year:
        raise Conflict("receipt_out_of_range")
    if block.face_value_vnd is not None and block.face_value_vnd != amount_vnd:
        raise Conflict("receipt_face_value")
