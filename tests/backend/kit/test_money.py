"""Tests of amounts in figures and in words."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.money import AMOUNT_IN_WORDS_MAX, in_figures, in_words

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "amount_in_words.json").read_text(encoding="utf-8")
)
ONES = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5,
    "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
SIZES = {"nghìn": 1_000, "triệu": 1_000_000}


def hear(words: str) -> int:
    """Return the amount that somebody hears: another way than it was written by."""
    total, below, group, digit = 0, 0, 0, 0
    for word in words.lower().removesuffix(" đồng").split():
        if word in ONES:
            digit = ONES[word]
        elif word in ("trăm", "mươi", "mười"):
            group += {"trăm": digit * 100, "mươi": digit * 10, "mười": 10}[word]
            digit = 0
        elif word in SIZES:
            below, group, digit = below + (group + digit) * SIZES[word], 0, 0
        elif word == "tỷ":
            total, below, group, digit = (below + group + digit) * 1_000_000_000, 0, 0, 0
        else:
            assert word == "linh", word
    return total + below + group + digit


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: str(case["amount_vnd"]))
def test_in_words_of_the_vectors(case: dict[str, str | int]) -> None:
    """Tests that amounts are written as an office writes them."""
    assert in_words(int(case["amount_vnd"])) == case["words"]
    assert hear(str(case["words"])) == case["amount_vnd"]


def test_vectors_are_many() -> None:
    """Tests that the table keeps its forty cases and more."""
    assert len(VECTORS["cases"]) >= 40


@pytest.mark.parametrize("amount_vnd", VECTORS["refused"])
def test_in_words_refuses_what_no_receipt_says(amount_vnd: int) -> None:
    """Tests that an amount out of range has no words."""
    with pytest.raises(ValueError):
        in_words(amount_vnd)


@given(st.integers(0, AMOUNT_IN_WORDS_MAX - 1))
def test_in_words_says_the_amount(amount_vnd: int) -> None:
    """Tests that whoever hears the words writes the same amount, whatever it is."""
    words = in_words(amount_vnd)

    assert hear(words) == amount_vnd
    assert words[0].isupper()
    assert words.endswith(" đồng")


def test_in_figures_parts_thousands() -> None:
    """Tests that figures are parted by points."""
    assert in_figures(135_000) == "135.000 đ"
