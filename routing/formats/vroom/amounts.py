"""VROOM's amounts: any number of columns there, three here, and which of them matter."""

from dataclasses import dataclass

from routing.formats.vroom.file import File
from routing.wellformed import AMOUNT_MAX, MalformedProblem

FIELDS = (
    ("delivery_g", "pickup_g", "capacity_g"),
    ("delivery_ml", "pickup_ml", "capacity_ml"),
    ("cash_out_vnd", "cash_in_vnd", "cash_limit_vnd"),
)
"""Given out, taken on, limit of the three loads; cash is never part of a shipment."""


@dataclass(frozen=True)
class Columns:
    """Which column of the file is which load; the others can never fill a vehicle."""

    size: int
    of_load: tuple[int | None, int | None, int | None]

    def loads(self, given: list[int] | None, taken: list[int] | None) -> dict[str, int]:
        """Return a stop's fields for what is given out and what is taken on."""
        fields = {}
        for (out, in_, _), column in zip(FIELDS, self.of_load, strict=True):
            if column is not None:
                fields[out] = given[column] if given else 0
                fields[in_] = taken[column] if taken else 0
        return fields

    def limits(self, capacity: list[int]) -> dict[str, int]:
        """Return a vehicle's fields."""
        chosen = zip(FIELDS, self.of_load, strict=True)
        return {
            limit: min(AMOUNT_MAX, capacity[column])
            for (_, _, limit), column in chosen
            if column is not None
        }

    def never_bind(self, limits: list[int], capacity: list[int]) -> bool:
        """Whether limits are no stricter than the capacity."""
        return all(a >= b for a, b in zip(limits, capacity, strict=False))


def columns(file: File) -> Columns:
    """Return the file's columns.

    Raises
    ------
    MalformedProblem
        E1114 where lists of amounts differ in length, E1116 where more columns bind than there are
        loads here.
    """
    size = len(file.vehicles[0].capacity) if file.vehicles else 0
    moved = [0] * size
    shipped = [0] * size
    for name, amount, is_shipped in _amounts(file):
        if len(amount) != size:
            raise MalformedProblem(
                "E1114",
                f"amounts must have as many columns as the first capacity, which has {size}",
                [name],
            )
        moved = [a + b for a, b in zip(moved, amount, strict=True)]
        if is_shipped:
            shipped = [a + b for a, b in zip(shipped, amount, strict=True)]
    tightest = [min(v.capacity[column] for v in file.vehicles) for column in range(size)]
    binding = [column for column in range(size) if moved[column] > tightest[column]]
    binding.sort(key=lambda column: shipped[column] == 0)
    last_is_shipped = len(binding) == 3 and shipped[binding[2]] > 0
    if len(binding) > 3 or last_is_shipped:
        reason = "shipments, two" if last_is_shipped else "jobs, three"
        raise MalformedProblem(
            "E1116",
            f"amounts of {reason} columns that can fill a vehicle can be expressed, not those of "
            f"columns {', '.join(str(column + 1) for column in sorted(binding))}",
        )
    filled = [*binding, None, None, None][:3]
    return Columns(size, (filled[0], filled[1], filled[2]))


def _amounts(file: File) -> list[tuple[str, list[int], bool]]:
    found: list[tuple[str, list[int] | None, bool]] = []
    for v in file.vehicles:
        if len(v.capacity) != len(file.vehicles[0].capacity):
            raise MalformedProblem(
                "E1114", "capacities must all have the same number of columns", [str(v.id)]
            )
        for rest in v.breaks:
            if rest.max_load is not None and len(rest.max_load) != len(v.capacity):
                raise MalformedProblem("E1114", "max_load must match capacity", [str(v.id)])
    for job in file.jobs:
        given = job.delivery if job.delivery or job.pickup else job.amount
        found += [(f"job:{job.id}", given, False), (f"job:{job.id}", job.pickup, False)]
    for shipment in file.shipments:
        found.append((f"pickup:{shipment.pickup.id}", shipment.amount, True))
    return [(name, amount, shipped) for name, amount, shipped in found if amount]
