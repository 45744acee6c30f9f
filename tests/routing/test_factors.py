"""Tests that factors are learned from rounds in spite of what goes wrong on them."""

import csv
import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from routing import SpeedBand
from routing.factors import (
    Factors,
    Observation,
    Percents,
    fit_bands,
    learn,
    make_correction,
    make_speed_bands,
    zone_of,
)
from routing.matrix import MOTORBIKE, Band, straight_line

CIRCUITY = Path(__file__).resolve().parents[3] / "shared" / "geo" / "roads" / "circuity.csv"
TOWN, HILLS = (21.19, 106.07), (21.33, 106.59)
ACROSS = (21.19, 106.11)
"""Beyond the river from TOWN: two zones further east."""


def make_legs(
    truth: Callable[[Observation], float], num: int = 600, noise: float = 0.1
) -> list[Observation]:
    """Return legs between three places whose ratio to the expected is the truth's, with noise."""
    chance = random.Random(1)
    legs = []
    for _ in range(num):
        start, end = chance.choice([TOWN, HILLS, ACROSS]), chance.choice([TOWN, HILLS, ACROSS])
        expected = chance.randint(120, 1800)
        leg = Observation(*start, *end, chance.randint(7, 17) * 3600 + 60, expected, expected)
        ratio = truth(leg) * math.exp(chance.gauss(0, noise))
        legs.append(leg._replace(duration_s=max(1, round(expected * ratio))))
    return legs


def explain(factors: Factors, leg: Observation) -> float:
    """Return the ratio that the factors give a leg."""
    lat, lon = np.array([leg.from_lat, leg.to_lat]), np.array([leg.from_lon, leg.to_lon])
    correction = make_correction(factors, lat, lon)
    square = np.full((2, 2), 10_000)
    placed = correction.apply(square, square)[0][0, 1] / 10_000 if correction else 1.0
    return float(placed) * factors.hours.get(leg.leave_s // 3600, 100) / 100


def rush(leg: Observation) -> float:
    return 1.4 if leg.leave_s // 3600 in (7, 17) else 1.0


def hills(leg: Observation) -> float:
    ends = (leg.from_lat, leg.from_lon), (leg.to_lat, leg.to_lon)
    return 1.0 + 0.3 * sum(end == HILLS for end in ends)


def river(leg: Observation) -> float:
    return 1.8 if (leg.from_lon, leg.to_lon) == (TOWN[1], ACROSS[1]) else 1.0


TRUTHS = [
    ("just as expected", lambda leg: 1.0),
    ("slower everywhere", lambda leg: 1.3),
    ("faster everywhere", lambda leg: 0.7),
    ("slow hours", rush),
    ("a slow zone", hills),
    ("a way across a river, one way", river),
    ("all of it", lambda leg: 1.2 * rush(leg) * hills(leg)),
]


@pytest.mark.parametrize(("what", "truth"), TRUTHS)
def test_learn_finds_what_slows_travel(what: str, truth: Callable[[Observation], float]) -> None:
    """Tests that learned factors give each leg its true ratio within a tenth."""
    legs = make_legs(truth)

    factors = learn(legs)

    off = [abs(math.log(explain(factors, leg) / truth(leg))) for leg in legs]
    assert max(off) < 0.1, what


def test_learn_is_not_moved_by_what_went_wrong() -> None:
    """Tests that every fifth leg with lunch on the way or a wrong pin shifts little."""
    legs = make_legs(rush, num=1000)
    spoilt = [
        leg._replace(duration_s=leg.duration_s * 3 if n % 2 else leg.duration_s // 3)
        if n % 5 == 0
        else leg
        for n, leg in enumerate(legs)
    ]

    factors = learn(spoilt)

    assert max(abs(math.log(explain(factors, leg) / rush(leg))) for leg in legs) < 0.08


def test_learn_holds_back_where_few_legs_speak() -> None:
    """Tests that one bad morning in a new zone is no law, and that nothing seen changes nothing."""
    legs = [*make_legs(lambda leg: 1.0, noise=0.01)]
    legs += [Observation(21.5, 106.9, 21.5, 106.9, 8 * 3600, 600, 1200)]

    factors = learn(legs)

    assert 105 < factors.duration.zones[zone_of(21.5, 106.9, 20)] < 130
    assert learn([]) == Factors()


UNLIKELY = [
    (59, 70),  # too short to teach
    (100, 0),  # never left
    (100, 501),  # lunch
    (100, 19),  # a wrong pin
]


@pytest.mark.parametrize(("expected_s", "duration_s"), UNLIKELY)
def test_learn_passes_over_legs_that_teach_nothing(expected_s: int, duration_s: int) -> None:
    """Tests that such a leg alone leaves all factors at 100."""
    leg = Observation(*TOWN, *HILLS, 8 * 3600, expected_s, duration_s)

    assert learn([leg] * 50) == Factors()


def test_learn_does_not_depend_on_the_order_of_legs() -> None:
    """Tests that the same rounds teach the same whatever order they are read in."""
    legs = make_legs(hills)

    assert learn(legs) == learn(list(reversed(legs)))


def test_learn_takes_metres_apart_from_seconds() -> None:
    """Tests that a detour in metres is found although the way is driven in the usual time."""
    legs = [leg._replace(expected_m=2_000, distance_m=3_000) for leg in make_legs(lambda leg: 1.0)]

    factors = learn(legs)

    assert abs(factors.distance.everywhere - 150) <= 2
    assert abs(factors.duration.everywhere - 100) <= 2


def test_factors_make_a_matrix_of_whole_seconds() -> None:
    """Tests that zone and way factors lengthen the ways concerned and no others."""
    lat, lon = np.array([TOWN[0], ACROSS[0], HILLS[0]]), np.array([TOWN[1], ACROSS[1], HILLS[1]])
    town, across, high = (zone_of(*at, 20) for at in zip(lat, lon, strict=True))
    factors = Factors(
        duration=Percents(zones={high: 140}, ways={f"{town}>{across}": 200, "1:1>2:2": 300}),
        distance=Percents(ways={f"{town}>{across}": 150}),
    )
    plain_s, plain_m = straight_line(lat, lon)

    slow_s, slow_m = straight_line(lat, lon, correction=make_correction(factors, lat, lon))

    assert slow_s[0, 1] == 2 * plain_s[0, 1]
    assert slow_m[0, 1] == -(-plain_m[0, 1] * 150 // 100)
    assert slow_s[1, 0] == plain_s[1, 0]
    assert slow_s[0, 2] == -(-plain_s[0, 2] * 120 // 100)  # half of the way is in the hills
    assert slow_s.dtype == np.int64
    assert make_correction(Factors(hours={7: 150}), lat, lon) is None


def test_hours_become_speed_bands() -> None:
    """Tests that slow hours are spans of lower speed, and that equal neighbours are one span."""
    assert make_speed_bands(Factors()) == ()
    assert make_speed_bands(Factors(hours={7: 125, 8: 125, 23: 200})) == (
        SpeedBand(from_s=7 * 3600, speed_percent=80),
        SpeedBand(from_s=9 * 3600, speed_percent=100),
        SpeedBand(from_s=23 * 3600, speed_percent=50),
        SpeedBand(from_s=24 * 3600, speed_percent=100),
    )


WRONG = [b'{"hours":{"24":100}}', b'{"hours":{"7":0}}', b'{"duration":{"everywhere":501}}']


@pytest.mark.parametrize("text", WRONG)
def test_factors_of_a_file_are_checked(text: bytes) -> None:
    """Tests that hours and percents beyond reason are refused when read."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Factors)


def test_fit_bands_leads_through_its_points() -> None:
    """Tests that fitted bands give the points back, and share a slope where it would rise."""
    assert fit_bands([(1_000, 1_500, 300), (3_000, 3_500, 500)]) == (
        Band(0, 1.5, 5.0),
        Band(1_000, 1.0, 10.0),
    )
    assert fit_bands([(1_000, 1_000, 100), (2_000, 3_000, 300), (0, 0, 0)]) == (Band(0, 1.5, 10.0),)
    assert fit_bands([]) == ()


@pytest.fixture(scope="module")
def circuity() -> list[dict[str, str]]:
    if not CIRCUITY.exists():
        pytest.skip("the measured road factors (circuity.csv) are not on this machine")
    with CIRCUITY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_medians(rows: list[dict[str, str]], network: str) -> Iterator[tuple[float, float, float]]:
    """Yield (straight metres, road metres, seconds) of the middle of each distance band."""
    for row in rows:
        low, high = map(float, row["band"].strip("(]").split(","))
        if network in row["network"] and float(row["pairs"]) >= 40:
            line = (low + high) * 500
            road = line * float(row["ratio_median"])
            yield line, road, road / (float(row["kmh"]) / 3.6)


@pytest.mark.parametrize("network", ["(car)", "(motor_scooter)"])
def test_fit_bands_follows_a_measured_network(circuity: list[dict[str, str]], network: str) -> None:
    """Tests that bands give the median road length of each distance of a real town within 9 %."""
    medians = list(read_medians(circuity, network))

    bands = fit_bands(medians)

    lon = np.array([0.0, *(line / 111_194.93 for line, _, _ in medians)])
    duration, distance = straight_line(np.zeros(len(lon)), lon, bands=bands, stop_s=0)
    for at, (_, road, seconds) in enumerate(medians, 1):
        assert abs(distance[0, at] / road - 1) < 0.09
        assert abs(duration[0, at] / seconds - 1) < 0.09
    assert [band.road_factor for band in bands] == sorted(
        (band.road_factor for band in bands), reverse=True
    )


def test_built_in_bands_lie_within_the_measured_spread(circuity: list[dict[str, str]]) -> None:
    """Tests that the assumed road factors are neither below nor above what was measured."""
    for row in circuity:
        low, high = map(float, row["band"].strip("(]").split(","))
        if high <= 1.0:  # of few pairs, or led by loose ends
            continue
        line = (low + high) * 500
        lon = np.array([0.0, line / 111_194.93])
        ratio = straight_line(np.zeros(2), lon, bands=MOTORBIKE)[1][0, 1] / line
        assert float(row["ratio_p10"]) < ratio < float(row["ratio_p90"]), row
