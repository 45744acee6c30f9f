"""P11: every route with every kind of caller, generated from the application's route table."""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from litestar import Litestar
from litestar.handlers.base import BaseRouteHandler

from backend.app import make_app
from backend.house import make_house
from backend.identity.access import OPEN, PERMISSIONS, list_routes
from backend.kit import db
from backend.kit.db import Offices, set_walls
from backend.kit.sql import Conn
from tests.access.asking import Answer, ask
from tests.access.samples import SAMPLES, Sample, encode
from tests.access.world import ROLES, World
from tests.backend.desk import make_settings

pytestmark = pytest.mark.store

PARAMETER = re.compile(r"\{(\w+):\w+\}")
# Not of an office: a folder of files, pages of the API description.
FREE_PARAMETERS = {"file_path": "nothing.js", "path": "nothing"}


def list_all() -> dict[str, BaseRouteHandler]:
    """Return every route of the application that `./run` serves."""
    nowhere = make_settings("postgresql://nowhere", Path("nowhere"))
    app = make_app(make_house(nowhere))
    return {f"{method} {path}": handler for method, path, handler in list_routes(app)}


ROUTES = list_all()
GUARDED = [route for route, handler in ROUTES.items() if handler.opt["permission"] not in OPEN]
PUBLIC = [route for route, handler in ROUTES.items() if handler.opt["permission"] == "public"]
LINKS = [route for route, handler in ROUTES.items() if handler.opt["permission"] == "citizen_link"]


def roles_of(route: str) -> frozenset[str]:
    return PERMISSIONS[ROUTES[route].opt["permission"]]


GRANTED = [(route, role) for route in GUARDED for role in ROLES if role in roles_of(route)]


def abroad(world: World, route: str) -> list[str]:
    """Return the sessions, in another office, of all roles that may."""
    return [world.sessions[f"{role}.there"] for role in ROLES if role in roles_of(route)]


async def probe(
    app: Litestar,
    world: World,
    route: str,
    *,
    cookie: str | None,
    query: dict[str, str] | None = None,
    **path: str,
) -> Answer:
    """Send a route its sample."""
    method, template = route.split(" ", 1)
    sample = SAMPLES.get(route, Sample())
    known = FREE_PARAMETERS | world.ids | {k: world.ids[v] for k, v in sample.path.items()} | path
    where = PARAMETER.sub(lambda found: known[found[1]], template)
    body = None if sample.body is None else encode(sample.body(world))
    signature = world.sign(cookie, method, where, body or b"")
    return await ask(
        app,
        method,
        where,
        query=urlencode(
            {k: v.format_map(known) for k, v in {**sample.query, **(query or {})}.items()}
        ),
        cookie=cookie,
        body=body,
        content_type=sample.content_type,
        headers=sample.headers | ({"tannoi-signature": signature} if signature else {}),
    )


def names_a_thing(route: str) -> bool:
    """Return whether the sample names a thing of the first office."""
    own_bytes = "/blobs/{sha256:str}"  # names bytes, which each office stores for itself
    in_path = PARAMETER.search(route) is not None and own_bytes not in route
    return in_path or SAMPLES.get(route, Sample()).names_a_thing


def check_granted(route: str, answer: Answer) -> None:
    wanted = SAMPLES.get(route, Sample()).granted
    is_granted = answer.status == wanted if wanted else 200 <= answer.status < 300
    assert is_granted, (route, answer.status, answer.body[:300])


def check_silent(world: World, answer: Answer) -> None:
    """Check that an answer holds nothing of the first office."""
    text = answer.body.decode("utf-8", "replace")
    assert [secret for secret in world.secrets if secret in text] == []


def test_every_route_has_a_sample(world: World) -> None:
    """Tests that a new route without a sample is seen: all its parameters and bodies are known."""
    unknown = [
        f"{route}: {name}"
        for route in ROUTES
        for name in PARAMETER.findall(route)
        if name not in world.ids
        and name not in FREE_PARAMETERS
        and name not in SAMPLES.get(route, Sample()).path
    ]
    without_body = [
        route
        for route in ROUTES
        if not route.startswith(("GET ", "HEAD ")) and route not in SAMPLES
    ]
    assert unknown + without_body == []


def test_every_sample_has_its_route() -> None:
    """Tests that no sample stays behind when its route is renamed or gone."""
    assert sorted(set(SAMPLES) - set(ROUTES)) == []


@pytest.mark.parametrize("route", GUARDED)
async def test_route_refuses_who_may_not(app: Litestar, world: World, route: str) -> None:
    """Tests that strangers, revoked sessions, citizens and all other roles are refused."""
    for stranger in (None, "", "x" * 43, world.sessions["revoked"], world.ids["token"]):
        answer = await probe(app, world, route, cookie=stranger)
        if not route.startswith("HEAD "):
            assert answer.code == "sign_in_first"
        assert answer.status == 401
    for role in set(ROLES) - roles_of(route):
        for place in ("here", "there"):
            answer = await probe(app, world, route, cookie=world.sessions[f"{role}.{place}"])
            assert answer.status == 403, (route, role, answer.body)
            if not route.startswith("HEAD "):
                assert answer.code == "not_allowed"


@pytest.mark.parametrize(("route", "role"), GRANTED)
async def test_route_serves_who_may(app: Litestar, world: World, route: str, role: str) -> None:
    """Tests that who may is served the things of their own office."""
    answer = await probe(app, world, route, cookie=world.sessions[f"{role}.here"])
    check_granted(route, answer)


@pytest.mark.parametrize("route", GUARDED)
async def test_route_hides_other_offices(app: Litestar, world: World, route: str) -> None:
    """Tests that for the same roles elsewhere the things of here are not there (T6)."""
    for cookie in abroad(world, route):
        answer = await probe(app, world, route, cookie=cookie)
        if names_a_thing(route):
            check_not_there(route, answer)
        else:
            assert answer.status not in (401, 403)
            assert answer.status < 500
        check_silent(world, answer)


def check_not_there(route: str, answer: Answer) -> None:
    """Check the answer to somebody who names a thing of another office."""
    if route in ("POST /api/partner/v1/records", "POST /api/partner/v1/results"):
        # The first thing named is who signs for the post; of elsewhere, unknown.
        assert (answer.status, answer.code) == (422, "unknown_signer")
        return
    assert answer.status == 404, (route, answer.status, answer.body[:300])
    assert route.startswith("HEAD ") or answer.code == "not_found"


@pytest.mark.parametrize("route", GUARDED)
async def test_first_wall_stands_alone(
    app: Litestar, world: World, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    """Tests that without row-level security our own conditions still are enough (A4).

    `test_walls.py` tests the other half: the database alone, without our conditions.
    """

    async def see_all(conn: Conn, *, actor: str, offices: Offices) -> None:
        assert offices != (), "an actor who may is of an office"
        await set_walls(conn, actor=actor, offices="*")

    monkeypatch.setattr(db, "set_walls", see_all)
    for cookie in abroad(world, route):
        answer = await probe(app, world, route, cookie=cookie)
        if names_a_thing(route):
            check_not_there(route, answer)
        check_silent(world, answer)


async def test_agency_cannot_sign_for_items_of_elsewhere(app: Litestar, world: World) -> None:
    """Tests that a record signed by one's own post still cannot name another office's items."""
    signed = replace(world, ids=world.ids | {"signer_id": world.own["signer_id"]})
    cookie = world.sessions["agency_officer.there"]
    answer = await probe(app, signed, "POST /api/partner/v1/records", cookie=cookie)
    assert (answer.status, answer.code) == (404, "not_found")
    check_silent(world, answer)


@pytest.mark.parametrize("route", [route for route in GUARDED if names_a_thing(route)])
async def test_unknown_things_are_as_those_of_others(
    app: Litestar, world: World, route: str
) -> None:
    """Tests that what is nowhere and what is elsewhere get the same answer (A4)."""
    nowhere = dict.fromkeys(PARAMETER.findall(route), "01a207c9-6c85-76e4-b582-1a5ee986d7ff")
    if not nowhere:
        return
    for cookie in abroad(world, route):
        unknown = await probe(app, world, route, cookie=cookie, **nowhere)
        others = await probe(app, world, route, cookie=cookie)
        assert (unknown.status, unknown.code) == (others.status, others.code)
        assert len(unknown.body) == len(others.body)


def takes_office(handler: BaseRouteHandler) -> bool:
    return "office" in handler.parsed_fn_signature.parameters


@pytest.mark.parametrize("route", [route for route in GUARDED if takes_office(ROUTES[route])])
async def test_asking_for_another_office_finds_nothing(
    app: Litestar, world: World, route: str
) -> None:
    """Tests that naming an office in the query opens no door to it."""
    for cookie in abroad(world, route):
        answer = await probe(app, world, route, cookie=cookie, query={"office": str(world.here)})
        assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize(
    "route", [route for route in GUARDED if "administrator" in roles_of(route)]
)
async def test_staff_of_all_offices_is_served(app: Litestar, world: World, route: str) -> None:
    """Tests that an administrator of all offices may what one of this office may."""
    check_granted(route, await probe(app, world, route, cookie=world.sessions["boss"]))


@pytest.mark.parametrize("route", [r for r in GUARDED if roles_of(r) == {"courier"}])
async def test_couriers_do_not_see_each_other(app: Litestar, world: World, route: str) -> None:
    """Tests that a second courier of the same office learns nothing of the first one's round."""
    answer = await probe(app, world, route, cookie=world.sessions["second"])
    assert answer.status < 500
    text = answer.body.decode("utf-8", "replace")
    for name in ("round_id", "stop_id", "errand_id", "point_id", "citizen_id"):
        assert world.ids[name] not in text


@pytest.mark.parametrize("route", PUBLIC)
async def test_public_route_tells_strangers_nothing(
    app: Litestar, world: World, route: str
) -> None:
    """Tests that what is open to all shows nothing of an office, whoever asks."""
    for cookie in (None, world.sessions["revoked"], world.sessions["dispatcher.there"]):
        answer = await probe(app, world, route, cookie=cookie)
        if route not in ("GET /health/ready",):  # says 503 when the disk is full
            assert answer.status < 500, answer.body[:300]
        check_silent(world, answer)


@pytest.mark.parametrize("route", LINKS)
async def test_link_opens_its_errand_and_no_other(app: Litestar, world: World, route: str) -> None:
    """Tests that a link's token opens its errand, and nothing else does, staff included."""
    check_granted(route, await probe(app, world, route, cookie=None))
    bodies = set()
    for token in ("x" * 22, world.sessions["dispatcher.here"], world.ids["errand_id"]):
        for cookie in (None, world.sessions["dispatcher.here"], world.sessions["courier.there"]):
            answer = await probe(app, world, route, cookie=cookie, token=token)
            assert answer.status == 404
            check_silent(world, answer)
            bodies.add(len(answer.body))
    assert len(bodies) == 1


def test_permissions_are_all_used() -> None:
    """Tests that the table names no permission that no route asks for."""
    used = {handler.opt["permission"] for handler in ROUTES.values()}
    assert sorted(set(PERMISSIONS) - used) == []


def test_matrix_is_whole() -> None:
    """Tests that each route is in exactly one of the three lists above."""
    assert sorted([*GUARDED, *PUBLIC, *LINKS]) == sorted(ROUTES)
    assert all(isinstance(handler.opt, dict) for handler in ROUTES.values())
