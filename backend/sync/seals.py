"""Opens what a phone sealed under the key of a shift, whose private half is gone (S19)."""

from typing import Annotated
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backend.kit.curve import Agreement, read_base64url

INFO = b"tannoi-shift-v1"
IV_BYTES = 12
KEY_BYTES = 32


class Unsealable(Exception):
    """No key of the house opens it: altered, bound to another thing, or not sealed for us."""


class SealedOp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fact as it stands in `ops` while its phone is locked."""

    seq: Annotated[int, msgspec.Meta(ge=1)]
    id: UUID
    eph: str
    iv: str
    ct: str


class SealedSide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The personal part of a sealed fact."""

    eph: str
    iv: str
    ct: str


class Opener:
    """Opens the sealed parts of one request; the keys of a shift are derived once."""

    def __init__(self, agreement: Agreement) -> None:
        """Begin with no shift known."""
        self._agreement = agreement
        self._ciphers: dict[bytes, list[AESGCM]] = {}

    def open(self, *, eph: bytes, iv: bytes, sealed: bytes, bound: str) -> bytes:
        """Return what was sealed and bound to `bound`, or raise `Unsealable`."""
        if len(iv) != IV_BYTES:
            raise Unsealable("the nonce has another length")
        for cipher in self._ciphers_of(eph):
            try:
                return cipher.decrypt(iv, sealed, bound.encode())
            except InvalidTag:
                continue
        raise Unsealable("no key opens it")

    def open_text(self, part: SealedOp | SealedSide, bound: str) -> bytes:
        """Return what a sealed fact or side holds, or raise `Unsealable`."""
        try:
            eph, iv, sealed = (read_base64url(text) for text in (part.eph, part.iv, part.ct))
        except ValueError as error:
            raise Unsealable("not base64url") from error
        return self.open(eph=eph, iv=iv, sealed=sealed, bound=bound)

    def _ciphers_of(self, eph: bytes) -> list[AESGCM]:
        found = self._ciphers.get(eph)
        if found is None:
            try:
                shared = self._agreement.agree(eph)
            except ValueError as error:
                raise Unsealable("no point of the curve") from error
            found = self._ciphers[eph] = [AESGCM(shift_key(ikm, eph)) for ikm in shared]
        return found


def shift_key(shared: bytes, eph: bytes) -> bytes:
    """Return the AES key of a shift from what both halves agree on, and the phone's public key."""
    return HKDF(
        algorithm=hashes.SHA256(), length=KEY_BYTES, salt=bytes(KEY_BYTES), info=INFO + eph
    ).derive(shared)


def read_sealed_op(raw: bytes) -> SealedOp | None:
    """Return the sealed fact in these bytes, or None where they are a fact in the clear."""
    if b'"eph"' not in raw:
        return None
    try:
        return msgspec.json.decode(raw, type=SealedOp)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def open_side(opener: Opener, raw: bytes, op_id: UUID) -> bytes:
    """Return the personal part of a fact: as it stands, or opened. Raises `Unsealable`."""
    if b'"eph"' not in raw:
        return raw
    try:
        part = msgspec.json.decode(raw, type=SealedSide)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return raw
    return opener.open_text(part, f"side:{op_id}")
