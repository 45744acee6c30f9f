"""Tests that plans are drawn, as SVG and as PNG, from positions or without any."""

import json
from pathlib import Path

import pytest

from routing.cli import main

HERE = Path(__file__).parents[3] / "shared" / "vrp" / "solomon" / "C101.txt"


@pytest.fixture
def office(tmp_path: Path) -> tuple[Path, Path]:
    """Give a small office's question and answer."""
    question, answer = tmp_path / "question.json", tmp_path / "answer.json"
    assert main(["generate", "--couriers", "2", "--stops", "14", "--out", str(question)]) == 0
    words = ["solve", str(question), "--iterations", "100", "--out", str(answer)]
    assert main(words) == 0
    return question, answer


@pytest.mark.parametrize(("suffix", "begins"), [(".svg", b"<?xml"), (".png", b"\x89PNG")])
def test_plan_is_drawn(office: tuple[Path, Path], suffix: str, begins: bytes) -> None:
    """Tests that both kinds of picture are written, and hold more than a frame."""
    question, answer = office
    picture = question.with_suffix(suffix)
    assert main(["plot", str(question), str(answer), "--out", str(picture)]) == 0
    drawn = picture.read_bytes()
    assert drawn.startswith(begins)
    assert len(drawn) > 10_000


def test_other_pictures_are_refused(
    office: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Tests that an ending that is neither is refused with a sentence, and nothing is written."""
    question, answer = office
    picture = question.with_suffix(".gif")
    assert main(["plot", str(question), str(answer), "--out", str(picture)]) == 2
    assert "E1114" in capsys.readouterr().err
    assert not picture.exists()


@pytest.mark.skipif(not HERE.exists(), reason="the public instances are not on this machine")
def test_file_with_positions_is_drawn_by_them(tmp_path: Path) -> None:
    """Tests that a file of the literature and its .sol make a picture too."""
    answer, picture = tmp_path / "c101.sol", tmp_path / "c101.svg"
    words = ["solve", str(HERE), "--format", "solomon", "--iterations", "60"]
    assert main([*words, "--out", str(answer)]) == 0
    words = ["plot", str(HERE), str(answer), "--format", "solomon", "--out", str(picture)]
    assert main(words) == 0
    assert picture.stat().st_size > 10_000


def test_bench_puts_engines_side_by_side(
    office: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Tests that the comparison names each engine with its ratio to the best."""
    engines = ["--engine", "kernel", "--engine", "pyvrp", "--engine", "vroom"]
    words = ["bench", str(office[0]), "--cpu-seconds", "0.3", *engines, "--json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert [run["engine"] for run in told] == ["kernel", "pyvrp", "vroom"]
    assert min(run["ratio"] for run in told) == 1.0


def test_schema_names_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that the exported schema has the fields that a written problem has."""
    assert main(["schema", "problem"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert main(["generate", "--couriers", "1", "--stops", "2"]) == 0
    problem = json.loads(capsys.readouterr().out)
    properties = schema["$defs"]["Problem"]["properties"]
    assert set(problem) <= set(properties)
    assert set(problem["stops"][0]) <= set(schema["$defs"]["Stop"]["properties"])
