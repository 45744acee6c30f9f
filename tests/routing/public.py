"""Real and public days for tests and benchmarks only; the folder beside the checkout has them."""

import gzip
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from routing import Depot, Problem, Stop, TimeWindow, Vehicle, Weights, evaluate
from routing.matrix import great_circle_m, straight_line
from routing.wellformed import TIME_MAX_S

SHARED = Path(__file__).resolve().parents[3] / "shared"
VRP = SHARED / "vrp"
DELIVERIES = SHARED / "geo" / "deliveries"
ABSENT = "the public instances are not on this machine"
BY_DISTANCE = Weights(
    travel_per_s=0, distance_per_m=1, overtime_per_s=0, lateness_per_s=0, vehicle_used=0
)
BY_TIME = Weights(
    travel_per_s=1, distance_per_m=0, overtime_per_s=0, lateness_per_s=0, vehicle_used=0
)


def read_text(path: Path) -> str:
    """Return the text of a file, unpacked if need be."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return file.read()
    return path.read_text(encoding="utf-8")


def read_loggibud(path: Path) -> Problem:
    """Return a day of loggibud: parcels by index as stop ids, great-circle metres to minimise.

    Ids of parcels repeat within a day, so that only their index names them.
    """
    told = json.loads(read_text(path))
    points = [told["origin"], *(parcel["point"] for parcel in told["deliveries"])]
    lat = np.array([point["lat"] for point in points])
    lon = np.array([point["lng"] for point in points])
    sizes = [int(parcel["size"]) for parcel in told["deliveries"]]
    capacity = int(told["vehicle_capacity"])
    duration_s, _ = straight_line(lat, lon)
    metres = np.rint(great_circle_m(lat, lon, lat, lon)).astype(np.int64)
    np.fill_diagonal(metres, 0)
    return Problem(
        stops=tuple(
            Stop(id=str(at), location=at + 1, delivery_g=size) for at, size in enumerate(sizes)
        ),
        vehicles=tuple(
            Vehicle(
                id=f"v{k + 1}", start_depot="hub", end_depot="hub", shift_early_s=0,
                shift_late_s=TIME_MAX_S, capacity_g=capacity,
            )
            for k in range(math.ceil(sum(sizes) / capacity * 1.25) + 3)
        ),
        depots=(Depot(id="hub", location=0),),
        duration_s=duration_s,
        distance_m=metres,
        weights=BY_DISTANCE,
    )  # fmt: skip


def published_loggibud_plans(path: Path) -> dict[str, list[list[int]]]:
    """Return the published plans of a day by method, routes as lists of parcels' indexes."""
    beside = path.with_name(path.name.replace(".json", ".solutions.json", 1))
    plans: dict[str, list[list[int]]] = json.loads(read_text(beside))
    return plans


def published_loggibud_costs(path: Path, problem: Problem) -> dict[str, int]:
    """Return the judged metres of each published plan of a day."""
    costs = {}
    for method, routes in published_loggibud_plans(path).items():
        named = {
            vehicle.id: [str(at) for at in route]
            for vehicle, route in zip(problem.vehicles, routes, strict=False)
        }
        assert len(routes) <= len(problem.vehicles), (path.name, method)
        costs[method] = evaluate(problem, named).cost.total
    return costs


def read_amazon(path: Path, *, windows: bool = False) -> tuple[Problem, list[str]]:
    """Return a van's route of the Amazon challenge, and its stops in the driver's own order.

    One vehicle leaves the station and ends at its last door; straight-line seconds on the way are
    minimised.

    Parameters
    ----------
    windows
        Whether the citizens' windows hold; the driver kept them by real travel times, which are
        not in the file.
    """
    told = json.loads(read_text(path))
    rows = sorted(told["stops"], key=lambda row: row["actual_order"])
    station, *doors = rows
    lat = np.array([row["lat"] for row in rows])
    lon = np.array([row["lng"] for row in rows])
    duration_s, distance_m = straight_line(lat, lon)
    leave_s = _seconds(told["departure_utc"])
    stops = tuple(
        Stop(
            id=row["id"],
            location=at,
            service_duration_s=round(row["service_s"]),
            delivery_ml=round(row["volume_cm3"]),
            tws=_windows(row, told) if windows else (),
        )
        for at, row in enumerate(doors, 1)
    )
    problem = Problem(
        stops=stops,
        vehicles=(
            Vehicle(
                id="van", start_depot=station["id"], end_depot=None, shift_early_s=leave_s,
                shift_late_s=leave_s + 24 * 3600, capacity_ml=round(told["capacity_cm3"]),
            ),
        ),
        depots=(Depot(id=station["id"], location=0),),
        duration_s=duration_s,
        distance_m=distance_m,
        weights=BY_TIME,
    )  # fmt: skip
    return problem, [row["id"] for row in doors]


def _seconds(clock: str) -> int:
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def _windows(row: dict[str, Any], told: dict[str, Any]) -> tuple[TimeWindow, ...]:
    """Return the span in which all the door's parcels are welcome."""
    spans = []
    for begin, end in row["time_windows_utc"]:
        days = [np.datetime64(moment[:10]) - np.datetime64(told["date"]) for moment in (begin, end)]
        at = [
            int(day / np.timedelta64(1, "s")) + _seconds(moment[11:19])
            for day, moment in zip(days, (begin, end), strict=True)
        ]
        spans.append(at)
    if not spans:
        return ()
    early, late = max(s[0] for s in spans), min(s[1] for s in spans)
    return (TimeWindow(max(0, early), late),) if early <= late else ()
