"""Cash carried between drawer, vault and bank over HTTP: sent off by one, taken in by another."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from backend.cash import store
from backend.cash.actions import carriages
from backend.cash.http.desk import APPROVE, ISSUE, READ, CountedNotes, Office
from backend.cash.http.people import by_of
from backend.cash.model import Arrival, Carriage, CarriageRoute, read_notes
from backend.identity import Actor, desk_office
from backend.kit.errors import NotFound
from backend.kit.sql import Conn

HISTORY = timedelta(days=7)
Slip = Annotated[str, msgspec.Meta(max_length=60)]


class SendOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cash to carry, counted."""

    id: UUID
    """Made by the screen: asked again under the same one, it is the same carriage."""
    route: CarriageRoute
    notes: CountedNotes
    carrier_id: UUID
    companion_id: UUID | None = None
    slip: Slip = ""
    """Of the bank, where money comes from there."""


class ArrivalIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a second person found."""

    notes: CountedNotes
    """Counted at the office: what arrived, or what came back from the bank."""
    bank_vnd: Annotated[int, msgspec.Meta(ge=0, le=50_000_000_000)] = 0
    """By the bank's slip: what it took, or what it did not hand out."""
    slip: Slip = ""
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class CarriageEnded(msgspec.Struct, frozen=True):
    """What is missing, and the carrier's from now on."""

    missing_vnd: int


class CarriageRow(msgspec.Struct, frozen=True, kw_only=True):
    """A carriage with its people by name."""

    id: UUID
    route: CarriageRoute
    state: str
    amount_vnd: int
    slip: str
    carrier_id: UUID
    carrier: str | None
    companion: str | None
    made_by_id: UUID
    made_by: str | None
    made_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    arrived_vnd: int | None
    back_vnd: int | None
    reason: str


def _row(one: Carriage, names: dict[UUID, str]) -> CarriageRow:
    return CarriageRow(
        id=one.id,
        route=one.route,
        state=one.state,
        amount_vnd=one.amount_vnd,
        slip=one.slip,
        carrier_id=one.carrier_id,
        carrier=names.get(one.carrier_id),
        companion=names.get(one.companion_id) if one.companion_id else None,
        made_by_id=one.made_by,
        made_by=names.get(one.made_by),
        made_at=one.made_at,
        ended_by=names.get(one.ended_by) if one.ended_by else None,
        ended_at=one.ended_at,
        arrived_vnd=one.arrived_vnd,
        back_vnd=one.back_vnd,
        reason=one.reason,
    )


async def _rows(conn: Conn, office_id: UUID, found: list[Carriage]) -> list[CarriageRow]:
    people = {
        id
        for one in found
        for id in (one.carrier_id, one.companion_id, one.made_by, one.ended_by)
        if id
    }
    names = await store.list_names(conn, office_id, sorted(people))
    return [_row(one, names) for one in found]


class CarriageController(Controller):
    """Cash on its way."""

    path = "/api/cash/v1/carriages"
    tags = ("cash",)

    @get("/", operation_id="cash_list_carriages", opt=READ)
    async def list_carriages(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: Office = None,
    ) -> list[CarriageRow]:
        """Return what is on its way, and what was sent off in the last seven days."""
        office_id = desk_office(actor, office)
        found = await carriages.list_carriages(conn, office_id, now - HISTORY)
        return await _rows(conn, office_id, found)

    @post("/", operation_id="cash_send_off", opt=ISSUE)
    async def send_off(
        self,
        data: JSONBody[SendOff],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: Office = None,
    ) -> CarriageRow:
        """Send cash off.

        422 `nothing_counted`, `slip_missing`; 409 `companion_missing`, `companion_carries`,
        `not_covered`, `already_posted` (a slip counts once), `transfer_differs`; 404 for nobody of
        the office.
        """
        office_id = desk_office(actor, office)
        people = {data.carrier_id, data.companion_id or data.carrier_id}
        if people - set(await store.list_names(conn, office_id, sorted(people))):
            raise NotFound
        made = await carriages.begin(
            conn,
            office_id=office_id,
            id=data.id,
            route=data.route,
            notes=read_notes(data.notes),
            carrier_id=data.carrier_id,
            companion_id=data.companion_id,
            slip=data.slip,
            by=by_of(actor),
            now=now,
        )
        (row,) = await _rows(conn, office_id, [made])
        return row

    @post("/{carriage_id:uuid}/end", operation_id="cash_take_in", opt=APPROVE, status_code=200)
    async def take_in(
        self,
        carriage_id: FromPath[UUID],
        data: JSONBody[ArrivalIn],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: Office = None,
    ) -> CarriageEnded:
        """Say what arrived, as another person than who sent it off or carried it.

        409 `not_on_way`, `approved_by_maker`, `own_matter`, `over_carried`, `needs_reason`,
        `already_posted`; 422 `slip_missing`, `no_bank_here`.
        """
        found = Arrival(
            notes=read_notes(data.notes),
            bank_vnd=data.bank_vnd,
            slip=data.slip,
            reason=data.reason,
        )
        missing_vnd = await carriages.end(
            conn, desk_office(actor, office), carriage_id, found=found, by=by_of(actor), now=now
        )
        return CarriageEnded(missing_vnd)
