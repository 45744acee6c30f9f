"""Compilation with types kept: a compiled function is called like the function it was."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
T = TypeVar("T")


def jit(function: Callable[P, T]) -> Callable[P, T]:
    """Return the function compiled on its first call, and from the disk after that."""
    compiled: Callable[P, T] = numba.njit(cache=True, error_model="numpy")(function)
    return compiled
