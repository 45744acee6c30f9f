"""Parking and finding the door: paid once a place, not again for the next door of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from routing.indexed import Indexed
    from routing.wellformed import Matrix


def table_s(ix: Indexed) -> Matrix:
    """Return (nodes, nodes) seconds on arrival, by node before and node; all engines read it."""
    setup = np.array([s.setup_s for s in ix.stops] + [0] * len(ix.depots), np.int64)
    elsewhere = ix.location[:, None] != ix.location[None, :]
    return np.ascontiguousarray(elsewhere * setup[None, :])
