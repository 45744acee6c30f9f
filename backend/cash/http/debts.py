"""Debts, surpluses and proposals of cash over HTTP, for the cashier and the controller."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from backend.cash import sheets, store
from backend.cash.actions import asking, debts
from backend.cash.http.desk import APPROVE, COUNT, ISSUE, READ, CountedNotes, Office
from backend.cash.http.looking import PDF
from backend.cash.http.people import by_of
from backend.cash.model import AskedOfCash, Debt, DebtLine, ProposalKind, read_notes
from backend.identity import Actor, desk_office
from backend.kit.clock import service_day
from backend.kit.http import REPORTS
from backend.kit.sql import Conn

Amount = Annotated[int, msgspec.Meta(ge=1, le=50_000_000_000)]


class Debts(msgspec.Struct, frozen=True):
    """What counts left open."""

    debts: list[Debt]
    surplus_vnd: int
    """In the drawer, and nobody's yet."""
    loss_vnd: int
    """Written off: the office bears it."""


class Repaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Notes for a debt, counted at the desk."""

    id: UUID
    """Made by the screen: asked again under the same one, nothing is taken twice."""
    notes: CountedNotes


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked of a second person; each kind needs its own part."""

    kind: ProposalKind
    reason: Annotated[str, msgspec.Meta(max_length=500)]
    day: date | None = None
    """Of `reopen_day`."""
    subject_id: UUID | None = None
    """Of `write_off` and `set_limit`: whose."""
    amount_vnd: Amount | None = None
    """Of all but `reopen_day`."""


class Asked(msgspec.Struct, frozen=True):
    """What a second person is to decide."""

    proposal_id: UUID


class Decide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A second person's word."""

    is_allowed: bool


class DebtController(Controller):
    """Who owes the drawer, and what two people make of debts, surpluses, limits, closed days."""

    path = "/api/cash/v1"
    tags = ("cash",)

    @get("/debts", operation_id="cash_list_debts", opt=READ)
    async def list_debts(
        self, actor: NamedDependency[Actor], conn: NamedDependency[Conn], office: Office = None
    ) -> Debts:
        """Return who owes how much, and the surplus of the drawer."""
        office_id = desk_office(actor, office)
        return Debts(
            await debts.list_debts(conn, office_id),
            await debts.find_surplus_vnd(conn, office_id),
            await debts.find_loss_vnd(conn, office_id),
        )

    @get("/debts/{owner_id:uuid}/lines", operation_id="cash_list_debt", opt=READ)
    async def list_lines(
        self,
        owner_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: Office = None,
    ) -> list[DebtLine]:
        """Return what made somebody's debt more and less. 404 for nobody of the office."""
        return await debts.list_lines(conn, desk_office(actor, office), owner_id)

    @get(
        "/debts/repayments/{transfer_id:uuid}/slip",
        operation_id="cash_print_repayment",
        opt=READ | REPORTS,
        media_type=PDF,
    )
    async def print_repayment(
        self,
        transfer_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: Office = None,
    ) -> Response[bytes]:
        """Return the slip of notes taken for a debt, as PDF."""
        paper = await sheets.print_repayment(
            conn, desk_office(actor, office), transfer_id, today=service_day(now)
        )
        headers = {"content-disposition": f'inline; filename="phieu-thu-{transfer_id}.pdf"'}
        return Response(paper, media_type=PDF, headers=headers)

    @post("/debts/{owner_id:uuid}/repay", operation_id="cash_repay", opt=ISSUE, status_code=204)
    async def repay(
        self,
        owner_id: FromPath[UUID],
        data: JSONBody[Repaid],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: Office = None,
    ) -> None:
        """Take notes for a debt into the drawer. 409 `over_debt`, `transfer_differs`."""
        await debts.repay(
            conn,
            office_id=desk_office(actor, office),
            id=data.id,
            owner_id=owner_id,
            notes=read_notes(data.notes),
            by=by_of(actor),
            now=now,
        )

    @get("/proposals", operation_id="cash_list_proposals", opt=READ)
    async def list_proposals(
        self, actor: NamedDependency[Actor], conn: NamedDependency[Conn], office: Office = None
    ) -> list[AskedOfCash]:
        """Return what waits for a second person."""
        return await store.list_proposals(conn, desk_office(actor, office))

    @post("/proposals", operation_id="cash_propose", opt=COUNT)
    async def propose(
        self,
        data: JSONBody[Ask],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: Office = None,
    ) -> Asked:
        """Ask a second person.

        409 `needs_reason`, `proposal_incomplete`, `own_matter`, `already_asked`,
        `over_debt`, `over_surplus`, `day_not_closed`; 404 for nobody of the office.
        """
        made = await asking.propose(
            conn,
            office_id=desk_office(actor, office),
            kind=data.kind,
            reason=data.reason,
            day=data.day,
            subject_id=data.subject_id,
            amount_vnd=data.amount_vnd,
            by=by_of(actor),
            now=now,
        )
        return Asked(made)

    @post(
        "/proposals/{proposal_id:uuid}/decide",
        operation_id="cash_decide",
        opt=APPROVE,
        status_code=204,
    )
    async def decide(
        self,
        proposal_id: FromPath[UUID],
        data: JSONBody[Decide],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: Office = None,
    ) -> None:
        """Do what another person asked, or decline it.

        409 `proposal_decided`, `approved_by_maker`, and what stands against it by now.
        """
        await asking.decide(
            conn,
            office_id=desk_office(actor, office),
            proposal_id=proposal_id,
            is_allowed=data.is_allowed,
            by=by_of(actor),
            now=now,
        )
