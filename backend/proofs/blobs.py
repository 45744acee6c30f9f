"""Where the bytes of pictures are kept: a folder, named by SHA-256, written whole or not at all."""

import hashlib
import os
from pathlib import Path
from uuid import UUID

from backend.kit import catalog
from backend.kit.errors import Invalid
from backend.proofs.pictures import check_picture

catalog.add(
    {
        "wrong_hash": (
            "Ảnh gửi lên không khớp mã kiểm tra.",
            "The picture does not match its hash.",
        ),
        "wrong_offset": (
            "Phần ảnh gửi lên không nối tiếp phần đã nhận.",
            "The part of the picture does not follow what was received.",
        ),
        "picture_quota": (
            "Máy này đã gửi quá nhiều ảnh, hãy thử lại sau {retry_after_s} giây.",
            "This device has sent too many pictures; try again in {retry_after_s} seconds.",
        ),
    }
)

SIZE_MAX = 5 * 1024 * 1024


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

        Raises `Invalid` `wrong_hash` and `too_many_pixels`, `Unsupported` `not_a_picture`.
        """
        if hashlib.sha256(body).digest() != sha256:
            raise Invalid("wrong_hash")
        media_type = check_picture(body)
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

    def has(self, office_id: UUID, sha256: bytes, size: int) -> bool:
        """Return whether a picture lies here whole."""
        path = self.path(office_id, sha256)
        return path.exists() and path.stat().st_size == size

    def part_path(self, office_id: UUID, device_id: UUID, sha256: bytes) -> Path:
        """Return where what has come of a picture lies."""
        return self.root / str(office_id) / "parts" / f"{device_id}.{sha256.hex()}"

    def part_size(self, path: Path) -> int:
        """Return how many bytes of a picture have come."""
        return path.stat().st_size if path.exists() else 0

    def write_part(self, path: Path, offset: int, chunk: bytes) -> None:
        """Write a chunk durably behind the first `offset` bytes; what lay there goes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.truncate(offset)
            file.seek(offset)
            file.write(chunk)
            file.flush()
            os.fsync(file.fileno())

    def drop_part(self, path: Path) -> None:
        """Forget what has come of a picture."""
        path.unlink(missing_ok=True)
