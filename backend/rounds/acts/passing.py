"""Items handed from one courier to another on the road: two facts, joined by a code.

The giver's phone shows the code, the taker's reads it; either fact may come first, hours later.
Only both together move custody, and what is still to do goes to the taker's round. What one side
alone has said stays open, for the dispatcher to see; what contradicts it is held for a person.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from backend import custody, dossiers
from backend.custody import Handover, Party
from backend.dossiers import Dossier
from backend.kit import live
from backend.kit.errors import Conflict, NotFound
from backend.kit.sql import Conn
from backend.rounds import recall, rules, store
from backend.rounds.actions import board_topic, tell_errands, tell_phone
from backend.rounds.acts.doing import APPLIED, NOOP, own_round
from backend.rounds.model import Context, Decision, Op
from backend.rounds.store import queries

NUM_ITEMS_MAX = 60
Code = Annotated[str, msgspec.Meta(min_length=8, max_length=8)]


class ItemsPassed(Op, frozen=True):
    """The giver: these are in another's hands now."""

    round: UUID
    code: Code
    errands: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=NUM_ITEMS_MAX)]
    to: UUID | None = None
    """Whose hands; None: whoever reads the code."""


class ItemsTaken(Op, frozen=True):
    """The taker: so many were counted, whole, under this code."""

    round: UUID
    code: Code
    num: Annotated[int, msgspec.Meta(ge=1, le=NUM_ITEMS_MAX)]
    is_seal_whole: bool
    giver: UUID | None = None
    """From whom, as the code said; None where it was typed."""


class ItemsKept(Op, frozen=True):
    """The giver: nobody took them after all."""

    round: UUID
    code: Code


class Passing(msgspec.Struct, frozen=True):
    """What is known of a hand-over; columns in the order of `lock_passing`."""

    id: UUID
    code: str
    giver_id: UUID | None
    given_op_id: UUID | None
    to_id: UUID | None
    errand_ids: list[UUID]
    taker_id: UUID | None
    taker_round_id: UUID | None
    taken_op_id: UUID | None
    taken_at: datetime | None
    from_id: UUID | None
    num_counted: int | None
    state: Literal["open", "joined", "kept", "given_up"]


async def give(conn: Conn, op: ItemsPassed, ctx: Context) -> Decision:
    """Keep that the giver has handed items on; with the taker's word they move.

    Raises `Conflict`: `passing_code_wrong`, `passing_code_used`, `same_party`, `unknown_act` (no
    such dossier, or one without an item), `wrong_holder`, `item_passed_on`, `item_frozen`.
    """
    await own_round(conn, op.round, ctx)
    if op.to == ctx.courier_id:
        raise Conflict("same_party")
    found = await _enter(conn, op.code, ctx)
    if found.taker_id == ctx.courier_id:
        raise Conflict("same_party")
    is_anothers = found.from_id not in (None, ctx.courier_id)
    if found.giver_id is not None or found.state != "open" or is_anothers:
        raise Conflict("passing_code_used")
    given = await _lock_errands(conn, ctx.office_id, op.errands)
    await custody.mark_passed(
        conn,
        ctx.office_id,
        _items_of(given),
        holder=Party("courier", ctx.courier_id),
        op_id=ctx.op_id,
    )
    await queries.run(
        conn,
        "write_given",
        office_id=ctx.office_id,
        id=found.id,
        giver_id=ctx.courier_id,
        round_id=op.round,
        op_id=ctx.op_id,
        at=ctx.occurred_at,
        to_id=op.to,
        errand_ids=[dossier.id for dossier in given],
    )
    return await _settle(conn, op.code, ctx)


async def take(conn: Conn, op: ItemsTaken, ctx: Context) -> Decision:
    """Keep that the taker has counted items; with the giver's word they move.

    Counted again under the same code, the newest count stands. Raises `Conflict`:
    `passing_code_wrong`, `round_closed`, `seal_mismatch`, `same_party`, `passing_over` (the giver
    or the desk has ended it), `passing_to_another` (somebody else took them, or is named).
    """
    current = await own_round(conn, op.round, ctx)
    if current.state == "closed":
        raise Conflict("round_closed")
    if not op.is_seal_whole:
        raise Conflict("seal_mismatch")
    if op.giver == ctx.courier_id:
        raise Conflict("same_party")
    found = await _enter(conn, op.code, ctx)
    if found.giver_id == ctx.courier_id:
        raise Conflict("same_party")
    is_anothers = (
        found.taker_id not in (None, ctx.courier_id)
        or found.to_id not in (None, ctx.courier_id)
        or (op.giver is not None and found.giver_id not in (None, op.giver))
    )
    if is_anothers:
        raise Conflict("passing_to_another")
    if found.state == "joined":
        return NOOP
    if found.state != "open":
        raise Conflict("passing_over")
    await queries.run(
        conn,
        "write_taken",
        office_id=ctx.office_id,
        id=found.id,
        taker_id=ctx.courier_id,
        round_id=op.round,
        op_id=ctx.op_id,
        at=ctx.occurred_at,
        from_id=op.giver,
        num=op.num,
    )
    return await _settle(conn, op.code, ctx)


async def keep(conn: Conn, op: ItemsKept, ctx: Context) -> Decision:
    """Let a hand-over that nobody took be none: the items are in the giver's hands.

    Raises `Conflict`: `passing_unknown`, `passing_taken` (somebody says to have them).
    """
    await own_round(conn, op.round, ctx)
    found = await _lock(conn, ctx.office_id, op.code)
    if found is None or found.giver_id != ctx.courier_id:
        raise Conflict("passing_unknown")
    if found.taker_id is not None:
        raise Conflict("passing_taken")
    if found.state != "open":
        return NOOP
    await _end(conn, ctx.office_id, found, state="kept", by=None, note="", at=ctx.received_at)
    return APPLIED


async def give_up(
    conn: Conn, office_id: UUID, passing_id: UUID, *, by: UUID, note: str, now: datetime
) -> None:
    """End a hand-over that only one side speaks of, or both differently, by a dispatcher's word.

    Nothing has moved: the books' holder stays. Raises `NotFound` where none such is open.
    """
    code = await queries.value(conn, "find_open_passing", office_id=office_id, id=passing_id)
    found = None if code is None else await _lock(conn, office_id, str(code))
    if found is None or found.state != "open":
        raise NotFound()
    await _end(conn, office_id, found, state="given_up", by=by, note=note, at=now)
    await live.publish(conn, board_topic(office_id))


async def tell_carried(
    conn: Conn,
    office_id: UUID,
    courier_id: UUID,
    errand_ids: Sequence[UUID],
    *,
    has_left: bool = True,
) -> None:
    """Tell both sides' phones that what was taken with no visit to make has left the taker's bag.

    `courier_id` is who took it; `has_left` is False where only that one says so, or no longer.
    """
    for passing_id, giver_id in await queries.list(
        conn,
        "bump_carried",
        lambda *row: row,
        office_id=office_id,
        courier_id=courier_id,
        errand_ids=list(errand_ids),
        has_left=has_left,
    ):
        for side_id in (courier_id, giver_id):
            await tell_phone(conn, office_id, side_id, kind="passing", ref=passing_id)


async def count_takes(conn: Conn, office_id: UUID, round_id: UUID) -> int:
    """Return how many items were taken on a round, says its courier, and the giver not yet."""
    return int(await queries.value(conn, "num_taken", office_id=office_id, round_id=round_id))


async def _enter(conn: Conn, code: str, ctx: Context) -> Passing:
    """Return the hand-over of a code, locked; a new one where nobody spoke of it before."""
    if not rules.is_passing_code(code):
        raise Conflict("passing_code_wrong")
    await queries.run(conn, "enter_passing", office_id=ctx.office_id, id=ctx.op_id, code=code)
    found = await _lock(conn, ctx.office_id, code)
    assert found is not None, "it was just entered"
    return found


async def _lock(conn: Conn, office_id: UUID, code: str) -> Passing | None:
    return await queries.one(conn, "lock_passing", Passing, office_id=office_id, code=code)


async def _lock_errands(conn: Conn, office_id: UUID, errand_ids: Sequence[UUID]) -> list[Dossier]:
    """Return the dossiers, locked in one order; each must have an item."""
    found = [
        await dossiers.lock_dossier(conn, office_id, errand_id)
        for errand_id in sorted(set(errand_ids))
    ]
    given = [one for one in found if one is not None and one.item_id is not None]
    if len(given) < len(found):
        raise Conflict("unknown_act")
    return given


def _items_of(given: Sequence[Dossier]) -> list[UUID]:
    return [dossier.item_id for dossier in given if dossier.item_id is not None]


async def _settle(conn: Conn, code: str, ctx: Context) -> Decision:
    """Join the two sides where they agree, and tell both phones how it stands."""
    found = await _lock(conn, ctx.office_id, code)
    assert found is not None, "it was entered"
    standing = rules.judge_passing(
        num_given=len(found.errand_ids) if found.giver_id else None,
        num_counted=found.num_counted,
        to=found.to_id,
        taker=found.taker_id,
    )
    if standing == "joined":
        await _join(conn, found, ctx)
    elif found.giver_id is not None:
        await tell_errands(conn, ctx.office_id, found.errand_ids)
        await tell_carried(conn, ctx.office_id, found.giver_id, found.errand_ids, has_left=False)
    await _tell(conn, ctx.office_id, found)
    return APPLIED if standing == "joined" else Decision("applied", standing)


async def _join(conn: Conn, found: Passing, ctx: Context) -> None:
    """Move custody and what is still to do: both have said so."""
    assert found.giver_id is not None, "both have said so"
    assert found.taker_id is not None, "both have said so"
    assert found.taker_round_id is not None, "a taker has a round"
    office_id, giver, taker = ctx.office_id, found.giver_id, found.taker_id
    target = await store.lock_round(conn, office_id, found.taker_round_id)
    if target is None or target.state == "closed":
        raise Conflict("round_closed")
    given = await _lock_errands(conn, office_id, found.errand_ids)
    moved = await recall.hand_on(
        conn,
        office_id=office_id,
        errand_ids=[dossier.id for dossier in given],
        giver_id=giver,
        taker_id=taker,
        round_id=target.id,
        now=ctx.received_at,
    )
    await custody.unmark_passed(conn, office_id, _items_of(given))
    for dossier in given:
        assert dossier.item_id is not None, "only items move"
        await custody.hand_over(
            conn,
            Handover(
                office_id=office_id,
                item_id=dossier.item_id,
                giver=Party("courier", giver),
                taker=Party("courier", taker),
                occurred_at=found.taken_at or ctx.occurred_at,
                received_at=ctx.received_at,
                is_seal_whole=True,
                op_id=found.taken_op_id,
                note=found.code,
            ),
        )
    await queries.run(
        conn,
        "join_passing",
        office_id=office_id,
        id=found.id,
        loose_ids=[dossier.id for dossier in given if dossier.id not in moved],
        at=ctx.received_at,
    )
    await tell_carried(conn, office_id, giver, found.errand_ids)
    await tell_errands(conn, office_id, found.errand_ids)


async def _end(
    conn: Conn,
    office_id: UUID,
    found: Passing,
    *,
    state: str,
    by: UUID | None,
    note: str,
    at: datetime,
) -> None:
    """Let nothing have been handed over; both phones are told."""
    if found.giver_id is not None:
        given = await _lock_errands(conn, office_id, found.errand_ids)
        await custody.unmark_passed(conn, office_id, _items_of(given))
        await tell_carried(conn, office_id, found.giver_id, found.errand_ids, has_left=False)
    await queries.run(
        conn, "end_passing", office_id=office_id, id=found.id, state=state, by=by, note=note, at=at
    )
    await tell_errands(conn, office_id, found.errand_ids)
    await _tell(conn, office_id, found)


async def _tell(conn: Conn, office_id: UUID, found: Passing) -> None:
    for courier_id in (found.giver_id, found.taker_id):
        if courier_id is not None:
            await tell_phone(conn, office_id, courier_id, kind="passing", ref=found.id)
