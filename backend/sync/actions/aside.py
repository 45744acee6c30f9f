"""Facts set aside: kept uncounted, listed for a person, opened, and looked at (S21).

They come from phones out of service, forked or ended streams and files brought by hand. Nothing
here lets one count: a person reads it and does what is to be done elsewhere.
"""

import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from backend import identity
from backend.identity import AuditEntry
from backend.kit import live
from backend.kit.errors import Conflict, NotFound
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.sync import batch, rules, seals
from backend.sync.model import Caller, Envelope, SetAside
from backend.sync.store import StreamOwner, queries

NUM_MAX = 200
"""So many at most are listed at once."""

Row = tuple[UUID, int, bytes, bytes | None]
"""Id, number, bytes, personal part."""


async def keep(
    conn: Conn,
    owner: Caller | StreamOwner,
    stream_id: UUID,
    rows: Sequence[Row],
    reason: str,
    *,
    now: datetime,
) -> None:
    """Keep facts that are not counted, each once, and tell the board of them."""
    kept = []
    for row_id, seq, raw, side in rows:
        sealed = seals.read_sealed_op(raw)
        envelope = None if sealed else batch.read_envelope(raw)
        kept.append(
            {
                "office_id": owner.office_id,
                "id": row_id,
                "device_id": owner.device_id,
                "stream_id": stream_id,
                "seq": seq,
                "op_id": sealed.id if sealed else envelope and envelope.id,
                "kind": "" if envelope is None else envelope.kind,
                "told_at": envelope and _instant(envelope),
                "raw": raw,
                "side": side,
                "reason": reason,
                "now": now,
            }
        )
    await queries.run_many(conn, "quarantine", kept)
    if kept:
        await live.publish(conn, f"board:{owner.office_id}")


def _instant(envelope: Envelope) -> datetime | None:
    """Return when the phone says it happened; None where its clock stands at the end of time."""
    try:
        return envelope.at.astimezone(UTC)
    except OverflowError:
        return None


def _set_aside(*row: Any) -> SetAside:
    return SetAside(*row[:-1])


async def list_set_aside(
    conn: Conn, office_id: UUID, *, is_looked_at: bool = False
) -> tuple[list[SetAside], int]:
    """Return what nobody has looked at, the oldest first, or the latest looks; and how many.

    At most `NUM_MAX` are returned.
    """
    name = "list_looked_at" if is_looked_at else "list_set_aside"
    rows = await queries.list(
        conn, name, lambda *row: (_set_aside(*row), int(row[-1])),
        office_id=office_id, num_max=NUM_MAX,
    )  # fmt: skip
    return [one for one, _ in rows], rows[0][1] if rows else 0


async def read_set_aside(
    conn: Conn, office_id: UUID, aside_id: UUID, *, sealer: Sealer, by: UUID, now: datetime
) -> tuple[bytes, bytes | None]:
    """Return the bytes of a fact and of its personal part, opened where a key of the house does.

    Who has read it is written down. Raises `NotFound`.
    """
    found = await _get(conn, office_id, aside_id)
    await _audit(conn, office_id, aside_id, "aside.read", by, now)
    opener = seals.Opener(sealer.agreement)
    raw, op_id = found.raw, found.op_id
    sealed = seals.read_sealed_op(raw)
    if sealed is not None:
        with contextlib.suppress(seals.Unsealable):  # then it is shown as it came
            raw = opener.open_text(sealed, f"op:{sealed.id}")
    if found.side is None or op_id is None:
        return raw, found.side
    try:
        return raw, seals.open_side(opener, found.side, op_id)
    except seals.Unsealable:
        return raw, None


async def look(
    conn: Conn, office_id: UUID, aside_id: UUID, *, by: UUID, note: str, now: datetime
) -> None:
    """Note that a person has looked at a fact, and what was done about it; it counts no more.

    Raises `NotFound`, `Conflict`: `needs_reason` for a fact of money without a note,
    `aside_looked_at` when another was first.
    """
    found = await _get(conn, office_id, aside_id)
    if rules.moves_money(found.kind) and len(note.strip()) < rules.NOTE_MIN:
        raise Conflict("needs_reason")
    made = await queries.value(
        conn, "add_aside_look", office_id=office_id, id=aside_id, by=by, at=now, note=note.strip()
    )
    if made is None:
        raise Conflict("aside_looked_at")
    await _audit(conn, office_id, aside_id, "aside.look", by, now)
    await live.publish(conn, f"board:{office_id}")


async def _get(conn: Conn, office_id: UUID, aside_id: UUID) -> SetAside:
    found = await queries.one(conn, "find_set_aside", _set_aside, office_id=office_id, id=aside_id)
    if found is None:
        raise NotFound()
    return found


async def _audit(
    conn: Conn, office_id: UUID, aside_id: UUID, action: str, by: UUID, now: datetime
) -> None:
    entry = AuditEntry(
        office_id=office_id,
        at=now,
        action=action,
        outcome="granted",
        actor_id=by,
        object_kind="aside",
        object_id=aside_id,
    )
    await identity.audit(conn, entry)
