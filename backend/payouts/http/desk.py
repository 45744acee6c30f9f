"""What the desk alone does: pay at the counter, book an agency's money, sittings, doubts."""

from datetime import datetime
from uuid import UUID

from litestar import Controller, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from backend import identity
from backend.house import House
from backend.identity import Actor, AuditEntry, desk_office
from backend.kit.clock import service_day
from backend.kit.errors import NotFound
from backend.kit.sql import Conn
from backend.payouts import store
from backend.payouts.actions import lists, pay, places, proposals
from backend.payouts.actions.places import person_key
from backend.payouts.http.wire import (
    CloseAsked,
    ClosedOut,
    Decided,
    FundAsked,
    MadeOut,
    MinutesAsked,
    PaidOut,
    PayAsked,
    PayoutOut,
    ProposalAsked,
    Search,
    SittingAsked,
    payout_out,
)
from backend.payouts.model import Payment, Sitting, Source
from backend.payouts.rows import OpenDoubt, OpenProposal

PATH = "/api/cash/v1/payouts"


class CounterController(Controller):
    """Pay at the counter and at sittings."""

    path = PATH
    tags = ("payouts",)

    @post(
        "/search",
        operation_id="payouts_search",
        opt={"permission": "payouts.pay"},
        status_code=200,
    )
    async def search(
        self,
        data: JSONBody[Search],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> list[PayoutOut]:
        """Return what a person with this identity number is owed here; who looked is noted."""
        house: House = state.house
        office_id = desk_office(actor, office)
        found = await store.find_by_person(
            conn, office_id, person_key(house.sealer, data.id_number)
        )
        entry = AuditEntry(
            office_id=office_id,
            at=now,
            action="payouts.search",
            outcome=str(len(found)),
            actor_id=actor.id,
        )
        await identity.audit(conn, entry)
        paid = await store.list_payments_of(conn, office_id, [payout.id for payout in found])
        shown = []
        for payout in found:
            batch = await lists.get_list(conn, office_id, payout.list_id)
            scheme = await store.scheme_of(conn, batch)
            shown.append(payout_out(payout, paid.get(payout.id), scheme.settings, service_day(now)))
        return shown

    @post(
        "/{payout_id:uuid}/pay",
        operation_id="payouts_pay",
        opt={"permission": "payouts.pay"},
        status_code=200,
    )
    async def pay_out(
        self,
        payout_id: FromPath[UUID],
        data: JSONBody[PayAsked],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> PaidOut:
        """Pay from the drawer. 409 by what speaks against it; nothing is written then."""
        assert actor.id is not None, "staff pays"
        payment = Payment(
            office_id=desk_office(actor, office),
            id=data.id,
            payout_id=payout_id,
            amount_vnd=data.amount_vnd,
            place="counter" if data.sitting_id is None else "sitting",
            identity=data.identity,
            proxy=data.proxy,
            has_signature=bool(data.sign_citizen),
            num_photos=data.num_photos,
            sitting_id=data.sitting_id,
        )
        source = Source(at=now, received_at=now, by=actor.id)
        outcome = await pay.pay(conn, payment, source)
        assert outcome.payment_id is not None, "a counter refuses, it does not hold"
        return PaidOut(outcome.payment_id, outcome.state == "paid")

    @post(
        "/sittings",
        operation_id="payouts_open_sitting",
        opt={"permission": "payouts.pay"},
        status_code=201,
    )
    async def open_sitting(
        self,
        data: JSONBody[SittingAsked],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> MadeOut:
        """Open a payout at a place and day, before the agency's supervisor."""
        office_id = desk_office(actor, office)
        assert actor.id is not None, "staff opens"
        partner = await identity.get_partner(conn, data.partner_id)
        if partner.office_id != office_id:
            raise NotFound()
        sitting = Sitting(
            office_id=office_id,
            id=data.id,
            partner_id=data.partner_id,
            place=data.place,
            held_on=data.held_on,
            supervisor=data.supervisor,
            opened_by=actor.id,
            opened_at=now,
            closed_at=None,
            num_paid=None,
            paid_vnd=None,
            note="",
        )
        await places.open_sitting(conn, sitting)
        return MadeOut(data.id)

    @post(
        "/sittings/{sitting_id:uuid}/close",
        operation_id="payouts_close_sitting",
        opt={"permission": "payouts.pay"},
        status_code=200,
    )
    async def close_sitting(
        self,
        sitting_id: FromPath[UUID],
        data: JSONBody[MinutesAsked],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> Sitting:
        """End a sitting by its minutes, signed by both sides. 422 `signature_needed`."""
        return await places.close_sitting(
            conn,
            office_id=desk_office(actor, office),
            sitting_id=sitting_id,
            note=data.note,
            supervisor=data.supervisor,
            sign_post=data.sign_post,
            sign_agency=data.sign_agency,
            now=now,
        )


class MoneyController(Controller):
    """An agency's money in and back, doubts, and what wants a second person."""

    path = PATH
    tags = ("payouts",)

    @post(
        "/lists/{list_id:uuid}/fund",
        operation_id="payouts_fund",
        opt={"permission": "payouts.fund"},
        status_code=201,
    )
    async def fund(
        self,
        list_id: FromPath[UUID],
        data: JSONBody[FundAsked],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> MadeOut:
        """Say that an agency's money for a draft list came; a second person has it booked.

        409 `list_not_draft`, `list_funded`, `fund_asked`, `needs_reason`.
        """
        assert actor.id is not None, "staff books"
        made = await proposals.propose_fund(
            conn,
            office_id=desk_office(actor, office),
            list_id=list_id,
            amount_vnd=data.amount_vnd,
            reference=data.reference,
            by=actor.id,
            now=now,
        )
        return MadeOut(made)

    @post(
        "/lists/{list_id:uuid}/close",
        operation_id="payouts_close",
        opt={"permission": "payouts.settle", "approval": True},
        status_code=200,
    )
    async def close(
        self,
        list_id: FromPath[UUID],
        data: JSONBody[CloseAsked],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> ClosedOut:
        """End a list: unpaid sums are carried over or go back. 409 `list_has_doubts`."""
        assert actor.id is not None, "staff closes"
        back_vnd = await lists.close(
            conn,
            office_id=desk_office(actor, office),
            list_id=list_id,
            unpaid=data.unpaid,
            by=actor.id,
            now=now,
        )
        return ClosedOut(back_vnd)

    @get("/doubts", operation_id="payouts_list_doubts", opt={"permission": "payouts.fund"})
    async def list_doubts(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> list[OpenDoubt]:
        """Return notes in doubt that wait for a person, oldest first."""
        return await store.list_doubts(conn, desk_office(actor, office))

    @get("/proposals", operation_id="payouts_list_proposals", opt={"permission": "payouts.fund"})
    async def list_proposals(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> list[OpenProposal]:
        """Return what waits for a second person, oldest first, and what it is about."""
        return await store.list_proposals(conn, desk_office(actor, office))

    @post(
        "/proposals",
        operation_id="payouts_propose",
        opt={"permission": "payouts.fund"},
        status_code=201,
    )
    async def propose(
        self,
        data: JSONBody[ProposalAsked],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> MadeOut:
        """Ask a second person to correct a payment, settle a doubt, refund or export a list."""
        assert actor.id is not None, "staff asks"
        made = await proposals.propose(
            conn,
            office_id=desk_office(actor, office),
            kind=data.kind,
            subject_id=data.subject_id,
            detail=data.detail,
            reason=data.reason,
            by=actor.id,
            now=now,
        )
        return MadeOut(made)

    @post(
        "/proposals/{proposal_id:uuid}/decide",
        operation_id="payouts_decide",
        opt={"permission": "payouts.settle", "approval": True},
        status_code=204,
    )
    async def decide(
        self,
        proposal_id: FromPath[UUID],
        data: JSONBody[Decided],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> None:
        """Allow what another asked, and do it, or refuse it. 409 `approved_by_maker`."""
        assert actor.id is not None, "staff decides"
        await proposals.decide(
            conn,
            office_id=desk_office(actor, office),
            proposal_id=proposal_id,
            is_allowed=data.is_allowed,
            by=actor.id,
            now=now,
        )


controllers = (CounterController, MoneyController)
