"""Take a phone's pictures in parts (tus 1.0), sealed or not, and tell the phone when they lie here.

The row of an upload is locked while its chunk is written, so that two senders of one phone cannot
mix theirs. What lies in the folder counts, not what the row says: a crash between the two loses a
chunk, which is sent again.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import asyncpg
import msgspec

from backend import proofs, rounds
from backend.house import House
from backend.kit import live
from backend.kit.errors import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    Refusal,
    TooLarge,
    TooMany,
)
from backend.kit.rate import check_rate
from backend.kit.sql import Conn
from backend.proofs import BlobFolder, Upload
from backend.sync.model import Caller
from backend.sync.seals import Opener, Unsealable

CHUNK_BYTES_MAX = 256 * 1024
SEAL_BYTES = 16
PICTURES_PER_DAY = 600
DAY_S = 24 * 3600
UPLOADS_OPEN_MAX = 100
UPLOAD_KEPT = timedelta(days=14)
T = TypeVar("T")


class Chunk(msgspec.Struct, frozen=True):
    """A part of a picture as it came."""

    offset: int
    body: bytes
    length: int | None
    """Of the whole, said at offset 0."""
    seal: tuple[bytes, bytes] | None
    """Public key of the shift and nonce, said at offset 0 for sealed bytes."""


class Progress(msgspec.Struct, frozen=True):
    """How far a picture has come."""

    offset: int
    length: int


async def find_progress(
    house: House, caller: Caller, sha256: bytes, *, is_in_service: bool
) -> Progress:
    """Return how far a picture has come, or raise `NotFound`.

    One that lies here whole is told to the phone again: the first news may have been in a feed
    that it never read. `Forbidden` `device_revoked` for a phone out of service, of a picture that
    none of its facts names.
    """
    folder = BlobFolder(house.blob_dir)

    async def look(conn: Conn) -> Progress:
        await _check_named(conn, caller, sha256, is_in_service)
        whole = await _find_whole(conn, folder, caller, sha256)
        if whole is not None:
            return whole
        upload = await proofs.find_upload(conn, caller.office_id, caller.device_id, sha256)
        if upload is None:
            raise NotFound()
        path = folder.part_path(caller.office_id, caller.device_id, sha256)
        return Progress(min(upload.received, folder.part_size(path)), upload.length)

    return await _in_transaction(house, caller, look)


async def take_chunk(
    house: House, caller: Caller, sha256: bytes, chunk: Chunk, *, is_in_service: bool
) -> Progress:
    """Write a chunk behind what has come; the last one makes the picture.

    Raises `Conflict` `wrong_offset` with the true one in `Upload-Offset`, `Malformed` without a
    length, `TooLarge`, `TooMany` `picture_quota`, and for the whole `Invalid` `wrong_hash`,
    `unsealable`, `too_many_pixels`, `Unsupported` `not_a_picture`: it begins anew then. From a
    phone out of service only what its facts name is taken (S21): `Forbidden` `device_revoked`.
    """
    check_length(chunk)
    if chunk.offset == 0:
        await _check_quota(house, caller)
    folder = BlobFolder(house.blob_dir)
    path = folder.part_path(caller.office_id, caller.device_id, sha256)

    async def take(conn: Conn) -> tuple[Progress, Refusal | None]:
        await _check_named(conn, caller, sha256, is_in_service)
        whole = await _find_whole(conn, folder, caller, sha256)
        if whole is not None:
            return whole, None
        if chunk.offset == 0:
            await _begin(conn, folder, caller, sha256, chunk)
        upload = await proofs.lock_upload(conn, caller.office_id, caller.device_id, sha256)
        have = 0 if upload is None else min(upload.received, folder.part_size(path))
        if upload is None or chunk.offset != have:
            raise _wrong_offset(have)
        received = have + len(chunk.body)
        if received > upload.length:
            raise TooLarge("too_large")
        await asyncio.to_thread(folder.write_part, path, have, chunk.body)
        if received < upload.length:
            await proofs.set_received(conn, caller.office_id, caller.device_id, sha256, received)
            return Progress(received, upload.length), None
        await proofs.drop_upload(conn, caller.office_id, caller.device_id, sha256)
        try:
            size = await _finish(conn, house, folder, caller, upload)
        except Refusal as refusal:
            return Progress(0, upload.length), refusal
        return Progress(size, size), None

    progress, refusal = await _in_transaction(house, caller, take)
    if progress.offset == progress.length or refusal is not None:
        folder.drop_part(path)
    if refusal is not None:
        raise refusal
    return progress


def check_length(chunk: Chunk) -> None:
    """Refuse a chunk or a whole of impossible size."""
    if len(chunk.body) > CHUNK_BYTES_MAX:
        raise TooLarge("too_large")
    if chunk.length is None:
        if chunk.offset == 0:
            raise Malformed("malformed", path="Upload-Length")
        return
    if chunk.length < 1:
        raise Malformed("malformed", path="Upload-Length")
    if chunk.length > proofs.SIZE_MAX + (SEAL_BYTES if chunk.seal else 0):
        raise TooLarge("too_large")


async def tell_stored(conn: Conn, caller: Caller, sha256: bytes) -> None:
    """Tell the phone that a picture lies here, so that it may let go of it."""
    ref = UUID(bytes=sha256[:16])
    await rounds.add_change(conn, caller.office_id, caller.staff_id, kind="blob", ref=ref)
    await live.publish(conn, rounds.phone_topic(caller.staff_id))


async def _check_named(conn: Conn, caller: Caller, sha256: bytes, is_in_service: bool) -> None:
    """Refuse what a lost phone has no reason to send: nobody fills the folder by its key."""
    if is_in_service:
        return
    if not await proofs.is_named(conn, caller.office_id, caller.device_id, sha256):
        raise Forbidden("device_revoked")


def _wrong_offset(have: int) -> Conflict:
    refusal = Conflict("wrong_offset")
    refusal.headers = {"upload-offset": str(have)}
    return refusal


async def _find_whole(
    conn: Conn, folder: BlobFolder, caller: Caller, sha256: bytes
) -> Progress | None:
    """Return the size of a picture that lies here, having told the phone; else None.

    A row without its file, as after a restore of the database alone, is no picture.
    """
    blob = await proofs.find_blob(conn, caller.office_id, sha256)
    if blob is None or not folder.has(caller.office_id, sha256, blob.size):
        return None
    await tell_stored(conn, caller, sha256)
    return Progress(blob.size, blob.size)


async def _begin(
    conn: Conn, folder: BlobFolder, caller: Caller, sha256: bytes, chunk: Chunk
) -> None:
    assert chunk.length is not None, "checked before"
    eph, iv = chunk.seal or (None, None)
    upload = Upload(sha256, chunk.length, 0, eph, iv, caller.now)
    await proofs.begin_upload(conn, caller.office_id, caller.device_id, upload)
    gone = await proofs.drop_old_uploads(
        conn,
        caller.office_id,
        caller.device_id,
        before=caller.now - UPLOAD_KEPT,
        num_max=UPLOADS_OPEN_MAX,
    )
    for digest in gone:
        folder.drop_part(folder.part_path(caller.office_id, caller.device_id, digest))


async def _finish(
    conn: Conn, house: House, folder: BlobFolder, caller: Caller, upload: Upload
) -> int:
    """Open, judge and store a picture that has come whole; return its size."""
    path = folder.part_path(caller.office_id, caller.device_id, upload.sha256)
    body = await asyncio.to_thread(path.read_bytes)
    if upload.seal_eph is not None and upload.seal_iv is not None:
        try:
            body = Opener(house.sealer.agreement).open(
                eph=upload.seal_eph,
                iv=upload.seal_iv,
                sealed=body,
                bound=f"blob:{upload.sha256.hex()}",
            )
        except Unsealable as error:
            raise Invalid("unsealable") from error
    media_type = await asyncio.to_thread(folder.store, caller.office_id, upload.sha256, body)
    blob = proofs.Blob(upload.sha256, len(body), media_type, caller.now, caller.staff_id)
    await proofs.add_blob(conn, caller.office_id, blob)
    await tell_stored(conn, caller, upload.sha256)
    return len(body)


async def _check_quota(house: House, caller: Caller) -> None:
    try:
        await check_rate(
            house.phones,
            f"pictures:{caller.device_id}",
            limit=PICTURES_PER_DAY,
            window_s=DAY_S,
            now=caller.now,
        )
    except TooMany as refusal:
        raise TooMany(refusal.retry_after_s, "picture_quota") from refusal


async def _in_transaction(house: House, caller: Caller, work: Callable[[Conn], Awaitable[T]]) -> T:
    """Run `work` for this phone; a chunk under way, a full disk, a lost database: try again."""
    try:
        async with house.phones.transaction(
            actor=f"courier:{caller.staff_id}", offices=[caller.office_id]
        ) as conn:
            return await work(conn)
    except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError) as error:
        raise Busy(random.randint(1, 5)) from error  # noqa: S311  # jitter, no secret
    except OSError as error:
        raise Busy(random.randint(5, 60)) from error  # noqa: S311
