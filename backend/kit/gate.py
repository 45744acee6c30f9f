"""A door with a counted number of places and no queue before it (R4)."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

from backend.kit.errors import Busy

RETRY_S = (5, 60)
"""Who is sent away comes back after some time between these, not all at once."""


class Gate:
    """Lets so many through at once; everybody else is told to come back, at once."""

    def __init__(self, num_max: int) -> None:
        assert num_max > 0
        self.num_max = num_max
        self._num_inside = 0

    def check(self) -> None:
        """Raise `Busy` while the place is full: for work that comes before going in."""
        if self._num_inside >= self.num_max:
            raise Busy(random.randint(*RETRY_S))  # noqa: S311  # jitter, no secret

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Take a place for a while. Raises `Busy` when there is none."""
        self.check()
        self._num_inside += 1
        try:
            yield
        finally:
            self._num_inside -= 1
