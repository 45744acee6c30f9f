"""Lunch, anywhere in its span but never during service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.solution import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.schedule import Timeline


def check(line: Timeline) -> Iterator[Violation]:
    """Yield a violation for rests begun too late and for each one due but not taken."""
    vehicle_id = line.ix.vehicles[line.vehicle].id
    if line.rests_late_s:
        yield Violation(
            code="V3103",
            key="violation.break_late",
            vehicle_id=vehicle_id,
            amount=line.rests_late_s,
        )
    for rest in line.rests_missed:
        yield Violation(
            code="V3104",
            key="violation.break_missed",
            vehicle_id=vehicle_id,
            amount=rest.duration_s,
        )
