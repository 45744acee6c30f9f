"""Cells of tables as people write them: amounts and days; None for what is neither."""

import re
from datetime import date
from typing import Final

MONEY: Final = re.compile(r"[0-9]+|[0-9]{1,3}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*")
WHOLE: Final = re.compile(r"([0-9]+)[.,]0{1,2}")
UNIT: Final = re.compile(r"\s*(?:vnđ|vnd|đồng|dong|đ|₫)$", re.IGNORECASE)
DAY: Final = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[ T]00:00(?::00)?)?"
    r"|([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})"
)


def read_amount(text: str) -> int | None:
    """Return whole đồng: `135000`, `135.000`, `135,000 đ`, `135000.0`; None for a fraction."""
    bare = UNIT.sub("", text.strip())
    if MONEY.fullmatch(bare):
        return int(re.sub(r"[., ]", "", bare))
    whole = WHOLE.fullmatch(bare)
    return int(whole[1]) if whole else None


def read_day(text: str) -> date | None:
    """Return a day: `2026-11-26`, `26/11/2026`, `26-11-2026`."""
    match = DAY.fullmatch(text.strip())
    if match is None:
        return None
    parts = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None
