"""Clocks for phones: one that ticks by itself for tests, the machine's for real processes."""

import random
from datetime import UTC, datetime, timedelta

from tests.simulation.phone import Clock

START = datetime(2027, 1, 5, 1, 0, tzinfo=UTC)
"""08:00 of a Tuesday in Bắc Ninh."""


class Ticking:
    """A clock that moves only when it is told to."""

    def __init__(self, start: datetime = START) -> None:
        """Begin at an instant."""
        self.at = start

    def __call__(self) -> datetime:
        """Return the instant."""
        return self.at

    def tick(self, seconds: float = 1) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


def ticking(*, seed: int, clock: Ticking | None = None) -> tuple[Clock, random.Random]:
    """Return the clock and the dice of a phone."""
    return Clock(clock or Ticking()), random.Random(seed)
