"""What every request passes through: who acts is told, then handed on with a transaction."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any, Final, cast

import msgspec
from litestar import Request
from litestar.datastructures import Cookie
from litestar.di import Provide
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult

from backend.house import House
from backend.identity import signatures
from backend.identity.access import Connection, judged_at
from backend.identity.actions import citizens, devices, sessions
from backend.identity.model import HOUSE, PUBLIC, Actor, Opened
from backend.kit.address import client_address
from backend.kit.catalog import Locale
from backend.kit.db import Db
from backend.kit.http import locale_of
from backend.kit.rate import check_rate
from backend.kit.sql import Conn

# Limits of strangers: hits in a window of seconds (A7).
LINK_RATE: Final = (30, 60)
LINK_MISS_RATE: Final = (10, 60)

DEVICE_COOKIE_S: Final = 400 * 24 * 3600  # the longest that browsers keep

AnyRequest = Request[Actor, None, Any]


def house_of(connection: Connection) -> House:
    """Return the house that serves this connection."""
    return cast(House, connection.app.state.house)


def pool_of(connection: Connection) -> Db:
    """Return the pool that serves this route (R4): a phone waits for no page and no list.

    Decided by the permission, or by `pool` where the route is open to everybody or makes a file.
    """
    house, opt = house_of(connection), connection.route_handler.opt
    permission = str(opt.get("permission"))
    if permission.startswith("phone.") or opt.get("pool") == "phones":
        return house.phones
    if permission == "citizen_link" or opt.get("pool") == "citizens":
        return house.citizens
    return house.reports if opt.get("pool") == "reports" else house.db


async def count_hit(connection: Connection, subject: str, rate: tuple[int, int]) -> None:
    """Count a hit of this address on `subject`; raise `TooMany` past the rate."""
    address = client_address(connection, house_of(connection).settings.trusted_proxies)
    limit, window_s = rate
    await check_rate(
        pool_of(connection),
        f"{subject}:{address}",
        limit=limit,
        window_s=window_s,
        now=judged_at(connection),
    )


class Authentication(AbstractAuthenticationMiddleware):
    """Tells who acts, from what the route declares; nothing is cached between requests (A1)."""

    async def authenticate_request(self, connection: Connection) -> AuthenticationResult:
        """Return the actor: of a session for staff's routes, of a link for citizens' routes."""
        declared = connection.route_handler.opt.get("permission")
        if connection.route_handler.opt.get("is_exchange"):
            # Full: said before anything is asked of the database.
            house_of(connection).exchanges.check()
        if declared == "public":
            found = None
        elif declared == "citizen_link":
            found = await _read_citizen(connection)
        else:
            found = await _read_staff(connection)
            if found is None and connection.route_handler.opt.get("by_device"):
                found = await _read_device(connection)
        stranger = msgspec.structs.replace(PUBLIC, locale=_locale(connection))
        return AuthenticationResult(user=found or stranger, auth=None)


async def _read_staff(connection: Connection) -> Actor | None:
    token = connection.cookies.get(session_cookie(house_of(connection)))
    if not token:
        return None
    async with pool_of(connection).transaction(actor=HOUSE.label, offices="*") as conn:
        return await sessions.read_actor(conn, token, now=judged_at(connection))


async def _read_device(connection: Connection) -> Actor | None:
    token = connection.cookies.get(device_cookie(house_of(connection)))
    if not token or signatures.HEADER not in connection.headers:
        return None
    async with pool_of(connection).transaction(actor=HOUSE.label, offices="*") as conn:
        return await devices.read_phone_actor(conn, token)


async def _read_citizen(connection: Connection) -> Actor | None:
    await count_hit(connection, "link", LINK_RATE)
    token = str(connection.path_params.get("token", ""))
    async with pool_of(connection).transaction(actor=HOUSE.label, offices="*") as conn:
        link = await citizens.find_link(conn, token, now=judged_at(connection))
    if link is None:
        await count_hit(connection, "link-miss", LINK_MISS_RATE)
        return None
    return Actor(
        kind="citizen",
        offices=(link.office_id,),
        office_id=link.office_id,
        link_errand_id=link.errand_id,
        locale=_locale(connection),
    )


def _locale(connection: Connection) -> Locale:
    return locale_of(cast(AnyRequest, connection))


async def provide_actor(request: AnyRequest) -> Actor:
    """Give a handler who acts."""
    return request.user


async def provide_now(request: AnyRequest) -> datetime:
    """Give a handler the instant of the request."""
    return judged_at(request)


async def provide_conn(request: AnyRequest) -> AsyncGenerator[Conn, None]:
    """Give a handler a transaction inside the actor's walls; commit when the handler returns."""
    actor = request.user
    async with pool_of(request).transaction(actor=actor.label, offices=actor.offices) as conn:
        yield conn


authentication_middleware = Authentication
dependencies: Final = {
    "actor": Provide(provide_actor),
    "now": Provide(provide_now),
    "conn": Provide(provide_conn),
}


def session_cookie(house: House) -> str:
    """Return the name of the cookie of a session."""
    return "__Host-tannoi" if house.settings.cookie_secure else "tannoi"


def device_cookie(house: House) -> str:
    """Return the name of the cookie of an enrolled phone."""
    return "__Host-tannoi-device" if house.settings.cookie_secure else "tannoi-device"


def make_cookie(house: House, name: str, value: str, *, max_age_s: int) -> Cookie:
    """Return a cookie that no script reads and no other site's form carries (A1)."""
    return Cookie(
        key=name,
        value=value,
        max_age=max_age_s,
        path="/",
        secure=house.settings.cookie_secure,
        httponly=True,
        samesite="lax",
    )


def make_cookies(house: House, opened: Opened, now: datetime) -> list[Cookie]:
    """Return the cookies of a session just begun, and of the phone if it was enrolled."""
    age_s = int((opened.expires_at - now).total_seconds())
    found = [make_cookie(house, session_cookie(house), opened.session_token, max_age_s=age_s)]
    if opened.device_token is not None:
        found.append(
            make_cookie(house, device_cookie(house), opened.device_token, max_age_s=DEVICE_COOKIE_S)
        )
    return found
