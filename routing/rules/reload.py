"""Trips: where a vehicle may reload, how often, and what it already has on board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.solution import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routing.indexed import Indexed
    from routing.schedule import Timeline


def tidy(ix: Indexed, sequence: Sequence[int]) -> list[int]:
    """Return the nodes without reloads that carry nothing: at the end, or two in a row."""
    kept: list[int] = []
    for node in sequence:
        if node >= ix.n and kept and kept[-1] >= ix.n:
            kept[-1] = node
        else:
            kept.append(node)
    while kept and kept[-1] >= ix.n:
        kept.pop()
    return kept


def check(line: Timeline) -> Iterator[Violation]:
    """Yield a violation for each reload not allowed and each thing that is not on board."""
    ix, vehicle = line.ix, line.ix.vehicles[line.vehicle]
    reloads = [node for node in line.sequence if node >= ix.n]
    if len(reloads) > vehicle.reloads_max:
        yield Violation(
            code="V3110",
            key="violation.reloads",
            vehicle_id=vehicle.id,
            amount=len(reloads) - vehicle.reloads_max,
        )
    for node in reloads:
        if ix.depots[node - ix.n].id not in vehicle.reload_depots:
            yield Violation(code="V3111", key="violation.reload_depot", vehicle_id=vehicle.id)
    for number, trip in enumerate(ix.trips(line.sequence)):
        for node in trip:
            on_board = node in ix.loaded_on and ix.loaded_on[node] == line.vehicle
            elsewhere = node in ix.loaded_on and not on_board
            too_early = number == 0 and vehicle.on_road and not on_board
            if (elsewhere or too_early) and ix.out_of_office[node].any():
                yield Violation(
                    code="V3112",
                    key="violation.not_on_board",
                    vehicle_id=vehicle.id,
                    stop_id=ix.stops[node].id,
                )
