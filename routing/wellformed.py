"""What makes a question malformed, each with its code; knows nothing of plans.

Codes: E1101 matrix not square or of wrong size · E1102 negative duration or distance ·
E1103 diagonal not zero · E1104 duplicate id · E1105 unknown id · E1106 location outside the
matrix · E1107 empty or unordered windows · E1108 negative or too large amount or time ·
E1109 shift ends before it starts · E1110 malformed break · E1111 no vehicle · E1112 malformed
speed bands · E1113 malformed shipment. Of files (see `formats`): E1114 unusable · E1115 in another
unit or type than agreed · E1116 asks for what cannot be expressed here · E1117 times fixed for a
given route that no clock allows.

Remarks refuse nothing: W4101 broken triangle · W4102 nothing to do · W4103 entries without a way ·
W4104 key or section that changes nothing · W4105 read more strictly than meant · W4106 travel by
straight line.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from routing.problem import Problem, Stop, Vehicle

Matrix = npt.NDArray[np.int64]

UNREACHABLE_S = 10_000_000
"""A duration of this size or more says that there is no way."""
TIME_MAX_S = 7 * 86_400
"""No time of a problem lies beyond this."""
AMOUNT_MAX = 10**12
"""No amount, weight or prize exceeds this, so that sums stay far from the limits of 64 bits."""


class MalformedProblem(ValueError):
    """The question makes no sense as it stands; `code` (`E1102`) and `ids` say where."""

    def __init__(self, code: str, sentence: str, ids: Iterable[str] = ()) -> None:
        self.code = code
        self.sentence = sentence
        self.ids = tuple(ids)
        super().__init__(f"{code}: {sentence}" + (f" ({', '.join(self.ids)})" if self.ids else ""))

    def __reduce__(self) -> tuple[type[MalformedProblem], tuple[str, str, tuple[str, ...]]]:
        """Let it come back whole from another process."""
        return MalformedProblem, (self.code, self.sentence, self.ids)


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """Something a person should know before the search; it refuses nothing."""

    code: str
    """`W4101` and so on."""
    sentence: str
    ids: tuple[str, ...] = ()


def check_problem(problem: Problem) -> None:
    """Raise `MalformedProblem` for the first thing that makes no sense."""
    _check_ids(problem)
    _check_matrices(problem)
    _check_references(problem)
    for stop in problem.stops:
        _check_stop(stop)
    for vehicle in problem.vehicles:
        _check_vehicle(vehicle)
    _check_shipments(problem)
    _check_amounts("the weights", problem.weights, ())
    bands = problem.speed_bands
    if any(b.speed_percent < 1 or not 0 <= b.from_s <= TIME_MAX_S for b in bands) or any(
        a.from_s >= b.from_s for a, b in pairwise(bands)
    ):
        raise MalformedProblem("E1112", "speed bands must rise in time and have a speed above 0")


def _check_ids(problem: Problem) -> None:
    if not problem.vehicles and problem.stops:
        raise MalformedProblem("E1111", "there are stops but no vehicle")
    for what, ids in (
        ("stop", [s.id for s in problem.stops]),
        ("vehicle", [v.id for v in problem.vehicles]),
        ("depot", [d.id for d in problem.depots]),
        ("promised stop", [p.stop_id for p in problem.promises]),
    ):
        twice = [name for name, count in Counter(ids).items() if count > 1]
        if twice:
            raise MalformedProblem("E1104", f"{what} ids must differ", twice)


def _check_matrices(problem: Problem) -> None:
    size = problem.duration_s.shape[0] if problem.duration_s.ndim else 0
    pairs = [("", problem.duration_s, problem.distance_m)]
    pairs += [(key, p.duration_s, p.distance_m) for key, p in problem.profiles.items()]
    for key, *matrices in pairs:
        for matrix in matrices:
            if matrix.ndim != 2 or matrix.shape != (size, size):
                raise MalformedProblem("E1101", "matrices must be square and of one size", [key])
            if matrix.dtype != np.int64:
                raise MalformedProblem("E1101", "matrices must hold 64-bit integers", [key])
            _check_entries(matrix, _place_names(problem))
    locations = [(s.id, s.location) for s in problem.stops]
    locations += [(d.id, d.location) for d in problem.depots]
    outside = [name for name, location in locations if not 0 <= location < size]
    if outside:
        raise MalformedProblem("E1106", f"locations must lie in 0 to {size - 1}", outside)
    for closure in problem.closures:
        if not (0 <= closure.from_location < size and 0 <= closure.to_location < size):
            raise MalformedProblem("E1106", "a closure names a location outside the matrix")


def _place_names(problem: Problem) -> dict[int, str]:
    names = {d.location: d.id for d in problem.depots}
    names.update({s.location: s.id for s in problem.stops})
    return names


def _check_entries(matrix: Matrix, names: dict[int, str]) -> None:
    if (matrix < 0).any():
        cells = np.unique(np.argwhere(matrix < 0)[:10])
        raise MalformedProblem(
            "E1102",
            "no duration or distance is negative",
            [names.get(int(c), str(c)) for c in cells],
        )
    if np.diagonal(matrix).any():
        cells = np.flatnonzero(np.diagonal(matrix))[:10]
        raise MalformedProblem(
            "E1103", "from a place to itself is 0", [names.get(int(c), str(c)) for c in cells]
        )


def _check_references(problem: Problem) -> None:
    stops = {s.id for s in problem.stops}
    vehicles = {v.id for v in problem.vehicles}
    depots = {d.id for d in problem.depots}
    used: list[tuple[str, str | None, set[str]]] = []
    for stop in problem.stops:
        used += [(stop.id, name, vehicles) for name in stop.vehicles]
        used.append((stop.id, stop.picked_up_at, stops))
    for vehicle in problem.vehicles:
        used += [(vehicle.id, vehicle.start_depot, depots), (vehicle.id, vehicle.end_depot, depots)]
        used += [(vehicle.id, name, depots) for name in vehicle.reload_depots]
        used += [(vehicle.id, name, stops) for name in vehicle.loaded]
        if vehicle.profile and vehicle.profile not in problem.profiles:
            raise MalformedProblem("E1105", f"there is no profile {vehicle.profile}", [vehicle.id])
    for promise in problem.promises:
        used.append((promise.stop_id, promise.stop_id, stops))
    for owner, name, known in used:
        if name is not None and name not in known:
            raise MalformedProblem("E1105", f"{owner} names {name}, which does not exist", [owner])


def _check_amounts(owner: str, struct: object, ids: Sequence[str]) -> None:
    for name in struct.__struct_fields__:  # type: ignore[attr-defined] # msgspec's own field list
        value = getattr(struct, name)
        if isinstance(value, int) and not isinstance(value, bool):
            top = TIME_MAX_S if name.endswith("_s") else AMOUNT_MAX
            if not 0 <= value <= top:
                raise MalformedProblem("E1108", f"{name} of {owner} must lie in 0 to {top}", ids)


def _check_stop(stop: Stop) -> None:
    _check_amounts("a stop", stop, [stop.id])
    if stop.priority > 100:
        raise MalformedProblem("E1108", "priority must lie in 0 to 100", [stop.id])
    if any(not 0 <= percent <= 100 for percent in stop.known_by.values()):
        raise MalformedProblem("E1108", "how well a door is known lies in 0 to 100", [stop.id])
    after = -1
    for tw in stop.tws:
        if (
            tw.early_s > tw.late_s
            or tw.early_s <= after
            or tw.late_s > TIME_MAX_S
            or tw.early_s < 0
        ):
            raise MalformedProblem(
                "E1107", "windows must not be empty, must lie apart and in order", [stop.id]
            )
        after = tw.late_s


def _check_vehicle(vehicle: Vehicle) -> None:
    _check_amounts("a vehicle", vehicle, [vehicle.id])
    if vehicle.shift_late_s < vehicle.shift_early_s:
        raise MalformedProblem("E1109", "the shift ends before it starts", [vehicle.id])
    after = -1
    for rest in vehicle.breaks:
        if rest.early_s <= after or rest.duration_s < 0 or rest.start_late_s < rest.early_s:
            raise MalformedProblem(
                "E1110", "breaks must fit their span and come in order of time", [vehicle.id]
            )
        after = rest.early_s
    if len(vehicle.breaks) > 4:
        raise MalformedProblem("E1110", "a vehicle has at most four breaks", [vehicle.id])


def _check_shipments(problem: Problem) -> None:
    by_id = {s.id: s for s in problem.stops}
    origins = Counter(s.picked_up_at for s in problem.stops if s.picked_up_at is not None)
    for stop in problem.stops:
        if stop.picked_up_at is None:
            continue
        origin = by_id[stop.picked_up_at]
        same = (stop.delivery_g, stop.delivery_ml) == (origin.pickup_g, origin.pickup_ml)
        if not same or origin.delivery_g or origin.delivery_ml or stop.pickup_g or stop.pickup_ml:
            raise MalformedProblem(
                "E1113",
                "a shipment's two stops carry the same amount and nothing else",
                [origin.id, stop.id],
            )
        if origin.picked_up_at is not None or origins[origin.id] > 1 or origin.id == stop.id:
            raise MalformedProblem(
                "E1113", "a shipment has one pickup and one delivery", [origin.id, stop.id]
            )
        if origin.required != stop.required:
            raise MalformedProblem(
                "E1113", "both stops of a shipment are required or neither is", [origin.id, stop.id]
            )
