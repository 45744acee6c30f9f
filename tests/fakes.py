"""Stand-ins for the outside, held to what the real ones do."""

import asyncio
import base64
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import http_ece
import jwt
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

VAPID_PRIVATE_KEY = base64.urlsafe_b64encode(bytes(range(1, 33))).rstrip(b"=").decode()
DAY_S = 24 * 3600


def to_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


@dataclass
class Browser:
    """What a browser keeps for one subscription, and what reached it."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: os.urandom(16))
    got: list[dict[str, object]] = field(default_factory=list)
    status: int = 201
    """What the push service answers for it: 410 when the person unsubscribed."""

    def subscription(self, locale: str = "vi") -> dict[str, object]:
        keys = {"p256dh": to_text(point_of(self.key.public_key())), "auth": to_text(self.auth)}
        return {"endpoint": self.endpoint, "keys": keys, "locale": locale}


class PushService:
    """Takes messages as a push service does: checks the sender's token, passes them on sealed.

    A message not sealed for its browser, or signed by a key the browser did not subscribe with,
    is refused with 403.
    """

    def __init__(self, sender_point: str) -> None:
        self.sender_point = sender_point
        self.browsers: dict[str, Browser] = {}
        self.num_refused = 0
        self.origin = ""

    def add_browser(self, name: str) -> Browser:
        browser = Browser(f"{self.origin}/push/{name}")
        self.browsers[name] = browser
        return browser

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        pairs = (line.split(":", 1) for line in head[1:] if ":" in line)
        headers = {name.lower(): value.strip() for name, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        browser = self.browsers.get(head[0].split()[1].rsplit("/", 1)[1])
        status = 404 if browser is None else browser.status
        if browser is not None and status == 201:
            try:
                browser.got.append(self.open(browser, headers, body))
            except (AssertionError, KeyError, ValueError, jwt.PyJWTError, http_ece.ECEException):
                self.num_refused += 1
                status = 403
        writer.write(
            f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode()
        )
        await writer.drain()
        writer.close()

    def open(self, browser: Browser, headers: dict[str, str], body: bytes) -> dict[str, object]:
        """Check the token (RFC 8292) and open the message as the browser would (RFC 8291)."""
        assert headers["content-encoding"] == "aes128gcm"
        assert int(headers["ttl"]) >= 0
        assert len(headers.get("topic", "")) <= 32
        scheme, rest = headers["authorization"].split(" ", 1)
        assert scheme.lower() == "vapid"
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert parts["k"].rstrip("=") == self.sender_point, "a stranger's key"
        public = ec.EllipticCurvePublicKey.from_encoded_point(
            ec.SECP256R1(), from_text(parts["k"].rstrip("="))
        )
        claims = jwt.decode(parts["t"], public, algorithms=["ES256"], audience=self.origin)
        assert claims["sub"].startswith("mailto:")
        assert claims["exp"] <= time.time() + DAY_S
        plain = http_ece.decrypt(
            body, private_key=browser.key, auth_secret=browser.auth, version="aes128gcm"
        )
        return msgspec.json.decode(plain)


@asynccontextmanager
async def push_service(sender_point: str) -> AsyncIterator[PushService]:
    """Serve a push service on a free port of this machine."""
    service = PushService(sender_point)
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    service.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield service
    finally:
        server.close()
        await server.wait_closed()
