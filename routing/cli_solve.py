"""The search as the command line runs it: what is hopeless first, a bar while it lasts, a table."""

import argparse
import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, Task, TextColumn
from rich.progress_bar import ProgressBar
from rich.table import Table

from routing.evaluate import violations
from routing.files import Opened, written
from routing.formats import vroom
from routing.limit import Limit
from routing.precheck import precheck
from routing.solution import Reason, Solution, Unassigned, Violation
from routing.solve import solve

USUAL_CPU_SECONDS = 10.0
SHOWN_MAX = 20
SENTENCES = {
    Reason.NO_VEHICLE: "there is no vehicle",
    Reason.NO_SKILL: "no vehicle that could come has every skill asked for",
    Reason.NOT_ALLOWED: "none of the vehicles named may come",
    Reason.OVER_CAPACITY: "more weight or volume than any vehicle carries",
    Reason.OVER_CASH_LIMIT: "more cash than any vehicle's ceiling",
    Reason.UNREACHABLE: "there is no way to it and back",
    Reason.WINDOW_UNREACHABLE: "no vehicle can be there within its windows",
    Reason.SHIFT_TOO_SHORT: "one trip there and back is longer than any shift",
    Reason.RELEASED_TOO_LATE: "its things are there too late for its windows",
    Reason.NOT_ON_BOARD: "its things are not on board and nobody can fetch them",
    Reason.PARTNER_LEFT_OUT: "the other half of the shipment cannot be served",
    Reason.NO_ROOM: "no route has room for it",
    Reason.NOT_WORTH_IT: "the detour costs more than its prize",
}


@dataclass(frozen=True)
class Answered:
    """A plan as it is written and what is wrong with it, which should be nothing."""

    solution: Solution
    in_kind: bytes
    as_json: bytes
    broken: list[Violation]


def reason_sentence(entry: Unassigned) -> str:
    """Return why a stop is left out, in English."""
    details = {key: value for key, value in entry.details.items() if value}
    more = "; ".join(f"{key} {value}" for key, value in details.items())
    return SENTENCES[entry.reason] + (f" ({more})" if more else "")


def warn_of_hopeless(opened: Opened, console: Console) -> None:
    """Name each stop that no plan can serve, before any search."""
    for entry in precheck(opened.problem):
        sentence = f"cannot be served: {reason_sentence(entry)}"
        console.print(
            f"[yellow]{entry.code}[/yellow] {escape(entry.stop_id)} {escape(sentence)}",
            soft_wrap=True,
        )


def search(
    given: argparse.Namespace, opened: Opened, start: Solution | None, console: Console
) -> Answered:
    """Search as long as was said and return the judged answer."""
    unsaid = given.seconds is None and given.iterations is None
    cpu_seconds = given.cpu_seconds or (USUAL_CPU_SECONDS if unsaid else None)
    limit = Limit(seconds=given.seconds, cpu_seconds=cpu_seconds, iterations=given.iterations)
    if start is None and opened.case is not None:
        start = vroom.start_of(opened.case)
    begun = time.perf_counter()
    with _bar(limit, console) as tell:
        solution = solve(
            opened.problem, limit=limit, start=start, seed=given.seed, engine=given.engine,
            on_best=tell, **_cores(given.cores, console),
        )  # fmt: skip
    solving_ms = int((time.perf_counter() - begun) * 1000)
    return Answered(
        solution,
        written(opened, solution, as_json=False, solving_ms=solving_ms),
        written(opened, solution, as_json=True, solving_ms=solving_ms),
        violations(opened.problem, solution),
    )


def _cores(number: int, console: Console) -> dict[str, Any]:
    if "cores" in inspect.signature(solve).parameters:
        return {"cores": number}
    if number > 1:
        console.print("[yellow]this search runs on one core[/yellow]")
    return {}


class _Spent(BarColumn):
    """A bar of the time spent, read whenever it is drawn."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(bar_width=30)
        self.wall_s, self.cpu_s = time.perf_counter(), time.process_time()
        self.limit = limit

    def render(self, task: Task) -> ProgressBar:
        """Draw the larger share of either clock."""
        shares = [0.0]
        if self.limit.seconds is not None:
            shares.append((time.perf_counter() - self.wall_s) / self.limit.seconds)
        if self.limit.cpu_seconds is not None:
            shares.append((time.process_time() - self.cpu_s) / self.limit.cpu_seconds)
        task.completed = min(1.0, max(shares))
        return super().render(task)


@contextmanager
def _bar(limit: Limit, console: Console) -> Iterator[Callable[[Solution], None]]:
    timed = limit.seconds is not None or limit.cpu_seconds is not None
    columns = [TextColumn("{task.description}"), *([_Spent(limit)] if timed else [])]
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("searching", total=1.0 if timed else None)

        def tell(better: Solution) -> None:
            left = len(better.unassigned)
            progress.update(task, description=f"cost {better.cost.total:,}, {left} left out")

        yield tell


def clock(at_s: int) -> str:
    """Return a moment of the service day, hours beyond midnight counted on."""
    return f"{at_s // 3600:02}:{at_s % 3600 // 60:02}"


def show(opened: Opened, solution: Solution) -> None:
    """Print the plan for people."""
    by_clock = opened.form in ("own", "vroom")
    table = Table("vehicle", "stops", "starts", "ends", "travel", "distance")
    for route in solution.routes:
        stops = sum(visit.stop_id is not None for visit in route.visits)
        edges = [route.start_s, route.end_s]
        times = [clock(at) for at in edges] if by_clock else [f"{at:,}" for at in edges]
        table.add_row(
            route.vehicle_id, str(stops), *times, f"{route.travel_s:,}", f"{route.distance_m:,}"
        )
    console = Console(highlight=False)
    if solution.routes:
        console.print(table)
    console.print(f"cost {solution.cost.total:,}, {len(solution.unassigned)} left out")
    for left in solution.unassigned[:SHOWN_MAX]:
        console.print(
            f"{left.code} {escape(left.stop_id)}: {escape(reason_sentence(left))}", soft_wrap=True
        )
    if len(solution.unassigned) > SHOWN_MAX:
        console.print(f"and {len(solution.unassigned) - SHOWN_MAX} more")
