"""Weight and volume on board never exceed what the vehicle carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routing.solution import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routing.indexed import Indexed
    from routing.schedule import Timeline

WEIGHT, VOLUME, CASH = 0, 1, 2
"""Columns, as in `indexed.LOADS`."""


def loads(ix: Indexed, vehicle: int, sequence: list[int], column: int) -> tuple[int, list[int]]:
    """Return what is on board at the start and when leaving each node.

    A trip starts with everything its doors will be given; what is taken on stays until a reload.
    Things fetched for a door later on the route stay on board through a reload.
    """
    start, on_board, at = 0, [], 0
    under_way = 0
    for number, trip in enumerate(ix.trips(sequence)):
        if number == 0 and ix.vehicles[vehicle].on_road:
            load = int(ix.carried[vehicle, column])
        else:
            load = under_way + sum(int(ix.out_of_office[node, column]) for node in trip)
            if number == 0:
                load += int(ix.carried[vehicle, column])
        if number == 0:
            start = load
        else:
            on_board.append(load)
            at += 1
        for node in trip:
            taken = int(ix.taken_on[node, column])
            load += taken - int(ix.out_of_office[node, column])
            if node in ix.origin or node in ix.destination:
                under_way += taken
            on_board.append(load)
            at += 1
    return start, on_board


def excess(line: Timeline, column: int) -> int:
    """Return by how much the fullest moment exceeds the limit; 0 if it does not."""
    start, on_board = loads(line.ix, line.vehicle, line.sequence, column)
    limit = int(line.ix.capacity[line.vehicle, column])
    return max(0, max([start, *on_board]) - limit)


def check(line: Timeline) -> Iterator[Violation]:
    """Yield a violation for too much weight and one for too much volume."""
    vehicle_id = line.ix.vehicles[line.vehicle].id
    for column, code, key in (
        (WEIGHT, "V3107", "violation.weight"),
        (VOLUME, "V3108", "violation.volume"),
    ):
        if over := excess(line, column):
            yield Violation(code=code, key=key, vehicle_id=vehicle_id, amount=over)
