"""Charges at a desk: what is owed, collecting at the counter, doubts, proposals, files of bills."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from backend.charges import proposals, store
from backend.charges.actions import collecting, doors, owing, proposing, receipting
from backend.charges.http.wire import ChargeOut, charge_out
from backend.charges.model import (
    ChargeKind,
    ChargeState,
    Collected,
    Collection,
    NewCharge,
    Notice,
    NoticeOutcome,
    Outcome,
    Payee,
    Proposal,
    ProposalKind,
    Source,
)
from backend.identity import Actor, desk_office
from backend.kit.clock import service_day
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.receipts import Item

READ: Final = {"permission": "charges.read"}
WRITE: Final = {"permission": "charges.write"}
COLLECT: Final = {"permission": "charges.collect"}
APPROVE: Final = {"permission": "charges.approve", "approval": True}
NUM_DAYS_OF_NOTICES: Final = 40
Amount = Annotated[int, msgspec.Meta(ge=1, le=50_000_000_000)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class ItemIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of a charge."""

    name: Name
    amount_vnd: Amount


class DoorIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a courier collects."""

    address: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    wanted_on: date
    phone: Annotated[str, msgspec.Meta(max_length=20)] = ""


class ChargeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A charge to be owed, paid at a counter or, with `door`, to a courier."""

    kind: ChargeKind
    payer_name: Name
    items: Annotated[list[ItemIn], msgspec.Meta(min_length=1, max_length=50)]
    payee_id: UUID | None = None
    external_key: Annotated[str, msgspec.Meta(max_length=60)] = ""
    payer_tax_code: Annotated[str, msgspec.Meta(max_length=20)] = ""
    period: Annotated[str, msgspec.Meta(max_length=40)] = ""
    due_on: date | None = None
    door: DoorIn | None = None


class Collect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cash taken at the counter; the id is made before the first try."""

    id: UUID
    amount_vnd: Amount


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why."""

    reason: Words


class Propose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What another person is to approve."""

    kind: ProposalKind
    subject_id: UUID
    note: Words
    charge_id: UUID | None = None
    bank_reference: Annotated[str, msgspec.Meta(max_length=64)] = ""


class Issued(msgspec.Struct, frozen=True):
    """The receipt that was issued."""

    receipt_id: UUID


class Made(msgspec.Struct, frozen=True):
    """The id of what was made."""

    id: UUID


class ChargeList(msgspec.Struct, frozen=True):
    """Charges, and where the next page begins."""

    items: list[ChargeOut]
    next_on: date | None
    next_id: UUID | None


class ChargeDetail(msgspec.Struct, frozen=True):
    """A charge with each time money came for it."""

    charge: ChargeOut
    payee: Payee | None
    collections: list[Collected]


class Qr(msgspec.Struct, frozen=True):
    """A VietQR to show full screen."""

    payload: str
    reference: str
    amount_vnd: int


class Waiting(msgspec.Struct, frozen=True):
    """What waits for people: money in doubt, proposals, misfit notices, receipts to issue."""

    doubts: list[Collected]
    proposals: list[Proposal]
    notices: list[Notice]
    charges: list[ChargeOut]
    """What the others are about, as far as it is known."""
    unreceipted: list[ChargeOut]
    """Money of the state that a bank told of while the office had no receipt number left."""


def staff_of(actor: Actor) -> UUID:
    """Return who acts; the guard lets staff in only."""
    assert actor.id is not None, "the guard lets staff in"
    return actor.id


class ChargeController(Controller):
    """What is owed, and the counter."""

    path = "/api/cash/v1/charges"
    tags = ("charges",)

    @get(operation_id="charges_list", opt=READ)
    async def list_charges(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office_id: FromQuery[UUID | None] = None,
        charge_state: FromQuery[ChargeState | None] = None,
        kind: FromQuery[ChargeKind | None] = None,
        q: FromQuery[str] = "",
        after_on: FromQuery[date | None] = None,
        after_id: FromQuery[UUID | None] = None,
    ) -> ChargeList:
        """Return charges, the oldest first, a page at a time; `q` is a name, key or reference."""
        after = None if after_on is None or after_id is None else (after_on, after_id)
        items = await store.list_charges(
            conn,
            desk_office(actor, office_id),
            state=charge_state,
            kind=kind,
            q=q.strip()[:200],
            after=after,
        )
        if len(items) < store.NUM_LISTED:
            return ChargeList([charge_out(one) for one in items], None, None)
        last = items[-1]
        return ChargeList([charge_out(one) for one in items], last.due_on, last.id)

    @post(operation_id="charges_add", opt=WRITE)
    async def add(
        self,
        data: JSONBody[ChargeIn],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Made:
        """Let something be owed. 422 by what is wrong, 409 `charge_known`."""
        office_id = desk_office(actor, None)
        door = None
        if data.door is not None:
            door = await doors.make_door(
                conn,
                state.house.sealer,
                office_id,
                name=data.payer_name,
                phone=data.door.phone,
                address=data.door.address,
                wanted_on=data.door.wanted_on,
                now=now,
            )
        new = NewCharge(
            office_id=office_id,
            id=new_id(),
            kind=data.kind,
            payee_id=data.payee_id,
            payer_name=data.payer_name,
            payer_tax_code=data.payer_tax_code,
            items=[Item(item.name, item.amount_vnd) for item in data.items],
            external_key=data.external_key,
            period=data.period,
            due_on=data.due_on or service_day(now),
            made_by=staff_of(actor),
            door=door,
        )
        ids = await owing.add_many(conn, [new], now=now)
        if not ids:
            raise Conflict("charge_known")
        return Made(ids[0])

    @get("/waiting", operation_id="charges_list_waiting", opt=READ)
    async def list_waiting(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        outcome: FromQuery[NoticeOutcome | None] = None,
    ) -> Waiting:
        """Return money in doubt, proposals, what banks told of late, receipts to be issued."""
        office_id = desk_office(actor, None)
        since = datetime.fromtimestamp(now.timestamp() - NUM_DAYS_OF_NOTICES * 86_400, now.tzinfo)
        doubts = await store.list_doubts(conn, office_id)
        asked = await proposals.list_proposals(conn, office_id)
        notices = await store.list_notices(conn, office_id, since, outcome=outcome)
        # A proposal names the charge itself, or money in doubt that is among the doubts.
        about = [one.charge_id for one in doubts] + [one.charge_id for one in notices]
        about += [id for one in asked for id in (one.charge_id, one.subject_id)]
        ids = {id for id in about if id is not None}
        named = await store.list_named(conn, office_id, sorted(ids))
        unreceipted = await store.list_unreceipted(conn, office_id)
        seen = ([charge_out(one) for one in some] for some in (named, unreceipted))
        return Waiting(doubts, asked, notices, *seen)

    @post("/proposals", operation_id="charges_propose", opt=COLLECT)
    async def propose(
        self,
        data: JSONBody[Propose],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Made:
        """Ask a second person. 404, 409 `proposal_open`, `doubt_answered`, `charge_not_due`."""
        id = await proposing.propose(
            conn,
            desk_office(actor, None),
            data.kind,
            data.subject_id,
            note=data.note,
            by=staff_of(actor),
            charge_id=data.charge_id,
            bank_reference=data.bank_reference,
            now=now,
        )
        return Made(id)

    @post(
        "/proposals/{proposal_id:uuid}/approve",
        operation_id="charges_approve",
        opt=APPROVE,
        status_code=204,
    )
    async def approve(
        self,
        proposal_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Do what another person proposed. 409 `approved_by_maker`, `proposal_ended`."""
        await proposing.approve(
            conn, desk_office(actor, None), proposal_id, by=staff_of(actor), now=now
        )

    @post(
        "/proposals/{proposal_id:uuid}/refuse",
        operation_id="charges_refuse",
        opt=COLLECT,
        status_code=204,
    )
    async def refuse(
        self,
        proposal_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Let a proposal go. 409 `proposal_ended`."""
        await proposing.refuse(
            conn, desk_office(actor, None), proposal_id, by=staff_of(actor), now=now
        )

    @get("/{charge_id:uuid}", operation_id="charges_get", opt=READ)
    async def get_charge(
        self,
        charge_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
    ) -> ChargeDetail:
        """Return a charge with each time money came for it."""
        office_id = desk_office(actor, None)
        charge = await store.find_charge(conn, office_id, charge_id)
        if charge is None:
            raise NotFound()
        payee = charge.payee_id and await store.find_payee(conn, office_id, charge.payee_id)
        held = await store.list_collections(conn, office_id, charge_id)
        return ChargeDetail(charge_out(charge), payee or None, held)

    @post("/{charge_id:uuid}/collect", operation_id="charges_collect", opt=COLLECT, status_code=200)
    async def collect(
        self,
        charge_id: FromPath[UUID],
        data: JSONBody[Collect],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Outcome:
        """Take cash into the drawer. 409 `charge_collected`, `charge_amount_differs`."""
        collection = Collection(
            office_id=desk_office(actor, None),
            id=data.id,
            charge_id=charge_id,
            amount_vnd=data.amount_vnd,
        )
        source = Source(at=now, received_at=now, staff_id=staff_of(actor))
        return await collecting.collect(conn, collection, source)

    @post(
        "/{charge_id:uuid}/receipt",
        operation_id="charges_issue_receipt",
        opt=COLLECT,
        status_code=200,
    )
    async def issue_receipt(
        self,
        charge_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Issued:
        """Issue the receipt that is missing. 409 `receipt_not_owed`, `no_receipts_left`."""
        return Issued(
            await receipting.issue_missing(
                conn, desk_office(actor, None), charge_id, by=staff_of(actor), now=now
            )
        )

    @post("/{charge_id:uuid}/qr", operation_id="charges_show_qr", opt=COLLECT, status_code=200)
    async def show_qr(
        self,
        charge_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Qr:
        """Return the VietQR of a charge. 409 `no_bank_account`, `charge_collected`."""
        office_id = desk_office(actor, None)
        payload = await owing.get_qr(conn, office_id, charge_id, now=now)
        charge = await store.find_charge(conn, office_id, charge_id)
        assert charge is not None, "it was found just now"
        return Qr(payload, charge.reference, charge.amount_vnd)

    @post("/{charge_id:uuid}/cancel", operation_id="charges_cancel", opt=WRITE, status_code=204)
    async def cancel(
        self,
        charge_id: FromPath[UUID],
        data: JSONBody[Reason],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Let a charge be owed no longer. 409 `charge_not_due`."""
        await owing.cancel(conn, desk_office(actor, None), charge_id, reason=data.reason, now=now)


controllers: Final = (ChargeController,)
