"""`python -m tests.benchmarks.routing [G5 G8 …]`: measure, print, write `build/`.

Budgets are processor seconds of one thread unless said; every plan passes the judge and the
independent checker; peers run beside it in the same call. A goal not reached says so. `QUICK=1`
takes some minutes and points the way only; `SEEDS` says how many seeds (usually 5).
"""

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator

import msgspec

from tests.benchmarks.routing import classic, offices, province, real_routes, running_day
from tests.benchmarks.routing.measure import NUM_SEEDS, QUICK, ROOT, Figure

MEASURES: dict[str, Callable[[], Figure | Iterator[Figure]]] = {
    "G1": classic.g1,
    "G2": classic.g2,
    "G3": classic.g3,
    "G4": classic.g4,
    "G5": offices.g5,
    "G6": offices.g6,
    "G7": offices.g7,
    "G8": running_day.g8_and_g10,
    "G9": province.g9,
    "G11": offices.g11,
    "G12": offices.g12,
    "G13": real_routes.g13,
}
WORDS = {True: "reached", False: "NOT REACHED", None: "no verdict"}


def _machine() -> dict[str, object]:
    return {
        "machine": platform.machine(), "cores": os.cpu_count(), "load": os.getloadavg(),
        "python": platform.python_version(), "quick": QUICK, "seeds": NUM_SEEDS,
    }  # fmt: skip


def main(names: list[str]) -> None:
    """Measure the goals named, all by default; those of earlier runs are kept beside them."""
    target = ROOT / "build" / ("bench-routing-quick.json" if QUICK else "bench-routing.json")
    target.parent.mkdir(exist_ok=True)
    told = json.loads(target.read_text()) if target.exists() else {}
    for name in names or MEASURES:
        cpu, wall = time.process_time(), time.perf_counter()
        found = MEASURES[name]()
        for figure in [found] if isinstance(found, Figure) else list(found):
            timed = msgspec.structs.replace(
                figure, cpu_s=time.process_time() - cpu, wall_s=time.perf_counter() - wall
            )
            print(f"{timed.goal:42} {timed.measured:88} {WORDS[timed.reached]}"
                  f"  {timed.cpu_s:.0f} CPU s, {timed.wall_s:.0f} s", flush=True)  # fmt: skip
            told[timed.goal] = {"figure": msgspec.to_builtins(timed), "machine": _machine()}
        target.write_text(json.dumps(told, indent=2))
    print(_machine())


if __name__ == "__main__":
    main(sys.argv[1:])
