"""Tests that every cell of a list is read as it is meant, or its fault named (bad input)."""

import unicodedata
from datetime import date
from uuid import uuid4

import pytest

from backend.kit.catalog import SENTENCES
from backend.kit.csv_table import Fault, Row, iter_table
from backend.payouts.cells import COLUMNS, read_line
from backend.payouts.model import Asked, Line
from tests.backend.payouts.nouns import SETTINGS

TODAY = date(2026, 11, 24)
ASKED = Asked(scheme="pension", period="2026-12")
GOOD = {
    "name": "Nguyễn Thị Kiểm Thử",
    "id_number": "024190000017",
    "amount_vnd": "3.500.000 đ",
    "how": "tại nhà",
    "address": "Thôn Mẫu, xã Đồng Việt, Bắc Ninh",
}
BY_PROXY = {
    "proxy_name": "Trần Văn Mẫu",
    "proxy_id": "027080000042",
    "proxy_certified": "có",
    "proxy_from": "01/06/2026",
    "proxy_to": "2027-06-01",
}


def read(
    asked: Asked = ASKED, numbers: frozenset[str] = frozenset(), **cells: str
) -> Line | list[Fault]:
    known = {column.name: "" for column in COLUMNS} | GOOD | cells
    return read_line(Row(7, known, numbers), asked, SETTINGS, TODAY)


def faults(**cells: str) -> list[tuple[str, str]]:
    found = read(**cells)
    assert isinstance(found, list), "a fault was expected"
    assert all(fault.code in SENTENCES and fault.row == 7 for fault in found)
    return [(fault.column, fault.code) for fault in found]


def test_good_row_is_read() -> None:
    """Tests that a row is read with its defaults."""
    line = read()
    assert isinstance(line, Line)
    assert (line.name, line.amount_vnd, line.how) == ("Nguyễn Thị Kiểm Thử", 3_500_000, "home")
    assert (line.period, line.change, line.num_members) == ("2026-12", "added", 1)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1", 1),
        ("3500000", 3_500_000),
        ("3.500.000", 3_500_000),
        ("3,500,000", 3_500_000),
        ("3 500 000 đồng", 3_500_000),
        ("100000000", 100_000_000),
    ],
)
def test_amount_is_read_as_meant(text: str, amount: int) -> None:
    """Tests that whole đồng are read however they are parted."""
    line = read(amount_vnd=text)
    assert isinstance(line, Line)
    assert line.amount_vnd == amount


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "cell_missing"),
        ("0", "cell_amount_zero"),
        ("-500000", "cell_amount_negative"),
        ("−500000", "cell_amount_negative"),
        ("(500000)", "cell_amount_negative"),
        ("500000.5", "cell_amount_fraction"),
        ("500000,50", "cell_amount_fraction"),
        ("3.500.000,5", "cell_amount_fraction"),
        ("100000001", "cell_amount_over"),
        ("9" * 30, "cell_amount_over"),
        ("3.500,000", "cell_amount_unreadable"),
        ("3tr5", "cell_amount_unreadable"),
        ("=1+1", "cell_amount_unreadable"),
    ],
)
def test_amount_that_is_none(text: str, code: str) -> None:
    """Tests that negative, fractional, empty and too great amounts have each their name."""
    assert faults(amount_vnd=text) == [("amount_vnd", code)]


@pytest.mark.parametrize(
    ("number", "is_good"),
    [
        ("024190000017", True),
        ("024 190 000 017", True),
        ("096190000017", True),
        ("097190000017", False),
        ("000190000017", False),
        ("124190000017", False),
        ("024490000017", False),
        ("24190000017", False),
        ("0241900000170", False),
        ("02419000001A", False),
        ("O24190000017", False),  # the letter, not the digit
        ("B1234567", True),  # a passport
        ("b 123-4567", True),
        ("09AB12345", True),
        ("123456789", False),  # a card that no longer holds
    ],
)
def test_identity_number(number: str, is_good: bool) -> None:
    """Tests that a number has twelve digits with province and century, or is a passport's."""
    if is_good:
        assert isinstance(read(id_number=number), Line)
    else:
        assert faults(id_number=number) == [("id_number", "cell_id_number")]


@pytest.mark.parametrize(("text", "is_good"), [("24190000017", True), ("190000017", False)])
def test_zero_lost_in_a_number_cell_is_put_back(text: str, is_good: bool) -> None:
    """Tests that a spreadsheet's number is padded, but not one that lacks more digits."""
    line = read(numbers=frozenset({"id_number"}), id_number=text)
    assert isinstance(line, Line) == is_good


def test_faulty_number_is_not_told_whole() -> None:
    """Tests that a report of faults shows the end of a number only (A17)."""
    found = read(id_number="12419000001799")
    assert isinstance(found, list)
    assert found[0].value == "…1799"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"name": ""}, [("name", "cell_missing")]),
        ({"name": "Nguyễn 5"}, [("name", "cell_person_name")]),
        ({"name": "?!"}, [("name", "cell_person_name")]),
        ({"id_number": ""}, [("id_number", "cell_missing")]),
        ({"address": ""}, [("address", "cell_missing")]),
        ({"how": "qua mạng"}, [("how", "cell_how")]),
        ({"scheme": "lương thưởng"}, [("scheme", "cell_scheme_unknown")]),
        ({"scheme": "người có công"}, [("scheme", "cell_scheme_differs")]),
        ({"period": "13/2026"}, [("period", "cell_period")]),
        ({"period": "2026-12, 2027-01"}, [("period", "cell_period")]),
        ({"period": "01/2027"}, [("period", "cell_period_differs")]),
        ({"born_on": "31/02/1990"}, [("born_on", "cell_day")]),
        ({"born_on": "02/09/1991"}, [("born_on", "cell_birth_year")]),
        ({"born_on": "02/09/2090"}, [("born_on", "cell_day")]),
        ({"phone": "12"}, [("phone", "cell_phone_number")]),
        ({"num_members": "0"}, [("num_members", "cell_members")]),
        ({"change": "dừng"}, [("change", "cell_change_in_first_list")]),
        (
            {"name": "", "amount_vnd": "-1"},
            [("name", "cell_missing"), ("amount_vnd", "cell_amount_negative")],
        ),
    ],
)
def test_each_fault_has_its_cell(cells: dict[str, str], expected: list[tuple[str, str]]) -> None:
    """Tests that everything wrong with a row is named by its cell."""
    assert faults(**cells) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"proxy_name": ""}, [("proxy_name", "cell_missing")]),
        ({"proxy_id": ""}, [("proxy_id", "cell_missing")]),
        ({"proxy_to": ""}, [("proxy_to", "cell_missing")]),
        ({"proxy_certified": ""}, [("proxy_certified", "proxy_not_certified")]),
        (
            {"proxy_certified": "có lẽ"},
            [("proxy_certified", "cell_yes_no"), ("proxy_certified", "proxy_not_certified")],
        ),
        ({"proxy_to": "2027-06-02"}, [("proxy_to", "proxy_too_long")]),
        ({"proxy_to": "2026-05-31"}, [("proxy_to", "proxy_dates_swapped")]),
        ({"proxy_to": "2026-11-30"}, [("proxy_to", "proxy_expired")]),
    ],
)
def test_proxy_is_checked_when_the_list_is_read(
    cells: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    """Tests that an expired, uncertified or half-told authorisation is a fault of its cell."""
    assert faults(**BY_PROXY | cells) == expected


@pytest.mark.parametrize("last", ["2026-12-01", "2027-06-01"])
def test_sound_proxy_is_kept(last: str) -> None:
    """Tests that an authorisation that reaches the period, of twelve months at most, is taken."""
    line = read(**BY_PROXY | {"proxy_to": last})
    assert isinstance(line, Line)
    assert line.proxy_is_certified
    assert line.proxy_from == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("text", "change"),
    [("Dừng", "stopped"), ("chuyển tài khoản", "moved"), ("đã mất", "deceased"), ("thêm", "added")],
)
def test_delta_rows_say_what_changed(text: str, change: str) -> None:
    """Tests that a delta's row needs a person and a change, and an amount only to be added."""
    asked = Asked(scheme="pension", period="2026-12", base_id=uuid4())
    cells = (
        {"change": text} if change == "added" else {"change": text, "name": "", "amount_vnd": ""}
    )
    line = read(asked, **cells)
    assert isinstance(line, Line)
    assert line.change == change


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_headings_and_cells_in_either_form(form: str) -> None:
    """Tests that a file's text is the same person composed or not."""
    text = (
        "Họ tên;Số định danh;Số tiền;Hình thức;Địa chỉ\n"
        "Nguyễn Thị Kiểm Thử;024190000017;3500000;tại nhà;Thôn Mẫu, xã Đồng Việt, Bắc Ninh\n"
    )
    raw = unicodedata.normalize(form, text).encode()
    (row,) = iter_table(raw, COLUMNS, bytes_max=10_000, rows_max=10)
    assert isinstance(row, Row)
    line = read_line(row, ASKED, SETTINGS, TODAY)
    assert isinstance(line, Line)
    assert line.name == unicodedata.normalize("NFC", "Nguyễn Thị Kiểm Thử")
    assert line.how == "home"
