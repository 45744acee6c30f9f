"""Measures the optimiser against its goals: `make bench-routing`, `QUICK=1` for a few minutes.

Budgets are processor seconds of one thread; every plan passes the judge and the independent
checker; peers run beside it in the same call. A goal not reached or not measured says so.
"""

import json
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from routing import Delayed, Limit, Problem, Progress, Solution, repair, solve, violations
from routing.engines import nothing_to_tell, pyvrp
from routing.evaluate import Judge
from routing.formats.solomon import read_solomon
from routing.generate import Office, generate, province
from routing.indexed import Indexed
from routing.limit import Stopwatch
from routing.mend import mend
from tests.routing.checker import complaints

ROOT = Path(__file__).parents[2]
INSTANCES = ROOT.parent / "shared" / "vrp"
QUICK = os.environ.get("QUICK") == "1"


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One measured goal."""

    goal: str
    measured: str
    reached: bool | None
    """None: not measured."""
    cpu_s: float = 0.0
    wall_s: float = 0.0


def answered(asked: Problem, seconds: float, engine: str | None, seed: int = 1) -> Solution:
    """Return a plan found in so many processor seconds, confirmed by both judges."""
    solution = solve(asked, limit=Limit(cpu_seconds=seconds), seed=seed, engine=engine)
    assert violations(asked, solution) == []
    assert complaints(asked, solution) == []
    return solution


def classic(goal: str, folder: str, seconds: float, most_ratio: float) -> Figure:
    """Compare with PyVRP alone; reference = the better of the two, so gaps are lower bounds."""
    files = sorted((INSTANCES / folder).glob("*.txt"))[: 2 if QUICK else None]
    if not files:
        return Figure(goal=goal, measured="the public instances are not here", reached=None)
    ours, theirs = [], []
    for file in files:
        asked = read_solomon(file.read_text())
        costs = [answered(asked, seconds, engine).cost.total for engine in (None, "pyvrp")]
        best = min(costs)
        ours.append(100 * (costs[0] / best - 1))
        theirs.append(100 * (costs[1] / best - 1))
    gap, peer = statistics.mean(ours), statistics.mean(theirs)
    told = f"mean gap {gap:.2f} % (PyVRP {peer:.2f} %) to the better of both, {len(files)} files"
    return Figure(goal=goal, measured=told, reached=gap <= most_ratio * peer)


def priced_pyvrp(asked: Problem, seconds: float) -> int:
    """Return PyVRP's cost when it may leave required stops out at their price."""
    judge = Judge(Indexed(asked))
    watch = Stopwatch(Limit(cpu_seconds=seconds))
    plan = pyvrp.improve(judge, watch, seed=1, start=None, on_plan=nothing_to_tell, strict=False)
    assert plan is not None
    return judge.cost(mend(judge, plan)).total


def offices() -> Figure:
    """G5: the portfolio against the better of PyVRP's two models on generated offices."""
    cases = [(8, 0.25, 1), (8, 0.45, 2)] if QUICK else [
        (couriers, share, seed) for couriers in (8, 12) for share in (0.25, 0.35, 0.45)
        for seed in range(1, 6)
    ]  # fmt: skip
    changes = []
    for couriers, share, seed in cases:
        office = Office(couriers=couriers, stops=45 * couriers, pension_share=share, seed=seed)
        asked = generate(office)
        ours = answered(asked, 15, None).cost.total
        theirs = min(answered(asked, 15, "pyvrp").cost.total, priced_pyvrp(asked, 15))
        changes.append(100 * (ours / theirs - 1))
    better = sum(change < 0 for change in changes) / len(changes)
    told = (
        f"mean {statistics.mean(changes):+.1f} %, worst {max(changes):+.1f} %, better {better:.0%}"
    )
    reached = statistics.mean(changes) <= -4 and better >= 0.95 and max(changes) <= 0.3
    return Figure(goal="G5 offices against PyVRP alone", measured=told, reached=reached)


def feasibility() -> Figure:
    """G7: every required stop of generated offices served, nothing refused by a judge."""
    many, missed, refused = 10 if QUICK else 1000, 0, 0
    for seed in range(many):
        share = 0.6 * seed / max(1, many - 1)
        asked = generate(Office(couriers=4, stops=100, pension_share=share, seed=seed))
        solution = solve(asked, limit=Limit(cpu_seconds=1.5), seed=seed)
        refused += bool(violations(asked, solution) or complaints(asked, solution))
        missed += solution.cost.missed > 0
    told = f"{many - missed} of {many} with every required stop, {refused} refused"
    return Figure(goal="G7 feasible offices", measured=told, reached=not missed and not refused)


def live() -> Iterator[Figure]:
    """G8 and G10: a courier half an hour late at ten in the morning."""
    first_ms, moved = [], []
    for seed in range(1, 3 if QUICK else 21):
        asked = generate(Office(seed=seed))
        plan = solve(asked, limit=Limit(cpu_seconds=6), seed=seed)
        progress = tuple(_progress(plan, 10 * 3600))
        late = progress[0]
        event = Delayed(vehicle_id=late.vehicle_id, until_s=late.free_s + 1800)
        told: list[float] = []

        def note(_better: Solution, told: list[float] = told) -> None:
            told.append(time.process_time())

        begun = time.process_time()
        repaired = repair(
            asked, plan, progress, (event,), limit=Limit(cpu_seconds=2), seed=seed, on_best=note
        )
        first_ms.append(1000 * (told[0] - begun))
        before = {v.stop_id: r.vehicle_id for r in plan.routes for v in r.visits}
        after = {v.stop_id: r.vehicle_id for r in repaired.solution.routes for v in r.visits}
        changed = sum(before[stop] != vehicle for stop, vehicle in after.items() if stop)
        moved.append(100 * changed / max(1, len(after)))
    worst = sorted(first_ms)[int(0.95 * (len(first_ms) - 1))]
    yield Figure(
        goal="G8 first plan after an event", measured=f"p95 {worst:.0f} ms", reached=worst <= 25
    )
    yield Figure(
        goal="G10 stops that change courier",
        measured=f"mean {statistics.mean(moved):.1f} %, worst {max(moved):.1f} %",
        reached=max(moved) <= 3,
    )


def _progress(plan: Solution, now_s: int) -> Iterator[Progress]:
    for route in plan.routes:
        done = [v for v in route.visits if v.start_s - v.travel_s <= now_s]
        if done:
            yield Progress(
                vehicle_id=route.vehicle_id,
                done=tuple(v.stop_id for v in done if v.stop_id is not None),
                location=done[-1].location,
                free_s=done[-1].departure_s,
            )


def plain_ortools() -> Figure:
    """G11: the same office by the straightforward OR-Tools model."""
    asked = generate(Office(seed=1))
    ours, theirs = (answered(asked, 15, engine).cost.total for engine in (None, "ortools"))
    return Figure(
        goal="G11 against OR-Tools' routing model",
        measured=f"{ours / theirs:.2f} of its cost",
        reached=ours <= 0.5 * theirs,
    )


def small_province() -> Figure:
    """G9 on one core and few offices: seconds an office, for the whole province to be reckoned."""
    some = province(2 if QUICK else 20, seed=7)
    stops = sum(len(office.stops) for office in some)
    begun = time.process_time()
    for office in some:
        answered(office, 2, None)
    spent = time.process_time() - begun
    whole = spent / stops * 25_000 / 2
    told = f"{stops} stops in {spent:.0f} CPU s; 25,000 on two cores by that: {whole:.0f} s"
    return Figure(goal="G9 province", measured=told, reached=None)


def memory() -> Figure:
    """G12 for what has run so far in this process."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Figure(goal="G12 peak memory of this run", measured=f"{peak:.0f} MB", reached=None)


def main() -> None:
    """Measure everything and write `build/bench-routing.json`."""

    figures: list[Figure] = []
    measures: list[Callable[[], Figure | Iterator[Figure]]] = [
        lambda: classic("G1 200 customers, 10 CPU s", "gh200", 10, 0.5),
        lambda: classic("G2 400 customers, 30 CPU s", "gh400", 6 if QUICK else 30, 0.4),
        offices, feasibility, live, plain_ortools, small_province, memory,
    ]  # fmt: skip
    for measure in measures:
        cpu, wall = time.process_time(), time.perf_counter()
        found = measure()
        for figure in [found] if isinstance(found, Figure) else list(found):
            timed = msgspec.structs.replace(
                figure, cpu_s=time.process_time() - cpu, wall_s=time.perf_counter() - wall
            )
            figures.append(timed)
            word = {True: "reached", False: "NOT REACHED", None: "no verdict"}[timed.reached]
            print(f"{timed.goal:40} {timed.measured:70} {word}", flush=True)
    for goal in ("G3", "G4", "G6", "G13"):
        print(f"{goal:40} {'not measured here':70} no verdict")
    machine = {
        "machine": platform.machine(), "cores": os.cpu_count(), "load": os.getloadavg(),
        "python": platform.python_version(), "quick": QUICK,
    }  # fmt: skip
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    told = {"machine": machine, "figures": msgspec.to_builtins(figures)}
    (build / "bench-routing.json").write_text(json.dumps(told, indent=2))
    print(machine)


if __name__ == "__main__":
    main()
