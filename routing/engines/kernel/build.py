"""Compiles the kernel's C once a machine, with the C compiler that comes as a Python package.

`python -m routing.engines.kernel.build` does it ahead of time; loading does it where it is not
done. What was compiled is kept beside the sources, or in a folder of the user's where that cannot
be written, under a name made from sources, compiler and processor: another one compiles anew.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.metadata
import os
import platform
import subprocess
import sys
import sysconfig
import tempfile
from functools import lru_cache
from pathlib import Path

SOURCES = Path(__file__).parent / "native"
FLAGS = (
    "-std=c11", "-O3", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror",
    "-Wno-unused-function", "-ffp-contract=off",
)  # fmt: skip
"""No contraction of floating-point sums: the same seed gives the same plan on every processor."""


class CannotCompile(Exception):
    """There is no compiler here, or it refused; the optimiser goes on without the kernel."""


def name_of_build() -> str:
    """Return the file name that sources, compiler and processor give."""
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for source in sorted(SOURCES.glob("*.[ch]")):
        digest.update(source.read_bytes())
    digest.update(f"{_compiler_version()} {platform.machine()} {_processor()}".encode())
    return f"kernel-{digest.hexdigest()[:20]}{sysconfig.get_config_var('SHLIB_SUFFIX') or '.so'}"


def _compiler_version() -> str:
    try:
        return importlib.metadata.version("ziglang")
    except importlib.metadata.PackageNotFoundError:
        return "none"


def _processor() -> str:
    """Return what the processor can do, for code is made for it alone."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith(("flags", "Features")):
                return line
    return platform.processor()


def _folders() -> list[Path]:
    """Return where builds may lie, in order; the last one is always writable."""
    own = f"tannoi-kernel-{os.getuid()}" if hasattr(os, "getuid") else "tannoi-kernel"
    return [SOURCES / "built", Path(tempfile.gettempdir()) / own]


def find_build() -> Path | None:
    """Return the compiled kernel; None where there is none yet."""
    name = name_of_build()
    for folder in _folders():
        if (folder / name).exists() and _is_ours(folder):
            return folder / name
    return None


def _is_ours(folder: Path) -> bool:
    """Whether nobody else could have put a file there."""
    found = folder.stat()
    return not hasattr(os, "getuid") or (
        found.st_uid in (os.getuid(), 0) and not found.st_mode & 0o022
    )


def compile_kernel() -> Path:
    """Return the compiled kernel, made if need be; several processes make it once.

    Raises
    ------
    CannotCompile
        With the compiler's words.
    """
    found = find_build()
    if found is not None:
        return found
    if _compiler_version() == "none":
        raise CannotCompile("the package ziglang, which brings the compiler, is not installed")
    refusals = []
    for folder in _folders():
        try:
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            if _is_ours(folder):
                return _compile_into(folder)
        except OSError as refused:
            refusals.append(str(refused))
    raise CannotCompile("; ".join(refusals) or "no folder is safe to keep it in")


def _compile_into(folder: Path) -> Path:
    target = folder / name_of_build()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.exists():
            return target
        for stale in folder.glob("kernel-*"):
            # One in use stays mapped; only its name goes.
            stale.unlink(missing_ok=True)
        half = folder / f"half-{os.getpid()}"
        command = [sys.executable, "-m", "ziglang", "cc", *FLAGS, "-mcpu=native"]
        command += ["-o", str(half), str(SOURCES / "kernel.c"), "-lm"]
        # The compiler's own cache stays beside what it makes, and goes with it.
        kept = {**os.environ, "ZIG_GLOBAL_CACHE_DIR": str(folder / "cache"),
                "ZIG_LOCAL_CACHE_DIR": str(folder / "cache")}  # fmt: skip
        made = subprocess.run(command, capture_output=True, text=True, check=False, env=kept)
        if made.returncode != 0:
            half.unlink(missing_ok=True)
            raise CannotCompile(made.stderr.strip() or f"the compiler ended with {made.returncode}")
        half.replace(target)
    return target


@lru_cache(maxsize=1)
def load() -> ctypes.CDLL | None:
    """Return the kernel as a library, compiled if need be; None where that cannot be done."""
    try:
        return ctypes.CDLL(str(compile_kernel()))
    except (CannotCompile, OSError) as refused:
        print(f"the optimiser runs without its kernel: {refused}", file=sys.stderr)  # noqa: T201
        return None


if __name__ == "__main__":
    compile_kernel()
