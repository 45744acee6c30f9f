"""Tests that problems in VROOM's words are answered no worse than by VROOM itself, in one run.

The shapes follow the examples of its documentation: jobs with skills and amounts, breaks,
shipments, priorities where not all fit; the numbers are random and small.
"""

import json
import random
from typing import Any

import pytest
import vroom

from routing import Limit, solve, violations
from routing.formats.vroom import check_answer, read_answer, read_case, write_vroom

Json = dict[str, Any]


def make_file(seed: int, shape: str) -> Json:
    """Return a VROOM file of four to nine tasks."""
    chance = random.Random(seed)
    size = chance.randint(4, 9)
    at = [(chance.randint(0, 600), chance.randint(0, 600)) for _ in range(size + 1)]
    durations = [[abs(a - c) + abs(b - d) for c, d in at] for a, b in at]
    jobs: list[Json] = []
    for n in range(1, size + 1):
        job: Json = {"id": n, "location_index": n, "service": chance.randint(0, 120)}
        if shape == "windows" and chance.random() < 0.6:
            early = chance.randint(0, 2500)
            job["time_windows"] = [[early, early + chance.randint(300, 1500)]]
            if chance.random() < 0.3:
                job["time_windows"].append([early + 2500, early + 3500])
        if shape == "amounts":
            job[chance.choice(["delivery", "pickup"])] = [
                chance.randint(0, 4),
                chance.randint(0, 3),
            ]
        if shape == "skills" and chance.random() < 0.5:
            job["skills"] = [chance.choice([1, 14])]
        if shape == "priorities":
            job["priority"] = chance.choice([0, 0, 10, 100])
        jobs.append(job)
    shipments = []
    if shape == "shipments":
        for n in range(0, len(jobs) - 1, 2):
            first, second = jobs[n], jobs[n + 1]
            shipments.append(
                {"amount": [chance.randint(1, 3)], "pickup": first, "delivery": second}
            )
        jobs = jobs[len(shipments) * 2 :]
    return {
        "vehicles": _vehicles(chance, shape, jobs),
        "jobs": jobs,
        "shipments": shipments,
        "matrices": {"car": {"durations": durations}},
    }


def _vehicles(chance: random.Random, shape: str, jobs: list[Json]) -> list[Json]:
    made = []
    for number in (1, 2):
        vehicle: Json = {"id": number, "start_index": 0, "end_index": 0, "time_window": [0, 7000]}
        if shape == "amounts":
            vehicle["capacity"] = [9, 8]
        if shape == "shipments":
            vehicle["capacity"] = [4]
        if shape == "skills":
            vehicle["skills"] = [1] if number == 1 else [1, 14]
        if shape == "breaks":
            vehicle["breaks"] = [{"id": 1, "time_windows": [[800, 1600]], "service": 300}]
        if shape == "priorities":
            vehicle["time_window"] = [0, 1500]
            vehicle["max_tasks"] = max(1, len(jobs) // 3)
        if shape == "open" and number == 2:
            del vehicle["end_index"]
        if shape == "costs":
            vehicle["costs"] = {"fixed": chance.choice([0, 800]), "per_hour": 3600 * number}
        made.append(vehicle)
    return made


def worth(file: Json, answer: Json) -> tuple[int, int, int]:
    """Return what VROOM minimises, in its order: priority and tasks left out, then cost."""
    left = {(entry["type"], entry["id"]) for entry in answer["unassigned"]}
    priority = sum(
        job.get("priority", 0) for job in file["jobs"] if ("job", job["id"]) in left
    )  # fmt: skip
    return priority, len(left), answer["summary"]["cost"]


SHAPES = (
    "plain",
    "windows",
    "amounts",
    "skills",
    "priorities",
    "shipments",
    "breaks",
    "open",
    "costs",
)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", range(5))
def test_ours_is_no_worse_than_vrooms(seed: int, shape: str) -> None:
    """Tests that our answer leaves out no more, costs no more, and that both hold as VROOM's."""
    print(f"seed {seed}")
    file = make_file(seed * 100 + len(shape), shape)
    case = read_case(json.dumps(file).encode())
    solution = solve(case.problem, limit=Limit(iterations=800), seed=seed)
    assert violations(case.problem, solution) == []
    ours = json.loads(write_vroom(case, solution))
    asked = vroom.Input()
    asked._from_json(json.dumps(file), False)
    theirs = asked.solve(5, 1).to_dict()
    assert worth(file, ours) <= worth(file, theirs)
    assert check_answer(case, read_answer(json.dumps(ours).encode())) == []
    assert check_answer(case, read_answer(json.dumps(theirs).encode())) == []
