"""Rows of many rooms as the dispatcher's screens need them; one query a view."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Literal, NamedTuple
from uuid import UUID

from backend.board.model import (
    AttemptOut,
    BoardAct,
    BoardPhone,
    BoardPlace,
    BoardStop,
    ChainLink,
    ErrandRow,
    HeldStop,
    StopState,
)
from backend.kit.sql import Conn, load
from backend.rounds import MONEY_KINDS

queries = load(__file__)


class RouteRow(NamedTuple):
    """A round with its courier; columns in the order of `list_routes`."""

    round_id: UUID
    state: Literal["published", "open", "closed"]
    courier_id: UUID
    display_name: str
    badge: str | None
    phone: str | None
    vehicle_label: str
    profile: str
    starts_s: int
    ends_s: int
    lunch_at_s: int | None
    lunch_duration_s: int
    duration_s: int
    distance_m: int
    published_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    has_money: bool
    is_waived: bool


class MissingRow(NamedTuple):
    """A picture that has not come; columns in the order of `list_missing_pictures`."""

    op_id: UUID
    sha256: str
    kind: str
    raw: bytes
    staff_id: UUID
    courier_name: str
    device_label: str | None
    device_status: str | None
    last_seen_at: datetime | None
    named_at: datetime
    occurred_at: datetime
    let_go_at: datetime | None
    num_received: int | None
    length: int | None


class ActRow(NamedTuple):
    """An act with its stop; columns in the order of `list_acts`."""

    round_id: UUID
    stop_id: UUID
    position: int
    stop_state: StopState
    planned_at: datetime
    tw_early_at: datetime | None
    tw_late_at: datetime | None
    service_duration_s: int
    arrived_at: datetime | None
    ended_at: datetime | None
    name: str
    address: str
    commune: str | None
    lat: float | None
    lon: float | None
    pin: str
    act_id: UUID
    kind: str
    act_state: Literal["open", "done", "failed", "removed"]
    reason: str | None
    errand_id: UUID
    item_code: str | None


class ErrandFile(NamedTuple):
    """An errand with what its page shows; the first is the row of the list."""

    row: ErrandRow
    citizen_id: UUID
    agency_state: int
    lat: float | None
    lon: float | None
    delivery_point_id: UUID
    instruction: str
    fee_due_vnd: int
    postage_due_vnd: int
    item_id: UUID | None
    seal_number: str | None
    checklist: list[dict[str, Any]]
    reclaims: list[dict[str, Any]]


ROW_COLUMNS = len(ErrandRow.__struct_fields__)


async def list_routes(conn: Conn, office_id: UUID, service_on: date) -> list[RouteRow]:
    """Return the rounds of a day by badge."""
    return await queries.list(
        conn,
        "list_routes",
        RouteRow,
        office_id=office_id,
        service_on=service_on,
        money_kinds=sorted(MONEY_KINDS),
    )


class PlaceRow(NamedTuple):
    """A courier's newest place; columns in the order of `list_places`."""

    round_id: UUID
    lat: float
    lon: float
    accuracy_m: float | None
    seen_at: datetime


async def list_places(
    conn: Conn, office_id: UUID, service_on: date, *, since: datetime
) -> dict[UUID, BoardPlace]:
    """Return where the couriers of a day's open rounds were last, by round."""
    rows = await queries.list(
        conn, "list_places", PlaceRow, office_id=office_id, service_on=service_on, since=since
    )
    return {row.round_id: BoardPlace(*row[1:]) for row in rows}


async def list_stops(conn: Conn, office_id: UUID, service_on: date) -> dict[UUID, list[BoardStop]]:
    """Return the stops of a day's rounds in order, by round."""
    rows = await queries.list(conn, "list_acts", ActRow, office_id=office_id, service_on=service_on)
    found: dict[UUID, list[BoardStop]] = {}
    for _, group in groupby(rows, key=lambda row: row.stop_id):
        acts = list(group)
        found.setdefault(acts[0].round_id, []).append(_make_stop(acts))
    return found


def _make_stop(acts: list[ActRow]) -> BoardStop:
    first = acts[0]
    return BoardStop(
        id=first.stop_id,
        position=first.position,
        state=first.stop_state,
        planned_at=first.planned_at,
        tw_early_at=first.tw_early_at,
        tw_late_at=first.tw_late_at,
        service_duration_s=first.service_duration_s,
        arrived_at=first.arrived_at,
        ended_at=first.ended_at,
        name=first.name,
        address=first.address,
        commune=first.commune,
        lat=first.lat,
        lon=first.lon,
        pin=first.pin,
        acts=[
            BoardAct(a.act_id, a.kind, a.act_state, a.reason, a.errand_id, a.item_code)
            for a in acts
        ],
    )


async def list_phones(
    conn: Conn, office_id: UUID, staff_ids: Sequence[UUID]
) -> dict[UUID, BoardPhone]:
    """Return what is known of the phones of some couriers."""
    rows = await queries.list(
        conn,
        "list_phones",
        lambda staff_id, *rest: (staff_id, BoardPhone(*rest)),
        office_id=office_id,
        staff_ids=staff_ids,
    )
    return dict(rows)


async def num_unplanned(conn: Conn, office_id: UUID, service_on: date) -> int:
    """Return how many errands are due on a day and on no round."""
    return int(
        await queries.value(conn, "num_unplanned", office_id=office_id, service_on=service_on)
    )


async def num_held(conn: Conn, office_id: UUID, late_before: datetime) -> int:
    """Return how many facts wait for a person, and pictures named before `late_before`."""
    return int(await queries.value(conn, "num_held", office_id=office_id, late_before=late_before))


async def list_missing_pictures(
    conn: Conn, office_id: UUID, late_before: datetime, num_rows: int
) -> list[MissingRow]:
    """Return pictures named before `late_before` that have not come, the oldest first."""
    return await queries.list(
        conn,
        "list_missing_pictures",
        MissingRow,
        office_id=office_id,
        late_before=late_before,
        num_rows=num_rows,
    )


async def list_errands_of_acts(
    conn: Conn, office_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, UUID]:
    """Return the errands of some acts."""
    rows = await queries.list(
        conn, "list_errands_of_acts", lambda id, errand: (id, errand), office_id=office_id, ids=ids
    )
    return dict(rows)


async def list_errands(
    conn: Conn,
    office_id: UUID,
    *,
    service_on: date | None,
    state: str | None,
    words: str | None,
    after: UUID | None,
    num_rows: int,
) -> list[ErrandRow]:
    """Return errands in the order they were made; `words` is a pattern of folded text."""
    return await queries.list(
        conn,
        "list_errands",
        ErrandRow,
        office_id=office_id,
        service_on=service_on,
        state=state,
        words=words,
        after=after,
        num_rows=num_rows,
    )


async def find_errand(conn: Conn, office_id: UUID, errand_id: UUID) -> ErrandFile | None:
    """Return an errand with what its page shows, or None."""
    return await queries.one(
        conn,
        "find_errand",
        lambda *row: ErrandFile(ErrandRow(*row[:ROW_COLUMNS]), *row[ROW_COLUMNS:]),
        office_id=office_id,
        id=errand_id,
    )


async def list_chain(conn: Conn, office_id: UUID, item_id: UUID) -> list[ChainLink]:
    """Return an item's chain of custody by name."""
    return await queries.list(conn, "list_chain", ChainLink, office_id=office_id, item_id=item_id)


async def list_attempts(conn: Conn, office_id: UUID, errand_id: UUID) -> list[AttemptOut]:
    """Return the visits to an errand that failed."""
    return await queries.list(
        conn, "list_attempts", AttemptOut, office_id=office_id, errand_id=errand_id
    )


async def list_names(conn: Conn, office_id: UUID, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names of some members of staff."""
    rows = await queries.list(
        conn, "list_names", lambda id, name: (id, name), office_id=office_id, ids=ids
    )
    return dict(rows)


def _id(value: UUID) -> UUID:
    return value


async def list_frozen_acts(conn: Conn, office_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Return those of some acts whose item nothing moves until a person has decided."""
    return {*await queries.list(conn, "list_frozen_acts", _id, office_id=office_id, ids=ids)}


async def list_held_stops(conn: Conn, office_id: UUID, ids: Sequence[UUID]) -> dict[UUID, HeldStop]:
    """Return whom and where some stops are for."""
    rows = await queries.list(conn, "list_stops", HeldStop, office_id=office_id, ids=ids)
    return {row.id: row for row in rows}
