"""Solomon's text format, also of Gehring and Homberger: one depot, one kind of vehicle.

Source
------
Solomon (1987), Operations Research 35(2), 254-265. Distances as agreed for the 12th DIMACS
challenge: truncated to one decimal; every figure here is in tenths.
"""

import re

import numpy as np

from routing.problem import Depot, Problem, Stop, TimeWindow, Vehicle, Weights
from routing.wellformed import MalformedProblem, Matrix

TENTHS = 10
CLASSIC = Weights(
    travel_per_s=0, distance_per_m=1, overtime_per_s=0, lateness_per_s=0, vehicle_used=0
)
"""Distance only, the objective of the literature."""


def tenths_between(positions: np.ndarray) -> Matrix:
    """Return the (n, n) distances of (n, 2) positions in tenths, truncated."""
    across = positions[:, None] - positions[None, :]
    line = np.sqrt((across**2).sum(-1))
    return np.asarray(np.floor(TENTHS * line + 1e-9).astype(np.int64))


def read_solomon(text: str) -> Problem:
    """Return the problem of a Solomon file.

    Raises
    ------
    MalformedProblem
        E1114 where the file is not of that format.
    """
    lines = [line.split() for line in text.splitlines() if line.strip()]
    try:
        at = next(n for n, line in enumerate(lines) if line[0] == "NUMBER") + 1
        vehicles, capacity = int(lines[at][0]), int(float(lines[at][1]))
        rows = [
            [float(cell) for cell in line] for line in lines[at + 1 :] if re.match(r"\d", line[0])
        ]
        table = np.array(rows)
        if table.ndim != 2 or table.shape[1] != 7:
            raise ValueError("seven columns are expected")
    except (StopIteration, IndexError, ValueError) as error:
        raise MalformedProblem("E1114", f"this is no Solomon file: {error}") from None
    distance = tenths_between(table[:, 1:3])
    whole = (table * TENTHS).astype(np.int64)
    stops = tuple(
        Stop(
            id=str(int(table[n, 0])),
            location=n,
            delivery_g=int(table[n, 3]),
            tws=(TimeWindow(int(whole[n, 4]), int(whole[n, 5])),),
            service_duration_s=int(whole[n, 6]),
        )
        for n in range(1, len(table))
    )
    fleet = tuple(
        Vehicle(
            id=f"v{k + 1}",
            start_depot="depot",
            end_depot="depot",
            shift_early_s=int(whole[0, 4]),
            shift_late_s=int(whole[0, 5]),
            capacity_g=capacity,
        )
        for k in range(min(vehicles, len(stops)))
    )
    return Problem(
        stops=stops,
        vehicles=fleet,
        depots=(Depot(id="depot", location=0),),
        duration_s=distance,
        distance_m=distance,
        weights=CLASSIC,
    )
