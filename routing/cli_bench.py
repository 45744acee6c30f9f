"""Engines side by side on the same files at equal processor seconds, one after the other."""

import argparse
import importlib
import importlib.util
import sys
import time
from collections.abc import Iterator

import msgspec
from rich.console import Console
from rich.table import Table

from routing.engines import Engine, nothing_to_tell
from routing.evaluate import Judge
from routing.files import open_problem
from routing.indexed import Indexed
from routing.limit import Limit, Stopwatch
from routing.mend import mend
from routing.problem import Problem
from routing.solve import ENGINES, solve

VROOM = "vroom"
"""An engine only where `pyvroom` happens to be installed."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What one engine reached on one file."""

    file: str
    engine: str
    cost: int
    left_out: int
    cpu_s: float
    wall_s: float
    ratio: float
    """Of the cost to the best of the file."""


def names() -> list[str]:
    """Return the engines there are."""
    return [*ENGINES, *([VROOM] if importlib.util.find_spec("vroom") else [])]


def _engine(name: str) -> Engine:
    return importlib.import_module(f"routing.engines.{name}")


def _reached(problem: Problem, name: str, limit: Limit, seed: int) -> tuple[int, int]:
    """Return cost and number of stops left out."""
    if name in ENGINES:
        solution = solve(problem, limit=limit, seed=seed, engine=name)
        return solution.cost.total, len(solution.unassigned)
    judge = Judge(Indexed(problem))
    found = _engine(name).run(
        judge, Stopwatch(limit), seed=seed, start=None, on_plan=nothing_to_tell
    )
    plan = mend(judge, found or [[] for _ in problem.vehicles])
    return judge.cost(plan).total, len(judge.ix.left_out(plan))


def _runs(given: argparse.Namespace) -> Iterator[Run]:
    limit = Limit(cpu_seconds=given.cpu_seconds)
    for path in given.files:
        problem = open_problem(path, given.format).problem
        reached = []
        for name in given.engine or names():
            cpu, wall = time.process_time(), time.perf_counter()
            cost, left = _reached(problem, name, limit, given.seed)
            spent = time.process_time() - cpu, time.perf_counter() - wall
            reached.append((name, cost, left, *spent))
        best = min(cost for _, cost, *_ in reached)
        for name, cost, left, cpu_s, wall_s in reached:
            yield Run(
                file=path.name, engine=name, cost=cost, left_out=left, cpu_s=round(cpu_s, 2),
                wall_s=round(wall_s, 2), ratio=round(cost / best, 4) if best else 1.0,
            )  # fmt: skip


def run(given: argparse.Namespace, console: Console) -> int:
    """Compare and print; return the exit code."""
    table = Table("file", "engine", "cost", "to the best", "left out", "CPU s", "wall s")
    made = []
    with console.status("comparing"):
        for one in _runs(given):
            made.append(one)
            table.add_row(
                one.file, one.engine, f"{one.cost:,}", f"{one.ratio:.4f}", str(one.left_out),
                f"{one.cpu_s:.1f}", f"{one.wall_s:.1f}",
            )  # fmt: skip
    if given.json:
        sys.stdout.buffer.write(msgspec.json.encode(made) + b"\n")
    else:
        Console(highlight=False).print(table)
    return 0
