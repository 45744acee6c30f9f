"""Papers of receipts: the e-receipt, and the report of a quarter's use (05/UNT)."""

from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
import segno

from backend import network
from backend.kit import pdf
from backend.kit.csv_table import write_table
from backend.kit.errors import Invalid
from backend.kit.money import in_figures, in_words
from backend.kit.pdf import Column, Letterhead, Section, Sheet, Signature
from backend.kit.sql import Conn
from backend.receipts import store
from backend.receipts.model import Receipt, UseLine

TEMPLATE: Final = Path(__file__).with_name("templates") / "receipt.typ"
TITLES: Final = {
    "fee": "Biên lai thu phí, lệ phí",
    "tax": "Biên lai thu thuế",
    "bill": "Biên nhận thu hộ",
}
USE_COLUMNS: Final = (
    "Mẫu số", "Ký hiệu", "Từ số", "Đến số", "Tồn đầu kỳ", "Nhận trong kỳ", "Đã dùng", "Huỷ",
    "Thu lại", "Tồn cuối kỳ", "Số tiền (đồng)",
)  # fmt: skip


class ReceiptPaper(msgspec.Struct, frozen=True, kw_only=True):
    """What `receipt.typ` reads."""

    letterhead: Letterhead
    title: str
    day: str
    void: str
    template: str
    symbol: str
    number: str
    facts: list[tuple[str, str]]
    columns: list[Column]
    rows: list[list[str]]
    totals: list[str]
    in_words: str
    delegation: str
    check_svg: str
    check_said: str
    place_and_day: str
    signatures: list[Signature]
    footer: str


async def make_receipt_pdf(
    conn: Conn, receipt: Receipt, *, collector: str, public_url: str
) -> bytes:
    """Return a receipt as PDF with a QR that opens the page of its validity.

    `collector` is the name of who took the money.
    """
    letterhead = await network.get_letterhead(conn, receipt.office_id, receipt.issued_on)
    rule = await network.get_rule(conn, "operator", receipt.issued_on)
    operator = msgspec.convert(rule.value, dict[str, str])
    paper = _make_paper(receipt, letterhead, operator, collector, public_url)
    return await pdf.make(TEMPLATE, paper, at=receipt.voided_at or receipt.received_at)


def _make_paper(
    receipt: Receipt,
    letterhead: Letterhead,
    operator: dict[str, str],
    collector: str,
    public_url: str,
) -> ReceiptPaper:
    url = f"{public_url}/r/{receipt.check_code}"
    day = receipt.issued_on
    facts = [("Người nộp tiền", receipt.payer_name), ("Đơn vị thu", letterhead.office)]
    if receipt.payer_tax_code:
        facts.insert(1, ("Mã số thuế người nộp", receipt.payer_tax_code))
    if operator["tax_code"]:
        facts.append(("Mã số thuế đơn vị thu", operator["tax_code"]))
    delegation = ""
    if receipt.delegator_name:
        code = f", mã số thuế {receipt.delegator_tax_code}" if receipt.delegator_tax_code else ""
        delegation = f"Lập theo ủy nhiệm của {receipt.delegator_name}{code}."
    return ReceiptPaper(
        letterhead=letterhead,
        title=TITLES[receipt.kind],
        day=f"Ngày {day.day:02d} tháng {day.month:02d} năm {day.year}",
        void=f"ĐÃ HỦY: {receipt.void_reason}" if receipt.state == "void" else "",
        template=receipt.template,
        symbol=receipt.symbol,
        number=f"{receipt.number:08d}",
        facts=facts,
        columns=[Column("STT", "center"), Column("Nội dung", width=1), Column("Số tiền", "right")],
        rows=[
            [str(n), str(item["name"]), in_figures(int(item["amount_vnd"]))]
            for n, item in enumerate(receipt.items, 1)
        ],
        totals=["", "Cộng", in_figures(receipt.amount_vnd)],
        in_words=in_words(receipt.amount_vnd),
        delegation=delegation,
        check_svg=segno.make(url, error="m").svg_inline(scale=4, border=1),
        check_said="Quét để kiểm tra",
        place_and_day="",
        signatures=[Signature("Người thu tiền", collector)],
        footer=f"Kiểm tra biên lai: {url}",
    )


async def make_use_report(
    conn: Conn, office_id: UUID, year: int, quarter: int, *, maker: str, today: date
) -> tuple[bytes, bytes]:
    """Return the use of receipts in a quarter (05/UNT) as CSV and as PDF.

    Raises `Invalid` `quarter_unknown`.
    """
    if not 1 <= quarter <= 4 or not 2020 <= year <= 2100:
        raise Invalid("quarter_unknown")
    from_day = date(year, 3 * quarter - 2, 1)
    next_day = date(year + quarter // 4, 3 * quarter % 12 + 1, 1)
    to_day = date.fromordinal(next_day.toordinal() - 1)
    lines = await store.list_use(conn, office_id, from_day, to_day)
    rows = [_use_row(line) for line in lines]
    letterhead = await network.get_letterhead(conn, office_id, to_day)
    sheet = Sheet(
        letterhead=letterhead,
        title="Báo cáo sử dụng biên lai",
        subtitle=f"Mẫu 05/UNT. Quý {quarter} năm {year}",
        sections=[
            Section(
                columns=[
                    Column(name, "left" if n < 2 else "right") for n, name in enumerate(USE_COLUMNS)
                ],
                rows=rows,
                totals=["Cộng", *[""] * 9, f"{sum(line.amount_vnd for line in lines)}"],
            )
        ],
        place_and_day=pdf.say_place_and_day(letterhead.office, today),
        signatures=[Signature("Người lập", maker), Signature("Thủ trưởng đơn vị")],
        is_landscape=True,
    )
    return write_table(USE_COLUMNS, rows), await pdf.make_sheet(sheet)


def _use_row(line: UseLine) -> list[str]:
    return [
        line.template,
        line.symbol,
        f"{line.first_number:08d}",
        f"{line.last_number:08d}",
        str(line.num_opening),
        str(line.num_received),
        str(line.num_used),
        str(line.num_void),
        str(line.num_given_back),
        str(line.num_closing),
        str(line.amount_vnd),
    ]
