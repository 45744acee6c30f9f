"""What completed rounds teach about travel: factors by place, by hour and by distance.

Pure: observations in, factors out. Where they come from and where they are kept is not known here.
"""

from collections.abc import Iterable, Sequence
from math import ceil, floor
from operator import sub
from typing import Annotated, NamedTuple, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from routing.matrix import Band, Correction, Degrees
from routing.problem import SpeedBand

Percent = Annotated[int, msgspec.Meta(ge=20, le=500)]
"""Of what was expected: 150 is half as much again."""
Hour = Annotated[int, msgspec.Meta(ge=0, le=23)]
ALIKE = 100
EXPECTED_S_MIN = 60
"""Shorter legs are mostly parking and teach nothing about roads."""
RATIO_MAX = 5
"""A leg five times as long or short as expected had another reason: lunch, a wrong pin."""
DOUBT = 4
"""So many imagined legs, each just as expected, stand against the seen ones of a zone or hour."""
WAY_MIN = 8
"""A way between two zones has a factor of its own from so many legs on."""
WAY_PERCENT_MIN = 8
"""And only if it is this far from what its zones say: a river, a pass, a railway."""
SWEEPS = 12

Numbers = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.intp]
Key = TypeVar("Key", int, str)


class Observation(NamedTuple):
    """One leg of a completed round, beside what the matrix had said without any factor."""

    from_lat: float
    from_lon: float
    to_lat: float
    to_lon: float
    leave_s: int
    """Seconds after midnight."""
    expected_s: int
    duration_s: int
    expected_m: int = 0
    distance_m: int = 0
    """0 where metres were not measured."""


class Percents(msgspec.Struct, frozen=True, kw_only=True):
    """Factors of one quantity by place; a way takes the mean of its two zones."""

    everywhere: Percent = ALIKE
    zones: dict[str, Percent] = {}
    """By zone, `row:column`, on top of `everywhere`; a zone not named is 100."""
    ways: dict[str, Percent] = {}
    """From one zone into another, `row:column>row:column`, on top of both."""


class Factors(msgspec.Struct, frozen=True, kw_only=True):
    """Corrections of travel; without arguments they change nothing."""

    zone_mdeg: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 20
    """Side of a zone in thousandths of a degree: 20 is some two kilometres."""
    duration: Percents = Percents()
    distance: Percents = Percents()
    hours: dict[Hour, Percent] = {}
    """Seconds by the hour of travel; an hour not named is 100."""


def zone_of(lat: float, lon: float, zone_mdeg: int) -> str:
    """Return the zone of a position: a square of the grid, by row and column."""
    return f"{floor(lat * 1000 / zone_mdeg)}:{floor(lon * 1000 / zone_mdeg)}"


def make_correction(factors: Factors, lat: Degrees, lon: Degrees) -> Correction | None:
    """Return what the factors mean for these places, or None when they mean nothing."""
    if factors.duration == Percents() and factors.distance == Percents():
        return None
    names = [zone_of(*at, factors.zone_mdeg) for at in zip(lat.tolist(), lon.tolist(), strict=True)]
    zones, index = _number(names)
    return Correction(
        from_zone=index,
        to_zone=index,
        duration_percent=_spread(factors.duration, zones),
        distance_percent=_spread(factors.distance, zones),
    )


def _number(names: Sequence[str]) -> tuple[list[str], Indexes]:
    zones = sorted(set(names))
    at = {zone: number for number, zone in enumerate(zones)}
    return zones, np.array([at[name] for name in names], np.intp)


def _spread(percents: Percents, zones: list[str]) -> npt.NDArray[np.int64]:
    """Return the whole percent of each way between zones, rounded up."""
    alone = np.array([percents.zones.get(zone, ALIKE) for zone in zones], np.int64)
    table = (alone[:, None] + alone[None, :]) * percents.everywhere
    for way, percent in percents.ways.items():
        start, _, end = way.partition(">")
        if start in zones and end in zones:
            at = zones.index(start), zones.index(end)
            table[at] = -(-table[at] * percent // 100)
    return np.asarray(-(-table // 200), np.int64)


def make_speed_bands(factors: Factors) -> tuple[SpeedBand, ...]:
    """Return `Problem.speed_bands` of the hours; none when all hours are alike."""
    bands: list[SpeedBand] = []
    before = 100
    for hour in range(24):
        speed = max(1, round(10_000 / factors.hours.get(hour, ALIKE)))
        if speed != before:
            bands.append(SpeedBand(from_s=hour * 3600, speed_percent=speed))
        before = speed
    if bands and before != 100:
        bands.append(SpeedBand(from_s=24 * 3600, speed_percent=100))
    return tuple(bands)


def learn(observations: Iterable[Observation], *, zone_mdeg: int = 20) -> Factors:
    """Return the factors that explain the legs best, each held back where few legs speak for it.

    The logarithm of observed over expected is split into one part for all legs, one an hour, one a
    zone and one a way, each the median of what the others leave. A leg in two that went wrong
    (lunch on the way, a wrong pin) does not move a median, and the order of legs does not matter.

    Source
    ------
    Median polish: Tukey (1977), Exploratory Data Analysis, chapter 11.
    """
    seen = sorted(o for o in observations if _is_likely(o.duration_s, o.expected_s))
    duration, hours = _polish(seen, [(o.duration_s, o.expected_s) for o in seen], zone_mdeg)
    measured = [o for o in seen if o.expected_m > 0 and _is_likely(o.distance_m, o.expected_m)]
    metres = [(o.distance_m, o.expected_m) for o in measured]
    distance, _ = _polish(measured, metres, zone_mdeg, with_hours=False)
    return Factors(zone_mdeg=zone_mdeg, duration=duration, distance=distance, hours=hours)


def _is_likely(observed: int, expected: int) -> bool:
    if expected < EXPECTED_S_MIN:
        return False
    return expected <= observed * RATIO_MAX and observed <= expected * RATIO_MAX


def _polish(
    legs: list[Observation],
    pairs: list[tuple[int, int]],
    zone_mdeg: int,
    *,
    with_hours: bool = True,
) -> tuple[Percents, dict[int, int]]:
    """Return the percents by place, and by hour."""
    if not legs:
        return Percents(), {}
    starts = [zone_of(leg.from_lat, leg.from_lon, zone_mdeg) for leg in legs]
    ends = [zone_of(leg.to_lat, leg.to_lon, zone_mdeg) for leg in legs]
    names, index = _number(starts + ends)
    start, end = index[: len(legs)], index[len(legs) :]
    ways, way = _number([f"{a}>{b}" for a, b in zip(starts, ends, strict=True)])
    hour = np.array([leg.leave_s // 3600 % 24 for leg in legs], np.intp)
    rest = np.log([observed / expected for observed, expected in pairs])
    everywhere, by_hour, by_zone = 0.0, np.zeros(24), np.zeros(len(names))
    by_way: dict[str, float] = {}
    share = np.where(start == end, 1.0, 0.5)
    for _ in range(SWEEPS):
        everywhere += (step := float(np.median(rest)))
        rest -= step
        for at in np.unique(hour) if with_hours else ():
            by_hour[at] = _settle(rest, np.flatnonzero(hour == at), by_hour[at])
        for at in range(len(names)):
            # Half a leg's surplus is each end's, so one end answers for twice what is left.
            those = np.flatnonzero((start == at) | (end == at))
            by_zone[at] = _settle(rest, those, by_zone[at], share[those])
        for at in range(len(ways)):
            those = np.flatnonzero(way == at)
            by_way[ways[at]] = _settle_way(rest, those, by_way.get(ways[at], 0.0))
    return Percents(
        everywhere=_percent(everywhere),
        zones=_unlike({name: _percent(by_zone[at]) for at, name in enumerate(names)}),
        ways=_unlike({name: _percent(value) for name, value in by_way.items()}),
    ), _unlike({int(at): _percent(by_hour[at]) for at in np.unique(hour)})


def _settle(rest: Numbers, those: Indexes, value: float, share: Numbers | float = 1.0) -> float:
    """Return a part's new value, and take what it now explains from the rest of its legs."""
    found = _believe(rest[those] / share + value)
    rest[those] -= (found - value) * share
    return found


def _settle_way(rest: Numbers, those: Indexes, value: float) -> float:
    found = _believe(rest[those] + value)
    if len(those) < WAY_MIN or abs(_percent(found) - ALIKE) < WAY_PERCENT_MIN:
        found = 0.0
    rest[those] -= found - value
    return found


def _unlike(percents: dict[Key, int]) -> dict[Key, int]:
    return {key: percent for key, percent in percents.items() if percent != ALIKE}


def _believe(values: Numbers) -> float:
    """Return the median, pulled towards 0 where few legs speak."""
    return float(np.median(values)) * len(values) / (len(values) + DOUBT)


def _percent(log_ratio: float) -> int:
    return min(500, max(20, round(100 * float(np.exp(log_ratio)))))


def fit_bands(points: Iterable[tuple[float, float, float]]) -> tuple[Band, ...]:
    """Return the bands that lead through (straight metres, road metres, seconds).

    Whole sums of a way, not of its last metres. Where a slope would rise with distance, neighbours
    share one, because a rising one makes detours shorter than the way itself (pool adjacent
    violators). A point that does not lie beyond the one before in all three is passed over.

    Source
    ------
    Ayer, Brunk, Ewing, Reid and Silverman (1955), Annals of Math. Statistics 26(4), 641-647.
    """
    steps: list[tuple[float, float, float]] = []
    before = (0.0, 0.0, 0.0)
    for point in sorted(points):
        if min(map(sub, point, before)) <= 0:
            continue
        step = (point[0] - before[0], point[1] - before[1], point[2] - before[2])
        before = point
        while steps and _rises(steps[-1], step):
            last = steps.pop()
            step = (last[0] + step[0], last[1] + step[1], last[2] + step[2])
        steps.append(step)
    bands, from_m = [], 0.0
    for line, road, seconds in steps:
        bands.append(Band(ceil(from_m), road / line, road / seconds))
        from_m += line
    return tuple(bands)


def _rises(last: tuple[float, float, float], step: tuple[float, float, float]) -> bool:
    return any(step[at] / step[0] > last[at] / last[0] for at in (1, 2))
