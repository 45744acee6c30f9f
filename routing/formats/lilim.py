"""Li and Lim's text format: pickups and deliveries with windows, one depot, one kind of vehicle.

Source
------
Li and Lim (2001), A metaheuristic for the pickup and delivery problem with time windows, ICTAI.
Distances as in `solomon`: truncated to one decimal, every figure in tenths, distance only. Best
known costs are published on real distances and fewest vehicles first: not to be compared.
"""

import numpy as np

from routing.formats.solomon import CLASSIC, TENTHS, tenths_between
from routing.problem import Depot, Problem, Stop, TimeWindow, Vehicle
from routing.wellformed import MalformedProblem

NUM_COLUMNS = 9
ID, X, Y, DEMAND, EARLY, LATE, SERVICE, PICKUP, DELIVERY = range(NUM_COLUMNS)


def read_lilim(text: str) -> Problem:
    """Return the problem of a Li-Lim file; stops are called as there, `1` and so on.

    Raises
    ------
    MalformedProblem
        E1114 where the file is not of that format, E1113 where pickups and deliveries do not match.
    """
    try:
        head, *rows = [[float(cell) for cell in row.split()] for row in text.splitlines() if row]
        num_vehicles, capacity = int(head[0]), int(head[1])
        table = np.array(rows)
        if table.ndim != 2 or table.shape[1] != NUM_COLUMNS or (table[:, ID] < 0).any():
            raise ValueError(f"{NUM_COLUMNS} columns are expected")
        if (table[:, ID] != np.arange(len(table))).any():
            raise ValueError("rows must be numbered from 0")
    except (IndexError, ValueError) as error:
        raise MalformedProblem("E1114", f"this is no Li-Lim file: {error}") from None
    whole = (table * TENTHS).astype(np.int64)
    partners = table[:, [PICKUP, DELIVERY]].astype(np.int64)
    distance = tenths_between(table[:, [X, Y]])
    return Problem(
        stops=tuple(_stop(n, table, whole, partners) for n in range(1, len(table))),
        vehicles=tuple(
            Vehicle(
                id=f"v{k + 1}",
                start_depot="depot",
                end_depot="depot",
                shift_early_s=int(whole[0, EARLY]),
                shift_late_s=int(whole[0, LATE]),
                capacity_g=capacity,
            )
            for k in range(min(num_vehicles, len(table)))
        ),
        depots=(Depot(id="depot", location=0),),
        duration_s=distance,
        distance_m=distance,
        weights=CLASSIC,
    )


def _stop(n: int, table: np.ndarray, whole: np.ndarray, partners: np.ndarray) -> Stop:
    amount, pickup, delivery = int(table[n, DEMAND]), int(partners[n, 0]), int(partners[n, 1])
    partner = pickup or delivery
    if not 0 <= partner < len(table) or (partner and n not in partners[partner]):
        raise MalformedProblem("E1113", "pickup and delivery must name each other", [str(n)])
    return Stop(
        id=str(n),
        location=n,
        service_duration_s=int(whole[n, SERVICE]),
        tws=(TimeWindow(int(whole[n, EARLY]), int(whole[n, LATE])),),
        pickup_g=max(0, amount),
        delivery_g=max(0, -amount),
        picked_up_at=str(pickup) if pickup else None,
    )
