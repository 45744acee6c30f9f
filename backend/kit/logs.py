"""Logs as JSON lines by an allow-list: a field nobody allowed is dropped (A17)."""

import logging
import sys
import time
from collections.abc import MutableMapping
from typing import Any, Final

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

# Never bodies, tokens, codes, phones, names, addresses, positions.
ALLOWED: Final = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "request_id",
        "actor",
        "office",
        "method",
        "route",
        "status",
        "took_ms",
        "num_bytes",
        "op_id",
        "kind",
        "stream",
        "seq",
        "job",
        "plan",
        "errand",
        "outcome",
        "num",
        "version",
        "port",
        "exception",
        "cause",
    }
)
SLOW_MS: Final = 1000.0

log = structlog.get_logger("access")


def keep_allowed(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop every field that is not on the list."""
    return {key: value for key, value in event.items() if key in ALLOWED}


def name_cause(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Turn an exception into its type and where it was raised: its words may hold data."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["cause"] = type(error).__name__
        frames = []
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename.rsplit('/backend/', 1)[-1]}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["exception"] = frames[-12:]
    return event


def set_up_logs(level: str) -> None:
    """Send every log line of ours to standard error as one JSON object."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            name_cause,
            keep_allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


class AccessLog:
    """Logs each request by its route, not its path: paths carry codes and tokens."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and log how it ended."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            took_ms = round((time.perf_counter() - started) * 1000, 1)
            user = scope.get("user")
            write = log.warning if status >= 500 or took_ms > SLOW_MS else log.info
            write(
                "request",
                request_id=scope.get("state", {}).get("request_id"),
                method=scope["method"],
                route=scope.get("path_template", ""),
                status=status,
                took_ms=took_ms,
                actor=getattr(user, "label", None),
                office=str(getattr(user, "office_id", "") or ""),
            )
