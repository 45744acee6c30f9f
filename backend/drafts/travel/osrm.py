"""OSRM's table service: of a server (`/table/v1/…`), or of the library in a process beside ours.

The way from a door to the nearest road, which OSRM leaves out, is added at the pace of the first
band of the straight line; a door far from any road has no way at all.
"""

import msgspec
import numpy as np

from backend.drafts.travel.source import (
    NO_WAY,
    OFF_ROAD_M_MAX,
    Ask,
    Block,
    Deadline,
    NoTravel,
    Positions,
    TooBig,
    Whole,
)
from routing.matrix import MOTORBIKE

SERVER_BLOCK = (100, 100)
"""`--max-table-size` of a server that nobody has set up otherwise."""
URL_NAMES = {"car": "driving", "bicycle": "cycling", "foot": "foot"}
"""What a profile is called in the address; servers mostly ignore it, a proxy may choose by it."""

OFF_ROAD = MOTORBIKE[0]
"""How one gets from a door to the nearest road that the map knows."""
LARGEST = 10_000_000
"""Seconds or metres: no leg of a day comes near, and sums stay far from 32 bits."""
SLACK = 10.0
"""OSRM answers some -0.6 m between two doors at one bend; further below 0 is nonsense."""

Rows = list[list[float | None]]


class Waypoint(msgspec.Struct, frozen=True):
    """A place as it lies on the map."""

    distance: float = 0.0
    """Metres from the door to the road."""


class Table(msgspec.Struct, frozen=True):
    """What OSRM answers."""

    code: str
    durations: Rows | None = None
    distances: Rows | None = None
    sources: list[Waypoint] = []
    destinations: list[Waypoint] = []


class Osrm:
    """Travel by OSRM; see `RoadEngine`."""

    name = "osrm"

    def __init__(self, ask: Ask, kinds: tuple[str, ...], *, block: Block = SERVER_BLOCK) -> None:
        self._ask = ask
        self.kinds = kinds
        self.block = block

    def matrix(
        self, origins: Positions, destinations: Positions, kind: str, deadline: Deadline
    ) -> tuple[Whole, Whole]:
        """Return whole (duration_s, distance_m); see `RoadEngine.matrix`."""
        answer = self._ask(make_path(origins, destinations, kind), None, deadline)
        try:
            table = msgspec.json.decode(answer, type=Table)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise NoTravel("travel.wrong_answer", detail="no table") from error
        shape = len(origins), len(destinations)
        if table.code == "TooBig":
            raise TooBig
        if table.code in ("NoTable", "NoSegment"):
            return np.full(shape, NO_WAY, np.int32), np.full(shape, NO_WAY, np.int32)
        if table.code != "Ok":
            raise NoTravel("travel.wrong_answer", detail=table.code[:40])
        return _read(table, shape)


def make_path(origins: Positions, destinations: Positions, kind: str) -> str:
    """Return path and query of the table service; OSRM writes longitude OFF_ROAD."""
    places = [*origins.tolist(), *destinations.tolist()]
    coordinates = ";".join(f"{lon:.6f},{lat:.6f}" for lat, lon in places)
    sources = ";".join(map(str, range(len(origins))))
    targets = ";".join(map(str, range(len(origins), len(places))))
    return (
        f"/table/v1/{URL_NAMES.get(kind, kind)}/{coordinates}"
        f"?sources={sources}&destinations={targets}&annotations=duration,distance"
    )


def _read(table: Table, shape: tuple[int, int]) -> tuple[Whole, Whole]:
    off_from = np.array([place.distance for place in table.sources])
    off_to = np.array([place.distance for place in table.destinations])
    if (len(off_from), len(off_to)) != shape:
        raise NoTravel("travel.wrong_answer", detail="places")
    off_m = (off_from[:, None] + off_to[None, :]) * OFF_ROAD.road_factor
    seconds = read_rows(table.durations, shape)
    metres = read_rows(table.distances, shape)
    is_off = (off_from > OFF_ROAD_M_MAX)[:, None] | (off_to > OFF_ROAD_M_MAX)[None, :]
    no_way = np.isnan(seconds) | np.isnan(metres) | is_off
    return (
        to_whole(seconds + off_m / OFF_ROAD.speed_m_per_s, no_way),
        to_whole(metres + off_m, no_way),
    )


def read_rows(rows: Rows | None, shape: tuple[int, int]) -> Positions:
    """Return rows as floats, NaN for null; raise `NoTravel` when they are not what was asked."""
    if rows is None or len(rows) != shape[0] or any(len(row) != shape[1] for row in rows):
        raise NoTravel("travel.wrong_answer", detail="shape")
    values = np.array(rows, np.float64).reshape(shape)
    if (values < -SLACK).any() or (values > LARGEST).any():
        raise NoTravel("travel.wrong_answer", detail="range")
    return np.maximum(values, 0.0)


def to_whole(values: Positions, no_way: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Whole:
    """Return values rounded up, `NO_WAY` where there is none."""
    return np.where(no_way, NO_WAY, np.ceil(np.where(no_way, 0.0, values) - 1e-6)).astype(np.int32)
