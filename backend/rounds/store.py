"""Rows of rounds."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from backend.kit.clock import at_second
from backend.kit.ids import new_id
from backend.kit.sql import Conn, load
from backend.kit.unit import unit_of
from backend.rounds import shelves
from backend.rounds.model import Change, Round, RoundDraft, Stop, StopAct
from backend.rounds.shelves import add_attempt as add_attempt
from backend.rounds.shelves import add_change as add_change
from backend.rounds.shelves import lock_open_acts_of as lock_open_acts_of

queries = load(__file__)
ENDED = frozenset({"done", "partly", "failed"})


def _id(value: UUID) -> UUID:
    return value


class LockedStop(msgspec.Struct, frozen=True):
    """A stop with its courier; columns in the order of `lock_stop`."""

    id: UUID
    state: str
    delivery_point_id: UUID
    round_id: UUID
    courier_id: UUID
    round_state: str


class OpenAct(msgspec.Struct, frozen=True):
    """Where an errand is to be done; columns in the order of `open_acts_of`."""

    id: UUID
    stop_id: UUID
    courier_id: UUID
    errand_id: UUID


async def lock_round(conn: Conn, office_id: UUID, round_id: UUID) -> Round | None:
    """Return a round, locked."""
    unit = unit_of(conn)
    if unit is not None:
        kept: Round | None = unit.find(shelves.ROUNDS, round_id)
        return kept
    return await queries.one(conn, "lock_round", Round, office_id=office_id, id=round_id)


async def lock_round_of(
    conn: Conn, office_id: UUID, courier_id: UUID, service_on: date
) -> Round | None:
    """Return the round of a courier on a day, locked."""
    return await queries.one(
        conn,
        "lock_round_of",
        Round,
        office_id=office_id,
        courier_id=courier_id,
        service_on=service_on,
    )


async def find_round_of(
    conn: Conn, office_id: UUID, courier_id: UUID, service_on: date
) -> Round | None:
    """Return the round of a courier on a day, or None."""
    return await queries.one(
        conn,
        "find_round_of",
        Round,
        office_id=office_id,
        courier_id=courier_id,
        service_on=service_on,
    )


async def list_rounds(conn: Conn, office_id: UUID, service_on: date) -> list[Round]:
    """Return the rounds of a day."""
    return await queries.list(
        conn, "list_rounds", Round, office_id=office_id, service_on=service_on
    )


async def list_current(
    conn: Conn, office_id: UUID, courier_id: UUID, service_on: date
) -> list[UUID]:
    """Return the rounds a courier's phone shows: those of the day, and any not closed."""
    return await queries.list(
        conn,
        "list_current",
        _id,
        office_id=office_id,
        courier_id=courier_id,
        service_on=service_on,
    )


async def add_round(
    conn: Conn,
    office_id: UUID,
    round_id: UUID,
    draft: RoundDraft,
    *,
    plan_id: UUID,
    service_on: date,
    at: datetime,
) -> None:
    """Write a published round without its stops."""
    await queries.run(
        conn,
        "add_round",
        office_id=office_id,
        id=round_id,
        service_on=service_on,
        courier_id=draft.courier_id,
        shift_id=draft.shift_id,
        plan_id=plan_id,
        starts_s=draft.starts_s,
        ends_s=draft.ends_s,
        lunch_at_s=draft.lunch_at_s,
        lunch_duration_s=draft.lunch_duration_s,
        duration_s=draft.duration_s,
        distance_m=draft.distance_m,
        at=at,
    )


async def extend_round(conn: Conn, current: Round, draft: RoundDraft) -> None:
    """Write what the new stops add to a round."""
    await queries.run(
        conn,
        "extend_round",
        office_id=current.office_id,
        id=current.id,
        ends_s=draft.ends_s,
        duration_s=draft.duration_s,
        distance_m=draft.distance_m,
    )


async def add_stops(
    conn: Conn, office_id: UUID, round_id: UUID, draft: RoundDraft, service_on: date
) -> None:
    """Write the stops and acts of a draft after those the round has."""
    last = await queries.value(conn, "last_position", office_id=office_id, round_id=round_id)
    stops, acts = [], []
    for position, stop in enumerate(draft.stops, start=int(last) + 1):
        stop_id = new_id()
        stops.append(
            {
                "office_id": office_id,
                "id": stop_id,
                "round_id": round_id,
                "position": position,
                "delivery_point_id": stop.delivery_point_id,
                "citizen_id": stop.citizen_id,
                "planned_at": at_second(service_on, stop.planned_s),
                "tw_early_at": _instant(service_on, stop.tw_early_s),
                "tw_late_at": _instant(service_on, stop.tw_late_s),
                "service_duration_s": stop.service_duration_s,
                "reload_at": _instant(service_on, stop.reload_s),
                "reload_cash_vnd": stop.reload_cash_vnd,
            }
        )
        acts += [
            {
                "office_id": office_id,
                "id": new_id(),
                "stop_id": stop_id,
                "kind": act.kind,
                "errand_id": act.errand_id,
            }
            for act in stop.acts
        ]
    await queries.run_many(conn, "add_stop", stops)
    await queries.run_many(conn, "add_act", acts)


def _instant(day: date, second: int | None) -> datetime | None:
    return None if second is None else at_second(day, second)


async def set_round_state(conn: Conn, current: Round, state: str, at: datetime) -> None:
    """Write that a round is open or closed."""
    await queries.run(
        conn,
        "set_round_state",
        office_id=current.office_id,
        id=current.id,
        state=state,
        at=at,
    )


async def list_stops(conn: Conn, office_id: UUID, round_id: UUID) -> list[Stop]:
    """Return the stops of a round in order."""
    return await queries.list(conn, "list_stops", Stop, office_id=office_id, round_id=round_id)


async def lock_stop(conn: Conn, office_id: UUID, stop_id: UUID) -> LockedStop | None:
    """Return a stop with its courier, locked."""
    unit = unit_of(conn)
    if unit is not None:
        row: shelves.StopRow | None = unit.find(shelves.STOPS, stop_id)
        if row is None:
            return None
        columns = LockedStop.__struct_fields__
        return LockedStop(*(getattr(row, name) for name in columns))
    return await queries.one(conn, "lock_stop", LockedStop, office_id=office_id, id=stop_id)


async def lock_act(conn: Conn, office_id: UUID, act_id: UUID) -> StopAct | None:
    """Return an act with its stop and round, locked."""
    unit = unit_of(conn)
    if unit is not None:
        return shelves.make_act(unit, unit.find(shelves.ACTS, act_id))
    return await queries.one(conn, "lock_act", StopAct, office_id=office_id, id=act_id)


async def lock_open_acts(conn: Conn, office_id: UUID, errand_ids: Sequence[UUID]) -> list[OpenAct]:
    """Return where some errands are to be done, locked."""
    return await queries.list(
        conn, "open_acts_of", OpenAct, office_id=office_id, errand_ids=list(errand_ids)
    )


async def add_recall(
    conn: Conn, office_id: UUID, act: OpenAct, *, to: UUID | None, by: UUID | None, at: datetime
) -> None:
    """Write that an act was taken from its courier."""
    await queries.run(
        conn, "add_recall", office_id=office_id, id=new_id(), act_id=act.id, stop_id=act.stop_id,
        errand_id=act.errand_id, from_courier_id=act.courier_id, to_courier_id=to, at=at, by_id=by,
    )  # fmt: skip


async def end_act(
    conn: Conn,
    office_id: UUID,
    act_id: UUID,
    *,
    state: str,
    reason: str | None,
    op_id: UUID | None,
    at: datetime | None,
) -> None:
    """Write how an act ended, or that it is open again."""
    unit = unit_of(conn)
    if unit is not None:
        act: shelves.ActRow = unit.find(shelves.ACTS, act_id)
        ended = msgspec.structs.replace(act, state=state, reason=reason, op_id=op_id, ended_at=at)
        unit.change(shelves.ACTS, act_id, ended)
        return
    await queries.run(
        conn,
        "end_act",
        office_id=office_id,
        id=act_id,
        state=state,
        reason=reason,
        op_id=op_id,
        at=at,
    )


async def arrive(conn: Conn, office_id: UUID, stop_id: UUID, at: datetime) -> None:
    """Write that the courier stands at the door."""
    unit = unit_of(conn)
    if unit is not None:
        row: shelves.StopRow = unit.find(shelves.STOPS, stop_id)
        state = "arrived" if row.state == "open" else row.state
        shelves.change_stop(unit, stop_id, state=state, arrived_at=row.arrived_at or at)
        return
    await queries.run(conn, "arrive", office_id=office_id, id=stop_id, at=at)


async def act_states(conn: Conn, office_id: UUID, stop_id: UUID) -> list[str]:
    """Return the states of a stop's acts."""
    unit = unit_of(conn)
    if unit is not None:
        acts = unit.find(shelves.ACTS_OF, stop_id)
        return [unit.find(shelves.ACTS, act_id).state for act_id in acts]
    return await queries.list(conn, "act_states", str, office_id=office_id, stop_id=stop_id)


async def set_stop_state(
    conn: Conn, office_id: UUID, stop_id: UUID, state: str, at: datetime
) -> None:
    """Write what its acts make of a stop."""
    unit = unit_of(conn)
    if unit is not None:
        ended_at = at if state in ENDED else None
        shelves.change_stop(unit, stop_id, state=state, ended_at=ended_at)
        return
    await queries.run(conn, "set_stop_state", office_id=office_id, id=stop_id, state=state, at=at)


async def bump_stop(conn: Conn, office_id: UUID, stop_id: UUID) -> None:
    """Raise a stop's revision."""
    unit = unit_of(conn)
    if unit is not None:
        shelves.change_stop(unit, stop_id)
        return
    await queries.run(conn, "bump_stop", office_id=office_id, id=stop_id)


async def bump_round_of(conn: Conn, office_id: UUID, stop_id: UUID) -> UUID:
    """Raise the revision of a stop's round; return the round."""
    found: UUID = await queries.value(conn, "bump_round_of", office_id=office_id, stop_id=stop_id)
    return found


async def stops_showing(
    conn: Conn, office_id: UUID, errand_ids: Sequence[UUID]
) -> list[tuple[UUID, UUID]]:
    """Return the stops that phones show with one of these errands, each with its courier."""
    unit = unit_of(conn)
    if unit is not None:
        shown = {pair for one in errand_ids for pair in unit.find(shelves.SHOWING, one)}
        return sorted(shown)
    return await queries.list(
        conn,
        "stops_showing",
        lambda stop_id, courier_id: (stop_id, courier_id),
        office_id=office_id,
        errand_ids=list(errand_ids),
    )


async def waive_storage(conn: Conn, current: Round, *, reason: str, by: UUID, at: datetime) -> bool:
    """Write a dispatcher's word; False where it was said before."""
    found = await queries.value(
        conn,
        "waive_storage",
        office_id=current.office_id,
        id=current.id,
        reason=reason,
        by_id=by,
        at=at,
    )
    return found is not None


async def num_open(conn: Conn, office_id: UUID, round_id: UUID) -> int:
    """Return how many stops of a round are not finished."""
    return int(await queries.value(conn, "num_open", office_id=office_id, round_id=round_id))


async def open_errands(conn: Conn, office_id: UUID, round_id: UUID) -> list[UUID]:
    """Return the errands a round still has to do."""
    return await queries.list(conn, "open_errands", _id, office_id=office_id, round_id=round_id)


async def left_behind(conn: Conn, office_id: UUID, service_on: date) -> list[UUID]:
    """Return the errands on rounds before a day that nobody did and nobody carries."""
    return await queries.list(conn, "left_behind", _id, office_id=office_id, service_on=service_on)


async def list_open_errands(conn: Conn, office_id: UUID) -> set[UUID]:
    """Return the errands that are on some round now."""
    return set(await queries.list(conn, "list_open_errands", _id, office_id=office_id))


async def stops_at_point(conn: Conn, office_id: UUID, point_id: UUID) -> list[tuple[UUID, UUID]]:
    """Return the unfinished stops at a door, each with its courier."""
    unit = unit_of(conn)
    if unit is not None:
        near: list[tuple[UUID, UUID]] = unit.find(shelves.AT_POINT, point_id)
        return near
    return await queries.list(
        conn, "stops_at_point", lambda s, c: (s, c), office_id=office_id, point_id=point_id
    )


async def take_changes(conn: Conn, office_id: UUID, courier_id: UUID) -> list[Change]:
    """Take what a courier's phone must be told; called under the lock of its feed."""
    return await queries.list(
        conn, "take_changes", Change, office_id=office_id, courier_id=courier_id
    )
