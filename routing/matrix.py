"""Travel matrices: straight line with road factors, compiled; checks and patches of matrices."""

from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from routing.wellformed import Matrix

EARTH_DIAMETER_M = 12_742_017.6
"""Twice the mean radius of the Earth (IUGG)."""
ROWS_AT_ONCE = 32
"""Rows are filled in blocks that stay in the processor's cache."""
Degrees = npt.NDArray[np.float64]
Whole = TypeVar("Whole", np.int32, np.int64)


class Band(NamedTuple):
    """Metres of straight line from `from_m` on: road metres for each, and the speed there."""

    from_m: float
    road_factor: float
    speed_m_per_s: float


MOTORBIKE = (Band(0, 1.40, 5.0), Band(1_500, 1.30, 7.5), Band(8_000, 1.25, 10.0))
"""18, 27 and 36 km/h. Each metre counts with the factor of the band it lies in, so that time grows
ever more slowly with distance and no detour is shorter than the way itself."""


class Correction(NamedTuple):
    """What zones do to travel, in whole percent; `factors.make_correction` makes it."""

    from_zone: npt.NDArray[np.intp]
    """(n,) index of each place's zone."""
    to_zone: npt.NDArray[np.intp]
    duration_percent: Matrix
    """(zones, zones), row = from, column = to."""
    distance_percent: Matrix

    def apply(self, duration_s: Matrix, distance_m: Matrix) -> tuple[Matrix, Matrix]:
        """Return both (n, m) matrices corrected, rounded up; 0 stays 0."""
        return (
            -(-duration_s * self._spread(self.duration_percent) // 100),
            -(-distance_m * self._spread(self.distance_percent) // 100),
        )

    def _spread(self, percent: Matrix) -> Matrix:
        return percent[self.from_zone[:, None], self.to_zone[None, :]]


def straight_line(
    lat: Degrees,
    lon: Degrees,
    *,
    bands: tuple[Band, ...] = MOTORBIKE,
    stop_s: float = 20.0,
    correction: Correction | None = None,
) -> tuple[Matrix, Matrix]:
    """Return (duration_s, distance_m), both (n, n) int64, from positions in degrees.

    Parameters
    ----------
    stop_s
        Starting and stopping, once a leg; not between places less than a metre apart.
    correction
        Factors of places, on top of those of distance; None changes nothing.
    """
    return between(lat, lon, lat, lon, bands=bands, stop_s=stop_s, correction=correction)


def between(
    from_lat: Degrees,
    from_lon: Degrees,
    to_lat: Degrees,
    to_lon: Degrees,
    *,
    bands: tuple[Band, ...] = MOTORBIKE,
    stop_s: float = 20.0,
    correction: Correction | None = None,
) -> tuple[Matrix, Matrix]:
    """Return (duration_s, distance_m) from each place of one list to each of another."""
    here, there = _on_sphere(from_lat, from_lon), _on_sphere(to_lat, to_lon)
    duration_s = np.empty((here.shape[1], there.shape[1]), np.int64)
    distance_m = np.empty_like(duration_s)
    for start in range(0, here.shape[1], ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        road, seconds = _ride(_line_m(here[:, rows], there), bands, stop_s)
        _write_up(road, distance_m[rows])
        _write_up(seconds, duration_s[rows])
    return correction.apply(duration_s, distance_m) if correction else (duration_s, distance_m)


def _on_sphere(lat: Degrees, lon: Degrees) -> Degrees:
    """Return (3, n) positions on the unit sphere: three sines a place instead of two a pair."""
    up, right = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(up) * np.cos(right), np.cos(up) * np.sin(right), np.sin(up)])


def _line_m(here: Degrees, there: Degrees) -> Degrees:
    """Return metres along the great circle over each chord."""
    chord, step = np.zeros((here.shape[1], there.shape[1])), np.empty(0)
    for axis in range(3):
        step = np.subtract(here[axis, :, None], there[axis, None, :])
        chord += np.multiply(step, step, out=step)
    np.sqrt(chord, out=chord)
    chord *= 0.5
    np.minimum(chord, 1.0, out=chord)
    np.arcsin(chord, out=chord)
    chord *= EARTH_DIAMETER_M
    return chord


def _ride(line: Degrees, bands: tuple[Band, ...], stop_s: float) -> tuple[Degrees, Degrees]:
    """Return (road metres, seconds) of straight metres: slopes that change where a band begins."""
    road, seconds = np.zeros_like(line), np.where(line >= 1.0, stop_s, 0.0)
    factor = pace = 0.0
    for band in bands:
        beyond = np.maximum(line - band.from_m, 0.0)
        band_pace = band.road_factor / band.speed_m_per_s
        road += beyond * (band.road_factor - factor)
        seconds += beyond * (band_pace - pace)
        factor, pace = band.road_factor, band_pace
    return road, seconds


def _write_up(values: Degrees, out: Matrix) -> None:
    """Write values rounded up; a millionth too much is an error of the sums, not a second."""
    values -= 1e-6
    np.ceil(values, out=values)
    out[...] = values


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


def patched(
    matrix: npt.NDArray[Whole],
    row: npt.NDArray[Whole],
    column: npt.NDArray[Whole],
    corner: npt.NDArray[Whole] | None = None,
) -> npt.NDArray[Whole]:
    """Return the matrix with more places at the end, of the same type.

    Parameters
    ----------
    row
        (n,) from the new place to each old one; (k, n) for k places.
    column
        (n,) from each old place to the new one; (n, k) for k places.
    corner
        (k, k) between the new places; None is 0, which is right for one.
    """
    size = len(matrix)
    rows = np.atleast_2d(row)
    grown = np.zeros((size + len(rows), size + len(rows)), matrix.dtype)
    grown[:size, :size] = matrix
    grown[size:, :size] = rows
    grown[:size, size:] = column[:, None] if column.ndim == 1 else column
    if corner is not None:
        grown[size:, size:] = corner
    return grown
