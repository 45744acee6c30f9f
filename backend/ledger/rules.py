"""Decisions of the book of money: which side of an account may not run short, what is refused."""

from collections.abc import Sequence
from typing import Final

from backend.kit import catalog
from backend.kit.errors import Conflict, Invalid, Refusal
from backend.ledger.model import AMOUNT_VND_MAX, AccountKind, Floor, Transfer

FLOORS: Final[dict[AccountKind, Floor]] = {
    # Cash: nobody can hand out notes that are not there (L6).
    "hand": "debit",
    "drawer": "debit",
    "vault": "debit",
    "in_transit": "debit",
    # Money that an agency gave us to pay out: never more than it gave.
    "agency_payable": "credit",
    # What we took for others: never more is remitted than was taken.
    "biller_payable": "credit",
    "tax_payable": "credit",
    "fee_payable": "credit",
    "order_payable": "credit",
    # The rest may stand on either side.
    "bank": "none",
    "receivable": "none",
    "clearing": "none",
    "suspense": "none",
    "postage_revenue": "none",
    "service_revenue": "none",
    # What somebody owes the drawer, what lies in it too much: neither ends below nothing.
    "shortage": "debit",
    "overage": "credit",
    # What the office bears itself (domain consequence 15).
    "loss": "none",
}

catalog.add(
    {
        "amount_out_of_range": (
            "Số tiền phải là số nguyên từ 1 đến 50.000.000.000 đồng.",
            "An amount is a whole number from 1 to 50,000,000,000 đồng.",
        ),
        "same_account": (
            "Bên nợ và bên có là một tài khoản.",
            "Debit and credit are the same account.",
        ),
        "not_covered": (
            "Số dư không đủ cho bút toán này.",
            "The balance does not cover this.",
        ),
        "already_posted": (
            "Khoản này đã được ghi sổ trước đó.",
            "This has been posted before.",
        ),
        "transfer_differs": (
            "Bút toán này đã ghi với nội dung khác.",
            "This transfer was posted before with another content.",
        ),
        "no_account": ("Không có tài khoản này.", "There is no such account."),
        "no_pending": (
            "Không có khoản chờ nào như vậy.",
            "There is no such pending transfer.",
        ),
        "pending_differs": (
            "Khoản xác nhận không khớp với khoản chờ.",
            "What is confirmed is not what was pending.",
        ),
        "pending_resolved": (
            "Khoản chờ này đã được xử lý.",
            "This pending transfer has been resolved.",
        ),
        "reversal_differs": (
            "Bút toán đảo không khớp với bút toán gốc.",
            "The reversal does not mirror its transfer.",
        ),
        "already_reversed": (
            "Bút toán này đã được đảo.",
            "This transfer has been reversed.",
        ),
        "approved_by_maker": (
            "Người duyệt phải khác người lập.",
            "Whoever makes it may not approve it.",
        ),
        "needs_approval": (
            "Việc này cần người thứ hai duyệt.",
            "This needs a second person.",
        ),
        "needs_reason": ("Cần ghi lý do.", "A reason is needed."),
        "day_closed": (
            "Ngày này đã khóa sổ.",
            "This day is closed.",
        ),
        "day_not_closed": (
            "Ngày này chưa khóa sổ.",
            "This day is not closed.",
        ),
    }
)

BY_STATE: Final = {
    "TN001": "transfer_differs",
    "TN002": "no_pending",
    "TN003": "pending_differs",
    "TN004": "pending_resolved",
    "TN005": "reversal_differs",
    "TN006": "day_closed",
    "TN007": "day_not_closed",
    "TN008": "no_account",
}
"""SQLSTATE of the posting function by the code of its refusal."""
BY_CONSTRAINT: Final = {
    "balance_covers": "not_covered",
    "transfer_business_key": "already_posted",
    "transfer_resolved_once": "pending_resolved",
    "transfer_reversed_once": "already_reversed",
    "transfer_four_eyes": "approved_by_maker",
    "transfer_approved": "needs_approval",
    "transfer_reasoned": "needs_reason",
    "transfer_two_accounts": "same_account",
    "transfer_amount_vnd_check": "amount_out_of_range",
    "day_event_check": "approved_by_maker",
    "day_event_check1": "needs_reason",
}
"""Names of the table's own rules by the code of their refusal."""


def check_transfers(transfers: Sequence[Transfer]) -> None:
    """Refuse what the table would refuse, before it is asked.

    Raises `Invalid` `amount_out_of_range`, `Conflict` `same_account`, `approved_by_maker`.
    """
    for transfer in transfers:
        if not 1 <= transfer.amount_vnd <= AMOUNT_VND_MAX:
            raise Invalid("amount_out_of_range")
        if transfer.debit == transfer.credit:
            raise Conflict("same_account")
        if transfer.approved_by == transfer.created_by:
            raise Conflict("approved_by_maker")


def refusal_of(sqlstate: str | None, constraint: str | None) -> Refusal | None:
    """Return the refusal that an error of the database stands for, or None for a bug."""
    code = BY_STATE.get(sqlstate or "") or BY_CONSTRAINT.get(constraint or "")
    return None if code is None else Conflict(code)
