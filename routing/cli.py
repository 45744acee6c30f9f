"""`python -m routing`: solve, check, generate, plot, compare and describe from the command line.

Exit codes: 0 done and sound, 1 the answer breaks rules, 2 the question makes no sense or a file
cannot be read or written.
"""

import argparse
import sys
from pathlib import Path

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from routing import cli_bench, cli_solve
from routing.files import FORMATS, Opened, open_problem, open_solution
from routing.formats import own, vroom
from routing.generate import Office, generate
from routing.solution import Violation
from routing.solve import ENGINES
from routing.wellformed import MalformedProblem

SOUND, BROKEN, MALFORMED = 0, 1, 2
SHARES = {"pension_share", "women_only_share", "heavy_share", "optional_share"}
"""Parameters of `generate` that lie between 0 and 1."""


def main(words: list[str] | None = None) -> int:
    """Run one command; return its exit code."""
    given = _parser().parse_args(words)
    console = Console(stderr=True, highlight=False)
    try:
        code: int = given.run(given, console)
    except MalformedProblem as refused:
        say(console, "red", refused.code, refused.sentence, refused.ids)
        if getattr(given, "json", False):
            _write(_refusal(refused, getattr(given, "format", "own")), None)
        return MALFORMED
    except OSError as refused:
        console.print(f"[red]{escape(str(refused.filename))}[/red]: {refused.strerror}")
        return MALFORMED
    return code


def say(console: Console, colour: str, code: str, sentence: str, ids: tuple[str, ...]) -> None:
    """Print one code with its sentence and whom it concerns."""
    whom = f" ({', '.join(ids)})" if any(ids) else ""
    console.print(f"[{colour}]{code}[/{colour}] {escape(sentence + whom)}", soft_wrap=True)


def _refusal(refused: MalformedProblem, form: str) -> bytes:
    """Return a refusal for machines; VROOM's own shape for its users."""
    if form == "vroom":
        return msgspec.json.encode({"code": 2, "error": str(refused)})
    told = {"code": refused.code, "sentence": refused.sentence, "ids": refused.ids}
    return msgspec.json.encode({"error": told})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m routing",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_solve(commands.add_parser("solve", help="find routes"))
    _add_check(commands.add_parser("check", help="judge an answer; VROOM's plan mode without one"))
    _add_generate(commands.add_parser("generate", help="make a synthetic office"))
    plotting = commands.add_parser("plot", help="draw routes on a map and over the day")
    plotting.add_argument("problem", type=Path)
    plotting.add_argument("solution", type=Path)
    _add_format(plotting)
    plotting.add_argument("--out", type=Path, required=True, help="a .svg or a .png")
    plotting.set_defaults(run=_plot)
    _add_bench(commands.add_parser("bench", help="compare engines at equal processor seconds"))
    describing = commands.add_parser("schema", help="write the JSON schema of the own format")
    describing.add_argument("part", nargs="?", choices=["problem", "solution"])
    describing.add_argument("--out", type=Path)
    describing.set_defaults(run=_schema)
    return parser


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=FORMATS, default="own", help="of the question (usually: own)"
    )


def _add_solve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the question, .gz or not")
    _add_format(parser)
    parser.add_argument("--cpu-seconds", type=_positive, help="of this process (usually: 10)")
    parser.add_argument("--seconds", type=_positive, help="wall clock, instead or besides")
    parser.add_argument("--iterations", type=_count, help="the same answer every time")
    parser.add_argument("--cores", type=_count, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engine", choices=list(ENGINES), default="portfolio")
    parser.add_argument("--start", type=Path, help="an answer to begin from, in the same format")
    parser.add_argument("--out", type=Path, help="the answer, in the question's format")
    parser.add_argument("--json", action="store_true", help="the answer as JSON on the output")
    parser.set_defaults(run=_solve)


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("problem", type=Path)
    parser.add_argument(
        "solution", type=Path, nargs="?", help="none: times for a VROOM file's own steps"
    )
    _add_format(parser)
    parser.add_argument("--out", type=Path, help="plan mode's answer")
    parser.add_argument("--json", action="store_true", help="the findings as JSON on the output")
    parser.set_defaults(run=_check)


def _add_generate(parser: argparse.ArgumentParser) -> None:
    """Open every parameter of `Office`, called as there."""
    usual = Office()
    for name in Office.__struct_fields__:
        value = getattr(usual, name)
        kind = _share if name in SHARES else type(value)
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=kind, default=value, help=f"usually {value}")
    parser.add_argument("--out", type=Path)
    parser.set_defaults(run=_generate)


def _add_bench(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    _add_format(parser)
    parser.add_argument("--cpu-seconds", type=_positive, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--engine", action="append", choices=cli_bench.names(), help="again for each; usually all"
    )
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=cli_bench.run)


def _positive(word: str) -> float:
    value = float(word)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{word} is no number of seconds")
    return value


def _count(word: str) -> int:
    value = int(word)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{word} is below 1")
    return value


def _share(word: str) -> float:
    value = float(word)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{word} does not lie in 0 to 1")
    return value


def _open(given: argparse.Namespace, path: Path, console: Console) -> Opened:
    opened = open_problem(path, given.format)
    for remark in opened.remarks:
        say(console, "yellow", remark.code, remark.sentence, remark.ids)
    return opened


def _write(text: bytes, path: Path | None) -> None:
    if path is None:
        sys.stdout.buffer.write(text.rstrip(b"\n") + b"\n")
        sys.stdout.buffer.flush()
    else:
        path.write_bytes(text)


def _solve(given: argparse.Namespace, console: Console) -> int:
    opened = _open(given, given.file, console)
    cli_solve.warn_of_hopeless(opened, console)
    start = None
    if given.start is not None:
        start = open_solution(opened, given.start)[0]
    answered = cli_solve.search(given, opened, start, console)
    if given.out is not None:
        _write(answered.in_kind, given.out)
    if given.json:
        _write(answered.as_json, None)
    if not given.json and given.out is None:
        cli_solve.show(opened, answered.solution)
    _show_broken(answered.broken, console)
    return BROKEN if answered.broken else SOUND


def _show_broken(broken: list[Violation], console: Console) -> None:
    for violation in broken:
        whom = tuple(name for name in (violation.vehicle_id, violation.stop_id) if name)
        amount = f" by {violation.amount:,}" if violation.amount else ""
        say(console, "red", violation.code, f"{violation.key}{amount}", whom)


def _check(given: argparse.Namespace, console: Console) -> int:
    opened = _open(given, given.problem, console)
    if given.solution is None:
        return _plan_mode(given, opened, console)
    solution, broken = open_solution(opened, given.solution)
    if given.json:
        findings = {"violations": broken, "cost": solution.cost, "total": solution.cost.total}
        _write(msgspec.json.encode(findings), None)
    _show_broken(broken, console)
    console.print(f"{len(broken)} violations, cost {solution.cost.total:,}")
    return BROKEN if broken else SOUND


def _plan_mode(given: argparse.Namespace, opened: Opened, console: Console) -> int:
    if opened.case is None:
        raise MalformedProblem("E1114", "only VROOM's files have steps of their own to check")
    plan = vroom.choose_eta(opened.case)
    if given.json or given.out is not None:
        _write(msgspec.json.encode(plan), given.out)
    broken = [
        (route["vehicle"], violation)
        for route in plan["routes"]
        for violation in route["violations"]
    ]
    table = Table("vehicle", "violation", "seconds")
    for vehicle, violation in broken:
        table.add_row(str(vehicle), violation["cause"], str(violation.get("duration", "")))
    if broken:
        console.print(table)
    console.print(f"{len(broken)} violations, {len(plan['unassigned'])} tasks on no route")
    return BROKEN if broken else SOUND


def _generate(given: argparse.Namespace, _console: Console) -> int:
    office = Office(**{name: getattr(given, name) for name in Office.__struct_fields__})
    _write(own.write_problem(generate(office)), given.out)
    return SOUND


def _plot(given: argparse.Namespace, console: Console) -> int:
    # Drawing takes a second to load, which the other commands need not wait for.
    from routing.plot import draw

    opened = _open(given, given.problem, console)
    solution, broken = open_solution(opened, given.solution)
    draw(opened, solution, given.out)
    if broken:
        console.print(f"[yellow]drawn although {len(broken)} rules are broken[/yellow]")
    return SOUND


def _schema(given: argparse.Namespace, _console: Console) -> int:
    _write(msgspec.json.format(msgspec.json.encode(own.schema(given.part)), indent=2), given.out)
    return SOUND
