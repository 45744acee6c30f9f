"""The proofs at nightly size, one after another, with one page that says how each ended.

`python -m tests.simulation.night` (`make chaos`) runs them all and goes on past one that
fails; `--only P3 P13` runs some. It writes `build/chaos/night.md` and `.json`, a log for each
beside them, and ends with 1 when anything did not hold.
"""

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests import serving
from tests.simulation.report import REPORTS

PYTHON = sys.executable
NUM_LAST_LINES = 3
LARGE = {"SIMULATION_RUNS": "5000", "SIMULATION_STEPS": "100"}


@dataclass(frozen=True)
class Stage:
    """A proof: its rule, what it shows, how it is run."""

    rule: str
    title: str
    command: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ended:
    """How a stage ended."""

    rule: str
    title: str
    command: str
    code: int
    duration_s: float
    last: list[str]


def stages(seed: int) -> list[Stage]:
    """Return the proofs of `docs/offline.md` and `docs/money.md` at nightly size."""
    said = str(seed)
    chaos = (PYTHON, "-m", "tests.simulation.chaos", "--seed", said)
    pytest = (PYTHON, "-m", "pytest", "-q", "-s")
    node = str(Path(PYTHON).with_name("node"))
    return [
        Stage("P1", "the rules suffice, and each is needed", (
            *pytest, "tests/simulation/test_model.py")),
        Stage("P2", "the phone's core keeps them", (
            node, "pwa/tools/simulate.ts", "--seeds", "20000", "--from", said)),
        Stage("P3", "the server keeps them", (
            *pytest, "tests/simulation/test_exchange_stateful.py"), {**LARGE, "SEED": said}),
        Stage("P3", "the book of money keeps its rules", (
            *pytest, "tests/simulation/test_ledger_stateful.py"), {**LARGE, "SEED": said}),
        Stage("P3", "the phone's core keeps them in any order", (
            node, "pwa/node_modules/vitest/vitest.mjs", "run", "--root", "pwa",
            "pwa/tests/lib/sync/properties.test.ts"), {"RUNS": "5000", "SEED": said}),
        Stage("P4", "real processes keep them", (
            *chaos, "--no-model", "--ops", "1000000")),
        Stage("P5", "an old backup put back loses nothing", (
            *chaos, "--no-model", "--name", "restore", "--ops", "200000", "--restores", "11")),
        Stage("P6", "it recovers by itself", (
            *chaos, "--no-model", "--name", "troubles", "--ops", "100000", "--befall", "3")),
        Stage("P7", "half a network is no network", (
            *pytest, "-k", "broken or cancelled", "tests/simulation/test_troubles.py",
            "tests/simulation/test_cut_short.py"), {"CHAOS_CUTS": "all", "CUT_OPS": "20"}),
        Stage("P9", "the browser keeps them", (
            PYTHON, "-m", "tests.journeys.kills", "--trials", "500", "--seed", said)),
        Stage("P10", "the book holds under contention", (
            PYTHON, "-m", "tests.simulation.storm", "--attempts", "200000", "--seed", said)),
        Stage("P10", "an edit of a sealed row is found", (
            *pytest, "tests/backend/ledger/test_attacks.py"), {"LEDGER_EDITS": "1000"}),
        Stage("P13", "no bytes break what reads them", (
            PYTHON, "-m", "tests.simulation.fuzz", "--runs", "20000000", "--seed", said)),
    ]  # fmt: skip


def run(stage: Stage, log: Path) -> Ended:
    """Run a proof to its end, its words into a log."""
    started = time.monotonic()
    with log.open("w", encoding="utf-8") as out:
        done = subprocess.run(  # our own commands
            stage.command,
            cwd=serving.ROOT,
            env={**os.environ, **stage.env},
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    words = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return Ended(
        stage.rule,
        stage.title,
        " ".join([*(f"{key}={value}" for key, value in stage.env.items()), *stage.command[1:]]),
        done.returncode,
        round(time.monotonic() - started, 1),
        words[-NUM_LAST_LINES:],
    )


def write(ended: Sequence[Ended], seed: int, folder: Path) -> Path:
    """Write how the stages ended, for people and for machines; return the page."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    machine = f"{platform.machine()}, {os.cpu_count()} processors, load {load}"
    lines = [
        "# A night of proofs",
        "",
        f"Seed {seed}; {machine}; {sum(one.duration_s for one in ended) / 60:.0f} minutes.",
        "",
        "| rule | proof | ended | minutes | command |",
        "|---|---|---|---|---|",
    ]
    for one in ended:
        word = "holds" if one.code == 0 else f"**does not hold ({one.code})**"
        minutes = f"{one.duration_s / 60:.1f}"
        lines.append(f"| {one.rule} | {one.title} | {word} | {minutes} | `{one.command}` |")
    for one in ended:
        if one.code != 0:
            lines += ["", f"## {one.rule}: {one.title}", "", "```", *one.last, "```"]
    page = folder / "night.md"
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = {"seed": seed, "machine": machine, "stages": [asdict(one) for one in ended]}
    (folder / "night.json").write_text(json.dumps(told, ensure_ascii=False, indent=1))
    return page


def run_all(wanted: Sequence[Stage], seed: int, folder: Path = REPORTS) -> bool:
    """Run stages one after another; return whether all of them hold."""
    folder.mkdir(parents=True, exist_ok=True)
    ended: list[Ended] = []
    for n, stage in enumerate(wanted, start=1):
        print(f"{n}/{len(wanted)} {stage.rule}: {stage.title} …", flush=True)
        one = run(stage, folder / f"night-{n:02d}-{stage.rule}.log")
        ended.append(one)
        said = "holds" if one.code == 0 else "DOES NOT HOLD"
        print(f"    {said}, {one.duration_s:.0f} s", flush=True)
        write(ended, seed, folder)  # a night cut short still says how far it came
    return all(one.code == 0 for one in ended)


def main() -> int:
    """Run the night."""
    parser = argparse.ArgumentParser(prog="tests.simulation.night", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**9))
    parser.add_argument("--only", nargs="*", default=[], help="rules, such as P3 P13")
    said = parser.parse_args()
    wanted = [one for one in stages(said.seed) if not said.only or one.rule in said.only]
    is_whole = run_all(wanted, said.seed)
    print((REPORTS / "night.md").read_text(encoding="utf-8"))
    print("every proof holds" if is_whole else f"something did not hold: SEED={said.seed}")
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
