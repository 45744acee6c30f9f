"""What a picture says of itself in its first bytes: kind and size, read without decoding it.

A picture of many megapixels can be a few kilobytes; nobody here or on a phone unpacks it (A10).
"""

import struct

from backend.kit import catalog
from backend.kit.errors import Invalid, Unsupported

catalog.add(
    {
        "not_a_picture": (
            "Tệp gửi lên không phải ảnh JPEG, PNG hay WebP.",
            "The file is not a JPEG, PNG or WebP picture.",
        ),
        "too_many_pixels": (
            "Ảnh quá lớn: {width} × {height} điểm ảnh, tối đa {max} triệu điểm. Hãy chụp lại.",
            "The picture is too large: {width} × {height} pixels, at most {max} million. "
            "Take it again.",
        ),
    }
)

MEGAPIXELS_MAX = 25
SIDE_MAX = 16_384
STARTS_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
STANDS_ALONE = frozenset(range(0xD0, 0xD9)) | {0x01}


def sniff(body: bytes) -> str | None:
    """Return the media type told by the first bytes, or None for what we do not take."""
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return None


def check_picture(body: bytes) -> str:
    """Return the media type of a picture of bearable size.

    Raises `Unsupported` `not_a_picture`, also where no size can be read, and `Invalid`
    `too_many_pixels` with the size it claims.
    """
    media_type = sniff(body)
    size = None if media_type is None else READERS[media_type](body)
    if media_type is None or size is None or 0 in size:
        raise Unsupported("not_a_picture")
    width, height = size
    if width * height > MEGAPIXELS_MAX * 1_000_000 or max(size) > SIDE_MAX:
        raise Invalid("too_many_pixels", width=width, height=height, max=MEGAPIXELS_MAX)
    return media_type


def _png_size(body: bytes) -> tuple[int, int] | None:
    if len(body) < 24 or body[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", body, 16)
    return width, height


def _jpeg_size(body: bytes) -> tuple[int, int] | None:
    """Walk the segments to the frame's header; every step leads forward."""
    at = 2
    while at + 4 <= len(body):
        if body[at] != 0xFF:
            return None
        marker = body[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker in STANDS_ALONE:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", body, at + 2)
        if length < 2:
            return None
        if marker in STARTS_FRAME:
            if length < 8 or at + 9 > len(body):
                return None
            height, width = struct.unpack_from(">HH", body, at + 5)
            return width, height
        at += 2 + length
    return None


def _webp_size(body: bytes) -> tuple[int, int] | None:
    if len(body) < 30:
        return None
    kind = body[12:16]
    if kind == b"VP8X":
        return (
            1 + int.from_bytes(body[24:27], "little"),
            1 + int.from_bytes(body[27:30], "little"),
        )
    if kind == b"VP8 " and body[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", body, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L" and body[20] == 0x2F:
        bits = int.from_bytes(body[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return None


READERS = {"image/jpeg": _jpeg_size, "image/png": _png_size, "image/webp": _webp_size}
