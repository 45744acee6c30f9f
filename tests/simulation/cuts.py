"""The reply to one batch broken off at every byte, one after another (P7)."""

import random
from dataclasses import dataclass, field

NUM_OPS_MIN = 20
"""The batch that is cut holds at least so many facts."""


@dataclass
class Cutter:
    """Breaks off the reply to the batch, further along each time, until all places were cut."""

    rnd: random.Random
    num_points: int | None = None
    """None cuts at every byte; otherwise about so many places, drawn by the dice."""
    places: list[int] = field(default_factory=list)
    num_bytes: int = 0

    def __call__(self, request: bytes, num_bytes: int) -> int | None:
        """Return where to break off the reply to `request`; None lets it pass."""
        if not is_batch(request) or self.is_done:
            return None
        self.num_bytes = num_bytes
        place = self.places[-1] + self._step(num_bytes) if self.places else 0
        if place >= num_bytes:
            if self.places[-1] == num_bytes - 1:
                self.num_bytes = 0
                return None
            place = num_bytes - 1  # all but the last byte
        self.places.append(place)
        return place

    @property
    def is_done(self) -> bool:
        """Tell whether the reply was let through after its last cut."""
        return bool(self.places) and self.num_bytes == 0

    def _step(self, num_bytes: int) -> int:
        if self.num_points is None:
            return 1
        return self.rnd.randint(1, max(1, 2 * num_bytes // self.num_points))


def is_batch(request: bytes) -> bool:
    """Tell whether this is an exchange with facts enough."""
    is_exchange = request.startswith(b"POST /api/sync/v1/exchange ")
    return is_exchange and request.count(b'"kind":') >= NUM_OPS_MIN
