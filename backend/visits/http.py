"""The citizen's link over HTTP: the page, its data, messages, instructions; and codes alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from backend import dispatch, dossiers, identity, notifications, rounds
from backend.dossiers import Source
from backend.house import House
from backend.identity import Actor
from backend.kit.catalog import Locale
from backend.kit.errors import Conflict, NotFound
from backend.kit.http import locale_of
from backend.kit.sql import Conn
from backend.kit.text import nfc
from backend.notifications import PushKey, Subscribe, Unsubscribe
from backend.visits import page, views
from backend.visits.model import CodeStage, Instruction, Visit

# Looking up codes, by address (A7): hits and misses in a minute.
CODE_RATE = (30, 60)
CODE_MISS_RATE = (10, 60)

AnyRequest = Request[Any, Any, Any]


def _errand_of(actor: Actor) -> tuple[UUID, UUID]:
    """Return office and errand of a link; the guard has let nobody else in."""
    assert actor.office_id is not None, "a link belongs to an office"
    assert actor.link_errand_id is not None, "a link opens one errand"
    return actor.office_id, actor.link_errand_id


async def _read(house: House, conn: Conn, actor: Actor, locale: Locale, now: datetime) -> Visit:
    office_id, errand_id = _errand_of(actor)
    settings = house.settings
    return await views.read_visit(
        conn,
        office_id=office_id,
        errand_id=errand_id,
        num_near=settings.num_stops_near,
        push_key=PushKey(settings.vapid_private_key, settings.vapid_subject).public,
        locale=locale,
        now=now,
    )


def answer_unknown(request: AnyRequest, _: NotFound) -> Response[str]:
    """Answer a link that opens nothing, in words and with the same page for all such links."""
    house: House = request.app.state.house
    locale = locale_of(request)
    body = page.make_page(house.settings.pwa_dir, page.say_unknown(locale), locale)
    return Response(body, status_code=404, media_type=MediaType.HTML)


class PageController(Controller):
    """The page behind a citizen's link."""

    include_in_schema = False
    exception_handlers = {NotFound: answer_unknown}  # noqa: RUF012 (as the framework asks)

    @get("/t/{token:str}", opt={"permission": "citizen_link"}, media_type=MediaType.HTML)
    async def show(
        self,
        token: FromPath[str],
        request: AnyRequest,
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Response[str]:
        """Return the page with the state in words, in the language of the browser."""
        house: House = state.house
        locale = locale_of(request)
        visit = await _read(house, conn, actor, locale, now)
        body = page.make_page(house.settings.pwa_dir, page.say_visit(visit, locale), locale)
        return Response(body, media_type=MediaType.HTML)


class VisitController(Controller):
    """What the page reads and does."""

    path = "/api/citizen/v1"
    tags = ("visits",)

    @get(
        "/visits/{token:str}",
        operation_id="visits_read",
        opt={"permission": "citizen_link"},
    )
    async def read(
        self,
        token: FromPath[str],
        request: AnyRequest,
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Visit:
        """Return the errand of this link. 404 for every link that opens nothing."""
        return await _read(state.house, conn, actor, locale_of(request), now)

    @post(
        "/visits/{token:str}/push",
        operation_id="visits_subscribe",
        opt={"permission": "citizen_link"},
        status_code=204,
    )
    async def subscribe(
        self,
        token: FromPath[str],
        data: JSONBody[Subscribe],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Tell this browser of the errand from now on."""
        house: House = state.house
        office_id, errand_id = _errand_of(actor)
        is_local = house.settings.allow_local_push
        notifications.check_endpoint(data.endpoint, data.keys, allow_local=is_local)
        await notifications.subscribe(
            conn, office_id=office_id, errand_id=errand_id, wish=data, now=now
        )

    @post(
        "/visits/{token:str}/push/stop",
        operation_id="visits_unsubscribe",
        opt={"permission": "citizen_link"},
        status_code=204,
    )
    async def unsubscribe(
        self,
        token: FromPath[str],
        data: JSONBody[Unsubscribe],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Tell this browser no more."""
        office_id, errand_id = _errand_of(actor)
        await notifications.end_subscription_of(
            conn,
            office_id=office_id,
            errand_id=errand_id,
            staff_id=None,
            endpoint=data.endpoint,
            now=now,
        )

    @post(
        "/visits/{token:str}/instruction",
        operation_id="visits_instruct",
        opt={"permission": "citizen_link"},
        status_code=204,
    )
    async def instruct(
        self,
        token: FromPath[str],
        data: JSONBody[Instruction],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Tell the courier floor, bell or whom to ask. 409 `too_late_to_instruct` once out."""
        office_id, errand_id = _errand_of(actor)
        dossier = await dossiers.lock_dossier(conn, office_id, errand_id)
        if dossier is None:
            raise NotFound()
        place = await dispatch.find_place_in_round(conn, office_id, errand_id)
        if not views.may_instruct(dossier.state, place):
            raise Conflict("too_late_to_instruct")
        source = Source(at=now, received_at=now)
        await dossiers.instruct(conn, dossier, nfc(data.text), source)
        await rounds.touch_errand(conn, office_id, errand_id)

    @get(
        "/codes/{code:str}",
        operation_id="visits_find_code",
        opt={"permission": "public", "pool": "citizens"},
    )
    async def find_code(
        self,
        code: FromPath[str],
        request: AnyRequest,
        state: State,
        now: NamedDependency[datetime],
    ) -> CodeStage:
        """Return stage, day and office of a code; 404 for unknown, ended and foreign ones alike."""
        house: House = state.house
        await identity.count_hit(request, "code", CODE_RATE)
        async with house.citizens.transaction(actor="public", offices="*") as conn:
            found = await views.read_code(conn, code[:40], now)
        if found is None:
            await identity.count_hit(request, "code-miss", CODE_MISS_RATE)
            raise NotFound()
        return found


controllers = (PageController, VisitController)
