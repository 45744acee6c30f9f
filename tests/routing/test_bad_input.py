"""Tests that whatever is wrong with a question is said with a code and ids, before any search."""

import json
from pathlib import Path
from typing import Any

import pytest

from routing.cli import main
from routing.formats.own import write_problem
from tests.routing.small import problem, stop, vehicle

Json = dict[str, Any]
VROOM: Json = {
    "vehicles": [{"id": 1, "start_index": 0, "end_index": 0, "time_window": [0, 36000]}],
    "jobs": [{"id": 7, "location_index": 1, "service": 60}],
    "matrices": {"car": {"durations": [[0, 300], [300, 0]], "distances": [[0, 2000], [2000, 0]]}},
}


def own() -> Json:
    """Return a good problem of two stops as its JSON says it."""
    told: Json = json.loads(write_problem(problem([10, 20])))
    return told


def changed(told: Json, path: str, value: Any) -> Json:
    """Return a copy with one entry changed; `path` is keys and numbers between slashes."""
    copy: Json = json.loads(json.dumps(told))
    *way, last = [int(word) if word.isdigit() else word for word in path.split("/")]
    at: Any = copy
    for word in way:
        at = at[word]
    at[last] = value
    return copy


MILLIS = [[0, 300_000], [300_000, 0]]
TWICE_FOUR = [
    {"id": n, "location_index": 1, "service": 60, "delivery": [2, 2, 2, 2]} for n in (1, 2)
]
REFUSED: list[tuple[str, str, Json, str, str]] = [
    ("matrix not square", "own", changed(own(), "duration_s", [[0, 1], [1, 0], [1, 1]]), "E1101",
     ""),
    ("negative", "own", changed(own(), "duration_s/1/2", -1), "E1102", "s1"),
    ("diagonal", "own", changed(own(), "duration_s/1/1", 4), "E1103", "s1"),
    ("id twice", "own", changed(own(), "stops/1/id", "s1"), "E1104", "s1"),
    ("unknown depot", "own", changed(own(), "vehicles/0/start_depot", "mars"), "E1105", "v1"),
    ("outside the matrix", "own", changed(own(), "stops/0/location", 9), "E1106", "s1"),
    ("empty window", "own", changed(own(), "stops/0/tws", [[9, 3]]), "E1107", "s1"),
    ("negative amount", "own", changed(own(), "stops/0/cash_out_vnd", -5), "E1108", "s1"),
    ("shift ends before it starts", "own", changed(own(), "vehicles/0/shift_early_s", 50_000),
     "E1109", "v1"),
    ("0 couriers", "own", changed(own(), "vehicles", []), "E1111", ""),
    ("not our file", "own", {"stops": 3}, "E1114", ""),
    ("VROOM: no square", "vroom", changed(VROOM, "matrices/car/durations", [[0, 1]]), "E1101", ""),
    ("VROOM: negative", "vroom", changed(VROOM, "matrices/car/durations/0/1", -4), "E1102", ""),
    ("VROOM: id twice", "vroom", changed(VROOM, "jobs", VROOM["jobs"] * 2), "E1104", "job:7"),
    ("VROOM: place unknown", "vroom", changed(VROOM, "jobs/0/location_index", 5), "E1106", "job:7"),
    ("VROOM: empty windows", "vroom", changed(VROOM, "jobs/0/time_windows", []), "E1107", "job:7"),
    ("VROOM: window backwards", "vroom", changed(VROOM, "jobs/0/time_windows", [[9, 3]]), "E1107",
     "job:7"),
    ("VROOM: milliseconds", "vroom", changed(VROOM, "matrices/car/durations", MILLIS), "E1115", ""),
    ("VROOM: minutes", "vroom", changed(VROOM, "matrices/car/durations", [[0, 5], [5, 0]]), "E1115",
     ""),
    ("VROOM: fractions", "vroom", changed(VROOM, "jobs/0/service", 1.5), "E1115", "job:7"),
    ("VROOM: text", "vroom", changed(VROOM, "jobs/0/service", "60"), "E1115", "job:7"),
    ("VROOM: 0 vehicles", "vroom", changed(VROOM, "vehicles", []), "E1111", ""),
    ("VROOM: four amounts", "vroom", changed(
        changed(VROOM, "jobs", TWICE_FOUR), "vehicles/0/capacity", [3, 3, 3, 3]), "E1116", ""),
]  # fmt: skip


@pytest.mark.parametrize("row", REFUSED, ids=[row[0] for row in REFUSED])
def test_bad_question_is_refused_by_name(
    row: tuple[str, str, Json, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tests that the command ends with 2, and says code, sentence and ids, for machines too."""
    _, form, told, code, name = row
    file, out = tmp_path / "question.json", tmp_path / "answer.json"
    file.write_text(json.dumps(told))
    words = ["solve", str(file), "--format", form, "--iterations", "20", "--json"]
    assert main([*words, "--out", str(out)]) == 2
    printed = capsys.readouterr()
    assert code in printed.err
    assert name in printed.err
    assert code in printed.out
    assert not out.exists()


HOPELESS: list[tuple[str, Json, str]] = [
    ("nobody has the skill", changed(own(), "stops/0/skills", ["seal"]), "U2102"),
    ("cash above every ceiling", changed(
        changed(own(), "stops/0/cash_out_vnd", 9), "vehicles/0/cash_limit_vnd", 5), "U2105"),
    ("shift shorter than one trip", changed(own(), "vehicles/0/shift_late_s", 15), "U2108"),
    ("no way there", changed(changed(own(), "duration_s/0/1", 10_000_000), "duration_s/2/1",
                             10_000_000), "U2106"),
]  # fmt: skip


@pytest.mark.parametrize("row", HOPELESS, ids=[row[0] for row in HOPELESS])
def test_hopeless_stop_is_named_and_the_rest_is_planned(
    row: tuple[str, Json, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tests that a stop nobody can serve is named before the search, and is in the answer."""
    _, told, code = row
    file, out = tmp_path / "question.json", tmp_path / "answer.json"
    file.write_text(json.dumps(told))
    assert main(["solve", str(file), "--iterations", "40", "--out", str(out)]) == 0
    assert f"{code} s1" in capsys.readouterr().err
    answer = json.loads(out.read_text())
    assert "s1" in [entry["stop_id"] for entry in answer["unassigned"]]
    assert len(answer["unassigned"]) + sum(
        visit["stop_id"] is not None for route in answer["routes"] for visit in route["visits"]
    ) == 2  # fmt: skip


def test_odd_questions_are_remarked_and_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tests that a broken triangle and an empty day are remarked, and answered all the same."""
    file = tmp_path / "question.json"
    file.write_text(json.dumps(changed(own(), "duration_s/0/2", 900)))
    assert main(["solve", str(file), "--iterations", "20"]) == 0
    assert "W4101" in capsys.readouterr().err
    file.write_text(json.dumps({**own(), "stops": []}))
    assert main(["solve", str(file), "--iterations", "20", "--json"]) == 0
    printed = capsys.readouterr()
    assert "W4102" in printed.err
    assert json.loads(printed.out)["routes"] == []


def test_windows_by_the_calendar_are_understood(tmp_path: Path) -> None:
    """Tests that VROOM's windows as timestamps of one day are read, and mixed ones refused."""
    day = 1_780_000_000
    told = changed(VROOM, "jobs/0/time_windows", [[day + 600, day + 1200]])
    file = tmp_path / "question.json"
    file.write_text(json.dumps(changed(told, "vehicles/0/time_window", [day, day + 36000])))
    assert main(["solve", str(file), "--format", "vroom", "--iterations", "20"]) == 0
    file.write_text(json.dumps(told))
    assert main(["solve", str(file), "--format", "vroom", "--iterations", "20"]) == 2


def test_small_parts_of_a_problem_are_checked() -> None:
    """Tests that the good problem these cases are made from is good."""
    assert problem([10], stops=(stop(1),), vehicles=(vehicle(),)).stops[0].id == "s1"
