"""G13: real days: loggibud against its three published plans, Amazon's against the drivers."""

from routing import evaluate
from tests.benchmarks.routing.measure import QUICK, SHARED, Figure, answered
from tests.routing.public import published_loggibud_costs, read_amazon, read_loggibud

FOLDER = SHARED / "geo" / "deliveries"
SECONDS = 5 if QUICK else 30


def g13() -> Figure:
    """Shorter on every one, in 30 CPU s."""
    found: dict[str, float] = {}
    days = sorted(FOLDER.glob("loggibud/cvrp-*.solutions.json*"))
    for beside in days[: 2 if QUICK else None]:
        day = beside.with_name(beside.name.replace(".solutions", ""))
        asked = read_loggibud(day)
        published = min(published_loggibud_costs(day, asked).values())
        ours = answered(asked, None, 1, cpu_seconds=SECONDS).cost.total
        found[day.name] = ours / published
    for file in sorted(FOLDER.glob("amazon_lmrrc/*.json"))[: 3 if QUICK else None]:
        asked, order = read_amazon(file)
        driven = evaluate(asked, {"van": order}).cost.total
        found[file.name] = answered(asked, None, 1, cpu_seconds=SECONDS).cost.total / driven
    if not found:
        return Figure(goal="G13 real routes", measured="the files are not here", reached=None)
    worst = max(found.values())
    return Figure(
        goal=f"G13 real routes, {SECONDS} CPU s",
        measured=f"at most {worst:.3f} of theirs on {len(found)} days",
        reached=worst < 1,
        cases=dict(found),
    )
