"""G9: a province of 25,000 stops in two minutes on two cores."""

import os
import resource
import time

from routing import violations
from routing.borders import Area
from routing.decompose import solve_province
from routing.generate import province
from tests.benchmarks.routing.measure import QUICK, Figure, answered, mean, percent
from tests.routing.checker import complaints

SECONDS = 112.0
"""Of processor time on each core; starting processes and reading back come on top."""


def _whole() -> list[Area]:
    """Return 100 offices with about 25,000 stops."""
    return province(8 if QUICK else 100, seed=7, stops_per_courier=42)


def g9() -> Figure:
    """The province as it is planned; every sixth office beside 15 CPU s of its own."""
    areas = _whole()
    stops = sum(len(area.problem.stops) for area in areas)
    seconds = SECONDS * stops / 25_000 if QUICK else SECONDS
    begun = time.perf_counter()
    found = solve_province(areas, seconds=seconds, cores=min(2, os.cpu_count() or 1))
    wall_s = time.perf_counter() - begun
    memory_mb = sum(
        resource.getrusage(who).ru_maxrss * (2 if who == resource.RUSAGE_CHILDREN else 1) / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    refused = sum(
        bool(violations(area.problem, plan) or complaints(area.problem, plan))
        for area, plan in found
    )
    changes = []
    for number, area in enumerate(areas):
        if number % 6 == 0 and len(found[number][0].problem.stops) == len(area.problem.stops):
            alone = answered(area.problem, None, number, cpu_seconds=15).cost.total
            changes.append(percent(found[number][1].cost.total, alone))
    return Figure(
        goal="G9 province, 2 cores",
        measured=(
            f"{stops} stops in {wall_s:.0f} s, {mean(changes):+.1f} % to 15 CPU s an office "
            f"({len(changes)} offices), {memory_mb:.0f} MB, {refused} refused"
        ),
        reached=wall_s <= 120 and mean(changes) <= 1 and memory_mb <= 4000 and not refused
        if not QUICK
        else None,
        cases={"changes": changes},
    )
