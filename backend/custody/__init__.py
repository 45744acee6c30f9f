"""The book of things: who holds which item, sealed how; one holder at any time."""

from backend.custody.actions import (
    begin,
    freeze,
    hand_over,
    make_code,
    mark_passed,
    sign_record,
    thaw,
    unmark_passed,
)
from backend.custody.model import Handover, Item, NewItem, Party, Record
from backend.custody.rules import check_digit, check_in_hand, check_passed, is_code
from backend.custody.store import (
    draw_serials,
    find_item,
    list_chain,
    list_held,
    lock_item,
    read_ahead,
)

__all__ = [
    "Handover",
    "Item",
    "NewItem",
    "Party",
    "Record",
    "begin",
    "check_digit",
    "check_in_hand",
    "check_passed",
    "draw_serials",
    "find_item",
    "freeze",
    "hand_over",
    "is_code",
    "list_chain",
    "list_held",
    "lock_item",
    "make_code",
    "mark_passed",
    "read_ahead",
    "sign_record",
    "thaw",
    "unmark_passed",
]
