"""Reads the first sheet of an XLSX file in a process of its own, within limits (A10, T13).

`python -m backend.kit.sheet_reader`: the file on standard input; on standard output first a line
`{"num_rows"}` or `{"refusal", "params"}`, then a JSON array for each row. Nothing a file does can
hurt the service: memory and time are bounded, and the process is nobody else's.
"""

import datetime
import io
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

MEMORY_BYTES_MAX: Final = 1 << 30
CPU_S_MAX: Final = 60
UNPACKED_BYTES_MAX: Final = 256 << 20
PARTS_MAX: Final = 400
CHUNK_BYTES: Final = 1 << 20
OVERLAP_BYTES: Final = 64
# A cell far out would make a table of billions: no list has so many columns or rows.
FAR_CELL: Final = re.compile(
    rb"""\sr\s*=\s*["'](?:(?:[A-Z]{3,}|[B-Z][A-Z]|A[O-Z])\d|[A-Z]*(?:[3-9]\d{5}|\d{7,}))"""
)
ENTITY: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
Cell = str | int | float | None


class Refused(Exception):
    """The file is none that is read."""

    def __init__(self, code: str, **params: int) -> None:
        self.code, self.params = code, params
        super().__init__(code)


def check_package(raw: bytes) -> None:
    """Unpack every part once, keeping nothing, and raise `Refused` for what no list has in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            parts = package.infolist()
            if len(parts) > PARTS_MAX or sum(p.file_size for p in parts) > UNPACKED_BYTES_MAX:
                raise Refused("file_unpacked_too_large", megabytes_max=UNPACKED_BYTES_MAX >> 20)
            if "xl/workbook.xml" not in package.namelist():
                raise Refused("file_sheet_unreadable")
            left = UNPACKED_BYTES_MAX
            for part in parts:
                left = _check_part(package, part, left)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Refused("file_sheet_unreadable") from error


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    is_sheet = part.filename.startswith("xl/worksheets/")
    tail = b""
    with package.open(part) as body:
        while chunk := body.read(CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise Refused("file_unpacked_too_large", megabytes_max=UNPACKED_BYTES_MAX >> 20)
            seen = tail + chunk
            if ENTITY.search(seen):
                raise Refused("file_has_entities")
            if is_sheet and FAR_CELL.search(seen):
                raise Refused("file_sheet_too_wide")
            tail = chunk[-OVERLAP_BYTES:]
    return left


def read_rows(raw: bytes) -> tuple[int, Iterator[list[Cell]]]:
    """Return how many rows the first visible sheet has, and its rows."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        visible = [
            n
            for n, sheet in enumerate(book.sheets_metadata)
            if sheet.visible == SheetVisibleEnum.Visible
        ]
        if not visible:
            raise Refused("file_empty")
        sheet = book.get_sheet_by_index(visible[0])
    except CalamineError as error:
        raise Refused("file_sheet_unreadable") from error
    return sheet.total_height, ([_plain(cell) for cell in row] for row in sheet.iter_rows())


def _plain(cell: Any) -> Cell:
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    if isinstance(cell, (str, int, float)):
        return cell or (None if cell == "" else cell)
    return cell.isoformat() if isinstance(cell, datetime.date) else str(cell)


def main() -> int:
    """Read standard input, write rows; return 0 also where the file is refused by name."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S_MAX, CPU_S_MAX))
    out = sys.stdout.buffer
    encode = msgspec.json.Encoder().encode
    try:
        raw = sys.stdin.buffer.read()
        check_package(raw)
        num_rows, rows = read_rows(raw)
    except Refused as refused:
        out.write(encode({"refusal": refused.code, "params": refused.params}) + b"\n")
        return 0
    out.write(encode({"num_rows": num_rows}) + b"\n")
    for row in rows:
        out.write(encode(row) + b"\n")
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
