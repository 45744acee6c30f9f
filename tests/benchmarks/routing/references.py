"""Lower the stored references by a long run of each engine: `… references [CPU_SECONDS]`."""

import json
import sys

from tests.benchmarks.routing.classic import REFERENCES, references, small_files
from tests.benchmarks.routing.measure import answered


def main(cpu_seconds: float) -> None:
    """Search each file with each engine, and keep what is lower than what was known."""
    known = references() if REFERENCES.exists() else {}
    for name, asked in (small_files("gh200") | small_files("gh400")).items():
        for engine in (None, "pyvrp"):
            found = answered(asked, engine, 97, cpu_seconds=cpu_seconds).cost.total
            print(name, engine or "portfolio", found, known.get(name), flush=True)
            if found < known.get(name, found + 1):
                known[name] = found
                REFERENCES.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 600.0)
