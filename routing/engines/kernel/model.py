"""The problem as a few dense arrays, which is what compiled code reads fast.

Columns of the arrays have names here; all entries are integers. Nodes are those of `Indexed` and
one more, `open_end`, which everybody reaches at no cost.
"""

from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from routing.indexed import NO_LIMIT, Indexed
from routing.rules import optional, stability, territory, travel, vehicles
from routing.wellformed import UNREACHABLE_S, Matrix

Small = npt.NDArray[np.int32]

INF = 1 << 60
NO_VEHICLE_COST = 1 << 50
"""Visit cost that says that this vehicle may not come."""
MAX_ARC_COST = 1 << 30
RESTS_MAX = 4
DEPOTS_MAX = 3

# Columns of `node`.
SERVICE, EARLY, LATE, NUM_WINDOWS, SOFT_LATE = 0, 1, 2, 3, 4
DRIFT_EARLY, DRIFT_LATE, RELEASE, LOADED_ON, GOODS, LEFT_OUT, CASH = 5, 6, 7, 8, 9, 10, 11
OUT, TAKEN = 12, 15  # three columns each
NODE_COLUMNS = 18

# Columns of `vehicle`.
START, END, SHIFT_EARLY, SHIFT_LATE, DAY_END, FIXED, NUM_RESTS = 0, 1, 2, 3, 4, 5, 6
RELOADS_MAX, NUM_DEPOTS, ON_ROAD, STOPS_MAX, PROFILE, KIND, METRES_MAX = 7, 8, 9, 10, 11, 12, 13
DEPOT, CAPACITY, CARRIED = 14, 17, 20  # three columns each
REST_EARLY, REST_START_LATE, REST_DURATION, REST_DUE = 23, 27, 31, 35  # four columns each
VEHICLE_COLUMNS = 39


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes and weights, field for field as in `native/model.h`."""

    num_stops: int
    num_nodes: int
    num_vehicles: int
    num_profiles: int
    num_loads: int
    num_states: int
    """One more than the most rests a vehicle has."""
    num_windows: int
    num_bands: int
    num_near: int
    num_kinds: int
    lateness: int
    overtime: int
    drift: int
    fair_work: int
    excess_work: int
    fair_cash: int
    excess_cash: int
    sure: int
    """No speed bands and no promised times, so that "no later" means "at no more cost"."""
    has_release: int


class Model(NamedTuple):
    """What compiled code knows of a problem."""

    numbers: Numbers
    node: Matrix
    windows: Matrix
    """(stops, most windows, 2)."""
    vehicle: Matrix
    way: Small
    """(profiles, nodes, nodes) seconds with set-up."""
    way_least: Small
    """The same at the fastest speed of the day."""
    setup: Small
    """(nodes, nodes), read only where there are speed bands."""
    bands: Matrix
    """(bands, 2) from when, percent."""
    arc: Small
    """(profiles, nodes, nodes) cost."""
    arc_in: Small
    """The same with row = to, column = from."""
    visit: Matrix
    """(stops, vehicles) cost of that vehicle coming."""
    metres: Small | None
    """(profiles, nodes, nodes), where a vehicle has a limit of them."""
    near: Small
    """(stops, up to 800) each stop's nearest by cost, itself first."""


def supports(ix: Indexed) -> bool:
    """Whether the kernel knows all the rules of a problem."""
    arcs = max((int(np.where(ix.travel[p] < UNREACHABLE_S, travel.arc_cost(ix, p), 0).max())
                for p in range(len(ix.profiles))), default=0)  # fmt: skip
    return (
        not ix.origin
        and all(len(vehicle.reload_depots) <= DEPOTS_MAX for vehicle in ix.vehicles)
        and all(len(vehicle.breaks) <= RESTS_MAX for vehicle in ix.vehicles)
        and arcs < MAX_ARC_COST // 4
    )


def make_model(ix: Indexed) -> Model:
    """Return the arrays of a problem that `supports` accepts."""
    columns = [
        c
        for c in range(3)
        if (ix.capacity[:, c] < NO_LIMIT).any()
        and (ix.out_of_office[:, c].any() or ix.taken_on[:, c].any())
    ]
    bands = ix.problem.speed_bands
    way = _grown([m + ix.setup for m in ix.travel], UNREACHABLE_S)
    arc = _grown([_bounded_arcs(ix, p) for p in range(len(ix.profiles))], MAX_ARC_COST)
    fastest = max([100, *(b.speed_percent for b in bands)])
    least = way if not bands else (way.astype(np.int64) * 100 // fastest).astype(np.int32)
    setup = np.zeros((1, 1), np.int32) if not bands else _grown([ix.setup], 0)[0]
    rows, visits, windows = _vehicles(ix, columns), _visits(ix), _windows(ix)
    near = _near(arc[0, : ix.n, : ix.n])
    limited = any(vehicle.distance_m_max is not None for vehicle in ix.vehicles)
    return Model(
        numbers=_numbers(ix, len(columns), windows.shape[1], near.shape[1], rows),
        node=_nodes(ix, columns),
        windows=windows,
        vehicle=rows,
        way=way,
        way_least=least,
        setup=setup,
        bands=np.array([(b.from_s, b.speed_percent) for b in bands], np.int64).reshape(-1, 2),
        arc=arc,
        arc_in=np.ascontiguousarray(arc.transpose(0, 2, 1)),
        visit=visits,
        metres=_grown(ix.distance, MAX_ARC_COST) if limited else None,
        near=near,
    )


def _bounded_arcs(ix: Indexed, profile: int) -> Matrix:
    cost = travel.arc_cost(ix, profile)
    cost[ix.travel[profile] >= UNREACHABLE_S] = MAX_ARC_COST
    return cost


def _grown(matrices: list[Matrix], far: int) -> Small:
    """Return the matrices with the open end added: free to reach, of no use to leave."""
    size = len(matrices[0])
    grown = np.zeros((len(matrices), size + 1, size + 1), np.int32)
    for at, matrix in enumerate(matrices):
        grown[at, :size, :size] = np.minimum(matrix, max(far, UNREACHABLE_S))
        grown[at, size, :] = 0
        grown[at, :, size] = 0
    return grown


def _numbers(ix: Indexed, loads: int, num_windows: int, num_near: int, rows: Matrix) -> Numbers:
    weights, problem = ix.weights, ix.problem
    return Numbers(
        num_stops=ix.n,
        num_nodes=ix.n + len(ix.depots) + 1,
        num_vehicles=len(ix.vehicles),
        num_profiles=len(ix.profiles),
        num_loads=loads,
        num_states=1 + max((len(v.breaks) for v in ix.vehicles), default=0),
        num_windows=num_windows,
        num_bands=len(problem.speed_bands),
        num_near=num_near,
        num_kinds=1 + int(rows[:, KIND].max(initial=0)),
        lateness=weights.lateness_per_s,
        overtime=weights.overtime_per_s,
        drift=weights.drift_per_s,
        fair_work=INF if problem.fair_work_s is None else problem.fair_work_s,
        excess_work=weights.excess_work_per_s,
        fair_cash=INF if problem.fair_cash_vnd is None else problem.fair_cash_vnd,
        excess_cash=0 if problem.fair_cash_vnd is None else weights.excess_cash_per_million,
        sure=not problem.speed_bands and not any(p.start_s is not None for p in problem.promises),
        has_release=any(s.release_s for s in ix.stops),
    )


def _nodes(ix: Indexed, columns: list[int]) -> Matrix:
    node = np.zeros((ix.n + len(ix.depots) + 1, NODE_COLUMNS), np.int64)
    node[:, LATE] = node[:, SOFT_LATE] = node[:, DRIFT_LATE] = INF
    node[:, LOADED_ON] = -1
    for at, stop in enumerate(ix.stops):
        row = node[at]
        row[SERVICE] = stop.service_duration_s
        row[NUM_WINDOWS] = len(stop.tws)
        if stop.tws:
            row[EARLY], row[LATE] = stop.tws[0].early_s, stop.tws[-1].late_s
        if stop.soft_late_s is not None:
            row[SOFT_LATE] = stop.soft_late_s
        promise = ix.promise.get(at)
        if promise is not None and promise.start_s is not None:
            row[DRIFT_EARLY] = max(0, promise.start_s - ix.weights.drift_free_s)
            row[DRIFT_LATE] = promise.start_s + ix.weights.drift_free_s
        row[RELEASE] = stop.release_s
        row[LOADED_ON] = ix.loaded_on.get(at, -1)
        row[GOODS] = bool(ix.out_of_office[at].any())
        row[LEFT_OUT] = optional.left_out_cost(ix, at)
        row[CASH] = stop.cash_out_vnd + stop.cash_in_vnd
        for to, column in enumerate(columns):
            row[OUT + to] = ix.out_of_office[at, column]
            row[TAKEN + to] = ix.taken_on[at, column]
    for at, depot in enumerate(ix.depots):
        node[ix.n + at, SERVICE] = depot.reload_s
    return node


def _windows(ix: Indexed) -> Matrix:
    most = max((len(s.tws) for s in ix.stops), default=0)
    windows = np.zeros((ix.n, max(1, most), 2), np.int64)
    for at, stop in enumerate(ix.stops):
        for nth, tw in enumerate(stop.tws):
            windows[at, nth] = tw.early_s, tw.late_s
    return windows


def _vehicles(ix: Indexed, columns: list[int]) -> Matrix:
    rows = np.zeros((len(ix.vehicles), VEHICLE_COLUMNS), np.int64)
    kinds: dict[tuple[bytes, bytes], int] = {}
    visits = _visits(ix)
    for k, vehicle in enumerate(ix.vehicles):
        row, end = rows[k], ix.end_node[k]
        row[START] = ix.start_node[k]
        row[END] = ix.n + len(ix.depots) if end is None else end
        row[SHIFT_EARLY], row[SHIFT_LATE] = vehicle.shift_early_s, vehicle.shift_late_s
        row[DAY_END] = vehicle.shift_late_s + vehicle.overtime_s_max
        row[FIXED] = vehicles.fixed_cost(ix, k)
        row[NUM_RESTS] = len(vehicle.breaks)
        row[RELOADS_MAX] = vehicle.reloads_max if vehicle.reload_depots else 0
        row[NUM_DEPOTS] = len(vehicle.reload_depots)
        row[ON_ROAD] = vehicle.on_road
        row[STOPS_MAX] = ix.n if vehicle.stops_max is None else vehicle.stops_max
        row[PROFILE] = ix.profile[k]
        row[METRES_MAX] = INF if vehicle.distance_m_max is None else vehicle.distance_m_max
        for nth, depot in enumerate(vehicle.reload_depots):
            row[DEPOT + nth] = ix.depot_node[depot]
        for to, column in enumerate(columns):
            row[CAPACITY + to] = ix.capacity[k, column]
            row[CARRIED + to] = ix.carried[k, column]
        for nth, rest in enumerate(vehicle.breaks):
            row[REST_EARLY + nth] = rest.early_s
            row[REST_START_LATE + nth] = rest.start_late_s
            row[REST_DURATION + nth] = rest.duration_s
            row[REST_DUE + nth] = -1 if rest.due_s is None else rest.due_s
        same = (row.tobytes(), visits[:, k].tobytes())
        row[KIND] = kinds.setdefault(same, len(kinds))
    return rows


def _visits(ix: Indexed) -> Matrix:
    visits = territory.visit_cost(ix) + stability.visit_cost(ix)
    visits[ix.allowed == 0] = NO_VEHICLE_COST
    return visits


def _near(arc: Small) -> Small:
    """Return each stop's others by the cheaper of the two ways."""
    either = np.minimum(arc, arc.T)
    np.fill_diagonal(either, -1)
    order = np.argsort(either, axis=1, kind="stable")
    return np.ascontiguousarray(order[:, : min(len(arc), 800)].astype(np.int32))
