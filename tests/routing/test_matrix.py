"""Tests that straight-line travel is right at known places and never shorter by a detour."""

import time

import numpy as np
import pytest

from routing.matrix import (
    MOTORBIKE,
    Band,
    Correction,
    between,
    broken_triangles,
    close_triangles,
    great_circle_m,
    patched,
    straight_line,
)


def test_great_circle_of_one_degree() -> None:
    """Tests that a degree along the equator is 111,195 m on the mean sphere."""
    at = np.array([0.0]), np.array([0.0]), np.array([0.0]), np.array([1.0])
    assert round(float(great_circle_m(*at)[0, 0])) == 111_195


def test_straight_line_has_no_shorter_detour() -> None:
    """Tests that diagonals are zero and triangles whole over a province's places."""
    chance = np.random.default_rng(1)
    lat, lon = 21 + chance.random(60) * 0.5, 106 + chance.random(60) * 0.5
    duration_s, distance_m = straight_line(lat, lon)
    assert not np.diagonal(duration_s).any()
    assert broken_triangles(duration_s, tolerance_s=1) == []
    assert broken_triangles(distance_m, tolerance_s=1) == []


def test_triangles_are_found_and_closed() -> None:
    """Tests that a way longer than its detour is named, and shortened to it."""
    matrix = np.array([[0, 5, 500], [5, 0, 5], [5, 5, 0]])
    assert broken_triangles(matrix) == [(0, 1, 2)]
    assert close_triangles(matrix)[0, 2] == 10


def test_patched_adds_one_place() -> None:
    """Tests that a new stop costs one row and one column, not a new matrix."""
    grown = patched(np.array([[0, 1], [2, 0]]), np.array([3, 4]), np.array([5, 6]))
    assert grown.tolist() == [[0, 1, 5], [2, 0, 6], [3, 4, 0]]


def test_patched_adds_several_places_and_keeps_the_type() -> None:
    """Tests that new stops come with their ways to each other, in the matrix's own type."""
    old = np.array([[0, 1], [2, 0]], np.int32)
    rows, columns = np.array([[3, 4], [5, 6]]), np.array([[7, 8], [9, 10]])

    grown = patched(old, rows, columns, np.array([[0, 11], [12, 0]]))

    assert grown.tolist() == [[0, 1, 7, 8], [2, 0, 9, 10], [3, 4, 0, 11], [5, 6, 12, 0]]
    assert grown.dtype == np.int32


METRE = 1 / 111_194.93
"""Degrees of latitude that are a metre on this sphere."""
FLAT = (Band(0, 1.5, 5.0), Band(1_000, 1.0, 10.0))
WAYS = [
    (0.0, 0, 0),  # the same place
    (0.9, 1, 2),  # next door: nobody starts and stops
    (2.0, 22, 3),  # 1.5 m of road a metre at 5 m/s, and 20 s once
    (1_000.0, 320, 1_500),  # the first band whole
    (3_000.0, 520, 3_500),  # each metre beyond costs the second band's
]


@pytest.mark.parametrize(("line_m", "duration_s", "distance_m"), WAYS)
def test_straight_line_counts_each_metre_in_its_band(
    line_m: float, duration_s: int, distance_m: int
) -> None:
    """Tests that a way is the sum of its parts, in whole seconds and metres, rounded up."""
    lat, lon = np.array([0.0, line_m * METRE]), np.zeros(2)

    duration, distance = straight_line(lat, lon, bands=FLAT, stop_s=20)

    assert abs(int(distance[0, 1]) - distance_m) <= 1
    assert abs(int(duration[0, 1]) - duration_s) <= 1
    assert (duration.dtype, distance.dtype) == (np.int64, np.int64)
    assert (duration == duration.T).all()


def test_straight_line_agrees_with_the_haversine() -> None:
    """Tests that the matrix, made of chords, is what the other formula gives, near and far."""
    chance = np.random.default_rng(2)
    lat = np.concatenate([21 + chance.random(40) * 1e-4, chance.random(40) * 180 - 90])
    lon = np.concatenate([106 + chance.random(40) * 1e-4, chance.random(40) * 360 - 180])

    _, distance = straight_line(lat, lon, bands=(Band(0, 1000.0, 10.0),), stop_s=0)

    line = great_circle_m(lat, lon, lat, lon)
    assert np.abs(distance / 1000 - line).max() < 0.02  # of up to 20,000 km


def test_between_is_a_part_of_the_whole() -> None:
    """Tests that some rows and columns are what they are in the square, also in blocks."""
    chance = np.random.default_rng(3)
    lat, lon = 21 + chance.random(77) * 0.5, 106 + chance.random(77) * 0.5
    whole = straight_line(lat, lon)

    part = between(lat[5:70], lon[5:70], lat[:3], lon[:3])

    assert all((p == w[5:70, :3]).all() for p, w in zip(part, whole, strict=True))


def test_correction_multiplies_by_place_and_rounds_up() -> None:
    """Tests that a way counts the percent from its zone to the other's, in integers."""
    zone = np.array([0, 1, 1])
    seconds, metres = np.array([[100, 150], [80, 100]]), np.array([[100, 100], [100, 200]])
    correction = Correction(zone, zone, seconds, metres)
    duration_s = np.array([[0, 101, 10], [7, 0, 10], [10, 10, 0]])

    slower, longer = correction.apply(duration_s, duration_s)

    assert slower.tolist() == [[0, 152, 15], [6, 0, 10], [8, 10, 0]]
    assert longer.tolist() == [[0, 101, 10], [7, 0, 20], [10, 20, 0]]


def test_thousand_places_are_filled_at_once() -> None:
    """Tests that a million ways cost far less than the tenth of a second that a plan can spare."""
    chance = np.random.default_rng(4)
    lat, lon = 21 + chance.random(1000) * 0.5, 106 + chance.random(1000) * 0.5
    straight_line(lat[:50], lon[:50])

    spent = []
    for _ in range(3):
        begin = time.process_time()
        straight_line(lat, lon, bands=MOTORBIKE)
        spent.append(time.process_time() - begin)

    assert min(spent) < 0.1
