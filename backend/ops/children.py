"""Programs of ours that run beside us: started so that they die with us, stopped in order."""

import contextlib
import ctypes
import os
import platform
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

PR_SET_PDEATHSIG: Final = 1
LOG_BYTES_MAX: Final = 10 << 20
RESTART_WAIT_S_MAX: Final = 30.0


def make_die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """Return what a child does first, so that a killed parent does not leave it behind."""
    if platform.system() != "Linux":
        return None
    libc = ctypes.CDLL(None)  # loaded here: between fork and exec nothing may be allocated

    def ask_for_signal() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number)

    return ask_for_signal


class Child:
    """A program that runs until it is stopped, and is started again when it ends by itself."""

    def __init__(
        self, name: str, command: Sequence[str | Path], env: Mapping[str, str], log_file: Path
    ) -> None:
        self.name = name
        self.log_file = log_file
        self._command = [str(part) for part in command]
        self._env = dict(env)
        self._process: subprocess.Popen[bytes] | None = None
        self._restart_at: float | None = None
        self._num_restarts = 0

    def start(self) -> None:
        """Start the program in a group of its own, its words going to its log."""
        if self.log_file.exists() and self.log_file.stat().st_size > LOG_BYTES_MAX:
            self.log_file.replace(self.log_file.with_suffix(".old.log"))
        with self.log_file.open("ab") as log:
            # Its own group: a Ctrl-C is for us alone, and a group can be killed whole.
            self._process = subprocess.Popen(
                self._command,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=make_die_with_parent(signal.SIGTERM),
            )

    @property
    def is_running(self) -> bool:
        """Tell whether the program is alive."""
        return self._process is not None and self._process.poll() is None

    def keep_alive(self, now_s: float) -> bool:
        """Start it again if it ended, later and later; return whether it was started now."""
        if self.is_running:
            return False
        if self._restart_at is None:
            wait_s = min(0.5 * 2**self._num_restarts, RESTART_WAIT_S_MAX)
            self._restart_at = now_s + wait_s
            self._num_restarts += 1
        if now_s < self._restart_at:
            return False
        self._restart_at = None
        self.start()
        return True

    def ask_to_stop(self) -> None:
        """Ask the program to end; its own children are its own business."""
        if self._process is not None and self.is_running:
            self._process.terminate()

    def stop(self, deadline_s: float) -> bool:
        """Wait until `deadline_s` of the monotonic clock; return whether it ended by itself."""
        if self._process is None:
            return True
        try:
            self._process.wait(max(0.0, deadline_s - time.monotonic()))
            return True
        except subprocess.TimeoutExpired:
            return False
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def last_words(self, num_lines: int = 12) -> str:
        """Return the end of its log."""
        try:
            lines = self.log_file.read_text(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-num_lines:])
