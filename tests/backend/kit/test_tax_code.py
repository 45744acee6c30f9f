"""Tests of tax codes."""

import json
from pathlib import Path

import pytest

from backend.kit.tax_code import kind_of, tidy

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "tax_codes.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["text"])
def test_kind_of_the_vectors(case: dict[str, str | None]) -> None:
    """Tests that tax codes are told from what is none."""
    assert kind_of(str(case["text"])) == case["kind"]


def test_one_wrong_digit_is_found() -> None:
    """Tests that no single digit of an organisation's code can be mistaken."""
    code = "0100047516"
    for place in range(10):
        for digit in set("0123456789") - {code[place]}:
            assert kind_of(code[:place] + digit + code[place + 1 :]) is None


def test_branches_are_kept_behind_a_hyphen() -> None:
    """Tests that a branch is written one way."""
    assert tidy(" 0100047516001 ") == "0100047516-001"
