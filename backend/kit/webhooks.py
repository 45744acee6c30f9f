"""Signed messages of other houses' machines: Standard Webhooks 1.0, to check and to send.

What is signed is `<id>.<seconds>.<body>`. `v1` is HMAC-SHA-256 under a shared secret (`whsec_`),
`v1a` Ed25519 under a public key (`whpk_`) whose private half (`whsk_`) is the sender's.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from backend.kit.errors import Unauthenticated

WINDOW_S: Final = 300
ID_LENGTH_MAX: Final = 256
NUM_SIGNATURES_MAX: Final = 10
SECRET_BYTES: Final = (24, 64)


class WrongKey(ValueError):
    """A key that is none: says how it is written."""


def check_key(key: str) -> None:
    """Raise `WrongKey` unless this is a key by which messages can be checked."""
    kind, raw = _split(key)
    if kind == "whsec" and SECRET_BYTES[0] <= len(raw) <= SECRET_BYTES[1]:
        return
    if kind == "whpk" and len(raw) == 32:
        return
    raise WrongKey("a key is whsec_ and 24 to 64 bytes, or whpk_ and 32 bytes, in base64")


def check_message(
    headers: Mapping[str, str], body: bytes, keys: Sequence[str], *, now: datetime
) -> str:
    """Return the id of a message that one of our keys vouches for.

    Raises `Unauthenticated` `bad_signature` for whatever is wrong: a header missing, an instant
    more than five minutes from ours, a signature of none of the keys.
    """
    id, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "").split(" ")[:NUM_SIGNATURES_MAX]
    is_named = 1 <= len(id) <= ID_LENGTH_MAX and id.isascii() and id.isprintable() and "." not in id
    is_timely = at.isascii() and at.isdigit() and len(at) <= 12
    if not is_named or not is_timely or abs(int(at) - now.timestamp()) > WINDOW_S:
        raise Unauthenticated("bad_signature")
    signed = b".".join((id.encode(), at.encode(), body))
    if not any(_vouches(key, signature, signed) for key in keys for signature in signatures):
        raise Unauthenticated("bad_signature")
    return id


def sign(id: str, at: datetime, body: bytes, key: str) -> dict[str, str]:
    """Return the headers of a message: `key` is a `whsec_` or a `whsk_` one."""
    seconds = str(int(at.timestamp()))
    signed = b".".join((id.encode(), seconds.encode(), body))
    kind, raw = _split(key)
    if kind == "whsec":
        mark, signature = "v1", hmac.digest(raw, signed, hashlib.sha256)
    elif kind == "whsk" and len(raw) == 32:
        mark, signature = "v1a", Ed25519PrivateKey.from_private_bytes(raw).sign(signed)
    else:
        raise WrongKey("a key to sign with is whsec_, or whsk_ and 32 bytes, in base64")
    said = base64.b64encode(signature).decode()
    return {
        "webhook-id": id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"{mark},{said}",
    }


def public_key(key: str) -> str:
    """Return the `whpk_` half of a `whsk_` key."""
    kind, raw = _split(key)
    if kind != "whsk" or len(raw) != 32:
        raise WrongKey("a private key is whsk_ and 32 bytes in base64")
    public = Ed25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw()
    return "whpk_" + base64.b64encode(public).decode()


def _vouches(key: str, signature: str, signed: bytes) -> bool:
    kind, raw = _split(key)
    mark, _, said = signature.partition(",")
    try:
        given = base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError):
        return False
    if (kind, mark) == ("whsec", "v1"):
        return hmac.compare_digest(given, hmac.digest(raw, signed, hashlib.sha256))
    if (kind, mark) == ("whpk", "v1a"):
        try:
            Ed25519PublicKey.from_public_bytes(raw).verify(given, signed)
        except InvalidSignature:
            return False
        return True
    return False


def _split(key: str) -> tuple[str, bytes]:
    kind, _, said = key.partition("_")
    try:
        return kind, base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError):
        return kind, b""
