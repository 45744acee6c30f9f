"""When not to knock at somebody else's door again: circuits and retry budgets (R5).

Pure but for what it remembers: the instant is passed in, in seconds that only grow.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

FAILURES_MAX = 10
"""So many in a row, and the circuit opens."""
PROBE_S = 30.0
"""One try in so long while it is open."""
RETRY_SHARE = 0.1
"""Of all requests to a destination so many may be repeats."""
RETRIES_FREE = 10.0
"""Repeats that a destination with little to do is given beforehand, and never more than these."""
DESTINATIONS_MAX = 1_000


@dataclass
class Circuit:
    """What is known of one destination."""

    num_failed: int = 0
    """In a row."""
    asked_s: float = float("-inf")
    """When it was last asked."""
    num_retries_left: float = RETRIES_FREE

    @property
    def is_open(self) -> bool:
        """Tell whether it failed too often to be asked at will."""
        return self.num_failed >= FAILURES_MAX

    def take(self, *, is_retry: bool, now_s: float) -> bool:
        """Tell whether to ask now; what is not asked costs nothing."""
        if self.is_open:
            if now_s - self.asked_s < PROBE_S:
                return False
        elif is_retry:
            if self.num_retries_left < 1:
                return False
            self.num_retries_left -= 1
        else:
            self.num_retries_left = min(RETRIES_FREE, self.num_retries_left + RETRY_SHARE)
        self.asked_s = now_s
        return True

    def note(self, *, is_answered: bool) -> None:
        """Remember how it went; any answer of the destination's own closes the circuit."""
        self.num_failed = 0 if is_answered else self.num_failed + 1


@dataclass
class Circuits:
    """One for each destination, the longest unused forgotten first."""

    _by_host: OrderedDict[str, Circuit] = field(default_factory=OrderedDict)

    def of(self, host: str) -> Circuit:
        """Return the circuit of a destination."""
        found = self._by_host.setdefault(host, Circuit())
        self._by_host.move_to_end(host)
        if len(self._by_host) > DESTINATIONS_MAX:
            self._by_host.popitem(last=False)
        return found
