"""G5, G6, G7, G11 and G12: generated offices, against PyVRP's best model and OR-Tools' own."""

import subprocess
import sys
from pathlib import Path

from routing import Limit, solve, violations
from routing.evaluate import Judge
from routing.generate import Office, generate
from routing.indexed import Indexed
from routing.precheck import Alone
from tests.benchmarks.routing.measure import (
    QUICK,
    SEEDS,
    Figure,
    answered,
    best_pyvrp,
    mean,
    percent,
)
from tests.routing.checker import complaints

HUB = Office(couriers=30, stops=1350, radius_km=9.0, seed=3)


def g5() -> Figure:
    """8 and 12 couriers at three pension shares, 15 CPU s, against the best PyVRP-only model."""
    cases = [
        Office(couriers=couriers, stops=45 * couriers, pension_share=share, seed=seed)
        for couriers in (8, 12)
        for share in (0.25, 0.35, 0.45)
        for seed in SEEDS
    ]
    found = {}
    for office in cases[:: 3 if QUICK else 1]:
        asked = generate(office)
        ours = answered(asked, None, office.seed, cpu_seconds=15).cost.total
        name = f"{office.couriers} couriers, {office.pension_share:.0%}, seed {office.seed}"
        found[name] = percent(ours, best_pyvrp(asked, 15, office.seed))
    changes = list(found.values())
    better = mean([change < 0 for change in changes])
    return Figure(
        goal="G5 offices against PyVRP alone, 15 CPU s",
        measured=(
            f"mean {mean(changes):+.1f} %, worst {max(changes):+.1f} %, "
            f"better in {better:.0%} of {len(changes)}"
        ),
        reached=mean(changes) <= -4 and better >= 0.95 and max(changes) <= 0.3,
        cases=dict(found),
    )


def g6() -> Figure:
    """A hub of 30 couriers and 1,350 stops, 40 CPU s."""
    asked = generate(HUB)
    changes = [
        percent(answered(asked, None, seed, cpu_seconds=40).cost.total, best_pyvrp(asked, 40, seed))
        for seed in list(SEEDS)[: 1 if QUICK else 3]
    ]
    told = f"mean {mean(changes):+.1f} %, {len(changes)} seeds"
    return Figure(goal="G6 hub against PyVRP alone, 40 CPU s", measured=told,
                  reached=mean(changes) <= -4)  # fmt: skip


def g7() -> Figure:
    """Offices known to be solvable: every required stop served, nothing refused by a judge.

    An office where no courier could serve a required stop alone is passed over: the precheck names
    it before any search. Of the others all count, whether a longer search serves them or not.
    """
    many, unsolved, refused, num_done, seed = 20 if QUICK else 1000, [], 0, 0, -1
    while num_done < many:
        seed += 1
        share = 0.6 * (seed % many) / max(1, many - 1)
        asked = generate(Office(couriers=4, stops=100, pension_share=share, seed=seed))
        judge = Judge(Indexed(asked))
        beyond = {stop.stop_id for stop in Alone(judge).among(range(judge.ix.n))}
        if any(stop.required and stop.id in beyond for stop in asked.stops):
            continue
        num_done += 1
        solution = solve(asked, limit=Limit(cpu_seconds=1.0), seed=seed)
        refused += bool(violations(asked, solution) or complaints(asked, solution))
        if solution.cost.missed:
            unsolved.append(seed)
    return Figure(
        goal="G7 feasible offices, 1 CPU s",
        measured=f"{many - len(unsolved)} of {many} whole, {refused} refused",
        reached=not unsolved and not refused,
        cases={"seeds with a required stop out": unsolved, "passed over": seed + 1 - many},
    )


def g11() -> Figure:
    """The same offices by a straightforward OR-Tools routing model, 15 CPU s each."""
    ratios = {}
    for seed in list(SEEDS)[: 1 if QUICK else 3]:
        asked = generate(Office(seed=seed))
        ours, theirs = (
            answered(asked, engine, seed, cpu_seconds=15).cost.total for engine in (None, "ortools")
        )
        ratios[f"seed {seed}"] = ours / theirs
    worst = max(ratios.values())
    return Figure(
        goal="G11 against OR-Tools' routing model",
        measured=f"at most {worst:.2f} of its cost, {len(ratios)} offices",
        reached=worst <= 0.5,
        cases=dict(ratios),
    )


def g12() -> Figure:
    """Peak memory of a process that solves the hub."""
    words = [sys.executable, "-m", "tests.benchmarks.routing.offices"]
    peak = float(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    return Figure(goal="G12 memory of one hub solve", measured=f"{peak:.0f} MB",
                  reached=peak <= 1000)  # fmt: skip


if __name__ == "__main__":
    solve(generate(HUB), limit=Limit(cpu_seconds=5 if QUICK else 40), seed=1)
    # What getrusage says begins with the peak of the process that started this one.
    status = Path("/proc/self/status").read_text()
    print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
