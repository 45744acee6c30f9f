"""`python -m routing.engines.kernel.warm`: compile the kernel into its cache on disk."""

import fcntl
from pathlib import Path

from routing.engines.kernel.cache import note_ready
from routing.engines.kernel.engine import Kernel
from routing.generate import Office, generate
from routing.indexed import Indexed
from routing.limit import Limit, Stopwatch


def warm() -> None:
    """Compile by solving a very small office."""
    kernel = Kernel(Indexed(generate(Office(couriers=2, stops=12, seed=1))))
    kernel.run(Stopwatch(Limit(iterations=5)))
    note_ready()


def main() -> None:
    """Compile, unless another process of this machine is at it."""
    with Path(__file__).open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        warm()


if __name__ == "__main__":
    main()
