"""One exchange: record the phone's facts in order, decide each, answer with what changed.

One transaction, a savepoint an op. Rules S1 to S8 and section 1.3 of the reliability page; the
model in `tests/simulation` shows what breaks when any step is left out.
"""

import time
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog

from backend import proofs
from backend.kit.errors import Forbidden
from backend.kit.sql import Conn
from backend.kit.unit import Unit
from backend.proofs import Namer
from backend.rounds import Decision
from backend.sync import batch, feed, rules, store
from backend.sync.actions import aside
from backend.sync.actions.decide import BROKEN, KIND_VERSION, Decider
from backend.sync.actions.purse import note_phone_state
from backend.sync.model import (
    WITHDRAWAL,
    Caller,
    Decided,
    ExchangeRequest,
    FeedRow,
    NewOp,
    NewSide,
    Reply,
    Stream,
)
from backend.sync.seals import Opener

log = structlog.get_logger("sync")

KEPT = timedelta(days=14)
"""The oldest backup we ever go back to (S6)."""
BATCH_S_MAX = 2.0
DECISIONS_MAX = 500
WITHDRAWN = Decision("noop", "withdrawn")
TOGETHER_MIN = 2
"""From so many facts on they are decided together."""


class _Batch(msgspec.Struct):
    """How far a batch has come."""

    last_seq: int
    last_hash: bytes
    last_occurred_at: datetime | None
    fork_seq: int | None
    decided: list[Decided] = []
    """What was decided just now, without a gap from the first new fact to the last."""
    is_moved: bool = False
    """A fact told of money."""


async def exchange(conn: Conn, request: ExchangeRequest, caller: Caller) -> Reply:
    """Record, decide and answer, in the running transaction.

    Raises `Forbidden` `not_your_stream` where the stream is another device's, or, for facts that
    are to be set aside, another person's.
    """
    stream = await store.lock_stream(conn, caller, request.stream, rules.first_hash(request.stream))
    if request.aside and stream is not None and stream.staff_id == caller.staff_id:
        return await _set_aside_of_ended(conn, request, caller, stream)
    if stream is None or stream.device_id != caller.device_id:
        raise Forbidden("not_your_stream")
    taken = await _take(conn, request, caller, stream)
    await _note_let_go(conn, request, caller)
    epoch = await store.get_epoch(conn)
    is_ack_only = caller.is_ack_only or not request.feed
    rows: list[FeedRow] = []
    decisions: list[Decided] = []
    more = is_reset = False
    if not is_ack_only:
        last, floor = await feed.number_changes(conn, caller)
        is_reset = request.epoch != epoch or not floor <= request.cursor <= last
        if not is_reset:
            rows, more = await feed.read(conn, caller, request.cursor)
            await feed.note_let_go(conn, caller, request.cursor)
        decisions = await _decisions(conn, request, caller, taken)
    await store.save_stream(
        conn,
        caller,
        request,
        last_seq=taken.last_seq,
        last_hash=taken.last_hash,
        last_occurred_at=taken.last_occurred_at,
        fork_seq=taken.fork_seq,
    )
    await note_phone_state(
        conn,
        caller.office_id,
        caller.staff_id,
        head=max(request.head, taken.last_seq),
        ack=taken.last_seq,
        now=caller.now,
        is_moved=taken.is_moved,
    )
    return Reply(
        epoch=epoch,
        ack=taken.last_seq,
        ack_hash=taken.last_hash.hex(),
        ack_only=is_ack_only,
        safe=await store.safe_seq(conn, caller.office_id, stream.id, caller.now - KEPT),
        server_at=caller.now,
        decisions=decisions,
        feed=rows,
        cursor=rows[-1].n if rows else request.cursor,
        more=more or len(decisions) == DECISIONS_MAX,
        reset=is_reset,
        fork=taken.fork_seq is not None,
    )


async def _note_let_go(conn: Conn, request: ExchangeRequest, caller: Caller) -> None:
    """Note the pictures of which a phone without room keeps no copy: a backup must have them."""
    hashes = [bytes.fromhex(name) for name in request.let_go]
    if not hashes:
        return
    num = await proofs.note_let_go(conn, caller.office_id, caller.device_id, hashes, now=caller.now)
    if num:
        log.warning("pictures_let_go", device=str(caller.device_id), num=num)


async def set_aside(conn: Conn, request: ExchangeRequest, caller: Caller) -> tuple[int, bool, bool]:
    """Keep the facts of a phone out of service uncounted (S21).

    Returns the last number it may now believe sent, whether it has nothing left and may wipe, and
    whether all it ever recorded is here: a restored server may lack what it once acknowledged.
    """
    opened = batch.open_ops(request, Opener(caller.sealer.agreement))
    await _quarantine(conn, request, caller, [*opened.raws, *opened.unsealable], "revoked")
    last = request.first + len(request.ops) - 1
    is_whole = await store.is_handed_over(conn, caller.office_id, request.stream, request.head)
    return last, last >= request.head, is_whole


async def _set_aside_of_ended(
    conn: Conn, request: ExchangeRequest, caller: Caller, stream: Stream
) -> Reply:
    """Keep, uncounted, what a phone cannot write into its new stream: the key is gone (S19).

    The old stream stays as it is, also that of the device this phone was before it was enrolled
    anew. What had its effect before needs nobody.
    """
    opened = batch.open_ops(request, Opener(caller.sealer.agreement))
    ids = [None if one is None else one.id for one in map(batch.read_envelope, opened.raws)]
    told = [id for id in ids if id is not None]
    seen = await store.list_effects(conn, caller.office_id, told)
    for place, (raw, id) in enumerate(zip(opened.raws, ids, strict=True)):
        if id not in seen:
            await _quarantine(
                conn, request, caller, [raw], "ended_stream", first=request.first + place
            )
    await _quarantine(
        conn,
        request,
        caller,
        opened.unsealable,
        "unsealable",
        first=request.first + len(opened.raws),
    )
    return Reply(
        epoch=await store.get_epoch(conn),
        ack=stream.last_seq,
        ack_hash=stream.last_hash.hex(),
        ack_only=True,
        safe=0,
        server_at=caller.now,
        decisions=[],
        feed=[],
        cursor=request.cursor,
        more=False,
        reset=False,
        fork=True,
    )


async def _decisions(
    conn: Conn, request: ExchangeRequest, caller: Caller, taken: _Batch
) -> list[Decided]:
    """Return the newest decisions behind those the phone knows, or of what it sent."""
    first = request.first if request.decided is None else request.decided + 1
    if first > taken.last_seq:
        return []
    if taken.decided and first >= taken.decided[0].seq:
        return [one for one in taken.decided if one.seq >= first][:DECISIONS_MAX]
    return await store.decisions_from(
        conn, caller.office_id, request.stream, first, taken.last_seq, DECISIONS_MAX
    )


async def _take(conn: Conn, request: ExchangeRequest, caller: Caller, stream: Stream) -> _Batch:
    """Record what is new in the batch; stop at a gap, a fork, or two seconds."""
    taken = _Batch(stream.last_seq, stream.last_hash, stream.last_occurred_at, stream.fork_seq)
    opener = Opener(caller.sealer.agreement)
    opened = batch.open_ops(request, opener)
    if stream.fork_seq is not None:
        await _quarantine(conn, request, caller, [*opened.raws, *opened.unsealable], "fork")
        return taken
    if request.first > stream.last_seq + 1:
        return taken
    prev = bytes.fromhex(request.prev)
    hashes = rules.chain_all(prev, opened.raws)
    known = await _known_hashes(conn, caller, stream, request.first - 1, len(opened.raws))
    told = {request.first - 1: prev, **dict(enumerate(hashes, start=request.first))}
    forked = [seq for seq, stored in known.items() if told.get(seq, stored) != stored]
    if forked:
        taken.fork_seq = min(forked)
        log.error("fork", stream=str(stream.id), seq=taken.fork_seq)
        await _quarantine(conn, request, caller, [*opened.raws, *opened.unsealable], "fork")
        return taken
    ops = []
    not_before = taken.last_occurred_at
    for seq, (raw, hashed) in enumerate(zip(opened.raws, hashes, strict=True), start=request.first):
        if seq > stream.last_seq:
            op = batch.make_op(
                request, caller, seq=seq, raw=raw, hashed=hashed, not_before=not_before
            )
            not_before = op.occurred_at
            ops.append(op)
    done, decided = await _decide_all(conn, request, caller, ops, opener)
    if done:
        is_whole = len(decided) == len(done)
        taken.decided = decided if is_whole else []
        taken.last_seq, taken.last_hash = done[-1].seq, done[-1].hash
        taken.is_moved = any(rules.moves_money(op.kind) for op in done)
        taken.last_occurred_at = done[-1].occurred_at
    if opened.unsealable and len(done) == len(ops):
        taken.fork_seq = request.first + len(opened.raws)
        await _quarantine(
            conn, request, caller, opened.unsealable, "unsealable", first=taken.fork_seq
        )
    return taken


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


async def _quarantine(
    conn: Conn,
    request: ExchangeRequest,
    caller: Caller,
    raws: list[bytes],
    reason: str,
    *,
    first: int | None = None,
) -> None:
    rows = []
    named = []
    for seq, raw in enumerate(raws, start=request.first if first is None else first):
        side = request.side.get(str(seq))
        row_id = rules.aside_id(request.stream, seq, raw)
        rows.append((row_id, seq, raw, None if side is None else bytes(side)))
        named += batch.list_named(row_id, seq, raw)
    await aside.keep(conn, caller, request.stream, rows, reason, now=caller.now)
    await proofs.name_pictures(conn, _namer(request, caller), named, now=caller.now, is_aside=True)


async def _decide_all(
    conn: Conn, request: ExchangeRequest, caller: Caller, ops: list[NewOp], opener: Opener
) -> tuple[list[NewOp], list[Decided]]:
    """Decide facts in their order and write them down.

    Returns those that time was enough for, and the decisions of those not decided before.
    Several are done together; should anything at all go wrong with that, one by one.
    """
    if len(ops) >= TOGETHER_MIN:
        try:
            async with conn.transaction():
                return await _decide_in_order(conn, request, caller, ops, opener, Unit(conn))
        except (*BROKEN, store.Overtaken):
            raise
        except Exception as error:
            log.error("batch_failed", stream=str(request.stream), exc_info=error)
    if not ops:
        return [], []
    return await _decide_in_order(conn, request, caller, ops, opener, None)


async def _decide_in_order(
    conn: Conn,
    request: ExchangeRequest,
    caller: Caller,
    ops: list[NewOp],
    opener: Opener,
    unit: Unit | None,
) -> tuple[list[NewOp], list[Decided]]:
    started = time.monotonic()
    seen = await store.list_effects(conn, caller.office_id, [op.op_id for op in ops])
    withdrawn = batch.list_withdrawn(ops, request.withdrawn)
    taken_back: set[UUID] = set()
    done: list[NewOp] = []
    decided: list[Decided] = []
    effects: list[NewOp] = []
    sides: list[NewSide] = []
    decider = Decider(conn, caller, ops, unit)
    for place, op in enumerate(ops):
        if done and time.monotonic() - started > BATCH_S_MAX:
            break
        done.append(op)
        side = batch.find_side(request, op, opener)
        if side is not None:
            sides.append(side)
        if op.op_id in seen:
            continue
        seen.add(op.op_id)
        effects.append(op)
        if op.op_id in withdrawn:
            taken_back.add(op.op_id)
            decision = WITHDRAWN
        elif op.kind == WITHDRAWAL:
            decision = await _take_back(conn, op, caller, taken_back)
        else:
            decision = await decider.decide(place)
        decided.append(Decided(op.seq, op.op_id, 1, decision.outcome, decision.reason))
    await decider.flush()
    await store.add_ops(conn, caller, request.stream, done)
    await store.add_sides(conn, caller.office_id, request.stream, sides)
    await store.add_effects(conn, caller.office_id, request.stream, effects)
    await store.add_decisions(conn, caller.office_id, decided, caller.now)
    named = [
        one
        for op in done
        if op.op_id not in withdrawn
        for one in batch.list_named(op.op_id, op.seq, op.raw)
    ]
    await proofs.name_pictures(conn, _namer(request, caller), named, now=caller.now)
    return done, decided


def _namer(request: ExchangeRequest, caller: Caller) -> Namer:
    return Namer(caller.office_id, request.stream, caller.device_id, caller.staff_id)


async def _take_back(conn: Conn, op: NewOp, caller: Caller, taken_back: set[UUID]) -> Decision:
    """Decide a withdrawal: applied where its fact was not, because of it; else too late."""
    if op.v > KIND_VERSION:
        return Decision("held", "unknown_kind")
    withdrawal = batch.read_withdrawal(op)
    if withdrawal is None:
        return Decision("held", "unreadable")
    if withdrawal.op in taken_back:
        return Decision("applied")
    # Of a batch that ran out of time, or was too large, the withdrawal comes with the next one.
    first = await store.find_first_decision(conn, caller, withdrawal.op)
    if first is not None and (first.outcome, first.reason) == ("noop", "withdrawn"):
        return Decision("applied")
    return Decision("held", "too_late")
