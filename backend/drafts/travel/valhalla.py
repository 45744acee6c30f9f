"""Valhalla's matrix (`/sources_to_targets`): of a server, or of the library beside ours.

Valhalla refuses a whole table for one door without a road; such doors are found and left out.
"""

from typing import Final

import msgspec
import numpy as np

from backend.drafts.travel.osrm import OFF_ROAD, Rows, read_rows, to_whole
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
from routing.matrix import great_circle_m

COSTINGS: Final = {
    "motorbike": "motor_scooter",
    "car": "auto",
    "bicycle": "bicycle",
    "foot": "pedestrian",
}
"""`motorcycle` would take expressways, which Vietnam's motorbikes must not."""
PATH = "/sources_to_targets"
SERVER_BLOCK = (50, 50)
"""A server that nobody has set up otherwise takes 2,500 pairs."""
TOO_BIG = 150
LOST = {154, 170, 171}
"""Too far, in unconnected regions, no road near: true of some of the places asked for."""


class Cell(msgspec.Struct, frozen=True):
    """One way in the long form of older servers."""

    time: float | None = None
    distance: float | None = None


class Columns(msgspec.Struct, frozen=True):
    """The short form."""

    durations: Rows
    distances: Rows


class Answer(msgspec.Struct, frozen=True):
    """What Valhalla answers."""

    sources_to_targets: Columns | list[list[Cell]] | None = None
    error_code: int | None = None


class Located(msgspec.Struct, frozen=True):
    """A place as it lies on the map."""

    edges: list[msgspec.Raw] | None = None
    """The roads near it."""


class Refused(Exception):
    """Some of the places asked for have no way."""


class Valhalla:
    """Travel by Valhalla; see `RoadEngine`."""

    name = "valhalla"

    def __init__(self, ask: Ask, kinds: tuple[str, ...], *, block: Block = SERVER_BLOCK) -> None:
        self._ask = ask
        self.kinds = kinds
        self.block = block
        self._lost: set[tuple[str, float, float]] = set()

    def matrix(
        self, origins: Positions, destinations: Positions, kind: str, deadline: Deadline
    ) -> tuple[Whole, Whole]:
        """Return whole (duration_s, distance_m); see `RoadEngine.matrix`."""
        seconds = np.full((len(origins), len(destinations)), NO_WAY, np.int32)
        metres = seconds.copy()
        for _ in range(2):
            rows, columns = self._on_map(origins, kind), self._on_map(destinations, kind)
            if not rows or not columns:
                return seconds, metres
            part, asked = np.ix_(rows, columns), (origins[rows], destinations[columns])
            try:
                seconds[part], metres[part] = self._table(*asked, kind, deadline)
            except Refused:
                if not self._find_lost(np.unique(np.vstack(asked), axis=0), kind, deadline):
                    break
            else:
                return seconds, metres
        # All have a road and yet not all a way to each other: halves tell who does.
        if seconds.size > 1:
            raise TooBig
        return seconds, metres

    def _on_map(self, places: Positions, kind: str) -> list[int]:
        return [
            at
            for at, (lat, lon) in enumerate(places.tolist())
            if (kind, lat, lon) not in self._lost
        ]

    def _find_lost(self, places: Positions, kind: str, deadline: Deadline) -> bool:
        """Note the places with no road near, and tell whether there are any.

        A server that does not say leaves it to halving.
        """
        body = {"locations": _locations(places), "costing": COSTINGS[kind], "verbose": False}
        raw = self._ask("/locate", msgspec.json.encode(body), deadline)
        try:
            found = msgspec.json.decode(raw, type=list[Located])
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        pairs = zip(places.tolist(), found, strict=False)
        lost = {(kind, lat, lon) for (lat, lon), place in pairs if not place.edges}
        self._lost |= lost
        return bool(lost)

    def _table(
        self, origins: Positions, destinations: Positions, kind: str, deadline: Deadline
    ) -> tuple[Whole, Whole]:
        body = {
            "sources": _locations(origins),
            "targets": _locations(destinations),
            "costing": COSTINGS[kind],
            "units": "kilometers",
            "verbose": False,
        }
        raw = self._ask(PATH, msgspec.json.encode(body), deadline)
        try:
            answer = msgspec.json.decode(raw, type=Answer)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise NoTravel("travel.wrong_answer", detail="no table") from error
        if answer.error_code == TOO_BIG:
            raise TooBig
        if answer.error_code in LOST:
            raise Refused
        if answer.error_code is not None or answer.sources_to_targets is None:
            raise NoTravel("travel.wrong_answer", detail=f"error {answer.error_code}")
        return _read(answer.sources_to_targets, origins, destinations)


def _locations(places: Positions) -> list[dict[str, float]]:
    return [
        {"lat": lat, "lon": lon, "search_cutoff": OFF_ROAD_M_MAX} for lat, lon in places.tolist()
    ]


def _read(
    table: Columns | list[list[Cell]], origins: Positions, destinations: Positions
) -> tuple[Whole, Whole]:
    if isinstance(table, Columns):
        durations, kilometres = table.durations, table.distances
    else:
        durations = [[cell.time for cell in row] for row in table]
        kilometres = [[cell.distance for cell in row] for row in table]
    shape = len(origins), len(destinations)
    seconds = read_rows(durations, shape)
    metres = read_rows(kilometres, shape) * 1000
    no_way = np.isnan(seconds) | np.isnan(metres)
    # A road is never shorter than the straight line: what it lacks lies between door and road.
    line = great_circle_m(origins[:, 0], origins[:, 1], destinations[:, 0], destinations[:, 1])
    off_m = np.maximum(line - metres, 0.0) * OFF_ROAD.road_factor
    return to_whole(seconds + off_m / OFF_ROAD.speed_m_per_s, no_way), to_whole(
        metres + off_m, no_way
    )
