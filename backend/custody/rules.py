"""Decisions of custody: codes of UPU S10, and who may hand what to whom."""

import re

from backend.custody.model import Handover, Item, Party
from backend.kit import catalog
from backend.kit.errors import Conflict

catalog.add(
    {
        "wrong_holder": (
            "Người giao không phải là người đang giữ bưu gửi.",
            "The giver is not the one who holds the item.",
        ),
        "same_party": (
            "Bên giao và bên nhận là một.",
            "Giver and taker are the same.",
        ),
        "item_frozen": (
            "Bưu gửi đang tạm dừng chờ xử lý.",
            "The item is frozen until somebody decides.",
        ),
        "item_passed_on": (
            "Người giữ đã ghi bàn giao bưu gửi này cho người khác.",
            "Its holder has recorded that the item was handed on.",
        ),
        "seal_mismatch": (
            "Niêm phong không còn nguyên; cần lập biên bản.",
            "The seal is not whole; a record is needed.",
        ),
    }
)

WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
CODE = re.compile(r"^[A-Z]{2}[0-9]{9}VN$")


def check_digit(serial: str) -> int:
    """Return the check digit of eight digits (UPU S10)."""
    if len(serial) != len(WEIGHTS) or not serial.isdigit():
        raise ValueError("an S10 serial has eight digits")
    rest = 11 - sum(w * int(d) for w, d in zip(WEIGHTS, serial, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)


def is_code(code: str) -> bool:
    """Return whether `code` is an S10 code of Vietnam with a right check digit."""
    return bool(CODE.match(code)) and check_digit(code[2:10]) == int(code[10])


def make_s10(prefix: str, serial: int) -> str:
    """Return the S10 code of a serial number: `LD` and 47312482 make LD473124829VN."""
    digits = f"{serial:08d}"
    return f"{prefix}{digits}{check_digit(digits)}VN"


def check_hand_over(item: Item, handover: Handover) -> None:
    """Refuse a handover that would break the chain.

    Raises `Conflict`: `item_frozen`, `item_passed_on` (its holder says somebody else has it),
    `wrong_holder`, `same_party`, `seal_mismatch` (the taker saw a broken seal and put on no new
    one).
    """
    if item.is_frozen:
        raise Conflict("item_frozen")
    check_passed(item)
    if item.holder != handover.giver:
        raise Conflict("wrong_holder")
    if handover.giver == handover.taker:
        raise Conflict("same_party")
    if handover.is_seal_whole is False and handover.seal_number is None:
        raise Conflict("seal_mismatch")


def check_passed(item: Item) -> None:
    """Refuse an act with an item that its holder says to have handed on: `item_passed_on`."""
    if item.passed_op_id is not None:
        raise Conflict("item_passed_on")


def check_in_hand(item: Item, holder: Party) -> None:
    """Refuse an item that is not in these hands.

    Raises `Conflict`: `item_frozen`, `item_passed_on`, `wrong_holder`.
    """
    if item.is_frozen:
        raise Conflict("item_frozen")
    check_passed(item)
    if item.holder != holder:
        raise Conflict("wrong_holder")
