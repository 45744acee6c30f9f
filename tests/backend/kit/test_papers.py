"""Tests of papers: which number each shows, and what the end of it proves."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.kit import papers

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "papers.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", VECTORS["numbers"], ids=str)
def test_kind_of_the_vectors(case: dict[str, Any]) -> None:
    """Tests that a card's number, a passport's and what is neither are told apart."""
    assert papers.kind_of(case["number"], case["nationality"]) == case["kind"]


@pytest.mark.parametrize("case", VECTORS["ends"], ids=str)
def test_ends_of_the_vectors(case: dict[str, Any]) -> None:
    """Tests that only a passport and a residence card end in letters."""
    assert papers.is_end(case["paper"], case["end"]) is case["is_end"]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=str)
def test_papers_of_the_vectors_are_judged(case: dict[str, Any]) -> None:
    """Tests that numbers of one kind are compared, and of two kinds are not."""
    found = papers.judge_end(
        case["paper"], case["end"], kind=case["kind"], known_end=case["known_end"]
    )
    assert found == case["verdict"]


@pytest.mark.parametrize("case", VECTORS["whole"], ids=str)
def test_whole_numbers_of_the_vectors_are_judged(case: dict[str, Any]) -> None:
    """Tests that a whole number is the same, another one, or of another kind."""
    assert papers.judge_number(case["number"], known=case["known"]) == case["verdict"]


def test_each_paper_is_judged_for_each_kind() -> None:
    """Tests that the vectors leave out no paper and no kind of number."""
    seen = {(case["paper"], case["kind"]) for case in VECTORS["cases"]}
    assert {paper for paper, _ in seen} == set(papers.SHOWS)
    for paper in ("cccd", "vneid", "passport", "residence"):
        assert {(paper, "personal"), (paper, "passport")} <= seen
