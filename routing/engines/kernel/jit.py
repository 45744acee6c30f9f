"""Compilation with types kept: a compiled function is called like the function it was.

Compiled code here allocates nothing, so numba's reference counting, which costs more than the
search itself, is off. What lies compiled on the disk is thrown away when any source has changed:
numba looks only at a function's own file, not at those it calls.
"""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
T = TypeVar("T")


def sources_digest() -> str:
    """Return what the compiled code depends on, in a few letters."""
    digest = hashlib.sha256(f"{numba.__version__} {sys.version}".encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _discard_stale() -> None:
    folder = Path(__file__).parent / "__pycache__"
    noted = folder / "kernel.sources"
    try:
        if noted.exists() and noted.read_text() == sources_digest():
            return
        for compiled in folder.glob("*.nb[ci]"):
            compiled.unlink(missing_ok=True)
        folder.mkdir(exist_ok=True)
        noted.write_text(sources_digest())
    except OSError:
        return


_discard_stale()


def jit(function: Callable[P, T]) -> Callable[P, T]:
    """Return the function compiled on its first call, and from the disk after that."""
    compiled: Callable[P, T] = numba.njit(  # type: ignore[call-overload]
        cache=True, error_model="numpy", _nrt=False
    )(function)
    return compiled


def jit_inline(function: Callable[P, T]) -> Callable[P, T]:
    """Return the same for a small function called often: its callers take its body in."""
    compiled: Callable[P, T] = numba.njit(  # type: ignore[call-overload]
        cache=True, error_model="numpy", _nrt=False, forceinline=True
    )(function)
    return compiled
