"""Cash over HTTP, for the cashier and the controller: who is out with how much, counts, closing."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from backend import ledger, network
from backend.cash import sheets, store
from backend.cash.actions import handovers
from backend.cash.http.people import by_of
from backend.cash.model import Handover, HandRow, read_notes
from backend.cash.sheets import DifferenceSeen
from backend.identity import Actor, desk_office
from backend.kit.clock import service_day
from backend.kit.errors import NotFound
from backend.kit.sql import Conn
from backend.ledger import Account, AccountKind

READ = {"permission": "cash.read"}
ISSUE = {"permission": "cash.issue"}
COUNT = {"permission": "cash.count"}
APPROVE = {"permission": "cash.approve", "approval": True}
HISTORY = timedelta(days=1)

CountedNotes = Annotated[dict[str, int], msgspec.Meta(max_length=20)]
Office = FromQuery[UUID | None]


class Issue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A float for a courier."""

    courier_id: UUID
    notes: CountedNotes
    id: UUID | None = None
    """Made by the screen: asked again under the same one, it is the same hand-over."""
    companion_id: UUID | None = None
    """Who goes along, where the courier has more than one person may carry."""
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""


class HandoverRow(msgspec.Struct, frozen=True, kw_only=True):
    """A hand-over with its people by name."""

    id: UUID
    kind: str
    state: str
    amount_vnd: int
    giver_id: UUID | None
    giver: str | None
    """None is the office's drawer."""
    taker_id: UUID | None
    taker: str | None
    shift_id: UUID | None
    made_by_id: UUID
    made_by: str | None
    made_at: datetime
    approved_by: str | None
    companion: str | None
    """Who goes along with more cash than one person may carry."""
    answered_at: datetime | None
    answered_vnd: int | None
    note: str


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the cashier's first screen shows."""

    day: date
    drawer_vnd: int
    drawer_free_vnd: int
    vault_vnd: int
    on_way_vnd: int
    """Carried between drawer, vault and bank."""
    bank_vnd: int
    suspense_vnd: int
    shortage_vnd: int
    hands: list[HandRow]
    handovers: list[HandoverRow]
    differences: list[DifferenceSeen]
    day_state: str | None
    open_on: date | None


def row_of(one: Handover, names: dict[UUID, str]) -> HandoverRow:
    """Return a hand-over with its people by name."""

    def name(id: UUID | None) -> str | None:
        return None if id is None else names.get(id)

    return HandoverRow(
        id=one.id,
        kind=one.kind,
        state=one.state,
        amount_vnd=one.amount_vnd,
        giver_id=one.giver_id,
        giver=name(one.giver_id),
        taker_id=one.taker_id,
        taker=name(one.taker_id),
        shift_id=one.shift_id,
        made_by_id=one.made_by,
        made_by=name(one.made_by),
        made_at=one.made_at,
        approved_by=name(one.approved_by),
        companion=name(one.companion_id),
        answered_at=one.answered_at,
        answered_vnd=one.answered_vnd,
        note=one.note,
    )


async def _desk(conn: Conn, office_id: UUID, now: datetime) -> Desk:
    today = service_day(now)
    limit_vnd = await network.get_number(conn, handovers.LIMIT_RULE, today)
    drawer = await ledger.find_balance(conn, Account(office_id, "drawer"))
    bank_balance = await ledger.find_balance(conn, Account(office_id, "bank"))
    kinds: list[AccountKind] = ["suspense", "shortage", "vault", "in_transit"]
    others = {
        kind: sum(one.amount_vnd for one in await ledger.list_balances(conn, office_id, [kind]))
        for kind in kinds
    }
    made = await store.list_handovers(conn, office_id, now - HISTORY)
    people = {
        id
        for h in made
        for id in (h.giver_id, h.taker_id, h.made_by, h.approved_by, h.companion_id)
        if id
    }
    names = await store.list_names(conn, office_id, sorted(people))
    counted = await store.lock_drawer_day(conn, office_id, today)
    return Desk(
        day=today,
        drawer_vnd=drawer.amount_vnd,
        drawer_free_vnd=drawer.free_vnd,
        bank_vnd=bank_balance.amount_vnd,
        vault_vnd=others["vault"],
        on_way_vnd=others["in_transit"],
        suspense_vnd=others["suspense"],
        shortage_vnd=others["shortage"],
        hands=await store.list_hands(conn, office_id, limit_vnd),
        handovers=[row_of(one, names) for one in made],
        differences=await sheets.list_differences(conn, office_id, now - HISTORY),
        day_state=counted[1] if counted else None,
        open_on=await ledger.find_open_day(conn, office_id),
    )


class CashController(Controller):
    """The cashier's and the controller's desk."""

    path = "/api/cash/v1"
    tags = ("cash",)

    @get("/desk", operation_id="cash_read_desk", opt=READ)
    async def desk(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: Office = None,
    ) -> Desk:
        """Return the drawer, who is out with how much, hand-overs and differences."""
        return await _desk(conn, desk_office(actor, office), now)

    @post("/floats", operation_id="cash_issue_float", opt=ISSUE)
    async def issue(
        self,
        data: JSONBody[Issue],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: Office = None,
    ) -> HandoverRow:
        """Offer a float; above the courier's limit it waits for a controller.

        409 `companion_missing`, `companion_carries`, `not_covered`, `transfer_differs`.
        """
        office_id = desk_office(actor, office)
        people = {data.courier_id, by_of(actor), data.companion_id or data.courier_id}
        names = await store.list_names(conn, office_id, sorted(people))
        if {data.courier_id, data.companion_id or data.courier_id} - set(names):
            raise NotFound
        made = await handovers.issue(
            conn,
            office_id=office_id,
            courier_id=data.courier_id,
            notes=read_notes(data.notes),
            by=by_of(actor),
            now=now,
            id=data.id,
            companion_id=data.companion_id,
            note=data.note,
        )
        return row_of(made, names)

    @post(
        "/handovers/{handover_id:uuid}/approve",
        operation_id="cash_approve_float",
        opt=APPROVE,
        status_code=204,
    )
    async def approve(
        self,
        handover_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: Office = None,
    ) -> None:
        """Let a float above the limit go. 409 `approved_by_maker`, `not_to_approve`."""
        office_id = desk_office(actor, office)
        await handovers.approve(conn, office_id, handover_id, by=by_of(actor), now=now)

    @post(
        "/handovers/{handover_id:uuid}/void",
        operation_id="cash_void_handover",
        opt=ISSUE,
        status_code=204,
    )
    async def void(
        self,
        handover_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: Office = None,
    ) -> None:
        """Give up what nobody has taken yet. 409 `not_pending`."""
        office_id = desk_office(actor, office)
        await handovers.void(conn, office_id, handover_id, by=by_of(actor), now=now)
