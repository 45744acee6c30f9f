"""Files of what was collected: a payee's batch, the taxes of a month (03/UNT); CSV and PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from backend import ledger, network
from backend.charges import batches, store
from backend.charges.model import Batch, CollectedLine
from backend.kit import pdf
from backend.kit.clock import service_day
from backend.kit.csv_table import write_table
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.money import in_words
from backend.kit.pdf import Column, Section, Sheet, Signature
from backend.kit.sql import Conn

BATCH_COLUMNS: Final = (
    "STT", "Mã khoản thu", "Người nộp", "Mã số thuế", "Kỳ", "Nội dung", "Số tiền (đồng)",
    "Hình thức", "Ngày thu", "Số biên lai",
)  # fmt: skip
TAX_COLUMNS: Final = (
    "STT", "Số thông báo", "Người nộp thuế", "Mã số thuế", "Kỳ", "Khoản thuế", "Phải thu (đồng)",
    "Đã thu (đồng)", "Ngày thu", "Số biên lai", "Đã nộp NSNN (đồng)", "Ngày nộp",
)  # fmt: skip
METHODS: Final = {"cash": "Tiền mặt", "qr": "Chuyển khoản"}
NUM_PEOPLE_MAX: Final = 1_000
"""So many people's data leave by one person (A11)."""
RIGHT: Final = ("Số tiền (đồng)", "Phải thu (đồng)", "Đã thu (đồng)", "Đã nộp NSNN (đồng)")


@dataclass(frozen=True)
class Exporter:
    """Who takes a file away."""

    id: UUID
    name: str
    is_approver: bool


@dataclass(frozen=True)
class Files:
    """One thing as CSV and as PDF, and how many people it names."""

    table: bytes
    paper: bytes
    num_people: int


async def make_batch_files(
    conn: Conn, office_id: UUID, batch_id: UUID, *, by: Exporter, today: date
) -> Files:
    """Return a batch as its payee gets it.

    Raises `NotFound`; `Conflict` `payers_need_second` for more than a thousand people, until
    another person than its maker approved the batch or takes the file (A11).
    """
    batch = await batches.find_batch(conn, office_id, batch_id)
    if batch is None:
        raise NotFound()
    is_second = by.is_approver and by.id != batch.made_by
    _check_export(batch.num_charges, is_seen_by_two=is_second or batch.state == "remitted")
    lines = await batches.list_of_batch(conn, batch)
    rows = [_batch_row(n, line) for n, line in enumerate(lines, 1)]
    root = await ledger.say_root(conn)
    sheet = await _make_batch_sheet(conn, batch, rows, maker=by.name, root=root, today=today)
    table = write_table(BATCH_COLUMNS, rows, last=root)
    return Files(table, await pdf.make_sheet(sheet), len(rows))


async def _make_batch_sheet(
    conn: Conn, batch: Batch, rows: list[list[str]], *, maker: str, root: str, today: date
) -> Sheet:
    payee = await store.find_payee(conn, batch.office_id, batch.payee_id)
    assert payee is not None, "a batch has its payee"
    letterhead = await network.get_letterhead(conn, batch.office_id, today)
    totals = ["", "", "Cộng", "", "", "", str(batch.amount_vnd), "", "", ""]
    return Sheet(
        letterhead=letterhead,
        title="Bảng kê nộp tiền thu hộ",
        subtitle=f"Thu đến hết ngày {batch.through_on:%d/%m/%Y}",
        facts=[
            ("Đơn vị thụ hưởng", payee.name),
            ("Tài khoản", payee.bank_account or "theo hợp đồng"),
            ("Số khoản", str(batch.num_charges)),
            ("Mã đợt", str(batch.id)),
        ],
        sections=[Section(columns=_columns(BATCH_COLUMNS), rows=rows, totals=totals)],
        in_words=in_words(batch.amount_vnd),
        note=root,
        place_and_day=pdf.say_place_and_day(letterhead.office, today),
        signatures=[
            Signature("Người lập", maker),
            Signature("Kiểm soát viên"),
            Signature("Đơn vị thụ hưởng"),
        ],
        is_landscape=True,
    )


def _check_export(num_people: int, *, is_seen_by_two: bool) -> None:
    if num_people > NUM_PEOPLE_MAX and not is_seen_by_two:
        raise Conflict("payers_need_second", num_max=NUM_PEOPLE_MAX)


async def make_tax_report(
    conn: Conn, office_id: UUID, payee_id: UUID, year: int, month: int, *, by: Exporter, today: date
) -> Files:
    """Return the taxes collected in a month, remitted or not, and those due (03/UNT).

    All stands as it did when the month ended, whenever the report is made. What was collected in an
    earlier month and was not handed on then has a table of its own, and counts again for nothing.

    Raises `NotFound` for an unknown tax office, `Invalid` `month_unknown`, `Conflict`
    `payers_need_second` for more than a thousand people: a controller takes them, not who
    collected them (A11).
    """
    if not 1 <= month <= 12 or not 2020 <= year <= 2100:
        raise Invalid("month_unknown")
    payee = await store.find_payee(conn, office_id, payee_id)
    if payee is None or payee.kind != "tax":
        raise NotFound()
    first = date(year, month, 1)
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    lines = await batches.list_taxes(conn, office_id, payee_id, first, last)
    _check_export(len(lines), is_seen_by_two=by.is_approver)
    earlier = [line for line in lines if line.collected_on and line.collected_on < first]
    own = [line for line in lines if line.collected_on is None or line.collected_on >= first]
    rows = [_tax_row(n, line, is_own=True) for n, line in enumerate(own, 1)]
    rows_earlier = [_tax_row(n, line, is_own=False) for n, line in enumerate(earlier, len(own) + 1)]
    collected = sum(line.amount_vnd for line in own if line.collected_on)
    waiting = sum(
        line.amount_vnd for line in lines if line.collected_on and line.remitted_at is None
    )
    sections = [Section(columns=_columns(TAX_COLUMNS), rows=rows, totals=_tax_totals(own))]
    if earlier:
        totals = _tax_totals(earlier)
        totals[6] = totals[7] = ""
        sections.append(
            Section(
                columns=_columns(TAX_COLUMNS),
                rows=rows_earlier,
                title="Thu từ kỳ trước, đến kỳ này mới nộp hoặc còn phải nộp",
                totals=totals,
            )
        )
    letterhead = await network.get_letterhead(conn, office_id, today)
    root = await ledger.say_root(conn)
    sheet = Sheet(
        letterhead=letterhead,
        title="Báo cáo thu, nộp thuế ủy nhiệm",
        subtitle=f"Mẫu 03/UNT. Tháng {month:02d} năm {year}",
        facts=[
            ("Cơ quan thuế", payee.name),
            ("Đã thu, chưa nộp", f"{waiting} đồng"),
        ],
        sections=sections,
        in_words=in_words(collected),
        note=root,
        place_and_day=pdf.say_place_and_day(letterhead.office, today),
        signatures=[Signature("Người lập", by.name), Signature("Thủ trưởng đơn vị")],
        is_landscape=True,
    )
    rows = rows + rows_earlier
    table = write_table(TAX_COLUMNS, rows, last=root)
    return Files(table, await pdf.make_sheet(sheet), len(rows))


def _tax_totals(lines: Sequence[CollectedLine]) -> list[str]:
    due = sum(line.amount_vnd for line in lines)
    collected = sum(line.amount_vnd for line in lines if line.collected_on)
    remitted = sum(line.amount_vnd for line in lines if line.remitted_at)
    return ["", "", "Cộng", "", "", "", str(due), str(collected), "", "", str(remitted), ""]


def _columns(names: Sequence[str]) -> list[Column]:
    return [Column(name, "right" if name in RIGHT else "left") for name in names]


def _items(line: CollectedLine) -> str:
    return "; ".join(item.name for item in line.items)


def _day(day: date | None) -> str:
    return "" if day is None else f"{day:%d/%m/%Y}"


def _batch_row(n: int, line: CollectedLine) -> list[str]:
    return [
        str(n),
        line.external_key,
        line.payer_name,
        line.payer_tax_code,
        line.period,
        _items(line),
        str(line.amount_vnd),
        METHODS.get(line.method or "", ""),
        _day(line.collected_on),
        line.receipt,
    ]


def _tax_row(n: int, line: CollectedLine, *, is_own: bool) -> list[str]:
    """Return a row; one of an earlier month was due and collected in that month's report."""
    remitted_on = None if line.remitted_at is None else service_day(line.remitted_at)
    return [
        str(n),
        line.external_key,
        line.payer_name,
        line.payer_tax_code,
        line.period,
        _items(line),
        str(line.amount_vnd) if is_own else "",
        str(line.amount_vnd) if is_own and line.collected_on else "",
        _day(line.collected_on),
        line.receipt,
        str(line.amount_vnd) if line.remitted_at else "",
        _day(remitted_on),
    ]
