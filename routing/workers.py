"""Calls made in processes that stay, one a core, or right here where there is one core."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

Run = Callable[[Callable[..., Any], Sequence[tuple[Any, ...]], Callable[[], None]], list[Any]]
"""Makes each call, tells when one is done, and returns the answers in order."""


def _here(do: Callable[..., Any], calls: Sequence[Any], done: Callable[[], None]) -> list[Any]:
    answers = []
    for call in calls:
        answers.append(do(*call))
        done()
    return answers


@contextmanager
def workers(cores: int) -> Iterator[Run]:
    """Give a function that makes calls; what it calls must be importable by its name."""
    if cores <= 1:
        yield _here
        return
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:

        def there(
            do: Callable[..., Any], calls: Sequence[Any], done: Callable[[], None]
        ) -> list[Any]:
            waiting = [pool.submit(do, *call) for call in calls]
            for finished in as_completed(waiting):
                finished.result()
                done()
            return [one.result() for one in waiting]

        yield there
