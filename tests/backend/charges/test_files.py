"""Tests of files of bills and notices in, and of batches and reports out."""

import io
import unicodedata
from datetime import date

import asyncpg
import pypdf
import pytest

from backend import charges, doorstep
from backend.charges import documents
from backend.charges.actions.importing import import_charges
from backend.charges.documents import Exporter, make_batch_files, make_tax_report
from backend.kit.errors import Refusal
from backend.kit.ids import new_id
from backend.kit.sheet_table import write_sheet
from tests.backend.charges.till import DAY, Till
from tests.backend.money_orders.counter import SEALER
from tests.backend.receipts.numbers import NOW

HEADER = "ma_hoa_don;ho_ten;so_tien;ky;han_nop;mst\n"
GOOD = (
    "HD-1;Nguyễn Thị Mẫu;135.000;11/2026;30/11/2026;\n"
    "HD-2;Trần Văn Mẫu;1.200.000 đ;11/2026;;0100047516\n"
)


@pytest.fixture
async def till(conn: asyncpg.Connection) -> Till:
    till = Till()
    await till.open(conn)
    return till


async def bring(
    conn: asyncpg.Connection, till: Till, text: str, *, payee=None, commit: bool = True
):
    return await import_charges(
        conn, SEALER, till.office_id, payee or till.biller, text.encode(), commit=commit,
        by=till.cashier, today=DAY, now=NOW,
    )  # fmt: skip


def read(raw: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(raw)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_bills_come_once(conn: asyncpg.Connection, till: Till, form: str) -> None:
    """Tests that a biller's file becomes charges, in either form of letters, and only once."""
    text = unicodedata.normalize(form, HEADER + GOOD)
    tried = await bring(conn, till, text, commit=False)
    assert (tried.num_accepted, tried.amount_vnd, tried.faults) == (2, 1_335_000, [])
    assert await charges.list_charges(conn, till.office_id) == []
    await bring(conn, till, text)
    again = await bring(conn, till, text)
    assert (again.num_accepted, again.num_known, again.faults) == (0, 2, [])
    one, two = await charges.list_charges(conn, till.office_id)
    assert (one.kind, one.payer_name, one.amount_vnd, one.due_on) == (
        "bill", "Trần Văn Mẫu", 1_200_000, DAY,
    )  # fmt: skip
    assert (two.external_key, two.due_on) == ("HD-1", date(2026, 11, 30))


async def test_spreadsheets_are_read_too(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that an XLSX file says the same as the CSV file, its numbers as numbers."""
    rows = [
        ["Mã hóa đơn", "Họ tên", "Số tiền", "Kỳ", "Hạn nộp"],
        ["HD-1", "Nguyễn Thị Mẫu", 135_000, "11/2026", "30/11/2026"],
        ["HD-2", "Trần Văn Mẫu", -5, "11/2026", ""],
    ]
    result = await import_charges(
        conn, SEALER, till.office_id, till.biller, write_sheet("Hóa đơn", rows), commit=True,
        by=till.cashier, today=DAY, now=NOW,
    )  # fmt: skip
    assert (result.num_accepted, result.amount_vnd) == (1, 135_000)
    assert [(f.row, f.column) for f in result.faults] == [(3, "amount_vnd")]


async def test_rows_with_an_address_are_due_at_doors(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a bill with an address sends a courier on its day, and one without does not."""
    header = "ma_hoa_don;ho_ten;so_tien;han_nop;dia_chi;dien_thoai\n"
    text = header + (
        "HD-1;Nguyễn Thị Mẫu;135.000;24/11/2026;Số 5, phường Kinh Bắc, Bắc Ninh;0900000001\n"
        "HD-2;Trần Văn Mẫu;20.000;24/11/2026;;\n"
        "HD-3;Lê Thị Mẫu;20.000;24/11/2026;Số 6, phường Kinh Bắc;12\n"
    )  # fmt: skip
    result = await bring(conn, till, text)
    assert [(f.row, f.column, f.code) for f in result.faults] == [(4, "phone", "cell_phone_wrong")]
    (due,) = await doorstep.list_due(conn, till.office_id, DAY)
    assert (due.kind, due.cash_in_vnd) == ("charge.collect", 135_000)
    await bring(conn, till, text)
    assert len(await doorstep.list_due(conn, till.office_id, DAY)) == 1


async def test_faults_name_row_and_cell(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that every wrong cell is named, and the good rows come all the same."""
    text = HEADER + GOOD + (
        ";Người;1000;;;\n"
        "HD-4;;1000;;;\n"
        "HD-5;Người;-5;;;\n"
        "HD-6;Người;1,5;;31/02/2026;123\n"
        "HD-1;Người;135000;;;\n"
        "HD-8;Người;50000000001;;;\n"
        f"{'K' * 61};Người;1000;;;\n"
    )  # fmt: skip
    result = await bring(conn, till, text)
    assert (result.num_rows, result.num_accepted) == (9, 2)
    assert [(fault.row, fault.column, fault.code) for fault in result.faults] == [
        (4, "key", "cell_missing"),
        (5, "payer_name", "cell_missing"),
        (6, "amount_vnd", "cell_charge_amount"),
        (7, "amount_vnd", "cell_charge_amount"),
        (7, "due_on", "cell_due_day"),
        (7, "payer_tax_code", "cell_tax_code"),
        (8, "key", "cell_twice"),
        (9, "amount_vnd", "cell_charge_amount"),
        (10, "key", "cell_too_wide"),
    ]
    assert all(fault.message("vi") != fault.code for fault in result.faults)


async def test_changed_bill_is_a_fault(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a bill whose amount changed after it was told is shown, not taken over."""
    await bring(conn, till, HEADER + GOOD)
    result = await bring(conn, till, HEADER + "HD-1;Nguyễn Thị Mẫu;999;;;\n")
    assert [(f.row, f.code) for f in result.faults] == [(2, "cell_known_differs")]
    assert result.num_known == 0


async def test_taxes_need_their_code(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a tax notice without a tax code is a fault, and with one becomes a tax."""
    text = HEADER + "TB-1;Người;1000;;;\nTB-2;Người;1000;;;024190000017\n"
    result = await bring(conn, till, text, payee=till.tax)
    assert [(f.row, f.column) for f in result.faults] == [(2, "payer_tax_code")]
    (tax,) = await charges.list_charges(conn, till.office_id)
    assert (tax.kind, tax.payer_tax_code) == ("tax", "024190000017")


async def test_unknown_payee_and_no_table(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a file for nobody, and one that is no table, are refused by name."""
    for text, payee, code in (
        (HEADER + GOOD, new_id(), "not_found"),
        ("", till.biller, "file_empty"),
        ("a;b\n1;2\n", till.biller, "file_columns_missing"),
        ("PK\x03\x04", till.biller, "file_sheet_unreadable"),
    ):
        with pytest.raises(Refusal) as refused:
            await bring(conn, till, text, payee=payee)
        assert refused.value.code == code


def cashier_of(till: Till) -> Exporter:
    return Exporter(till.cashier, "Trần Thị Mẫu", is_approver=False)


async def test_many_payers_leave_by_two_people(
    conn: asyncpg.Connection, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a file of many people is not its maker's alone: approved, or another takes it."""
    monkeypatch.setattr(documents, "NUM_PEOPLE_MAX", 0)
    charge = await till.owe(conn, "tax", amount_vnd=500_000)
    await charges.collect(conn, till.take(charge), till.counter())
    batch = await charges.make_batch(
        conn, till.office_id, "tax", till.tax, through_on=DAY, by=till.cashier, now=NOW
    )
    controller = Exporter(till.controller, "Lê Văn Mẫu", is_approver=True)
    maker_as_approver = Exporter(till.cashier, "Trần Thị Mẫu", is_approver=True)

    for one in (cashier_of(till), maker_as_approver):
        with pytest.raises(Refusal, match="payers_need_second"):
            await make_batch_files(conn, till.office_id, batch.id, by=one, today=DAY)
    with pytest.raises(Refusal, match="payers_need_second"):
        await make_tax_report(
            conn, till.office_id, till.tax, 2026, 11, by=cashier_of(till), today=DAY
        )
    await make_batch_files(conn, till.office_id, batch.id, by=controller, today=DAY)
    await make_tax_report(conn, till.office_id, till.tax, 2026, 11, by=controller, today=DAY)
    await charges.remit(
        conn, till.office_id, batch.id, approved_by=till.controller, bank_reference="", now=NOW
    )
    await make_batch_files(conn, till.office_id, batch.id, by=cashier_of(till), today=DAY)


async def test_batch_file_closes_to_the_dong(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a payee's file has each charge with its receipt, and its sum is the batch."""
    await bring(conn, till, HEADER + GOOD)
    for charge in await charges.list_charges(conn, till.office_id):
        await charges.collect(conn, till.take(charge), till.counter())
    batch = await charges.make_batch(
        conn, till.office_id, "bill", till.biller, through_on=DAY, by=till.cashier, now=NOW
    )
    files = await make_batch_files(conn, till.office_id, batch.id, by=cashier_of(till), today=DAY)
    rows = [line.split(",") for line in files.table.decode("utf-8-sig").splitlines()]
    assert sum(int(row[6]) for row in rows[1:]) == batch.amount_vnd == 1_335_000
    assert all(row[9].startswith("26TEK ") for row in rows[1:])
    text = read(files.paper)
    assert "Một triệu ba trăm ba mươi lăm nghìn đồng" in text
    assert "BẢNG KÊ NỘP TIỀN THU HỘ" in text
    with pytest.raises(Refusal):
        await make_batch_files(conn, till.office_id, new_id(), by=cashier_of(till), today=DAY)


async def test_tax_report_has_collected_remitted_and_due(
    conn: asyncpg.Connection, till: Till
) -> None:
    """Tests that 03/UNT tells what was collected, what went to the budget, what is due."""
    one, two = await till.owe(conn, "tax", amount_vnd=500_000), await till.owe(conn, "tax")
    await till.owe(conn, "tax", amount_vnd=70_000)
    await charges.collect(conn, till.take(one), till.counter())
    batch = await charges.make_batch(
        conn, till.office_id, "tax", till.tax, through_on=DAY, by=till.cashier, now=NOW
    )
    await charges.remit(
        conn, till.office_id, batch.id, approved_by=till.controller, bank_reference="", now=NOW
    )
    await charges.collect(conn, till.take(two), till.counter())
    files = await make_tax_report(
        conn, till.office_id, till.tax, 2026, 11, by=cashier_of(till), today=DAY
    )
    rows = [line.split(",") for line in files.table.decode("utf-8-sig").splitlines()][1:]
    assert sorted((row[6], row[7], row[10]) for row in rows) == [
        ("500000", "500000", "500000"), ("70000", "", ""), ("8000", "8000", ""),
    ]  # fmt: skip
    text = read(files.paper)
    assert "Mẫu 03/UNT. Tháng 11 năm 2026" in text
    assert "Năm trăm linh tám nghìn đồng" in text
    for payee, month, code in ((till.tax, 13, "month_unknown"), (till.biller, 11, "not_found")):
        with pytest.raises(Refusal) as refused:
            await make_tax_report(
                conn, till.office_id, payee, 2026, month, by=cashier_of(till), today=DAY
            )
        assert refused.value.code == code
