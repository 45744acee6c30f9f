"""Speed by the hour: exact times are those of `roads`; engines without hours get the slowest."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.indexed import Indexed
    from routing.wellformed import Matrix

USUAL = 100


def slowest_s(ix: Indexed, profile: int) -> Matrix:
    """Return (nodes, nodes) seconds of each way at the slowest speed of the day."""
    slowest = min([USUAL, *(band.speed_percent for band in ix.problem.speed_bands)])
    return -(-ix.travel[profile] * USUAL // slowest)


def fastest_s(ix: Indexed, profile: int) -> Matrix:
    """Return the same at the fastest, which no vehicle ever beats."""
    fastest = max([USUAL, *(band.speed_percent for band in ix.problem.speed_bands)])
    return ix.travel[profile] * USUAL // fastest
