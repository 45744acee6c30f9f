"""`python -m routing.engines.kernel.warm`: compile the kernel into its cache on disk."""

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


if __name__ == "__main__":
    warm()
