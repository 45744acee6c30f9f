"""Who may do what: one table, one function, and the guard that asks them (A4).

A route without a declared permission does not start; nothing is allowed by silence.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, Literal, cast, get_args
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.routes import ASGIRoute, HTTPRoute, WebSocketRoute

from backend.identity import rules, signatures
from backend.identity.model import Actor, Role
from backend.kit import clock
from backend.kit.errors import Forbidden, NotFound, Unauthenticated, Unsupported

Connection = ASGIConnection[Any, Any, Any, Any]

Permission = Literal[
    "me.read",
    "me.sign_out",
    "me.factor",
    "phone.key",
    "phone.exchange",
    "phone.snapshot",
    "phone.blob",
    "phone.wake",
    "phone.lease",
    "phone.colleagues",
    "phone.order",
    "errands.read",
    "couriers.read",
    "board.read",
    "plans.read",
    "communes.read",
    "custody.read",
    "phones.read",
    "errands.write",
    "errands.import",
    "plans.make",
    "plans.publish",
    "held.decide",
    "aside.read",
    "aside.look",
    "links.make",
    "points.pin",
    "codes.make",
    "staff.write",
    "proof_rules.read",
    "proof_rules.write",
    "cash.read",
    "cash.issue",
    "cash.count",
    "cash.approve",
    "leases.read",
    "leases.ask",
    "agency.read",
    "agency.receive",
    "agency.hand_over",
    "agency.answer",
    "payouts.read",
    "payouts.import",
    "payouts.approve",
    "payouts.pay",
    "payouts.fund",
    "payouts.settle",
    "charges.read",
    "charges.write",
    "charges.collect",
    "charges.approve",
    "charges.remit",
    "charges.set_up",
    "orders.read",
    "orders.take",
    "orders.pay",
    "orders.unlock",
    "receipts.allot",
    "receipts.read",
    "receipts.lease",
]
# What a route may declare besides: open to all, or opened by the `token` in its path.
OPEN: Final = frozenset({"public", "citizen_link"})

DEVICE_KEYS_REQUIRED = True
"""Every app registers a key before its first exchange (S20)."""

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
JSON_ONLY: Final = ("application/json",)

ALL_STAFF: Final[frozenset[Role]] = frozenset(get_args(Role))
OFFICE_ROLES: Final[frozenset[Role]] = ALL_STAFF - {"courier"}
COURIERS: Final[frozenset[Role]] = frozenset({"courier"})
DESK_READERS: Final[frozenset[Role]] = frozenset({"dispatcher", "controller", "administrator"})
DESK_WRITERS: Final[frozenset[Role]] = frozenset({"dispatcher", "administrator"})
ADMINISTRATORS: Final[frozenset[Role]] = frozenset({"administrator"})
DISPATCHERS: Final[frozenset[Role]] = frozenset({"dispatcher"})
CASHIERS: Final[frozenset[Role]] = frozenset({"cashier"})
CONTROLLERS: Final[frozenset[Role]] = frozenset({"controller"})
CASH: Final = CASHIERS | CONTROLLERS
CASH_READERS: Final = CASH | ADMINISTRATORS
AGENCY: Final[frozenset[Role]] = frozenset({"agency_officer"})

PERMISSIONS: Final[dict[Permission, frozenset[Role]]] = {
    "me.read": ALL_STAFF,
    "me.sign_out": ALL_STAFF,
    "me.factor": OFFICE_ROLES,
    "phone.key": COURIERS,
    "phone.exchange": COURIERS,
    "phone.snapshot": COURIERS,
    "phone.blob": COURIERS,
    "phone.wake": COURIERS,
    "phone.lease": COURIERS,
    "phone.colleagues": COURIERS,
    "phone.order": COURIERS,
    "errands.read": DESK_READERS,
    "couriers.read": DESK_READERS,
    "board.read": DESK_READERS,
    "plans.read": DESK_READERS,
    "communes.read": DESK_READERS,
    "custody.read": DESK_READERS,
    "phones.read": DESK_READERS,
    "errands.write": DESK_WRITERS,
    "errands.import": DESK_WRITERS,
    "plans.make": DESK_WRITERS,
    "plans.publish": DESK_WRITERS,
    "held.decide": DESK_WRITERS,
    "aside.read": DESK_READERS,
    "aside.look": DESK_WRITERS,
    "links.make": DESK_WRITERS,
    "points.pin": DESK_WRITERS,
    "codes.make": DESK_WRITERS,
    "staff.write": ADMINISTRATORS,
    "proof_rules.read": DESK_READERS,
    "proof_rules.write": ADMINISTRATORS,
    "cash.read": CASH,
    "cash.issue": CASHIERS,
    "cash.count": CASH,
    "cash.approve": CONTROLLERS,
    "leases.read": DISPATCHERS | CASH,
    "leases.ask": DISPATCHERS | CASHIERS,
    "agency.read": AGENCY,
    "agency.receive": AGENCY,
    "agency.hand_over": AGENCY,
    "agency.answer": AGENCY,
    "payouts.read": AGENCY | DESK_READERS | CASHIERS,
    "payouts.import": AGENCY,
    "payouts.approve": AGENCY | CONTROLLERS,
    "payouts.pay": CASHIERS,
    "payouts.fund": CASH,
    "payouts.settle": CONTROLLERS,
    "charges.read": CASH_READERS,
    "charges.write": CASH,
    "charges.collect": CASH,
    "charges.approve": CASH,
    "charges.remit": CASH,
    "charges.set_up": CONTROLLERS | ADMINISTRATORS,
    "orders.read": CASH_READERS,
    "orders.take": CASH,
    "orders.pay": CASH,
    "orders.unlock": CASH,
    "receipts.allot": CASH,
    "receipts.read": CASH_READERS,
    "receipts.lease": COURIERS,
}


def can(actor: Actor, permission: Permission, *, office_id: UUID | None = None) -> bool:
    """Return whether `actor` may use `permission`, on things of `office_id` where one is named."""
    if actor.kind == "house":
        return True
    if actor.role is None or actor.role not in PERMISSIONS[permission]:
        return False
    return office_id is None or actor.offices == "*" or office_id in actor.offices


def check_sees(actor: Actor, office_id: UUID) -> None:
    """Raise 404 for a thing of an office that is not the actor's: the first wall (A4)."""
    if actor.offices != "*" and office_id not in actor.offices:
        raise NotFound


def desk_office(actor: Actor, asked: UUID | None) -> UUID:
    """Return the office that a request is about: the one asked for, else the actor's own.

    Raises 404 for an office that is not the actor's to see.
    """
    if asked is not None:
        check_sees(actor, asked)
    office_id = asked or actor.office_id
    if office_id is None:
        raise NotFound
    return office_id


def list_permissions(role: Role) -> list[Permission]:
    """Return what a role may do, in the order of the table."""
    return [permission for permission, roles in PERMISSIONS.items() if role in roles]


class UndeclaredRoute(Exception):
    """A route that does not say who may use it: the service does not start."""


def check_routes(app: Litestar) -> None:
    """Refuse the start when a route declares no permission, or one that is not in the table.

    Raises
    ------
    UndeclaredRoute
        With every such route, and every `citizen_link` route without a `token` in its path.
    """
    faults = []
    for method, path, handler in list_routes(app):
        declared = handler.opt.get("permission")
        if declared not in OPEN and declared not in PERMISSIONS:
            faults.append(f"{method} {path} declares {declared!r}")
        if declared == "citizen_link" and "{token:str}" not in path:
            faults.append(f"{method} {path} has no {{token:str}}")
    if faults:
        raise UndeclaredRoute("; ".join(faults))


def list_routes(app: Litestar) -> Iterator[tuple[str, str, BaseRouteHandler]]:
    """Yield method, path and handler of every route; the framework's own OPTIONS left out."""
    for route in app.routes:
        match route:
            case HTTPRoute():
                for method, (handler, _) in route.route_handler_map.items():
                    if method != "OPTIONS":
                        yield method, route.path, handler
            case ASGIRoute() | WebSocketRoute():
                yield route.scope_type.value, route.path, route.route_handler


async def permission_guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let a request through to its handler, or refuse it.

    Refused: 403 `cross_site` and 415 `unsupported` for unsafe requests that are not our own
    pages' (A2); 401 `sign_in_first` without a session that holds; 403 `not_allowed` for a role
    without the permission; 404 for a citizen's link that opens nothing (A7); 401 `bad_signature`
    and `device_key_needed` where a route wants a phone's signature (S20); 401 `factor_to_set_up`,
    `second_factor_needed` and, on routes that approve money, `confirm_again` (A3).
    """
    if connection.scope.get("method") == "OPTIONS":
        return
    if connection.scope.get("method", "GET") not in SAFE_METHODS:
        # A machine of another house has no page and no cookie: it signs its messages (A13).
        if not handler.opt.get("webhook"):
            check_same_origin(connection)
        check_content_type(connection, handler.opt.get("takes", JSON_ONLY))
    declared = handler.opt.get("permission")
    actor = connection.user
    assert isinstance(actor, Actor), "the authentication middleware comes first"
    if declared == "public":
        return
    if declared == "citizen_link":
        if actor.kind != "citizen":
            raise NotFound
        return
    is_phone = actor.kind == "device" and handler.opt.get("by_device") is True
    if actor.kind != "staff" and not is_phone:
        raise Unauthenticated("sign_in_first")
    if declared not in PERMISSIONS or not can(actor, cast(Permission, declared)):
        raise Forbidden("not_allowed")
    if actor.kind == "staff" and not handler.opt.get("before_factor"):
        rules.check_factor(
            actor,
            is_approval=handler.opt.get("approval") is True,
            is_required=connection.app.state.house.settings.is_factor_required,
            now=judged_at(connection),
        )
    if handler.opt.get("signed") or is_phone:
        await check_signature(cast(Request[Any, Any, Any], connection), actor)


def judged_at(connection: Connection) -> datetime:
    """Return the one instant at which this request is judged; tests own the clock."""
    seen = connection.scope.setdefault("state", {})
    if "now" not in seen:
        seen["now"] = connection.app.state.get("clock", clock.now)()
    return cast(datetime, seen["now"])


async def check_signature(request: Request[Any, Any, Any], actor: Actor) -> None:
    """Raise 401 unless the request is signed by the key of the phone that sends it (S20).

    `bad_signature` without or with a wrong one, `device_key_needed` for a phone without a key.
    Without a session a key is always needed: the cookie alone is nobody (T15).
    """
    if actor.device_id is None:
        return
    if actor.device_key is None:
        if actor.kind == "device" or DEVICE_KEYS_REQUIRED:
            raise Unauthenticated("device_key_needed")
        return
    is_signed = signatures.is_signed(
        request.headers.get(signatures.HEADER, ""),
        device_id=actor.device_id,
        public_key=actor.device_key,
        method=request.method,
        path=request.url.path,
        body=await request.body(),
    )
    if not is_signed:
        raise Unauthenticated("bad_signature")


def check_same_origin(connection: Connection) -> None:
    """Raise 403 `cross_site` unless the request comes from a page of ours (A2).

    Browsers say so in `Sec-Fetch-Site`; where they leave it out (plain HTTP beyond this
    machine) `Origin` must name the address that was asked.
    """
    site = connection.headers.get("sec-fetch-site")
    if site == "same-origin":
        return
    if site is None:
        origin = urlsplit(connection.headers.get("origin", ""))
        public = urlsplit(connection.app.state.house.settings.public_url)
        ours = {(public.scheme, public.netloc)}
        ours |= {(scheme, connection.headers.get("host", "")) for scheme in ("http", "https")}
        if origin.netloc and (origin.scheme, origin.netloc) in ours:
            return
    raise Forbidden("cross_site")


def check_content_type(connection: Connection, takes: tuple[str, ...]) -> None:
    """Raise 415 `unsupported` for a body of another type than the route takes.

    A form of another site can send only types that no route takes.
    """
    headers = connection.headers
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    if (kind or has_body) and kind not in takes:
        raise Unsupported("unsupported")
