"""One request to the application inside this process, also to streams that never end."""

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
from litestar import Litestar

ANSWER_WAIT_S = 20
addresses = (f"198.51.{n // 250 % 250}.{n % 250 + 1}" for n in itertools.count())


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def code(self) -> str | None:
        """Return the code of a refusal."""
        if self.headers.get("content-type") != "application/problem+json":
            return None
        return str(msgspec.json.decode(self.body)["code"])


async def ask(
    app: Litestar,
    method: str,
    path: str,
    *,
    query: str = "",
    cookie: str | None = None,
    body: bytes | None = None,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Return the answer to a request of one of our own pages, each from an address of its own.

    Of a stream of events the first part is read; then the page is closed.
    """
    said = {"host": "tannoi.test", "sec-fetch-site": "same-origin", **(headers or {})}
    if cookie is not None:
        said["cookie"] = f"__Host-tannoi={cookie}"
    if body is not None:
        said |= {"content-type": content_type, "content-length": str(len(body))}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in said.items()],
        "client": (next(addresses), 40000),
        "server": ("tannoi.test", 443),
        "state": {},
    }
    answer, is_over = Answer(), asyncio.Event()
    given = [{"type": "http.request", "body": body or b"", "more_body": False}]

    async def receive() -> dict[str, object]:
        if given:
            return given.pop()
        await is_over.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            answer.status = int(str(message["status"]))
            answer.headers = {
                name.decode().lower(): value.decode()
                for name, value in message["headers"]  # type: ignore[attr-defined]
            }
            return
        answer.body += bytes(message.get("body", b""))  # type: ignore[call-overload]
        is_stream = answer.headers.get("content-type", "").startswith("text/event-stream")
        if is_stream or not message.get("more_body"):
            is_over.set()

    async with asyncio.timeout(ANSWER_WAIT_S):
        await app(scope, receive, send)  # type: ignore[arg-type]
    return answer
