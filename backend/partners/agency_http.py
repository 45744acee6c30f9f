"""The agency officer's calls."""

from datetime import datetime
from typing import Final
from uuid import UUID

from litestar import Controller, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from backend.identity import Actor
from backend.kit.sql import Conn
from backend.partners import agency
from backend.partners.agency_model import (
    AgencyAnswer,
    Expected,
    HandedResults,
    NewRecord,
    Signed,
    TakenResults,
)


class AgencyController(Controller):
    """Receive dossiers by count, hand results over by count, answer."""

    path = "/api/partner/v1"
    tags = ("partner",)

    @get("/expected", operation_id="partner_list_expected", opt={"permission": "agency.read"})
    async def list_expected(
        self, actor: NamedDependency[Actor], conn: NamedDependency[Conn]
    ) -> Expected:
        """Return what lies at the office for this agency, and what it holds from us."""
        return await agency.list_expected(conn, actor)

    @post("/records", operation_id="partner_receive", opt={"permission": "agency.receive"})
    async def receive(
        self,
        data: JSONBody[NewRecord],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Signed:
        """Sign for dossiers the post hands over; the record's time is the legal one."""
        return await agency.receive(conn, actor, data, now)

    @post("/results", operation_id="partner_hand_over", opt={"permission": "agency.hand_over"})
    async def hand_over(
        self,
        data: JSONBody[HandedResults],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> TakenResults:
        """Sign for results given to the post; each becomes an errand to a door."""
        return await agency.hand_over(conn, state.house.sealer, actor, data, now)

    @post(
        "/dossiers/{errand_id:uuid}/state",
        operation_id="partner_answer",
        opt={"permission": "agency.answer"},
        status_code=204,
    )
    async def answer(
        self,
        errand_id: FromPath[UUID],
        data: JSONBody[AgencyAnswer],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Set the agency's side of a dossier. 409 `agency_state_conflict`."""
        await agency.answer(conn, actor, errand_id, data, now)


controllers: Final = (AgencyController,)
