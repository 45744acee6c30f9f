"""Where the things of a VROOM file are, and how long the ways between them take.

It knows matrices and positions, not what is done at a place.
"""

from dataclasses import dataclass, field

import numpy as np

from routing.formats.vroom.file import (
    DEFAULT_PROFILE,
    File,
    Matrices,
    Placed,
    Task,
    Vehicle,
    check_legs,
    check_speed,
    read_matrix,
    tasks_of,
)
from routing.matrix import great_circle_m, straight_line
from routing.wellformed import UNREACHABLE_S, MalformedProblem, Matrix, Remark

PAIRS_MIN = 3
"""Ways needed before positions and durations are held against each other."""


@dataclass(frozen=True)
class Travel:
    """The ways of one profile between the places of a file, as the file has them."""

    duration_s: Matrix
    distance_m: Matrix | None
    """None where the file says nothing of distances."""
    cost: Matrix | None
    """None where costs follow from durations and distances."""


@dataclass(frozen=True)
class Places:
    """The places of a file in the order of the matrices' rows here; names by what is there."""

    at: dict[str, int]
    """Place of `job:7`, `start:1`, `end:1`, …"""
    told: list[tuple[list[float] | None, int | None]]
    """Position [lon, lat] and index in the file, each None if the file has none."""
    travel: dict[str, Travel]
    remarks: list[Remark] = field(default_factory=list)


def read_places(file: File) -> Places:
    """Return every place of the file and the ways between them.

    Raises
    ------
    MalformedProblem
        E1114 where a place or a profile's matrix is missing, E1106 where an index lies outside,
        E1115 where durations, distances and positions cannot belong together.
    """
    matrices = file.matrices or {}
    if file.matrix is not None and DEFAULT_PROFILE not in matrices:
        matrices = {**matrices, DEFAULT_PROFILE: Matrices(durations=file.matrix)}
    spots = _spots(file)
    if matrices:
        return _by_index(file, matrices, spots)
    return _by_position(file, spots)


def _spots(file: File) -> list[tuple[str, str, Placed]]:
    """Return (name, id for people, place) of all that is somewhere."""
    spots: list[tuple[str, str, Placed]] = [(name, name, task) for name, task in tasks_of(file)]
    for v in file.vehicles:
        if v.start is not None or v.start_index is not None:
            start = Placed(location=v.start, location_index=v.start_index)
            spots.append((f"start:{v.id}", str(v.id), start))
        if v.end is not None or v.end_index is not None:
            end = Placed(location=v.end, location_index=v.end_index)
            spots.append((f"end:{v.id}", str(v.id), end))
        if not any(name in (f"start:{v.id}", f"end:{v.id}") for name, _, _ in spots[-2:]):
            raise MalformedProblem("E1114", "a vehicle needs a start or an end", [str(v.id)])
    for _, owner, spot in spots:
        if spot.location is not None and not _is_position(spot.location):
            raise MalformedProblem(
                "E1115", "a position is [longitude, latitude] in degrees", [owner]
            )
    return spots


def _is_position(location: list[float]) -> bool:
    return len(location) >= 2 and abs(location[0]) <= 180 and abs(location[1]) <= 90


def _by_index(
    file: File, matrices: dict[str, Matrices], spots: list[tuple[str, str, Placed]]
) -> Places:
    whole = {name: _read_travel(name, told) for name, told in matrices.items()}
    for vehicle in file.vehicles:
        if vehicle.profile not in whole:
            raise MalformedProblem(
                "E1114", f"there are no durations for profile {vehicle.profile}", [str(vehicle.id)]
            )
    used = {v.profile for v in file.vehicles} or set(whole)
    size = min(len(whole[name].duration_s) for name in used)
    missing = [owner for _, owner, spot in spots if spot.location_index is None]
    if missing:
        raise MalformedProblem("E1114", "with matrices every place needs its index", missing)
    outside = [owner for _, owner, s in spots if s.location_index not in range(size)]
    if outside:
        raise MalformedProblem("E1106", f"locations must lie in 0 to {size - 1}", outside)
    rows = sorted({int(s.location_index) for _, _, s in spots if s.location_index is not None})
    positions: dict[int, list[float]] = {}
    for _, _, spot in spots:
        if spot.location is not None and spot.location_index is not None:
            positions.setdefault(spot.location_index, spot.location[:2])
    travel = {name: _cut(whole[name], rows) for name in sorted(used)}
    for name, ways in travel.items():
        _check_units(file, name, ways, [positions.get(row) for row in rows])
    unused = tuple(sorted(set(whole) - used))
    said = [
        Remark(code="W4104", sentence="no vehicle has this profile, its matrices are not used",
               ids=unused)
    ] if unused else []  # fmt: skip
    return Places(
        at={name: rows.index(int(s.location_index or 0)) for name, _, s in spots},
        told=[(positions.get(row), row) for row in rows],
        travel=travel,
        remarks=said,
    )


def _read_travel(name: str, told: Matrices) -> Travel:
    if told.durations is None:
        raise MalformedProblem("E1114", f"there are no durations for profile {name}", [name])
    durations = read_matrix(told.durations, "durations", name)
    others = []
    for what, cells in (("distances", told.distances), ("costs", told.costs)):
        matrix = None if cells is None else read_matrix(cells, what, name)
        if matrix is not None and matrix.shape != durations.shape:
            raise MalformedProblem(
                "E1101", f"{what} of {name} must be as large as its durations", [name]
            )
        others.append(matrix)
    for matrix in (durations, *others):
        if matrix is not None:
            # VROOM never travels from a place to itself, whatever the file says.
            np.fill_diagonal(matrix, 0)
    return Travel(durations, *others)


def _cut(whole: Travel, rows: list[int]) -> Travel:
    chosen = np.ix_(rows, rows)
    return Travel(
        whole.duration_s[chosen].copy(),
        None if whole.distance_m is None else whole.distance_m[chosen].copy(),
        None if whole.cost is None else whole.cost[chosen].copy(),
    )


def _check_units(file: File, name: str, ways: Travel, positions: list[list[float] | None]) -> None:
    check_legs(ways.duration_s, file, name)
    if ways.distance_m is not None:
        check_speed(ways.duration_s, ways.distance_m, name)
        return
    known = [(row, at) for row, at in enumerate(positions) if at is not None]
    if len(known) * (len(known) - 1) < 2 * PAIRS_MIN:
        return
    rows = [row for row, _ in known]
    line = _straight(np.array([at for _, at in known]))
    check_speed(ways.duration_s[np.ix_(rows, rows)], line, name)


def _straight(positions: np.ndarray) -> Matrix:
    lon, lat = positions[:, 0], positions[:, 1]
    return np.rint(great_circle_m(lat, lon, lat, lon)).astype(np.int64)


def _by_position(file: File, spots: list[tuple[str, str, Placed]]) -> Places:
    missing = [owner for _, owner, spot in spots if spot.location is None]
    if missing:
        raise MalformedProblem(
            "E1114", "without matrices every place needs its position", sorted(set(missing))
        )
    order: dict[tuple[float, float], int] = {}
    at = {}
    for name, _, spot in spots:
        lon, lat = (spot.location or [0.0, 0.0])[:2]
        at[name] = order.setdefault((lon, lat), len(order))
    positions = np.array(list(order), np.float64).reshape(len(order), 2)
    duration_s, distance_m = straight_line(positions[:, 1], positions[:, 0])
    profiles = sorted({v.profile for v in file.vehicles})
    said = Remark(
        code="W4106",
        sentence="the file has no matrices: ways are straight lines with a road factor, "
        "at a motorbike's speed",
        ids=tuple(profiles),
    )
    return Places(
        at=at,
        told=[([float(lon), float(lat)], None) for lon, lat in order],
        travel={name: Travel(duration_s, distance_m, None) for name in profiles},
        remarks=[said],
    )


def scaled_s(duration_s: Matrix, hundredths: int) -> Matrix:
    """Return durations times a number of hundredths, begun seconds whole, no way still none."""
    scaled = -(-duration_s * hundredths // 100)
    return np.where(duration_s >= UNREACHABLE_S, duration_s, scaled)


def slowness(vehicle: Vehicle) -> int:
    """Return by what VROOM multiplies a vehicle's durations, in hundredths."""
    return int(100 / vehicle.speed_factor + 0.5)


def time_at(task: Task, what: str, vehicle: Vehicle) -> int:
    """Return the `service` or `setup` of a task for a vehicle of its type."""
    by_type = task.service_per_type if what == "service" else task.setup_per_type
    usual = task.service if what == "service" else task.setup
    return by_type.get(vehicle.type, usual)
