"""Web Push: seal a message for one browser and post it to its push service (RFC 8291, 8292)."""

import base64
import re
from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException

from backend.kit import catalog
from backend.kit.clock import now
from backend.kit.errors import Invalid
from backend.kit.outbound import ForbiddenAddress, Outbound, check_url
from backend.notifications.model import PushKeys, Subscription

Outcome = Literal["sent", "gone", "refused", "later"]

TOKEN_VALID_S = 12 * 3600
TTL_S = 4 * 3600
"""How long a push service keeps a message for a phone that is away; older news is none."""
GONE = (404, 410)
LATER = (408, 425, 429)
TOPIC = re.compile(r"[^A-Za-z0-9_-]")


catalog.add(
    {
        "push_endpoint": (
            "Trình duyệt này không gửi được địa chỉ nhận thông báo hợp lệ.",
            "This browser gave no valid address for messages.",
        ),
        "push_full": (
            "Yêu cầu này đã được theo dõi trên quá nhiều thiết bị.",
            "Too many devices follow this errand already.",
        ),
    }
)


class PushKey:
    """The key by which push services know us."""

    def __init__(self, private_key: str, subject: str) -> None:
        self._vapid = Vapid02.from_raw(private_key.encode())
        self._subject = subject

    @property
    def public(self) -> str:
        """Return what a browser subscribes with: the uncompressed point, base64url."""
        point = self._vapid.public_key.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    def authorization(self, audience: str) -> str:
        """Return the header that says who sends, for one push service and half a day."""
        claims = {
            "aud": audience,
            "sub": self._subject,
            "exp": int(now().timestamp()) + TOKEN_VALID_S,
        }
        return str(self._vapid.sign(claims)["Authorization"])


@dataclass(frozen=True)
class Sender:
    """Sends messages; `outbound` is open while the worker runs."""

    key: PushKey
    outbound: Outbound
    allow_local: bool

    async def send(
        self, to: Subscription, body: bytes, *, topic: str, is_urgent: bool = False
    ) -> Outcome:
        """Send one message; say whether it was taken, the browser is gone, or to try later.

        `topic` lets a push service replace an older message that waits for a phone that is away.
        """
        try:
            url = check_url(to.endpoint, allow_local=self.allow_local)
            sealed = _seal(to, body)
        except (ForbiddenAddress, WebPushException, ValueError):
            return "refused"
        headers = {
            "authorization": self.key.authorization(str(url.origin())),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(TTL_S),
            "urgency": "high" if is_urgent else "normal",
            "topic": TOPIC.sub("", topic)[-32:],
        }
        try:
            answer = await self.outbound.post(to.endpoint, headers=headers, body=sealed)
        except ForbiddenAddress:
            return "refused"
        except (OSError, TimeoutError):
            return "later"
        if 200 <= answer.status < 300:
            return "sent"
        if answer.status in GONE:
            return "gone"
        return "later" if answer.status >= 500 or answer.status in LATER else "refused"


def _seal(to: Subscription, body: bytes) -> bytes:
    pusher = WebPusher({"endpoint": to.endpoint, "keys": {"p256dh": to.p256dh, "auth": to.auth}})
    return bytes(pusher.encode(body, content_encoding="aes128gcm")["body"])


def check_endpoint(endpoint: str, keys: PushKeys, *, allow_local: bool) -> None:
    """Raise 422 `push_endpoint` for what cannot be a push service or its keys (A12)."""
    try:
        check_url(endpoint, allow_local=allow_local)
        point = _decode(keys.p256dh)
        auth = _decode(keys.auth)
    except (ForbiddenAddress, ValueError) as error:
        raise Invalid("push_endpoint") from error
    if len(point) != 65 or len(auth) != 16:
        raise Invalid("push_endpoint")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise Invalid("push_endpoint") from error


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
