"""The book of receipts: numbers allotted, lent in blocks, used once, void ones kept."""

from backend.receipts.actions import (
    allot,
    find_lent,
    give_back,
    give_back_of_device,
    issue,
    lease_block,
    list_gaps,
    spoil,
    top_up,
    void,
)
from backend.receipts.documents import make_receipt_pdf, make_use_report
from backend.receipts.model import (
    Block,
    Item,
    NewReceipt,
    Range,
    RangeDraft,
    Receipt,
    ReceiptKind,
    Use,
)
from backend.receipts.store import find_receipt, list_blocks, list_ranges, list_used

__all__ = [
    "Block",
    "Item",
    "NewReceipt",
    "Range",
    "RangeDraft",
    "Receipt",
    "ReceiptKind",
    "Use",
    "allot",
    "find_lent",
    "find_receipt",
    "give_back",
    "give_back_of_device",
    "issue",
    "lease_block",
    "list_blocks",
    "list_gaps",
    "list_ranges",
    "list_used",
    "make_receipt_pdf",
    "make_use_report",
    "spoil",
    "top_up",
    "void",
]
