"""Knows whether the kernel is already compiled on this machine, and has it compiled aside.

Compiling takes some ten seconds of processor time once; until it is done PyVRP serves alone.
"""

import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from routing.engines.kernel.jit import sources_digest
from routing.engines.kernel.search import search

_compiling: list["subprocess.Popen[bytes]"] = []
"""Kept, for a process nobody holds is warned of."""


def _marker() -> Path:
    """Return the file that says that these sources are compiled by this version of numba."""
    cache_folder = Path(search.stats.cache_path)  # type: ignore[attr-defined] # numba's own
    return cache_folder / f"kernel-{sources_digest()}.ready"


@lru_cache(maxsize=1)
def is_ready_at_first() -> bool:
    """Whether the kernel was compiled when this process first asked."""
    return _marker().exists()


def is_ready() -> bool:
    """Whether the kernel starts without compiling."""
    return is_ready_at_first() or _marker().exists()


def note_ready() -> None:
    """Remember that it does, where the folder can be written."""
    marker = _marker()
    try:
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.touch()
    except OSError:
        return


def compile_aside() -> None:
    """Start compiling in a process of its own, once in the life of this one."""
    if _compiling:
        return
    root = Path(__file__).parents[3]
    process = subprocess.Popen(
        [sys.executable, "-m", "routing.engines.kernel.warm"],
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _compiling.append(process)  # kept: it goes on beside us, and nobody waits for it
