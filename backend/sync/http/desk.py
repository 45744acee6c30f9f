"""What phones hold and what is held of theirs, over HTTP, for the desk and its second person."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from backend.house import House
from backend.identity import Actor, desk_office
from backend.kit.sql import Conn
from backend.sync.actions import desk, held
from backend.sync.model import HeldLease, HeldProposal
from backend.sync.store import list_held_proposals


class HeldLeases(msgspec.Struct, frozen=True):
    """Every list that a phone of the office holds, the oldest first."""

    leases: list[HeldLease]


class AskRelease(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a list is to be taken from its phone."""

    reason: Annotated[str, msgspec.Meta(max_length=500)]


class AskedRelease(msgspec.Struct, frozen=True):
    """What a second person is to decide."""

    proposal_id: UUID


class Decide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A second person's word."""

    is_allowed: bool


class LeaseController(Controller):
    """Lists at phones, and taking one back by two people (reliability 1.5)."""

    path = "/api/cash/v1/leases"
    tags = ("cash",)

    @get("/", operation_id="cash_list_leases", opt={"permission": "leases.read"})
    async def list_leases(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> HeldLeases:
        """Return what phones hold, when each was last heard of, and what was asked."""
        return HeldLeases(await desk.list_held(conn, desk_office(actor, office)))

    @post(
        "/{lease_id:uuid}/proposals",
        operation_id="cash_ask_lease",
        opt={"permission": "leases.ask"},
    )
    async def ask(
        self,
        lease_id: FromPath[UUID],
        data: JSONBody[AskRelease],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> AskedRelease:
        """Ask a second person. 409 `needs_reason`, `lease_released`, `lease_asked`."""
        assert actor.id is not None, "staff asks"
        made = await desk.ask_release(
            conn,
            office_id=desk_office(actor, office),
            lease_id=lease_id,
            reason=data.reason,
            by=actor.id,
            now=now,
        )
        return AskedRelease(made)

    @post(
        "/proposals/{proposal_id:uuid}/decide",
        operation_id="cash_decide_lease",
        opt={"permission": "cash.approve", "approval": True},
        status_code=204,
    )
    async def decide(
        self,
        proposal_id: FromPath[UUID],
        data: JSONBody[Decide],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> None:
        """Take the list from its phone, or leave it there.

        409 `proposal_decided`, `approved_by_maker`.
        """
        assert actor.id is not None, "staff decides"
        await desk.decide_release(
            conn,
            office_id=desk_office(actor, office),
            proposal_id=proposal_id,
            is_allowed=data.is_allowed,
            by=actor.id,
            now=now,
        )


class HeldProposals(msgspec.Struct, frozen=True):
    """Held facts of money, and what one person makes of each."""

    proposals: list[HeldProposal]


class HeldController(Controller):
    """Held facts of money: what one person made of them, a second one allows."""

    path = "/api/cash/v1/held"
    tags = ("cash",)

    @get("/", operation_id="cash_list_held", opt={"permission": "cash.read"})
    async def list_held(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> HeldProposals:
        """Return what waits for a second person."""
        return HeldProposals(await list_held_proposals(conn, desk_office(actor, office)))

    @post(
        "/proposals/{proposal_id:uuid}/decide",
        operation_id="cash_decide_held",
        opt={"permission": "cash.approve", "approval": True},
        status_code=204,
    )
    async def decide(
        self,
        proposal_id: FromPath[UUID],
        data: JSONBody[Decide],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> None:
        """Let the fact count, or be set aside, as was asked; or leave it held.

        409 `proposal_decided`, `approved_by_maker`, `not_held`, and what stands against the fact.
        """
        house: House = state.house
        assert actor.id is not None, "staff decides"
        await held.decide_asked(
            conn,
            office_id=desk_office(actor, office),
            proposal_id=proposal_id,
            is_allowed=data.is_allowed,
            by=actor.id,
            now=now,
            sealer=house.sealer,
        )


controllers: Final = (LeaseController, HeldController)
