"""Tests of the real OSRM and Valhalla on the real roads of inner Hà Nội.

Their packages want Python 3.12. They are looked for in the interpreter that runs the tests, or in
the one that `TANNOI_TRAVEL_PYTHON` names; without them, or without the map, the tests are skipped.
"""

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from backend.drafts import TravelSource
from backend.drafts.travel.places import Places, ask_roads
from routing.matrix import great_circle_m
from tests.backend.drafts.roads import At

ROOT = Path(__file__).resolve().parents[3]
ROADS = ROOT.parent / "shared" / "geo" / "roads" / "hanoi_gialam_drive_2025-05.osm.pbf"
PYTHON = os.environ.get("TANNOI_TRAVEL_PYTHON", sys.executable)
OFFICE = (21.0285, 105.8542)
FAR = (21.6, 107.2)
"""Beyond the map."""


def make_doors(num: int) -> list[At]:
    chance = random.Random(1)
    return [
        (round(chance.uniform(21.0, 21.05), 6), round(chance.uniform(105.8, 105.9), 6))
        for _ in range(num)
    ]


@pytest.fixture(scope="module", params=["osrm", "valhalla"])
def source(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> TravelSource:
    name = str(request.param)
    if not ROADS.exists():
        pytest.skip("the roads of Hà Nội are not on this machine")
    found = subprocess.run(
        [PYTHON, "-P", "-c", f"import {name}"], capture_output=True, check=False, timeout=60
    )
    if found.returncode != 0:
        pytest.skip(f"{PYTHON} has no package {name} (wheels from Python 3.12 on)")
    keep_dir = tmp_path_factory.mktemp(name)
    return TravelSource(
        engine=f"{name}:{ROADS}", keep_dir=str(keep_dir), timeout_s=300, python=PYTHON
    )


@pytest.mark.slow
def test_real_engine_gives_roads_longer_than_the_line(source: TravelSource) -> None:
    """Tests that ways are road ways: longer than the line by a town's factor, not symmetric."""
    doors = [OFFICE, *make_doors(40)]

    found = ask_roads(doors, {"motorbike"}, source)

    assert found.trouble is None
    duration_s, distance_m = found.ways["motorbike"]
    at = np.array(doors)
    line = great_circle_m(at[:, 0], at[:, 1], at[:, 0], at[:, 1])
    known = (duration_s >= 0) & (line > 500)
    assert known.sum() > 0.8 * (line > 500).sum()
    assert (distance_m[known] >= np.floor(line[known])).all()
    assert 1.2 < float(np.median(distance_m[known] / line[known])) < 1.8
    assert 15 < float(np.median(distance_m[known] / duration_s[known])) * 3.6 < 60
    assert (duration_s != duration_s.T).any()
    assert not np.diagonal(duration_s).any()


@pytest.mark.slow
def test_real_engine_leaves_a_far_place_to_the_line(source: TravelSource) -> None:
    """Tests that a door beyond the map, which an engine would move onto it, is estimated."""
    places = Places(*OFFICE)
    for door in [*make_doors(5), FAR]:
        places.find(*door)

    found = places.matrices({"motorbike"}, source)

    assert [(w.code, w.params["count"]) for w in found.warnings][:1] == [("travel.off_map", 1)]
    assert found.distance_m[0, 6] > 150_000
    assert (found.duration_s[np.triu_indices(6, 1)] > 0).all()
