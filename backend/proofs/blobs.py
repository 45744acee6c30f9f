"""Where the bytes of pictures are kept: a folder, named by SHA-256, written whole or not at all."""

import hashlib
import os
from pathlib import Path
from uuid import UUID

from backend.kit import catalog
from backend.kit.errors import Invalid, Unsupported

catalog.add(
    {
        "wrong_hash": (
            "Ảnh gửi lên không khớp mã kiểm tra.",
            "The picture does not match its hash.",
        ),
        "not_a_picture": (
            "Tệp gửi lên không phải ảnh JPEG, PNG hay WebP.",
            "The file is not a JPEG, PNG or WebP picture.",
        ),
    }
)

SIZE_MAX = 5 * 1024 * 1024


def sniff(body: bytes) -> str | None:
    """Return the media type told by the first bytes, or None for what we do not take."""
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return None


class BlobFolder:
    """Pictures of all offices; one office never names another's file."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, office_id: UUID, sha256: bytes) -> Path:
        """Return where a picture lies."""
        name = sha256.hex()
        return self.root / str(office_id) / name[:2] / name

    def store(self, office_id: UUID, sha256: bytes, body: bytes) -> str:
        """Write a picture durably under its name; return its media type.

        Raises `Invalid` `wrong_hash` and `Unsupported` `not_a_picture`.
        """
        if hashlib.sha256(body).digest() != sha256:
            raise Invalid("wrong_hash")
        media_type = sniff(body)
        if media_type is None:
            raise Unsupported("not_a_picture")
        path = self.path(office_id, sha256)
        if path.exists() and path.stat().st_size == len(body):
            return media_type
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}.part")
        with part.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return media_type

    def read(self, office_id: UUID, sha256: bytes) -> bytes | None:
        """Return a picture's bytes, or None when they have not arrived."""
        path = self.path(office_id, sha256)
        return path.read_bytes() if path.exists() else None
