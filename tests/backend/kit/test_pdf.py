"""Tests of documents: what they say, that texts stay texts, and that nothing else is asked for."""

import asyncio
import io
import time
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pypdf
import pytest

from backend.kit import pdf
from backend.kit.errors import TooLarge
from backend.kit.pdf import Column, Letterhead, Section, Sheet, Signature

AT = datetime(2026, 11, 26, 3, 0, 1, 234_567, tzinfo=UTC)
HOSTILE = (
    "#panic(1)",
    '#import "/kit/pdf.py"',
    '#read("/settings.py")',
    "\\u{41} \\ *b* _i_ `code` ```raw``` $x^2$ <label> @ref [a](b) = heading - list /* c */ // d",
    '"}); #eval("1+1") {"',
    "Nguyễn Thị Kiểm Thử (mẫu)\u2028\u202e",
)
LETTERS = "ắ ằ ẳ ẵ ặ ấ ầ ẩ ẫ ậ ế ề ể ễ ệ ố ồ ổ ỗ ộ ớ ờ ở ỡ ợ ứ ừ ử ữ ự ỳ ý ỷ ỹ ỵ đ Đ Ư Ơ Ỹ"


def make_sheet(*texts: str, num_rows: int = 1) -> Sheet:
    columns = [Column("STT", "center"), Column("Họ và tên", width=2), Column("Số tiền", "right")]
    rows = [[str(n), text, "135.000"] for n in range(num_rows) for text in texts]
    return Sheet(
        letterhead=Letterhead("Bưu điện tỉnh Bắc Ninh", "Bưu cục Kinh Bắc", "Số 1 đường Mẫu"),
        title="Danh sách thu tiền",
        subtitle="Tháng 11 năm 2026",
        facts=[("Ngày", "26/11/2026")],
        sections=[
            Section(columns=columns, rows=rows, title="I. Thu tại nhà", totals=["", "", "9"])
        ],
        in_words="Một trăm ba mươi lăm nghìn đồng",
        place_and_day=pdf.say_place_and_day("Kinh Bắc", date(2026, 11, 6)),
        signatures=[Signature("Thủ quỹ", "Trần Thị Mẫu"), Signature("Kiểm soát viên")],
    )


def read(raw: bytes) -> str:
    """Return the text of a PDF with runs of white space as one blank."""
    pages = pypdf.PdfReader(io.BytesIO(raw)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_sheet_says_what_it_was_given() -> None:
    """Tests that a list has its heading, its rows, its sum in words and its signatures."""
    text = read(pdf.render(pdf.SHEET, make_sheet("Nguyễn Thị Kiểm Thử"), at=AT))

    for said in (
        "BƯU ĐIỆN TỈNH BẮC NINH", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "DANH SÁCH THU TIỀN",
        "Nguyễn Thị Kiểm Thử", "135.000", "Một trăm ba mươi lăm nghìn đồng", "THỦ QUỸ",
        "Kinh Bắc, ngày 06 tháng 11 năm 2026", "Trang 1/1", "I. Thu tại nhà",
    ):  # fmt: skip
        assert said in text


def test_every_letter_can_be_searched() -> None:
    """Tests that Vietnamese text comes out of the document as it went in."""
    text = read(pdf.render(pdf.SHEET, make_sheet(LETTERS), at=AT))

    assert all(letter in text for letter in LETTERS.split())


def test_every_sign_that_is_kept_can_be_shown() -> None:
    """Tests that what is not replaced has its shape in the font, sign by sign."""
    ranges = [(0x20, 0x7F), (0xA0, 0x250), (0x1E00, 0x1F00), (0x2010, 0x2030)]
    signs = "".join(chr(code) for start, end in ranges for code in range(start, end))

    pdf.render(pdf.SHEET, make_sheet(*signs, "₫", "№"), at=AT)


@pytest.mark.parametrize(
    "text", ["\x00\x1b", "😀", "漢字", "\ud7ff\ue000", "e\u0302\u0323", "\u202ex"]
)
def test_odd_signs_break_no_document(text: str) -> None:
    """Tests that signs without a shape are shown as such, and marks are joined to their letters."""
    said = read(pdf.render(pdf.SHEET, make_sheet(f"A{text}Z"), at=AT))

    assert "A" in said
    assert "ệ" in said or "?" in said


def test_texts_are_never_markup() -> None:
    """Tests that whatever somebody is called stands there letter by letter."""
    text = read(pdf.render(pdf.SHEET, make_sheet(*HOSTILE), at=AT))

    bare = "".join(text.split())
    for hostile in HOSTILE[:5]:
        assert "".join(hostile.split()) in bare
    assert "Kiểm Thử (mẫu)" in text


@pytest.mark.parametrize("odd", ["", "M", "C1 2 3 4 5 6", "M1 1 <script>", "M1,2L"])
def test_ink_is_drawn_from_lines_alone(odd: str) -> None:
    """Tests that a signature of lines is drawn, and that anything else leaves room for a pen."""
    assert pdf.draw_ink(odd) == ""
    inked = pdf.draw_ink("M10 10L60 40L90 12M20 50L20 50")
    assert 'viewBox="6 6 88 48"' in inked
    sheet = msgspec.structs.replace(make_sheet("A"), signatures=[Signature("Thủ quỹ", ink=inked)])

    assert "THỦ QUỸ" in read(pdf.render(pdf.SHEET, sheet, at=AT))


def test_documents_are_pdf_a_and_repeat() -> None:
    """Tests that a document can be kept for years, and is the same when made again."""
    raw = pdf.render(pdf.SHEET, make_sheet("Trần Văn Mẫu"), at=AT)

    assert raw == pdf.render(pdf.SHEET, make_sheet("Trần Văn Mẫu"), at=AT)
    metadata = pypdf.PdfReader(io.BytesIO(raw)).xmp_metadata
    assert metadata is not None
    assert b"pdfaid:part>2<" in raw
    assert b"pdfaid:conformance>B<" in raw
    assert b"/FontFile3" in raw or b"/FontFile2" in raw or b"FontDescriptor" in raw


def test_long_lists_run_over_pages() -> None:
    """Tests that a list of many rows repeats its heading and counts its pages."""
    raw = pdf.render(pdf.SHEET, make_sheet("Lê Thị Mẫu", num_rows=300), at=AT)
    pages = pypdf.PdfReader(io.BytesIO(raw)).pages

    assert len(pages) > 5
    assert all("Họ và tên" in page.extract_text() for page in pages[:-1])
    assert f"Trang {len(pages)}/{len(pages)}" in pages[-1].extract_text()


def test_too_much_is_refused() -> None:
    """Tests that a list which would take all memory is refused by name."""
    with pytest.raises(TooLarge) as refused:
        pdf.render(pdf.SHEET, make_sheet("x" * 1_000, num_rows=17_000))

    assert refused.value.code == "document_too_large"


async def test_the_loop_goes_on_while_a_document_is_made() -> None:
    """Tests that other requests are served while a long document is made."""
    beats = 0
    made = asyncio.create_task(pdf.make_sheet(make_sheet("Lê Thị Mẫu", num_rows=2_000), at=AT))
    started = time.monotonic()
    while not made.done() and time.monotonic() - started < 60:
        await asyncio.sleep(0.01)
        beats += 1

    assert (await made).startswith(b"%PDF-")
    assert beats > 5


def test_templates_use_nothing_from_outside() -> None:
    """Tests that no template asks for a package, which would be fetched over the network."""
    for file in (Path(pdf.BACKEND)).rglob("*.typ"):
        assert "@" not in file.read_text(encoding="utf-8"), file.name
