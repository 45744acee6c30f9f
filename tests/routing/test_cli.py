"""Tests that the command line solves, checks and refuses, and that files come through unchanged."""

import json
from pathlib import Path

import pytest

from routing import Limit, MalformedProblem, solve, violations
from routing.cli import main
from routing.formats.own import read_problem, schema, write_problem
from routing.formats.solomon import read_solomon
from routing.formats.vroom import read_case, read_vroom, write_vroom
from tests.routing.checker import complaints

SOLOMON = Path(__file__).parents[3] / "shared" / "vrp" / "solomon"
VROOM = {
    "vehicles": [
        {"id": 1, "start_index": 0, "end_index": 0, "capacity": [4], "skills": [1],
         "time_window": [0, 5000],
         "breaks": [{"id": 1, "time_windows": [[500, 2000]], "service": 300}]},
        {"id": 2, "start_index": 0, "end_index": 0, "capacity": [4], "time_window": [0, 5000]},
    ],
    "jobs": [
        {"id": 1, "location_index": 1, "service": 100, "delivery": [1], "skills": [1]},
        {"id": 2, "location_index": 2, "service": 100, "pickup": [1],
         "time_windows": [[0, 900], [2000, 3000]]},
        {"id": 9, "location_index": 2, "skills": [7]},
    ],
    "shipments": [
        {"amount": [2], "pickup": {"id": 4, "location_index": 1, "service": 50},
         "delivery": {"id": 5, "location_index": 2, "service": 50}},
    ],
    "matrices": {"car": {"durations": [[0, 200, 300], [200, 0, 150], [300, 150, 0]]}},
}  # fmt: skip


def test_command_line_goes_round(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that generate, solve and check follow one another, and a broken answer exits 1."""
    question, answer = tmp_path / "question.json", tmp_path / "answer.json"
    assert main(["generate", "--couriers", "2", "--stops", "12", "--out", str(question)]) == 0
    solving = ["solve", str(question), "--iterations", "60", "--out", str(answer)]
    assert main(solving) == 0
    assert main(["check", str(question), str(answer)]) == 0
    told = json.loads(answer.read_text())
    told["cost"]["travel"] += 1
    answer.write_text(json.dumps(told))
    assert main(["check", str(question), str(answer)]) == 1
    question.write_text('{"stops": 3}')
    assert main(["solve", str(question)]) == 2
    assert main(["solve", str(tmp_path / "absent.json")]) == 2
    assert "E1114" in capsys.readouterr().err


def test_own_format_keeps_everything() -> None:
    """Tests that a problem written and read again is the same text, and has a schema."""
    asked = read_vroom(json.dumps(VROOM).encode())
    text = write_problem(asked)
    assert write_problem(read_problem(text)) == text
    assert {"Problem", "Solution"} <= set(schema()["$defs"])


def test_vroom_file_is_solved_and_answered_in_kind() -> None:
    """Tests that jobs, a shipment, a break, skills and windows go to VROOM's JSON and back."""
    case = read_case(json.dumps(VROOM).encode())
    asked = case.problem
    solution = solve(asked, limit=Limit(iterations=300), engine="pyvrp")
    assert violations(asked, solution) == []
    assert complaints(asked, solution) == []
    told = json.loads(write_vroom(case, solution))
    assert [(u["id"], u["type"]) for u in told["unassigned"]] == [(9, "job")]
    steps = [(s["type"], s.get("id")) for r in told["routes"] for s in r["steps"]]
    assert steps.index(("pickup", 4)) < steps.index(("delivery", 5))


@pytest.mark.parametrize(
    "text", ["", "[]", '{"vehicles": {}}', '{"vehicles": [{"id": 1}], "matrices": {}}']
)
def test_vroom_refuses_other_files(text: str) -> None:
    """Tests that what is no VROOM problem is refused with one code."""
    with pytest.raises(MalformedProblem) as refused:
        read_vroom(text.encode())
    assert refused.value.code == "E1114"


@pytest.mark.skipif(not SOLOMON.exists(), reason="the public instances are not on this machine")
def test_solomon_known_best_is_reached() -> None:
    """Tests that C101's best known distance of 827.3 is found, all of it confirmed twice."""
    asked = read_solomon((SOLOMON / "C101.txt").read_text())
    solution = solve(asked, limit=Limit(iterations=400), engine="pyvrp")
    assert complaints(asked, solution) == []
    assert solution.cost.total == 8273


def test_solomon_refuses_other_files() -> None:
    """Tests that a text without the format's sections is refused."""
    with pytest.raises(MalformedProblem) as refused:
        read_solomon("nothing of the kind")
    assert refused.value.code == "E1114"
