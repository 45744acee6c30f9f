"""P-256 between phones and the house: verify what they sign, agree with them on keys (S19, S20).

Keys travel as the 65 raw bytes of an uncompressed point, signatures as `r || s`, all of it in
base64url without padding.
"""

import binascii
import re
from collections.abc import Iterable
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

POINT_BYTES = 65
SIGNATURE_BYTES = 64
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
AGREEMENT = b"tannoi-agreement-v1"


def read_base64url(text: str) -> bytes:
    """Return the bytes of base64url without padding, or raise `ValueError`."""
    if not BASE64URL.fullmatch(text):
        raise ValueError("not base64url")
    padded = text.translate(str.maketrans("-_", "+/")) + "=" * (-len(text) % 4)
    return binascii.a2b_base64(padded, strict_mode=True)


def write_base64url(raw: bytes) -> str:
    """Return bytes as base64url without padding."""
    text = binascii.b2a_base64(raw, newline=False).decode()
    return text.translate(str.maketrans("+/", "-_")).rstrip("=")


@lru_cache(maxsize=8192)
def read_point(raw: bytes) -> ec.EllipticCurvePublicKey:
    """Return the public key of these raw bytes, or raise `ValueError` for no point of the curve."""
    if len(raw) != POINT_BYTES or raw[0] != 4:
        raise ValueError("not an uncompressed point of P-256")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)


def verify(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether `signature` (`r || s`) over `message` is that of the key."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    half = SIGNATURE_BYTES // 2
    r, s = int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
    try:
        read_point(public_key).verify(
            utils.encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256())
        )
    except (InvalidSignature, ValueError):
        return False
    return True


class Agreement:
    """The house's half of ECDH, derived from its secrets and so the same after every restore."""

    def __init__(self, secrets: Iterable[bytes]) -> None:
        """Derive a key of each secret; the first one is shown, all agree."""
        self._keys = [_derive_key(secret) for secret in secrets]
        self.public_key = write_point(self._keys[0].public_key())

    def agree(self, point: bytes) -> list[bytes]:
        """Return the shared secret with a phone's point, once for each key; raise `ValueError`."""
        other = read_point(point)
        return [key.exchange(ec.ECDH(), other) for key in self._keys]


def write_point(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return the raw bytes of a public key."""
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def _derive_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    # 48 bytes for an order of 32, so that the remainder favours no number (FIPS 186-5, A.2.1).
    wide = HKDF(algorithm=hashes.SHA256(), length=48, salt=None, info=AGREEMENT).derive(secret)
    return ec.derive_private_key(int.from_bytes(wide) % (ORDER - 1) + 1, ec.SECP256R1())
