"""What a road engine has already said: no pair of places is asked for twice.

Kept in a file for each office, engine, map and kind of vehicle, because every plan is made by a
process of its own. A new stop costs one row and one column.
"""

import contextlib
import hashlib
import tempfile
import time
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from backend.drafts.travel.source import Block, Deadline, NoTravel, RoadEngine, TooBig, Whole
from routing.matrix import patched

UNASKED: Final = -2
PLACES_MAX = 1_500
"""Some 18 MB a file; those not used for longest make room."""
FILES_MAX = 64
KEPT_S = 30 * 86_400
"""Roads change; after a month they are asked for again."""

Indexes = npt.NDArray[np.intp]


class Known:
    """The places and ways of one office by one engine, with one kind of vehicle."""

    def __init__(self) -> None:
        self.places: list[tuple[float, float]] = []
        self.used_at: list[float] = []
        self.begun_at = time.time()
        self.duration_s: Whole = np.zeros((0, 0), np.int32)
        self.distance_m: Whole = np.zeros((0, 0), np.int32)

    def find(self, wanted: list[tuple[float, float]], now_s: float) -> Indexes:
        """Return the index of each place; a new one comes in with all its ways unasked."""
        index = {place: at for at, place in enumerate(self.places)}
        new = [place for place in dict.fromkeys(wanted) if place not in index]
        if new:
            size, more = len(self.places), len(new)
            rows = np.full((more, size), UNASKED, np.int32)
            corner = np.full((more, more), UNASKED, np.int32)
            self.duration_s = patched(self.duration_s, rows, rows.T, corner)
            self.distance_m = patched(self.distance_m, rows, rows.T, corner)
            index |= {place: size + at for at, place in enumerate(new)}
            self.places += new
            self.used_at += [now_s] * more
        found = np.array([index[place] for place in wanted], np.intp)
        for at in found:
            self.used_at[at] = now_s
        return found

    def ways(self, places: Indexes) -> tuple[Whole, Whole]:
        """Return (duration_s, distance_m) between these places; negative where there is none."""
        part = np.ix_(places, places)
        duration_s, distance_m = self.duration_s[part], self.distance_m[part]
        for way in (duration_s, distance_m):
            way[places[:, None] == places[None, :]] = 0
        return duration_s, distance_m

    def is_whole(self, places: Indexes) -> bool:
        """Tell whether all ways between these places are known."""
        unknown = self.duration_s[np.ix_(places, places)] == UNASKED
        return not (unknown & (places[:, None] != places[None, :])).any()

    def fill(
        self, places: Indexes, engine: RoadEngine, kind: str, deadline: Deadline
    ) -> NoTravel | None:
        """Ask for what is not known between these places; return what stopped it, if anything."""
        if self.is_whole(places):
            return None
        places = np.unique(places)
        unknown = self.duration_s[np.ix_(places, places)] == UNASKED
        open_parts = [(places[rows], places[columns]) for rows, columns in list_gaps(unknown)]
        try:
            while open_parts:
                rows, columns = open_parts.pop()
                if len(rows) > engine.block[0] or len(columns) > engine.block[1]:
                    open_parts += _halve(rows, columns, engine.block)
                    continue
                try:
                    self._ask(rows, columns, engine, kind, deadline)
                except TooBig:
                    if len(rows) * len(columns) == 1:
                        return NoTravel("travel.wrong_answer", detail="too big")
                    open_parts += _halve(rows, columns, (1, 1))
        except NoTravel as error:
            return error
        return None

    def _ask(
        self, rows: Indexes, columns: Indexes, engine: RoadEngine, kind: str, deadline: Deadline
    ) -> None:
        at = np.array(self.places)
        duration_s, distance_m = engine.matrix(at[rows], at[columns], kind, deadline)
        # From a place to itself is no way, whatever the engine rounds to.
        is_same = rows[:, None] == columns[None, :]
        part = np.ix_(rows, columns)
        self.duration_s[part] = np.where(is_same, 0, duration_s)
        self.distance_m[part] = np.where(is_same, 0, distance_m)

    def trim(self, size: int = PLACES_MAX) -> None:
        """Forget the places that were not used for longest, beyond so many."""
        order = np.argsort(-np.array(self.used_at), kind="stable")[:size]
        kept = np.sort(order)
        if len(kept) == len(self.places):
            return
        self.places = [self.places[at] for at in kept]
        self.used_at = [self.used_at[at] for at in kept]
        self.duration_s = self.duration_s[np.ix_(kept, kept)]
        self.distance_m = self.distance_m[np.ix_(kept, kept)]


def list_gaps(unknown: npt.NDArray[np.bool_]) -> list[tuple[Indexes, Indexes]]:
    """Return rectangles (rows, columns) that hold every unknown pair once and no known one.

    Rows with the same unknown columns make one: a new stop is one row and one column, a day of
    new stops two rectangles.
    """
    alike: dict[bytes, list[int]] = defaultdict(list)
    for row in np.flatnonzero(unknown.any(axis=1)):
        alike[unknown[row].tobytes()].append(int(row))
    return [
        (np.array(rows, np.intp), np.flatnonzero(np.frombuffer(columns, np.bool_)))
        for columns, rows in alike.items()
    ]


def _halve(rows: Indexes, columns: Indexes, block: Block) -> list[tuple[Indexes, Indexes]]:
    """Return the two halves of a rectangle, along the side that is the more times too long."""
    if len(rows) * block[1] >= len(columns) * block[0]:
        middle = len(rows) // 2
        return [(rows[:middle], columns), (rows[middle:], columns)]
    middle = len(columns) // 2
    return [(rows, columns[:middle]), (rows, columns[middle:])]


FORM = 1
"""Rises when what is remembered changes its meaning."""


def name_file(folder: Path, data: str, kind: str, office: tuple[float, float]) -> Path:
    """Return where the ways of one office are kept; the name tells nobody's door."""
    digest = hashlib.sha256(repr((FORM, data, kind, office)).encode()).hexdigest()[:32]
    return folder / f"ways-{digest}.npz"


def read_known(file: Path) -> Known:
    """Return what a file holds; nothing when there is none, or an old or a broken one."""
    known = Known()
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as kept:
            places, used_at = kept["places"], kept["used_at"]
            duration_s, distance_m = kept["duration_s"], kept["distance_m"]
            begun_at = float(kept["begun_at"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return known
    size = len(places)
    square = (size, size)
    if time.time() - begun_at > KEPT_S:
        return known
    if duration_s.shape != square or distance_m.shape != square or used_at.shape != (size,):
        return known
    known.places = [(lat, lon) for lat, lon in places.reshape(size, 2).tolist()]
    known.used_at, known.begun_at = used_at.tolist(), begun_at
    known.duration_s, known.distance_m = duration_s.astype(np.int32), distance_m.astype(np.int32)
    return known


def write_known(file: Path, known: Known) -> None:
    """Keep it for the next plan; a disk that does not take it costs asking again, no plan."""
    known.trim()
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Beside it first, then in its place: two plans at once never make a half file.
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
            np.savez(
                part,
                places=np.array(known.places, np.float64).reshape(-1, 2),
                used_at=np.array(known.used_at, np.float64),
                begun_at=np.array(known.begun_at),
                duration_s=known.duration_s,
                distance_m=known.distance_m,
            )
        Path(part.name).replace(file)
        _remove_oldest(file.parent)


def _remove_oldest(folder: Path) -> None:
    """Hold the folder to `FILES_MAX` files; what a killed plan left half-written goes too."""
    files = sorted(folder.glob("ways-*.npz"), key=lambda path: path.stat().st_mtime)
    for path in files[: max(0, len(files) - FILES_MAX)]:
        path.unlink(missing_ok=True)
    for path in folder.glob("*.part"):
        if time.time() - path.stat().st_mtime > 3600:
            path.unlink(missing_ok=True)
