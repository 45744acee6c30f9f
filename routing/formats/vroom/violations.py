"""What a VROOM route has on board, has driven, and breaks, step by step."""

from collections.abc import Iterable

from routing.formats.vroom.file import File, Json, Rest, Vehicle

CAUSES = (
    "lead_time", "delay", "load", "max_tasks", "skills", "precedence", "missing_break",
    "max_travel_time", "max_load", "max_distance",
)  # fmt: skip


class Broken:
    """The violations of one step, route or plan."""

    def __init__(self) -> None:
        self._seconds: dict[str, int] = {}

    def add(self, cause: str, seconds: int = 0) -> None:
        """Note a violation."""
        self._seconds[cause] = self._seconds.get(cause, 0) + seconds

    def early(self, seconds: int) -> None:
        """Note by how much something starts too early, if it does."""
        if seconds > 0:
            self.add("lead_time", seconds)

    def late(self, seconds: int) -> None:
        """Note by how much something starts too late, if it does."""
        if seconds > 0:
            self.add("delay", seconds)

    def told(self) -> list[Json]:
        """Return them as VROOM writes them."""
        return [
            {"cause": cause} | ({"duration": self._seconds[cause]} if at < 2 else {})
            for at, cause in enumerate(CAUSES)
            if cause in self._seconds
        ]

    @staticmethod
    def merged(lists: Iterable[list[Json]]) -> list[Json]:
        """Return each cause once, seconds summed up."""
        whole = Broken()
        for entries in lists:
            for entry in entries:
                whole.add(entry["cause"], entry.get("duration", 0))
        return whole.told()


class Sums:
    """Seconds and metres driven so far, in whole units as VROOM reports them."""

    def __init__(self, with_metres: bool) -> None:
        self.with_metres = with_metres
        self.duration = 0
        self.waiting = 0
        self.metres = 0
        self._at_stop = 0
        self._left_s = 0
        self._driven = 0

    def begin(self, moment: int) -> Json:
        """Note when the route starts."""
        self._left_s = moment
        return {"arrival": moment, **self.so_far()}

    def reach(self, arrival: int, start: int) -> Json:
        """Note an arrival and the start of what is done there."""
        self._driven = arrival - self._left_s
        self.duration += self._driven
        self.waiting += start - arrival
        self._left_s = start
        return {"arrival": arrival, "waiting_time": start - arrival}

    def drive(self, metres: int, seconds: int, *, is_there: bool) -> None:
        """Note the metres of a way: all of it at its end, by the share of its time at a break."""
        if is_there:
            self._at_stop += metres
            self.metres = self._at_stop
        elif seconds:
            self.metres += (2 * self._driven * metres + seconds) // (2 * seconds)

    def leave(self, seconds: int) -> None:
        """Note the time spent."""
        self._left_s += seconds

    def so_far(self) -> Json:
        """Return the sums under VROOM's names."""
        return {"duration": self.duration} | ({"distance": self.metres} if self.with_metres else {})


class Load:
    """What is on board of one vehicle, and the rules about what is done."""

    def __init__(self, file: File, vehicle: Vehicle) -> None:
        self.vehicle = vehicle
        self.size = len(file.vehicles[0].capacity) if file.vehicles else 0
        self.number = 0
        nothing = [0] * self.size
        self._given: dict[str, list[int]] = {}
        self._taken: dict[str, list[int]] = {}
        self._skills: dict[str, list[int]] = {}
        self._priority: dict[str, int] = {}
        self._partner: dict[str, str] = {}
        for job in file.jobs:
            given = job.delivery if job.delivery or job.pickup else job.amount
            self._tell(f"job:{job.id}", given or nothing, job.pickup or nothing, job.skills)
            self._priority[f"job:{job.id}"] = job.priority
        for shipment in file.shipments:
            first, second = f"pickup:{shipment.pickup.id}", f"delivery:{shipment.delivery.id}"
            amount = shipment.amount or nothing
            self._tell(first, nothing, amount, shipment.skills)
            self._tell(second, amount, nothing, shipment.skills)
            self._priority |= {first: shipment.priority, second: shipment.priority}
            self._partner |= {second: first, first: second}
        self._board = nothing
        self._sum_given, self._sum_taken = nothing, nothing
        self._waited: set[str] = set()
        self._too_soon: set[str] = set()

    def _tell(self, name: str, given: list[int], taken: list[int], skills: list[int]) -> None:
        self._given[name], self._taken[name], self._skills[name] = given, taken, skills

    def priority_of(self, name: str) -> int:
        """Return a task's priority."""
        return self._priority[name]

    def start(self, names: list[str]) -> None:
        """Load what the jobs of a route will be given."""
        self._board = [0] * self.size
        self._sum_given, self._sum_taken = [0] * self.size, [0] * self.size
        for name in names:
            if name.startswith("job:"):
                self._board = _plus(self._board, self._given[name])

    def serve(self, name: str, broken: Broken) -> None:
        """Serve a task and note what that breaks."""
        given, taken = self._given[name], self._taken[name]
        self._board = _plus(self._board, taken, [-one for one in given])
        self._sum_given = _plus(self._sum_given, given)
        self._sum_taken = _plus(self._sum_taken, taken)
        self.number += 1
        most = self.vehicle.max_tasks
        if most is not None and self.number > most:
            broken.add("max_tasks")
        if not set(self._skills[name]) <= set(self.vehicle.skills):
            broken.add("skills")
        partner = self._partner.get(name)
        if partner is None:
            return
        if name.startswith("pickup:"):
            if partner in self._too_soon:
                broken.add("precedence")
            else:
                self._waited.add(name)
        elif partner in self._waited:
            self._waited.remove(partner)
        else:
            broken.add("precedence")
            self._too_soon.add(name)

    def alone(self) -> set[str]:
        """Return the pickups whose delivery never came."""
        return self._waited

    def check(self, broken: Broken) -> None:
        """Note too much on board."""
        capacity = self.vehicle.capacity
        if any(a > b for a, b in zip(self._board, capacity, strict=False)):
            broken.add("load")

    def check_ways(self, broken: Broken, duration: int, metres: int) -> None:
        """Note too much driving."""
        if self.vehicle.max_travel_time is not None and duration > self.vehicle.max_travel_time:
            broken.add("max_travel_time")
        if self.vehicle.max_distance is not None and metres > self.vehicle.max_distance:
            broken.add("max_distance")

    def check_rest(self, rest: Rest, broken: Broken) -> None:
        """Note a break with too much on board."""
        if rest.max_load is not None and any(
            a > b for a, b in zip(self._board, rest.max_load, strict=False)
        ):
            broken.add("max_load")

    def breaks_missing(self, taken: list[int]) -> bool:
        """Whether a break of the vehicle is not among those taken."""
        return not {rest.id for rest in self.vehicle.breaks} <= set(taken)

    def now(self) -> Json:
        """Return what is on board, under VROOM's name."""
        return {"load": list(self._board)} if self.size else {}

    def totals(self) -> Json:
        """Return what the route hands out and takes on, under VROOM's names."""
        if not self.size:
            return {}
        given = list(self._sum_given)
        return {"delivery": given, "amount": given, "pickup": list(self._sum_taken)}


def _plus(*columns: list[int]) -> list[int]:
    return [sum(parts) for parts in zip(*columns, strict=True)]
