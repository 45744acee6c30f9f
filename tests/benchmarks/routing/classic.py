"""G1 to G4: the classic files of Gehring and Homberger, distance only, PyVRP beside ours.

References are the lowest distances ever found here (`references.json`, lowered by
`python -m tests.benchmarks.routing.references`) or, of 1,000 customers, the published best known.
"""

import json
from pathlib import Path

from routing import Problem
from routing.formats.solomon import read_solomon
from routing.formats.vrplib import read_vrplib
from tests.benchmarks.routing.measure import QUICK, SEEDS, SHARED, Figure, answered, mean, percent

FOLDER = SHARED / "vrp"
REFERENCES = Path(__file__).parent / "references.json"
ABSENT = "the public instances are not on this machine"


def references() -> dict[str, int]:
    """Return the lowest distance known by file, in tenths."""
    known: dict[str, int] = json.loads(REFERENCES.read_text())
    return known


def small_files(folder: str) -> dict[str, Problem]:
    """Return the problems of 200 or 400 customers by file."""
    files = sorted((FOLDER / folder).glob("*.txt"))
    return {f"{folder}/{file.stem}": read_solomon(file.read_text()) for file in files}


def large_files() -> dict[str, tuple[Problem, int]]:
    """Return the problems of 1,000 customers and their best known distance, in tenths."""
    found = {}
    for file in sorted((FOLDER / "gh1000").glob("*.vrp")):
        published = file.with_suffix(".sol").read_text().partition("Cost")[2].split()
        best = round(10 * float(published[0].strip(":") or published[1]))
        found[f"gh1000/{file.stem}"] = (read_vrplib(file.read_text()).problem, best)
    return found


def _gaps(files: dict[str, Problem], seconds: float) -> dict[str, dict[str, float]]:
    known, found = references(), {}
    for name, asked in files.items():
        ours, theirs = (
            mean([
                percent(answered(asked, engine, seed, cpu_seconds=seconds).cost.total, known[name])
                for seed in SEEDS
            ])
            for engine in (None, "pyvrp")
        )  # fmt: skip
        found[name] = {"ours": ours, "pyvrp": theirs}
    return found


def _told(goal: str, found: dict[str, dict[str, float]], most: float, ratio: float) -> Figure:
    if not found:
        return Figure(goal=goal, measured=ABSENT, reached=None)
    ours, theirs = (mean([gaps[key] for gaps in found.values()]) for key in ("ours", "pyvrp"))
    return Figure(
        goal=goal,
        measured=f"gap {ours:.2f} %, PyVRP {theirs:.2f} %, {len(found)} files",
        reached=ours <= most and ours <= ratio * theirs,
        cases=dict(found),
    )


def g1() -> Figure:
    """200 customers, 10 CPU s: at most 0.10 % and half of PyVRP's gap."""
    return _told("G1 200 customers, 10 CPU s", _gaps(small_files("gh200"), 10), 0.10, 0.5)


def g2() -> Figure:
    """400 customers, 30 CPU s: at most 0.4 of PyVRP's gap."""
    seconds = 6 if QUICK else 30
    found = _gaps(small_files("gh400"), seconds)
    return _told(f"G2 400 customers, {seconds} CPU s", found, 100, 0.4)


def _large(goal: str, most: float, **budget: float) -> Figure:
    found = {}
    for name, (asked, best) in large_files().items():
        costs = [answered(asked, None, seed, **budget).cost.total for seed in SEEDS]
        found[name] = mean([percent(cost, best) for cost in costs])
    if not found:
        return Figure(goal=goal, measured=ABSENT, reached=None)
    gap = mean(list(found.values()))
    told = f"gap {gap:.2f} % to the best known, {len(found)} files"
    return Figure(goal=goal, measured=told, reached=gap <= most, cases=dict(found))


def g3() -> Figure:
    """1,000 customers, 30 CPU s: at most 1.2 %."""
    return _large("G3 1,000 customers, 30 CPU s", 1.2, cpu_seconds=6 if QUICK else 30)


def g4() -> Figure:
    """1,000 customers, 60 s on two cores: at most 0.8 %."""
    return _large("G4 1,000 customers, 60 s, 2 cores", 0.8, seconds=6 if QUICK else 60, cores=2)
