"""Problems small enough to check by hand: places on one straight road, one second a metre."""

from typing import Any

import numpy as np

from routing import Depot, Problem, Stop, TimeWindow, Vehicle, Weights

H = 3600
PLAIN = Weights(
    travel_per_s=1, overtime_per_s=3, lateness_per_s=2, vehicle_used=0, out_of_territory=50
)


def road(positions_m: list[int]) -> np.ndarray:
    """Return |a - b| for every pair of positions."""
    at = np.array(positions_m, np.int64)
    return np.abs(at[:, None] - at[None, :])


def stop(at: int, **given: Any) -> Stop:
    """Return stop `s<at>` at location `at`; `tw=(early, late)` for one window."""
    tw = given.pop("tw", None)
    if tw is not None:
        given["tws"] = (TimeWindow(*tw),)
    return Stop(**{"id": f"s{at}", "location": at, **given})


def vehicle(name: str = "v1", **given: Any) -> Vehicle:
    """Return a vehicle that leaves the office at 0 with ten hours to be back."""
    usual = {
        "start_depot": "office", "end_depot": "office", "shift_early_s": 0, "shift_late_s": 10 * H,
    }  # fmt: skip
    return Vehicle(**{"id": name, **usual, **given})


def problem(positions_m: list[int], **given: Any) -> Problem:
    """Return a problem with the office at position 0 and a stop at each position given.

    `stops` replaces the plain stops, `vehicles` the plain single vehicle.
    """
    matrix = road([0, *positions_m])
    usual = {
        "stops": tuple(stop(at + 1) for at in range(len(positions_m))),
        "vehicles": (vehicle(),),
        "depots": (Depot(id="office", location=0),),
        "duration_s": matrix,
        "distance_m": matrix,
        "weights": PLAIN,
    }
    return Problem(**{**usual, **given})
