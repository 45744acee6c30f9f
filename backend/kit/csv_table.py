"""Tables as people send them: CSV out of spreadsheets, every fault by row and column.

A file is UTF-8 (with or without its mark), composed or not, parted by comma, semicolon or tab.
Rows are numbered as a spreadsheet shows them: the header is row 1.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from backend.kit import catalog
from backend.kit.catalog import Locale, sentence
from backend.kit.errors import Invalid, TooLarge, Unsupported
from backend.kit.text import fold, nfc

BYTES_MAX = 5 << 20
ROWS_MAX = 5_000
CELL_LENGTH_MAX = 500
SHOWN_LENGTH_MAX = 120
DELIMITERS = ",;\t"
SEPARATOR_LINE = re.compile(r"^sep=(.)\r?\n", re.IGNORECASE)
# UTF-8 taken for Windows-1252 and written as UTF-8 again: "Nguyá»…n", "Ä‘Æ°á»ng".
GARBLED = re.compile("á[º»][\u0080-\u024f\u2010-\u2122]|Ä[\u0090\u2018]|Æ[°¡]|Ã[\u00a0-\u00bf]")
GARBLED_MIN = 3
# A spreadsheet would run these as formulas (A11).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Column(msgspec.Struct, frozen=True):
    """A column a table may have; `aliases` are other headings people write."""

    name: str
    aliases: tuple[str, ...] = ()
    is_required: bool = False


class Row(msgspec.Struct, frozen=True):
    """One row: every known column is there, empty when the file lacks it."""

    number: int
    cells: dict[str, str]
    numbers: frozenset[str] = frozenset()
    """Columns whose cell a spreadsheet kept as a number: zeros in front are lost there."""


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one cell; `column` is empty when it is the whole row."""

    row: int
    column: str
    code: str
    value: str
    params: dict[str, str | int | None] = {}

    def message(self, locale: Locale) -> str:
        """Return the sentence for a person."""
        shown = self.value[:SHOWN_LENGTH_MAX]
        return sentence(self.code, locale, {"value": shown, "column": self.column, **self.params})


class Table(msgspec.Struct, frozen=True):
    """A file's rows that can be read, and the faults of those that cannot."""

    rows: list[Row]
    faults: list[Fault]

    @property
    def num_rows(self) -> int:
        """Return how many rows the file has below its header."""
        return len(self.rows) + len({fault.row for fault in self.faults})


def read_table(
    raw: bytes,
    columns: Sequence[Column],
    *,
    bytes_max: int = BYTES_MAX,
    rows_max: int = ROWS_MAX,
) -> Table:
    """Return the rows of a CSV file, texts composed and trimmed, blank rows left out.

    Raises
    ------
    TooLarge
        `file_too_large`, `file_too_long` (rows).
    Unsupported
        `file_is_spreadsheet`, `file_encoding` (says the line), `file_garbled`.
    Invalid
        `file_empty`, `file_columns_missing`, `file_columns_unknown`, `file_column_twice`,
        `file_quotes` (says the row).
    """
    rows: list[Row] = []
    faults: list[Fault] = []
    for row in iter_table(raw, columns, bytes_max=bytes_max, rows_max=rows_max):
        if isinstance(row, Fault):
            faults.append(row)
        else:
            rows.append(row)
    return Table(rows, faults)


def iter_table(
    raw: bytes, columns: Sequence[Column], *, bytes_max: int, rows_max: int
) -> Iterator[Row | Fault]:
    """Yield the rows of a CSV file one by one; raises what `read_table` raises, as it comes."""
    if len(raw) > bytes_max:
        raise TooLarge("file_too_large", megabytes_max=bytes_max >> 20)
    text = _decode(raw)
    separator = SEPARATOR_LINE.match(text)
    if separator is not None:
        text = text[separator.end() :]
    if not text.strip():
        raise Invalid("file_empty")
    delimiter = separator[1] if separator else _find_delimiter(text, columns)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number, num_rows = 1, 0
    try:
        header = read_header(next(reader), columns)
        for number, cells in enumerate(reader, start=2):
            if not any(cell.strip() for cell in cells):
                continue
            if num_rows >= rows_max:
                raise TooLarge("file_too_long", rows_max=rows_max)
            num_rows += 1
            yield read_row(number, cells, header, columns)
    except csv.Error as error:
        raise Invalid("file_quotes", row=number + 1) from error
    if num_rows == 0:
        raise Invalid("file_empty")


def write_faults(faults: Iterable[Fault]) -> bytes:
    """Return faults as a CSV that a spreadsheet opens and does not run (A11)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["row", "column", "code", "value", "message_vi", "message_en"])
    for fault in faults:
        cells = (
            fault.column,
            fault.code,
            fault.value,
            fault.message("vi"),
            fault.message("en"),
        )
        writer.writerow([fault.row, *(disarm(cell) for cell in cells)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def write_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, last: str = "") -> bytes:
    """Return a table as CSV that a spreadsheet opens in Vietnamese and does not run (A11).

    `last` stands in the first cell of a row of its own behind the others.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([[disarm(cell) for cell in row] for row in rows])
    if last:
        writer.writerow([disarm(last), *[""] * (len(columns) - 1)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def disarm(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _decode(raw: bytes) -> str:
    if raw[:4] == b"PK\x03\x04" or raw[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Unsupported("file_is_spreadsheet")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Unsupported("file_encoding", line=line) from error
    if "\x00" in text:
        raise Unsupported("file_encoding", line=text.count("\n", 0, text.index("\x00")) + 1)
    if len(GARBLED.findall(text)) >= GARBLED_MIN:
        raise Unsupported("file_garbled")
    return text


def _heading(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", fold(text)).strip("_")


def _names(columns: Sequence[Column]) -> Mapping[str, str]:
    return {alias: column.name for column in columns for alias in (column.name, *column.aliases)}


def _find_delimiter(text: str, columns: Sequence[Column]) -> str:
    """Return the mark that parts the header into the most known columns."""
    first = text.split("\n", 1)[0].strip("\r\n")
    names = _names(columns)

    def count(mark: str) -> int:
        return sum(_heading(part.strip('" ')) in names for part in first.split(mark))

    return max(DELIMITERS, key=count)


def read_header(cells: Sequence[str], columns: Sequence[Column]) -> list[str]:
    """Return the column's name of each heading, or raise what `read_table` says of headers."""
    names = _names(columns)
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    header = [names.get(_heading(cell), "") for cell in cells]
    missing = [c.name for c in columns if c.is_required and c.name not in header]
    if missing:
        raise Invalid("file_columns_missing", columns=", ".join(missing))
    unknown = [nfc(cell)[:40] for cell, name in zip(cells, header, strict=True) if not name]
    if unknown:
        raise Invalid("file_columns_unknown", columns=", ".join(unknown))
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise Invalid("file_column_twice", columns=", ".join(twice))
    return header


def read_row(
    number: int, cells: Sequence[str], header: Sequence[str], columns: Sequence[Column]
) -> Row | Fault:
    """Return a row with its texts composed, or what makes it unreadable."""
    while len(cells) > len(header) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > len(header):
        return Fault(number, "", "row_too_wide", "", {"num_cells": len(cells)})
    found = {column.name: "" for column in columns}
    for name, cell in zip(header, cells, strict=False):
        text = nfc(cell)
        if len(text) > CELL_LENGTH_MAX:
            return Fault(number, name, "cell_too_long", text, {"length_max": CELL_LENGTH_MAX})
        # Nearly every text passes the first question, which asks all its characters at once.
        if not (text.isprintable() and "\ufffd" not in text) and any(map(_is_unreadable, text)):
            return Fault(number, name, "cell_unreadable", "")
        found[name] = text
    return Row(number, found)


def _is_unreadable(character: str) -> bool:
    """Return whether a character is none a person wrote: control, private, lost in a conversion."""
    return character == "\ufffd" or unicodedata.category(character) in ("Cc", "Co", "Cs", "Cn")


catalog.add(
    {
        "file_too_large": (
            "Tệp quá lớn, tối đa {megabytes_max} MB.",
            "The file is too large; the limit is {megabytes_max} MB.",
        ),
        "file_too_long": (
            "Tệp có quá nhiều dòng, tối đa {rows_max} dòng mỗi lần nhập.",
            "The file has too many rows; the limit is {rows_max} rows at a time.",
        ),
        "file_is_spreadsheet": (
            "Đây là tệp Excel. Hãy lưu lại dưới dạng “CSV UTF-8 (phân cách bằng dấu phẩy)”.",
            "This is a spreadsheet file. Save it as “CSV UTF-8 (comma delimited)”.",
        ),
        "file_encoding": (
            "Tệp không phải UTF-8 (lỗi ở dòng {line}). Hãy lưu lại dưới dạng “CSV UTF-8”.",
            "The file is not UTF-8 (line {line}). Save it as “CSV UTF-8”.",
        ),
        "file_garbled": (
            "Chữ tiếng Việt trong tệp đã hỏng do chuyển mã sai. Hãy xuất lại từ tệp gốc "
            "dưới dạng “CSV UTF-8”.",
            "The Vietnamese text was garbled by a wrong conversion. Export it again from the "
            "original as “CSV UTF-8”.",
        ),
        "file_empty": ("Tệp không có dòng dữ liệu nào.", "The file has no rows."),
        "file_columns_missing": (
            "Tệp thiếu cột: {columns}.",
            "The file lacks these columns: {columns}.",
        ),
        "file_columns_unknown": (
            "Tệp có cột không rõ: {columns}. Hãy bỏ cột hoặc sửa tên cột.",
            "The file has unknown columns: {columns}. Remove or rename them.",
        ),
        "file_column_twice": (
            "Tệp có cột lặp lại: {columns}.",
            "The file has these columns twice: {columns}.",
        ),
        "file_quotes": (
            "Dấu ngoặc kép ở dòng {row} không khớp, từ đó trở đi không đọc được.",
            "The quotation marks in row {row} do not match; nothing after it can be read.",
        ),
        "row_too_wide": (
            "Dòng này có {num_cells} ô, nhiều hơn số cột; có thể thiếu dấu ngoặc kép quanh "
            "một ô có dấu phẩy.",
            "This row has {num_cells} cells, more than there are columns; a cell with a comma "
            "may lack its quotation marks.",
        ),
        "cell_too_long": (
            "Ô quá dài, tối đa {length_max} ký tự.",
            "The cell is too long; the limit is {length_max} characters.",
        ),
        "cell_unreadable": (
            "Ô có ký tự không đọc được.",
            "The cell has characters that cannot be read.",
        ),
        "cell_missing": ("Cột {column} không được để trống.", "The column {column} is required."),
        "cell_not_a_number": ("“{value}” không phải là số.", "“{value}” is not a number."),
        "cell_not_on_earth": (
            "Toạ độ “{value}” không đúng: vĩ độ từ −90 đến 90, kinh độ từ −180 đến 180.",
            "The position “{value}” is wrong: latitude −90 to 90, longitude −180 to 180.",
        ),
        "cell_commune_unknown": (
            "Không có xã, phường “{value}” trong tỉnh.",
            "The province has no commune “{value}”.",
        ),
    }
)
