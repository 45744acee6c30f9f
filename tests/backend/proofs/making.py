"""Headers of pictures, with nothing to see in them."""

import struct
import zlib


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    """Return a PNG that claims this size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"\x89PNG\r\n\x1a\n"
    for kind, data in ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")):
        body += struct.pack(">I", len(data)) + kind + data
        body += struct.pack(">I", zlib.crc32(kind + data))
    return body


def jpeg(width: int, height: int, padding: int = 0) -> bytes:
    """Return a JPEG that claims this size, behind the segments that cameras write first."""
    exif = b"\xff\xe1" + struct.pack(">H", 10) + b"Exif\x00\x00MM"
    table = b"\xff\xc4" + struct.pack(">H", 4) + b"\x00\x00"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes(9)
    return b"\xff\xd8" + exif + b"\xff" + table + frame + bytes(padding) + b"\xff\xd9"


def webp(width: int, height: int) -> bytes:
    """Return a WebP of the extended form that claims this size."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + bytes(4) + size
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk
