"""What VROOM would minimise, as matrices, weights and prizes of the optimiser.

VROOM counts cost in 1/360,000 (`per_hour` over hundredths of seconds): so does this, divided by
whatever divides all of it.
"""

import math
from dataclasses import dataclass

import numpy as np

from routing.formats.vroom.file import File, Vehicle, tasks_of
from routing.formats.vroom.places import Places, Travel, scaled_s, slowness
from routing.problem import Profile, Weights
from routing.wellformed import AMOUNT_MAX, UNREACHABLE_S, MalformedProblem, Matrix

UNIT = 360_000
"""Fractions in one unit of VROOM's cost."""
Key = tuple[str, int, int, int]
"""What makes two vehicles travel alike."""


@dataclass(frozen=True)
class Prices:
    """Ways and costs of a file's vehicles."""

    main: Profile
    profiles: dict[str, Profile]
    weights: Weights
    profile_of: dict[str, str]
    fixed_of: dict[str, int]
    limit_of: dict[str, int]
    """`distance_m_max`, in whatever that vehicle's `distance_m` counts."""
    task_per_s: int
    worst: int
    """No plan costs more, prizes aside."""
    num_tasks: int
    priority_step: int
    priority_max: int

    def prize(self, priority: int, task_s: int) -> int:
        """Return the worth of a task: priorities first, then numbers, then cost."""
        served = self.worst + 1
        step = (self.num_tasks + 1) * served
        # Beyond this sums might not fit; priorities still weigh far more than numbers then.
        most = max(1, priority // self.priority_step if self.priority_step else 0)
        top = max(1, self.priority_max // self.priority_step if self.priority_step else 1)
        step = max(served, min(step, (AMOUNT_MAX - served) // top))
        won = served + (most * step if priority else 0)
        return max(0, min(AMOUNT_MAX, won) - self.task_per_s * task_s)


def priced(file: File, places: Places) -> Prices:
    """Return how a file's vehicles travel and what that costs.

    Raises
    ------
    MalformedProblem
        E1116 where costs and limits together cannot be expressed.
    """
    task_costs = {v.costs.per_task_hour for v in file.vehicles}
    if len(task_costs) > 1:
        ids = [str(v.id) for v in file.vehicles if v.costs.per_task_hour]
        raise MalformedProblem("E1116", "per_task_hour that differs cannot be expressed", ids)
    exact = _exact(file, places) if _is_uniform(file, places) else _by_matrix(file, places)
    task_per_s = next(iter(task_costs), 0) * 100 // exact.divisor
    priorities = [job.priority for job in file.jobs]
    priorities += [shipment.priority for shipment in file.shipments]
    keys = list(dict.fromkeys(exact.key_of.values()))
    names = {key: "" if at == 0 else f"p{at}" for at, key in enumerate(keys)}
    shapes = {names[key]: exact.profile_by_key[key] for key in keys}
    nothing = np.zeros((len(places.told) + 1,) * 2, np.int64)
    main = shapes.pop("", Profile(duration_s=nothing, distance_m=nothing))
    return Prices(
        main=main,
        profiles=shapes,
        weights=Weights(
            travel_per_s=exact.per_s, distance_per_m=exact.per_m, overtime_per_s=0,
            lateness_per_s=0, vehicle_used=0,
        ),
        profile_of={name: names[key] for name, key in exact.key_of.items()},
        fixed_of={str(v.id): v.costs.fixed * UNIT // exact.divisor for v in file.vehicles},
        limit_of=exact.limit_of,
        task_per_s=task_per_s,
        worst=_worst(file, exact),
        num_tasks=len(tasks_of(file)),
        priority_step=math.gcd(*priorities) if priorities else 0,
        priority_max=max(priorities, default=0),
    )  # fmt: skip


@dataclass(frozen=True)
class _Ways:
    """Profiles by key, and what a second and a metre of them cost in units of `divisor`."""

    key_of: dict[str, Key]
    profile_by_key: dict[Key, Profile]
    limit_of: dict[str, int]
    per_s: int
    per_m: int
    divisor: int


def _is_uniform(file: File, places: Places) -> bool:
    """Whether one price of a second and one of a metre say all there is."""
    prices = {(v.costs.per_hour, v.costs.per_km) for v in file.vehicles}
    plain = all(slowness(v) == 100 for v in file.vehicles)
    return len(prices) <= 1 and plain and all(t.cost is None for t in places.travel.values())


def _with_nowhere(matrix: Matrix) -> Matrix:
    """Return the matrix with a place more, from which all is near and to which nobody goes."""
    grown = np.pad(matrix, ((0, 1), (0, 1)))
    # So far that no way through it is a shorter one.
    grown[:-1, -1] = matrix.max(initial=0)
    return grown


def _exact(file: File, places: Places) -> _Ways:
    costs = file.vehicles[0].costs if file.vehicles else None
    per_s = 100 * costs.per_hour if costs else UNIT
    per_m = 360 * costs.per_km if costs else 0
    fixed = [UNIT * v.costs.fixed for v in file.vehicles]
    tasks = [100 * v.costs.per_task_hour for v in file.vehicles]
    divisor = math.gcd(per_s, per_m, *fixed, *tasks) or 1
    key_of: dict[str, Key] = {}
    profiles: dict[Key, Profile] = {}
    limits: dict[str, int] = {}
    for v in file.vehicles:
        travel, name = places.travel[v.profile], str(v.id)
        by_time = v.max_travel_time is not None
        if by_time and (per_m or v.max_distance is not None):
            raise MalformedProblem(
                "E1116", "max_travel_time with max_distance or per_km cannot be expressed", [name]
            )
        distance = travel.duration_s if by_time else _distance(travel, v, needed=bool(per_m))
        key = (v.profile, int(by_time), 0, 0)
        key_of[name] = key
        profiles[key] = Profile(
            duration_s=_with_nowhere(travel.duration_s), distance_m=_with_nowhere(distance)
        )
        limit = v.max_travel_time if by_time else v.max_distance
        if limit is not None:
            limits[name] = limit
    return _Ways(key_of, profiles, limits, per_s // divisor, per_m // divisor, divisor)


def _distance(travel: Travel, vehicle: Vehicle, *, needed: bool) -> Matrix:
    if travel.distance_m is not None:
        return travel.distance_m
    if needed or vehicle.max_distance is not None:
        raise MalformedProblem(
            "E1114", f"per_km and max_distance need distances of {vehicle.profile}",
            [str(vehicle.id)],
        )  # fmt: skip
    return np.zeros_like(travel.duration_s)


def _by_matrix(file: File, places: Places) -> _Ways:
    """Let `distance_m` carry the cost itself, a matrix for each kind of vehicle."""
    cost_by_key: dict[Key, Matrix] = {}
    key_of: dict[str, Key] = {}
    for v in file.vehicles:
        key = (v.profile, slowness(v), v.costs.per_hour, v.costs.per_km)
        key_of[str(v.id)] = key
        if key not in cost_by_key:
            cost_by_key[key] = _cost(places.travel[v.profile], v)
    whole = [UNIT * v.costs.fixed for v in file.vehicles]
    whole += [100 * v.costs.per_task_hour for v in file.vehicles]
    parts = [int(np.gcd.reduce(cost, axis=None)) for cost in cost_by_key.values()]
    divisor = math.gcd(*parts, *whole) or 1
    profiles = {}
    for v in file.vehicles:
        key = key_of[str(v.id)]
        seconds = scaled_s(places.travel[v.profile].duration_s, slowness(v))
        profiles[key] = Profile(
            duration_s=_with_nowhere(seconds), distance_m=_with_nowhere(cost_by_key[key] // divisor)
        )
    limits = {}
    for v in file.vehicles:
        limit = _cost_limit(v, places.travel[v.profile])
        if limit is not None:
            limits[str(v.id)] = min(AMOUNT_MAX, limit // divisor)
    return _Ways(key_of, profiles, limits, 0, 1, divisor)


def _cost(travel: Travel, vehicle: Vehicle) -> Matrix:
    costs = vehicle.costs
    there = travel.duration_s < UNREACHABLE_S
    if travel.cost is not None:
        if (costs.per_hour, costs.per_km) != (3600, 0):
            raise MalformedProblem(
                "E1116", "a costs matrix leaves no place for per_hour and per_km",
                [str(vehicle.id)],
            )  # fmt: skip
        return np.where(there, travel.cost * UNIT, 0)
    cost = travel.duration_s * (slowness(vehicle) * costs.per_hour)
    if costs.per_km:
        cost = cost + _distance(travel, vehicle, needed=True) * (360 * costs.per_km)
    return np.where(there, cost, 0)


def _cost_limit(vehicle: Vehicle, travel: Travel) -> int | None:
    """Return `max_travel_time` or `max_distance` as a limit of cost, where one stands for it."""
    costs = vehicle.costs
    if vehicle.max_travel_time is None and vehicle.max_distance is None:
        return None
    by_metrics = travel.cost is None
    if by_metrics and vehicle.max_distance is None and costs.per_hour and not costs.per_km:
        assert vehicle.max_travel_time is not None
        return 100 * costs.per_hour * vehicle.max_travel_time
    if by_metrics and vehicle.max_travel_time is None and costs.per_km and not costs.per_hour:
        assert vehicle.max_distance is not None
        return 360 * costs.per_km * vehicle.max_distance
    raise MalformedProblem(
        "E1116",
        "max_travel_time and max_distance beside costs that differ by vehicle cannot be expressed",
        [str(vehicle.id)],
    )


def _worst(file: File, ways: _Ways) -> int:
    """Return more than any plan costs: the dearest way into each task and home."""
    dearest = 0
    for profile in ways.profile_by_key.values():
        seconds = np.where(profile.duration_s < UNREACHABLE_S, profile.duration_s, 0)
        cost = ways.per_s * seconds + ways.per_m * profile.distance_m
        dearest = max(dearest, int(cost.max(initial=0)))
    fixed = sum(UNIT * v.costs.fixed // ways.divisor for v in file.vehicles)
    return dearest * (len(tasks_of(file)) + len(file.vehicles)) + fixed
