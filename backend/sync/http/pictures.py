"""Pictures, sent in parts after the facts that name them (tus 1.0, section 5a)."""

from datetime import datetime
from typing import Final

from litestar import Controller, Request, Response, head, patch
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from backend.identity import Actor
from backend.kit.curve import read_base64url, read_point
from backend.kit.errors import Malformed, NotFound
from backend.sync.actions import pictures
from backend.sync.actions.pictures import Chunk, Progress
from backend.sync.http.phone import caller_of
from backend.sync.seals import IV_BYTES

CHUNKS: Final = ("application/offset+octet-stream",)
RESUMABLE: Final = "1.0.0"
SIGNED: Final = {"permission": "phone.blob", "signed": True}
AnyRequest = Request[Actor, None, State]


class BlobController(Controller):
    """One picture, named by the SHA-256 of its bytes in the clear."""

    path = "/api/sync/v1/blobs/{sha256:str}"
    tags = ("sync",)

    @patch(
        operation_id="sync_patch_blob",
        opt={**SIGNED, "by_device": True, "takes": CHUNKS},
        status_code=204,
        request_max_body_size=pictures.CHUNK_BYTES_MAX,
    )
    async def patch_blob(
        self,
        request: AnyRequest,
        state: State,
        sha256: FromPath[str],
        actor: NamedDependency[Actor],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """Take a part of a picture. 409 `wrong_offset` with the true one, 422 `wrong_hash`.

        403 `device_revoked` for a phone out of service, of a picture that no fact of it names.
        """
        digest = read_digest(sha256)
        caller = caller_of(actor, state.house, now)
        chunk = read_chunk(request, await request.body())
        return _answer(
            204,
            await pictures.take_chunk(
                state.house, caller, digest, chunk, is_in_service=is_in_service(actor)
            ),
        )

    @head(operation_id="sync_head_blob", opt={**SIGNED, "by_device": True})
    async def head_blob(
        self,
        state: State,
        sha256: FromPath[str],
        actor: NamedDependency[Actor],
        now: NamedDependency[datetime],
    ) -> Response[None]:
        """Say how far a picture has come; 404 when nothing of it has."""
        digest = read_digest(sha256)
        caller = caller_of(actor, state.house, now)
        return _answer(
            200,
            await pictures.find_progress(
                state.house, caller, digest, is_in_service=is_in_service(actor)
            ),
        )


def read_digest(text: str) -> bytes:
    """Return the SHA-256 named in a path, or raise `NotFound`."""
    try:
        digest = bytes.fromhex(text)
    except ValueError as error:
        raise NotFound() from error
    if len(digest) != 32 or text != text.lower():
        raise NotFound()
    return digest


def is_in_service(actor: Actor) -> bool:
    """Return whether the phone may send any picture; one out of service only what it must (S21)."""
    return actor.device_status in (None, "active")


def read_chunk(request: AnyRequest, body: bytes) -> Chunk:
    """Return what the headers and the body of a PATCH say, or raise `Malformed`."""
    offset = _read_number(request, "upload-offset")
    if offset is None:
        raise Malformed("malformed", path="Upload-Offset")
    length = _read_number(request, "upload-length")
    seal = request.headers.get("tannoi-seal") if offset == 0 else None
    return Chunk(offset, body, length, None if seal is None else read_seal(seal))


def read_seal(text: str) -> tuple[bytes, bytes]:
    """Return public key and nonce of `Tannoi-Seal: <eph>;<iv>`, or raise `Malformed`."""
    try:
        eph, iv = (read_base64url(part) for part in text.split(";"))
        read_point(eph)
    except ValueError as error:
        raise Malformed("malformed", path="Tannoi-Seal") from error
    if len(iv) != IV_BYTES:
        raise Malformed("malformed", path="Tannoi-Seal")
    return eph, iv


def _read_number(request: AnyRequest, name: str) -> int | None:
    text = request.headers.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise Malformed("malformed", path=name.title())
    return int(text)


def _answer(status: int, progress: Progress) -> Response[None]:
    return Response(
        None,
        status_code=status,
        headers={
            "tus-resumable": RESUMABLE,
            "upload-offset": str(progress.offset),
            "upload-length": str(progress.length),
        },
    )


controllers: Final = (BlobController,)
