"""Spreadsheet files (XLSX): rows in, as `csv_table` has them, and tables out with no formula."""

import asyncio
import io
import sys
import zipfile
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import msgspec

from backend.kit import catalog
from backend.kit.csv_table import Column, Fault, Row, read_header, read_row
from backend.kit.errors import Invalid, Refusal, TooLarge, Unsupported

ROOT: Final = Path(__file__).resolve().parents[2]
READER: Final = "backend.kit.sheet_reader"
ZIP: Final = b"PK\x03\x04"
LINE_BYTES_MAX: Final = 4 << 20
BATCH_ROWS: Final = 1_000
TIMEOUT_S: Final = 120
Cell = str | int | float | None
CALAMINE_LOST: Final = "file_sheet_unreadable"
REFUSALS: Final[dict[str, type[Refusal]]] = {
    "file_unpacked_too_large": TooLarge,
    "file_sheet_too_wide": TooLarge,
    "file_has_entities": Unsupported,
    "file_sheet_unreadable": Unsupported,
    "file_empty": Invalid,
}


def is_sheet(raw: bytes) -> bool:
    """Return whether these bytes begin as an XLSX file does."""
    return raw[:4] == ZIP


class SheetRows:
    """The rows of the first visible sheet, read in another process; use as `async with`."""

    def __init__(self, raw: bytes, columns: Sequence[Column], *, rows_max: int) -> None:
        self._raw, self._columns, self._rows_max = raw, columns, rows_max
        self._process: asyncio.subprocess.Process | None = None
        self._feeding: asyncio.Task[None] | None = None
        self.num_rows = 0
        """Rows of the sheet, its header and blank ones counted."""

    async def __aenter__(self) -> "SheetRows":
        """Start the reader and learn how long the sheet is. Raises its refusals by name."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            READER,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=LINE_BYTES_MAX,
            cwd=ROOT,
        )
        self._feeding = asyncio.create_task(self._feed(), name="sheet-feed")
        try:
            first = msgspec.json.decode(await self._line() or b"{}")
            if "refusal" in first or "num_rows" not in first:
                code = first.get("refusal", CALAMINE_LOST)
                raise REFUSALS[code](code, **first.get("params", {}))
        except BaseException:
            await self.__aexit__()
            raise
        self.num_rows = first["num_rows"]
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the reader, wherever it is."""
        assert self._process is not None
        assert self._feeding is not None
        self._feeding.cancel()
        if self._process.returncode is None:
            self._process.kill()
        await asyncio.gather(self._feeding, return_exceptions=True)
        await self._process.wait()

    async def batches(self) -> AsyncIterator[list[Row | Fault]]:
        """Yield rows by the thousand. Raises what `read_table` raises of headers and length."""
        header: list[str] | None = None
        number, num_kept = 0, 0
        batch: list[Row | Fault] = []
        while line := await self._line():
            number += 1
            cells: list[Cell] = msgspec.json.decode(line)
            texts = ["" if cell is None else str(cell) for cell in cells]
            if not any(text.strip() for text in texts):
                continue
            if header is None:
                header = read_header(texts, self._columns)
                continue
            if num_kept >= self._rows_max:
                raise TooLarge("file_too_long", rows_max=self._rows_max)
            num_kept += 1
            batch.append(_typed(read_row(number, texts, header, self._columns), cells, header))
            if len(batch) == BATCH_ROWS:
                yield batch
                batch = []
        assert self._process is not None
        if await self._process.wait() != 0:
            raise Unsupported(CALAMINE_LOST)
        if num_kept == 0:
            raise Invalid("file_empty")
        yield batch

    async def _feed(self) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(self._raw)
        await self._process.stdin.drain()
        self._process.stdin.close()

    async def _line(self) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        try:
            return await asyncio.wait_for(self._process.stdout.readline(), TIMEOUT_S)
        except (TimeoutError, ValueError) as error:
            raise Unsupported(CALAMINE_LOST) from error


def _typed(row: Row | Fault, cells: Sequence[Cell], header: Sequence[str]) -> Row | Fault:
    if isinstance(row, Fault):
        return row
    pairs = zip(header, cells, strict=False)
    numbers = frozenset(name for name, cell in pairs if isinstance(cell, (int, float)))
    return msgspec.structs.replace(row, numbers=numbers) if numbers else row


TYPES: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
RELATIONS: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="{target}" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/{kind}"/></Relationships>'
)
WORKBOOK: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
SHEET_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)


def write_sheet(name: str, rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return an XLSX file of one sheet: numbers as numbers, all else as text, no formulas."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        package.writestr("[Content_Types].xml", TYPES)
        package.writestr(
            "_rels/.rels", RELATIONS.format(target="xl/workbook.xml", kind="officeDocument")
        )
        package.writestr(
            "xl/_rels/workbook.xml.rels",
            RELATIONS.format(target="worksheets/sheet1.xml", kind="worksheet"),
        )
        package.writestr("xl/workbook.xml", WORKBOOK.format(name=escape(name)[:31]))
        with package.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(SHEET_HEAD.encode())
            for number, row in enumerate(rows, start=1):
                cells = "".join(_cell(value) for value in row)
                sheet.write(f'<row r="{number}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
    return body.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, (int, float)):
        return f"<c><v>{value}</v></c>"
    if not value:
        return "<c/>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


catalog.add(
    {
        "file_unpacked_too_large": (
            "Tệp bung ra quá lớn, tối đa {megabytes_max} MB.",
            "The file unpacks to too much; the limit is {megabytes_max} MB.",
        ),
        "file_sheet_too_wide": (
            "Bảng tính có ô nằm ngoài vùng cho phép. Hãy xóa các ô thừa bên phải và phía dưới "
            "bảng.",
            "The sheet has cells far outside its table. Delete stray cells right of and below it.",
        ),
        "file_has_entities": (
            "Tệp Excel có phần tham chiếu ngoài nên không nhận.",
            "The spreadsheet declares entities and is not taken.",
        ),
        "file_sheet_unreadable": (
            "Không đọc được tệp Excel này (hỏng, có mật khẩu hoặc không phải .xlsx).",
            "This spreadsheet cannot be read (broken, under a password, or no .xlsx).",
        ),
    }
)
