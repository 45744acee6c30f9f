"""A trip leaves when all its things are at the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.indexed import Indexed


def released_s(ix: Indexed, sequence: Sequence[int], at: int) -> int:
    """Return the latest release of the trip that begins at position `at`; the judge's voice."""
    latest = 0
    for node in sequence[at:]:
        if node >= ix.n:
            break
        latest = max(latest, ix.stops[node].release_s)
    return latest


def has_releases(ix: Indexed) -> bool:
    """Whether anything comes late; engines need no variables for it where nothing does."""
    return any(stop.release_s for stop in ix.stops)
