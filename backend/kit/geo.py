"""Positions and single distances; matrices are the optimiser's."""

import msgspec
from geopy.distance import great_circle


class Position(msgspec.Struct, frozen=True):
    """A place on WGS 84, degrees."""

    lat: float
    lon: float


def is_on_earth(lat: float, lon: float) -> bool:
    """Return whether the numbers are a latitude and a longitude."""
    return -90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0


def distance_m(a: Position, b: Position) -> int:
    """Return the great-circle distance in whole metres."""
    metres: float = great_circle((a.lat, a.lon), (b.lat, b.lon)).m
    return round(metres)
