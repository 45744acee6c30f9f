"""Tests that a plan has travel times by road where an engine gives them, and always has some."""

import copy
import json
import time
from pathlib import Path

import numpy as np
import pytest

from backend.drafts import TravelSource
from backend.drafts.answer import make_draft
from backend.drafts.problem import make_question
from backend.drafts.travel import Matrices, Places, osrm
from backend.drafts.travel.source import NoTravel
from routing import SpeedBand
from tests.backend.drafts.roads import PACE_S, At, Roads, serving, way_m
from tests.backend.drafts.test_problem import make_courier, make_errand, make_input
from tests.serving import free_port

ROOT = Path(__file__).resolve().parents[3]
OFFICE = (21.18, 106.06)
DOORS = [OFFICE, (21.19, 106.07), (21.2, 106.05), (21.17, 106.1)]
OFF_MAP = (31.0, 106.05)
ISLAND = (21.17, 121.0)


def ask(
    doors: list[At], source: TravelSource, profiles: tuple[str, ...] = ("motorbike",)
) -> Matrices:
    places = Places(*doors[0])
    for door in doors[1:]:
        places.find(*door)
    return places.matrices(set(profiles), source)


def list_codes(found: Matrices) -> list[str]:
    return [warning.code for warning in found.warnings]


def check_roads(found: Matrices, doors: list[At]) -> None:
    """Check every way against the stand-in's streets, worked out apart."""
    for i, start in enumerate(doors):
        for j, end in enumerate(doors):
            metres = way_m(start, end)
            assert abs(int(found.distance_m[i, j]) - metres) <= 1
            assert abs(int(found.duration_s[i, j]) - metres * PACE_S) <= 1


def check_straight(found: Matrices, doors: list[At]) -> None:
    """Check that the matrices are those of a plan without any engine."""
    line = ask(doors, TravelSource())
    assert (found.duration_s == line.duration_s).all()
    assert (found.distance_m == line.distance_m).all()


def test_without_an_engine_travel_is_the_straight_line() -> None:
    """Tests that nothing is asked, warned of or written by default, and slower kinds are slower."""
    found = ask(DOORS, TravelSource(), ("motorbike", "foot"))

    assert (found.warnings, found.speed_bands) == ((), ())
    assert found.profiles["foot"].duration_s[0, 1] > 5 * found.duration_s[0, 1]
    assert (found.profiles["motorbike"].duration_s == found.duration_s).all()


@pytest.mark.parametrize("name", ["osrm", "valhalla"])
@pytest.mark.parametrize("is_old", [False, True])
def test_engine_gives_ways_by_road(name: str, is_old: bool) -> None:
    """Tests that seconds and metres are the engine's, of the motorbike, without a warning."""
    roads = Roads()
    roads.is_old = is_old
    with serving(roads) as url:
        found = ask(DOORS, TravelSource(engine=f"{name}:{url}"))

    check_roads(found, DOORS)
    assert found.warnings == ()
    if name == "osrm":
        assert roads.paths[0].startswith("/table/v1/motorbike/106.06")
    else:
        assert roads.bodies[0]["costing"] == "motor_scooter"


def test_osrm_serves_one_kind_and_others_follow_by_speed() -> None:
    """Tests that a server of cars is asked for cars once, and motorbikes are reckoned from them."""
    roads = Roads()
    with serving(roads) as url:
        found = ask(DOORS, TravelSource(engine=f"osrm:{url}#car"), ("motorbike", "car", "foot"))

    assert {path.split("/")[3] for path in roads.paths} == {"driving"}
    assert max(roads.asked.values()) == 1
    car = found.profiles["car"].duration_s
    assert abs(int(car[0, 1]) - way_m(DOORS[0], DOORS[1]) * PACE_S) <= 1
    assert found.duration_s[0, 1] == -(-car[0, 1] * 90 // 100)
    assert found.profiles["foot"].duration_s[0, 1] == car[0, 1] * 5


def test_valhalla_is_asked_for_each_kind() -> None:
    """Tests that a car's ways are asked as a car's."""
    roads = Roads()
    with serving(roads) as url:
        ask(DOORS, TravelSource(engine=f"valhalla:{url}"), ("car", "foot", "bicycle"))

    costings = {body["costing"] for body in roads.bodies}
    assert costings == {"motor_scooter", "auto", "pedestrian", "bicycle"}


TROUBLES = [
    ({"statuses": [500, 500]}, "travel.wrong_answer"),
    ({"statuses": [404]}, "travel.wrong_answer"),
    ({"statuses": [503, 503]}, "travel.wrong_answer"),  # busy twice
    ({"raw": b"<html>"}, "travel.wrong_answer"),
    ({"raw": b"\xff"}, "travel.wrong_answer"),
    ({"raw": b"{}"}, "travel.wrong_answer"),
    ({"raw": b'{"code":"InvalidQuery"}'}, "travel.wrong_answer"),
    ({"raw": b'{"code":"Ok","durations":[[0]],"distances":[[0]]}'}, "travel.wrong_answer"),
    ({"raw": b'{"sources_to_targets":{"durations":[[0]],"distances":[]}}'}, "travel.wrong_answer"),
    ({"raw": b'{"error_code":199}'}, "travel.wrong_answer"),
    ({"wait_s": 2.0}, "travel.late"),
    ({"pairs_max": 0}, "travel.wrong_answer"),  # a server that takes nothing
]


@pytest.mark.parametrize("name", ["osrm", "valhalla"])
@pytest.mark.parametrize(("trouble", "code"), TROUBLES)
def test_plan_stands_by_the_straight_line_when_the_server_fails(
    name: str, trouble: dict[str, object], code: str
) -> None:
    """Tests that each way a server can fail is one warning, in time, and the straight line."""
    roads = Roads()
    vars(roads).update(copy.deepcopy(trouble))
    begin = time.monotonic()
    with serving(roads) as url:
        found = ask(DOORS, TravelSource(engine=f"{name}:{url}", timeout_s=0.5))

    assert list_codes(found) == [code]
    assert found.warnings[0].params["engine"] in ("OSRM", "Valhalla")
    check_straight(found, DOORS)
    assert time.monotonic() - begin < 2.5


ANSWERS = [
    (-0.6, 0),  # OSRM's own between two doors at one bend
    (-10.1, None),
    (1e7, 10_000_000),
    (1.1e7, None),
    (12.2, 13),
    (12.0, 12),
]


@pytest.mark.parametrize(("value", "expected"), ANSWERS)
def test_values_of_a_table_are_whole_or_refused(value: float, expected: int | None) -> None:
    """Tests that numbers are rounded up, and those that no road has refuse the table."""
    if expected is None:
        with pytest.raises(NoTravel):
            osrm.read_rows([[value]], (1, 1))
    else:
        read = osrm.read_rows([[value]], (1, 1))
        assert osrm.to_whole(read, np.isnan(read)).tolist() == [[expected]]


ABSENT = [
    "osrm:http://127.0.0.1:{port}",
    "valhalla:http://127.0.0.1:{port}",
    "osrm:http://[::1",
]


@pytest.mark.parametrize("engine", ABSENT)
def test_plan_stands_when_nobody_answers(engine: str) -> None:
    """Tests that a server that is down, or an address that is none, costs a warning alone."""
    found = ask(DOORS, TravelSource(engine=engine.format(port=free_port()), timeout_s=3))

    assert list_codes(found)[0] in ("travel.down", "travel.unavailable")
    check_straight(found, DOORS)


def test_busy_server_is_asked_again() -> None:
    """Tests that one refusal for want of time is no failure."""
    roads = Roads()
    roads.statuses = [503]
    with serving(roads) as url:
        found = ask(DOORS, TravelSource(engine=f"osrm:{url}"))

    assert found.warnings == ()
    check_roads(found, DOORS)


@pytest.mark.parametrize("name", ["osrm", "valhalla"])
@pytest.mark.parametrize("has_locate", [True, False])
def test_place_off_the_map_takes_the_straight_line(name: str, has_locate: bool) -> None:
    """Tests that one door outside the map costs its own ways alone, and is counted."""
    roads = Roads()
    roads.has_locate = has_locate
    doors = [*DOORS, OFF_MAP]
    with serving(roads) as url:
        found = ask(doors, TravelSource(engine=f"{name}:{url}"))

    assert [(w.code, w.params["count"]) for w in found.warnings] == [("travel.off_map", 1)]
    line = ask(doors, TravelSource())
    assert (found.duration_s[4] == line.duration_s[4]).all()
    assert (found.distance_m[:, 4] == line.distance_m[:, 4]).all()
    for i in range(4):
        for j in range(4):
            assert abs(int(found.distance_m[i, j]) - way_m(doors[i], doors[j])) <= 1


@pytest.mark.parametrize("name", ["osrm", "valhalla"])
def test_ways_that_do_not_exist_take_the_straight_line(name: str) -> None:
    """Tests that null in a table is no 0: an island's ways are estimated and counted."""
    doors = [*DOORS[:2], ISLAND, (21.18, 121.0)]
    roads = Roads()
    with serving(roads) as url:
        found = ask(doors, TravelSource(engine=f"{name}:{url}"))

    line = ask(doors, TravelSource())
    assert (found.duration_s[:2, 2:] == line.duration_s[:2, 2:]).all()
    assert abs(int(found.distance_m[2, 3]) - way_m(doors[2], doors[3])) <= 1
    assert [(w.code, w.params["count"]) for w in found.warnings] == [("travel.no_way", 8)]


def test_factors_come_on_top_of_line_and_road(tmp_path: Path) -> None:
    """Tests that each source of times has factors of its own, and hours become speed bands."""
    file = tmp_path / "factors.json"
    file.write_text(
        json.dumps(
            {
                "straight": {"duration": {"everywhere": 200}, "hours": {"8": 125}},
                "osrm": {"duration": {"everywhere": 150}, "hours": {"7": 200}},
            }
        )
    )
    line, plain = TravelSource(factors=str(file)), ask(DOORS, TravelSource())

    by_line = ask(DOORS, line)
    with serving(Roads()) as url:
        by_road = ask(DOORS, TravelSource(engine=f"osrm:{url}", factors=str(file)))

    assert (by_line.duration_s == 2 * plain.duration_s).all()
    assert by_line.speed_bands[0] == SpeedBand(from_s=8 * 3600, speed_percent=80)
    metres = way_m(DOORS[0], DOORS[1])
    assert abs(int(by_road.duration_s[0, 1]) - metres * PACE_S * 1.5) <= 2
    assert abs(int(by_road.distance_m[0, 1]) - metres) <= 1
    assert by_road.speed_bands[0] == SpeedBand(from_s=7 * 3600, speed_percent=50)


@pytest.mark.parametrize("text", [None, "{", '{"straight": {"hours": {"25": 100}}}', "[1]"])
def test_unusable_factors_are_a_warning(tmp_path: Path, text: str | None) -> None:
    """Tests that a missing, broken or absurd file of factors leaves travel uncorrected."""
    file = tmp_path / "factors.json"
    if text is not None:
        file.write_text(text)

    found = ask(DOORS, TravelSource(factors=str(file)))

    assert list_codes(found) == ["travel.factors"]
    check_straight(found, DOORS)


def test_fault_of_ours_costs_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that even what nobody thought of leaves the straight line and a warning."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("backend.drafts.travel.places.open_engine", fail)

    found = ask(DOORS, TravelSource(engine="osrm:http://127.0.0.1:1"))

    assert list_codes(found) == ["travel.unavailable"]
    check_straight(found, DOORS)


def test_draft_carries_the_warnings_to_the_dispatcher() -> None:
    """Tests that warnings go from the question into the draft, and none without trouble."""
    errands, couriers = [make_errand(1), make_errand(2)], [make_courier()]
    source = TravelSource(engine=f"osrm:http://127.0.0.1:{free_port()}", timeout_s=3)

    troubled = make_question(make_input(errands, couriers, travel=source))
    sound = make_question(make_input(errands, couriers))

    assert [w.code for w in make_draft(troubled, None).warnings] == ["travel.down"]
    assert make_draft(sound, None).warnings == []
    assert troubled.problem is not None
    assert sound.problem is not None
    assert np.array_equal(troubled.problem.duration_s, sound.problem.duration_s)


def test_no_matrix_is_made_of_single_distances() -> None:
    """Tests that geopy, 99 s for a thousand places, is in no loop of the optimiser's making."""
    files = [*(ROOT / "routing").rglob("*.py"), *(ROOT / "backend" / "drafts").rglob("*.py")]

    assert files
    assert [path.name for path in files if "geopy" in path.read_text(encoding="utf-8")] == []
