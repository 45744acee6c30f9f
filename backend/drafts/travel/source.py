"""What a road engine is to us: one interface, one way to fail, and the choice by setting."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from backend.drafts.model import Params, TravelSource

Positions = npt.NDArray[np.float64]
"""(n, 2) degrees: latitude, longitude."""
Whole = npt.NDArray[np.int32]
Block = tuple[int, int]
KINDS: Final = ("motorbike", "car", "bicycle", "foot")
NO_WAY: Final = -1
"""In a road engine's matrix: it knows the roads and there is none, or none near the door."""
OFF_ROAD_M_MAX: Final = 1_000
"""A door this far from the nearest road lies outside the engine's map."""


class NoTravel(Exception):
    """A road engine gave no answer; `code` and `params` are the dispatcher's warning."""

    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: Params = params


class TooBig(Exception):
    """The engine takes fewer places at once; ask for less."""


class Deadline:
    """When a plan stops waiting for roads."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left_s(self) -> float:
        """Return the seconds left; raise `NoTravel` `travel.late` when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise NoTravel("travel.late")
        return left


class Ask(Protocol):
    """How an engine is reached: a server over HTTP, or one embedded in a process beside ours."""

    def __call__(self, path: str, body: bytes | None, deadline: Deadline) -> bytes:
        """Return the answer, also one that refuses; raise `NoTravel` when there is none."""


class RoadEngine(Protocol):
    """Gives travel by road."""

    name: str
    """`osrm` or `valhalla`."""
    kinds: tuple[str, ...]
    """The kinds of vehicle it knows roads for."""
    block: Block
    """So many rows and columns are asked for at once."""

    def matrix(
        self, origins: Positions, destinations: Positions, kind: str, deadline: Deadline
    ) -> tuple[Whole, Whole]:
        """Return whole (duration_s, distance_m), row = origin; `NO_WAY` where there is no road.

        Raises
        ------
        TooBig
            When the engine takes fewer places at once.
        NoTravel
            When it does not answer, or not what was asked.
        """


def names_data(source: TravelSource) -> str:
    """Return what a remembered answer is valid for: this engine with this map."""
    _, _, where = source.engine.partition(":")
    if is_server(where):
        return source.engine
    try:
        found = Path(where.partition("#")[0]).stat()
    except OSError:
        return source.engine
    return f"{source.engine} {found.st_size} {found.st_mtime_ns}"


def is_server(where: str) -> bool:
    """Tell whether this is a server's address; else it is a file's."""
    return where.startswith(("http://", "https://"))


def find_kinds(source: TravelSource) -> tuple[str, ...]:
    """Return the kinds of vehicle that the engine knows roads for.

    OSRM knows one, the motorbike unless a fragment says which: `osrm:http://127.0.0.1:5000#car`.
    Several (`#motorbike,car`) are for a server that chooses by the profile in the path. Valhalla
    knows all.
    """
    named = tuple(filter(None, source.engine.partition("#")[2].split(",")))
    return named or (("motorbike",) if source.engine.startswith("osrm:") else KINDS)


@contextmanager
def open_engine(source: TravelSource, deadline: Deadline) -> Iterator[RoadEngine]:
    """Give the engine that a setting names: `osrm:` or `valhalla:` before an address or a file.

    Raises `NoTravel` when an embedded engine or its map cannot be used.
    """
    # Imported where they are wanted: a plan by the straight line pays for none of them.
    from backend.drafts.travel import embedded, osrm, server, valhalla

    name, _, where = source.engine.partition("#")[0].partition(":")
    kinds = find_kinds(source)
    if is_server(where):
        with server.open_server(where) as ask:
            yield osrm.Osrm(ask, kinds) if name == "osrm" else valhalla.Valhalla(ask, kinds)
        return
    with embedded.open_embedded(name, kinds[0], Path(where), source, deadline) as ask:
        block = embedded.BLOCKS[name]
        if name == "osrm":
            yield osrm.Osrm(ask, kinds, block=block)
        else:
            yield valhalla.Valhalla(ask, kinds, block=block)
