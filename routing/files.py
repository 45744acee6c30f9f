"""Questions and answers in files of every format, opened and written alike for the command line."""

import gzip
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from routing.evaluate import evaluate, violations
from routing.formats import own, sol, vroom
from routing.formats.lilim import read_lilim
from routing.formats.solomon import read_solomon
from routing.formats.vrplib import read_vrplib
from routing.problem import Problem
from routing.remarks import remarks
from routing.solution import Solution, Violation
from routing.wellformed import MalformedProblem, Remark

FORMATS = ("own", "vroom", "solomon", "vrplib", "lilim")
Positions = dict[int, tuple[float, float]]


@dataclass(frozen=True)
class Opened:
    """A problem with what is known of the file it came from."""

    form: str
    problem: Problem
    remarks: list[Remark] = field(default_factory=list)
    case: vroom.Case | None = None
    """Set for VROOM's files."""
    in_tenths: bool = False
    """Published costs are a tenth of the problem's."""
    positions: Positions = field(default_factory=dict)
    """Location to (x, y), lon and lat where `on_earth`; empty where the file has none."""
    on_earth: bool = False


def read_bytes(path: Path) -> bytes:
    """Return what a file holds, unpacked if its name ends in `.gz`.

    Raises
    ------
    MalformedProblem
        E1114 where it is not packed after all.
    """
    if path.suffix != ".gz":
        return path.read_bytes()
    try:
        with gzip.open(path) as file:
            return file.read()
    except (EOFError, gzip.BadGzipFile) as error:
        raise MalformedProblem("E1114", f"{path.name} is not packed as gzip: {error}") from None


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise MalformedProblem("E1114", f"this is no text: {error}") from None


def open_problem(path: Path, form: str) -> Opened:
    """Return the problem of a file.

    Raises
    ------
    MalformedProblem
        With the codes of `wellformed`.
    OSError
        Where the file cannot be read.
    """
    raw = read_bytes(path)
    if form == "vroom":
        opened = _vroom(raw)
    elif form == "own":
        opened = Opened(form, own.read_problem(raw))
    elif form == "vrplib":
        instance = read_vrplib(_text(raw))
        spots = instance.positions
        opened = Opened(
            form, instance.problem, in_tenths=instance.in_tenths,
            positions={} if spots is None else _positions(spots),
        )  # fmt: skip
    else:
        text = _text(raw)
        problem = read_solomon(text) if form == "solomon" else read_lilim(text)
        opened = Opened(form, problem, in_tenths=True, positions=_columns(text, form))
    opened.remarks.extend(remarks(opened.problem))
    return opened


def _positions(spots: np.ndarray) -> Positions:
    return {at: (float(x), float(y)) for at, (x, y) in enumerate(spots)}


def _columns(text: str, form: str) -> Positions:
    """Return the second and third column of a file that was already read without complaint."""
    rows = [row.split() for row in text.splitlines()]
    width = 7 if form == "solomon" else 9
    numbers = [row for row in rows if len(row) == width and row[0].isdigit()]
    return {at: (float(row[1]), float(row[2])) for at, row in enumerate(numbers)}


def _vroom(raw: bytes) -> Opened:
    case = vroom.read_case(raw)
    positions = {
        at: (float(position[0]), float(position[1]))
        for at, (position, _) in enumerate(case.places.told)
        if position is not None
    }
    return Opened(
        "vroom", case.problem, list(case.remarks), case, positions=positions, on_earth=True
    )


def open_solution(opened: Opened, path: Path) -> tuple[Solution, list[Violation]]:
    """Return the answer of a file and everything that is wrong with it.

    Raises
    ------
    MalformedProblem
        E1114 where it is no answer, E1105 where it names what is not there.
    """
    raw = read_bytes(path)
    if opened.case is not None:
        answer = vroom.read_answer(raw)
        broken = vroom.check_answer(opened.case, answer)
        if any(violation.code == "V3118" for violation in broken):
            return evaluate(opened.problem, {}), broken
        return vroom.solution_of(opened.case, answer), broken
    if opened.form == "own" or raw.lstrip()[:1] == b"{":
        solution = own.read_solution(raw)
        return solution, violations(opened.problem, solution)
    told = sol.read_sol(_text(raw))
    solution = sol.judged(opened.problem, told)
    broken = violations(opened.problem, solution)
    if told.cost is not None:
        claimed = told.cost * (10 if opened.in_tenths else 1)
        if not math.isclose(claimed, solution.cost.total, abs_tol=0.5):
            difference = round(claimed - solution.cost.total)
            broken.append(Violation(code="V3120", key="violation.cost", amount=difference))
    return solution, broken


def written(opened: Opened, solution: Solution, *, as_json: bool, solving_ms: int = 0) -> bytes:
    """Return an answer in the words of the question's format.

    Parameters
    ----------
    as_json
        JSON also where the format has a text of its own for answers.
    """
    if opened.case is not None:
        return vroom.write_vroom(opened.case, solution, solving_ms)
    if opened.form == "own" or as_json:
        return own.write_solution(solution)
    return sol.write_sol(opened.problem, solution, in_tenths=opened.in_tenths).encode()
