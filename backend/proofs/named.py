"""Rows of pictures that facts name: what has come of them, and what a phone has no more."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.kit.sql import Conn
from backend.proofs.model import Named, Namer
from backend.proofs.store import queries


async def name_pictures(
    conn: Conn, namer: Namer, named: Sequence[Named], *, now: datetime, is_aside: bool = False
) -> None:
    """Note which pictures facts name; `is_aside`: those facts are kept for a person, uncounted."""
    if not named:
        return
    await queries.run(
        conn,
        "name_pictures",
        office_id=namer.office_id,
        stream_id=namer.stream_id,
        device_id=namer.device_id,
        staff_id=namer.staff_id,
        named_at=now,
        is_aside=is_aside,
        seqs=[one.seq for one in named],
        op_ids=[one.op_id for one in named],
        hashes=[one.sha256 for one in named],
    )


async def is_named(conn: Conn, office_id: UUID, device_id: UUID, sha256: bytes) -> bool:
    """Return whether a fact of this phone, counted or set aside, names the picture."""
    return bool(
        await queries.value(
            conn, "is_named", office_id=office_id, device_id=device_id, sha256=sha256
        )
    )


async def note_let_go(
    conn: Conn, office_id: UUID, device_id: UUID, hashes: Sequence[bytes], *, now: datetime
) -> int:
    """Note that a phone forgot its copies before the time; return how many are told anew."""
    return await queries.run(
        conn,
        "note_let_go",
        office_id=office_id,
        device_id=device_id,
        hashes=list(hashes),
        now=now,
    )


async def look_at_missing(
    conn: Conn,
    office_id: UUID,
    op_id: UUID,
    sha256: bytes,
    *,
    by: UUID,
    note: str,
    now: datetime,
) -> bool:
    """Note that a picture will not come; False where it came, or somebody was first."""
    num_seen = await queries.run(
        conn,
        "look_at_missing",
        office_id=office_id,
        op_id=op_id,
        sha256=sha256,
        by=by,
        note=note,
        now=now,
    )
    return num_seen > 0
