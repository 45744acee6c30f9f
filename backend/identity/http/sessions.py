"""Signing in and out over HTTP, by password, by a phone's code, and in a demo by link."""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal, cast
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Redirect

from backend.identity import passwords
from backend.identity.access import Permission, list_permissions
from backend.identity.actions import devices, people, sessions
from backend.identity.model import HOUSE, Actor, OfficeCard, Opened, Role
from backend.identity.requests import (
    AnyRequest,
    count_hit,
    device_cookie,
    house_of,
    make_cookie,
    make_cookies,
    session_cookie,
)
from backend.kit.catalog import Locale
from backend.kit.errors import NotFound, Unauthenticated
from backend.kit.http import request_id
from backend.kit.rate import check_rate
from backend.kit.sql import Conn

# Limits of strangers: hits in a window of seconds (A14).
SIGN_IN_RATE: Final = (10, 60)
SIGN_IN_NAME_RATE: Final = (100, 3600)  # one name from many addresses
ENROL_RATE: Final = (10, 60)
RESUME_RATE: Final = (300, 60)  # a whole network of phones may share one address

HOME: Final[dict[Role, str]] = {
    "courier": "/courier/",
    "dispatcher": "/dispatch/",
    "cashier": "/cash/",
    "controller": "/cash/",
    "agency_officer": "/partner/",
}

ListOffices = Callable[[Conn], Awaitable[Sequence[Any]]]
"""Offices are known a floor above: `app.state.list_offices` is that room's, given by the app."""


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A user name and its password."""

    username: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class Enrol(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A one-time code as keyed in, dashes and blanks as people like, and the phone's name."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    device_label: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in, where, and what they may do."""

    staff_id: UUID
    username: str
    display_name: str
    role: Role
    badge: str | None
    office: OfficeCard
    offices: list[OfficeCard]
    permissions: list[Permission]
    locale: Locale
    device_id: UUID | None
    partner_id: UUID | None
    is_demo: bool
    factor: Literal["none", "needed", "given"]
    """Of the second factor: not set up, to be given, given in this session."""
    is_factor_required: bool
    server_at: datetime


async def _describe(state: State, conn: Conn, actor: Actor, now: datetime) -> Me:
    staff = await people.get_me(conn, actor)
    list_offices = cast(ListOffices, state.list_offices)
    cards = [
        msgspec.convert(office, OfficeCard, from_attributes=True)
        for office in await list_offices(conn)
        if actor.offices == "*" or office.id in actor.offices
    ]
    home = next((card for card in cards if card.id == staff.office_id), None)
    assert home is not None, "staff belongs to an office that exists"
    return Me(
        staff_id=staff.id,
        username=staff.username,
        display_name=staff.display_name,
        role=staff.role,
        badge=staff.badge,
        office=home,
        offices=cards,
        permissions=list_permissions(staff.role),
        locale=staff.locale,
        device_id=actor.device_id,
        partner_id=staff.partner_id,
        is_demo=staff.is_demo,
        factor="none" if not actor.has_factor else "given" if actor.factor_at else "needed",
        is_factor_required=state.house.settings.is_factor_required and staff.role != "courier",
        server_at=now,
    )


async def _describe_opened(state: State, conn: Conn, opened: Opened, now: datetime) -> Me:
    """Return `Me` as the session just begun will be read by the next request."""
    actor = await sessions.read_actor(conn, opened.session_token, now=now)
    assert actor is not None, "a session just begun holds"
    return await _describe(state, conn, actor, now)


class SessionController(Controller):
    """Signing in and out, for people at a desk and for couriers' phones."""

    path = "/api/identity/v1"
    tags = ("identity",)

    @post(
        "/sign-in", operation_id="identity_sign_in", opt={"permission": "public"}, status_code=200
    )
    async def sign_in(
        self,
        request: AnyRequest,
        state: State,
        data: JSONBody[SignIn],
        now: NamedDependency[datetime],
    ) -> Response[Me]:
        """Sign in by password. 401 `wrong_sign_in` for whatever is wrong, for the same work."""
        await count_hit(request, "sign-in", SIGN_IN_RATE)
        house = house_of(request)
        name = data.username.strip().lower()
        limit, window_s = SIGN_IN_NAME_RATE
        await check_rate(house.db, f"sign-in-name:{name}", limit=limit, window_s=window_s, now=now)
        async with house.db.transaction(actor=HOUSE.label, offices="*") as conn:
            login = await sessions.find_login(conn, name)
        # Compared between two transactions: no connection waits for a hash.
        password_hash = None if login is None else login.password_hash
        is_match = await passwords.matches(password_hash, data.password)
        me = None
        async with house.db.transaction(actor=HOUSE.label, offices="*") as conn:
            opened = await sessions.sign_in(
                conn, login, is_match=is_match, now=now, request_id=request_id(request)
            )
            if opened is not None:
                me = await _describe_opened(state, conn, opened, now)
        if opened is None or me is None:
            raise Unauthenticated("wrong_sign_in")
        return Response(me, cookies=make_cookies(house, opened, now))

    @post("/enrol", operation_id="identity_enrol", opt={"permission": "public"}, status_code=200)
    async def enrol(
        self,
        request: AnyRequest,
        state: State,
        data: JSONBody[Enrol],
        now: NamedDependency[datetime],
    ) -> Response[Me]:
        """Enrol a courier's phone by its one-time code. 401 `wrong_code` for any wrong code."""
        await count_hit(request, "enrol", ENROL_RATE)
        house = house_of(request)
        me = None
        async with house.db.transaction(actor=HOUSE.label, offices="*") as conn:
            opened = await devices.enrol(
                conn,
                data.code,
                device_label=data.device_label,
                now=now,
                request_id=request_id(request),
                device_token=request.cookies.get(device_cookie(house), ""),
            )
            if opened is not None:
                me = await _describe_opened(state, conn, opened, now)
        if opened is None or me is None:
            raise Unauthenticated("wrong_code")
        return Response(me, cookies=make_cookies(house, opened, now))

    @post(
        "/resume",
        operation_id="identity_resume",
        opt={"permission": "public", "pool": "phones"},
        status_code=200,
    )
    async def resume(
        self, request: AnyRequest, state: State, now: NamedDependency[datetime]
    ) -> Response[Me]:
        """Begin a new session on an enrolled phone. 401 `sign_in_first` without one."""
        await count_hit(request, "resume", RESUME_RATE)
        house = house_of(request)
        token = request.cookies.get(device_cookie(house), "")
        async with house.phones.transaction(actor=HOUSE.label, offices="*") as conn:
            opened = await devices.resume(conn, token, now=now)
            if opened is None:
                raise Unauthenticated("sign_in_first")
            me = await _describe_opened(state, conn, opened, now)
        return Response(me, cookies=make_cookies(house, opened, now))

    @post(
        "/sign-out",
        operation_id="identity_sign_out",
        opt={"permission": "me.sign_out", "before_factor": True},
        status_code=204,
    )
    async def sign_out(
        self, request: AnyRequest, conn: NamedDependency[Conn], now: NamedDependency[datetime]
    ) -> Response[None]:
        """End this session; an enrolled phone stays enrolled."""
        house = house_of(request)
        name = session_cookie(house)
        await sessions.sign_out(conn, request.cookies.get(name, ""), now=now)
        return Response(None, cookies=[make_cookie(house, name, "", max_age_s=0)])

    @get("/me", operation_id="identity_me", opt={"permission": "me.read", "before_factor": True})
    async def me(
        self,
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Me:
        """Return who is signed in."""
        return await _describe(state, conn, actor, now)


class DemoController(Controller):
    """The printed links that sign a demo person in; there are none outside demo mode."""

    include_in_schema = False

    @get("/demo/{username:str}", opt={"permission": "public"})
    async def open_demo(
        self,
        request: AnyRequest,
        username: FromPath[str],
        now: NamedDependency[datetime],
        key: FromQuery[str] = "",
    ) -> Redirect:
        """Sign a demo person in and lead to their app; 404 for all that is not right."""
        house = house_of(request)
        expected = house.settings.demo_key
        if not house.settings.is_demo or not expected:
            raise NotFound
        if not hmac.compare_digest(key.encode(), expected.encode()):
            raise NotFound
        async with house.db.transaction(actor=HOUSE.label, offices="*") as conn:
            opened = await devices.open_demo(
                conn, username, device_token=request.cookies.get(device_cookie(house)), now=now
            )
        if opened is None:
            raise NotFound
        return Redirect(
            HOME.get(opened.role, "/"), status_code=303, cookies=make_cookies(house, opened, now)
        )
