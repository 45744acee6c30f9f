"""What a batch of facts reads ahead of rounds, and how the changes are written together.

`read_ahead` looks at what the facts name and locks it in the house's order: rounds, stops, acts,
errands, items, doors. A fact that needs more is done the plain way.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from backend import custody, dossiers, network
from backend.kit.ids import new_id
from backend.kit.sql import Conn, load
from backend.kit.unit import Shelf, Unit, unit_of
from backend.rounds.model import (
    ActKind,
    DossierAccepted,
    ItemsLoaded,
    ItemsReturned,
    NoteAdded,
    Op,
    PinMoved,
    ResultDelivered,
    Round,
    StopAct,
    StopArrived,
    VisitFailed,
)

queries = load(__file__)


class StopRow(msgspec.Struct, frozen=True):
    """A stop with its round, locked; columns in the order of `lock_stops`."""

    office_id: UUID
    id: UUID
    state: str
    delivery_point_id: UUID
    round_id: UUID
    courier_id: UUID
    round_state: str
    service_on: date
    arrived_at: datetime | None
    ended_at: datetime | None
    num_changes: int = 0


class ActRow(msgspec.Struct, frozen=True):
    """An act, locked; columns in the order of `lock_acts`."""

    office_id: UUID
    id: UUID
    kind: ActKind
    state: str
    errand_id: UUID
    stop_id: UUID
    reason: str | None
    op_id: UUID | None
    ended_at: datetime | None


class _Named(msgspec.Struct):
    """What the facts of a batch name."""

    stops: set[UUID]
    acts: set[UUID]
    noted: set[UUID]
    """Stops whose door's note changes."""
    points: set[UUID]
    rounds: set[UUID]
    loaded: set[UUID]
    items: set[UUID]
    num_begun: int = 0
    """How many items may begin."""


def _name(facts: Sequence[Op]) -> _Named:
    named = _Named(set(), set(), set(), set(), set(), set(), set())
    for fact in facts:
        match fact:
            case DossierAccepted() | ResultDelivered() | VisitFailed():
                named.stops.add(fact.stop)
                named.acts.add(fact.act)
                named.num_begun += isinstance(fact, DossierAccepted)
            case StopArrived():
                named.stops.add(fact.stop)
            case NoteAdded():
                named.stops.add(fact.stop)
                named.noted.add(fact.stop)
            case PinMoved():
                named.points.add(fact.point)
            case ItemsLoaded() | ItemsReturned():
                named.rounds.add(fact.round)
                named.items |= set(fact.items)
                if isinstance(fact, ItemsLoaded):
                    named.loaded.add(fact.round)
    return named


async def read_ahead(conn: Conn, office_id: UUID, facts: Sequence[Op]) -> None:
    """Lock what the facts of a batch name and keep it in the unit at work on this connection."""
    unit = unit_of(conn)
    assert unit is not None, "a batch reads ahead"
    named = _name(facts)
    errand_ids: set[UUID] = set()
    for stop_id, point_id, act_id, errand_id in await _read(
        unit, "aims", office_id=office_id, ids=list(named.stops)
    ):
        if stop_id in named.noted:
            named.points.add(point_id)
        if act_id in named.acts:
            errand_ids.add(errand_id)
    if named.items:
        errand_ids |= await dossiers.find_of_items(conn, office_id, list(named.items))
    shown = await _index(unit, SHOWING, "showing", office_id, errand_ids)
    near = await _index(unit, AT_POINT, "at_points", office_id, named.points)
    await _lock_rounds(unit, office_id, named)
    await _lock_stops(unit, office_id, named.stops | shown | near)
    await _lock_acts(unit, office_id, named)
    rows = await dossiers.read_ahead(conn, office_id, list(errand_ids))
    item_ids = [row.item_id for row in rows if row.item_id is not None]
    await custody.read_ahead(conn, office_id, item_ids)
    if named.num_begun:
        await custody.draw_serials(conn, named.num_begun)
    await network.read_ahead(conn, office_id, list(named.points))


def _row(*row: Any) -> tuple[Any, ...]:
    return row


async def _read(unit: Unit, name: str, /, **params: object) -> list[tuple[Any, ...]]:
    if any(value == [] for value in params.values()):
        return []
    return await unit.read(lambda: queries.list(unit.conn, name, _row, **params))


async def _index(
    unit: Unit, shelf: Shelf, name: str, office_id: UUID, keys: set[UUID]
) -> set[UUID]:
    """Keep which stops belong to each key, with their couriers; return the stops."""
    found: dict[UUID, list[tuple[UUID, UUID]]] = {key: [] for key in keys}
    for key, stop_id, courier_id in await _read(unit, name, office_id=office_id, ids=list(keys)):
        found[key].append((stop_id, courier_id))
    unit.know_all(shelf, keys, found)
    return {stop_id for pairs in found.values() for stop_id, _ in pairs}


async def _lock_rounds(unit: Unit, office_id: UUID, named: _Named) -> None:
    rows = await _read(unit, "lock_rounds", office_id=office_id, ids=list(named.rounds))
    made = [Round(*row) for row in rows]
    unit.know_all(ROUNDS, named.rounds, {row.id: row for row in made})


async def _lock_stops(unit: Unit, office_id: UUID, wanted: set[UUID]) -> None:
    rows = await _read(unit, "lock_stops", office_id=office_id, ids=list(wanted))
    made = [StopRow(*row) for row in rows]
    unit.know_all(STOPS, wanted, {row.id: row for row in made})


async def _lock_acts(unit: Unit, office_id: UUID, named: _Named) -> None:
    for round_id in sorted(named.loaded):
        await _read(unit, "lock_open_acts_of", office_id=office_id, round_id=round_id)
        unit.know(OPEN_OF, round_id, True)
    rows = await _read(unit, "lock_acts", office_id=office_id, ids=list(named.stops))
    of_stop: dict[UUID, list[UUID]] = {stop_id: [] for stop_id in named.stops}
    for act in (ActRow(*row) for row in rows):
        unit.know(ACTS, act.id, act)
        of_stop[act.stop_id].append(act.id)
    unit.know_all(ACTS_OF, named.stops, of_stop)


def make_act(unit: Unit, act: ActRow) -> StopAct:
    """Return an act with its stop and round as they stand by now."""
    stop: StopRow = unit.find(STOPS, act.stop_id)
    return StopAct(
        act.id,
        act.kind,
        act.state,  # type: ignore[arg-type]  # one of the four
        act.errand_id,
        act.stop_id,
        stop.state,
        stop.round_id,
        stop.courier_id,
        stop.round_state,
        stop.service_on,
    )


async def lock_open_acts_of(conn: Conn, office_id: UUID, round_id: UUID) -> None:
    """Lock what a round still has to do."""
    unit = unit_of(conn)
    if unit is not None:
        unit.find(OPEN_OF, round_id)
        return
    await queries.list(conn, "lock_open_acts_of", _row, office_id=office_id, round_id=round_id)


async def add_attempt(
    conn: Conn,
    *,
    office_id: UUID,
    errand_id: UUID,
    stop_id: UUID,
    op_id: UUID,
    reason: str,
    invitation_n: int | None,
    next_on: date | None,
    note: str,
    at: datetime,
) -> None:
    """Write a visit that failed."""
    attempt = {
        "office_id": office_id,
        "errand_id": errand_id,
        "stop_id": stop_id,
        "op_id": op_id,
        "reason": reason,
        "invitation_n": invitation_n,
        "next_on": next_on,
        "note": note,
        "at": at,
    }
    unit = unit_of(conn)
    if unit is not None:
        unit.later(ATTEMPTS, attempt)
        return
    await _write_attempts(conn, [attempt])


async def add_change(
    conn: Conn,
    office_id: UUID,
    courier_id: UUID,
    *,
    kind: str,
    ref: UUID,
    is_gone: bool = False,
) -> None:
    """Note what a courier's phone must be told; the next exchange takes it."""
    unit = unit_of(conn)
    if unit is not None:
        unit.later(CHANGES, (office_id, courier_id, kind, ref, is_gone))
        return
    await queries.run(
        conn,
        "add_change",
        office_id=office_id,
        courier_id=courier_id,
        id=new_id(),
        kind=kind,
        ref=ref,
        is_gone=is_gone,
    )


def change_stop(unit: Unit, stop_id: UUID, **fields: Any) -> None:
    """Let a stop change and its revision rise."""
    row: StopRow = unit.find(STOPS, stop_id)
    changed = msgspec.structs.replace(row, num_changes=row.num_changes + 1, **fields)
    unit.change(STOPS, stop_id, changed)


async def _write_stops(conn: Conn, rows: list[StopRow]) -> None:
    await queries.run(
        conn,
        "set_stops",
        office_id=rows[0].office_id,
        ids=[row.id for row in rows],
        states=[row.state for row in rows],
        arrived=[row.arrived_at for row in rows],
        ended=[row.ended_at for row in rows],
        nums=[row.num_changes for row in rows],
    )


async def _write_acts(conn: Conn, rows: list[ActRow]) -> None:
    await queries.run(
        conn,
        "end_acts",
        office_id=rows[0].office_id,
        ids=[row.id for row in rows],
        states=[row.state for row in rows],
        reasons=[row.reason for row in rows],
        op_ids=[row.op_id for row in rows],
        ats=[row.ended_at for row in rows],
    )


async def _write_attempts(conn: Conn, rows: list[dict[str, object]]) -> None:
    columns = {f"{name}s": [row[name] for row in rows] for name in rows[0] if name != "office_id"}
    await queries.run(conn, "add_attempts", office_id=rows[0]["office_id"], **columns)


async def _write_changes(conn: Conn, changes: list[tuple[UUID, UUID, str, UUID, bool]]) -> None:
    """Write what phones must be told, each thing once: as it is at the end."""
    last = {change[:4]: change[4] for change in changes}
    await queries.run(
        conn,
        "add_changes",
        office_id=changes[0][0],
        couriers=[key[1] for key in last],
        ids=[new_id() for _ in last],
        kinds=[key[2] for key in last],
        refs=[key[3] for key in last],
        gone=list(last.values()),
    )


ROUNDS = Shelf(3)
STOPS = Shelf(4, _write_stops)
ACTS = Shelf(4, _write_acts)
ACTS_OF = Shelf(4)
SHOWING = Shelf(4)
AT_POINT = Shelf(4)
OPEN_OF = Shelf(4)
ATTEMPTS = Shelf(5, _write_attempts)
CHANGES = Shelf(7, _write_changes)
