"""Random small problems with every rule somewhere, those no projection knows included."""

import random

import msgspec

from routing import Closure, Problem, Profile, Promise, SpeedBand, Stop, Vehicle
from tests.routing.test_agreement import random_problem

replace = msgspec.structs.replace


def wide_problem(seed: int) -> Problem:
    """Return `random_problem` with shipments, closures, profiles, loaded vehicles and the rest."""
    asked, chance = random_problem(seed), random.Random(seed + 7_000)
    stops = [_wide_stop(stop, len(asked.vehicles), chance) for stop in asked.stops]
    if chance.random() < 0.5:
        stops[-2:] = _shipment(stops[-2], stops[-1], chance)
    if chance.random() < 0.3:
        stops[1] = replace(stops[1], location=stops[0].location)
    foot = Profile(duration_s=asked.duration_s * 2, distance_m=asked.distance_m)
    vehicles = tuple(_wide_vehicle(v, stops, chance) for v in asked.vehicles)
    if chance.random() < 0.3 and len(vehicles) > 1:
        vehicles = (_away(vehicles[0], stops, chance), *vehicles[1:])
    size = len(asked.duration_s)
    closures = [Closure(chance.randrange(size), chance.randrange(size)) for _ in range(4)]
    return replace(
        asked,
        stops=tuple(stops),
        vehicles=vehicles,
        profiles={"foot": foot},
        closures=tuple(c for c in closures if c.from_location != c.to_location),
        speed_bands=asked.speed_bands
        if chance.random() < 0.5
        else chance.choice([(), (SpeedBand(from_s=0, speed_percent=80),)]),
        promises=(
            *asked.promises,
            Promise(stop_id="s1", vehicle_id="v1", start_s=chance.choice([None, 2_500, 5_000])),
        ),
        weights=replace(
            asked.weights, unfamiliar=chance.choice([0, 700]), drift_free_s=chance.choice([0, 900])
        ),
    )


def _wide_stop(stop: Stop, couriers: int, chance: random.Random) -> Stop:
    named = (f"v{chance.randrange(couriers)}",) if chance.random() < 0.1 else ()
    known_by = {f"v{k}": chance.randint(0, 100) for k in range(couriers) if chance.random() < 0.5}
    return replace(
        stop,
        delivery_ml=chance.randint(0, 3),
        pickup_g=chance.randint(0, 2),
        vehicles=named,
        known_by=known_by,
    )


def _shipment(first: Stop, second: Stop, chance: random.Random) -> list[Stop]:
    weight, volume = chance.randint(1, 5), chance.randint(0, 4)
    return [
        replace(
            first, pickup_g=weight, pickup_ml=volume, delivery_g=0, delivery_ml=0, required=True
        ),
        replace(
            second,
            delivery_g=weight, delivery_ml=volume, pickup_g=0, pickup_ml=0, required=True,
            picked_up_at=first.id,
        ),
    ]  # fmt: skip


def _wide_vehicle(vehicle: Vehicle, stops: list[Stop], chance: random.Random) -> Vehicle:
    return replace(
        vehicle,
        profile=chance.choice(["", "", "foot"]),
        fixed_cost=chance.choice([0, 4_000]),
        stops_max=chance.choice([None, None, len(stops) // 2 + 1]),
        distance_m_max=chance.choice([None, None, 14_000]),
        reload_depots=chance.choice([vehicle.reload_depots, ("d0", "d1")]),
    )


def _away(vehicle: Vehicle, stops: list[Stop], chance: random.Random) -> Vehicle:
    """Return the vehicle under way with a few stops' things, and some of before, on board."""
    free = [s.id for s in stops[2:] if s.picked_up_at is None and not s.vehicles and not s.skills]
    loaded = tuple(name for name in free if chance.random() < 0.3)
    return replace(
        vehicle,
        on_road=True,
        loaded=loaded,
        carried_g=chance.randint(0, 2),
        carried_cash_vnd=chance.randint(0, 1) * 1_000_000,
        capacity_g=40,
        capacity_ml=None,
        cash_limit_vnd=40_000_000,
    )
