"""Documents as PDF by one engine (Typst): templates of ours, texts of others as data only.

A template reads `given`, the JSON it was handed; a text can therefore never become markup. Fonts
are those inside the engine, no network is asked, and the result is PDF/A-2b with text to search.
"""

import asyncio
import re
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import typst

from backend.kit.errors import TooLarge

BACKEND: Final = Path(__file__).resolve().parents[1]
SHEET: Final = BACKEND / "kit" / "templates" / "sheet.typ"
STANDARD: Final = "a-2b"
LENGTH_MAX: Final = 16_000_000
"""Characters of data: some forty thousand rows of a list."""
ODD: Final = re.compile(
    "[^\n -~\u00a0-\u024f\u1e00-\u1eff\u2010-\u2015\u2018-\u201e\u2022\u2026\u20ab\u2116]"
)
"""What the font may lack, and control signs: a kept document shows each of its letters."""
LINES: Final = re.compile(r"([ML]-?\d+[ ,]-?\d+ ?)+")
NUMBER: Final = re.compile(r"-?\d+")
RUNNING: Final = threading.BoundedSemaphore(2)
"""Documents made at once: each takes a core and up to some hundred megabytes."""

Data = Mapping[str, object] | msgspec.Struct


class Letterhead(msgspec.Struct, frozen=True):
    """Whose paper it is."""

    organisation: str
    office: str
    address: str = ""
    phone: str = ""


class Column(msgspec.Struct, frozen=True):
    """A column of a table; `width` is a share, 0 as wide as its widest cell."""

    title: str
    align: Literal["left", "right", "center"] = "left"
    width: int = 0


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A table under its heading."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    title: str = ""
    totals: Sequence[str] = ()
    """The last row, one text a column."""


class Signature(msgspec.Struct, frozen=True):
    """A place to sign; the note says how."""

    role: str
    name: str = ""
    note: str = "(Ký, ghi rõ họ tên)"
    ink: str = ""
    """The signature itself, of `draw_ink`; empty leaves room for a pen."""


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A list, report or day sheet."""

    letterhead: Letterhead
    title: str
    sections: Sequence[Section]
    subtitle: str = ""
    facts: Sequence[tuple[str, str]] = ()
    in_words: str = ""
    note: str = ""
    place_and_day: str = ""
    signatures: Sequence[Signature] = ()
    footer: str = ""
    is_landscape: bool = False


def render(template: Path, data: Data, *, at: datetime | None = None) -> bytes:
    """Return a template of ours, filled, as PDF/A-2b; takes a core for some 10 ms a page.

    `at` is the instant that the document carries, now where it is None: the same data and instant
    make the same bytes. Raises `TooLarge` `document_too_large`.
    """
    text = msgspec.json.encode(_clean(msgspec.to_builtins(data))).decode()
    if len(text) > LENGTH_MAX:
        raise TooLarge("document_too_large")
    with RUNNING:
        return _compile(template, text, at or datetime.now(UTC))


async def make(template: Path, data: Data, *, at: datetime | None = None) -> bytes:
    """Return what `render` does, made in a thread while the loop goes on."""
    return await asyncio.to_thread(render, template, data, at=at)


async def make_sheet(sheet: Sheet, *, at: datetime | None = None) -> bytes:
    """Return a list, report or day sheet as PDF/A-2b."""
    return await make(SHEET, sheet, at=at)


def say_place_and_day(place: str, day: date) -> str:
    """Return the line over the signatures: `Kinh Bắc, ngày 26 tháng 11 năm 2026`."""
    return f"{place}, ngày {day.day:02d} tháng {day.month:02d} năm {day.year}"


def draw_ink(strokes: str) -> str:
    """Return a signature given on glass as SVG, "" for none and for a path that is not of lines."""
    if not LINES.fullmatch(strokes):
        return ""
    numbers = [int(number) for number in NUMBER.findall(strokes)]
    xs, ys = numbers[::2], numbers[1::2]
    left, top = min(xs) - 4, min(ys) - 4
    wide, high = max(xs) - left + 4, max(ys) - top + 4
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {wide} {high}">'
        f'<path d="{strokes}" fill="none" stroke="#123" stroke-width="3" '
        'stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


def _clean(value: Any) -> Any:
    """Return data with each text composed, and a `?` for each sign that cannot be shown."""
    if isinstance(value, str):
        return ODD.sub("?", unicodedata.normalize("NFC", value)).replace("\u00ad", "")
    if isinstance(value, dict):
        return {key: _clean(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(part) for part in value]
    return value


def _compile(template: Path, text: str, at: datetime) -> bytes:
    made = typst.compile(
        template,
        root=BACKEND,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": text},
        pdf_standards=STANDARD,
        timestamp=at.replace(microsecond=0),
    )
    assert isinstance(made, bytes), "one document was asked for"
    return made


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts inside the engine, of which Libertinus Serif has all of Vietnamese."""
    return typst.Fonts(include_system_fonts=False)
