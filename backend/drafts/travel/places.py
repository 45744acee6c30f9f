"""Travel times between doors: the straight line with road factors, by kind of vehicle.

A road engine can take its place behind `Places.matrices`; nothing else knows how it is done.
"""

from dataclasses import dataclass

import numpy as np

from routing import Profile
from routing.matrix import straight_line
from routing.wellformed import Matrix

MAIN = "motorbike"
SPEED_PERCENT = {"motorbike": 100, "car": 90, "bicycle": 45, "foot": 18}
"""Of a motorbike's speed on commune roads; assumption until completed rounds teach better."""


@dataclass(frozen=True)
class Matrices:
    """Travel of the main profile, and of every profile by name."""

    duration_s: Matrix
    distance_m: Matrix
    profiles: dict[str, Profile]


class Places:
    """The places of one day, each with its index in the matrices; the office is 0."""

    def __init__(self, office_lat: float, office_lon: float) -> None:
        self._index: dict[tuple[float, float], int] = {}
        self.find(office_lat, office_lon)

    def find(self, lat: float, lon: float) -> int:
        """Return the index of a place; the same pin is the same place."""
        return self._index.setdefault((lat, lon), len(self._index))

    def matrices(self, profiles: set[str]) -> Matrices:
        """Return travel between all places for the kinds of vehicle that are used."""
        here = np.array(list(self._index), dtype=np.float64)
        duration_s, distance_m = straight_line(here[:, 0], here[:, 1])
        made = {}
        for name in sorted(profiles):
            slower = -(-duration_s * 100 // SPEED_PERCENT[name])
            made[name] = Profile(duration_s=slower, distance_m=distance_m)
        return Matrices(duration_s, distance_m, made)
