"""A problem with numbers for names: what the judge, the rules and every engine read.

Nodes: stops 0 to n-1 as in `Problem.stops`, then depots n to n+d-1. A plan is one list of nodes a
vehicle; a depot inside a list is a reload there.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from routing.problem import Problem, Stop, Vehicle
from routing.rules import setup
from routing.wellformed import UNREACHABLE_S, Matrix

Plan = list[list[int]]

LOADS = ("g", "ml", "vnd")
"""The three things a vehicle has on board; arrays of loads have them as columns."""
NO_LIMIT = 1 << 60


class Indexed:
    """Arrays and lookups made once for a problem; nothing in here changes afterwards."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.stops = problem.stops
        self.vehicles = problem.vehicles
        self.depots = problem.depots
        self.weights = problem.weights
        self.n = len(problem.stops)
        self.stop_at = {stop.id: at for at, stop in enumerate(problem.stops)}
        self.vehicle_at = {vehicle.id: at for at, vehicle in enumerate(problem.vehicles)}
        self.depot_node = {d.id: self.n + at for at, d in enumerate(problem.depots)}
        self.location = np.array(
            [s.location for s in problem.stops] + [d.location for d in problem.depots], np.int64
        )
        self.profiles = ["", *problem.profiles]
        self.profile = [self.profiles.index(v.profile) for v in problem.vehicles]
        self.travel = [self._by_node(m) for m in self._matrices("duration_s")]
        self.distance = [self._by_node(m) for m in self._matrices("distance_m")]
        self._close_arcs()
        self.start_node = [self.depot_node[v.start_depot] for v in problem.vehicles]
        self.end_node = [
            None if v.end_depot is None else self.depot_node[v.end_depot] for v in problem.vehicles
        ]
        self.promise = {self.stop_at[p.stop_id]: p for p in problem.promises}
        self.origin = {
            at: self.stop_at[s.picked_up_at]
            for at, s in enumerate(problem.stops)
            if s.picked_up_at is not None
        }
        """Delivery stop of a shipment to its pickup stop."""
        self.destination = {pickup: delivery for delivery, pickup in self.origin.items()}
        self.loaded_on = {
            self.stop_at[name]: at for at, v in enumerate(problem.vehicles) for name in v.loaded
        }

    def _matrices(self, name: str) -> list[Matrix]:
        return [getattr(self.problem, name)] + [
            getattr(p, name) for p in self.problem.profiles.values()
        ]

    def _by_node(self, matrix: Matrix) -> Matrix:
        return np.ascontiguousarray(matrix[np.ix_(self.location, self.location)])

    def _close_arcs(self) -> None:
        for closure in self.problem.closures:
            rows = np.flatnonzero(self.location == closure.from_location)
            columns = np.flatnonzero(self.location == closure.to_location)
            for travel in self.travel:
                travel[np.ix_(rows, columns)] = UNREACHABLE_S

    @cached_property
    def setup(self) -> Matrix:
        """(nodes, nodes) seconds of set-up on arrival, by node before and node."""
        return setup.table_s(self)

    @cached_property
    def out_of_office(self) -> Matrix:
        """(stops, 3) what is loaded at the office for a stop, by `LOADS`."""
        rows = [
            (0, 0, s.cash_out_vnd)
            if at in self.origin
            else (s.delivery_g, s.delivery_ml, s.cash_out_vnd)
            for at, s in enumerate(self.stops)
        ]
        return np.array(rows, np.int64).reshape(self.n, 3)

    @cached_property
    def taken_on(self) -> Matrix:
        """(stops, 3) what is taken on at the door; negative where a shipment ends."""
        rows = [
            (-s.delivery_g, -s.delivery_ml, s.cash_in_vnd)
            if at in self.origin
            else (s.pickup_g, s.pickup_ml, s.cash_in_vnd)
            for at, s in enumerate(self.stops)
        ]
        return np.array(rows, np.int64).reshape(self.n, 3)

    @cached_property
    def capacity(self) -> Matrix:
        """(vehicles, 3) most that may be on board, by `LOADS`."""
        rows = [(v.capacity_g, v.capacity_ml, v.cash_limit_vnd) for v in self.vehicles]
        filled = [[NO_LIMIT if limit is None else limit for limit in row] for row in rows]
        return np.array(filled, np.int64).reshape(len(self.vehicles), 3)

    @cached_property
    def carried(self) -> Matrix:
        """(vehicles, 3) on board of the first trip whatever is visited."""
        rows = np.array(
            [(v.carried_g, v.carried_ml, v.carried_cash_vnd) for v in self.vehicles], np.int64
        ).reshape(len(self.vehicles), 3)
        for stop, vehicle in self.loaded_on.items():
            if self.vehicles[vehicle].on_road:
                rows[vehicle] += self.out_of_office[stop]
        return rows

    @cached_property
    def allowed(self) -> Matrix:
        """(stops, vehicles) 1 where skills, named vehicles and loading let the vehicle come."""
        table = np.zeros((self.n, len(self.vehicles)), np.int64)
        for at, stop in enumerate(self.stops):
            for k, vehicle in enumerate(self.vehicles):
                table[at, k] = self._may_come(at, stop, k, vehicle)
        return table

    def _may_come(self, at: int, stop: Stop, k: int, vehicle: Vehicle) -> bool:
        if not set(stop.skills) <= set(vehicle.skills):
            return False
        if stop.vehicles and vehicle.id not in stop.vehicles:
            return False
        holder = self.loaded_on.get(at)
        return holder is None or holder == k or not self.out_of_office[at].any()

    def trips(self, sequence: Sequence[int]) -> list[list[int]]:
        """Split a vehicle's nodes at its reloads, the reloads themselves left out."""
        trips: list[list[int]] = [[]]
        for node in sequence:
            if node >= self.n:
                trips.append([])
            else:
                trips[-1].append(node)
        return trips

    def left_out(self, plan: Plan) -> list[int]:
        """Return the stops no route visits."""
        seen = {node for sequence in plan for node in sequence}
        return [at for at in range(self.n) if at not in seen]
