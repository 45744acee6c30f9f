"""The last way out: a file of unsent facts, carried from a phone to the office by hand."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from backend import identity
from backend.kit.curve import Agreement
from backend.kit.errors import Invalid, NotFound
from backend.kit.sql import Conn
from backend.sync import rules, store
from backend.sync.actions import aside
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
    """What `pwa/src/lib/phone/export.ts` writes.

    Where the phone had lost its counters, and the stream's name with them, `device` says whose the
    facts are; `stream` then only tells them from others.
    """

    format: Literal["tannoi-unsent"]
    v: Literal[1]
    stream: UUID
    ops: list[_Row]
    left: list[_Left] = []
    device: UUID | None = None


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

    Nothing is decided: the phone may still send them, and a person looks. A stream of the phone
    that never spoke to this server is kept with those that did, or under the phone that the
    file names. Raises `Invalid` `not_unsent_file`, `NotFound` where no stream ever spoke and the
    phone is not known.
    """
    try:
        file = msgspec.json.decode(content, type=_File)
    except (msgspec.DecodeError, ValueError) as error:
        raise Invalid("not_unsent_file") from error
    rows = [*(_Left(file.stream, op) for op in file.ops), *file.left]
    owner = await _find_owner(conn, {file.stream, *(row.stream for row in rows)}, file.device)
    seen = await store.list_effects(conn, owner.office_id, [row.op.id for row in rows])
    opener = Opener(agreement)
    brought = []
    for row in rows:
        raw, is_open = _open(row.op, opener)
        state: State = "set_aside" if is_open else "unsealable"
        if row.op.id in seen:
            state = "known"
        else:
            kept = (
                rules.aside_id(row.stream, row.op.seq, raw), row.op.seq, raw, _side_of(row.op),
            )  # fmt: skip
            await aside.keep(conn, owner, row.stream, [kept], REASON, now=now)
        envelope = read_envelope(raw) if is_open else None
        kind = "" if envelope is None else envelope.kind
        at, num_photos = row.op.recorded_at, len(row.op.photos)
        brought.append(Brought(row.stream, row.op.seq, kind, at, num_photos, state))
    return brought


async def _find_owner(conn: Conn, streams: set[UUID], device_id: UUID | None) -> store.StreamOwner:
    for stream_id in sorted(streams):
        owner = await store.find_stream_owner(conn, stream_id)
        if owner is not None:
            return owner
    device = None if device_id is None else await identity.find_device(conn, device_id)
    if device is None:
        raise NotFound()
    return store.StreamOwner(device.office_id, device.id)


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
