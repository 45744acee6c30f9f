"""Pictures and signatures of a proof sheet, each with what is said under it.

A picture lies inside a drawing, so that the engine hands a JPEG's bytes on and unpacks nothing
(A10). Phones take JPEG; of PNG, as the demo's are, only small ones are drawn, for those it unpacks.
"""

import asyncio
import base64
import struct
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from backend import proofs
from backend.board.evidence.words import Words
from backend.kit import pdf
from backend.kit.clock import LOCAL
from backend.kit.sql import Conn
from backend.proofs import BlobFolder, Proof

SIZE_MAX: Final = 8_000_000
"""Bytes of all pictures of a sheet; those beyond are only named."""
PNG_PIXELS_MAX: Final = 1_000_000
SHA_LENGTH: Final = 16
"""Signs of a picture's hash that are printed."""
SIGNS: Final = ("sign_citizen", "sign_courier")


class Figure(msgspec.Struct, frozen=True):
    """Something drawn, and the line under it."""

    svg: str
    """Empty where there is nothing to draw."""
    said: str
    has_come: bool = True


class Pictures:
    """Draws the photos of one sheet until they are too many bytes."""

    def __init__(self, conn: Conn, folder: BlobFolder, office_id: UUID, words: Words) -> None:
        self.conn = conn
        self.folder = folder
        self.office_id = office_id
        self.words = words
        self.num_left = SIZE_MAX

    async def draw(self, photo: Proof) -> Figure:
        """Return a photo with its time and the beginning of its hash; or that it has not come."""
        assert photo.sha256 is not None, "a photo has its hash"
        at = photo.occurred_at.astimezone(LOCAL)
        said = f"{at:%H:%M %d/%m/%Y} · SHA-256 {photo.sha256.hex()[:SHA_LENGTH]}…"
        blob = await proofs.find_blob(self.conn, self.office_id, photo.sha256)
        body = None
        if blob is not None:
            body = await asyncio.to_thread(self.folder.read, self.office_id, photo.sha256)
        if blob is None or body is None:
            return Figure("", f"{said} · {self.words.say('photo.away')}", has_come=False)
        if not _is_light(body, blob.media_type) or len(body) > self.num_left:
            return Figure("", f"{said} · {self.words.say('photo.large')}")
        self.num_left -= len(body)
        return Figure(_wrap(body, blob.media_type), said)

    def draw_signs(self, kept: Sequence[Proof]) -> list[Figure]:
        """Return the signatures among these proofs."""
        drawn = []
        for proof in kept:
            ink = pdf.draw_ink(str(proof.data.get("strokes") or ""))
            if ink:
                kind = proof.kind if proof.kind in SIGNS else "sign_citizen"
                drawn.append(Figure(ink, self.words.say(kind)))
        return drawn


def _is_light(body: bytes, media_type: str) -> bool:
    """Return whether the engine may be given a picture that was checked when it came."""
    if media_type != "image/png":
        return media_type == "image/jpeg"
    width, height = struct.unpack(">II", body[16:24])
    return bool(width * height <= PNG_PIXELS_MAX)


def _wrap(body: bytes, media_type: str) -> str:
    inside = base64.b64encode(body).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300">'
        f'<image width="400" height="300" href="data:{media_type};base64,{inside}"/></svg>'
    )
