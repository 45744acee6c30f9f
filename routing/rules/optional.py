"""What leaving a stop out costs: its prize, or a great deal and more by priority."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.indexed import Indexed


def left_out_cost(ix: Indexed, stop: int) -> int:
    """Return the cost of a plan without this stop."""
    asked = ix.stops[stop]
    if asked.required:
        return ix.weights.missed * (100 + asked.priority) // 100
    return asked.prize


def costs(ix: Indexed, left_out: list[int]) -> tuple[int, int]:
    """Return the cost of optional stops left out, and of required ones."""
    optional = sum(left_out_cost(ix, at) for at in left_out if not ix.stops[at].required)
    missed = sum(left_out_cost(ix, at) for at in left_out if ix.stops[at].required)
    return optional, missed
