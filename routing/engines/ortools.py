"""OR-Tools' routing search over all the rules: the reference engine.

Exact here: windows, soft latest, shift and overtime, rests, weight, volume and cash with reloads,
skills, named vehicles, shipments, optional stops, territory, depots, closures, fair work.
Nearer than exact: speed bands (the slowest speed all day), release times of reload trips,
earliness against a promise, fair cash, rests not due (see `_add_rests`).

Source
------
Guided local search: Voudouris and Tsang (1999), EJOR 113(2), 469-499.
"""

import warnings

import numpy as np

from routing.engines import OnPlan
from routing.evaluate import Judge
from routing.indexed import NO_LIMIT, Indexed, Plan
from routing.limit import Stopwatch
from routing.mend import tidy
from routing.rules import optional, stability, territory, travel, vehicles
from routing.wellformed import UNREACHABLE_S

with warnings.catch_warnings():
    # The bindings' generator leaves types without a module; newer Pythons warn of that.
    warnings.simplefilter("ignore", DeprecationWarning)
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2


class _Model:
    """The routing model of one problem; each method tells it one group of rules."""

    def __init__(self, ix: Indexed) -> None:
        self.ix = ix
        num_nodes = ix.n + len(ix.depots)
        self.open_end = num_nodes
        self.reloads = [] if ix.origin else self._reload_copies()
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
        self.horizon_s = max((v.shift_late_s + v.overtime_s_max for v in ix.vehicles), default=0)
        self._add_costs()
        self._add_time()
        self._add_stops()
        self._add_rests()
        self._add_releases()
        self._add_loads()
        self._add_lengths()

    def _reload_copies(self) -> list[tuple[int, int]]:
        return [
            (k, self.ix.depot_node[depot])
            for k, vehicle in enumerate(self.ix.vehicles)
            for depot in vehicle.reload_depots[:1]
            for _ in range(min(vehicle.reloads_max, 2))
        ]

    def _expand(self, matrix: np.ndarray) -> np.ndarray:
        """Return a node matrix over model nodes; the open end costs nothing to reach."""
        grown = matrix[np.ix_(self.nodes, self.nodes)]
        if self.first_copy > self.open_end:
            grown[:, self.open_end] = 0
        return grown

    def _add_costs(self) -> None:
        ix = self.ix
        visit = territory.visit_cost(ix) + stability.visit_cost(ix)
        known: dict[tuple[int, bytes], int] = {}
        for k in range(len(ix.vehicles)):
            column = np.zeros(len(self.nodes), np.int64)
            column[: ix.n] = visit[:, k]
            key = (ix.profile[k], column.tobytes())
            if key not in known:
                table = self._expand(travel.arc_cost(ix, ix.profile[k])) + column[None, :]
                known[key] = self.routing.RegisterTransitMatrix(table.tolist())
            self.routing.SetArcCostEvaluatorOfVehicle(known[key], k)
            self.routing.SetFixedCostOfVehicle(vehicles.fixed_cost(ix, k), k)

    def _service(self) -> list[int]:
        durations = [s.service_duration_s for s in self.ix.stops]
        durations += [0] * (self.first_copy - self.ix.n)
        return durations + [self.ix.depots[node - self.ix.n].reload_s for _, node in self.reloads]

    def _add_time(self) -> None:
        ix, routing = self.ix, self.routing
        slowest = min((b.speed_percent for b in ix.problem.speed_bands), default=100)
        service = np.array(self._service(), np.int64)
        evaluators = []
        for matrix in ix.travel:
            seconds = -(-matrix * 100 // min(slowest, 100))
            table = self._expand(seconds + ix.setup) + service[:, None]
            evaluators.append(routing.RegisterTransitMatrix(table.tolist()))
        routing.AddDimensionWithVehicleTransits(
            [evaluators[p] for p in ix.profile], self.horizon_s, self.horizon_s, False, "time"
        )
        self.time = routing.GetDimensionOrDie("time")
        for k, vehicle in enumerate(ix.vehicles):
            latest = vehicle.shift_late_s + vehicle.overtime_s_max
            start, end = routing.Start(k), routing.End(k)
            self.time.CumulVar(start).SetRange(vehicle.shift_early_s, latest)
            self.time.CumulVar(end).SetRange(vehicle.shift_early_s, latest)
            if vehicle.overtime_s_max:
                self.time.SetCumulVarSoftUpperBound(
                    end, vehicle.shift_late_s, ix.weights.overtime_per_s
                )
            if ix.problem.fair_work_s is not None:
                self.time.SetSoftSpanUpperBoundForVehicle(
                    pywrapcp.BoundCost(ix.problem.fair_work_s, ix.weights.excess_work_per_s), k
                )

    def _add_stops(self) -> None:
        ix, routing = self.ix, self.routing
        allowed = ix.allowed
        for at, stop in enumerate(ix.stops):
            index = self.manager.NodeToIndex(at)
            var = self.time.CumulVar(index)
            if stop.tws:
                var.SetRange(stop.tws[0].early_s, stop.tws[-1].late_s)
                for before, after in zip(stop.tws, stop.tws[1:], strict=False):
                    var.RemoveInterval(before.late_s + 1, after.early_s - 1)
            self._add_soft_times(at, index)
            welcome = [k for k in range(len(ix.vehicles)) if allowed[at, k]]
            if len(welcome) < len(ix.vehicles):
                # SetAllowedVehiclesForIndex cannot be called from Python in 9.15.
                routing.VehicleVar(index).SetValues([-1, *welcome])
            if at not in ix.origin and at not in ix.destination:
                routing.AddDisjunction([index], optional.left_out_cost(ix, at))
        for delivery, pickup in ix.origin.items():
            first, second = self.manager.NodeToIndex(pickup), self.manager.NodeToIndex(delivery)
            routing.AddPickupAndDelivery(first, second)
            self.solver.Add(routing.VehicleVar(first) == routing.VehicleVar(second))
            self.solver.Add(self.time.CumulVar(first) <= self.time.CumulVar(second))
            for at, index in ((pickup, first), (delivery, second)):
                routing.AddDisjunction([index], optional.left_out_cost(ix, at))
        for nth, (k, _) in enumerate(self.reloads):
            index = self.manager.NodeToIndex(self.first_copy + nth)
            routing.AddDisjunction([index], 0)
            routing.VehicleVar(index).SetValues([-1, k])

    def _add_soft_times(self, at: int, index: int) -> None:
        stop, weights, promise = self.ix.stops[at], self.ix.weights, self.ix.promise.get(at)
        if promise is not None and promise.start_s is not None:
            late = promise.start_s + weights.drift_free_s
            if stop.soft_late_s is None or late <= stop.soft_late_s:
                self.time.SetCumulVarSoftUpperBound(index, late, weights.drift_per_s)
                return
        if stop.soft_late_s is not None:
            self.time.SetCumulVarSoftUpperBound(index, stop.soft_late_s, weights.lateness_per_s)

    def _add_rests(self) -> None:
        """Give each used vehicle its rests; one not due on a short day may be left out."""
        service = self._service()
        transits = [
            service[self.manager.IndexToNode(index)] for index in range(self.routing.Size())
        ]
        for k, vehicle in enumerate(self.ix.vehicles):
            rests = []
            for nth, rest in enumerate(vehicle.breaks):
                may_fall_out = rest.due_s is not None
                interval = self.solver.FixedDurationIntervalVar(
                    rest.early_s, rest.start_late_s, rest.duration_s, may_fall_out, f"r{k}.{nth}"
                )
                if rest.due_s is not None:
                    end = self.time.CumulVar(self.routing.End(k))
                    early = self.solver.IsLessOrEqualCstVar(end, rest.due_s)
                    self.solver.Add(interval.PerformedExpr() + early >= 1)
                rests.append(interval)
            if rests:
                self.time.SetBreakIntervalsOfVehicle(rests, k, transits)

    def _add_releases(self) -> None:
        for at, stop in enumerate(self.ix.stops):
            if not stop.release_s:
                continue
            vehicle_var = self.routing.VehicleVar(self.manager.NodeToIndex(at))
            for k, vehicle in enumerate(self.ix.vehicles):
                if not vehicle.reloads_max and not vehicle.on_road:
                    chosen = self.solver.IsEqualCstVar(vehicle_var, k)
                    start = self.time.CumulVar(self.routing.Start(k))
                    self.solver.Add(start >= chosen * stop.release_s)

    def _add_loads(self) -> None:
        """Two dimensions a kind of load, still to hand out and taken on, and a limit on their sum.

        Both may take any value after a reload, which stands for what the office hands out and
        takes back.
        """
        ix, manager = self.ix, self.manager
        for column in range(3):
            out, taken = ix.out_of_office[:, column], ix.taken_on[:, column]
            limits = [min(int(c), NO_LIMIT // 4) for c in ix.capacity[:, column]]
            # What is already on board only takes room.
            limits = [
                limit - int(c) for limit, c in zip(limits, ix.carried[:, column], strict=True)
            ]
            bound = max([limit for limit in limits if limit < NO_LIMIT // 8], default=0)
            if not bound or not (out.any() or taken.any()):
                continue
            limits = [max(0, min(limit, int(out.sum() + np.abs(taken).sum()))) for limit in limits]
            pair = [
                self._add_load_dimension(f"{name}{column}", values, limits)
                for name, values in (("out", -out), ("in", taken))
            ]
            most = max(limits)
            for at in np.flatnonzero((out != 0) | (taken != 0)):
                index = manager.NodeToIndex(int(at))
                total = pair[0].CumulVar(index) + pair[1].CumulVar(index)
                if len(set(limits)) == 1:
                    self.solver.Add(total <= most)
                else:
                    of_vehicle = self.solver.Element(
                        [*limits, most], self.routing.VehicleVar(index) % (len(limits) + 1)
                    )
                    self.solver.Add(total <= of_vehicle)
            for k in range(len(ix.vehicles)):
                pair[1].CumulVar(self.routing.Start(k)).SetValue(0)

    def _add_load_dimension(
        self, name: str, values: np.ndarray, limits: list[int]
    ) -> pywrapcp.RoutingDimension:
        most = max(limits)
        depots = [0] * (self.first_copy - self.ix.n)
        vector = [int(v) for v in values] + depots + [-most] * len(self.reloads)
        evaluator = self.routing.RegisterUnaryTransitVector(vector)
        self.routing.AddDimensionWithVehicleCapacity(evaluator, 2 * most, limits, False, name)
        dimension = self.routing.GetDimensionOrDie(name)
        for at in range(self.ix.n):
            dimension.SlackVar(self.manager.NodeToIndex(at)).SetValue(0)
        for k in range(len(self.ix.vehicles)):
            dimension.SlackVar(self.routing.Start(k)).SetValue(0)
        return dimension

    def _add_lengths(self) -> None:
        ix, routing = self.ix, self.routing
        if any(v.stops_max is not None for v in ix.vehicles):
            vector = [1] * ix.n + [0] * (len(self.nodes) - ix.n)
            evaluator = routing.RegisterUnaryTransitVector(vector)
            most = [ix.n if v.stops_max is None else v.stops_max for v in ix.vehicles]
            routing.AddDimensionWithVehicleCapacity(evaluator, 0, most, True, "stops")
        if any(v.distance_m_max is not None for v in ix.vehicles):
            tables = [
                routing.RegisterTransitMatrix(self._expand(matrix).tolist())
                for matrix in ix.distance
            ]
            most = [
                UNREACHABLE_S * 100 if v.distance_m_max is None else v.distance_m_max
                for v in ix.vehicles
            ]
            routing.AddDimensionWithVehicleTransitAndCapacity(
                [tables[p] for p in ix.profile], 0, most, True, "metres"
            )

    def plan(self, follow: pywrapcp.Assignment | None) -> Plan:
        """Return the routes of an assignment, or of the solution just found."""
        plan: Plan = []
        for k in range(len(self.ix.vehicles)):
            index, sequence = self.routing.Start(k), []
            while not self.routing.IsEnd(index):
                sequence.append(self.nodes[self.manager.IndexToNode(index)])
                next_var = self.routing.NextVar(index)
                index = next_var.Value() if follow is None else follow.Value(next_var)
            plan.append(tidy(self.ix, sequence[1:]))
        return plan

    def assignment(self, plan: Plan) -> pywrapcp.Assignment | None:
        """Return a plan as an assignment; None if the model refuses it."""
        spare = {k: [] for k in range(len(plan))}  # type: dict[int, list[int]]
        for nth, (k, _) in enumerate(self.reloads):
            spare[k].append(self.first_copy + nth)
        routes = []
        for k, sequence in enumerate(plan):
            nodes = [
                node if node < self.ix.n else (spare[k].pop() if spare[k] else -1)
                for node in sequence
            ]
            routes.append([node for node in nodes if node >= 0])
        return self.routing.ReadAssignmentFromRoutes(routes, True)


def run(
    judge: Judge, watch: Stopwatch, *, seed: int, start: Plan | None, on_plan: OnPlan
) -> Plan | None:
    """Return the best plan of a guided local search.

    `seed` has no say: this search has no chance in it. An iteration is one solution visited.
    """
    model = _Model(judge.ix)
    routing = model.routing
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    strategies = routing_enums_pb2.FirstSolutionStrategy
    parameters.first_solution_strategy = strategies.PARALLEL_CHEAPEST_INSERTION
    metaheuristics = routing_enums_pb2.LocalSearchMetaheuristic
    parameters.local_search_metaheuristic = metaheuristics.GUIDED_LOCAL_SEARCH
    if watch.limit.iterations is not None:
        parameters.solution_limit = max(1, watch.limit.iterations)
        # A search that no longer finds solutions must end as well, and by count.
        most = 400 * max(1, watch.limit.iterations)
        routing.AddSearchMonitor(model.solver.FailuresLimit(most))
        routing.AddSearchMonitor(model.solver.BranchesLimit(most))
    if watch.timed:
        parameters.time_limit.FromMilliseconds(
            int(min(86_400.0, 20 * max(0.1, watch.seconds_left())) * 1000)
        )
        routing.AddSearchMonitor(model.solver.CustomLimit(watch.over))
    best_cost = [NO_LIMIT]

    def tell() -> None:
        cost = routing.CostVar().Max()
        if cost < best_cost[0]:
            best_cost[0] = cost
            on_plan(model.plan(None))

    routing.AddAtSolutionCallback(tell)
    routing.CloseModelWithParameters(parameters)
    begun = model.assignment(start) if start is not None else None
    if begun is not None:
        found = routing.SolveFromAssignmentWithParameters(begun, parameters)
    else:
        found = routing.SolveWithParameters(parameters)
    return model.plan(found) if found else None
