"""Reads the rows of a payout list as agencies write them; pure, faults instead of failures."""

import re
from datetime import date
from typing import Final

import msgspec

from backend import identity
from backend.kit import papers
from backend.kit.csv_table import Column, Fault, Row
from backend.kit.errors import Invalid
from backend.kit.text import fold
from backend.payouts import rules
from backend.payouts.model import Asked, ChangeKind, How, Line, Settings

COLUMNS: Final = (
    Column("name", ("ho_ten", "ho_va_ten", "nguoi_huong")),
    Column("id_number", ("so_dinh_danh", "so_cccd", "cccd", "can_cuoc"), is_required=True),
    Column("born_on", ("ngay_sinh",)),
    Column("household", ("ma_ho", "so_ho", "ho_gia_dinh")),
    Column("num_members", ("so_nhan_khau", "nhan_khau")),
    Column("scheme", ("che_do", "loai_tro_cap")),
    Column("period", ("ky", "ky_chi_tra", "thang")),
    Column("amount_vnd", ("so_tien", "so_tien_vnd", "tien")),
    Column("how", ("hinh_thuc", "noi_nhan")),
    Column("address", ("dia_chi",)),
    Column("phone", ("dien_thoai", "so_dien_thoai", "sdt")),
    Column("proxy_name", ("nguoi_nhan_thay", "nguoi_duoc_uy_quyen")),
    Column("proxy_id", ("cccd_nguoi_nhan_thay", "so_dinh_danh_nguoi_nhan_thay")),
    Column("proxy_certified", ("chung_thuc",)),
    Column("proxy_from", ("uy_quyen_tu", "uy_quyen_tu_ngay")),
    Column("proxy_to", ("uy_quyen_den", "uy_quyen_den_ngay")),
    Column("change", ("bien_dong",)),
)
HOWS: Final[dict[str, How]] = {
    "home": "home",
    "tai nha": "home",
    "nha": "home",
    "pay_point": "pay_point",
    "pay point": "pay_point",
    "diem chi tra": "pay_point",
    "diem chi": "pay_point",
    "counter": "counter",
    "quay": "counter",
    "tai quay": "counter",
    "buu dien": "counter",
}
CHANGES: Final[dict[str, ChangeKind]] = {
    "added": "added",
    "them": "added",
    "tang": "added",
    "stopped": "stopped",
    "dung": "stopped",
    "thoi huong": "stopped",
    "giam": "stopped",
    "moved": "moved",
    "chuyen tai khoan": "moved",
    "chuyen khoan": "moved",
    "deceased": "deceased",
    "da mat": "deceased",
    "chet": "deceased",
    "qua doi": "deceased",
    "alive": "alive",
    "con song": "alive",
}
YES: Final = frozenset({"x", "co", "yes", "true", "1", "da chung thuc", "chung thuc"})
NO: Final = frozenset({"", "khong", "no", "false", "0", "chua"})
SCHEMES: Final = {
    "pension": "pension",
    "luong huu": "pension",
    "luong huu, tro cap bhxh": "pension",
    "bhxh": "pension",
    "social": "social",
    "bao tro": "social",
    "bao tro xa hoi": "social",
    "tro cap xa hoi": "social",
    "merit": "merit",
    "nguoi co cong": "merit",
    "campaign": "campaign",
    "qua tang": "campaign",
    "ho tro mot lan": "campaign",
    "disbursement": "disbursement",
    "chi ho": "disbursement",
}
DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
PERIOD: Final = re.compile(r"(20\d{2})-(\d{1,2})|(\d{1,2})[/.-](20\d{2})")
MONEY: Final = re.compile(r"\d+|\d{1,3}(?:([., ])\d{3}(?:\1\d{3})*)")
FRACTION: Final = re.compile(r"\d[\d., ]*[.,]\d{1,2}|\d+[.,]\d+")
WORDS_OF_MONEY: Final = re.compile(r"\s*(vnđ|vnd|đồng|đ)$")
# 001 to 096 the province, then century and sex, the year, six digits (domain, section 6).
ID_NUMBER: Final = re.compile(r"0(0[1-9]|[1-8]\d|9[0-6])[0-3]\d{2}\d{6}")
NAME_LENGTH_MAX: Final = 120
ADDRESS_LENGTH_MAX: Final = 300
HOUSEHOLD_LENGTH_MAX: Final = 40
MEMBERS_MAX: Final = 99
BIRTH_YEAR_MIN: Final = 1900


class Cells(msgspec.Struct):
    """Reads one row's cells and collects what is wrong with each."""

    row: Row
    asked: Asked
    settings: Settings
    today: date
    faults: list[Fault] = []

    def fault(self, column: str, code: str, **params: str | int | None) -> None:
        """Note what is wrong with a cell; numbers of persons are not told back whole."""
        value = self.row.cells.get(column, "")
        shown = f"…{value[-4:]}" if column in ("id_number", "proxy_id", "phone") else value
        self.faults.append(Fault(self.row.number, column, code, shown, params))

    def text(self, column: str, *, length_max: int, is_required: bool = False) -> str:
        """Return a cell's text."""
        text = self.row.cells[column]
        if not text and is_required:
            self.fault(column, "cell_missing")
        elif len(text) > length_max:
            self.fault(column, "cell_too_long", length_max=length_max)
        return text

    def name(self, column: str) -> str:
        """Return a person's name."""
        name = self.text(column, length_max=NAME_LENGTH_MAX)
        has_digit = any(character.isdigit() for character in name)
        if name and (has_digit or not any(character.isalpha() for character in name)):
            self.fault(column, "cell_person_name")
        return name

    def id_number(self, column: str) -> str:
        """Return a person's number; a zero lost by a spreadsheet's number cell is put back."""
        text = re.sub(r"[ .-]", "", self.row.cells[column]).upper()
        if not text:
            return ""
        if column in self.row.numbers and 10 <= len(text) < 12:
            text = text.zfill(12)
        # A foreigner may have a passport alone.
        if ID_NUMBER.fullmatch(text) is None and papers.kind_of(text) != "passport":
            self.fault(column, "cell_id_number")
        return text

    def day(self, column: str) -> date | None:
        """Return a day, or None for an empty cell."""
        text = self.row.cells[column]
        if not text:
            return None
        match = DAY.fullmatch(text)
        if match is not None:
            parts = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
            try:
                return date(*(int(part) for part in parts))
            except ValueError:
                pass
        self.fault(column, "cell_day")
        return None

    def born_on(self, id_number: str) -> date | None:
        """Return the day of birth, which agrees with the number's year."""
        born = self.day("born_on")
        if born is None:
            return None
        if born.year < BIRTH_YEAR_MIN or born > self.today:
            self.fault("born_on", "cell_day")
        elif ID_NUMBER.fullmatch(id_number) is not None:
            century = 1900 + 100 * (int(id_number[3]) // 2)
            if born.year != century + int(id_number[4:6]):
                self.fault("born_on", "cell_birth_year")
        return born

    def period(self) -> str:
        """Return the month the sum is for; the list's own when the cell is empty."""
        text = self.row.cells["period"].replace(" ", "")
        if not text:
            return self.asked.period
        match = PERIOD.fullmatch(text[:7] if DAY.fullmatch(text) and text[4:5] == "-" else text)
        year, month = (match.group(1, 2) if match[1] else match.group(4, 3)) if match else (0, 0)
        if match is None or not 1 <= int(month) <= 12:
            self.fault("period", "cell_period")
            return self.asked.period
        period = f"{year}-{int(month):02d}"
        if not rules.is_period_allowed(period, self.asked.period, self.asked.second_period):
            self.fault("period", "cell_period_differs", period=self.asked.period)
        return period

    def amount(self) -> int:
        """Return whole đồng from 1 to the scheme's cap; `500.000 đ` is read as it is meant."""
        text = self.row.cells["amount_vnd"]
        if not text:
            self.fault("amount_vnd", "cell_missing")
            return 0
        bare = WORDS_OF_MONEY.sub("", text.lower()).strip()
        if bare.startswith(("-", "−", "(")):
            self.fault("amount_vnd", "cell_amount_negative")
        elif MONEY.fullmatch(bare) is None:
            is_fraction = FRACTION.fullmatch(bare) is not None
            code = "cell_amount_fraction" if is_fraction else "cell_amount_unreadable"
            self.fault("amount_vnd", code)
        else:
            amount = int(re.sub(r"[., ]", "", bare))
            if amount == 0:
                self.fault("amount_vnd", "cell_amount_zero")
            elif amount > self.settings.amount_max_vnd:
                self.fault("amount_vnd", "cell_amount_over", max_vnd=self.settings.amount_max_vnd)
            return amount
        return 0

    def scheme(self) -> None:
        """Note a scheme that is unknown, or another than the list's."""
        text = self.row.cells["scheme"]
        if not text:
            return
        scheme = SCHEMES.get(fold(text))
        if scheme is None:
            self.fault("scheme", "cell_scheme_unknown")
        elif scheme != self.asked.scheme:
            self.fault("scheme", "cell_scheme_differs", scheme=self.asked.scheme)

    def how(self) -> How:
        """Return where the money is given; the counter when the cell is empty."""
        text = self.row.cells["how"]
        how = HOWS.get(fold(text)) if text else "counter"
        if how is None:
            self.fault("how", "cell_how")
        return how or "counter"

    def change(self) -> ChangeKind:
        """Return what a row of a delta list says; rows of a first list say `added`."""
        text = self.row.cells["change"]
        change = CHANGES.get(fold(text)) if text else None
        if self.asked.base_id is None:
            if text and change != "added":
                self.fault("change", "cell_change_in_first_list")
            return "added"
        if not text:
            self.fault("change", "cell_missing")
        elif change is None:
            self.fault("change", "cell_change")
        return change or "added"

    def members(self) -> int:
        """Return how many people a household has; one when the cell is empty."""
        text = self.row.cells["num_members"]
        if not text:
            return 1
        if not text.isdecimal() or not 1 <= int(text) <= MEMBERS_MAX:
            self.fault("num_members", "cell_members", max=MEMBERS_MAX)
            return 1
        return int(text)

    def phone(self) -> str | None:
        """Return a phone number as it is kept, or None."""
        text = self.row.cells["phone"]
        if not text:
            return None
        try:
            return identity.read_phone(text)
        except Invalid:
            self.fault("phone", "cell_phone_number")
            return None

    def is_certified(self) -> bool:
        """Return whether the authorisation was certified."""
        text = fold(self.row.cells["proxy_certified"])
        if text not in YES and text not in NO:
            self.fault("proxy_certified", "cell_yes_no")
        return text in YES

    def required(self, column: str, value: object) -> None:
        """Note that a cell is missing."""
        if not value and not self.row.cells[column]:
            self.fault(column, "cell_missing")


def read_line(row: Row, asked: Asked, settings: Settings, today: date) -> Line | list[Fault]:
    """Return a row as a line of the list, or everything that is wrong with it."""
    cells = Cells(row, asked, settings, today, [])
    change = cells.change()
    is_sum = change == "added"
    id_number = cells.id_number("id_number")
    cells.required("id_number", id_number)
    name = cells.name("name")
    cells.scheme()
    household = cells.text("household", length_max=HOUSEHOLD_LENGTH_MAX)
    how = cells.how()
    if is_sum:
        cells.required("name", name)
        if how == "home":
            cells.required("address", None)
    if settings.per == "household":
        cells.required("household", household)
    proxy = _read_proxy(cells, settings) if is_sum else NO_PROXY
    line = Line(
        row=row.number,
        change=change,
        name=name,
        id_number=id_number,
        born_on=cells.born_on(id_number),
        household=household,
        num_members=cells.members(),
        period=cells.period(),
        amount_vnd=cells.amount() if is_sum else 0,
        how=how,
        address=cells.text("address", length_max=ADDRESS_LENGTH_MAX),
        phone=cells.phone(),
        proxy_name=proxy.name,
        proxy_id=proxy.id_number,
        proxy_is_certified=proxy.is_certified,
        proxy_from=proxy.first,
        proxy_to=proxy.last,
    )
    return cells.faults or line


class _Proxy(msgspec.Struct, frozen=True):
    name: str = ""
    id_number: str = ""
    is_certified: bool = False
    first: date | None = None
    last: date | None = None


NO_PROXY: Final = _Proxy()


def _read_proxy(cells: Cells, settings: Settings) -> _Proxy:
    """Return who may stand in for the payee, with paper and span, or nobody."""
    name, number = cells.name("proxy_name"), cells.id_number("proxy_id")
    first, last = cells.day("proxy_from"), cells.day("proxy_to")
    is_certified = cells.is_certified()
    if not any((name, number, first, last)):
        return NO_PROXY
    for column, value in (
        ("proxy_name", name),
        ("proxy_id", number),
        ("proxy_from", first),
        ("proxy_to", last),
    ):
        cells.required(column, value)
    if not settings.proxy.is_allowed:
        cells.fault("proxy_name", "proxy_not_allowed")
    if settings.proxy.must_be_certified and not is_certified:
        cells.fault("proxy_certified", "proxy_not_certified")
    if first is not None and last is not None:
        wrong = rules.judge_proxy_dates(settings.proxy, first, last)
        if wrong is not None:
            cells.fault("proxy_to", wrong, months_max=settings.proxy.months_max)
        elif last < rules.first_day(cells.asked.period):
            cells.fault("proxy_to", "proxy_expired")
    return _Proxy(name, number, is_certified, first, last)
