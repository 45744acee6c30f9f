"""Tests that no pair of places is asked for twice, whatever days, limits and failures come."""

import random
import time
from pathlib import Path

import numpy as np
import pytest

from backend.drafts import TravelSource
from backend.drafts.travel import known as known_module
from backend.drafts.travel.known import Known, list_gaps, read_known, write_known
from backend.drafts.travel.places import ask_roads
from backend.drafts.travel.source import Deadline, NoTravel, Positions, TooBig, Whole
from tests.backend.drafts.roads import At, Roads, serving, way_m

OFFICE = (21.18, 106.06)


class Streets:
    """A road engine in memory that counts what it is asked; takes `num_max` pairs at once."""

    name = "osrm"
    kinds = ("motorbike",)

    def __init__(self, block: tuple[int, int] = (100, 100), num_max: int = 10**9) -> None:
        self.block = block
        self.num_max = num_max
        self.asked: dict[tuple[At, At], int] = {}
        self.num_calls = 0
        self.num_good = 10**9

    def matrix(
        self, origins: Positions, destinations: Positions, kind: str, deadline: Deadline
    ) -> tuple[Whole, Whole]:
        assert len(origins) <= self.block[0]
        assert len(destinations) <= self.block[1]
        if len(origins) * len(destinations) > self.num_max:
            raise TooBig
        self.num_calls += 1
        if self.num_calls > self.num_good:
            raise NoTravel("travel.late")
        rows = [tuple(map(float, at)) for at in origins]
        columns = [tuple(map(float, at)) for at in destinations]
        for pair in ((a, b) for a in rows for b in columns):
            self.asked[pair] = self.asked.get(pair, 0) + 1
        metres = np.array([[way_m(a, b) for b in columns] for a in rows], np.int32)
        return metres // 10, metres


def make_places(num: int, seed: int = 1) -> list[At]:
    chance = random.Random(seed)
    return [
        (round(21 + chance.random() / 5, 6), round(106 + chance.random() / 5, 6))
        for _ in range(num)
    ]


def fill(known: Known, engine: Streets, places: list[At], now_s: float = 0.0) -> NoTravel | None:
    index = known.find(places, now_s)
    trouble = known.fill(index, engine, "motorbike", Deadline(60))
    if trouble is None:
        _, found = known.ways(index)
        expected = [[way_m(a, b) for b in places] for a in places]
        assert found.tolist() == expected
        assert known.duration_s.min() >= known_module.UNASKED
    return trouble


def test_new_stop_costs_one_row_and_one_column() -> None:
    """Tests that a place more is asked for alone: its way to and from each other, no more."""
    known, engine, places = Known(), Streets(), make_places(31)
    fill(known, engine, places[:30])
    assert engine.num_calls == 1

    fill(known, engine, places)

    assert (engine.num_calls, len(engine.asked)) == (3, 31 * 31)
    assert set(engine.asked.values()) == {1}


def test_same_places_are_asked_for_once() -> None:
    """Tests that a plan made again asks nothing, in whatever order and part the places come."""
    known, engine, places = Known(), Streets(), make_places(20)
    fill(known, engine, places)
    num_calls = engine.num_calls

    fill(known, engine, list(reversed(places)))
    fill(known, engine, places[3:9])
    fill(known, engine, [places[0], *places, places[0]])

    assert engine.num_calls == num_calls


@pytest.mark.parametrize("seed", range(8))
def test_no_pair_is_asked_for_twice_over_days(seed: int) -> None:
    """Tests that days that share some doors ask exactly for the pairs that are new."""
    chance = random.Random(seed)
    doors, known = make_places(40, seed), Known()
    engine = Streets(block=(chance.randint(1, 12), chance.randint(1, 12)))
    for _ in range(6):
        fill(known, engine, [OFFICE, *chance.sample(doors, chance.randint(1, 20))])

    assert set(engine.asked.values()) == {1}


@pytest.mark.parametrize("num_max", [1, 7, 50])
def test_server_with_a_small_limit_is_asked_for_less(num_max: int) -> None:
    """Tests that a table too big is halved until the server takes it, and nothing is lost."""
    known, engine = Known(), Streets(num_max=num_max)

    assert fill(known, engine, make_places(15)) is None

    assert set(engine.asked.values()) == {1}


def test_failure_keeps_what_was_answered() -> None:
    """Tests that a plan cut short leaves the rest for the next one, which asks for it alone."""
    known, engine, places = Known(), Streets(block=(5, 5)), make_places(17)
    engine.num_good = 4

    trouble = fill(known, engine, places)

    assert trouble is not None
    assert trouble.code == "travel.late"
    engine.num_good = 10**9
    assert fill(known, engine, places) is None
    assert set(engine.asked.values()) == {1}


def test_lone_place_is_not_asked_for() -> None:
    """Tests that an office without stops has nothing to ask."""
    known, engine = Known(), Streets()

    assert fill(known, engine, [OFFICE]) is None

    assert engine.num_calls == 0


def test_gaps_cover_the_unknown_and_nothing_else() -> None:
    """Tests that the rectangles hold each unknown pair once and no known one."""
    unknown = np.random.default_rng(1).random((12, 12)) < 0.3
    counted = np.zeros_like(unknown, dtype=int)
    for rows, columns in list_gaps(unknown):
        counted[np.ix_(rows, columns)] += 1

    assert (counted == unknown).all()


def test_memory_is_bounded_and_keeps_what_is_used() -> None:
    """Tests that the places not used for longest go first, with their ways."""
    known, engine, places = Known(), Streets(), make_places(30)
    fill(known, engine, places[:20], now_s=1.0)
    fill(known, engine, places[10:], now_s=2.0)

    known.trim(20)

    assert sorted(known.places) == sorted(places[10:])
    assert known.duration_s.shape == (20, 20)
    num_calls = engine.num_calls
    fill(known, engine, places[10:], now_s=3.0)
    assert engine.num_calls == num_calls


def test_memory_outlives_the_process(tmp_path: Path) -> None:
    """Tests that what one plan asked the next one knows, and that only its owner can read it."""
    file = tmp_path / "travel" / "ways-1.npz"
    known, engine, places = Known(), Streets(), make_places(10)
    fill(known, engine, places)
    write_known(file, known)

    fill(again := read_known(file), engine, places)

    assert engine.num_calls == 1
    assert again.places == known.places
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in file.parent.iterdir()] == ["ways-1.npz"]


BROKEN = [b"", b"PK\x03\x04", b"x" * 1000]


@pytest.mark.parametrize("text", BROKEN)
def test_broken_memory_is_no_memory(tmp_path: Path, text: bytes) -> None:
    """Tests that a torn file is asked for anew, never a reason to fail."""
    file = tmp_path / "ways-1.npz"
    file.write_bytes(text)

    assert read_known(file).places == []


def test_old_memory_is_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that after a month roads are asked for again, however often the file was written."""
    file = tmp_path / "ways-1.npz"
    known = Known()
    known.find(make_places(3), 0.0)
    write_known(file, known)
    assert len(read_known(file).places) == 3

    later = time.time() + known_module.KEPT_S + 60
    monkeypatch.setattr(known_module.time, "time", lambda: later)

    assert read_known(file).places == []


def test_folder_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the oldest offices' memories go when there are too many."""
    monkeypatch.setattr(known_module, "FILES_MAX", 3)

    for number in range(5):
        write_known(tmp_path / f"ways-{number}.npz", Known())

    assert len(list(tmp_path.iterdir())) == 3
    assert (tmp_path / "ways-4.npz").exists()


def test_unwritable_folder_costs_no_plan(tmp_path: Path) -> None:
    """Tests that a file in the folder's place only means asking again."""
    (tmp_path / "travel").write_text("in the way")

    write_known(tmp_path / "travel" / "ways-1.npz", Known())


def test_plans_of_an_office_share_memory_by_engine_and_kind(tmp_path: Path) -> None:
    """Tests that over HTTP a second plan asks nothing, and another kind or office asks its own."""
    places = [OFFICE, *make_places(5)]
    with serving(roads := Roads()) as url:
        source = TravelSource(engine=f"valhalla:{url}", keep_dir=str(tmp_path))
        first = ask_roads(places, {"motorbike"}, source)
        again = ask_roads(places, {"motorbike"}, source)
        assert set(roads.asked.values()) == {1}
        ask_roads(places, {"car"}, source)
        ask_roads(places[::-1], {"car"}, source)

    assert (first.ways["motorbike"][0] == again.ways["motorbike"][0]).all()
    assert set(roads.asked.values()) == {3}
    assert len(list(tmp_path.iterdir())) == 3


def test_memory_serves_when_the_engine_is_gone(tmp_path: Path) -> None:
    """Tests that known ways stay by road without the server, and only a new stop warns."""
    places = make_places(6)
    with serving(Roads()) as url:
        source = TravelSource(engine=f"osrm:{url}", keep_dir=str(tmp_path), timeout_s=3)
        ask_roads(places[:5], {"motorbike"}, source)

    known = ask_roads(places[:5], {"motorbike"}, source)
    more = ask_roads(places, {"motorbike"}, source)

    assert known.trouble is None
    assert (known.ways["motorbike"][0] >= 0).all()
    assert more.trouble is not None
    assert more.trouble.code == "travel.down"
    assert (more.ways["motorbike"][0][:5, :5] >= 0).all()


def test_silence_in_the_middle_keeps_the_first_blocks(tmp_path: Path) -> None:
    """Tests that over HTTP a server gone silent is given up in time and goes on tomorrow."""
    places = [OFFICE, *make_places(119)]
    roads = Roads()
    roads.num_good = 2
    with serving(roads) as url:
        source = TravelSource(engine=f"osrm:{url}", keep_dir=str(tmp_path), timeout_s=1.0)
        begin = time.monotonic()
        found = ask_roads(places, {"motorbike"}, source)
        assert time.monotonic() - begin < 2.0
        assert found.trouble is not None
        assert found.trouble.code == "travel.late"
        assert (found.ways["motorbike"][0] >= 0).sum() > 1000
        roads.num_good = None
        found = ask_roads(places, {"motorbike"}, source)

    assert found.trouble is None
    assert (found.ways["motorbike"][0] >= 0).all()
