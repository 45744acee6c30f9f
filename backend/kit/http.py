"""How refusals and failures answer (RFC 9457), and the headers every answer carries (A9)."""

import asyncio
import random
import uuid
from collections.abc import Mapping
from typing import Any, Final

import asyncpg
import msgspec
import structlog
from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.exceptions import (
    ClientException,
    HTTPException,
    InternalServerException,
    MethodNotAllowedException,
    NotAuthorizedException,
    NotFoundException,
    PermissionDeniedException,
    ValidationException,
)
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from backend.kit.catalog import Locale, sentence
from backend.kit.errors import Busy, Refusal

log = structlog.get_logger("http")

DATABASE_RETRY_S = (5, 15)
OVERDUE_RETRY_S = (5, 60)
REQUEST_S_MAX = 30.0
"""The whole of a request, its body included."""
DATABASE_AWAY: tuple[type[Exception], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the connection broke in the middle of a word
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.QueryCanceledError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    ConnectionError,
)
CALLER_GONE = "client disconnected prematurely"  # the framework's words
PROBLEM = "application/problem+json"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'; require-trusted-types-for 'script'; "
    "trusted-types app svelte-trusted-html"
)
HSTS = "strict-transport-security"
HEADERS: dict[str, str] = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    HSTS: "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(self), geolocation=(self), microphone=(), payment=()",
}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """The body of every refusal."""

    type: str
    title: str
    status: int
    code: str
    params: dict[str, str | int | None]
    request_id: str


def locale_of(request: Request[Any, Any, Any]) -> Locale:
    """Return the language to answer in: English when asked for before Vietnamese."""
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith("vi"):
            return "vi"
        if tag.startswith("en"):
            return "en"
    return "vi"


def request_id(request: Request[Any, Any, Any]) -> str:
    """Return the id under which this request is logged."""
    return str(request.scope.get("state", {}).get("request_id", ""))


def problem(
    request: Request[Any, Any, Any],
    status: int,
    code: str,
    params: dict[str, str | int | None],
    headers: dict[str, str] | None = None,
    members: Mapping[str, object] | None = None,
) -> Response[Any]:
    """Return the answer of a refusal in the language the request asks for."""
    body = Problem(
        type=f"/docs/refusals#{code}",
        title=sentence(code, locale_of(request), {"request_id": request_id(request), **params}),
        status=status,
        code=code,
        params=params,
        request_id=request_id(request),
    )
    answer = {**msgspec.structs.asdict(body), **members} if members else body
    return Response(answer, status_code=status, media_type=PROBLEM, headers=headers)


def on_refusal(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Problem]:
    """Answer a refusal of ours."""
    headers = dict(refusal.headers)
    if (retry := getattr(refusal, "retry_after_s", None)) is not None:
        headers["retry-after"] = str(retry)
    return problem(request, refusal.status, refusal.code, refusal.params, headers, refusal.members)


def on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """Answer a refusal of the framework in the same form, without its inner words."""
    match error:
        case NotFoundException():
            return problem(request, 404, "not_found", {})
        case MethodNotAllowedException():
            return problem(request, 405, "method_not_allowed", {})
        case NotAuthorizedException():
            return problem(request, 401, "sign_in_first", {})
        case PermissionDeniedException():
            return problem(request, 403, "not_allowed", {})
        case ValidationException():
            return problem(request, 400, "malformed", {"path": _where(error)})
        case ClientException() if error.status_code == 413:
            return problem(request, 413, "too_large", {})
        case ClientException():
            return problem(request, error.status_code, "malformed", {"path": _where(error)})
        case InternalServerException() if error.detail == CALLER_GONE:
            # Nobody hears the answer, and nothing went wrong here.
            return problem(request, 400, "malformed", {"path": "body"})
    return on_failure(request, error)


def _where(error: HTTPException) -> str:
    """Return the path of the first wrong field: never its value."""
    extra = error.extra
    if isinstance(extra, list) and extra and isinstance(extra[0], dict):
        first = extra[0]
        key, message = first.get("key"), str(first.get("message", ""))
        inner = message.rsplit(" - at `$", 1)[-1].rstrip("`") if " - at `$" in message else ""
        return f"{key or 'data'}{inner}"
    return "body"


def on_failure(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Answer a bug: its trace goes to the log, never to the caller."""
    log.error("failure", request_id=request_id(request), exc_info=error)
    return problem(request, 500, "server_error", {})


def on_unstorable_text(request: Request[Any, Any, Any], _: Exception) -> Response[Problem]:
    """Answer text with a character that no text in the database can hold (U+0000)."""
    return problem(request, 400, "malformed", {"path": "body"})


def on_database_away(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Answer that the database is away for now: phones and pages try again (R10)."""
    log.warning("database_away", request_id=request_id(request), exc_info=error)
    wait_s = random.randint(*DATABASE_RETRY_S)  # noqa: S311  # jitter, no secret
    return on_refusal(request, Busy(wait_s))


def on_group(request: Request[Any, Any, Any], errors: ExceptionGroup) -> Response[Problem]:
    """Answer what went wrong behind a handler, at the end of its transaction."""
    if errors.split(DATABASE_AWAY)[1] is None:
        return on_database_away(request, errors)
    return on_failure(request, errors)


EXCEPTION_HANDLERS: dict[int | type[Exception], Any] = {
    Refusal: on_refusal,
    **dict.fromkeys(DATABASE_AWAY, on_database_away),
    asyncpg.CharacterNotInRepertoireError: on_unstorable_text,
    HTTPException: on_http,
    ExceptionGroup: on_group,
    Exception: on_failure,
}


REPORTS: Final = {"pool": "reports"}
"""Marks a route that makes a file out of many rows: it has a pool of its own (R3)."""


class Deadline:
    """Ends a call of the API that takes longer than anybody waits for (R3): 503, come back.

    Streams of news and files go on as long as they are read.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on. Raises `Busy` when its time is over and nothing was answered."""
        if scope["type"] != ScopeType.HTTP or not scope["path"].startswith(("/api/", "/t/")):
            await self.app(scope, receive, send)
            return
        if scope["route_handler"].opt.get("is_stream"):
            await self.app(scope, receive, send)
            return
        is_begun = False

        async def watch(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        limit = asyncio.timeout(REQUEST_S_MAX)
        try:
            async with limit:
                await self.app(scope, receive, watch)
        except TimeoutError:
            if is_begun or not limit.expired():
                raise
            raise Busy(random.randint(*OVERDUE_RETRY_S)) from None  # noqa: S311  # jitter


class Envelope:
    """Gives each request its id and each answer the headers of A9; data is never stored."""

    def __init__(self, app: ASGIApp, *, with_hsts: bool = True) -> None:
        self.app = app
        self.headers = {k: v for k, v in HEADERS.items() if with_hsts or k != HSTS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and finish its answer."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        reference = uuid.uuid4().hex[:16]
        scope.setdefault("state", {})["request_id"] = reference
        is_data = scope["path"].startswith(("/api/", "/t/", "/demo/"))

        async def finish(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                extra = [
                    (name.encode(), value.encode())
                    for name, value in self.headers.items()
                    if name.encode() not in present
                ]
                extra.append((b"x-request-id", reference.encode()))
                if is_data and b"cache-control" not in present:
                    extra.append((b"cache-control", b"no-store"))
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self.app(scope, receive, finish)
