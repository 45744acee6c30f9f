"""Rows of streams, facts, decisions and feeds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from backend.kit.sql import Conn, load
from backend.sync.model import (
    Caller,
    Decided,
    ExchangeRequest,
    FeedRow,
    Held,
    HeldProposal,
    NewOp,
    NewSide,
    Outcome,
    Stream,
)

queries = load(__file__)
NOTHING = b"null"


def _id(value: UUID) -> UUID:
    return value


class Overtaken(Exception):
    """Another stream recorded one of these facts meanwhile: the exchange is to be tried again."""


async def get_epoch(conn: Conn) -> int:
    """Return the server's epoch."""
    return int(await queries.value(conn, "epoch"))


async def lock_stream(
    conn: Conn, caller: Caller, stream_id: UUID, first_hash: bytes
) -> Stream | None:
    """Return the stream, made at its first call, locked; None where another office has it."""
    found = await _lock_stream(conn, caller, stream_id)
    if found is None:
        await queries.run(
            conn,
            "add_stream",
            office_id=caller.office_id,
            id=stream_id,
            device_id=caller.device_id,
            staff_id=caller.staff_id,
            last_hash=first_hash,
            now=caller.now,
        )
        found = await _lock_stream(conn, caller, stream_id)
    return found


async def _lock_stream(conn: Conn, caller: Caller, stream_id: UUID) -> Stream | None:
    return await queries.one(conn, "lock_stream", Stream, office_id=caller.office_id, id=stream_id)


async def save_stream(
    conn: Conn,
    caller: Caller,
    request: ExchangeRequest,
    *,
    last_seq: int,
    last_hash: bytes,
    last_occurred_at: datetime | None,
    fork_seq: int | None,
) -> None:
    """Write where the stream stands, and what the phone says it has."""
    await queries.run(
        conn,
        "save_stream",
        office_id=caller.office_id,
        id=request.stream,
        last_seq=last_seq,
        last_hash=last_hash,
        last_occurred_at=last_occurred_at,
        head=request.head,
        fork_seq=fork_seq,
        now=caller.now,
        app=request.app,
    )


async def hashes_from(
    conn: Conn, office_id: UUID, stream_id: UUID, first: int, last: int
) -> dict[int, bytes]:
    """Return the recorded hashes from number `first` to `last`, by number."""
    pairs = await queries.list(
        conn,
        "hashes_from",
        lambda seq, value: (seq, value),
        office_id=office_id,
        stream_id=stream_id,
        first=first,
        last=last,
    )
    return dict(pairs)


async def add_ops(conn: Conn, caller: Caller, stream_id: UUID, ops: Sequence[NewOp]) -> None:
    """Record facts."""
    await queries.run(
        conn,
        "add_ops",
        office_id=caller.office_id,
        stream_id=stream_id,
        received_at=caller.now,
        seqs=[op.seq for op in ops],
        op_ids=[op.op_id for op in ops],
        kinds=[op.kind for op in ops],
        versions=[op.v for op in ops],
        raws=[op.raw for op in ops],
        hashes=[op.hash for op in ops],
        occurred=[op.occurred_at for op in ops],
        qualities=[op.time_quality for op in ops],
    )


async def add_sides(conn: Conn, office_id: UUID, stream_id: UUID, sides: Sequence[NewSide]) -> None:
    """Record the personal parts of facts."""
    if sides:
        await queries.run(
            conn,
            "add_sides",
            office_id=office_id,
            stream_id=stream_id,
            seqs=[side.seq for side in sides],
            raws=[side.raw for side in sides],
        )


async def list_effects(conn: Conn, office_id: UUID, op_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these op ids had their effect before."""
    return set(
        await queries.list(conn, "list_effects", _id, office_id=office_id, op_ids=list(op_ids))
    )


async def add_effects(conn: Conn, office_id: UUID, stream_id: UUID, ops: Sequence[NewOp]) -> None:
    """Give each fact its one effect; raise `Overtaken` when one has it by now."""
    num_made = await queries.run(
        conn,
        "add_effects",
        office_id=office_id,
        stream_id=stream_id,
        op_ids=[op.op_id for op in ops],
        seqs=[op.seq for op in ops],
    )
    if num_made != len(ops):
        raise Overtaken


async def add_decisions(
    conn: Conn, office_id: UUID, decisions: Sequence[Decided], at: datetime
) -> None:
    """Write the first decisions of facts."""
    await queries.run(
        conn,
        "add_decisions",
        office_id=office_id,
        at=at,
        op_ids=[decision.id for decision in decisions],
        outcomes=[decision.outcome for decision in decisions],
        reasons=[decision.reason for decision in decisions],
    )


async def find_first_decision(conn: Conn, caller: Caller, op_id: UUID) -> Decided | None:
    """Return what the server made of a fact of this device, or None."""
    return await queries.one(
        conn,
        "find_first_decision",
        Decided,
        office_id=caller.office_id,
        device_id=caller.device_id,
        op_id=op_id,
    )


async def add_decision(
    conn: Conn,
    *,
    office_id: UUID,
    op_id: UUID,
    n: int,
    outcome: Outcome,
    reason: str | None,
    by_staff_id: UUID | None,
    note: str,
    at: datetime,
) -> None:
    """Write a decision."""
    await queries.run(
        conn,
        "add_decision",
        office_id=office_id,
        op_id=op_id,
        n=n,
        outcome=outcome,
        reason=reason,
        by_staff_id=by_staff_id,
        note=note,
        at=at,
    )


async def decisions_from(
    conn: Conn, office_id: UUID, stream_id: UUID, first: int, last: int, num_max: int
) -> list[Decided]:
    """Return the newest decisions of facts `first` to `last`, `num_max` at most."""
    return await queries.list(
        conn,
        "decisions_from",
        Decided,
        office_id=office_id,
        stream_id=stream_id,
        first=first,
        last=last,
        num_max=num_max,
    )


async def safe_seq(conn: Conn, office_id: UUID, stream_id: UUID, cut_off: datetime) -> int:
    """Return the last number the phone may forget."""
    return int(
        await queries.value(
            conn, "safe_seq", office_id=office_id, stream_id=stream_id, cut_off=cut_off
        )
    )


class StreamOwner(NamedTuple):
    """Whose stream it is: of which office and phone."""

    office_id: UUID
    device_id: UUID


async def find_stream_owner(conn: Conn, stream_id: UUID) -> StreamOwner | None:
    """Return whose stream it is, looking in every office the transaction may see."""
    return await queries.one(conn, "find_stream_owner", StreamOwner, id=stream_id)


async def note_moved(conn: Conn, caller: Caller, stream_id: UUID, head: int) -> None:
    """Note that a phone enrolled anew goes on in another stream than this old one of its own.

    Nothing happens where the phone has less than it once spoke of: that is missing (S17).
    """
    await queries.run(
        conn,
        "note_moved",
        office_id=caller.office_id,
        id=stream_id,
        staff_id=caller.staff_id,
        device_id=caller.device_id,
        head=head,
        now=caller.now,
    )


async def is_handed_over(conn: Conn, office_id: UUID, stream_id: UUID, head: int) -> bool:
    """Return whether a phone keeps nothing that is not here too, counted or set aside."""
    return bool(
        await queries.value(
            conn, "is_handed_over", office_id=office_id, stream_id=stream_id, head=head
        )
    )


async def lock_head(conn: Conn, office_id: UUID, courier_id: UUID) -> tuple[int, int]:
    """Return the last and the lowest kept number of a courier's feed, its head locked."""
    await queries.run(conn, "add_head", office_id=office_id, courier_id=courier_id)
    head = await queries.one(
        conn,
        "lock_head",
        lambda last, floor: (last, floor),
        office_id=office_id,
        courier_id=courier_id,
    )
    assert head is not None, "the head was just made"
    return head


async def move_head(conn: Conn, office_id: UUID, courier_id: UUID, last: int) -> None:
    """Write the last number given."""
    await queries.run(conn, "move_head", office_id=office_id, courier_id=courier_id, last=last)


async def add_feed(
    conn: Conn,
    office_id: UUID,
    courier_id: UUID,
    rows: Sequence[tuple[int, str, UUID, int, bytes | None]],
    at: datetime,
) -> None:
    """Write numbered changes: (number, kind, ref, rev, body)."""
    await queries.run(
        conn,
        "add_feed",
        office_id=office_id,
        courier_id=courier_id,
        at=at,
        fseqs=[row[0] for row in rows],
        kinds=[row[1] for row in rows],
        refs=[row[2] for row in rows],
        revs=[row[3] for row in rows],
        bodies=[row[4] for row in rows],
    )


async def read_feed(
    conn: Conn, office_id: UUID, courier_id: UUID, cursor: int, num_max: int
) -> list[FeedRow]:
    """Return up to `num_max` changes after `cursor`."""
    return await queries.list(
        conn,
        "read_feed",
        lambda n, kind, ref, rev, body: FeedRow(n, kind, ref, rev, msgspec.Raw(body or NOTHING)),
        office_id=office_id,
        courier_id=courier_id,
        cursor=cursor,
        num_max=num_max,
    )


async def tombstones_until(
    conn: Conn, caller: Caller, stop_ids: Sequence[UUID], cursor: int
) -> list[UUID]:
    """Return which of some stops the phone was told are gone, up to its cursor."""
    return await queries.list(
        conn, "tombstones_until", lambda one: one, office_id=caller.office_id,
        courier_id=caller.staff_id, stop_ids=list(stop_ids), cursor=cursor,
    )  # fmt: skip


async def last_decision(conn: Conn, office_id: UUID, op_id: UUID) -> Decided | None:
    """Return the newest decision of a fact, or None."""
    return await queries.one(conn, "last_decision", Decided, office_id=office_id, op_id=op_id)


async def list_held(conn: Conn, office_id: UUID) -> list[Held]:
    """Return the facts that wait for a person, oldest first."""
    return await queries.list(conn, "list_held", Held, office_id=office_id)


class _Amount(msgspec.Struct):
    amount_vnd: int | None = None


def _held_proposal(*row: Any) -> HeldProposal:
    try:
        amount_vnd = msgspec.json.decode(row[-1], type=_Amount).amount_vnd
    except (msgspec.DecodeError, ValueError, RecursionError):
        amount_vnd = None
    names = ("id", "op_id", "kind", "reason", "courier", "occurred_at", "outcome", "note",
             "made_by", "made_by_name", "made_at")  # fmt: skip
    raw = row[-1].decode("utf-8", "replace")
    return HeldProposal(**dict(zip(names, row, strict=False)), amount_vnd=amount_vnd, raw=raw)


async def list_held_proposals(conn: Conn, office_id: UUID) -> list[HeldProposal]:
    """Return what waits for a second person, the oldest first."""
    return await queries.list(conn, "list_held_proposals", _held_proposal, office_id=office_id)


async def find_held(conn: Conn, office_id: UUID, op_id: UUID) -> Held | None:
    """Return one fact that waits for a person, or None."""
    return await queries.one(conn, "find_held", Held, office_id=office_id, op_id=op_id)


async def lock_effect(conn: Conn, office_id: UUID, op_id: UUID) -> bool:
    """Lock the stream of a fact; return whether the fact has its effect."""
    found = await queries.value(conn, "lock_effect", office_id=office_id, op_id=op_id)
    return found is not None
