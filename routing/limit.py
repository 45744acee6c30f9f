"""How long to search; the only place of the optimiser that reads a clock."""

import time

import msgspec


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """At least one of three; the first one reached ends the search.

    Under `iterations` alone the same question and seed give the same answer.
    """

    seconds: float | None = None
    """Wall clock."""
    cpu_seconds: float | None = None
    """Processor time of this process."""
    iterations: int | None = None
    """Units of work, each engine's own."""

    def __post_init__(self) -> None:
        given = [v for v in (self.seconds, self.cpu_seconds, self.iterations) if v is not None]
        if not given or any(value < 0 for value in given):
            raise ValueError("a limit needs seconds, cpu_seconds or iterations, none negative")


class Stopwatch:
    """A running limit."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._wall_s = time.perf_counter()
        self._cpu_s = time.process_time()

    @property
    def timed(self) -> bool:
        """Whether the clock has a say."""
        return self.limit.seconds is not None or self.limit.cpu_seconds is not None

    def seconds_left(self) -> float:
        """Return what is left by the clock; a great deal when only iterations count."""
        left = [1e9]
        if self.limit.seconds is not None:
            left.append(self.limit.seconds - (time.perf_counter() - self._wall_s))
        if self.limit.cpu_seconds is not None:
            left.append(self.limit.cpu_seconds - (time.process_time() - self._cpu_s))
        return min(left)

    def over(self) -> bool:
        """Whether the time is up."""
        return self.seconds_left() <= 0

    def share(self, part: float) -> "Stopwatch":
        """Return a stopwatch for a part of what is left."""
        count = self.limit.iterations
        left = max(0.0, self.seconds_left()) * part
        return Stopwatch(
            Limit(
                seconds=None if self.limit.seconds is None else left,
                cpu_seconds=None if self.limit.cpu_seconds is None else left,
                iterations=None if count is None else int(count * part),
            )
        )


class Throttle:
    """Lets something through at most once in so many seconds, oftener at first; always if 0."""

    def __init__(self, every_s: float, first_s: float | None = None) -> None:
        self.every_s = every_s
        self._wait_s = every_s if first_s is None else min(first_s, every_s)
        self._next_s = 0.0

    def may_pass(self) -> bool:
        """Whether it may now; each time the wait grows by a quarter, up to the usual one."""
        now = time.perf_counter()
        if now < self._next_s:
            return False
        self._next_s = now + self._wait_s
        self._wait_s = min(self.every_s, 1.25 * self._wait_s)
        return True
