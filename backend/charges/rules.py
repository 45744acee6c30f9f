"""Decisions about charges: what may be owed, when it is paid, to which account it belongs."""

import re
import secrets
from typing import Final
from uuid import UUID

from backend.charges.model import Charge, ChargeKind, Collection, NewCharge, PayeeKind, Source
from backend.kit import catalog, tax_code
from backend.kit.errors import Invalid
from backend.kit.vietqr import make_purpose
from backend.ledger import Account, AccountKind
from backend.receipts import ReceiptKind

AMOUNT_VND_MAX: Final = 50_000_000_000
NUM_ITEMS_MAX: Final = 50
LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: none is taken for another
REFERENCE: Final = re.compile(r"TN[0-9A-HJKMNP-TV-Z]{10}")
PAYABLES: Final[dict[ChargeKind, AccountKind]] = {
    "fee": "fee_payable",
    "order": "fee_payable",
    "bill": "biller_payable",
    "tax": "tax_payable",
}
RECEIPTS: Final[dict[ChargeKind, ReceiptKind]] = {
    "fee": "fee",
    "order": "fee",
    "tax": "tax",
    "bill": "bill",
}
NEEDS_RECEIPT: Final[frozenset[ChargeKind]] = frozenset({"fee", "order", "tax"})
"""Money of the state without a receipt is treated as embezzled (Decree 252/2026)."""
PAYEES: Final[dict[ChargeKind, frozenset[PayeeKind]]] = {
    "fee": frozenset({"agency"}),
    "order": frozenset({"agency", "biller", "tax"}),
    "bill": frozenset({"biller"}),
    "tax": frozenset({"tax"}),
}
NAMES: Final[dict[ChargeKind, tuple[str, str]]] = {
    "fee": ("Phí, lệ phí", "Fee"),
    "postage": ("Cước bưu chính", "Postage"),
    "bill": ("Thu hộ", "Bill"),
    "tax": ("Thuế", "Tax"),
    "order": ("Lệnh thu", "Collection order"),
}

catalog.add(
    {
        "charge_amount": (
            "Số tiền phải là số nguyên từ 1 đến 50.000.000.000 đồng và bằng tổng các khoản.",
            "An amount is a whole number from 1 to 50,000,000,000 đồng, the sum of its lines.",
        ),
        "payers_need_second": (
            "Tệp có trên {num_max} người nộp: kiểm soát viên xuất, hoặc xuất sau khi đợt"
            " được duyệt.",
            "The file names more than {num_max} payers: a controller takes it, or anyone once the"
            " batch is approved.",
        ),
        "charge_payer": ("Thiếu tên người nộp.", "The payer's name is missing."),
        "charge_payee": (
            "Đơn vị thụ hưởng không phù hợp với loại khoản thu.",
            "This payee does not fit this kind of charge.",
        ),
        "charge_collected": (
            "Khoản này đã thu.",
            "This has been collected.",
        ),
        "charge_cancelled": ("Khoản thu này đã huỷ.", "This charge was cancelled."),
        "charge_not_due": (
            "Khoản thu này không còn ở trạng thái phải thu.",
            "This charge is not due.",
        ),
        "charge_amount_differs": (
            "Số tiền không đúng với khoản phải thu.",
            "The amount is not what is due.",
        ),
        "receipt_missing": (
            "Thiếu biên lai cho khoản thu của Nhà nước.",
            "A receipt is missing for money of the state.",
        ),
        "receipt_of_collected": (
            "Khoản này đã thu, không huỷ riêng biên lai được: hãy đề nghị đảo khoản đã thu.",
            "The receipt of a collected charge is not voided alone: propose to take it back.",
        ),
        "receipt_not_owed": (
            "Khoản này không có biên lai nào phải cấp.",
            "There is no receipt to be issued for this.",
        ),
        "unknown_charge": ("Không có khoản thu này.", "There is no such charge."),
        "no_bank_account": (
            "Bưu cục chưa khai báo tài khoản ngân hàng.",
            "The office has no bank account.",
        ),
        "bank_account_taken": (
            "Tài khoản này đã thuộc một bưu cục.",
            "Some office has this account.",
        ),
        "notice_differs": (
            "Tin báo có cùng mã nhưng nội dung khác.",
            "A notice of this id came before with another content.",
        ),
        "doubt_answered": (
            "Khoản chờ này đã được xử lý.",
            "This has been decided.",
        ),
        "charge_in_batch": (
            "Khoản thu đã vào đợt nộp nên không đảo được.",
            "The charge is in a batch and cannot be taken back.",
        ),
        "nothing_to_remit": (
            "Không có khoản nào cần nộp.",
            "There is nothing to remit.",
        ),
        "batch_ended": (
            "Đợt nộp này đã kết thúc.",
            "This batch has ended.",
        ),
        "charge_known": (
            "Khoản thu này đã có.",
            "This charge is there already.",
        ),
        "proposal_open": (
            "Đã có đề nghị đang chờ duyệt cho khoản này.",
            "A proposal for this waits to be approved.",
        ),
        "proposal_ended": (
            "Đề nghị này đã được xử lý.",
            "This proposal has ended.",
        ),
        "month_unknown": ("Tháng hoặc năm không đúng.", "There is no such month."),
        "payee_code": (
            "Mã đơn vị chỉ gồm chữ hoa, số, gạch; tối đa 30 ký tự.",
            "A payee's code has capital letters, digits and dashes, 30 at most.",
        ),
        "payee_known": ("Mã đơn vị này đã có.", "There is a payee of this code."),
    }
)


def make_reference() -> str:
    """Return a fresh name for a charge, as it stands in the purpose of a bank transfer."""
    return "TN" + "".join(secrets.choice(LETTERS) for _ in range(10))


def find_references(content: str) -> list[str]:
    """Return what may be names of charges in the words of a bank, the first one first.

    Banks fold the words, put others around them and part them by blanks.
    """
    text = content.upper()
    joined = re.sub(r"[^0-9A-Z]", "", text)
    found = REFERENCE.findall(text) + REFERENCE.findall(joined)
    # Without blanks a name may begin inside another: `...TN` before `TN...`.
    found += [m[1] for m in re.finditer(rf"(?=({REFERENCE.pattern}))", joined)]
    return list(dict.fromkeys(found))


def check_new(new: NewCharge) -> None:
    """Refuse what nobody can owe.

    Raises `Invalid`: `charge_amount`, `charge_payer`, `charge_payee`, `tax_code_wrong`.
    """
    if not 1 <= len(new.items) <= NUM_ITEMS_MAX or any(item.amount_vnd <= 0 for item in new.items):
        raise Invalid("charge_amount")
    if not 1 <= new.amount_vnd <= AMOUNT_VND_MAX:
        raise Invalid("charge_amount")
    if not new.payer_name.strip():
        raise Invalid("charge_payer")
    if (new.kind == "postage") != (new.payee_id is None):
        raise Invalid("charge_payee")
    if new.payer_tax_code and tax_code.kind_of(new.payer_tax_code) is None:
        raise Invalid("tax_code_wrong")
    if new.kind == "tax" and not (new.payer_tax_code and new.external_key):
        # Who owes it and by which notice: without these nobody can be told to pay a tax.
        raise Invalid("tax_code_wrong" if not new.payer_tax_code else "charge_payee")


def fits_payee(kind: ChargeKind, payee: PayeeKind) -> bool:
    """Return whether money of this kind may go to such a payee."""
    return payee in PAYEES.get(kind, ())


def judge(charge: Charge | None, amount_vnd: int) -> str:
    """Return why money does not pay a charge, or nothing when it does."""
    if charge is None:
        return "unknown_charge"
    if charge.state == "cancelled":
        return "charge_cancelled"
    if charge.state != "due":
        return "charge_collected"
    return "" if amount_vnd == charge.amount_vnd else "charge_amount_differs"


def judge_receipt(charge: Charge, collection: Collection) -> str:
    """Return why a collection at a door lacks its receipt, or nothing."""
    is_needed = charge.kind in NEEDS_RECEIPT and collection.method == "cash"
    return "receipt_missing" if is_needed and collection.receipt is None else ""


def judge_source(charge: Charge, source: Source) -> str:
    """Return why a person must look at money that fits its charge, or nothing.

    The year of a receipt and the day to hand money on follow the instant it was taken; our own
    postage has neither.
    """
    return "" if charge.payee_id is None else source.problem


def payable_of(charge: Charge) -> Account:
    """Return the account of whom the money belongs to; they are never netted."""
    if charge.kind == "postage":
        return Account(charge.office_id, "postage_revenue")
    scheme = "order" if charge.kind == "order" else ""
    return Account(charge.office_id, PAYABLES[charge.kind], charge.payee_id, scheme)


def payable_for(office_id: UUID, kind: ChargeKind, payee_id: UUID) -> Account:
    """Return the account out of which a payee's batch is paid."""
    return Account(office_id, PAYABLES[kind], payee_id, "order" if kind == "order" else "")


def business_key(charge: Charge, num_reversed: int) -> str:
    """Return under what the ledger takes a charge once; after a reversal it may be once more."""
    return str(charge.id) if num_reversed == 0 else f"{charge.id}:{num_reversed}"


def purpose_of(charge: Charge) -> str:
    """Return the purpose that a VietQR of this charge carries."""
    return make_purpose(charge.reference)
