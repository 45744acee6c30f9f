"""What a VROOM input file says, key for key, and whether it says it in whole seconds.

It knows VROOM's words (its docs/API.md), not the optimiser's.
"""

import re
from typing import Annotated, Any, Literal

import msgspec
import numpy as np

from routing.wellformed import TIME_MAX_S, UNREACHABLE_S, MalformedProblem, Matrix, Remark

Whole = Annotated[int, msgspec.Meta(ge=0)]
Amount = list[Whole]
Json = dict[str, Any]
DEFAULT_PROFILE = "car"
PRIORITY_MAX = 100
SPEED_FACTOR_MAX = 5.0
MILLISECONDS_MIN = 10**11
"""A moment of this size counts milliseconds: as seconds it lies in the year 5138."""
PLAUSIBLE_M_PER_S = (0.1, 100.0)
"""Between a seventh of walking pace and a fast train; half of all ways must lie inside."""


class Placed(msgspec.Struct, kw_only=True):
    """Something at a place, given by index or by position."""

    location: list[float] | None = None
    """[lon, lat]."""
    location_index: Whole | None = None


class Task(Placed, kw_only=True):
    """A job, or one of a shipment's two steps."""

    id: Whole
    description: str = ""
    setup: Whole = 0
    service: Whole = 0
    setup_per_type: dict[str, Whole] = {}
    service_per_type: dict[str, Whole] = {}
    time_windows: list[tuple[Whole, Whole]] | None = None


class Job(Task, kw_only=True):
    """A task of its own."""

    amount: Amount | None = None
    """The old word for `delivery`."""
    delivery: Amount | None = None
    pickup: Amount | None = None
    skills: list[Whole] = []
    priority: Whole = 0


class Shipment(msgspec.Struct, kw_only=True):
    """A pickup and the delivery of the same things."""

    pickup: Task
    delivery: Task
    amount: Amount | None = None
    skills: list[Whole] = []
    priority: Whole = 0


class Rest(msgspec.Struct, kw_only=True):
    """A break."""

    id: Whole
    description: str = ""
    time_windows: list[tuple[Whole, Whole]] | None = None
    service: Whole = 0
    max_load: Amount | None = None


class Costs(msgspec.Struct, kw_only=True):
    """What a vehicle costs."""

    fixed: Whole = 0
    per_hour: Whole = 3600
    per_task_hour: Whole = 0
    per_km: Whole = 0


class Step(msgspec.Struct, kw_only=True):
    """One step of a given route."""

    type: Literal["start", "job", "pickup", "delivery", "break", "end"]
    id: Whole | None = None
    service_at: Whole | None = None
    service_after: Whole | None = None
    service_before: Whole | None = None


class Vehicle(msgspec.Struct, kw_only=True):
    """A vehicle."""

    id: Whole
    profile: str = DEFAULT_PROFILE
    description: str = ""
    start: list[float] | None = None
    start_index: Whole | None = None
    end: list[float] | None = None
    end_index: Whole | None = None
    capacity: Amount = []
    costs: Costs = msgspec.field(default_factory=Costs)
    skills: list[Whole] = []
    type: str = ""
    time_window: tuple[Whole, Whole] | None = None
    breaks: list[Rest] = []
    speed_factor: float = 1.0
    max_tasks: Whole | None = None
    max_travel_time: Whole | None = None
    max_distance: Whole | None = None
    steps: list[Step] = []


class Matrices(msgspec.Struct, kw_only=True):
    """Matrices of one profile, not looked at yet."""

    durations: Any = None
    distances: Any = None
    costs: Any = None


class File(msgspec.Struct, kw_only=True):
    """A whole input file."""

    vehicles: list[Vehicle]
    jobs: list[Job] = []
    shipments: list[Shipment] = []
    matrices: dict[str, Matrices] | None = None
    matrix: Any = None
    """The old word for `matrices.car.durations`."""


def parse(text: bytes) -> tuple[File, list[Remark]]:
    """Return the file and a remark for each key that VROOM does not document.

    Raises
    ------
    MalformedProblem
        E1114 where the text is no VROOM file, E1115 where something is not in whole units, E1108
        where it is negative.
    """
    try:
        told = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedProblem("E1114", f"this is no JSON: {error}") from None
    try:
        file = msgspec.convert(told, File)
    except msgspec.ValidationError as error:
        raise _refusal(told, str(error)) from None
    _check_times(file)
    return file, list(_unknown_keys(told))


def _refusal(told: object, complaint: str) -> MalformedProblem:
    where = re.search(r"`\$\.(\w+)\[(\d+)\](?:\.(pickup|delivery)\b)?", complaint)
    ids = []
    if where is not None and isinstance(told, dict):
        owner = told[where[1]][int(where[2])]
        ids = [name_in(where[1], owner, where[3])] if isinstance(owner, dict) else []
    if re.search(r"Expected `int`, got `(float|str|bool|null)`|Expected `float`, got", complaint):
        return MalformedProblem(
            "E1115", f"whole numbers of seconds, metres and pieces are expected: {complaint}", ids
        )
    code = "E1108" if ">= 0" in complaint else "E1114"
    return MalformedProblem(code, f"this is no VROOM file: {complaint}", ids)


def name_in(section: str, owner: Json, part: str | None) -> str:
    """Return the id by which a refusal names an entry of the file."""
    if section == "vehicles":
        return str(owner.get("id", "?"))
    if section == "jobs":
        return f"job:{owner.get('id', '?')}"
    part = part or "pickup"
    step = owner.get(part)
    return f"{part}:{step.get('id', '?') if isinstance(step, dict) else '?'}"


def _unknown_keys(told: Json) -> list[Remark]:
    found: dict[str, list[str]] = {}

    def look(kind: type[msgspec.Struct], entry: Json, name: str) -> None:
        for key in entry.keys() - set(kind.__struct_fields__):
            found.setdefault(key, []).append(name)

    look(File, told, "")
    for job in told.get("jobs", []):
        look(Job, job, name_in("jobs", job, None))
    for shipment in told.get("shipments", []):
        look(Shipment, shipment, name_in("shipments", shipment, None))
        for part in ("pickup", "delivery"):
            look(Task, shipment[part], name_in("shipments", shipment, part))
    for vehicle in told["vehicles"]:
        look(Vehicle, vehicle, name_in("vehicles", vehicle, None))
        look(Costs, vehicle.get("costs", {}), name_in("vehicles", vehicle, None))
        for rest in vehicle.get("breaks", []):
            look(Rest, rest, name_in("vehicles", vehicle, None))
    return [
        Remark(
            code="W4104",
            sentence=f"VROOM's documentation has no key {key}; it changes nothing here either",
            ids=tuple(name for name in names if name),
        )
        for key, names in sorted(found.items())
    ]


def tasks_of(file: File) -> list[tuple[str, Task]]:
    """Return (name, task) of every job, pickup and delivery, a shipment's two side by side."""
    named: list[tuple[str, Task]] = [(f"job:{job.id}", job) for job in file.jobs]
    for shipment in file.shipments:
        named.append((f"pickup:{shipment.pickup.id}", shipment.pickup))
        named.append((f"delivery:{shipment.delivery.id}", shipment.delivery))
    return named


def _check_times(file: File) -> None:
    """Refuse spans of time that only make sense in milliseconds."""
    for name, task in tasks_of(file):
        spans = [task.setup, task.service]
        spans += [*task.setup_per_type.values(), *task.service_per_type.values()]
        moments = [at for tw in task.time_windows or () for at in tw]
        _refuse_milliseconds(name, spans, moments)
    for vehicle in file.vehicles:
        moments = list(vehicle.time_window or ())
        moments += [at for rest in vehicle.breaks for tw in rest.time_windows or () for at in tw]
        _refuse_milliseconds(str(vehicle.id), [r.service for r in vehicle.breaks], moments)
        if not 0 < vehicle.speed_factor <= SPEED_FACTOR_MAX:
            raise MalformedProblem(
                "E1108", f"speed_factor must lie above 0 and up to {SPEED_FACTOR_MAX:.0f}",
                [str(vehicle.id)],
            )  # fmt: skip


def _refuse_milliseconds(name: str, spans: list[int], moments: list[int]) -> None:
    if any(span > TIME_MAX_S for span in spans):
        raise MalformedProblem(
            "E1115", "service or set-up of more than a week: are these milliseconds?", [name]
        )
    if any(at >= MILLISECONDS_MIN for at in moments):
        raise MalformedProblem(
            "E1115", "time windows count seconds, these look like milliseconds", [name]
        )


def read_matrix(told: object, what: str, profile: str) -> Matrix:
    """Return a matrix of the file; null says that there is no way.

    Raises
    ------
    MalformedProblem
        E1101 where it is not square, E1115 where an entry is no whole number, E1102 where one is
        negative.
    """
    rows = told if isinstance(told, list) else []
    if not rows or any(not isinstance(row, list) or len(row) != len(rows) for row in rows):
        raise MalformedProblem("E1101", f"{what} of {profile} must be a square matrix", [profile])
    for at, row in enumerate(rows):
        for to, cell in enumerate(row):
            if type(cell) is not int and cell is not None:
                raise MalformedProblem(
                    "E1115",
                    f"{what} of {profile} must hold whole numbers, not {cell!r} from {at} to {to}",
                    [profile],
                )
    filled = [[UNREACHABLE_S if cell is None else cell for cell in row] for row in rows]
    matrix = np.minimum(np.array(filled, np.float64), 1e15).astype(np.int64)
    if (matrix < 0).any():
        at, to = np.argwhere(matrix < 0)[0]
        raise MalformedProblem(
            "E1102", f"{what} of {profile} are never negative, see from {at} to {to}", [profile]
        )
    return matrix


def check_speed(duration_s: Matrix, distance_m: Matrix, profile: str) -> None:
    """Refuse durations and distances that cannot belong together.

    Raises
    ------
    MalformedProblem
        E1115 where half of all ways are slower or faster than anything on wheels.
    """
    told = (duration_s > 0) & (duration_s < UNREACHABLE_S) & (distance_m > 0)
    if not told.any():
        return
    speed = float(np.median(distance_m[told] / duration_s[told]))
    low, high = PLAUSIBLE_M_PER_S
    if not low <= speed <= high:
        guess = "durations in minutes or hours" if speed > high else "milliseconds or kilometres"
        raise MalformedProblem(
            "E1115",
            f"half of all ways of {profile} go at {speed * 3.6:,.2f} km/h: are these {guess}?",
            [profile],
        )


def check_legs(duration_s: Matrix, file: File, profile: str) -> None:
    """Refuse durations that no shift has room for.

    Raises
    ------
    MalformedProblem
        E1115 where half of all ways take longer than the longest shift.
    """
    shifts = [v.time_window for v in file.vehicles if v.profile == profile]
    told = duration_s[(duration_s > 0) & (duration_s < UNREACHABLE_S)]
    if not len(told) or any(tw is None for tw in shifts) or not shifts:
        return
    longest = max(tw[1] - tw[0] for tw in shifts if tw is not None)
    if longest > 0 and float(np.median(told)) > longest:
        raise MalformedProblem(
            "E1115",
            f"half of all ways of {profile} take longer than the longest time_window of "
            f"{longest} s: are they in another unit than the windows?",
            [profile],
        )
