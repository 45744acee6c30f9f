"""The book of things: who holds which item, sealed how; one holder at any time."""

from backend.custody.actions import begin, hand_over, make_code, sign_record
from backend.custody.model import Handover, Item, NewItem, Party, Record
from backend.custody.rules import check_digit, is_code
from backend.custody.store import draw_serials, find_item, list_chain, list_held, read_ahead

__all__ = [
    "Handover",
    "Item",
    "NewItem",
    "Party",
    "Record",
    "begin",
    "check_digit",
    "draw_serials",
    "find_item",
    "hand_over",
    "is_code",
    "list_chain",
    "list_held",
    "make_code",
    "read_ahead",
    "sign_record",
]
