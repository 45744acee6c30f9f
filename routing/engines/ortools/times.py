"""Tells the routing model the times: windows, preferred times, hours, rests, releases, set-up.

Where the model's own words do not reach, the judge is asked for each route as soon as it is
complete: speeds by the hour (Python cannot register time-dependent ways in 9.15), promised times
(the model would wait at the door to be less early; couriers do not), and rests beside late
releases (it would rest while waiting for things; a rest belongs to a leg). There the model's times
are bounds, and the route costs what the judge says.
"""

import numpy as np

from routing.engines.ortools.model import Model, pywrapcp
from routing.problem import Vehicle
from routing.rules import release, speed

COST_MAX = 1 << 40


def add(model: Model) -> list[object]:
    """Tell the model all times; return what must live as long as the model."""
    ix = model.ix
    promised = any(p.start_s is not None for p in ix.problem.promises)
    rests = any(vehicle.breaks for vehicle in ix.vehicles)
    judged = bool(ix.problem.speed_bands) or promised or (rests and release.has_releases(ix))
    times = _Times(model, judged)
    times.add_windows()
    times.add_days()
    times.add_rests()
    if release.has_releases(ix) and not judged:
        times.add_releases()
    return [_Judged(model)] if judged else []


class _Times:
    def __init__(self, model: Model, judged: bool) -> None:
        self.model, self.ix, self.routing = model, model.ix, model.routing
        self.judged = judged
        self.horizon_s = max(
            (v.shift_late_s + v.overtime_s_max for v in self.ix.vehicles), default=0
        )
        depots = [0] * (model.first_copy - self.ix.n)
        reloads = [self.ix.depots[node - self.ix.n].reload_s for _, node in model.reloads]
        stops = [stop.service_duration_s for stop in self.ix.stops]
        self.service = [*stops, *depots, *reloads]
        service = np.array(self.service, np.int64)
        evaluators = []
        for profile in range(len(self.ix.profiles)):
            seconds = speed.fastest_s(self.ix, profile) + self.ix.setup
            table = model.expand(seconds) + service[:, None]
            evaluators.append(self.routing.RegisterTransitMatrix(table.tolist()))
        self.routing.AddDimensionWithVehicleTransits(
            [evaluators[p] for p in self.ix.profile],
            self.horizon_s, self.horizon_s, False, "time",
        )  # fmt: skip
        self.time = self.routing.GetDimensionOrDie("time")

    def add_windows(self) -> None:
        """Tell the windows and the preferred times."""
        for stop, index in zip(self.ix.stops, self.model.stop_index, strict=True):
            if stop.tws:
                var = self.time.CumulVar(index)
                var.SetRange(stop.tws[0].early_s, stop.tws[-1].late_s)
                for before, after in zip(stop.tws, stop.tws[1:], strict=False):
                    var.RemoveInterval(before.late_s + 1, after.early_s - 1)
            if stop.soft_late_s is not None and not self.judged:
                self.time.SetCumulVarSoftUpperBound(
                    index, stop.soft_late_s, self.ix.weights.lateness_per_s
                )
        for delivery, pickup in self.ix.origin.items():
            first, second = self.model.stop_index[pickup], self.model.stop_index[delivery]
            self.model.solver.Add(self.time.CumulVar(first) <= self.time.CumulVar(second))

    def add_days(self) -> None:
        """Tell the hours: the day begins with the shift, whenever the vehicle leaves."""
        ix, weights = self.ix, self.ix.weights
        for k, vehicle in enumerate(ix.vehicles):
            latest = vehicle.shift_late_s + vehicle.overtime_s_max
            end = self.routing.End(k)
            self.time.CumulVar(self.routing.Start(k)).SetValue(vehicle.shift_early_s)
            self.time.CumulVar(end).SetRange(vehicle.shift_early_s, latest)
            self.routing.AddVariableMinimizedByFinalizer(self.time.CumulVar(end))
            if self.judged:
                continue
            if vehicle.overtime_s_max:
                self.time.SetCumulVarSoftUpperBound(
                    end, vehicle.shift_late_s, weights.overtime_per_s
                )
            if ix.problem.fair_work_s is not None:
                self.time.SetSoftSpanUpperBoundForVehicle(
                    pywrapcp.BoundCost(ix.problem.fair_work_s, weights.excess_work_per_s), k
                )

    def add_rests(self) -> None:
        """Give each used vehicle its rests; one not due on a short day may be left out."""
        model = self.model
        transits = [
            self.service[model.manager.IndexToNode(index)] for index in range(self.routing.Size())
        ]
        for k, vehicle in enumerate(self.ix.vehicles):
            rests = self._rests(k, vehicle)
            if rests:
                self.time.SetBreakIntervalsOfVehicle(rests, k, transits)

    def _rests(self, k: int, vehicle: Vehicle) -> list[pywrapcp.IntervalVar]:
        solver, rests = self.model.solver, []
        end = self.time.CumulVar(self.routing.End(k))
        used = self.routing.ActiveVehicleVar(k)
        for nth, rest in enumerate(vehicle.breaks):
            # How much of "taken or not due or not used" is true must be at least one.
            free = 1 - used
            if rest.due_s is not None:
                free = free + solver.IsLessOrEqualCstVar(end, rest.due_s)
            early = max(rest.early_s, vehicle.shift_early_s)
            if early > rest.start_late_s:
                solver.Add(free >= 1)
                continue
            interval = solver.FixedDurationIntervalVar(
                early, rest.start_late_s, rest.duration_s, True, f"rest{k}.{nth}"
            )
            solver.Add(interval.PerformedExpr() + free >= 1)
            # Else the model may rest after the day is over.
            solver.Add(interval.SafeEndExpr(0) <= end)
            rests.append(interval)
        return rests

    def add_releases(self) -> None:
        """Carry along when the trip left; the trip left when all its things were there."""
        model, routing, most = self.model, self.routing, self.horizon_s
        evaluator = model.unary([0] * self.ix.n, -most)
        routing.AddDimension(evaluator, 2 * most, most, False, "left")
        left = routing.GetDimensionOrDie("left")
        for stop, index in zip(self.ix.stops, model.stop_index, strict=True):
            left.SlackVar(index).SetValue(0)
            if stop.release_s > most:
                routing.VehicleVar(index).SetValues([-1, *self._away()])
            elif stop.release_s:
                left.CumulVar(index).SetMin(stop.release_s)
        for k, vehicle in enumerate(self.ix.vehicles):
            start = routing.Start(k)
            left.SlackVar(start).SetValue(0)
            if vehicle.on_road:
                left.CumulVar(start).SetValue(most)
            else:
                leaves = self.time.CumulVar(start) + self.time.SlackVar(start)
                model.solver.Add(left.CumulVar(start) <= leaves)
        for (_, node), index in zip(model.reloads, model.reload_index, strict=True):
            reloaded = self.time.CumulVar(index) + self.time.SlackVar(index)
            reload_s = self.ix.depots[node - self.ix.n].reload_s
            after = left.CumulVar(index) + left.SlackVar(index)
            model.solver.Add(after <= reloaded + (reload_s + most))

    def _away(self) -> list[int]:
        return [k for k, vehicle in enumerate(self.ix.vehicles) if vehicle.on_road]


class _Judged(pywrapcp.PyConstraint):  # type: ignore[misc] # no types in the bindings
    """Each complete route is sound by the judge and costs the judge's lateness, drift and hours."""

    def __init__(self, model: Model) -> None:
        pywrapcp.PyConstraint.__init__(self, model.solver)
        self.model = model
        self.costs = model.total("times", 1, COST_MAX)
        ix = model.ix
        self.changed = ix.weights.changed_vehicle
        # `Add` keeps Python's constraints in a list that the solver of a routing model lacks.
        model.solver.AddConstraint(self)

    def Post(self) -> None:  # noqa: N802 (the solver's name)
        """Wake up whenever a next node is chosen."""
        demon = self.DelayedInitialPropagateDemon()
        for index in range(self.model.routing.Size()):
            self.model.routing.NextVar(index).WhenBound(demon)

    def InitialPropagate(self) -> None:  # noqa: N802 (the solver's name)
        """Judge the routes that are complete."""
        judge, ix = self.model.judge, self.model.ix
        for k, cost in enumerate(self.costs):
            sequence = self.model.route(k)
            if not sequence:
                continue
            if not judge.route_is_sound(k, sequence):
                self.solver().Fail()
            parts = judge.line(k, sequence)[1]
            kept = sum(
                node in ix.promise and ix.promise[node].vehicle_id != ix.vehicles[k].id
                for node in sequence
            )
            times = parts["lateness"] + parts["overtime"] + parts["stability"]
            times -= kept * self.changed
            if ix.problem.fair_work_s is not None:
                end = judge.line(k, sequence)[0].end_s
                excess = end - ix.vehicles[k].shift_early_s - ix.problem.fair_work_s
                times += ix.weights.excess_work_per_s * max(0, excess)
            cost.SetMin(times)
