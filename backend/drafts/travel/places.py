"""Travel between the places of a day: by road where an engine says it, else straight."""

import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from backend.drafts.model import Cause, TravelSource
from backend.drafts.travel.known import Known, name_file, read_known, write_known
from backend.drafts.travel.source import (
    Deadline,
    NoTravel,
    RoadEngine,
    Whole,
    find_kinds,
    names_data,
    open_engine,
)
from routing import Profile, SpeedBand
from routing.factors import Factors, make_correction, make_speed_bands
from routing.matrix import straight_line
from routing.wellformed import Matrix

MAIN = "motorbike"
SPEED_PERCENT = {"motorbike": 100, "car": 90, "bicycle": 45, "foot": 18}
"""Of a motorbike's speed on commune roads; assumption until completed rounds teach better."""
STRAIGHT = "straight"
ENGINE_NAMES = {"osrm": "OSRM", "valhalla": "Valhalla"}
FactorsByEngine = dict[str, Factors]
"""What was learned, under `straight`, `osrm` or `valhalla`: each errs in its own way."""

Pairs = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Matrices:
    """Travel of the main profile, and of every profile by name."""

    duration_s: Matrix
    distance_m: Matrix
    profiles: dict[str, Profile]
    speed_bands: tuple[SpeedBand, ...] = ()
    warnings: tuple[Cause, ...] = ()
    """Where the straight line had to stand in."""


@dataclass
class Roads:
    """What a road engine said of these places, by kind of vehicle; negative where it said none."""

    ways: dict[str, tuple[Whole, Whole]] = field(default_factory=dict)
    trouble: NoTravel | None = None

    def has_ways(self) -> bool:
        """Tell whether the engine has said anything of a way between two places."""
        return any((duration_s > 0).any() for duration_s, _ in self.ways.values())


class Places:
    """The places of one day, each with its index in the matrices; the office is 0."""

    def __init__(self, office_lat: float, office_lon: float) -> None:
        self._index: dict[tuple[float, float], int] = {}
        self.find(office_lat, office_lon)

    def find(self, lat: float, lon: float) -> int:
        """Return the index of a place; the same pin is the same place."""
        return self._index.setdefault((lat, lon), len(self._index))

    def matrices(self, profiles: set[str], source: TravelSource | None = None) -> Matrices:
        """Return travel between all places for the kinds of vehicle that are used.

        What the engine of `source` cannot say comes from the straight line, with a warning; this
        never fails and takes little longer than `source.timeout_s`. None is the straight line.
        """
        source = source or TravelSource()
        at = np.array(list(self._index), dtype=np.float64)
        learned, warnings = _read_factors(source)
        name = source.engine.partition(":")[0]
        roads = Roads()
        if name != STRAIGHT:
            roads = ask_roads(list(self._index), {MAIN} | profiles, source)
            warnings += _list_warnings(name, roads, len(at))
        straight, by_road = learned.get(STRAIGHT, Factors()), learned.get(name, Factors())
        here = at[:, 0], at[:, 1]
        line = straight_line(*here, correction=make_correction(straight, *here))
        on_top = make_correction(by_road, *here)
        made = {}
        for kind in sorted({MAIN} | profiles):
            duration_s, distance_m = _scale(line[0], MAIN, kind), line[1]
            served = _find_served(kind, roads.ways)
            if served is not None:
                found_s, found_m = (way.astype(np.int64) for way in roads.ways[served])
                is_known = (found_s >= 0) & (found_m >= 0)
                if on_top is not None:
                    found_s, found_m = on_top.apply(found_s, found_m)
                duration_s = np.where(is_known, _scale(found_s, served, kind), duration_s)
                distance_m = np.where(is_known, found_m, distance_m)
            made[kind] = Profile(duration_s=duration_s, distance_m=distance_m)
        return Matrices(
            duration_s=made[MAIN].duration_s,
            distance_m=made[MAIN].distance_m,
            profiles={kind: made[kind] for kind in sorted(profiles)},
            speed_bands=make_speed_bands(by_road if roads.has_ways() else straight),
            warnings=tuple(warnings),
        )


def ask_roads(
    places: list[tuple[float, float]], kinds: Iterable[str], source: TravelSource
) -> Roads:
    """Return what the engine of `source` says, from memory as far as that goes.

    Memory serves also when the engine does not; the engine is not even opened for what is known.
    """
    roads = Roads()
    deadline = Deadline(source.timeout_s)
    try:
        served = find_kinds(source)
        memory = {
            kind: _Memory(_name_file(source, kind, places[0]), places)
            for kind in sorted({_find_kind(kind, served) for kind in kinds})
        }
        roads.ways = {kind: kept.ways() for kind, kept in memory.items()}
        if all(kept.is_whole() for kept in memory.values()):
            return roads
        with open_engine(source, deadline) as engine:
            for kind, kept in memory.items():
                roads.trouble = roads.trouble or kept.ask(engine, kind, deadline)
                roads.ways[kind] = kept.ways()
    except NoTravel as error:
        roads.trouble = error
    except Exception:
        # A fault of ours or of a package must not cost the office its day; it stands in the log.
        traceback.print_exc()
        roads.trouble = NoTravel("travel.unavailable")
    return roads


class _Memory:
    """What is known of the ways between these places, with one kind of vehicle."""

    def __init__(self, file: Path | None, places: list[tuple[float, float]]) -> None:
        self._file = file
        self._places = places
        self._known = read_known(file) if file else Known()
        self._index = self._known.find(places, time.time())

    def is_whole(self) -> bool:
        return self._known.is_whole(self._index)

    def ways(self) -> tuple[Whole, Whole]:
        return self._known.ways(self._index)

    def ask(self, engine: RoadEngine, kind: str, deadline: Deadline) -> NoTravel | None:
        trouble = self._known.fill(self._index, engine, kind, deadline)
        if self._file:
            write_known(self._file, self._known)
            # Writing forgets the places used longest ago, so these may have moved.
            self._index = self._known.find(self._places, time.time())
        return trouble


def _name_file(source: TravelSource, kind: str, office: tuple[float, float]) -> Path | None:
    if source.keep_dir is None:
        return None
    return name_file(Path(source.keep_dir), names_data(source), kind, office)


def _find_kind(kind: str, served: tuple[str, ...]) -> str:
    """Return the kind to ask for: itself, else the one served that is nearest in speed."""
    if kind in served:
        return kind
    speed = SPEED_PERCENT[kind]
    return min(served, key=lambda other: (abs(SPEED_PERCENT.get(other, 0) - speed), other))


def _find_served(kind: str, ways: dict[str, tuple[Whole, Whole]]) -> str | None:
    return _find_kind(kind, tuple(ways)) if ways else None


def _scale(duration_s: Matrix, served: str, kind: str) -> Matrix:
    """Return the durations of one kind of vehicle at another's speed, rounded up."""
    return -(-duration_s * SPEED_PERCENT[served] // SPEED_PERCENT[kind])


def _read_factors(source: TravelSource) -> tuple[FactorsByEngine, list[Cause]]:
    """Return what was learned; an unusable file is a warning and teaches nothing."""
    if source.factors is None:
        return {}, []
    try:
        text = Path(source.factors).read_bytes()
        return msgspec.json.decode(text, type=FactorsByEngine), []
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}, [Cause(code="travel.factors", params={})]


def _list_warnings(name: str, roads: Roads, num_places: int) -> list[Cause]:
    """Return why and for how many places the straight line stands in."""
    engine = ENGINE_NAMES.get(name, name)
    if roads.trouble is not None:
        params = {"engine": engine, **roads.trouble.params}
        return [Cause(code=roads.trouble.code, params=params)]
    missing = np.zeros((num_places, num_places), np.bool_)
    for duration_s, _ in roads.ways.values():
        missing |= duration_s < 0
    num_off = _count_off_map(missing)
    warnings = []
    if num_off:
        warnings.append(Cause(code="travel.off_map", params={"engine": engine, "count": num_off}))
    if missing.any():
        num_pairs = int(missing.sum())
        warnings.append(Cause(code="travel.no_way", params={"engine": engine, "count": num_pairs}))
    return warnings


def _count_off_map(missing: Pairs) -> int:
    """Count places with no way to or from most of the others, and clear what they miss."""
    ways = missing | missing.T
    off = ways.sum(axis=1) * 2 > len(missing)
    missing[off, :] = False
    missing[:, off] = False
    return int(off.sum())
