"""Tests of the papers of receipts and of the page that says whether one holds."""

import io
from datetime import date

import asyncpg
import pypdf
import pytest
from litestar import Litestar

from backend import receipts
from backend.house import House
from backend.kit.errors import Invalid
from backend.receipts.store import find_checked
from tests.backend.desk import make_client
from tests.backend.receipts.numbers import NOW, Numbers

NAME = "Nguyễn Thị #Mẫu $x$"


@pytest.fixture
async def unit(conn: asyncpg.Connection) -> Numbers:
    numbers = Numbers()
    await numbers.open(conn)
    await numbers.allot(conn, delegator_name="Cục Thuế tỉnh (mẫu)", delegator_tax_code="0100047516")
    return numbers


def read(raw: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(raw)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


async def make(conn: asyncpg.Connection, receipt: receipts.Receipt) -> bytes:
    return await receipts.make_receipt_pdf(
        conn, receipt, collector="Trần Văn Mẫu", public_url="https://tannoi.test"
    )


async def test_receipt_says_what_the_law_asks(conn: asyncpg.Connection, unit: Numbers) -> None:
    """Tests that a receipt has number, payer, sum in figures and words, delegator, check."""
    receipt = await receipts.issue(conn, unit.new(payer_name=NAME), now=NOW)
    text = read(await make(conn, receipt))

    for said in (
        "BIÊN LAI THU PHÍ, LỆ PHÍ", "EBL01", "26TAB", "00000001", NAME, "8.000 đ",
        "Tám nghìn đồng", "Cục Thuế tỉnh (mẫu)", "0100047516", "Trần Văn Mẫu",
        f"https://tannoi.test/r/{receipt.check_code}", "Ngày 24 tháng 11 năm 2026",
    ):  # fmt: skip
        assert said in text, said
    assert "ĐÃ HỦY" not in text


async def test_void_receipt_says_so(conn: asyncpg.Connection, unit: Numbers) -> None:
    """Tests that the paper of a void receipt bears the word."""
    receipt = await receipts.issue(conn, unit.new(), now=NOW)
    await receipts.void(
        conn, unit.office_id, receipt.id, reason="sai tên", by=unit.cashier, now=NOW
    )
    found = await receipts.find_receipt(conn, unit.office_id, receipt.id)
    assert found is not None
    assert "ĐÃ HỦY: sai tên" in read(await make(conn, found))


async def test_use_report_closes(conn: asyncpg.Connection, unit: Numbers) -> None:
    """Tests that a quarter's report counts what was used, void, given back and left."""
    block = await unit.lend(conn, 10)
    issued = [await receipts.issue(conn, unit.new(), now=NOW) for _ in range(5)]
    await receipts.void(conn, unit.office_id, issued[0].id, reason="sai", by=unit.cashier, now=NOW)
    await receipts.give_back(conn, unit.office_id, [block.id], now=NOW)
    table, paper = await receipts.make_use_report(
        conn, unit.office_id, 2026, 4, maker="Trần Văn Mẫu", today=date(2027, 1, 5)
    )
    lines = table.decode("utf-8-sig").splitlines()

    assert lines[1] == "EBL01,26TAB,00000001,00001000,0,1000,4,1,10,985,32000"
    assert "Quý 4 năm 2026" in read(paper)
    empty, _ = await receipts.make_use_report(
        conn, unit.office_id, 2026, 3, maker="x", today=date(2027, 1, 5)
    )
    assert len(empty.decode("utf-8-sig").splitlines()) == 1


@pytest.mark.parametrize(("year", "quarter"), [(2026, 0), (2026, 5), (1999, 1)])
async def test_use_report_refuses_other_quarters(
    conn: asyncpg.Connection, unit: Numbers, year: int, quarter: int
) -> None:
    """Tests that there is no fifth quarter."""
    with pytest.raises(Invalid) as refused:
        await receipts.make_use_report(
            conn, unit.office_id, year, quarter, maker="x", today=date(2027, 1, 5)
        )
    assert refused.value.code == "quarter_unknown"


async def test_check_page_shows_validity_only(app: Litestar, house: House) -> None:
    """Tests that whoever scans a receipt sees number, amount, day and state, and no person."""
    unit = Numbers()
    async with house.db.transaction(actor="house", offices="*") as conn:
        await unit.open(conn)
        await unit.allot(conn)
        receipt = await receipts.issue(conn, unit.new(), now=NOW)
    async with make_client(app) as client:
        shown = await client.get(f"/r/{receipt.check_code}")
        english = await client.get(f"/r/{receipt.check_code}", headers={"accept-language": "en"})
        unknown = await client.get("/r/" + "x" * 22)
    assert shown.status_code == 200
    for said in ("26TAB 00000001", "8.000 đ", "24/11/2026", "Có hiệu lực"):
        assert said in shown.text
    assert "Valid" in english.text
    for hidden in ("Mẫu", "hộ tịch", str(unit.office_id), str(receipt.id)):
        assert hidden not in shown.text
    assert unknown.status_code == 404
    async with house.db.transaction(actor="house", offices="*") as conn:
        await receipts.void(
            conn, unit.office_id, receipt.id, reason="sai", by=unit.cashier, now=NOW
        )
        assert await find_checked(conn, receipt.check_code) is not None
    async with make_client(app, address="203.0.113.8") as client:
        assert "Đã huỷ" in (await client.get(f"/r/{receipt.check_code}")).text
