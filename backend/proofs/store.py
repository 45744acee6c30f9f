"""Rows of evidence."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.kit.sql import Conn, load
from backend.proofs.model import Blob, Proof, ProofKind

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
    await queries.run_many(
        conn, "add_proof", [{f: getattr(p, f) for f in p.__struct_fields__} for p in proofs]
    )


async def list_proofs(conn: Conn, office_id: UUID, errand_id: UUID) -> list[Proof]:
    """Return the evidence of an errand, oldest first."""
    return await queries.list(conn, "list_proofs", _proof, office_id=office_id, errand_id=errand_id)


async def find_proof(conn: Conn, office_id: UUID, proof_id: UUID) -> Proof | None:
    """Return one piece of evidence, or None."""
    return await queries.one(conn, "find_proof", _proof, office_id=office_id, id=proof_id)


async def add_blob(conn: Conn, office_id: UUID, blob: Blob) -> None:
    """Note that a picture is stored; a repeat changes nothing."""
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


async def find_blob(conn: Conn, office_id: UUID, sha256: bytes) -> Blob | None:
    """Return what is known of a picture of this office, or None."""
    return await queries.one(conn, "find_blob", Blob, office_id=office_id, sha256=sha256)
