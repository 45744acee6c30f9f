"""Fetched before handed over, by the same vehicle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.solution import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.schedule import Timeline


def check(line: Timeline) -> Iterator[Violation]:
    """Yield a violation for each half of a shipment alone or in the wrong order."""
    ix = line.ix
    place = {node: at for at, node in enumerate(line.sequence) if node < ix.n}
    for node, at in place.items():
        partner = ix.origin.get(node)
        if partner is not None and place.get(partner, at) >= at:
            yield _violation(line, node)
        partner = ix.destination.get(node)
        if partner is not None and partner not in place:
            yield _violation(line, node)


def _violation(line: Timeline, node: int) -> Violation:
    return Violation(
        code="V3113",
        key="violation.shipment",
        stop_id=line.ix.stops[node].id,
        vehicle_id=line.ix.vehicles[line.vehicle].id,
    )
