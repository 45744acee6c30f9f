"""The web server's main process: it says that it is stopping before it stops (R6).

A stop begins with a signal to every worker process: `/health/ready` answers 503, open streams
end, everything else is still served, so that a proxy turns elsewhere. After the drain no
connection is taken any more, and what was asked has a limit to be answered.
"""

import argparse
import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, Final

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops, SSLProtocols

from backend.kit.live import STOPPING

STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


def main(argv: Sequence[str] | None = None) -> None:
    """Serve until asked to stop; a second wish to stop waits for nobody's proxy."""
    asked = _parse(argv)
    server = Granian(
        target=asked.app,
        factory=True,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        address=asked.host,
        port=asked.port,
        workers=asked.workers,
        respawn_failed_workers=True,
        workers_kill_timeout=asked.limit,
        log_access=False,
        websockets=False,
        **_secure(asked.certificate, asked.key),
    )
    server.on_startup(lambda: _announce_stops(asked.drain))
    server.serve()


def _secure(certificate: Path | None, key: Path | None) -> dict[str, Any]:
    if certificate is None:
        return {}
    # HTTP/2 would bring each cookie in a header of its own, of which only one would be read.
    return {
        "ssl_cert": certificate,
        "ssl_key": key,
        "ssl_protocol_min": SSLProtocols.tls12,  # A18
        "http": HTTPModes.http1,
    }


def _announce_stops(drain_s: float) -> None:
    """Put the announcement before what the server itself does when asked to stop."""
    signal.signal(STOPPING, signal.SIG_IGN)  # for a worker that does not listen yet
    for number in STOP_SIGNALS:
        stop = signal.getsignal(number)
        assert callable(stop), "the server has set its own by now"
        signal.signal(number, _Announcement(stop, drain_s))


class _Announcement:
    def __init__(self, stop: Any, drain_s: float) -> None:
        self._stop = stop
        self._drain_s = drain_s
        self._is_begun = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self._is_begun or self._drain_s == 0:
            self._tell_workers()
            self._stop(number, frame)
            return
        self._is_begun = True
        self._tell_workers()
        timer = threading.Timer(self._drain_s, self._stop, (number, None))
        timer.daemon = True
        timer.start()

    def _tell_workers(self) -> None:
        for worker in multiprocessing.active_children():
            with suppress(ProcessLookupError):
                assert worker.pid is not None, "an active child has been started"
                os.kill(worker.pid, STOPPING)


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--app", default="backend.app:create_app", help="what makes it")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--drain", type=float, default=0, help="seconds")
    parser.add_argument("--limit", type=int, default=5, help="seconds for what was asked before")
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
