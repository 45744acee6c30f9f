"""The second factor of who is signed in, over HTTP."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from backend.identity.actions import factors
from backend.identity.model import Actor
from backend.identity.requests import AnyRequest, house_of, session_cookie
from backend.kit.errors import Conflict, NotFound
from backend.kit.sql import Conn


class Confirm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A one-time code of six digits."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$")]


class NewFactor(msgspec.Struct, frozen=True):
    """A second factor to be set up: its secret, and the address an app reads as a QR."""

    secret: str
    uri: str


class DemoCode(msgspec.Struct, frozen=True):
    """The code of the moment of a demo person."""

    code: str


BEFORE_FACTOR: Final = {"permission": "me.factor", "before_factor": True}


class FactorController(Controller):
    """The second factor of who is signed in."""

    path = "/api/identity/v1"
    tags = ("identity",)

    @post("/factor", operation_id="identity_begin_factor", opt=BEFORE_FACTOR)
    async def begin(
        self,
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> NewFactor:
        """Begin to set a second factor up; its first code confirms it. 409 `factor_known`."""
        secret, uri = await factors.begin(conn, state.house.sealer, actor, now=now)
        return NewFactor(secret, uri)

    @post("/confirm", operation_id="identity_confirm", opt=BEFORE_FACTOR, status_code=204)
    async def confirm(
        self,
        request: AnyRequest,
        data: JSONBody[Confirm],
        actor: NamedDependency[Actor],
        now: NamedDependency[datetime],
    ) -> None:
        """Give the code. 409 `wrong_factor`, `factor_locked` after five, `no_factor`."""
        house = house_of(request)
        token = request.cookies.get(session_cookie(house), "")
        # A transaction of its own: a wrong code counts, though the answer refuses it.
        async with house.db.transaction(actor=actor.label, offices=actor.offices) as conn:
            outcome = await factors.confirm(conn, house.sealer, actor, token, data.code, now=now)
        if outcome != "granted":
            raise Conflict(outcome)

    @get("/demo-code", operation_id="identity_demo_code", opt=BEFORE_FACTOR)
    async def demo_code(
        self,
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> DemoCode:
        """Return the code of the moment to a demo person; 404 for all others."""
        if not state.house.settings.is_demo:
            raise NotFound
        return DemoCode(await factors.demo_code(conn, state.house.sealer, actor, now=now))

    @post(
        "/staff/{staff_id:uuid}/factor/reset",
        operation_id="identity_reset_factor",
        opt={"permission": "staff.write", "approval": True},
        status_code=204,
    )
    async def reset(
        self,
        staff_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Take away the second factor of somebody who lost it."""
        await factors.reset(conn, actor, staff_id, now=now)
