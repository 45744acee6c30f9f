"""What a phone signs, and whether its signature holds (S20). Pure."""

import hashlib
import re
from uuid import UUID

from backend.kit.curve import read_base64url, verify

HEADER = "tannoi-signature"
FORM = re.compile(r"v1;([0-9a-f-]{36});([0-9]{1,15});([A-Za-z0-9_-]{86})")


def signed_text(method: str, path: str, at_ms: str, body: bytes) -> bytes:
    """Return the text under a signature: method, path, the phone's clock, hash of the body."""
    digest = hashlib.sha256(body).hexdigest()
    return f"tannoi-v1\n{method}\n{path}\n{at_ms}\n{digest}".encode()


def is_signed(
    header: str, *, device_id: UUID, public_key: bytes, method: str, path: str, body: bytes
) -> bool:
    """Return whether `header` is this device's signature over this very request.

    The clock in it is not judged: a wrong clock warns and never blocks (section 1.6), and what
    is sent twice is recorded once.
    """
    found = FORM.fullmatch(header)
    if found is None or found[1] != str(device_id):
        return False
    try:
        signature = read_base64url(found[3])
    except ValueError:
        return False
    return verify(public_key, signature, signed_text(method, path, found[2], body))
