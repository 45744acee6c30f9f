"""Rows of evidence."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.kit.sql import Conn, load
from backend.kit.unit import Shelf, unit_of
from backend.proofs.model import Blob, Proof, ProofKind, Upload

queries = load(__file__)


def _proof(
    office_id: UUID,
    id: UUID,
    errand_id: UUID,
    op_id: UUID | None,
    kind: ProofKind,
    sha256: bytes | None,
    data: dict[str, Any],
    occurred_at: datetime,
    received_at: datetime,
) -> Proof:
    return Proof(
        office_id=office_id,
        id=id,
        errand_id=errand_id,
        op_id=op_id,
        kind=kind,
        sha256=sha256,
        data=data,
        occurred_at=occurred_at,
        received_at=received_at,
    )


async def add_proofs(conn: Conn, proofs: Sequence[Proof]) -> None:
    """Write pieces of evidence."""
    unit = unit_of(conn)
    if unit is not None:
        for proof in proofs:
            unit.later(PROOFS, proof)
        return
    await _write_proofs(conn, proofs)


async def _write_proofs(conn: Conn, proofs: Sequence[Proof]) -> None:
    await queries.run(
        conn,
        "add_proofs",
        office_ids=[proof.office_id for proof in proofs],
        ids=[proof.id for proof in proofs],
        errand_ids=[proof.errand_id for proof in proofs],
        op_ids=[proof.op_id for proof in proofs],
        kinds=[proof.kind for proof in proofs],
        hashes=[proof.sha256 for proof in proofs],
        data=[proof.data for proof in proofs],
        occurred=[proof.occurred_at for proof in proofs],
        received=[proof.received_at for proof in proofs],
    )


PROOFS = Shelf(5, _write_proofs)


async def list_proofs(conn: Conn, office_id: UUID, errand_id: UUID) -> list[Proof]:
    """Return the evidence of an errand, oldest first."""
    return await queries.list(conn, "list_proofs", _proof, office_id=office_id, errand_id=errand_id)


async def find_proof(conn: Conn, office_id: UUID, proof_id: UUID) -> Proof | None:
    """Return one piece of evidence, or None."""
    return await queries.one(conn, "find_proof", _proof, office_id=office_id, id=proof_id)


async def add_blob(conn: Conn, office_id: UUID, blob: Blob) -> None:
    """Note that a picture is stored, also for the facts that name it; a repeat changes nothing."""
    await queries.run(
        conn,
        "add_blob",
        office_id=office_id,
        sha256=blob.sha256,
        size=blob.size,
        media_type=blob.media_type,
        stored_at=blob.stored_at,
        by_staff_id=blob.by_staff_id,
    )
    await queries.run(
        conn, "note_stored", office_id=office_id, sha256=blob.sha256, stored_at=blob.stored_at
    )


async def find_blob(conn: Conn, office_id: UUID, sha256: bytes) -> Blob | None:
    """Return what is known of a picture of this office, or None."""
    return await queries.one(conn, "find_blob", Blob, office_id=office_id, sha256=sha256)


async def find_blob_by_ref(conn: Conn, office_id: UUID, ref: UUID) -> Blob | None:
    """Return the picture whose hash begins with the bytes of a UUID, or None."""
    return await queries.one(
        conn,
        "find_blob_by_ref",
        Blob,
        office_id=office_id,
        first=ref.bytes + bytes(16),
        last=ref.bytes + b"\xff" * 16,
    )


async def begin_upload(conn: Conn, office_id: UUID, device_id: UUID, upload: Upload) -> None:
    """Note that a picture is on its way; one that already is stays as it is."""
    await queries.run(
        conn,
        "begin_upload",
        office_id=office_id,
        device_id=device_id,
        sha256=upload.sha256,
        length=upload.length,
        seal_eph=upload.seal_eph,
        seal_iv=upload.seal_iv,
        now=upload.begun_at,
    )


async def find_upload(conn: Conn, office_id: UUID, device_id: UUID, sha256: bytes) -> Upload | None:
    """Return how far a picture has come, or None."""
    key = {"office_id": office_id, "device_id": device_id, "sha256": sha256}
    return await queries.one(conn, "find_upload", Upload, **key)


async def lock_upload(conn: Conn, office_id: UUID, device_id: UUID, sha256: bytes) -> Upload | None:
    """Return how far a picture has come, locked, or None."""
    key = {"office_id": office_id, "device_id": device_id, "sha256": sha256}
    return await queries.one(conn, "lock_upload", Upload, **key)


async def set_received(
    conn: Conn, office_id: UUID, device_id: UUID, sha256: bytes, received: int
) -> None:
    """Write how far a picture has come."""
    key = {"office_id": office_id, "device_id": device_id, "sha256": sha256}
    await queries.run(conn, "set_received", received=received, **key)


async def drop_upload(conn: Conn, office_id: UUID, device_id: UUID, sha256: bytes) -> None:
    """Forget that a picture was on its way."""
    key = {"office_id": office_id, "device_id": device_id, "sha256": sha256}
    await queries.run(conn, "drop_upload", **key)


async def drop_old_uploads(
    conn: Conn, office_id: UUID, device_id: UUID, *, before: datetime, num_max: int
) -> list[bytes]:
    """Forget what a phone never ended, all but the newest `num_max`; return whose parts to drop."""
    return await queries.list(
        conn,
        "drop_old_uploads",
        bytes,
        office_id=office_id,
        device_id=device_id,
        before=before,
        num_max=num_max,
    )
