"""Asks a road engine over HTTP, within the time that a plan can wait."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from backend.drafts.travel.source import Ask, Deadline, NoTravel

PAUSE_S = 0.3
BYTES_MAX = 64 * 1024 * 1024
"""More is no table of the size that is asked for."""
BUSY = {429, 502, 503, 504}


@contextmanager
def open_server(url: str) -> Iterator[Ask]:
    """Give a way to ask the server at this address; connections are kept between questions."""
    # No proxy of the environment: positions of doors go to the server that is named, no other.
    with httpx.Client(trust_env=False, follow_redirects=False) as client:

        def ask(path: str, body: bytes | None, deadline: Deadline) -> bytes:
            return _ask(client, url.rstrip("/") + path, body, deadline)

        yield ask


def _ask(client: httpx.Client, url: str, body: bytes | None, deadline: Deadline) -> bytes:
    """Return the body of an answer that decides something: granted (200) or refused (400)."""
    for last in (False, True):
        try:
            status, answer = _ask_once(client, url, body, deadline)
        except httpx.TimeoutException:
            raise NoTravel("travel.late") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            if last:
                raise NoTravel("travel.down") from None
        else:
            if status in (200, 400):
                return answer
            if last or status not in BUSY:
                raise NoTravel("travel.wrong_answer", detail=f"HTTP {status}")
        time.sleep(min(PAUSE_S, deadline.left_s()))
    raise AssertionError("the last try returns or raises")


def _ask_once(
    client: httpx.Client, url: str, body: bytes | None, deadline: Deadline
) -> tuple[int, bytes]:
    wait = httpx.Timeout(deadline.left_s())
    method = "GET" if body is None else "POST"
    kind = {"content-type": "application/json"}
    parts, num_bytes = [], 0
    with client.stream(method, url, content=body, timeout=wait, headers=kind) as response:
        for part in response.iter_bytes():
            parts.append(part)
            num_bytes += len(part)
            # A server that drips byte after byte never runs into the timeout of a single read.
            deadline.left_s()
            if num_bytes > BYTES_MAX:
                raise NoTravel("travel.wrong_answer", detail="too long")
    return response.status_code, b"".join(parts)
