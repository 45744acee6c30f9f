"""`python -m routing`: solve, check and generate from the command line.

Exit codes: 0 done and sound, 1 the answer breaks rules, 2 the question makes no sense.
"""

import argparse
import sys
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from routing.evaluate import violations
from routing.formats import own, solomon, vroom
from routing.generate import Office, generate
from routing.limit import Limit
from routing.problem import Problem
from routing.solution import Solution
from routing.solve import ENGINES, solve
from routing.wellformed import MalformedProblem

SOUND, BROKEN, MALFORMED = 0, 1, 2


def main(words: list[str] | None = None) -> int:
    """Run one command; return its exit code."""
    given = _parser().parse_args(words)
    console = Console(stderr=True)
    try:
        code: int = given.run(given, console)
    except MalformedProblem as refused:
        console.print(f"[red]{refused.code}[/red] {refused.sentence} {', '.join(refused.ids)}")
        return MALFORMED
    except OSError as refused:
        console.print(f"[red]{refused.filename}[/red]: {refused.strerror}")
        return MALFORMED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m routing", description=__doc__)
    commands = parser.add_subparsers(required=True)
    solving = commands.add_parser("solve", help="find routes")
    solving.add_argument("file", type=Path)
    solving.add_argument("--format", choices=["own", "vroom", "solomon"], default="own")
    solving.add_argument("--cpu-seconds", type=float, default=10.0)
    solving.add_argument("--iterations", type=int)
    solving.add_argument("--seed", type=int, default=0)
    solving.add_argument("--engine", choices=list(ENGINES), default="portfolio")
    solving.add_argument("--out", type=Path)
    solving.add_argument("--json", action="store_true", help="write the answer to the output")
    solving.set_defaults(run=_solve)
    checking = commands.add_parser("check", help="judge an answer")
    checking.add_argument("problem", type=Path)
    checking.add_argument("solution", type=Path)
    checking.set_defaults(run=_check)
    making = commands.add_parser("generate", help="make a synthetic office")
    making.add_argument("--couriers", type=int, default=8)
    making.add_argument("--stops", type=int, default=360)
    making.add_argument("--pension-share", type=float, default=0.25)
    making.add_argument("--radius-km", type=float, default=6.0)
    making.add_argument("--service-factor", type=float, default=1.0)
    making.add_argument("--women-only-share", type=float, default=0.03)
    making.add_argument("--seed", type=int, default=0)
    making.add_argument("--out", type=Path)
    making.set_defaults(run=_generate)
    return parser


def _read(path: Path, form: str) -> Problem:
    if form == "vroom":
        return vroom.read_vroom(path.read_bytes())
    if form == "solomon":
        return solomon.read_solomon(path.read_text())
    return own.read_problem(path.read_bytes())


def _write(text: bytes, path: Path | None) -> None:
    if path is None:
        sys.stdout.buffer.write(text + b"\n")
    else:
        path.write_bytes(text)


def _solve(given: argparse.Namespace, console: Console) -> int:
    problem = _read(given.file, given.format)
    limit = Limit(
        cpu_seconds=None if given.iterations is not None else given.cpu_seconds,
        iterations=given.iterations,
    )
    with console.status("searching") as status:

        def tell(better: Solution) -> None:
            status.update(f"cost {better.cost.total:,}, {len(better.unassigned)} left out")

        solution = solve(problem, limit=limit, seed=given.seed, engine=given.engine, on_best=tell)
    if given.json or given.out is not None:
        wanted = (
            vroom.write_vroom(problem, solution)
            if given.format == "vroom"
            else (own.write_solution(solution))
        )
        _write(wanted, given.out)
    else:
        _show(solution)
    return BROKEN if violations(problem, solution) else SOUND


def _show(solution: Solution) -> None:
    table = Table("vehicle", "stops", "ends", "travel s", "metres")
    for route in solution.routes:
        stops = sum(visit.stop_id is not None for visit in route.visits)
        minutes = route.end_s // 60
        table.add_row(
            route.vehicle_id, str(stops), f"{minutes // 60:02}:{minutes % 60:02}",
            str(route.travel_s), str(route.distance_m),
        )  # fmt: skip
    console = Console()
    console.print(table)
    console.print(f"cost {solution.cost.total:,}")
    for left in solution.unassigned:
        console.print(f"{left.stop_id}: {left.code} {left.reason.value}")


def _check(given: argparse.Namespace, console: Console) -> int:
    problem = own.read_problem(given.problem.read_bytes())
    broken = violations(problem, own.read_solution(given.solution.read_bytes()))
    for violation in broken:
        console.print(msgspec.json.encode(violation).decode())
    console.print(f"{len(broken)} violations")
    return BROKEN if broken else SOUND


def _generate(given: argparse.Namespace, _console: Console) -> int:
    names = ("couriers", "stops", "pension_share", "radius_km", "service_factor",
             "women_only_share", "seed")  # fmt: skip
    office = Office(**{name: getattr(given, name) for name in names})
    _write(own.write_problem(generate(office)), given.out)
    return SOUND
