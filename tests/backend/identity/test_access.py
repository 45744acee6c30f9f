from typing import Any, get_args
from uuid import UUID

import pytest
from litestar import Litestar, get, post, websocket
from litestar.connection import WebSocket
from litestar.static_files import create_static_files_router

from backend.identity.access import (
    PERMISSIONS,
    Permission,
    UndeclaredRoute,
    can,
    check_routes,
    desk_office,
    list_permissions,
)
from backend.identity.model import HOUSE, PUBLIC, Actor, Role
from backend.kit.errors import NotFound

HERE, THERE = UUID(int=1), UUID(int=2)
DISPATCHER = Actor(kind="staff", id=UUID(int=3), role="dispatcher", offices=(HERE,), office_id=HERE)


def test_permissions_table_is_whole() -> None:
    """Tests that every permission has its roles, and that no role is without any."""
    assert set(PERMISSIONS) == set(get_args(Permission))
    for role in get_args(Role):
        assert list_permissions(role)[:2] == ["me.read", "me.sign_out"]


@pytest.mark.parametrize(
    ("actor", "permission", "office_id", "is_allowed"),
    [
        (DISPATCHER, "plans.make", None, True),
        (DISPATCHER, "plans.make", HERE, True),
        (DISPATCHER, "plans.make", THERE, False),  # not this office's
        (DISPATCHER, "staff.write", HERE, False),  # not this role's
        (DISPATCHER, "phone.exchange", HERE, False),
        (Actor(kind="staff", role="administrator", offices="*"), "staff.write", THERE, True),
        (Actor(kind="staff", role="controller", offices=(HERE,)), "errands.read", HERE, True),
        (Actor(kind="staff", role="controller", offices=(HERE,)), "errands.write", HERE, False),
        (Actor(kind="staff", role="planner", offices="*"), "errands.read", HERE, False),
        (Actor(kind="staff", role="courier", offices=()), "phone.exchange", HERE, False),
        (Actor(kind="citizen", offices=(HERE,)), "errands.read", HERE, False),
        (PUBLIC, "me.read", None, False),
        (HOUSE, "plans.publish", THERE, True),
    ],
)
def test_can(
    actor: Actor, permission: Permission, office_id: UUID | None, is_allowed: bool
) -> None:
    """Tests that role and office both must allow, and that strangers may nothing."""
    assert can(actor, permission, office_id=office_id) is is_allowed


@pytest.mark.parametrize(
    ("actor", "asked", "found"),
    [
        (DISPATCHER, None, HERE),
        (DISPATCHER, HERE, HERE),
        (DISPATCHER, THERE, None),
        (Actor(kind="staff", offices="*", office_id=HERE), None, HERE),
        (Actor(kind="staff", offices="*", office_id=HERE), THERE, THERE),
        (PUBLIC, None, None),
        (PUBLIC, HERE, None),
    ],
)
def test_desk_office(actor: Actor, asked: UUID | None, found: UUID | None) -> None:
    """Tests that a desk works on its own office or one it may see, and others are not there."""
    if found is not None:
        assert desk_office(actor, asked) == found
    else:
        with pytest.raises(NotFound):
            desk_office(actor, asked)


@get("/a", opt={"permission": "me.read"}, sync_to_thread=False)
def declared() -> None: ...


@get("/b", sync_to_thread=False)
def undeclared() -> None: ...


@post("/c", opt={"permission": "plans.rule"}, sync_to_thread=False)
def misspelt() -> None: ...


@get("/t/{code:str}", opt={"permission": "citizen_link"}, sync_to_thread=False)
def without_token() -> None: ...


@websocket("/ws")
async def socket(socket: WebSocket[Any, Any, Any]) -> None: ...


@pytest.mark.parametrize(
    ("handlers", "said"),
    [
        ([declared], None),
        ([declared, undeclared], "GET /b"),
        ([misspelt], "plans.rule"),
        ([without_token], "{token:str}"),
        ([socket], "websocket /ws"),
        ([create_static_files_router("/s", ["tests"])], "/s"),
        ([create_static_files_router("/s", ["tests"], opt={"permission": "public"})], None),
    ],
)
def test_check_routes(handlers: list[Any], said: str | None) -> None:
    """Tests that nothing starts whose routes do not all say who may use them."""
    app = Litestar(handlers, openapi_config=None)
    if said is None:
        check_routes(app)
    else:
        with pytest.raises(UndeclaredRoute) as caught:
            check_routes(app)
        assert said in str(caught.value)
