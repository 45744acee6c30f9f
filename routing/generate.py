"""Seeded synthetic offices: villages in a disc, pensions, dossiers, lunch, cash under a ceiling.

The shape follows the measurements the goals of `docs/routing.md` are stated on. Nothing in here is
a real person or place.
"""

import msgspec
import numpy as np

from routing.borders import Area
from routing.matrix import great_circle_m
from routing.problem import Break, Depot, Problem, Stop, TimeWindow, Vehicle, Weights
from routing.wellformed import Matrix

HOUR_S = 3600
MILLION = 1_000_000
KM_PER_DEGREE_LON = 111.32
KM_PER_DEGREE_LAT = 110.57
FIXED_STARTS_H = (8, 8.5, 9, 9.5, 10, 13.5, 14, 14.5, 15, 15.5)
SOFT_LATE_H = (9, 10, 11, 14, 15, 16)
LUNCH = Break(
    early_s=int(11.5 * HOUR_S), late_s=int(13.5 * HOUR_S), duration_s=45 * 60, due_s=12 * HOUR_S
)


class Office(msgspec.Struct, frozen=True, kw_only=True):
    """What kind of office to make."""

    couriers: int = 8
    stops: int = 360
    pension_share: float = 0.25
    radius_km: float = 6.0
    service_factor: float = 1.0
    """Times at the door times this."""
    women_only_share: float = 0.03
    heavy_share: float = 0.02
    optional_share: float = 0.12
    cash_limit_vnd: int = 100 * MILLION
    reloads_max: int = 2
    lat: float = 21.18
    lon: float = 106.07
    seed: int = 0


DELIVER, PENSION, PICKUP, COLLECT = range(4)


def generate(office: Office) -> Problem:
    """Return the problem of one office; the same office gives the same problem."""
    return generate_area(office).problem


def generate_area(office: Office) -> Area:
    """Return the same with the positions of its locations."""
    chance = np.random.default_rng(office.seed)
    num_villages = max(4, office.couriers * 3)
    angle = chance.uniform(0, 2 * np.pi, num_villages)
    radius = office.radius_km * np.sqrt(chance.uniform(0.01, 1, num_villages))
    village = chance.choice(
        num_villages, office.stops, p=chance.dirichlet(np.full(num_villages, 2.0))
    )
    spread = chance.uniform(0.15, 0.6, num_villages)[village]
    east = (radius * np.cos(angle))[village] + chance.normal(0, 1, office.stops) * spread
    north = (radius * np.sin(angle))[village] + chance.normal(0, 1, office.stops) * spread
    lon_km = KM_PER_DEGREE_LON * np.cos(np.radians(office.lat))
    lat = office.lat + np.concatenate([[0.0], north]) / KM_PER_DEGREE_LAT
    lon = office.lon + np.concatenate([[0.0], east]) / lon_km
    duration_s, distance_m = _roads(lat, lon, chance)
    problem = Problem(
        stops=_stops(office, _territories(office, angle, village), chance),
        vehicles=tuple(_vehicle(office, k) for k in range(office.couriers)),
        depots=(Depot(id="office", location=0, reload_s=600),),
        duration_s=duration_s,
        distance_m=distance_m,
        weights=Weights(),
    )
    return Area(problem, lat, lon)


def _roads(lat: np.ndarray, lon: np.ndarray, chance: np.random.Generator) -> tuple[Matrix, Matrix]:
    road = great_circle_m(lat, lon, lat, lon) * 1.35
    speed = np.where(road < 1500, 5.0, 7.5)
    seconds = np.rint((road / speed + 25) * chance.uniform(0.95, 1.05, road.shape))
    duration_s = seconds.astype(np.int64)
    np.fill_diagonal(duration_s, 0)
    for via in range(len(duration_s)):
        np.minimum(duration_s, duration_s[:, via, None] + duration_s[None, via], out=duration_s)
    distance_m = np.rint(road).astype(np.int64)
    np.fill_diagonal(distance_m, 0)
    return duration_s, distance_m


def _territories(office: Office, angle: np.ndarray, village: np.ndarray) -> list[str]:
    """Return each stop's courier: villages by angle, cut into blocks of about equal work."""
    order = np.argsort(angle)
    below = np.cumsum(np.bincount(village, minlength=len(angle))[order])
    owner = np.zeros(len(angle), np.int64)
    share = (below - 1) * office.couriers // max(1, office.stops)
    owner[order] = np.clip(share, 0, office.couriers - 1)
    return [f"t{owner[v]}" for v in village]


def _stops(office: Office, territory: list[str], chance: np.random.Generator) -> tuple[Stop, ...]:
    share = office.pension_share
    left = 1 - share
    kinds = chance.choice(4, office.stops, p=[0.72 * left, share, 0.13 * left, 0.15 * left])
    made = []
    for at, kind in enumerate(kinds):
        low, high = (240, 480) if kind == PENSION else (120, 330)
        skills = ["cash"] if kind in (PENSION, COLLECT) else []
        skills += ["woman"] if chance.random() < office.women_only_share else []
        skills += ["heavy"] if chance.random() < office.heavy_share else []
        tws, soft_late_s = _times(chance)
        optional = chance.random() < office.optional_share
        made.append(
            Stop(
                id=f"s{at + 1}",
                location=at + 1,
                service_duration_s=int(chance.integers(low, high) * office.service_factor),
                tws=tws,
                soft_late_s=soft_late_s,
                cash_out_vnd=int(chance.integers(25, 90)) * 100_000 if kind == PENSION else 0,
                cash_in_vnd=_collected(chance) if kind == COLLECT else 0,
                skills=tuple(skills),
                required=not optional,
                prize=int(chance.choice([12_000, 24_000, 48_000])) if optional else 0,
                territory=territory[at],
            )
        )
    return tuple(made)


def _collected(chance: np.random.Generator) -> int:
    return min(80, 1 + int(chance.exponential(12))) * 100_000


def _times(chance: np.random.Generator) -> tuple[tuple[TimeWindow, ...], int | None]:
    """Return hard windows for nearly half of the stops, preferred times for a fifth."""
    day = TimeWindow(int(7.5 * HOUR_S), 18 * HOUR_S)
    kind = chance.random()
    if kind < 0.30:
        start = int(chance.choice(FIXED_STARTS_H) * HOUR_S)
        return (TimeWindow(start, start + int(chance.choice([1, 1.5, 2]) * HOUR_S)),), None
    if kind < 0.45:
        morning = chance.random() < 0.5
        half = (8, 11.5) if morning else (13.5, 17)
        return (TimeWindow(int(half[0] * HOUR_S), int(half[1] * HOUR_S)),), None
    if kind < 0.65:
        return (day,), int(chance.choice(SOFT_LATE_H) * HOUR_S)
    return (day,), None


def _vehicle(office: Office, k: int) -> Vehicle:
    cash = k % 4 != 3 or office.couriers == 1
    skills = (["cash"] if cash else []) + (["woman"] if k % 3 == 1 else [])
    skills += ["heavy"] if k % 2 == 0 else []
    return Vehicle(
        id=f"c{k + 1}",
        start_depot="office",
        end_depot="office",
        shift_early_s=int(7.5 * HOUR_S),
        shift_late_s=17 * HOUR_S,
        overtime_s_max=int(1.5 * HOUR_S),
        breaks=(LUNCH,),
        cash_limit_vnd=office.cash_limit_vnd if cash else 5 * MILLION,
        skills=tuple(skills),
        territories=(f"t{k}",),
        reload_depots=("office",) if cash else (),
        reloads_max=office.reloads_max if cash else 0,
    )


def province(num_offices: int, seed: int = 0, stops_per_courier: int = 42) -> list[Area]:
    """Return many offices of very different sizes, all within one province."""
    chance = np.random.default_rng(seed)
    made = []
    for number in range(num_offices):
        couriers = int(np.clip(chance.lognormal(1.82, 0.55), 2, 30))
        office = Office(
            couriers=couriers,
            stops=couriers * stops_per_courier,
            radius_km=float(np.clip(2 + 0.6 * couriers, 3, 9)),
            lat=21.0 + 0.45 * chance.random(),
            lon=105.9 + chance.random(),
            seed=seed * 1000 + number,
        )
        made.append(generate_area(office))
    return made
