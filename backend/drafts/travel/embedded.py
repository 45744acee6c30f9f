"""Asks a road engine embedded in a process beside ours, and has its map made ready.

The process is a plan's own and ends with it. Making a map ready may take minutes for a province:
that goes on behind the plan, which is made by the straight line meanwhile.
"""

import contextlib
import hashlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from backend.drafts.model import TravelSource
from backend.drafts.travel.source import Ask, Deadline, NoTravel, names_data

ENGINE = Path(__file__).with_name("engine.py")
BLOCKS = {"osrm": (400, 400), "valhalla": (50, 2_000)}
"""Rows and columns at once: what is answered when the time is up is kept, so a block takes about a
second. Valhalla searches once a row, however many columns there are."""
POLL_S = 0.05
LINE_BYTES_MAX = 64 * 1024 * 1024
PREPARED = {"osrm": (".osrm",), "valhalla": (".tar", "")}
"""Names of data that the engine reads as they are; anything else is a map to be made ready."""


@contextmanager
def open_embedded(
    name: str, kind: str, file: Path, source: TravelSource, deadline: Deadline
) -> Iterator[Ask]:
    """Give a way to ask the engine about the map in this file, made ready for this kind of vehicle.

    Raises `NoTravel`: `travel.unavailable` without the package or a usable map,
    `travel.preparing` while the map is being made ready.
    """
    if file.suffix not in PREPARED[name]:
        file = _prepare(name, kind, file, source, deadline)
    command = [source.python or sys.executable, "-P", str(ENGINE), "serve", name, str(file)]
    try:
        process = subprocess.Popen(  # noqa: S603 (our own program, the operator's interpreter)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise NoTravel("travel.unavailable") from error
    assert process.stdin is not None
    assert process.stdout is not None
    talk = Talk(process.stdin, process.stdout)
    try:
        with _as_unavailable():
            talk.read_line(deadline)
        yield talk.ask
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


@contextmanager
def _as_unavailable() -> Iterator[None]:
    """An engine that ends before its first word has no package, or no map that it can read."""
    try:
        yield
    except NoTravel as error:
        if error.code == "travel.down":
            raise NoTravel("travel.unavailable") from error
        raise


class Talk:
    """Questions and answers over two pipes, a line each."""

    def __init__(self, to: IO[bytes], back: IO[bytes]) -> None:
        self._to = to
        self._back = back
        self._begun = bytearray()

    def ask(self, path: str, body: bytes | None, deadline: Deadline) -> bytes:
        """Return the answer; see `Ask`."""
        question = {"path": path, "body": msgspec.Raw(body or b"null")}
        try:
            # Bounded by what a pipe holds and the engine reads: it reads all before it answers.
            self._to.write(msgspec.json.encode(question) + b"\n")
            self._to.flush()
        except OSError as error:
            raise NoTravel("travel.down") from error
        return self.read_line(deadline)

    def read_line(self, deadline: Deadline) -> bytes:
        """Return the next line; raise `NoTravel` when it does not come."""
        while (end := self._begun.find(b"\n")) < 0:
            ready, _, _ = select.select([self._back], [], [], deadline.left_s())
            part = os.read(self._back.fileno(), 1 << 20) if ready else b""
            if ready and not part:
                raise NoTravel("travel.down")
            self._begun += part
            if len(self._begun) > LINE_BYTES_MAX:
                raise NoTravel("travel.wrong_answer", detail="too long")
        line = bytes(self._begun[:end])
        del self._begun[: end + 1]
        return line


def _prepare(name: str, kind: str, file: Path, source: TravelSource, deadline: Deadline) -> Path:
    """Return what the engine reads, made from a map; begins to make it when nobody has."""
    if source.keep_dir is None or not file.is_file():
        raise NoTravel("travel.unavailable")
    digest = hashlib.sha256(f"{file.resolve()} {names_data(source)}".encode()).hexdigest()[:16]
    folder = Path(source.keep_dir) / f"{name}-{digest}"
    if not (folder / "ready").exists():
        python = source.python or sys.executable
        _build(
            [python, "-P", str(ENGINE), "build", name, str(file.resolve()), str(folder), kind],
            deadline,
        )
    return folder / ("roads.osrm" if name == "osrm" else "tiles")


def _build(command: list[str], deadline: Deadline) -> None:
    """Begin to build, and return when it is done."""
    ready = Path(command[6]) / "ready"
    try:
        # In a session of its own: it goes on when the plan no longer waits, and when it is done.
        builder = subprocess.Popen(  # noqa: S603 (our own program, the operator's interpreter)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise NoTravel("travel.unavailable") from error
    try:
        while not ready.exists():
            code = builder.poll()
            if code not in (None, 0, BUSY):
                raise NoTravel("travel.unavailable")
            time.sleep(min(POLL_S, deadline.left_s()))
    except NoTravel as error:
        if error.code == "travel.late":
            raise NoTravel("travel.preparing") from error
        raise
    finally:
        if builder.poll() is None:
            # It is nobody's any more; without this Python warns that it was left running.
            builder.returncode = 0


BUSY = 75
"""What a builder ends with when another one is at it."""
