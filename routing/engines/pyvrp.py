"""PyVRP over a projection of the problem: hybrid genetic ideas, very good at classic rules.

Projected: the common rest is cut out of the time line; skills and named vehicles become loads
that some vehicles have no room for; preferred times become windows; territory becomes distance,
one profile a vehicle; a stop with several windows becomes a group of copies. Not told: promised
times, fair shares, what is on board of a vehicle under way. The kernel knows all of it and comes
after.

Source
------
Wouda, Lan and Kool (2024), PyVRP: a high-performance VRP solver package, INFORMS Journal on
Computing 36(4), 943-955; hybrid genetic search: Vidal (2022), Computers & OR 140, 105643.
"""

import math
import warnings
from collections import Counter
from collections.abc import Callable

import numpy as np
import pyvrp
from pyvrp.exceptions import PenaltyBoundWarning

from routing.engines import OnPlan
from routing.evaluate import Judge
from routing.indexed import NO_LIMIT, Indexed, Plan
from routing.limit import Stopwatch
from routing.mend import tidy
from routing.precheck import hopeless
from routing.problem import Break, TimeWindow
from routing.rules import optional, stability, territory, travel, vehicles
from routing.wellformed import TIME_MAX_S, UNREACHABLE_S, Matrix

FORBIDDEN_COST = 1 << 34
"""Distance of an arc that must not be used; its duration alone already forbids it."""
LOAD_STEPS = 4000
"""Loads are told in at most this many steps of the largest limit, rounded to the safe side."""


class Projection:
    """The problem as PyVRP can see it, and the way back."""

    def __init__(self, ix: Indexed, *, required: frozenset[int], harden: bool = True) -> None:
        self.ix = ix
        self.harden = harden
        self.required = required
        """Stops PyVRP must visit; the others have what leaving them out costs as their prize."""
        self.rests = _common_rests(ix)
        self.columns = _load_columns(ix)
        self.classes = _vehicle_classes(ix)
        self.client_node: list[int] = []
        """Client to stop; a stop with several windows has several."""
        self.clients: list[pyvrp.Client] = []
        self.groups: list[pyvrp.ClientGroup] = []
        self.shipments = [self._shipment(pickup, at) for at, pickup in ix.origin.items()]
        self.shipped = list(ix.origin.items())
        for at in range(ix.n):
            if at not in ix.origin and at not in ix.destination:
                self._add_clients(at)
        profiles, self.profile = self._profiles()
        # Its matrices are typed as of `int`, which numpy reads as the dtype they have.
        self.data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in range(ix.n + len(ix.depots))],
            clients=self.clients,
            depots=self._depots(),
            vehicle_types=[self._vehicle(k) for k in range(len(ix.vehicles))],
            distance_matrices=[distance for distance, _ in profiles],  # type: ignore[misc]
            duration_matrices=[duration for _, duration in profiles],  # type: ignore[misc]
            groups=self.groups,
            shipments=self.shipments,
        )

    def squeeze(self, at_s: int) -> int:
        """Return a moment on the time line without the common rests."""
        taken = 0
        for rest in self.rests:
            begin = _usual_start(rest)
            if at_s > begin:
                taken += min(rest.duration_s, at_s - begin)
        return at_s - taken

    def _windows(self, at: int) -> list[tuple[int, int]]:
        stop = self.ix.stops[at]
        tws = stop.tws or (TimeWindow(0, TIME_MAX_S),)
        soft = stop.soft_late_s
        if self.harden and soft is not None:
            kept = [TimeWindow(tw.early_s, min(tw.late_s, soft)) for tw in tws]
            tws = tuple(tw for tw in kept if tw.early_s <= tw.late_s) or tws
        return [(self.squeeze(tw.early_s), self.squeeze(tw.late_s)) for tw in tws]

    def _loads(self, at: int) -> tuple[list[int], list[int]]:
        out = [-(-int(self.ix.out_of_office[at, c]) // unit) for c, unit in self.columns]
        taken = [-(-max(0, int(self.ix.taken_on[at, c])) // unit) for c, unit in self.columns]
        marks = [int(at in members) for members, _ in self.classes]
        return out + marks, taken + [0] * len(marks)

    def _add_clients(self, at: int) -> None:
        stop = self.ix.stops[at]
        out, taken = self._loads(at)
        windows = self._windows(at)
        group, needed = None, at in self.required
        if len(windows) > 1:
            group = len(self.groups)
            first = len(self.clients)
            self.groups.append(
                pyvrp.ClientGroup(list(range(first, first + len(windows))), required=needed)
            )
        for early, late in windows:
            self.client_node.append(at)
            self.clients.append(
                pyvrp.Client(
                    location=at,
                    delivery=out,
                    pickup=taken,
                    service_duration=stop.service_duration_s,
                    tw_early=early,
                    tw_late=late,
                    release_time=min(self.squeeze(stop.release_s), late),
                    prize=0 if needed else optional.left_out_cost(self.ix, at),
                    required=needed and group is None,
                    group=group,
                )
            )

    def _shipment(self, pickup: int, delivery: int) -> pyvrp.Shipment:
        first, second = self.ix.stops[pickup], self.ix.stops[delivery]
        amounts = [-(-int(self.ix.taken_on[pickup, c]) // unit) for c, unit in self.columns]
        marks = [int(pickup in m or delivery in m) for m, _ in self.classes]
        (early, late), *_ = self._windows(pickup)
        (early_there, late_there), *_ = self._windows(delivery)
        # PyVRP refuses a shipment that nobody can deliver; the judge will leave it out.
        late_there = max(late_there, early)
        worth = optional.left_out_cost(self.ix, pickup) + optional.left_out_cost(self.ix, delivery)
        return pyvrp.Shipment(
            pickup_location=pickup,
            delivery_location=delivery,
            pickup_tw_early=early,
            pickup_tw_late=late,
            pickup_service_duration=first.service_duration_s,
            delivery_tw_early=early_there,
            delivery_tw_late=late_there,
            delivery_service_duration=second.service_duration_s,
            amount=amounts + marks,
            prize=0 if pickup in self.required else worth,
            required=pickup in self.required,
        )

    def _depots(self) -> list[pyvrp.Depot]:
        """Return each depot twice: where days start and end, and where loading takes time."""
        n = self.ix.n
        ends = [pyvrp.Depot(location=n + at) for at in range(len(self.ix.depots))]
        reloads = [
            pyvrp.Depot(location=n + at, service_duration=depot.reload_s)
            for at, depot in enumerate(self.ix.depots)
        ]
        return ends + reloads

    def _profiles(self) -> tuple[list[tuple[Matrix, Matrix]], list[int]]:
        """Return (distance, duration) a profile, and each vehicle's profile.

        The way home of an open end is free, in distance and in time.
        """
        ix = self.ix
        visit = territory.visit_cost(ix) + stability.visit_cost(ix)
        slowest = min((b.speed_percent for b in ix.problem.speed_bands), default=100)
        known: dict[tuple[int, bool, bytes], int] = {}
        made: list[tuple[Matrix, Matrix]] = []
        chosen = []
        for k in range(len(ix.vehicles)):
            key = (ix.profile[k], ix.end_node[k] is None, visit[:, k].tobytes())
            if key not in known:
                known[key] = len(made)
                cost = travel.arc_cost(ix, ix.profile[k])
                cost[:, : ix.n] += visit[None, :, k]
                seconds = -(-ix.travel[ix.profile[k]] * 100 // min(slowest, 100)) + ix.setup
                cost[ix.travel[ix.profile[k]] >= UNREACHABLE_S] = FORBIDDEN_COST
                if ix.end_node[k] is None:
                    cost[:, ix.n :] = 0
                    seconds[:, ix.n :] = 0
                np.fill_diagonal(cost, 0)
                made.append((cost, seconds))
            chosen.append(known[key])
        return made, chosen

    def _vehicle(self, k: int) -> pyvrp.VehicleType:
        ix, vehicle = self.ix, self.ix.vehicles[k]
        depots = len(ix.depots)
        start = ix.start_node[k] - ix.n
        end = ix.end_node[k]
        early = self.squeeze(vehicle.shift_early_s)
        shift = self.squeeze(vehicle.shift_late_s) - early
        latest = self.squeeze(vehicle.shift_late_s + vehicle.overtime_s_max)
        limits = [min(int(ix.capacity[k, c]) // unit, NO_LIMIT >> 10) for c, unit in self.columns]
        carried = [-(-int(ix.carried[k, c]) // unit) for c, unit in self.columns]
        marks = [len(self.ix.stops) * int(k in welcome) for _, welcome in self.classes]
        return pyvrp.VehicleType(
            num_available=1,
            capacity=limits + marks,
            start_depot=start,
            end_depot=start if end is None else end - ix.n,
            fixed_cost=vehicles.fixed_cost(ix, k),
            tw_early=early,
            tw_late=latest,
            start_late=early if not self._has_releases() else latest,
            shift_duration=shift if not self._has_releases() else latest - early,
            max_overtime=latest - early - shift if not self._has_releases() else 0,
            unit_overtime_cost=ix.weights.overtime_per_s,
            profile=self.profile[k],
            initial_load=carried + [0] * len(marks),
            reload_depots=[depots + ix.depot_node[d] - ix.n for d in vehicle.reload_depots],
            max_reloads=vehicle.reloads_max if vehicle.reload_depots else 0,
        )

    def _has_releases(self) -> bool:
        return any(stop.release_s for stop in self.ix.stops)

    def plan(self, solution: pyvrp.Solution) -> Plan:
        """Return PyVRP's routes as nodes."""
        ix = self.ix
        plan: Plan = [[] for _ in ix.vehicles]
        for route in solution.routes():
            nodes = []
            for activity in list(route)[1:-1]:
                if activity.is_client():
                    nodes.append(self.client_node[activity.idx])
                elif activity.is_depot():
                    nodes.append(ix.n + activity.idx % len(ix.depots))
                elif activity.is_pickup():
                    nodes.append(self.shipped[activity.idx][1])
                else:
                    nodes.append(self.shipped[activity.idx][0])
            plan[route.vehicle_type()] = tidy(ix, nodes)
        return plan

    def solution(self, plan: Plan) -> pyvrp.Solution:
        """Return a plan as PyVRP sees it; of several windows the first that is still open."""
        ix = self.ix
        copies: dict[int, list[int]] = {}
        for client, node in enumerate(self.client_node):
            copies.setdefault(node, []).append(client)
        kinds = pyvrp.ActivityType
        number = {delivery: at for at, (delivery, _) in enumerate(self.shipped)}
        routes = []
        for k, sequence in enumerate(plan):
            activities = []
            for node in sequence:
                if node >= ix.n:
                    depot = len(ix.depots) + node - ix.n
                    activities.append(pyvrp.Activity(kinds.DEPOT, depot))
                elif node in ix.origin:
                    activities.append(pyvrp.Activity(kinds.DELIVERY, number[node]))
                elif node in ix.destination:
                    shipment = number[ix.destination[node]]
                    activities.append(pyvrp.Activity(kinds.PICKUP, shipment))
                else:
                    activities.append(pyvrp.Activity(kinds.CLIENT, copies[node][0]))
            if activities:
                routes.append(pyvrp.Route(self.data, activities, k))
        return pyvrp.Solution(self.data, routes)


def _usual_start(rest: Break) -> int:
    """Return when a common rest is thought to begin: when due, or in the middle of its span."""
    usual = (rest.early_s + rest.start_late_s) // 2 if rest.due_s is None else rest.due_s
    return min(max(usual, rest.early_s), rest.start_late_s)


def _common_rests(ix: Indexed) -> tuple[Break, ...]:
    """Return the rests most vehicles have."""
    counted = Counter(vehicle.breaks for vehicle in ix.vehicles)
    return counted.most_common(1)[0][0] if counted else ()


def _load_columns(ix: Indexed) -> list[tuple[int, int]]:
    """Return (column, unit) of each load that is moved and limited."""
    found = []
    for column in range(3):
        limits = [int(c) for c in ix.capacity[:, column] if c < NO_LIMIT]
        moved = ix.out_of_office[:, column].any() or ix.taken_on[:, column].any()
        if limits and moved:
            amounts = np.concatenate(
                [ix.out_of_office[:, column], np.abs(ix.taken_on[:, column]), limits]
            )
            common = math.gcd(*(int(amount) for amount in amounts))
            found.append((column, max(1, common, max(limits) // LOAD_STEPS)))
    return found


def _vehicle_classes(ix: Indexed) -> list[tuple[frozenset[int], frozenset[int]]]:
    """Return (stops, vehicles) pairs: these stops only on these vehicles, together all there are.

    One pair a skill where skills are all there is, else one for each set of vehicles.
    """
    stops_of: dict[frozenset[int], set[int]] = {}

    def add(at: int, welcome: frozenset[int]) -> None:
        if len(welcome) < len(ix.vehicles):
            stops_of.setdefault(welcome, set()).add(at)

    every = range(len(ix.vehicles))
    for at, stop in enumerate(ix.stops):
        for skill in stop.skills:
            add(at, frozenset(k for k in every if skill in ix.vehicles[k].skills))
        if stop.vehicles:
            add(at, frozenset(k for k in every if ix.vehicles[k].id in stop.vehicles))
        holder = ix.loaded_on.get(at)
        if holder is not None and ix.out_of_office[at].any():
            add(at, frozenset([holder]))
    return [(frozenset(stops), welcome) for welcome, stops in stops_of.items()]


class _Callbacks(pyvrp.IteratedLocalSearchCallbacks):
    def __init__(self, tell: Callable[[pyvrp.Solution], None]) -> None:
        self.tell = tell

    def on_best(self, best: pyvrp.Solution) -> None:
        """Pass a better plan on."""
        self.tell(best)


def run(
    judge: Judge, watch: Stopwatch, *, seed: int, start: Plan | None, on_plan: OnPlan
) -> Plan | None:
    """Return the best plan of PyVRP's iterated local search; an iteration is one of its own."""
    return improve(judge, watch, seed=seed, start=start, on_plan=on_plan, strict=True)


def improve(
    judge: Judge,
    watch: Stopwatch,
    *,
    seed: int,
    start: Plan | None,
    on_plan: OnPlan,
    strict: bool,
) -> Plan | None:
    """Return the same; unless `strict`, required stops may stay out at their price.

    Strict plans are better; the others are there at once, also on days on which not all fit.
    """
    ix = judge.ix
    hopeless_ids = {entry.stop_id for entry in hopeless(judge)} if strict else set()
    must = (at for at, s in enumerate(ix.stops) if s.required and s.id not in hopeless_ids)
    projection = Projection(ix, required=frozenset(must) if strict else frozenset())
    done = [0]
    most = watch.limit.iterations

    def stop(best_cost: int) -> bool:
        done[0] += 1
        return (most is not None and done[0] > most) or (watch.timed and watch.over())

    def tell(best: pyvrp.Solution) -> None:
        if best.is_feasible():
            on_plan(projection.plan(best))

    parameters = pyvrp.SolveParams(ils=pyvrp.IteratedLocalSearchParams(callbacks=_Callbacks(tell)))
    with warnings.catch_warnings():
        # It doubts that a hard problem can be solved; the judge will say.
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        result = pyvrp.solve(
            projection.data,
            stop=stop,
            seed=seed,
            collect_stats=False,
            display=False,
            params=parameters,
            initial_solution=None if start is None else projection.solution(start),
        )
    return projection.plan(result.best)
