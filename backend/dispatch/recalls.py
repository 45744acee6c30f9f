"""Stops given to another courier, and what came of it, for the dispatcher."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from backend import identity, rounds
from backend.dispatch.actions import REASSIGNED
from backend.dispatch.model import Reassigned
from backend.identity import Actor, AuditEntry, desk_office
from backend.kit import jobs
from backend.kit.sql import Conn
from backend.rounds import OpenPassing, Recall


class Reassign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is to have the stop."""

    courier_id: UUID


class ReassignedStop(msgspec.Struct, frozen=True):
    """The stop as it stands on the new courier's round."""

    stop_id: UUID


class RecallList(msgspec.Struct, frozen=True):
    """Conflicts first, then what waits for a phone to let go."""

    items: list[Recall]


class PassingList(msgspec.Struct, frozen=True):
    """The oldest first."""

    items: list[OpenPassing]


class GiveUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the dispatcher has heard from the two."""

    note: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the dispatcher makes of a conflict."""

    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Waive(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a round may leave so."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class RecallController(Controller):
    """Take stops from one courier for another; nothing done meanwhile is lost."""

    path = "/api/dispatch/v1"
    tags = ("dispatch",)

    @post(
        "/stops/{stop_id:uuid}/reassign",
        operation_id="dispatch_reassign",
        opt={"permission": "plans.publish"},
        status_code=200,
    )
    async def reassign(
        self,
        stop_id: FromPath[UUID],
        data: JSONBody[Reassign],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> ReassignedStop:
        """Give what is left to do at a stop to another courier's round of that day.

        409 `same_courier`, `nothing_open`, `no_round`, `round_closed`, `item_with_courier`.
        """
        assert actor.id is not None, "staff reassigns"
        office_id = desk_office(actor, office)
        made = await rounds.reassign(
            conn,
            office_id=office_id,
            stop_id=stop_id,
            courier_id=data.courier_id,
            by=actor.id,
            now=now,
        )
        await identity.audit(
            conn,
            AuditEntry(
                office_id=office_id,
                at=now,
                action="stop.reassign",
                outcome="granted",
                actor_id=actor.id,
                object_kind="stop",
                object_id=stop_id,
            ),
        )
        await jobs.enqueue(conn, REASSIGNED, Reassigned(office_id, stop_id, made))
        return ReassignedStop(made)

    @post(
        "/rounds/{round_id:uuid}/storage-waiver",
        operation_id="dispatch_waive_storage",
        opt={"permission": "plans.publish"},
        status_code=204,
    )
    async def waive_storage(
        self,
        round_id: FromPath[UUID],
        data: JSONBody[Waive],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> None:
        """Let a round with money leave on a phone that does not promise to keep its storage.

        409 `round_closed`. Said again it changes nothing.
        """
        assert actor.id is not None, "staff waives"
        office_id = desk_office(actor, office)
        await rounds.waive_storage(
            conn, office_id, round_id, reason=data.reason, by=actor.id, now=now
        )
        await identity.audit(
            conn,
            AuditEntry(
                office_id=office_id,
                at=now,
                action="round.waive_storage",
                outcome="granted",
                actor_id=actor.id,
                object_kind="round",
                object_id=round_id,
            ),
        )

    @get("/recalls", operation_id="dispatch_list_recalls", opt={"permission": "board.read"})
    async def list_recalls(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> RecallList:
        """Return what phones have not let go of yet, and conflicts nobody has looked at."""
        return RecallList(await rounds.list_recalls(conn, desk_office(actor, office)))

    @post(
        "/recalls/{recall_id:uuid}/look",
        operation_id="dispatch_look",
        opt={"permission": "held.decide"},
        status_code=204,
    )
    async def look(
        self,
        recall_id: FromPath[UUID],
        data: JSONBody[Look],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> None:
        """Close a conflict: somebody has seen that the first courier's proof won."""
        assert actor.id is not None, "staff looks"
        await rounds.look(
            conn,
            office_id=desk_office(actor, office),
            recall_id=recall_id,
            by=actor.id,
            note=data.note,
            now=now,
        )

    @get("/passings", operation_id="dispatch_list_passings", opt={"permission": "board.read"})
    async def list_passings(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> PassingList:
        """Return what couriers handed each other on the road and one alone has reported."""
        return PassingList(await rounds.list_open_passings(conn, desk_office(actor, office)))

    @post(
        "/passings/{passing_id:uuid}/give-up",
        operation_id="dispatch_give_up_passing",
        opt={"permission": "held.decide"},
        status_code=204,
    )
    async def give_up(
        self,
        passing_id: FromPath[UUID],
        data: JSONBody[GiveUp],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> None:
        """End a hand-over that is open: the books' holder keeps the items. 404 where none is."""
        assert actor.id is not None, "staff gives up"
        office_id = desk_office(actor, office)
        await rounds.give_up_passing(
            conn, office_id, passing_id, by=actor.id, note=data.note, now=now
        )
        await identity.audit(
            conn,
            AuditEntry(
                office_id=office_id,
                at=now,
                action="passing.give_up",
                outcome="granted",
                actor_id=actor.id,
                object_kind="passing",
                object_id=passing_id,
            ),
        )
