"""Recall-safe reassignment: what is taken from a courier is recalled, not lost.

A phone without signal cannot know that a stop went to somebody else. Until it has taken the
tombstone the recall is `asked`, and the new courier is told so. Comes the old one's proof first,
it wins (`overtaken`): the new courier is stopped, and the dispatcher sees the conflict until a
person has looked at it (reliability 1.5).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from backend import dossiers
from backend.kit import live
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.rounds import store
from backend.rounds.actions import board_topic, remove_errands, tell_errands, tell_phone
from backend.rounds.model import MONEY_KINDS
from backend.rounds.store import queries

ON_HAND = "out"
"""The state of a dossier whose papers are in a courier's bag."""


class Recall(msgspec.Struct, frozen=True):
    """Something taken from a courier; columns in the order of `list_recalls`."""

    id: UUID
    state: Literal["asked", "taken", "overtaken"]
    stop_id: UUID
    errand_id: UUID
    from_courier_id: UUID
    from_name: str
    to_courier_id: UUID | None
    to_name: str | None
    asked_at: datetime
    settled_at: datetime | None
    act_state: str
    """What became of the act at its first courier: `removed`, or `done` and `failed` by proof."""
    address: str
    name: str


async def reassign(
    conn: Conn, *, office_id: UUID, stop_id: UUID, courier_id: UUID, by: UUID, now: datetime
) -> UUID:
    """Give what is still to do at a stop to another courier's round of that day; return the stop.

    It comes behind the stops that round has. Raises `NotFound`, and `Conflict`: `nothing_open`,
    `same_courier`, `no_round` (the other has none that day), `round_closed`, `item_with_courier`
    (papers in the first courier's bag change hands only by a hand-over).
    """
    stop = await store.lock_stop(conn, office_id, stop_id)
    if stop is None:
        raise NotFound()
    if stop.courier_id == courier_id:
        raise Conflict("same_courier")
    acts = await queries.list(
        conn, "open_acts_at", lambda *row: row, office_id=office_id, stop_id=stop_id
    )
    if not acts:
        raise Conflict("nothing_open")
    target = await _target_round(conn, office_id, stop.round_id, courier_id)
    errand_ids = [errand_id for _, _, errand_id in acts]
    papers = [errand_id for _, kind, errand_id in acts if kind not in MONEY_KINDS]
    found = [await dossiers.get_locked(conn, office_id, errand_id) for errand_id in papers]
    num_on_hand = sum(dossier.state == ON_HAND for dossier in found)
    if num_on_hand:
        raise Conflict("item_with_courier", num=num_on_hand)
    await remove_errands(conn, office_id, errand_ids, now, by=by, to=courier_id)
    opened = [(kind, errand_id) for _, kind, errand_id in acts]
    made = await _copy_stop(conn, office_id, stop_id, target, opened, now)
    await tell_phone(conn, office_id, courier_id, kind="round", ref=target)
    await tell_phone(conn, office_id, courier_id, kind="stop", ref=made)
    return made


async def hand_on(
    conn: Conn,
    *,
    office_id: UUID,
    errand_ids: Sequence[UUID],
    giver_id: UUID,
    taker_id: UUID,
    round_id: UUID,
    now: datetime,
) -> set[UUID]:
    """Give what one courier still has to do with some dossiers to another's round, with the items.

    What is collected for them goes along; what else is to be done at these doors stays. Returns
    the errands that moved. The giver's own fact says so: nothing has to be recalled from there.
    """
    acts = await queries.list(
        conn,
        "open_acts_with",
        lambda *row: row,
        office_id=office_id,
        courier_id=giver_id,
        errand_ids=list(errand_ids),
    )
    if not acts:
        return set()
    moved = {errand_id for _, _, errand_id, _ in acts}
    await remove_errands(conn, office_id, sorted(moved), now, by=giver_id, to=taker_id)
    await queries.run(
        conn, "settle_recalls", office_id=office_id, act_ids=[act[0] for act in acts], at=now
    )
    for stop_id in dict.fromkeys(stop_id for _, _, _, stop_id in acts):
        here = [(kind, errand_id) for _, kind, errand_id, at in acts if at == stop_id]
        made = await _copy_stop(conn, office_id, stop_id, round_id, here, now)
        await tell_phone(conn, office_id, taker_id, kind="stop", ref=made)
    await tell_phone(conn, office_id, taker_id, kind="round", ref=round_id)
    return moved


async def _copy_stop(
    conn: Conn,
    office_id: UUID,
    stop_id: UUID,
    round_id: UUID,
    acts: Sequence[tuple[str, UUID]],
    now: datetime,
) -> UUID:
    """Make a stop on another round, behind all it has, with these acts; return it."""
    made = new_id()
    await queries.run(
        conn, "copy_stop", office_id=office_id, id=made, round_id=round_id, from_id=stop_id, now=now
    )
    await queries.run_many(
        conn,
        "add_act",
        [
            {
                "office_id": office_id, "id": new_id(), "stop_id": made, "kind": kind,
                "errand_id": errand_id,
            }
            for kind, errand_id in acts
        ],
    )  # fmt: skip
    await store.bump_round_of(conn, office_id, made)
    return made


async def _target_round(conn: Conn, office_id: UUID, round_id: UUID, courier_id: UUID) -> UUID:
    first = await store.lock_round(conn, office_id, round_id)
    assert first is not None, "a stop has its round"
    target = await store.lock_round_of(conn, office_id, courier_id, first.service_on)
    if target is None:
        raise Conflict("no_round")
    if target.state == "closed":
        raise Conflict("round_closed")
    return target.id


async def list_recalled_stops(conn: Conn, office_id: UUID, courier_id: UUID) -> list[UUID]:
    """Return the stops a courier's phone may still show although they were taken away."""
    return await queries.list(
        conn, "recalled_stops", lambda one: one, office_id=office_id, courier_id=courier_id
    )


async def take(
    conn: Conn, office_id: UUID, courier_id: UUID, stop_ids: Sequence[UUID], now: datetime
) -> None:
    """Write that the phone has let go of stops, and tell whoever has them now."""
    errand_ids = await queries.list(
        conn, "take_recalls", lambda one: one, office_id=office_id, courier_id=courier_id,
        stop_ids=list(stop_ids), at=now,
    )  # fmt: skip
    await tell_errands(conn, office_id, errand_ids)
    await live.publish(conn, board_topic(office_id))


async def overtake(conn: Conn, office_id: UUID, act_id: UUID, now: datetime) -> None:
    """Write that an act had been done before it was taken away; a person is to look."""
    await queries.run(conn, "overtake_recall", office_id=office_id, act_id=act_id, at=now)


async def list_recalls(conn: Conn, office_id: UUID) -> list[Recall]:
    """Return what a phone has not let go of yet, and the conflicts nobody has looked at."""
    return await queries.list(conn, "list_recalls", Recall, office_id=office_id)


async def look(
    conn: Conn, *, office_id: UUID, recall_id: UUID, by: UUID, note: str, now: datetime
) -> None:
    """Close a conflict: somebody has seen that the first courier's proof won.

    Raises `NotFound` where there is none that waits.
    """
    found = await queries.value(
        conn, "look_at_recall", office_id=office_id, id=recall_id, by_id=by, note=note, at=now
    )
    if found is None:
        raise NotFound()
    await live.publish(conn, board_topic(office_id))
