"""CVRPLIB's `.vrp` files: one kind of vehicle, with windows, releases and reloads where given.

Rounding is part of an instance, and each family has its own:

- `tenths` (TYPE VRPTW, MTVRPTWR and other types with windows): as agreed for the 12th DIMACS
  challenge, everything times ten, distances truncated.
- `nearest` (TYPE CVRP without windows, the sets A to X and Loggi): distances to the nearest whole
  number (TSPLIB 95), explicit ones as they stand.

Source
------
Uchoa et al. (2017), EJOR 257(3), 845-858; sections
for releases and reloads as in PyVRP's instances (Wouda, Lan and Kool 2024).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from routing.formats.solomon import CLASSIC, TENTHS
from routing.problem import Depot, Problem, Stop, TimeWindow, Vehicle
from routing.wellformed import TIME_MAX_S, MalformedProblem, Matrix

VALUES = {
    "NAME", "COMMENT", "TYPE", "DIMENSION", "CAPACITY", "VEHICLES", "SERVICE_TIME", "DISTANCE",
    "EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT", "NODE_COORD_TYPE", "DISPLAY_DATA_TYPE",
}  # fmt: skip
SECTIONS = {
    "NODE_COORD", "EDGE_WEIGHT", "DEMAND", "TIME_WINDOW", "SERVICE_TIME", "RELEASE_TIME",
    "BACKHAUL", "PRIZE", "DEPOT", "CAPACITY", "VEHICLES_DEPOT", "VEHICLES_RELOAD_DEPOT",
    "VEHICLES_MAX_RELOADS", "VEHICLES_MAX_DISTANCE", "VEHICLES_FIXED_COST",
}  # fmt: skip
IGNORED = {"DISPLAY_DATA"}
SPARE = 1.25
"""Where a file names no number of vehicles: these times those the demand needs, and three more."""


@dataclass(frozen=True)
class Instance:
    """A problem of the literature, and how its published costs are counted."""

    problem: Problem
    in_tenths: bool
    """The problem counts tenths of the published unit."""
    positions: np.ndarray | None
    """(n, 2) of all locations; None where the file has none."""


@dataclass(frozen=True)
class _File:
    values: dict[str, str]
    sections: dict[str, list[list[float]]]

    def column(self, name: str, size: int, default: float = 0) -> np.ndarray:
        """Return a section's only column by location or vehicle."""
        if name not in self.sections:
            return np.full(size, default)
        rows = self.sections[name]
        if len(rows) != size or any(len(row) != 2 for row in rows):
            raise _no_file(f"{name}_SECTION must have {size} rows of two")
        return np.array(rows)[:, 1]


def _no_file(why: str) -> MalformedProblem:
    return MalformedProblem("E1114", f"this is no VRPLIB file: {why}")


def read_vrplib(text: str, rounding: str | None = None) -> Instance:
    """Return the instance of a `.vrp` file; stops are called by their location, from 0.

    Parameters
    ----------
    rounding
        `tenths` or `nearest`; None leaves it to the family.

    Raises
    ------
    MalformedProblem
        E1114 where the file is not of that format, E1116 where it has a section or distance that is
        not known here.
    """
    file = _split(text)
    try:
        size = int(file.values["DIMENSION"])
        kind = file.values.get("TYPE", "CVRP")
        usual = "tenths" if "TIME_WINDOW" in file.sections else "nearest"
        in_tenths = (rounding or usual) == "tenths"
        return _Reading(file, size, in_tenths).instance(published_whole=kind == "MTVRPTWR")
    except (KeyError, ValueError, IndexError) as error:
        if isinstance(error, MalformedProblem):
            raise
        raise _no_file(str(error)) from None


def _split(text: str) -> _File:
    values: dict[str, str] = {}
    sections: dict[str, list[list[float]]] = {}
    current: list[list[float]] | None = None
    for line in text.splitlines():
        word = line.split(":")[0].strip()
        if not word or word == "EOF":
            continue
        if word[0].isdigit() or word[0] in "-+.":
            if current is None:
                raise _no_file(f"numbers outside a section: {line[:40]}")
            current.append([float(cell) for cell in line.split()])
        elif word.endswith("_SECTION"):
            name = word.removesuffix("_SECTION")
            if name not in SECTIONS | IGNORED:
                raise MalformedProblem("E1116", "a section is not known here", [word])
            current = sections.setdefault(name, [])
        elif ":" in line:
            if word not in VALUES:
                raise MalformedProblem("E1116", "a value is not known here", [word])
            values[word] = line.partition(":")[2].strip()
            current = None
        else:
            raise _no_file(f"{line[:40]!r} is no value, no section and no row")
    return _File(values, sections)


class _Reading:
    def __init__(self, file: _File, size: int, in_tenths: bool) -> None:
        self.file = file
        self.size = size
        self.scale = TENTHS if in_tenths else 1
        self.positions = self._positions()
        self.depots = self._depots()

    def _positions(self) -> np.ndarray | None:
        rows = self.file.sections.get("NODE_COORD")
        if rows is None:
            return None
        if len(rows) != self.size or any(len(row) != 3 for row in rows):
            raise _no_file(f"NODE_COORD_SECTION must have {self.size} rows of three")
        return np.array(rows)[:, 1:]

    def _depots(self) -> list[int]:
        told = [int(cell) - 1 for row in self.file.sections.get("DEPOT", []) for cell in row]
        depots = [at for at in told if at >= 0] or [0]
        if depots != list(range(len(depots))):
            raise MalformedProblem(
                "E1116", "depots must be the first locations", [str(at + 1) for at in depots]
            )
        return depots

    def _whole(self, column: np.ndarray) -> list[int]:
        """Return figures in the instance's unit."""
        scaled = np.floor(column * self.scale + 1e-9) if self.scale > 1 else np.rint(column)
        return [int(value) for value in scaled]

    def instance(self, *, published_whole: bool) -> Instance:
        """Return the instance."""
        distance = self._distances()
        has_times = bool({"TIME_WINDOW", "RELEASE_TIME"} & self.file.sections.keys())
        duration = distance if has_times else _durations(distance)
        problem = Problem(
            stops=tuple(self._stops()),
            vehicles=tuple(self._vehicles(distance)),
            depots=tuple(Depot(id=self._depot_id(at), location=at) for at in self.depots),
            duration_s=duration,
            distance_m=distance,
            weights=CLASSIC,
        )
        in_tenths = self.scale > 1 and not published_whole
        return Instance(problem, in_tenths, self.positions)

    def _depot_id(self, at: int) -> str:
        return "depot" if len(self.depots) == 1 else f"depot{at + 1}"

    def _distances(self) -> Matrix:
        kind = self.file.values.get("EDGE_WEIGHT_TYPE", "EUC_2D")
        if kind == "EXPLICIT":
            told = self.file.values.get("EDGE_WEIGHT_FORMAT", "FULL_MATRIX")
            line = _explicit(self.file.sections["EDGE_WEIGHT"], told, self.size)
        elif kind in ("EUC_2D", "CEIL_2D") and self.positions is not None:
            across = self.positions[:, None] - self.positions[None, :]
            line = np.sqrt((across**2).sum(-1))
            line = np.ceil(line - 1e-9) if kind == "CEIL_2D" else line
        else:
            raise MalformedProblem("E1116", "this kind of distance is not known here", [kind])
        if self.scale > 1:
            whole = np.floor(line * self.scale + 1e-9).astype(np.int64)
        else:
            whole = np.floor(line + 0.5).astype(np.int64)
        np.fill_diagonal(whole, 0)
        return whole

    def _stops(self) -> list[Stop]:
        file, size = self.file, self.size
        windows = file.sections.get("TIME_WINDOW")
        if windows is not None and (len(windows) != size or any(len(r) != 3 for r in windows)):
            raise _no_file(f"TIME_WINDOW_SECTION must have {size} rows of three")
        demand = file.column("DEMAND", size)
        back = file.column("BACKHAUL", size)
        service = self._service()
        release = self._whole(file.column("RELEASE_TIME", size))
        prize = self._whole(file.column("PRIZE", size))
        found = []
        for n in range(len(self.depots), size):
            tws: tuple[TimeWindow, ...] = ()
            if windows is not None:
                early, late = self._whole(np.array(windows[n][1:]))
                tws = (TimeWindow(early, late),)
            found.append(
                Stop(
                    id=str(n), location=n, service_duration_s=service[n], tws=tws,
                    release_s=release[n], delivery_g=int(demand[n]), pickup_g=int(back[n]),
                    required="PRIZE" not in file.sections, prize=prize[n],
                )
            )  # fmt: skip
        return found

    def _service(self) -> list[int]:
        usual = float(self.file.values.get("SERVICE_TIME", 0))
        if "DISTANCE" not in self.file.values and "TIME_WINDOW" not in self.file.sections:
            return [0] * self.size  # nothing depends on time
        return self._whole(self.file.column("SERVICE_TIME", self.size, usual))

    def _num_vehicles(self, capacity: float) -> int:
        if "VEHICLES" in self.file.values:
            return int(self.file.values["VEHICLES"])
        demand = float(self.file.column("DEMAND", self.size).sum())
        needed = math.ceil(demand / capacity * SPARE) if capacity else 0
        return min(self.size - len(self.depots), needed + 3)

    def _vehicles(self, distance: Matrix) -> list[Vehicle]:
        file = self.file
        usual = float(file.values.get("CAPACITY", 0))
        number = self._num_vehicles(usual)
        capacities = file.column("CAPACITY", number, usual)
        homes = file.column("VEHICLES_DEPOT", number, 1)
        reloads = _by_vehicle(file.sections.get("VEHICLES_RELOAD_DEPOT", []), number)
        most = file.column("VEHICLES_MAX_RELOADS", number, self.size)
        metres = self._whole(file.column("VEHICLES_MAX_DISTANCE", number, -1))
        fixed = self._whole(file.column("VEHICLES_FIXED_COST", number))
        windows = file.sections.get("TIME_WINDOW")
        made = []
        for k in range(number):
            home = int(homes[k]) - 1
            early, late = (0, TIME_MAX_S)
            if windows is not None:
                early, late = self._whole(np.array(windows[home][1:]))
            elif "DISTANCE" in file.values:
                # In the sets that have it, driving and service together; nobody waits there.
                late = self._whole(np.array([float(file.values["DISTANCE"])]))[0]
            made.append(
                Vehicle(
                    id=f"v{k + 1}", start_depot=self._depot_id(home),
                    end_depot=self._depot_id(home), shift_early_s=early, shift_late_s=late,
                    capacity_g=int(capacities[k]) if capacities[k] else None,
                    reload_depots=tuple(self._depot_id(at - 1) for at in reloads[k]),
                    reloads_max=int(most[k]) if reloads[k] else 0,
                    distance_m_max=metres[k] if metres[k] >= 0 else None, fixed_cost=fixed[k],
                )
            )  # fmt: skip
        return made


def _by_vehicle(rows: Sequence[Sequence[float]], number: int) -> list[list[int]]:
    if not rows:
        return [[] for _ in range(number)]
    if len(rows) != number:
        raise _no_file(f"VEHICLES_RELOAD_DEPOT_SECTION must have {number} rows")
    return [[int(cell) for cell in row[1:]] for row in rows]


def _durations(distance: Matrix) -> Matrix:
    """Return distances as seconds where nothing depends on time, so that any tour fits a week."""
    whole = int(distance.max(axis=1, initial=0).sum())
    return -(-distance // max(1, -(-whole // TIME_MAX_S)))


def _explicit(rows: list[list[float]], form: str, size: int) -> np.ndarray:
    cells = np.array([cell for row in rows for cell in row])
    matrix = np.zeros((size, size))
    # Column by column in one triangle is row by row in the other, mirrored.
    form = {
        "UPPER_COL": "LOWER_ROW", "LOWER_COL": "UPPER_ROW",
        "UPPER_DIAG_COL": "LOWER_DIAG_ROW", "LOWER_DIAG_COL": "UPPER_DIAG_ROW",
    }.get(form, form)  # fmt: skip
    off = 0 if "DIAG" in form else 1
    if form == "FULL_MATRIX":
        where = np.indices((size, size)).reshape(2, -1)
    elif form in ("LOWER_ROW", "LOWER_DIAG_ROW"):
        where = np.array(np.tril_indices(size, -off))
    elif form in ("UPPER_ROW", "UPPER_DIAG_ROW"):
        where = np.array(np.triu_indices(size, off))
    else:
        raise MalformedProblem("E1116", "this EDGE_WEIGHT_FORMAT is not known here", [form])
    if len(cells) != where.shape[1]:
        raise MalformedProblem(
            "E1101", f"{form} of {size} locations has {where.shape[1]} entries, not {len(cells)}"
        )
    matrix[where[0], where[1]] = cells
    if form != "FULL_MATRIX":
        matrix[where[1], where[0]] = cells
    return matrix
