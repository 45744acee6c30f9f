"""The last way out: a file of unsent facts, carried from a phone to the office by hand."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID, uuid5

import msgspec

from backend.kit.curve import Agreement
from backend.kit.errors import Invalid, NotFound
from backend.kit.sql import Conn
from backend.sync import rules, store
from backend.sync.batch import read_envelope
from backend.sync.seals import Opener, SealedOp, SealedSide, Unsealable

REASON = "brought_by_file"
State = Literal["known", "set_aside", "unsealable"]
"""Recorded before; kept now, uncounted, for a person; kept as it came, since no key opens it."""


class _Seal(msgspec.Struct, frozen=True):
    eph: str
    iv: str
    ct: str


class _Row(msgspec.Struct, frozen=True):
    """A fact as the phone wrote it into the file."""

    seq: Annotated[int, msgspec.Meta(ge=1)]
    id: UUID
    recorded_at: datetime
    photos: list[str] = []
    raw: str | None = None
    side: str | None = None
    sealed: _Seal | None = None
    sealed_side: _Seal | None = None


class _Left(msgspec.Struct, frozen=True):
    stream: UUID
    op: _Row


class _File(msgspec.Struct, frozen=True):
    """What `pwa/src/lib/phone/export.ts` writes."""

    format: Literal["tannoi-unsent"]
    v: Literal[1]
    stream: UUID
    ops: list[_Row]
    left: list[_Left] = []


class Brought(msgspec.Struct, frozen=True):
    """What became of one fact of the file."""

    stream_id: UUID
    seq: int
    kind: str
    """Empty where it cannot be read."""
    recorded_at: datetime
    num_photos: int
    """Names only: the pictures themselves stay on the phone."""
    state: State


async def take_file(
    conn: Conn, content: bytes, agreement: Agreement, *, now: datetime
) -> list[Brought]:
    """Keep the facts of a file, uncounted, beside those of lost phones; twice is once.

    Nothing is decided: the phone may still send them, and a person looks. Raises `Invalid`
    `not_unsent_file`, `NotFound` where a stream never spoke to this server.
    """
    try:
        file = msgspec.json.decode(content, type=_File)
    except (msgspec.DecodeError, ValueError) as error:
        raise Invalid("not_unsent_file") from error
    rows = [(file.stream, op) for op in file.ops]
    rows += [(one.stream, one.op) for one in file.left]
    opener = Opener(agreement)
    return [await _take(conn, stream_id, op, opener, now) for stream_id, op in rows]


async def _take(conn: Conn, stream_id: UUID, op: _Row, opener: Opener, now: datetime) -> Brought:
    owner = await store.find_stream_owner(conn, stream_id)
    if owner is None:
        raise NotFound()
    raw, is_open = _open(op, opener)
    envelope = read_envelope(raw) if is_open else None
    state: State = "set_aside" if is_open else "unsealable"
    if await store.list_effects(conn, owner.office_id, [op.id]):
        state = "known"
    else:
        side = _side_of(op)
        await store.keep_brought(
            conn,
            owner,
            stream_id,
            id=uuid5(rules.UNREADABLE_IDS, f"{stream_id}:{op.seq}:{raw.hex()}"),
            seq=op.seq,
            raw=raw,
            side=side,
            reason=REASON,
            now=now,
        )
    kind = "" if envelope is None else envelope.kind
    return Brought(stream_id, op.seq, kind, op.recorded_at, len(op.photos), state)


def _open(op: _Row, opener: Opener) -> tuple[bytes, bool]:
    if op.sealed is None:
        return (op.raw or "").encode(), op.raw is not None
    part = SealedOp(op.seq, op.id, op.sealed.eph, op.sealed.iv, op.sealed.ct)
    try:
        return opener.open_text(part, f"op:{op.id}"), True
    except Unsealable:
        return msgspec.json.encode(part), False


def _side_of(op: _Row) -> bytes | None:
    if op.sealed_side is not None:
        seal = op.sealed_side
        return msgspec.json.encode(SealedSide(seal.eph, seal.iv, seal.ct))
    return None if op.side is None else op.side.encode()
