"""From a VROOM file to a problem, as exactly as the optimiser can say it.

VROOM may leave out any task: first the sum of priorities of those served counts, then their number,
then cost. Here every task is optional with a prize that makes the same order. Costs of vehicles
that differ, and cost matrices, become the `distance_m` of profiles at a price of one.

Nearer than exact, always on the safe side, each with a remark W4105: of a break's several windows
the longest; of times by vehicle type the longest; windows of tasks with set-up at a shared place
without their last `setup` seconds; seconds under a `speed_factor` rounded up.
"""

from dataclasses import dataclass, field

import msgspec

from routing.evaluate import evaluate
from routing.formats.vroom import amounts
from routing.formats.vroom.file import (
    PRIORITY_MAX,
    File,
    Job,
    Rest,
    Shipment,
    Task,
    Vehicle,
    parse,
    tasks_of,
)
from routing.formats.vroom.places import Places, read_places, slowness, time_at
from routing.formats.vroom.prices import Prices, priced
from routing.problem import Break, Depot, Problem, Stop, TimeWindow
from routing.problem import Vehicle as OurVehicle
from routing.solution import Solution
from routing.wellformed import TIME_MAX_S, MalformedProblem, Remark

DAY_S = 86_400
NOWHERE = "nowhere"
"""Depot of vehicles without a start: no time and no cost away from everything."""
Window = tuple[int, int]


@dataclass(frozen=True)
class Case:
    """A VROOM file with all that is needed to answer it in kind."""

    file: File
    places: Places
    problem: Problem
    origin_s: int
    """What the file calls the problem's second 0."""
    remarks: list[Remark] = field(default_factory=list)


def read_case(text: bytes) -> Case:
    """Return a VROOM file and the problem it stands for.

    Raises
    ------
    MalformedProblem
        With the codes of `wellformed`; E1116 names what cannot be expressed here.
    """
    file, remarks = parse(text)
    if not file.vehicles and (file.jobs or file.shipments):
        raise MalformedProblem("E1111", "there are tasks but no vehicle")
    _check_twice(file)
    places = read_places(file)
    columns = amounts.columns(file)
    origin_s = _origin(file)
    prices = priced(file, places)
    reading = _Reading(file, places, columns, origin_s, prices, [*remarks, *places.remarks])
    return Case(file, places, reading.problem(), origin_s, reading.remarks)


def _check_twice(file: File) -> None:
    kinds = {
        "job": [job.id for job in file.jobs],
        "pickup": [s.pickup.id for s in file.shipments],
        "delivery": [s.delivery.id for s in file.shipments],
        "": [v.id for v in file.vehicles],
    }
    for kind, ids in kinds.items():
        twice = (
            sorted({one for one in ids if ids.count(one) > 1}) if len(set(ids)) < len(ids) else []
        )
        if twice:
            named = [f"{kind}:{one}" if kind else str(one) for one in twice]
            raise MalformedProblem("E1104", f"{kind or 'vehicle'} ids must differ", named)
    for vehicle in file.vehicles:
        ids = [rest.id for rest in vehicle.breaks]
        if len(set(ids)) < len(ids):
            raise MalformedProblem("E1104", "break ids of a vehicle must differ", [str(vehicle.id)])


def _origin(file: File) -> int:
    """Return the midnight (UTC) to count from where the file has timestamps, else 0."""
    told: list[tuple[str, Window]] = []
    for name, task in tasks_of(file):
        told += [(name, tw) for tw in task.time_windows or ()]
    for v in file.vehicles:
        told += [(str(v.id), v.time_window)] if v.time_window is not None else []
        told += [(str(v.id), tw) for rest in v.breaks for tw in rest.time_windows or ()]
    starts = [tw[0] for _, tw in told if tw[0] > TIME_MAX_S]
    if not starts:
        return 0
    origin = min(starts) // DAY_S * DAY_S
    relative = [name for name, tw in told if tw[1] < origin]
    if relative:
        raise MalformedProblem(
            "E1115", "some windows are timestamps and these are not", sorted(set(relative))
        )
    late = [name for name, tw in told if tw[0] - origin > TIME_MAX_S]
    if late:
        raise MalformedProblem(
            "E1115", "windows must begin within seven days of the first", sorted(set(late))
        )
    return origin


class _Reading:
    """Makes the parts of one problem; what cannot be exact is remarked once for all it concerns."""

    def __init__(
        self,
        file: File,
        places: Places,
        columns: amounts.Columns,
        origin_s: int,
        prices: Prices,
        remarks: list[Remark],
    ) -> None:
        self.file = file
        self.places = places
        self.columns = columns
        self.origin_s = origin_s
        self.prices = prices
        self.remarks = remarks
        self._stricter: dict[str, list[str]] = {}
        shared = [places.at[name] for name, _ in tasks_of(file)]
        shared += [at for name, at in places.at.items() if name.startswith("start:")]
        self.shared = {at for at in shared if shared.count(at) > 1}

    def problem(self) -> Problem:
        """Return the problem."""
        file, prices = self.file, self.prices
        stops = [self._job(job) for job in file.jobs]
        for shipment in file.shipments:
            stops += self._shipment(shipment)
        vehicles = tuple(self._vehicle(v) for v in file.vehicles)
        depots = {name for v in vehicles for name in (v.start_depot, v.end_depot) if name}
        self.remarks += [
            Remark(code="W4105", sentence=sentence, ids=tuple(dict.fromkeys(ids)))
            for sentence, ids in self._stricter.items()
        ]
        return Problem(
            stops=tuple(stops),
            vehicles=vehicles,
            depots=tuple(Depot(id=name, location=self._location(name)) for name in sorted(depots)),
            duration_s=prices.main.duration_s,
            distance_m=prices.main.distance_m,
            profiles=prices.profiles,
            weights=prices.weights,
        )

    def _location(self, depot: str) -> int:
        return len(self.places.told) if depot == NOWHERE else int(depot.partition(":")[2])

    def _strict(self, sentence: str, name: str) -> None:
        self._stricter.setdefault(sentence, []).append(name)

    def _window(self, window: Window) -> Window:
        """Return a window of the file in the problem's seconds."""
        early, late = window
        if early > late:
            return early, late  # refused with its id by the problem itself
        return max(0, early - self.origin_s), min(TIME_MAX_S, late - self.origin_s)

    def _times(self, name: str, task: Task, skills: list[int]) -> tuple[int, int, int]:
        """Return service, longest and shortest set-up over the vehicles that may come."""
        welcome = [v for v in self.file.vehicles if set(skills) <= set(v.skills)]
        service = {time_at(task, "service", v) for v in welcome} or {task.service}
        setup = {time_at(task, "setup", v) for v in welcome} or {task.setup}
        if len(service) > 1 or len(setup) > 1:
            self._strict("times by vehicle type count as the longest of them", name)
        return max(service), max(setup), min(setup)

    def _stop(self, name: str, task: Task, skills: list[int], priority: int) -> Stop:
        if priority > PRIORITY_MAX:
            raise MalformedProblem("E1108", "priority must lie in 0 to 100", [name])
        if task.time_windows == []:
            raise MalformedProblem("E1107", "time_windows must not be empty", [name])
        service, setup, setup_min = self._times(name, task, skills)
        shared = setup > 0 and self.places.at[name] in self.shared
        windows = []
        for told in sorted(task.time_windows or ()):
            early, late = self._window(told)
            # VROOM's set-up begins inside the window, ours ends there.
            late_moved = late if shared else min(TIME_MAX_S, late + setup_min)
            if early <= late and early + setup > late_moved:
                raise MalformedProblem(
                    "E1116",
                    "set-up longer than a window at a place with other tasks cannot be expressed",
                    [name],
                )
            windows.append(TimeWindow(early + setup, late_moved))
        if shared and windows:
            self._strict("at a place with other tasks, set-up ends within the window", name)
        return Stop(
            id=name,
            location=self.places.at[name],
            service_duration_s=service,
            setup_s=setup,
            tws=tuple(windows),
            skills=tuple(str(skill) for skill in skills),
            required=False,
            prize=self.prices.prize(priority, setup + service),
            priority=priority,
        )

    def _job(self, job: Job) -> Stop:
        stop = self._stop(f"job:{job.id}", job, job.skills, job.priority)
        given = job.delivery if job.delivery or job.pickup else job.amount
        loads = self.columns.loads(given, job.pickup)
        return msgspec.structs.replace(stop, **loads)

    def _shipment(self, told: Shipment) -> list[Stop]:
        names = f"pickup:{told.pickup.id}", f"delivery:{told.delivery.id}"
        first = self._stop(names[0], told.pickup, told.skills, told.priority)
        second = self._stop(names[1], told.delivery, told.skills, told.priority)
        replace = msgspec.structs.replace
        return [
            replace(first, **self.columns.loads(None, told.amount)),
            replace(second, picked_up_at=first.id, **self.columns.loads(told.amount, None)),
        ]

    def _vehicle(self, told: Vehicle) -> OurVehicle:
        name = str(told.id)
        start, end = self.places.at.get(f"start:{name}"), self.places.at.get(f"end:{name}")
        early, late = self._window(told.time_window or (0, self.origin_s + TIME_MAX_S))
        if slowness(told) != 100:
            self._strict("under a speed_factor begun seconds count whole", name)
        ours = OurVehicle(
            id=name,
            start_depot=NOWHERE if start is None else f"place:{start}",
            end_depot=None if end is None else f"place:{end}",
            shift_early_s=early,
            shift_late_s=late,
            breaks=self._breaks(told),
            skills=tuple(str(skill) for skill in told.skills),
            profile=self.prices.profile_of[name],
            stops_max=told.max_tasks,
            distance_m_max=self.prices.limit_of.get(name),
            fixed_cost=self.prices.fixed_of[name],
        )
        return msgspec.structs.replace(ours, **self.columns.limits(told.capacity))

    def _breaks(self, told: Vehicle) -> tuple[Break, ...]:
        breaks: list[Break] = []
        ordered = sorted(told.breaks, key=lambda rest: sorted(rest.time_windows or [(0, 0)])[0])
        for rest in ordered:
            early, late = self._break_window(told, rest)
            if breaks:
                # VROOM keeps breaks in this order, so the second cannot begin with the first.
                early = max(early, breaks[-1].early_s + 1)
            over = min(TIME_MAX_S, late + rest.service)
            breaks.append(Break(early_s=early, late_s=over, duration_s=rest.service))
        return tuple(breaks)

    def _break_window(self, told: Vehicle, rest: Rest) -> Window:
        name = str(told.id)
        if rest.time_windows == [] or any(a > b for a, b in rest.time_windows or ()):
            raise MalformedProblem("E1110", "a break's windows must not be empty", [name])
        if rest.max_load is not None and not self.columns.never_bind(rest.max_load, told.capacity):
            raise MalformedProblem(
                "E1116", "a break's max_load cannot be expressed in a search", [name]
            )
        shift = self._window(told.time_window or (0, self.origin_s + TIME_MAX_S))
        whole = (0, self.origin_s + TIME_MAX_S)
        windows = [self._window(tw) for tw in rest.time_windows or [whole]]
        if len(windows) > 1:
            self._strict("of a break's several windows the longest is used", name)
        return max(windows, key=lambda tw: min(tw[1], shift[1]) - max(tw[0], shift[0]))


def start_of(case: Case) -> Solution | None:
    """Return the routes the file's vehicles have as `steps`; None where there are none.

    Raises
    ------
    MalformedProblem
        E1105 where a step names a task that is not there.
    """
    known = {stop.id for stop in case.problem.stops}
    routes = {}
    for vehicle in case.file.vehicles:
        steps = [s for s in vehicle.steps if s.type not in ("start", "end", "break")]
        names = [f"{step.type}:{step.id}" for step in steps]
        strange = [name for name in names if name not in known]
        if strange:
            raise MalformedProblem("E1105", "steps name what does not exist", strange)
        if names:
            routes[str(vehicle.id)] = names
    return evaluate(case.problem, routes) if routes else None
