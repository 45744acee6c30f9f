"""Work and cash shared out: what one courier has beyond the fair share costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.schedule import Timeline

PART = "balance"
MILLION = 1_000_000


def cost(line: Timeline) -> int:
    """Return the cost of minutes and đồng beyond the fair share."""
    problem, weights = line.ix.problem, line.ix.weights
    total = 0
    if problem.fair_work_s is not None:
        work = line.end_s - line.ix.vehicles[line.vehicle].shift_early_s
        total += weights.excess_work_per_s * max(0, work - problem.fair_work_s)
    if problem.fair_cash_vnd is not None:
        stops = [line.ix.stops[node] for node in line.stops]
        cash = sum(s.cash_out_vnd + s.cash_in_vnd for s in stops)
        excess = max(0, cash - problem.fair_cash_vnd)
        total += weights.excess_cash_per_million * -(-excess // MILLION)
    return total
