"""Tests of cells as people write them."""

from datetime import date

import pytest

from backend.kit.cells import read_amount, read_day


@pytest.mark.parametrize(
    ("text", "amount_vnd"),
    [
        ("135000", 135_000),
        ("135.000", 135_000),
        ("1,135,000", 1_135_000),
        ("1 135 000 đ", 1_135_000),
        ("135.000 VNĐ", 135_000),
        ("135000 đồng", 135_000),
        ("135000.0", 135_000),  # a spreadsheet's number
        ("0", 0),
        ("-135000", None),
        ("135.5", None),  # half a đồng
        ("1.135,000", None),  # two marks at once
        ("13.50.00", None),
        ("1e6", None),
        ("", None),
        ("một trăm", None),
        ("１３５", None),
    ],
)
def test_read_amount(text: str, amount_vnd: int | None) -> None:
    """Tests that amounts are read as they are written, and no fraction or sign is."""
    assert read_amount(text) == amount_vnd


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-26", date(2026, 11, 26)),
        ("26/11/2026", date(2026, 11, 26)),
        ("6-1-2027", date(2027, 1, 6)),
        ("2026-11-26 00:00:00", date(2026, 11, 26)),
        ("31/02/2026", None),
        ("26/11/26", None),
        ("11.2026", None),
        ("", None),
    ],
)
def test_read_day(text: str, day: date | None) -> None:
    """Tests that days are read the Vietnamese way and the international one."""
    assert read_day(text) == day
