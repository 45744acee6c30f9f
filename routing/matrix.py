"""Travel matrices: straight line with road factors, compiled; checks and patches of matrices."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from routing.wellformed import Matrix

EARTH_DIAMETER_M = 12_742_017.6
"""Twice the mean radius of the Earth (IUGG)."""
Degrees = npt.NDArray[np.float64]


class Band(NamedTuple):
    """Metres of straight line from `from_m` on: road metres for each, and the speed there."""

    from_m: float
    road_factor: float
    speed_m_per_s: float


MOTORBIKE = (Band(0, 1.40, 5.0), Band(1_500, 1.30, 7.5), Band(8_000, 1.25, 10.0))
"""18, 27 and 36 km/h. Each metre counts with the factor of the band it lies in, so that time grows
ever more slowly with distance and no detour is shorter than the way itself."""


def straight_line(
    lat: Degrees, lon: Degrees, *, bands: tuple[Band, ...] = MOTORBIKE, stop_s: float = 20.0
) -> tuple[Matrix, Matrix]:
    """Return (duration_s, distance_m), both (n, n) int64, from positions in degrees.

    Parameters
    ----------
    stop_s
        Starting and stopping, once a leg; not between places less than a metre apart.

    Source
    ------
    Haversine: Sinnott (1984), Sky and Telescope 68(2), 159.
    """
    return between(lat, lon, lat, lon, bands=bands, stop_s=stop_s)


def between(
    from_lat: Degrees,
    from_lon: Degrees,
    to_lat: Degrees,
    to_lon: Degrees,
    *,
    bands: tuple[Band, ...] = MOTORBIKE,
    stop_s: float = 20.0,
) -> tuple[Matrix, Matrix]:
    """Return (duration_s, distance_m) from each place of one list to each of another."""
    line = great_circle_m(from_lat, from_lon, to_lat, to_lon)
    road, seconds = np.zeros_like(line), np.zeros_like(line)
    for at, band in enumerate(bands):
        until = bands[at + 1].from_m if at + 1 < len(bands) else np.inf
        within = np.clip(line, band.from_m, until) - band.from_m
        road += within * band.road_factor
        seconds += within * (band.road_factor / band.speed_m_per_s)
    seconds += np.where(line >= 1.0, stop_s, 0.0)
    return np.ceil(seconds - 1e-6).astype(np.int64), np.ceil(road - 1e-6).astype(np.int64)


def great_circle_m(
    from_lat: Degrees, from_lon: Degrees, to_lat: Degrees, to_lon: Degrees
) -> Degrees:
    """Return the (from, to) distances in metres over a round Earth."""
    up, right = np.radians(from_lat)[:, None], np.radians(from_lon)[:, None]
    to_up, to_right = np.radians(to_lat)[None, :], np.radians(to_lon)[None, :]
    chord = (
        np.sin((to_up - up) / 2) ** 2
        + np.cos(up) * np.cos(to_up) * np.sin((to_right - right) / 2) ** 2
    )
    return np.asarray(EARTH_DIAMETER_M * np.arcsin(np.sqrt(np.minimum(chord, 1.0))))


def close_triangles(duration_s: Matrix) -> Matrix:
    """Return the matrix with each way replaced by the shortest chain of ways (Floyd 1962)."""
    closed = duration_s.copy()
    for via in range(len(closed)):
        np.minimum(closed, closed[:, via, None] + closed[None, via, :], out=closed)
    return closed


def broken_triangles(duration_s: Matrix, tolerance_s: int = 60) -> list[tuple[int, int, int]]:
    """Return up to ten (from, via, to) where the way is longer than the detour by the tolerance."""
    found: list[tuple[int, int, int]] = []
    for via in range(len(duration_s)):
        detour = duration_s[:, via, None] + duration_s[None, via, :] + tolerance_s
        for start, end in np.argwhere(duration_s > detour)[: 10 - len(found)]:
            found.append((int(start), via, int(end)))
        if len(found) >= 10:
            break
    return found


def patched(matrix: Matrix, row: Matrix, column: Matrix) -> Matrix:
    """Return the matrix with one place more at the end.

    Parameters
    ----------
    row
        (n,) from the new place to each old one.
    column
        (n,) from each old place to the new one.
    """
    size = len(matrix)
    grown = np.zeros((size + 1, size + 1), np.int64)
    grown[:size, :size] = matrix
    grown[size, :size] = row
    grown[:size, size] = column
    return grown
