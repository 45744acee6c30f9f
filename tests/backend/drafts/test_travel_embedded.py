"""Tests of road engines in a process beside ours, with a package that stands in for the real one.

The real packages on a real map are in `test_travel_real.py`.
"""

import sys
import time
from pathlib import Path

import pytest

from backend.drafts import TravelSource
from backend.drafts.travel import embedded
from backend.drafts.travel.places import Roads, ask_roads
from tests.backend.drafts.roads import way_m, write_osrm_package

PLACES = [(21.18, 106.06), (21.19, 106.07), (21.2, 106.05)]
CRASHES, REFUSED = (85.0, 106.0), (75.0, 106.0)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "packages"
    write_osrm_package(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder / "osrm"


@pytest.fixture
def source(tmp_path: Path) -> TravelSource:
    file = tmp_path / "roads.osm.pbf"
    file.write_bytes(b"a map")
    return TravelSource(
        engine=f"osrm:{file}", keep_dir=str(tmp_path / "keep"), timeout_s=20, python=sys.executable
    )


def check_roads(found: Roads) -> None:
    assert found.trouble is None
    metres = found.ways["motorbike"][1]
    assert abs(int(metres[0, 1]) - way_m(PLACES[0], PLACES[1])) <= 1


def test_map_is_made_ready_once_and_asked(package: Path, source: TravelSource) -> None:
    """Tests that a map becomes data for motorbikes, is asked past the library's chatter, stays."""
    check_roads(ask_roads(PLACES, {"motorbike"}, source))

    (package / "__main__.py").write_text("raise SystemExit(1)")  # to build again would fail
    check_roads(ask_roads([*PLACES, (21.21, 106.06)], {"motorbike"}, source))


def test_prepared_data_are_read_as_they_are(package: Path, tmp_path: Path) -> None:
    """Tests that the operator's own `.osrm` is used, with nothing built."""
    (tmp_path / "own.osrm.hsgr").touch()
    (package / "__main__.py").unlink()

    source = TravelSource(engine=f"osrm:{tmp_path / 'own.osrm'}", timeout_s=20)

    check_roads(ask_roads(PLACES, {"motorbike"}, source))


def test_crash_of_the_library_is_a_warning(package: Path, source: TravelSource) -> None:
    """Tests that a library that aborts takes its own process with it, and no plan."""
    found = ask_roads([*PLACES, CRASHES], {"motorbike"}, source)

    assert found.trouble is not None
    assert found.trouble.code == "travel.down"


def test_refusal_of_the_library_is_no_way(package: Path, source: TravelSource) -> None:
    """Tests that what the library refuses by exception is read as a server's refusal."""
    found = ask_roads([*PLACES, REFUSED], {"motorbike"}, source)

    assert found.trouble is None
    assert (found.ways["motorbike"][0][0, 1:] == -1).all()


def test_plan_does_not_wait_for_a_map_being_made(package: Path, source: TravelSource) -> None:
    """Tests that the map is made ready behind the plan, and the next plan has it."""
    (package / "wait").write_text("0.6")
    hasty = TravelSource(
        engine=source.engine, keep_dir=source.keep_dir, timeout_s=0.4, python=source.python
    )

    first = ask_roads(PLACES, {"motorbike"}, hasty)
    beside = ask_roads(PLACES, {"motorbike"}, hasty)

    for found in (first, beside):
        assert found.trouble is not None
        assert found.trouble.code == "travel.preparing"
    until = time.monotonic() + 20
    while not list(Path(source.keep_dir or "").glob("*/ready")) and time.monotonic() < until:
        time.sleep(0.05)
    check_roads(ask_roads(PLACES, {"motorbike"}, source))


UNUSABLE = [
    ("osrm:absent.osm.pbf", None),
    ("osrm:absent.osrm", None),
    ("valhalla:absent.tar", None),
    ("valhalla:absent", None),
    ("osrm:absent.osrm", "no-such-python"),
]


@pytest.mark.parametrize(("engine", "python"), UNUSABLE)
def test_engine_that_cannot_run_is_a_warning(
    tmp_path: Path, engine: str, python: str | None
) -> None:
    """Tests that no map, no package or no interpreter is said and costs no plan."""
    name, _, file = engine.partition(":")
    source = TravelSource(
        engine=f"{name}:{tmp_path / file}", keep_dir=str(tmp_path), timeout_s=20, python=python
    )

    found = ask_roads(PLACES, {"motorbike"}, source)

    assert found.trouble is not None
    assert found.trouble.code == "travel.unavailable"


def test_failed_build_is_a_warning(package: Path, source: TravelSource) -> None:
    """Tests that a map that cannot be read is unavailable, and tried again by the next plan."""
    whole = (package / "__main__.py").read_text()
    (package / "__main__.py").write_text("raise SystemExit('not a map')")
    found = ask_roads(PLACES, {"motorbike"}, source)
    assert found.trouble is not None
    assert found.trouble.code == "travel.unavailable"

    (package / "__main__.py").write_text(whole)

    check_roads(ask_roads(PLACES, {"motorbike"}, source))


def test_program_of_the_engine_needs_no_package_of_ours() -> None:
    """Tests that it runs under another interpreter: the standard library and the engine alone."""
    text = embedded.ENGINE.read_text(encoding="utf-8")

    assert "backend" not in text
    assert "numpy" not in text
