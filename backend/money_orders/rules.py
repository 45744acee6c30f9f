"""Decisions about money orders: fees, ceilings, PINs, who may be paid, what the law wants known."""

import re
import secrets
from collections.abc import Sequence
from typing import Final

from backend.kit import catalog, papers
from backend.kit.errors import Conflict, Invalid
from backend.kit.seal import Sealer
from backend.money_orders.model import NewOrder, Party

AMOUNT_VND_MAX: Final = 50_000_000_000
LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PIN: Final = re.compile(r"[0-9]{6}")
AML_FIELDS: Final = ("name", "id_number", "birth_on", "address", "nationality")

FIELD_WORDS: Final[dict[str, tuple[str, str]]] = {
    "name": ("họ tên", "name"),
    "id_number": ("số giấy tờ", "number of the paper"),
    "birth_on": ("ngày sinh", "birth date"),
    "address": ("địa chỉ", "address"),
    "nationality": ("quốc tịch", "nationality"),
}

WHY_NOT: Final[dict[papers.Verdict, str]] = {
    "same": "",
    "differs": "wrong_identity",
    "not_seen": "wrong_identity",
    # Money goes to a number that its sender named: a name alone does not fetch it.
    "other_number": "paper_of_other_kind",
}
catalog.add(
    {
        "order_amount": (
            "Số tiền chuyển phải là số nguyên dương, tối đa 50.000.000.000 đồng.",
            "The amount is a whole number above zero, at most 50,000,000,000 đồng.",
        ),
        "order_party": (
            "Thiếu hoặc sai thông tin: {field}.",
            "This is missing or wrong: {field}.",
        ),
        "order_same_person": (
            "Người gửi và người nhận là một.",
            "Sender and payee are the same person.",
        ),
        "order_over_ceiling": (
            "Số tiền vượt mức tối đa {ceiling_vnd} đồng của một phiếu hoặc một người trong ngày.",
            "The amount is above the ceiling of {ceiling_vnd} đồng for an order or a person's day.",
        ),
        "aml_fields_missing": (
            "Giao dịch giá trị lớn cần đủ thông tin: {fields_vi}.",
            "A large transaction needs these fields: {fields_en}.",
        ),
        "order_not_booked": (
            "Phiếu chuyển tiền này không ở trạng thái chờ thu.",
            "This order does not wait to be taken.",
        ),
        "order_settled": (
            "Phiếu chuyển tiền này đã trả hoặc đã hoàn.",
            "This order has been paid or given back.",
        ),
        "order_not_taken": (
            "Phiếu chuyển tiền này chưa thu tiền.",
            "This order has not been taken yet.",
        ),
        "pin_shown": ("Mã PIN đã được cấp một lần.", "The PIN was shown once already."),
        "pin_locked": (
            "Phiếu bị khóa vì nhập sai PIN ba lần, cần hai người mở khóa.",
            "The order is locked after three wrong PINs; two people can unlock it.",
        ),
        "pin_not_locked": ("Phiếu này không bị khóa.", "This order is not locked."),
        "wrong_pin": (
            "Số phiếu hoặc mã PIN không đúng.",
            "The reference or the PIN is wrong.",
        ),
        "wrong_identity": (
            "Giấy tờ không phải của người nhận trên phiếu.",
            "The identity is not that of the person on the order.",
        ),
        "paper_of_other_kind": (
            "Phiếu ghi số của loại giấy tờ khác: số định danh thì cần căn cước hoặc VNeID, "
            "số hộ chiếu thì cần hộ chiếu.",
            "The order has the number of another paper: a personal number needs the identity card "
            "or VNeID, a passport’s number the passport.",
        ),
        "order_amount_differs": (
            "Số tiền không đúng với phiếu.",
            "The amount is not that of the order.",
        ),
        "unknown_order": ("Không có phiếu này.", "There is no such order."),
        "order_proposal_open": (
            "Đã có đề nghị đang chờ duyệt cho phiếu này.",
            "A proposal for this order waits to be approved.",
        ),
        "order_settlement_not_possible": (
            "Không xử lý theo cách này được: không có phiếu đúng số tiền đang chờ trả.",
            "This cannot be settled so: no order of this amount waits to be paid.",
        ),
        "order_proposal_ended": ("Đề nghị này đã xử lý.", "This proposal has ended."),
    }
)


def make_reference() -> str:
    """Return a fresh name of an order, which payees say at any office."""
    return "CT" + "".join(secrets.choice(LETTERS) for _ in range(8))


def make_pin() -> str:
    """Return six digits by chance."""
    return f"{secrets.randbelow(1_000_000):06d}"


def hash_pin(sealer: Sealer, salt: bytes, pin: str) -> bytes:
    """Return a PIN under its order's salt and the house's key, which the database does not have."""
    return sealer.index(f"money-order-pin:{salt.hex()}:{pin}")


def person_key(sealer: Sealer, id_number: str) -> str:
    """Return by what one person's sums are added up; no number of theirs stands in it."""
    return sealer.index(papers.tidy(id_number)).hex()


def check_party(party: Party) -> None:
    """Raise `Invalid` `order_party` with the field that is missing or cannot be."""
    for field, is_right in (
        ("name", 1 <= len(party.name.strip()) <= 120),
        ("id_number", papers.kind_of(party.id_number, party.nationality) is not None),
        ("phone", len(party.phone) <= 20),
        ("address", len(party.address) <= 300),
        ("nationality", len(party.nationality) <= 60),
    ):
        if not is_right:
            raise Invalid("order_party", field=field)


def check_new(new: NewOrder) -> None:
    """Refuse what cannot be sent.

    Raises `Invalid`: `order_amount`, `order_party`, `order_same_person`.
    """
    if not 1 <= new.amount_vnd <= AMOUNT_VND_MAX:
        raise Invalid("order_amount")
    check_party(new.sender)
    check_party(new.payee)
    if papers.tidy(new.sender.id_number) == papers.tidy(new.payee.id_number):
        raise Invalid("order_same_person")
    if not 1 <= len(new.purpose.strip()) <= 200:
        raise Invalid("order_party", field="purpose")
    if new.to_door and not new.payee.address.strip():
        raise Invalid("order_party", field="address")


def find_fee(amount_vnd: int, table: Sequence[Sequence[int]]) -> int:
    """Return the fee by a table of (largest amount, fee); raise `Conflict` `order_over_ceiling`."""
    for largest_vnd, fee_vnd in table:
        if amount_vnd <= largest_vnd:
            return fee_vnd
    raise Conflict("order_over_ceiling", ceiling_vnd=table[-1][0])


def check_ceilings(amount_vnd: int, sent_today_vnd: int, *, order: int, sender_day: int) -> None:
    """Refuse more than one order, or one sender's day, may carry: `order_over_ceiling`."""
    if amount_vnd > order:
        raise Conflict("order_over_ceiling", ceiling_vnd=order)
    if sent_today_vnd + amount_vnd > sender_day:
        raise Conflict("order_over_ceiling", ceiling_vnd=sender_day)


def list_missing(party: Party) -> list[str]:
    """Return which fields the law wants of a large sum that this person has not given."""
    return [field for field in AML_FIELDS if not getattr(party, field)]


def check_aml(total_vnd: int, threshold_vnd: int, party: Party) -> bool:
    """Return whether a sum is to be reported; raise `Conflict` `aml_fields_missing`."""
    if total_vnd < threshold_vnd:
        return False
    missing = list_missing(party)
    if missing:
        raise refuse_missing(missing)
    return True


def refuse_missing(fields: Sequence[str]) -> Conflict:
    """Return the refusal `aml_fields_missing`, which names the fields in both languages."""
    words = [FIELD_WORDS[field] for field in fields]
    return Conflict(
        "aml_fields_missing",
        fields=",".join(fields),
        fields_vi=", ".join(vi for vi, _ in words),
        fields_en=", ".join(en for _, en in words),
    )
