"""What is odd about a question without making it senseless; read before a search, refuses nothing.

Codes: W4101 broken triangle · W4102 nothing to do · W4103 no way between some places.
"""

import numpy as np

from routing.matrix import broken_triangles
from routing.problem import Problem
from routing.wellformed import UNREACHABLE_S, Matrix, Remark

PLACES_MAX = 300
"""Triangles are looked for between this many places at most, spread evenly."""
NAMED_MAX = 5


def remarks(problem: Problem) -> list[Remark]:
    """Return the remarks on a problem."""
    found = []
    if not problem.stops:
        found.append(Remark(code="W4102", sentence="there are no stops: nothing to do"))
    names = {depot.location: depot.id for depot in problem.depots}
    names.update({stop.location: stop.id for stop in problem.stops})
    places = np.array(sorted(names), np.int64)
    found += _unreachable(problem.duration_s, places, names)
    found += _triangles(problem.duration_s, places, names)
    return found


def _unreachable(duration_s: Matrix, places: Matrix, names: dict[int, str]) -> list[Remark]:
    ways = duration_s[np.ix_(places, places)]
    pairs = np.argwhere(ways >= UNREACHABLE_S)
    if not len(pairs):
        return []
    cut_off = [
        names[int(place)]
        for at, place in enumerate(places)
        if (np.delete(ways[:, at], at) >= UNREACHABLE_S).all()
    ]
    shown = cut_off or list(dict.fromkeys(names[int(places[at])] for at in pairs.ravel()))
    whose = "no way leads to these" if cut_off else "among them between these"
    return [
        Remark(
            code="W4103",
            sentence=f"there is no way between {len(pairs)} pairs of places, {whose}",
            ids=tuple(shown[: 2 * NAMED_MAX]),
        )
    ]


def _triangles(duration_s: Matrix, places: Matrix, names: dict[int, str]) -> list[Remark]:
    chosen = places[:: max(1, -(-len(places) // PLACES_MAX))]
    ways = duration_s[np.ix_(chosen, chosen)]
    found = broken_triangles(np.where(ways >= UNREACHABLE_S, 0, ways))
    return [
        Remark(
            code="W4101",
            sentence="this way is longer than the detour over the place in the middle",
            ids=tuple(names[int(chosen[at])] for at in three),
        )
        for three in found[:NAMED_MAX]
    ]
