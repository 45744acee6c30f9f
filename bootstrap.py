"""Make this checkout ready: Python packages, npm packages, the built apps, for tests a Chromium.

Standard library only, and safe to repeat: each step is done again only when what it is made from
has changed. `run`, `test` and `tannoi` import it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
PWA = ROOT / "pwa"
VENV_STAMP = VENV / ".tannoi.json"
PYTHON_MIN = (3, 11)
CHROMIUM_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
STARTED = time.monotonic()


class CannotSetUp(Exception):
    """A sentence for the person at the terminal: what is missing and how to get it."""


def main(*, tests: bool = False) -> None:
    """Do what is needed before the first import of a package; end with a sentence if it fails."""
    try:
        _require_python()
        with _one_at_a_time():
            prepare_python(tests=tests)
            with ThreadPoolExecutor() as beside:
                kernel = beside.submit(prepare_kernel)
                prepare_apps()
                kernel.result()
    except CannotSetUp as error:
        sys.exit(f"\n{error}")
    except PermissionError as error:
        sys.exit(
            f"\nThis user may not write {error.filename}. The checkout was perhaps set up by "
            "another user (root?): remove .venv, var and pwa/node_modules, or give them back with "
            "chown."
        )
    except KeyboardInterrupt:
        sys.exit("\nStopped; the next start goes on from here.")


def prepare_python(*, tests: bool) -> None:
    """Install the locked packages; an environment with the test packages also serves `./run`."""
    locks = {"run": ROOT / "requirements.lock", "test": ROOT / "requirements-dev.lock"}
    wanted = {name: _digest([path]) for name, path in locks.items()}
    kind = "test" if tests else "run"
    found = _read_stamp()
    if found is None:
        _make_venv()
        found = {}
    if found.get(kind) == wanted[kind]:
        return
    if found.get("test"):  # keep the test packages that are there
        kind = "test"
    uv = shutil.which("uv")
    commands: list[list[str | Path]]
    if uv:
        sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON]
        commands = [[*sync, locks[kind]]]
    else:
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        # The lock names every package: nothing is left to resolve. Code is compiled when used.
        pip += ["--no-input", "--no-deps", "--no-compile", "--require-hashes", "-r"]
        commands = [[*pip, half] for half in _halve(locks[kind])]
    _do("Python packages (the first time about a minute)", *commands)
    _write_command()
    installed = {"run": wanted["run"], "place": str(ROOT)}
    if kind == "test":
        installed["test"] = wanted["test"]
    VENV_STAMP.write_text(json.dumps(installed))


def prepare_kernel() -> None:
    """Compile the optimiser's kernel; where that fails plans are made without it."""
    folder = ROOT / "routing" / "engines" / "kernel"
    sources = [folder / "build.py", folder / "native" / "kernel.c"]
    sources += (folder / "native").glob("*.h")
    try:
        _once(
            VENV / ".tannoi-kernel",
            _digest(sources),
            lambda: _do("the optimiser's kernel", [PYTHON, folder / "build.py"]),
        )
    except CannotSetUp as error:
        say(f"plans will be made without the kernel: {error}")


def prepare_apps() -> None:
    """Install the npm packages with the Node from the lock, and build the web apps."""
    if not (PWA / "package.json").exists():
        return
    npm = BIN / "npm"
    modules = PWA / "node_modules"
    _once(
        modules / ".tannoi-packages",
        _digest([PWA / "package.json", PWA / "package-lock.json"]),
        lambda: _do(
            "npm packages",
            [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=PWA,
        ),
    )
    sources = (path for path in PWA.iterdir() if path.name not in ("node_modules", "dist", "tests"))
    built = modules / ".tannoi-built"
    if not (PWA / "dist").is_dir():
        built.unlink(missing_ok=True)
    _once(
        built,
        _digest(sources),
        lambda: _do("web apps", [npm, "run", "--silent", "build"], cwd=PWA),
    )


def find_chromium() -> Path:
    """Return a Chromium for the browser tests, installing Debian's when there is none."""
    chosen = os.environ.get("CHROMIUM")
    if chosen and not shutil.which(chosen):
        raise CannotSetUp(f"CHROMIUM={chosen} is no program. Unset it, or name a Chromium.")
    for name in (chosen, *CHROMIUM_NAMES):
        found = shutil.which(name) if name else None
        if found:
            return Path(found)
    if _install_from_debian("chromium", "libatomic1"):
        found = shutil.which("chromium")
        if found:
            return Path(found)
    raise CannotSetUp(
        "The browser tests need Chromium. Install it (Debian: apt install chromium), or set "
        "CHROMIUM=/path/to/chrome."
    )


def environment() -> dict[str, str]:
    """Return the environment in which the locked Python and Node come first.

    Compiled code is kept, whatever the machine says: else every start compiles for seconds.
    """
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": ""}


def say(sentence: str) -> None:
    """Tell the person at the terminal how far the set-up is."""
    print(f"[{time.monotonic() - STARTED:5.1f} s] {sentence}", file=sys.stderr, flush=True)


def _require_python() -> None:
    if sys.version_info >= PYTHON_MIN:
        return
    for name in ("python3.13", "python3.12", "python3.11"):
        newer = shutil.which(name)
        if newer:
            os.execv(newer, [newer, *sys.argv])
    raise CannotSetUp(
        "Python 3.11 or newer is needed; this is {}.{}.{}.".format(*sys.version_info[:3])
    )


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let a second start wait for the first: both would write the same folders."""
    with (ROOT / "requirements.lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another start that is setting up")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read_stamp() -> dict[str, str] | None:
    """Return what the environment was made from; None when it must be made anew."""
    if not PYTHON.exists():  # a link to a Python that was removed does not exist either
        return None
    try:
        stamp = json.loads(VENV_STAMP.read_text())
    except (OSError, ValueError):
        return {}
    # Programs in it carry the folder's name: a moved checkout needs a new one.
    return stamp if stamp.get("place") == str(ROOT) else None


def _make_venv() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    uv = shutil.which("uv")
    if uv:
        _do("Python environment", [uv, "venv", "--quiet", "--python", sys.executable, VENV])
        return
    say("Python environment")
    command = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(command, check=False, capture_output=True).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    if not (_install_from_debian(package) or _install_from_debian("python3-venv")):
        raise CannotSetUp(
            "This Python cannot make an environment (no ensurepip). Install it (Debian, Ubuntu: "
            f"apt install {package}) or install uv, then run this again."
        )
    _do("Python environment", command)


def _halve(lock: Path) -> list[Path]:
    """Write every other package of a lock to one file and the rest to another; pip uses one core.

    Packages begin at the margin, their hashes are indented.
    """
    packages = re.split(r"\n(?=\S)", lock.read_text())
    halves = [VENV / f"half-{number}.lock" for number in (1, 2)]
    for number, half in enumerate(halves):
        half.write_text("\n".join(packages[number::2]) + "\n")
    return halves


def _write_command() -> None:
    """Put the `tannoi` command beside the environment's other programs."""
    command = BIN / "tannoi"
    command.write_text(
        f"#!{PYTHON}\nimport sys\n\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from backend.cli import main\n\nmain()\n"
    )
    command.chmod(0o755)


def _install_from_debian(*packages: str) -> bool:
    """Install system packages where apt-get and the right to use it are there."""
    if not shutil.which("apt-get"):
        return False
    if os.geteuid() == 0:
        prefix = []
    elif shutil.which("sudo") and _succeeds(["sudo", "-n", "true"]):
        prefix = ["sudo", "-n"]
    else:
        return False
    say("system packages: " + " ".join(packages))
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    return _succeeds(install) or (_succeeds([*apt, "update"]) and _succeeds(install))


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _once(stamp: Path, key: str, do: Callable[[], None]) -> None:
    if stamp.exists() and stamp.read_text() == key:
        return
    do()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)


def _digest(paths: Iterable[Path]) -> str:
    """Return one digest over files and folders, by name and content."""
    total = hashlib.sha256()
    for path in sorted(paths):
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file():
                total.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return total.hexdigest()


def _do(what: str, *commands: Sequence[str | Path], cwd: Path = ROOT) -> None:
    """Run quiet programs beside each other, with a sign of life every ten seconds.

    Raises `CannotSetUp` with the words of those that fail.
    """
    say(what)
    done = threading.Event()

    def show_life() -> None:
        while not done.wait(10):
            say(f"{what} …")

    threading.Thread(target=show_life, daemon=True).start()
    running: list[subprocess.Popen[str]] = []
    try:
        for command in commands:
            program = subprocess.Popen(
                [str(part) for part in command],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                cwd=cwd,
                env={**environment(), "NO_COLOR": "1", "FORCE_COLOR": "0"},
            )
            running.append(program)
        said = [program.communicate()[0] for program in running]
    finally:
        done.set()
        for program in running:
            program.kill()  # what still runs where this was stopped
    failed = [words for words, one in zip(said, running, strict=True) if one.returncode != 0]
    if failed:
        words = "\n".join("\n".join(failed).strip().splitlines()[-40:])
        raise CannotSetUp(
            f"{words}\n\nSetting up ({what}) failed, see above. Without a network the packages "
            "cannot be fetched the first time; a full disk also looks like this."
        )
