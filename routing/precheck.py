"""What no plan can serve, and why, found before any search.

It knows no routes: each stop is tried alone on each vehicle that may come. What fails alone fails
in every plan, for company only makes a vehicle later and fuller.
"""

from collections.abc import Iterable

from routing.evaluate import CHECKS, Judge
from routing.indexed import Indexed
from routing.problem import Problem
from routing.solution import REASON_CODES, Reason, Unassigned, Violation

REASON_OF = {
    "V3101": Reason.WINDOW_UNREACHABLE,
    "V3102": Reason.SHIFT_TOO_SHORT,
    "V3103": Reason.SHIFT_TOO_SHORT,
    "V3104": Reason.SHIFT_TOO_SHORT,
    "V3105": Reason.NO_SKILL,
    "V3106": Reason.NOT_ALLOWED,
    "V3107": Reason.OVER_CAPACITY,
    "V3108": Reason.OVER_CAPACITY,
    "V3109": Reason.OVER_CASH_LIMIT,
    "V3110": Reason.NOT_ON_BOARD,
    "V3112": Reason.NOT_ON_BOARD,
    "V3114": Reason.UNREACHABLE,
    "V3115": Reason.SHIFT_TOO_SHORT,
    "V3116": Reason.SHIFT_TOO_SHORT,
}
"""What a broken rule says about a stop that cannot be served."""
_FROM_AFAR = (
    "V3105", "V3106", "V3112", "V3110", "V3114", "V3107", "V3108", "V3109",
    "V3101", "V3103", "V3104", "V3102", "V3115", "V3116",
)  # fmt: skip
"""Which broken rule says most about a vehicle, first the one that says it is out of question."""


def unassigned(ix: Indexed, stop: int, reason: Reason, **details: int | str) -> Unassigned:
    """Return the entry for a stop left out."""
    return Unassigned(
        stop_id=ix.stops[stop].id, code=REASON_CODES[reason], reason=reason, details=details
    )


def precheck(problem: Problem) -> tuple[Unassigned, ...]:
    """Return the stops that no plan can serve, with reasons."""
    return hopeless(Judge(Indexed(problem)))


def hopeless(judge: Judge) -> tuple[Unassigned, ...]:
    """Return the same for a judge at hand."""
    return Alone(judge).among(range(judge.ix.n))


class Alone:
    """Stops tried alone, each when first asked for."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self._known: dict[int, Unassigned | None] = {}

    def reason(self, stop: int) -> Unassigned | None:
        """Return why no plan can serve a stop; None where one might."""
        ix = self.judge.ix
        if stop in ix.destination:
            delivery = ix.destination[stop]
            if self.reason(delivery) is None:
                return None
            name = ix.stops[delivery].id
            return unassigned(ix, stop, Reason.PARTNER_LEFT_OUT, stop_id=name)
        if stop not in self._known:
            self._known[stop] = _reason_alone(self.judge, stop)
        return self._known[stop]

    def among(self, stops: Iterable[int]) -> tuple[Unassigned, ...]:
        """Return the entries of those of them that no plan can serve."""
        reasons = (self.reason(stop) for stop in stops)
        return tuple(reason for reason in reasons if reason is not None)


def _reason_alone(judge: Judge, stop: int) -> Unassigned | None:
    ix = judge.ix
    nearest: tuple[int, int, Violation] | None = None
    for vehicle in range(len(ix.vehicles)):
        for sequence in sequences_alone(ix, stop, vehicle):
            line = judge.scheduler.timeline(vehicle, sequence)
            broken = [violation for check in CHECKS for violation in check(line)]
            if not broken:
                return None
            worst = min(
                broken, key=lambda v: _FROM_AFAR.index(v.code) if v.code in _FROM_AFAR else 0
            )
            rank = _FROM_AFAR.index(worst.code) if worst.code in _FROM_AFAR else 0
            if nearest is None or (rank, -worst.amount) > nearest[:2]:
                nearest = (rank, -worst.amount, worst)
    if nearest is None:
        return unassigned(ix, stop, Reason.NO_VEHICLE)
    return _explained(ix, stop, nearest[2])


def sequences_alone(ix: Indexed, stop: int, vehicle: int) -> list[list[int]]:
    """Return the shortest routes by which a vehicle could serve one stop."""
    pickup = ix.origin.get(stop)
    whole = [stop] if pickup is None else [pickup, stop]
    depots = ix.vehicles[vehicle].reload_depots
    return [whole] + [[ix.depot_node[depot], *whole] for depot in depots]


def _explained(ix: Indexed, stop: int, broken: Violation) -> Unassigned:
    asked = ix.stops[stop]
    reason = REASON_OF.get(broken.code, Reason.NO_ROOM)
    details: dict[str, int | str] = {"amount": broken.amount}
    if reason is Reason.NO_SKILL:
        details["skills"] = ", ".join(asked.skills)
    if reason is Reason.NOT_ALLOWED:
        details["vehicles"] = ", ".join(asked.vehicles)
    if reason is Reason.OVER_CASH_LIMIT:
        details["cash_vnd"] = max(asked.cash_out_vnd, asked.cash_in_vnd)
    if reason is Reason.WINDOW_UNREACHABLE and asked.release_s:
        reason = Reason.RELEASED_TOO_LATE
    return unassigned(ix, stop, reason, **details)
