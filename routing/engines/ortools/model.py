"""The routing model of a problem: nodes, ways, who may come, what leaving out costs, lengths.

Times and loads are told by their own modules.
"""

import warnings

import numpy as np

from routing.evaluate import Judge
from routing.indexed import Plan
from routing.rules import optional, stability, territory, travel, vehicles
from routing.rules.reload import tidy
from routing.wellformed import UNREACHABLE_S, Matrix

with warnings.catch_warnings():
    # The bindings' generator leaves types without a module; newer Pythons warn of that.
    warnings.simplefilter("ignore", DeprecationWarning)
    from ortools.constraint_solver import pywrapcp as pywrapcp


class Model:
    """Nodes are those of the problem, an open end if any, then a copy for each possible reload."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        ix = self.ix = judge.ix
        num_nodes = ix.n + len(ix.depots)
        self.open_end = num_nodes
        self.reloads = [
            (k, ix.depot_node[depot])
            for k, vehicle in enumerate(ix.vehicles)
            for depot in vehicle.reload_depots
            for _ in range(vehicle.reloads_max)
        ]
        """(vehicle, depot node) of each optional reload, in the order of their nodes."""
        copies = [depot for _, depot in self.reloads]
        # A node that is nobody's end would have to be visited.
        open_ends = [-1] if None in ix.end_node else []
        self.nodes = [*range(num_nodes), *open_ends, *copies]
        """Model node to node; -1 for the end of a day at the last door."""
        self.first_copy = num_nodes + len(open_ends)
        ends = [self.open_end if end is None else end for end in ix.end_node]
        self.manager = pywrapcp.RoutingIndexManager(
            len(self.nodes), len(ix.vehicles), ix.start_node, ends
        )
        self.routing = pywrapcp.RoutingModel(self.manager)
        self.solver = self.routing.solver()
        self.stop_index = [self.manager.NodeToIndex(at) for at in range(ix.n)]
        self.reload_index = [
            self.manager.NodeToIndex(self.first_copy + nth) for nth in range(len(self.reloads))
        ]
        self._add_costs()
        self._add_stops()
        self._add_reloads()
        self._add_lengths()

    def expand(self, matrix: Matrix) -> Matrix:
        """Return a node matrix over model nodes; the open end costs nothing to reach."""
        grown = np.array(matrix[np.ix_(self.nodes, self.nodes)], np.int64)
        if self.first_copy > self.open_end:
            grown[:, self.open_end] = 0
        return grown

    def unary(self, of_stops: list[int], of_reload: int = 0) -> int:
        """Return the evaluator of an amount added on leaving a node."""
        depots = [0] * (self.first_copy - self.ix.n)
        vector = [*of_stops, *depots, *([of_reload] * len(self.reloads))]
        return int(self.routing.RegisterUnaryTransitVector(vector))

    def total(self, name: str, coefficient: int, most: int) -> list[pywrapcp.IntVar]:
        """Return for each vehicle a variable that costs `coefficient` a unit; others bound it."""
        self.routing.AddDimension(self.unary([0] * self.ix.n), most, most, True, name)
        dimension = self.routing.GetDimensionOrDie(name)
        ends = []
        for k in range(len(self.ix.vehicles)):
            end = self.routing.End(k)
            dimension.SetCumulVarSoftUpperBound(end, 0, coefficient)
            ends.append(dimension.CumulVar(end))
            self.routing.AddVariableMinimizedByFinalizer(ends[-1])
        return ends

    def _add_costs(self) -> None:
        ix = self.ix
        visit = territory.visit_cost(ix) + stability.visit_cost(ix)
        known: dict[tuple[int, bytes], int] = {}
        for k in range(len(ix.vehicles)):
            column = np.zeros(len(self.nodes), np.int64)
            column[: ix.n] = visit[:, k]
            key = (ix.profile[k], column.tobytes())
            if key not in known:
                table = self.expand(travel.arc_cost(ix, ix.profile[k])) + column[None, :]
                known[key] = self.routing.RegisterTransitMatrix(table.tolist())
            self.routing.SetArcCostEvaluatorOfVehicle(known[key], k)
            self.routing.SetFixedCostOfVehicle(vehicles.fixed_cost(ix, k), k)

    def _add_stops(self) -> None:
        ix, routing = self.ix, self.routing
        for at, index in enumerate(self.stop_index):
            welcome = [k for k in range(len(ix.vehicles)) if ix.allowed[at, k]]
            if len(welcome) < len(ix.vehicles):
                # SetAllowedVehiclesForIndex cannot be called from Python in 9.15.
                routing.VehicleVar(index).SetValues([-1, *welcome])
            routing.AddDisjunction([index], optional.left_out_cost(ix, at))
        for delivery, pickup in ix.origin.items():
            first, second = self.stop_index[pickup], self.stop_index[delivery]
            routing.AddPickupAndDelivery(first, second)
            self.solver.Add(routing.VehicleVar(first) == routing.VehicleVar(second))

    def _add_reloads(self) -> None:
        """Let each copy be visited by its vehicle or not at all, no more than a vehicle may."""
        ix, routing = self.ix, self.routing
        for node in {*range(ix.n, self.open_end)} - {*ix.start_node} - {*ix.end_node}:
            # Where no day begins or ends a depot would have to be visited.
            index = self.manager.NodeToIndex(node)
            routing.AddDisjunction([index], 0)
            routing.VehicleVar(index).SetValues([-1])
        for (k, _), index in zip(self.reloads, self.reload_index, strict=True):
            routing.AddDisjunction([index], 0)
            routing.VehicleVar(index).SetValues([-1, k])
        away = [k for k, vehicle in enumerate(ix.vehicles) if vehicle.on_road]
        if not away and all(len(v.reload_depots) <= 1 for v in ix.vehicles):
            return
        most = [v.reloads_max if v.reload_depots else 0 for v in ix.vehicles]
        count = self.unary([0] * ix.n, 1)
        routing.AddDimensionWithVehicleCapacity(count, 0, most, True, "reloads")
        reloads = routing.GetDimensionOrDie("reloads")
        for k in away:
            for at, index in enumerate(self.stop_index):
                if ix.out_of_office[at].any() and ix.loaded_on.get(at) != k:
                    here = self.solver.IsEqualCstVar(routing.VehicleVar(index), k)
                    self.solver.Add(reloads.CumulVar(index) >= here)

    def _add_lengths(self) -> None:
        ix, routing = self.ix, self.routing
        if any(v.stops_max is not None for v in ix.vehicles):
            most = [ix.n if v.stops_max is None else v.stops_max for v in ix.vehicles]
            routing.AddDimensionWithVehicleCapacity(self.unary([1] * ix.n), 0, most, True, "stops")
        if any(v.distance_m_max is not None for v in ix.vehicles):
            tables = [
                routing.RegisterTransitMatrix(self.expand(matrix).tolist())
                for matrix in ix.distance
            ]
            most = [
                UNREACHABLE_S * 100 if v.distance_m_max is None else v.distance_m_max
                for v in ix.vehicles
            ]
            routing.AddDimensionWithVehicleTransitAndCapacity(
                [tables[p] for p in ix.profile], 0, most, True, "metres"
            )

    def route(self, vehicle: int) -> list[int] | None:
        """Return a vehicle's nodes as far as the search has fixed them; None if not to the end."""
        sequence: list[int] = []
        index = self.routing.Start(vehicle)
        while True:
            following = self.routing.NextVar(index)
            if not following.Bound():
                return None
            index = following.Value()
            if self.routing.IsEnd(index):
                return sequence
            sequence.append(self.nodes[self.manager.IndexToNode(index)])

    def plan(self, found: pywrapcp.Assignment | None) -> Plan:
        """Return the routes of an assignment, or of the solution just found."""
        plan: Plan = []
        for k in range(len(self.ix.vehicles)):
            index, sequence = self.routing.Start(k), []
            while not self.routing.IsEnd(index):
                sequence.append(self.nodes[self.manager.IndexToNode(index)])
                next_var = self.routing.NextVar(index)
                index = next_var.Value() if found is None else found.Value(next_var)
            plan.append(tidy(self.ix, sequence[1:]))
        return plan

    def assignment(self, plan: Plan) -> pywrapcp.Assignment | None:
        """Return a plan as an assignment; None if the model refuses it."""
        spare: dict[tuple[int, int], list[int]] = {}
        for key, index in zip(self.reloads, self.reload_index, strict=True):
            spare.setdefault(key, []).append(index)
        routes = []
        for k, sequence in enumerate(plan):
            indices = []
            for node in sequence:
                if node < self.ix.n:
                    indices.append(self.stop_index[node])
                elif copies := spare.get((k, node)):
                    indices.append(copies.pop())
            routes.append(indices)
        return self.routing.ReadAssignmentFromRoutes(routes, True)
