"""Tests that straight-line travel is right at known places and never shorter by a detour."""

import numpy as np

from routing.matrix import broken_triangles, close_triangles, great_circle_m, patched, straight_line


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
