"""Tests that VROOM's words mean here what its documentation says, in and out and in plan mode."""

import json
from typing import Any

import pytest

from routing import Limit, MalformedProblem, solve, violations
from routing.formats.vroom import choose_eta, read_case, write_vroom

Json = dict[str, Any]
ROAD = [[abs(a - b) for b in (0, 100, 200, 300)] for a in (0, 100, 200, 300)]


def make(jobs: list[Json], *vehicles: Json, **more: Any) -> Json:
    """Return a file on a straight road of four places, 100 seconds apart."""
    usual = {"id": 1, "start_index": 0, "end_index": 0}
    fleet = [{**usual, **vehicle} for vehicle in vehicles or ({},)]
    return {"vehicles": fleet, "jobs": jobs, "matrices": {"car": {"durations": ROAD}}, **more}


def job(at: int, **more: Any) -> Json:
    """Return a job at a place, with the place's number as its id."""
    return {"id": at, "location_index": at, **more}


def answer(file: Json) -> Json:
    """Return the answer in VROOM's words."""
    case = read_case(json.dumps(file).encode())
    solution = solve(case.problem, limit=Limit(iterations=200), seed=1)
    assert violations(case.problem, solution) == []
    told: Json = json.loads(write_vroom(case, solution))
    return told


def order(told: Json, route: int = 0) -> list[tuple[str, int | None]]:
    """Return the steps of a route between its ends."""
    return [(step["type"], step.get("id")) for step in told["routes"][route]["steps"][1:-1]]


def test_answer_has_every_number_of_vrooms() -> None:
    """Tests that route, steps and summary carry VROOM's fields with sums that fit."""
    file = make(
        [job(1, service=30, setup=10, delivery=[2], priority=5), job(3, service=20, pickup=[1])],
        {"capacity": [4], "time_window": [1000, 9000]},
        matrices={"car": {"durations": ROAD, "distances": [[7 * s for s in row] for row in ROAD]}},
    )
    told = answer(file)
    summary = told["summary"]
    assert (summary["cost"], summary["duration"], summary["distance"]) == (600, 600, 4200)
    assert (summary["service"], summary["setup"], summary["priority"]) == (50, 10, 5)
    assert (summary["delivery"], summary["pickup"]) == ([2], [1])
    assert (summary["routes"], summary["unassigned"], summary["violations"]) == (1, 0, [])
    (route,) = told["routes"]
    start, *middle, end = route["steps"]
    assert (start["type"], end["type"], start["load"], end["load"]) == ("start", "end", [2], [1])
    assert end["arrival"] - start["arrival"] == 600 + 50 + 10 + route["waiting_time"]
    assert [step["load"] for step in middle] in ([[0], [1]], [[3], [1]])
    assert {"code", "summary", "unassigned", "routes"} <= set(told)


CASES: list[tuple[str, Json, list[list[tuple[str, int | None]]], list[int]]] = [
    # The only time at 2 is after 3 is done.
    ("several windows", make([
        job(2, time_windows=[[0, 50], [390, 500]]), job(3, time_windows=[[300, 300]])]),
     [[("job", 3), ("job", 2)]], []),
    ("skills", make([job(1, skills=[14])], {}, {"id": 2, "skills": [14, 1]}),
     [[("job", 1)]], []),
    # Two of two into two: one stays, the less urgent.
    ("priority", make([job(1, delivery=[2], priority=1), job(2, delivery=[2], priority=9)],
                      {"capacity": [2]}), [[("job", 2)]], [1]),
    ("max_tasks", make([job(1, priority=2), job(2)], {"max_tasks": 1}), [[("job", 1)]], [2]),
    # There and back to 3 is 600.
    ("max_travel_time", make([job(1), job(3)], {"max_travel_time": 599}), [[("job", 1)]], [3]),
    ("max_distance", make([job(1), job(3)], {"max_distance": 599}, matrices={
        "car": {"durations": ROAD, "distances": ROAD}}), [[("job", 1)]], [3]),
    ("shipment", make([], {"capacity": [1]}, shipments=[
        {"amount": [1], "pickup": {"id": 8, "location_index": 3},
         "delivery": {"id": 9, "location_index": 1}}]),
     [[("pickup", 8), ("delivery", 9)]], []),
    ("break", make([job(3)], {"breaks": [{"id": 4, "service": 50, "time_windows": [[0, 100]]}]}),
     [[("break", 4), ("job", 3)]], []),
    # Twice the speed reaches 3 by 150.
    ("speed_factor", make([job(3, time_windows=[[0, 150]])], {"speed_factor": 2.0}),
     [[("job", 3)]], []),
    ("fixed cost", make([job(1)], {"costs": {"fixed": 900}}, {"id": 2}), [[("job", 1)]], []),
]  # fmt: skip


@pytest.mark.parametrize("row", CASES, ids=[row[0] for row in CASES])
def test_words_mean_what_they_say(
    row: tuple[str, Json, list[list[tuple[str, int | None]]], list[int]],
) -> None:
    """Tests that each word of a file has its effect, on a case that can be checked by hand."""
    _, file, orders, left = row
    told = answer(file)
    assert [order(told, n) for n in range(len(told["routes"]))] == orders
    assert sorted(entry["id"] for entry in told["unassigned"]) == left
    assert all({"type", "location_index"} <= set(entry) for entry in told["unassigned"])


def test_ends_may_be_open() -> None:
    """Tests that without an end the last door ends it, and without a start the first begins it."""
    to_the_end = answer(make([job(3)], {"end_index": 0}))
    file = make([job(3)])
    del file["vehicles"][0]["end_index"]
    assert (to_the_end["summary"]["cost"], answer(file)["summary"]["cost"]) == (600, 300)
    file = make([job(3)])
    del file["vehicles"][0]["start_index"]
    assert answer(file)["summary"]["cost"] == 300


def test_second_vehicle_is_used_where_cheaper() -> None:
    """Tests that the vehicle that costs nothing to send out goes."""
    told = answer(make([job(1)], {"costs": {"fixed": 900}}, {"id": 2}))
    assert [route["vehicle"] for route in told["routes"]] == [2]


PLANS: list[tuple[str, Json, str]] = [
    ("delay", make([job(3, time_windows=[[0, 200]])], {"steps": [
        {"type": "start"}, {"type": "job", "id": 3}, {"type": "end"}]}), "delay"),
    ("load", make([job(1, delivery=[5])], {"capacity": [4], "steps": [{"type": "job", "id": 1}]}),
     "load"),
    ("max_tasks", make([job(1), job(2)], {"max_tasks": 1, "steps": [
        {"type": "job", "id": 1}, {"type": "job", "id": 2}]}), "max_tasks"),
    ("skills", make([job(1, skills=[3])], {"steps": [{"type": "job", "id": 1}]}), "skills"),
    ("precedence", make([], {"capacity": [1], "steps": [
        {"type": "delivery", "id": 9}, {"type": "pickup", "id": 8}]}, shipments=[
        {"amount": [1], "pickup": {"id": 8, "location_index": 3},
         "delivery": {"id": 9, "location_index": 1}}]), "precedence"),
    ("missing_break", make([job(1)], {
        "breaks": [{"id": 4, "service": 5, "time_windows": [[0, 900]]}],
        "steps": [{"type": "job", "id": 1}]}), "missing_break"),
    ("max_travel_time", make([job(3)], {"max_travel_time": 599, "steps": [
        {"type": "job", "id": 3}]}), "max_travel_time"),
    ("max_distance", make([job(3)], {"max_distance": 599, "steps": [{"type": "job", "id": 3}]},
                          matrices={"car": {"durations": ROAD, "distances": ROAD}}),
     "max_distance"),
]  # fmt: skip


@pytest.mark.parametrize("row", PLANS, ids=[row[0] for row in PLANS])
def test_plan_mode_names_the_cause(row: tuple[str, Json, str]) -> None:
    """Tests that given steps are timed as well as can be, and what they break is named."""
    _, file, cause = row
    told = choose_eta(read_case(json.dumps(file).encode()))
    found = [v["cause"] for route in told["routes"] for v in route["violations"]]
    found += [
        v["cause"] for route in told["routes"] for s in route["steps"] for v in s["violations"]
    ]
    assert cause in found
    assert [v["cause"] for v in told["summary"]["violations"]]


def test_what_cannot_be_said_is_refused_by_name() -> None:
    """Tests that a break's load limit that matters is refused with the vehicle, not dropped."""
    rest = {"id": 4, "service": 5, "time_windows": [[0, 900]], "max_load": [1]}
    file = make([job(1, delivery=[3])], {"capacity": [5], "breaks": [rest]})
    with pytest.raises(MalformedProblem) as refused:
        read_case(json.dumps(file).encode())
    assert (refused.value.code, refused.value.ids) == ("E1116", ("1",))


def test_unknown_words_are_remarked() -> None:
    """Tests that a key that VROOM does not know is not silently passed over."""
    case = read_case(json.dumps(make([job(1, servcie=30)])).encode())
    assert any("servcie" in remark.sentence or "job:1" in remark.ids for remark in case.remarks)
