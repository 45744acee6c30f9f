"""One exchange: record the phone's facts in order, decide each, answer with what changed.

One transaction, a savepoint an op. Rules S1 to S8 and section 1.3 of the reliability page; the
model in `tests/simulation` shows what breaks when any step is left out.
"""

import hashlib
import time
import uuid
from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec
import structlog

from backend import rounds
from backend.kit.errors import Forbidden, Refusal
from backend.kit.sql import Conn
from backend.rounds import Context, Decision, Op
from backend.sync import feed, rules, store
from backend.sync.model import (
    OP_BYTES_MAX,
    Caller,
    Decided,
    Envelope,
    ExchangeRequest,
    Reply,
    Stream,
)
from backend.sync.store import NewOp

log = structlog.get_logger("sync")

KEPT = timedelta(days=14)
"""The oldest backup we ever go back to (S6)."""
BATCH_S_MAX = 2.0
KIND_VERSION = 1
# The transaction itself is broken or must be tried again whole: never the fault of one fact.
BROKEN = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
    OSError,
)


class _Batch(msgspec.Struct):
    """How far a batch has come."""

    last_seq: int
    last_hash: bytes
    last_occurred_at: object
    fork_seq: int | None


async def exchange(conn: Conn, request: ExchangeRequest, caller: Caller) -> Reply:
    """Record, decide and answer, in the running transaction.

    Raises `Forbidden` `not_your_stream` where the stream is another device's.
    """
    stream = await store.lock_stream(conn, caller, request.stream, rules.first_hash(request.stream))
    if stream is None or stream.device_id != caller.device_id:
        raise Forbidden("not_your_stream")
    batch = await _take(conn, request, caller, stream)
    last, floor = await feed.number_changes(conn, caller)
    epoch = await store.get_epoch(conn)
    is_reset = request.epoch != epoch or not floor <= request.cursor <= last
    rows, more = ([], False) if is_reset else await feed.read(conn, caller, request.cursor)
    if not is_reset:
        await feed.note_let_go(conn, caller, request.cursor)
    await store.save_stream(
        conn,
        caller,
        request,
        last_seq=batch.last_seq,
        last_hash=batch.last_hash,
        last_occurred_at=batch.last_occurred_at,  # type: ignore[arg-type]  # an instant or None
        fork_seq=batch.fork_seq,
    )
    return Reply(
        epoch=epoch,
        ack=batch.last_seq,
        ack_hash=batch.last_hash.hex(),
        safe=await store.safe_seq(conn, caller.office_id, stream.id, caller.now - KEPT),
        server_at=caller.now,
        decisions=await _decisions(conn, request, caller, batch),
        feed=rows,
        cursor=rows[-1].n if rows else request.cursor,
        more=more,
        reset=is_reset,
        fork=batch.fork_seq is not None,
    )


async def _decisions(
    conn: Conn, request: ExchangeRequest, caller: Caller, batch: _Batch
) -> list[Decided]:
    if request.first > batch.last_seq:
        return []
    return await store.decisions_from(
        conn, caller.office_id, request.stream, request.first, batch.last_seq
    )


async def _take(conn: Conn, request: ExchangeRequest, caller: Caller, stream: Stream) -> _Batch:
    """Record what is new in the batch; stop at a gap, a fork, or two seconds."""
    batch = _Batch(stream.last_seq, stream.last_hash, stream.last_occurred_at, stream.fork_seq)
    raws = [bytes(raw) for raw in request.ops]
    if stream.fork_seq is not None:
        await _set_aside(conn, request, caller, raws)
        return batch
    if request.first > stream.last_seq + 1:
        return batch
    prev = bytes.fromhex(request.prev)
    hashes = rules.chain_all(prev, raws)
    known = await _known_hashes(conn, caller, stream, request.first - 1, len(raws))
    told = {request.first - 1: prev, **dict(enumerate(hashes, start=request.first))}
    forked = [seq for seq, stored in known.items() if told.get(seq, stored) != stored]
    if forked:
        batch.fork_seq = min(forked)
        log.error("fork", stream=str(stream.id), seq=batch.fork_seq)
        await _set_aside(conn, request, caller, raws)
        return batch
    started = time.monotonic()
    for place, (raw, hashed) in enumerate(zip(raws, hashes, strict=True)):
        seq = request.first + place
        if seq <= stream.last_seq:
            continue
        if time.monotonic() - started > BATCH_S_MAX:
            break
        op = await _record(conn, request, caller, batch, seq=seq, raw=raw, hashed=hashed)
        batch.last_seq, batch.last_hash = seq, hashed
        batch.last_occurred_at = op.occurred_at
    return batch


async def _known_hashes(
    conn: Conn, caller: Caller, stream: Stream, first: int, num: int
) -> dict[int, bytes]:
    """Return the hashes we hold of the numbers a batch speaks of, the one before it included."""
    if first == stream.last_seq:
        return {first: stream.last_hash}
    known = await store.hashes_from(conn, caller.office_id, stream.id, max(first, 1), first + num)
    if first == 0:
        known[0] = rules.first_hash(stream.id)
    return known


async def _set_aside(
    conn: Conn, request: ExchangeRequest, caller: Caller, raws: list[bytes]
) -> None:
    rows = []
    for seq, raw in enumerate(raws, start=request.first):
        key = f"{request.stream}:{seq}:{raw.hex()}"
        rows.append((uuid.uuid5(rules.UNREADABLE_IDS, key), seq, raw))
    await store.quarantine(conn, caller, request.stream, rows, "fork")


async def _record(
    conn: Conn,
    request: ExchangeRequest,
    caller: Caller,
    batch: _Batch,
    *,
    seq: int,
    raw: bytes,
    hashed: bytes,
) -> NewOp:
    """Record one fact and decide it; whatever it holds, the ones behind it go on (S2)."""
    envelope = read_envelope(raw)
    not_before = batch.last_occurred_at
    if envelope is None:
        op_id, kind, v = rules.stand_in_id(request.stream, seq), "unreadable", 1
        occurred_at, quality = caller.now, "suspect"
    else:
        op_id, kind, v = envelope.id, envelope.kind, envelope.v
        occurred_at, quality = rules.judge_time(
            at=envelope.at,
            mono=envelope.mono,
            boot=envelope.boot,
            sent_at=request.sent_at,
            sent_mono=request.mono,
            sent_boot=request.boot,
            received_at=caller.now,
            not_before=not_before,  # type: ignore[arg-type]  # an instant or None
        )
    op = NewOp(
        office_id=caller.office_id,
        stream_id=request.stream,
        seq=seq,
        op_id=op_id,
        kind=kind,
        v=v,
        raw=raw,
        hash=hashed,
        occurred_at=occurred_at,
        time_quality=quality,
        received_at=caller.now,
    )
    await store.add_op(conn, op)
    side = request.side.get(str(seq))
    if side is not None and envelope is not None and is_side_of(bytes(side), envelope):
        await store.add_side(conn, caller.office_id, request.stream, seq, bytes(side))
    if await store.add_effect(conn, op):
        decision = await decide(conn, op, caller)
        await store.add_decision(
            conn,
            office_id=caller.office_id,
            op_id=op_id,
            n=1,
            outcome=decision.outcome,
            reason=decision.reason,
            by_staff_id=None,
            note="",
            at=caller.now,
        )
    return op


def is_side_of(side: bytes, envelope: Envelope) -> bool:
    """Return whether a fact's personal part is the one whose hash the fact carries (A16)."""
    return hashlib.sha256(side).hexdigest() == envelope.side_hash


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


async def decide(conn: Conn, op: NewOp, caller: Caller) -> Decision:
    """Return what the server makes of a fact; never raises for its content (S2)."""
    if op.kind == "unreadable":
        return Decision("held", "unreadable")
    known = rounds.KINDS.get(op.kind)
    if known is None or op.v > KIND_VERSION:
        return Decision("held", "unknown_kind")
    try:
        fact: Op = msgspec.json.decode(op.raw, type=known[0])
    except (msgspec.DecodeError, ValueError, RecursionError):
        return Decision("held", "unreadable")
    try:
        async with conn.transaction():
            return await rounds.perform(conn, fact, context_of(op, caller.staff_id, caller))
    except Refusal as refusal:
        return Decision("held", refusal.code)
    except BROKEN:
        raise
    except Exception as error:
        log.error("op_failed", op_id=str(op.op_id), kind=op.kind, exc_info=error)
        return Decision("held", "server_error")


def context_of(op: NewOp, courier_id: UUID, caller: Caller) -> Context:
    """Return what the performer of a fact may know around it."""
    return Context(
        office_id=op.office_id,
        courier_id=courier_id,
        op_id=op.op_id,
        occurred_at=op.occurred_at,
        received_at=op.received_at,
        time_quality=op.time_quality,  # type: ignore[arg-type]  # one of the three
        sealer=caller.sealer,
    )
