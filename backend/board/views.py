"""The dispatcher's screens put together: the board, one errand, the held facts."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from backend import identity, network, proofs, sync, tracking
from backend.board import store
from backend.board.model import (
    Board,
    BoardCourier,
    BoardOffice,
    BoardPhone,
    BoardPlace,
    BoardRoute,
    BoardStop,
    ErrandDetail,
    ErrandEvent,
    HeldFact,
    HeldList,
    ProofOut,
    Totals,
)
from backend.dossiers import Paper, Reclaim
from backend.kit.clock import at_second, service_day
from backend.kit.errors import NotFound
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.network import Office
from backend.rounds import KEPT_STORAGE, PLACE_HOURS, PLACE_HOURS_USUAL

PROOF_PATH = "/api/dispatch/v1/proofs/{}"
LINK_VALID = timedelta(days=60)
EVIDENCE_LATE = "evidence_late_h"


async def read_board(conn: Conn, office_id: UUID, service_on: date, now: datetime) -> Board:
    """Return a day of an office as it stands."""
    office = await network.get_office(conn, office_id)
    rows = await store.list_routes(conn, office_id, service_on)
    stops = await store.list_stops(conn, office_id, service_on)
    phones = await store.list_phones(conn, office_id, [row.courier_id for row in rows])
    kept_h = await network.get_number(conn, PLACE_HOURS, service_on, default=PLACE_HOURS_USUAL)
    places = await store.list_places(
        conn, office_id, service_on, since=now - timedelta(hours=kept_h)
    )
    is_required = await network.get_number(conn, KEPT_STORAGE, service_on, default=1) > 0
    routes = [
        _make_route(
            row,
            stops.get(row.round_id, []),
            phones.get(row.courier_id),
            places.get(row.round_id),
            office,
            service_on,
            is_storage_required=is_required,
        )
        for row in rows
    ]
    return Board(
        service_on=service_on,
        server_at=now,
        office=BoardOffice(
            office.id, office.code, office.name, office.lat, office.lon, office.phone
        ),
        routes=routes,
        totals=_make_totals(routes),
        num_unplanned=await store.num_unplanned(conn, office_id, service_on),
        num_held=await store.num_held(conn, office_id, await late_before(conn, now)),
    )


async def late_before(conn: Conn, now: datetime) -> datetime:
    """Return before when a picture must have been named to be late (rule `evidence_late_h`)."""
    hours = await network.get_number(conn, EVIDENCE_LATE, service_day(now), default=24)
    return now - timedelta(hours=float(hours))


def _make_totals(routes: Sequence[BoardRoute]) -> Totals:
    states = [stop.state for route in routes for stop in route.stops]
    return Totals(
        num_stops=len(states),
        num_done=sum(state in ("done", "partly") for state in states),
        num_failed=states.count("failed"),
        num_unsent=sum(route.phone.num_unsent for route in routes if route.phone),
    )


def _storage_of(row: store.RouteRow, *, is_required: bool) -> Literal["free", "required", "waived"]:
    if not is_required or not row.has_money or row.state == "closed":
        return "free"
    return "waived" if row.is_waived else "required"


def _make_route(
    row: store.RouteRow,
    stops: list[BoardStop],
    phone: BoardPhone | None,
    place: BoardPlace | None,
    office: Office,
    service_on: date,
    *,
    is_storage_required: bool,
) -> BoardRoute:
    home = (office.lat, office.lon)
    doors = [(s.lat, s.lon) for s in stops if s.lat is not None and s.lon is not None]
    return BoardRoute(
        round_id=row.round_id,
        state=row.state,
        courier=BoardCourier(
            row.courier_id,
            row.display_name,
            row.badge,
            row.phone,
            row.vehicle_label,
            row.profile,
        ),
        starts_at=at_second(service_on, row.starts_s),
        ends_at=at_second(service_on, row.ends_s),
        lunch_at=None if row.lunch_at_s is None else at_second(service_on, row.lunch_at_s),
        lunch_duration_s=row.lunch_duration_s,
        duration_s=row.duration_s,
        distance_m=row.distance_m,
        published_at=row.published_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        phone=phone,
        place=place,
        storage=_storage_of(row, is_required=is_storage_required),
        stops=stops,
        polyline=[home, *doors, home],
    )


async def read_errand(conn: Conn, sealer: Sealer, office_id: UUID, errand_id: UUID) -> ErrandDetail:
    """Return an errand with its whole history, or raise `NotFound`."""
    file = await store.find_errand(conn, office_id, errand_id)
    if file is None:
        raise NotFound()
    citizen = await identity.get_citizen(conn, sealer, file.citizen_id)
    chain = [] if file.item_id is None else await store.list_chain(conn, office_id, file.item_id)
    events = await tracking.list_events(conn, office_id, errand_id)
    evidence = await proofs.list_proofs(conn, office_id, errand_id)
    return ErrandDetail(
        *(getattr(file.row, name) for name in file.row.__struct_fields__),
        agency_state=file.agency_state,
        phone=citizen.phone,
        lat=file.lat,
        lon=file.lon,
        delivery_point_id=file.delivery_point_id,
        instruction=file.instruction,
        fee_due_vnd=file.fee_due_vnd,
        postage_due_vnd=file.postage_due_vnd,
        seal_number=file.seal_number,
        checklist=msgspec.convert(file.checklist, list[Paper]),
        reclaims=msgspec.convert(file.reclaims, list[Reclaim]),
        custody=chain,
        events=[ErrandEvent(e.n, e.code, e.occurred_at, e.received_at, e.data) for e in events],
        attempts=await store.list_attempts(conn, office_id, errand_id),
        proofs=[
            ProofOut(
                proof.id,
                proof.kind,
                None if proof.sha256 is None else PROOF_PATH.format(proof.id),
                proof.data,
                proof.occurred_at,
            )
            for proof in evidence
        ],
    )


async def list_held(conn: Conn, office_id: UUID) -> HeldList:
    """Return the facts that wait for a person, with courier and stop by name."""
    held = await sync.list_held(conn, office_id)
    names = await store.list_names(conn, office_id, [fact.staff_id for fact in held])
    places = {fact.op_id: find_place(fact.raw) for fact in held}
    asked = {one.op_id: one for one in await sync.list_held_proposals(conn, office_id)}
    stops = await store.list_held_stops(
        conn, office_id, [place.stop for place in places.values() if place.stop is not None]
    )
    acts = [place.act for place in places.values() if place.act is not None]
    frozen = await store.list_frozen_acts(conn, office_id, acts)
    return HeldList(
        [
            HeldFact(
                op_id=fact.op_id,
                kind=fact.kind,
                reason=fact.reason or "",
                courier_name=names.get(fact.staff_id, ""),
                occurred_at=fact.occurred_at,
                received_at=fact.received_at,
                time_quality=fact.time_quality,
                raw=fact.raw.decode("utf-8", "replace"),
                stop=stops.get(stop) if (stop := places[fact.op_id].stop) else None,
                is_item_frozen=places[fact.op_id].act in frozen,
                needs_second=sync.moves_money(fact.kind),
                asked=asked.get(fact.op_id),
            )
            for fact in held
        ]
    )


async def decide_held(
    conn: Conn,
    sealer: Sealer,
    *,
    office_id: UUID,
    op_id: UUID,
    outcome: Literal["applied", "noop"],
    by: UUID,
    note: str,
    now: datetime,
) -> None:
    """Decide a held fact, or ask a second person where it is about money."""
    held = next((one for one in await sync.list_held(conn, office_id) if one.op_id == op_id), None)
    if held is not None and sync.moves_money(held.kind):
        await sync.ask_held(
            conn, office_id=office_id, op_id=op_id, outcome=outcome, by=by, note=note, now=now
        )
        return
    await sync.decide_held(
        conn,
        office_id=office_id,
        op_id=op_id,
        outcome=outcome,
        by=by,
        note=note,
        now=now,
        sealer=sealer,
    )


class Place(msgspec.Struct):
    """What a fact names."""

    stop: UUID | None = None
    act: UUID | None = None


def find_place(raw: bytes) -> Place:
    """Return the stop and the act that a fact names; none of it when it cannot be read."""
    try:
        return msgspec.json.decode(raw, type=Place)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Place()
