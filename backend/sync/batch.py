"""The facts of one request, as they are recorded: opened, chained, read, and what they take back.

No database: `exchange` decides them and writes them down.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from backend.sync import rules, seals
from backend.sync.model import (
    OP_BYTES_MAX,
    WITHDRAWABLE,
    WITHDRAWAL,
    Aimed,
    Caller,
    Envelope,
    ExchangeRequest,
    NewOp,
    NewSide,
    TimeQuality,
    Withdrawn,
)

log = structlog.get_logger("sync")


class Opened(msgspec.Struct, frozen=True):
    """The facts of a request in the clear, up to the first that nobody can open."""

    raws: list[bytes]
    unsealable: list[bytes]
    """The first that cannot be opened and all behind it, as they came."""


def open_ops(request: ExchangeRequest, opener: seals.Opener) -> Opened:
    """Return the bytes that were hashed, of every fact of a request (S19)."""
    parts = [bytes(raw) for raw in request.ops]
    raws: list[bytes] = []
    for place, part in enumerate(parts):
        sealed = seals.read_sealed_op(part)
        if sealed is None:
            raws.append(part)
            continue
        try:
            if sealed.seq != request.first + place:
                raise seals.Unsealable("it has another number")
            raws.append(opener.open_text(sealed, f"op:{sealed.id}"))
        except seals.Unsealable as error:
            log.error("unsealable", stream=str(request.stream), seq=sealed.seq, reason=str(error))
            return Opened(raws, parts[place:])
    return Opened(raws, [])


def read_envelope(raw: bytes) -> Envelope | None:
    """Return what the fact says of itself, or None where it cannot be read."""
    if len(raw) > OP_BYTES_MAX:
        return None
    try:
        envelope = msgspec.json.decode(raw, type=Envelope)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    if envelope.at.tzinfo is None or "\0" in envelope.kind:
        return None  # no text of the database holds a NUL: it would block all behind it
    return envelope


def make_op(
    request: ExchangeRequest,
    caller: Caller,
    *,
    seq: int,
    raw: bytes,
    hashed: bytes,
    not_before: datetime | None,
) -> NewOp:
    """Return the row of a fact; one that cannot be read gets a stand-in for its id."""
    envelope = read_envelope(raw)
    if envelope is None:
        op_id, kind, v, side_hash = rules.stand_in_id(request.stream, seq), "unreadable", 1, None
        occurred_at = caller.now
        quality: TimeQuality = "suspect"
    else:
        op_id, kind, v = envelope.id, envelope.kind, envelope.v
        side_hash = envelope.side_hash
        occurred_at, quality = rules.judge_time(
            at=envelope.at,
            mono=envelope.mono,
            boot=envelope.boot,
            sent_at=request.sent_at,
            sent_mono=request.mono,
            sent_boot=request.boot,
            received_at=caller.now,
            not_before=not_before,
        )
    return NewOp(
        seq=seq,
        op_id=op_id,
        kind=kind,
        v=v,
        raw=raw,
        hash=hashed,
        occurred_at=occurred_at,
        time_quality=quality,
        side_hash=side_hash,
    )


def find_side(request: ExchangeRequest, op: NewOp, opener: seals.Opener) -> NewSide | None:
    """Return a fact's personal part if it is the one whose hash the fact carries (A16)."""
    part = request.side.get(str(op.seq))
    if part is None or op.side_hash is None:
        return None
    try:
        raw = seals.open_side(opener, bytes(part), op.op_id)
    except seals.Unsealable as error:
        log.error("side_unsealable", op_id=str(op.op_id), reason=str(error))
        return None
    return NewSide(op.seq, raw) if is_side_of(raw, op.side_hash) else None


def is_side_of(side: bytes, side_hash: str) -> bool:
    """Return whether these bytes have the hash that a fact carries."""
    return hashlib.sha256(side).hexdigest() == side_hash


def read_withdrawal(op: NewOp) -> Withdrawn | None:
    """Return what a fact takes back, or None where it takes nothing back or cannot be read."""
    if op.kind != WITHDRAWAL:
        return None
    try:
        return msgspec.json.decode(op.raw, type=Withdrawn)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def list_withdrawn(ops: Sequence[NewOp]) -> set[UUID]:
    """Return the facts that another one behind them, of the same act, takes back."""
    found: set[UUID] = set()
    aimed: dict[UUID, Aimed] = {}
    for op in ops:
        if op.kind in WITHDRAWABLE:
            aim = _read_aim(op)
            if aim is not None:
                aimed[op.op_id] = aim
        withdrawal = read_withdrawal(op)
        if withdrawal is not None:
            aim = aimed.get(withdrawal.op)
            if aim is not None and (aim.stop, aim.act) == (withdrawal.stop, withdrawal.act):
                found.add(withdrawal.op)
    return found


def _read_aim(op: NewOp) -> Aimed | None:
    try:
        return msgspec.json.decode(op.raw, type=Aimed)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
