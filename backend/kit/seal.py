"""Sealing of personal values at rest (A15): AES-256-GCM with a key id, and a blind index."""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.kit.curve import Agreement

NONCE_BYTES = 12


class SealBroken(Exception):
    """The sealed value was altered, moved to another row, or its key is not here."""


class Sealer:
    """Seals and opens values; keys by id, the first one seals, all open."""

    def __init__(self, keys: dict[int, bytes], index_key: bytes) -> None:
        if not keys or any(len(key) != 32 for key in keys.values()) or len(index_key) < 32:
            raise ValueError("sealing needs keys of 32 bytes")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._current = next(iter(keys))
        self._index_key = index_key
        self.agreement = Agreement(keys.values())
        """The house's half of phones' shift keys (S19); old keys still agree."""

    def seal(self, value: str, *, place: str) -> bytes:
        """Return key id, nonce and cipher text; `place` (table.column:owner) is bound to it."""
        return self.seal_bytes(value.encode(), place=place)

    def seal_bytes(self, value: bytes, *, place: str) -> bytes:
        """Seal bytes as `seal` seals text."""
        nonce = os.urandom(NONCE_BYTES)
        body = self._ciphers[self._current].encrypt(nonce, value, place.encode())
        return bytes([self._current]) + nonce + body

    def open(self, sealed: bytes, *, place: str) -> str:
        """Return the value sealed for `place`, or raise `SealBroken`."""
        return self.open_bytes(sealed, place=place).decode()

    def open_bytes(self, sealed: bytes, *, place: str) -> bytes:
        """Return the bytes sealed for `place`, or raise `SealBroken`."""
        cipher = self._ciphers.get(sealed[0]) if sealed else None
        if cipher is None:
            raise SealBroken("unknown key")
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, body, place.encode())
        except InvalidTag as error:
            raise SealBroken("altered or misplaced") from error

    def index(self, value: str) -> bytes:
        """Return the keyed hash by which equal values are found."""
        return hmac.new(self._index_key, value.encode(), hashlib.sha256).digest()
