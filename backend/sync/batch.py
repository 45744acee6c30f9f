"""The facts of one request, as they are recorded: opened, chained, read, and what they take back.

No database: `exchange` decides them and writes them down.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from backend.proofs import Named
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
    Photographed,
    TimeQuality,
    Withdrawn,
)

log = structlog.get_logger("sync")


# In turn: a pair of surrogates, half a pair, any other escape.
ESCAPES = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.",
    re.DOTALL,
)
STAND_IN = rb"\ufffd"
PHOTOS, NO_PHOTOS = b'"photos"', b'"photos":[]'
"""Most facts name no picture: they are not read once more for it."""
PICTURE_NAME = re.compile(r"[0-9a-f]{64}")


def decode_request(body: bytes) -> ExchangeRequest:
    """Return the request in a body; raise what `msgspec` raises.

    A browser writes half a pair of surrogates (a text cut within an emoji) as an escape that is no
    Unicode. It must not block the queue (S2): the body is read with a stand-in of the same length,
    and each fact keeps the bytes that were hashed; one that cannot be read alone is held.
    """
    try:
        return msgspec.json.decode(body, type=ExchangeRequest)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        mended = ESCAPES.sub(lambda m: STAND_IN if m["half"] else m[0], body)
        if mended == body:
            raise
    request = msgspec.json.decode(mended, type=ExchangeRequest)
    at = mended.index(b'"ops"') if request.ops else 0
    ops = []
    for raw in request.ops:
        at = mended.index(bytes(raw), at)
        ops.append(msgspec.Raw(body[at : at + len(bytes(raw))]))
        at += len(bytes(raw))
    side = {}
    for seq, raw in request.side.items():
        named = b'"%s":' % seq.encode()
        start = mended.rfind(named + bytes(raw))
        end = start + len(named) + len(bytes(raw))
        side[seq] = raw if start < 0 else msgspec.Raw(body[start + len(named) : end])
    return msgspec.structs.replace(request, ops=ops, side=side)


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


def list_named(op_id: UUID, seq: int, raw: bytes) -> list[Named]:
    """Return the pictures that a fact names, each once; what is no name of one is passed over."""
    if PHOTOS not in raw or NO_PHOTOS in raw:
        return []
    try:
        photos = msgspec.json.decode(raw, type=Photographed).photos
    except (msgspec.DecodeError, ValueError, RecursionError):
        return []
    names = (name for name in dict.fromkeys(photos) if PICTURE_NAME.fullmatch(name))
    return [Named(seq, op_id, bytes.fromhex(name)) for name in names]


def read_withdrawal(op: NewOp) -> Withdrawn | None:
    """Return what a fact takes back, or None where it takes nothing back or cannot be read."""
    if op.kind != WITHDRAWAL:
        return None
    try:
        return msgspec.json.decode(op.raw, type=Withdrawn)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def list_withdrawn(ops: Sequence[NewOp], told: Sequence[UUID] = ()) -> set[UUID]:
    """Return the facts that another one behind them, of the same act, takes back.

    `told`: of which the phone says that their withdrawal stands behind this batch.
    """
    behind = set(told)
    found = {op.op_id for op in ops if op.kind in WITHDRAWABLE and op.op_id in behind}
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
