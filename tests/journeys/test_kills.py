"""Tests that what the kills of browsers found is kept for people and for machines."""

import json
from pathlib import Path

import pytest

from tests.journeys.kills import Report
from tests.simulation import report as reports


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (Report(7, num_trials=2, num_shown=9, reopen_ms=[900.0, 1500.0]), "2 kills, clean"),
        # One lost note, and the trial that shows it.
        (Report(7, num_trials=2, num_lost=1, faults=["trial 2: 5 shown"]), "2 kills, NOT clean"),
    ],
)
def test_report_of_kills_says_whether_anything_was_lost(
    found: Report, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that page and JSON lie beside the other runs and give verdict, counts and faults."""
    monkeypatch.setattr(reports, "REPORTS", tmp_path / "chaos")
    path = reports.write_both("browser", {"is_clean": found.is_clean}, found.page())
    page = path.read_text()
    assert path.name == "browser.md"
    assert word in page
    assert "Seed 7" in page
    assert f"| notes lost (must be 0) | {found.num_lost} |" in page
    assert all(f"- {fault}" in page for fault in found.faults)
    said = json.loads(path.with_suffix(".json").read_text())
    assert said["is_clean"] is ("NOT" not in word)
