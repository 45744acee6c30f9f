"""Verbs of rounds: publish, take errands off, tell the phones what changed."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from backend import tracking
from backend.kit import live
from backend.kit.clock import at_second
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.rounds import rules, store
from backend.rounds.model import RoundDraft
from backend.tracking import NewEvent


def phone_topic(courier_id: UUID) -> str:
    """Return the topic that wakes a courier's phone."""
    return f"phone:{courier_id}"


def board_topic(office_id: UUID) -> str:
    """Return the topic that wakes an office's board."""
    return f"board:{office_id}"


async def publish(
    conn: Conn,
    *,
    office_id: UUID,
    service_on: date,
    plan_id: UUID,
    drafts: Sequence[RoundDraft],
    now: datetime,
) -> list[UUID]:
    """Make the rounds of a plan, or add its stops behind those of rounds already out.

    The caller has locked the errands. What was promised keeps its place: new stops come after.
    Raises `Conflict`: `errand_on_round`, `round_closed`.
    """
    errand_ids = [act.errand_id for d in drafts for stop in d.stops for act in stop.acts]
    taken = await store.lock_open_acts(conn, office_id, errand_ids)
    if taken:
        raise Conflict("errand_on_round", num=len(taken))
    made = [
        await _publish_one(conn, office_id, service_on, plan_id, draft, now)
        for draft in sorted(drafts, key=lambda d: d.courier_id)
        if draft.stops
    ]
    await tracking.record_many(
        conn,
        [
            NewEvent(
                office_id=office_id,
                errand_id=act.errand_id,
                code="planned",
                occurred_at=now,
                received_at=now,
                data={"planned_at": at_second(service_on, stop.planned_s)},
            )
            for draft in drafts
            for stop in draft.stops
            for act in stop.acts
        ],
    )
    await live.publish(conn, board_topic(office_id))
    return made


async def _publish_one(
    conn: Conn,
    office_id: UUID,
    service_on: date,
    plan_id: UUID,
    draft: RoundDraft,
    now: datetime,
) -> UUID:
    current = await store.lock_round_of(conn, office_id, draft.courier_id, service_on)
    if current is None:
        round_id = new_id()
        await store.add_round(
            conn, office_id, round_id, draft, plan_id=plan_id, service_on=service_on, at=now
        )
    elif current.state == "closed":
        raise Conflict("round_closed")
    else:
        round_id = current.id
        await store.extend_round(conn, current, draft)
    await store.add_stops(conn, office_id, round_id, draft, service_on)
    await tell_phone(conn, office_id, draft.courier_id, kind="round", ref=round_id)
    for stop in await store.list_stops(conn, office_id, round_id):
        if stop.rev == 1:
            await tell_phone(conn, office_id, draft.courier_id, kind="stop", ref=stop.id)
    return round_id


async def tell_phone(
    conn: Conn, office_id: UUID, courier_id: UUID, *, kind: str, ref: UUID, is_gone: bool = False
) -> None:
    """Note a change for a phone and wake it once the transaction commits."""
    await store.add_change(conn, office_id, courier_id, kind=kind, ref=ref, is_gone=is_gone)
    await live.publish(conn, phone_topic(courier_id))


async def settle_stop(
    conn: Conn, office_id: UUID, courier_id: UUID, stop_id: UUID, *, is_arrived: bool, at: datetime
) -> None:
    """Write what its acts make of a stop, and tell its phone."""
    states = await store.act_states(conn, office_id, stop_id)
    state = rules.stop_state(states, is_arrived=is_arrived)
    await store.set_stop_state(conn, office_id, stop_id, state, at)
    await tell_phone(
        conn, office_id, courier_id, kind="stop", ref=stop_id, is_gone=state == "removed"
    )
    if state == "removed":
        await tell_round_of(conn, office_id, courier_id, stop_id)


async def tell_round_of(conn: Conn, office_id: UUID, courier_id: UUID, stop_id: UUID) -> None:
    """Tell the phone that its round has a stop more or less."""
    round_id = await store.bump_round_of(conn, office_id, stop_id)
    await tell_phone(conn, office_id, courier_id, kind="round", ref=round_id)


async def tell_errands(conn: Conn, office_id: UUID, errand_ids: Sequence[UUID]) -> None:
    """Tell every phone that shows one of these errands that something about it changed."""
    for stop_id, courier_id in await store.stops_showing(conn, office_id, errand_ids):
        await store.bump_stop(conn, office_id, stop_id)
        await tell_phone(conn, office_id, courier_id, kind="stop", ref=stop_id)


async def remove_errands(
    conn: Conn,
    office_id: UUID,
    errand_ids: Sequence[UUID],
    now: datetime,
    *,
    by: UUID | None = None,
    to: UUID | None = None,
) -> None:
    """Take errands off the rounds they are on; the phones get a tombstone or a shorter stop.

    They are recalled, not lost: should the phone have done one of them, its proof wins. `by` is
    who asked for it (None: the house), `to` the courier they go to (None: nobody yet).
    """
    for act in await store.lock_open_acts(conn, office_id, errand_ids):
        await store.end_act(
            conn, office_id, act.id, state="removed", reason=None, op_id=None, at=now
        )
        await store.add_recall(conn, office_id, act, to=to, by=by, at=now)
        await settle_stop(conn, office_id, act.courier_id, act.stop_id, is_arrived=False, at=now)
    await live.publish(conn, board_topic(office_id))


async def release_left_behind(conn: Conn, office_id: UUID, service_on: date, now: datetime) -> int:
    """Free what rounds before `service_on` left undone and uncarried; return how many errands.

    Should a phone still report one of them, reality wins as for any stop taken away.
    """
    errand_ids = await store.left_behind(conn, office_id, service_on)
    if errand_ids:
        await remove_errands(conn, office_id, errand_ids, now)
    return len(errand_ids)


async def waive_storage(
    conn: Conn, office_id: UUID, round_id: UUID, *, reason: str, by: UUID, now: datetime
) -> None:
    """Let a round with money leave on a phone that does not promise to keep its storage (S18).

    Said again it changes nothing. Raises `NotFound`, `Conflict` `round_closed`.
    """
    current = await store.lock_round(conn, office_id, round_id)
    if current is None:
        raise NotFound()
    if current.state == "closed":
        raise Conflict("round_closed")
    if await store.waive_storage(conn, current, reason=reason, by=by, at=now):
        await tell_phone(conn, office_id, current.courier_id, kind="round", ref=round_id)
        await live.publish(conn, board_topic(office_id))


async def touch_errand(conn: Conn, office_id: UUID, errand_id: UUID) -> None:
    """Tell the phones that show this errand that something about it changed."""
    await tell_errands(conn, office_id, [errand_id])
    await live.publish(conn, board_topic(office_id))


async def touch_point(conn: Conn, office_id: UUID, point_id: UUID) -> None:
    """Tell the phones that show this door that its pin or note changed."""
    for stop_id, courier_id in await store.stops_at_point(conn, office_id, point_id):
        await store.bump_stop(conn, office_id, stop_id)
        await tell_phone(conn, office_id, courier_id, kind="stop", ref=stop_id)
