"""The dispatcher's screens over HTTP."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import ServerSentEvent

from backend import dossiers, identity, proofs
from backend.board import news, store, views
from backend.board.aside import AsideController
from backend.board.booking import book
from backend.board.model import (
    Board,
    BookErrand,
    CitizenLink,
    DecideHeld,
    ErrandDetail,
    ErrandPage,
    HeldList,
)
from backend.house import House
from backend.identity import Actor, AuditEntry, desk_office
from backend.kit.clock import service_day
from backend.kit.errors import NotFound
from backend.kit.sql import Conn
from backend.kit.text import fold
from backend.proofs import BlobFolder

PAGE_ROWS = 100
WORDS_LENGTH_MAX = 80


class BoardController(Controller):
    """The day as it stands, and the stream that says when to look again."""

    path = "/api/dispatch/v1"
    tags = ("board",)

    @get("/board", operation_id="board_read", opt={"permission": "board.read"})
    async def read_board(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        service_on: FromQuery[date | None] = None,
        office: FromQuery[UUID | None] = None,
    ) -> Board:
        """Return rounds with their stops, phones and figures; today by default."""
        day = service_on or service_day(now)
        return await views.read_board(conn, desk_office(actor, office), day, now)

    @get(
        "/live",
        operation_id="board_follow",
        opt={"permission": "board.read", "is_stream": True},
    )
    async def follow(
        self,
        state: State,
        actor: NamedDependency[Actor],
        office: FromQuery[UUID | None] = None,
    ) -> ServerSentEvent:
        """Say `board` or `plan` whenever there is something new to read."""
        return ServerSentEvent(news.follow(state.house, desk_office(actor, office)))

    @get("/held", operation_id="board_list_held", opt={"permission": "board.read"})
    async def list_held(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> HeldList:
        """Return the facts that wait for a person, oldest first."""
        return await views.list_held(conn, desk_office(actor, office))

    @post(
        "/held/{op_id:uuid}",
        operation_id="board_decide_held",
        opt={"permission": "held.decide"},
        status_code=204,
    )
    async def decide_held(
        self,
        op_id: FromPath[UUID],
        data: JSONBody[DecideHeld],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> None:
        """Let a held fact count, or set it aside; the phone is told which.

        What is about money waits for a second person (`GET /api/cash/v1/held`). 409 `not_held`,
        `held_asked`, `needs_reason`, `money_in_doubt`, and what still stands against the fact.
        """
        house: House = state.house
        assert actor.id is not None, "staff decides"
        await views.decide_held(
            conn,
            house.sealer,
            office_id=desk_office(actor, office),
            op_id=op_id,
            outcome=data.outcome,
            by=actor.id,
            note=data.note,
            now=now,
        )


class ErrandController(Controller):
    """Errands: the list, one whole, a booking, a link for the citizen, a picture."""

    path = "/api/dispatch/v1"
    tags = ("board",)

    @get("/errands", operation_id="board_list_errands", opt={"permission": "errands.read"})
    async def list_errands(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        service_on: FromQuery[date | None] = None,
        errand_state: Annotated[str | None, QueryParameter(name="state", max_length=30)] = None,
        q: Annotated[str | None, QueryParameter(max_length=WORDS_LENGTH_MAX)] = None,
        after: FromQuery[UUID | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=500)] = PAGE_ROWS,
        office: FromQuery[UUID | None] = None,
    ) -> ErrandPage:
        """Return errands by day, state, and words of name, address or code."""
        items = await store.list_errands(
            conn,
            desk_office(actor, office),
            service_on=service_on,
            state=errand_state,
            words=_make_pattern(q),
            after=after,
            num_rows=limit + 1,
        )
        page = items[:limit]
        return ErrandPage(page, page[-1].id if len(items) > limit else None)

    @post(
        "/errands",
        operation_id="board_book_errand",
        opt={"permission": "errands.write"},
        status_code=201,
    )
    async def book_errand(
        self,
        data: JSONBody[BookErrand],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> ErrandDetail:
        """Book papers to be taken at a door. 422 for procedures the post may not carry."""
        house: House = state.house
        office_id = desk_office(actor, office)
        errand_id = await book(conn, house.sealer, office_id, data, by=actor.id, now=now)
        return await views.read_errand(conn, house.sealer, office_id, errand_id)

    @get(
        "/errands/{errand_id:uuid}",
        operation_id="board_get_errand",
        opt={"permission": "errands.read"},
    )
    async def get_errand(
        self,
        errand_id: FromPath[UUID],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> ErrandDetail:
        """Return an errand with its whole history; who looked is written down."""
        house: House = state.house
        office_id = desk_office(actor, office)
        detail = await views.read_errand(conn, house.sealer, office_id, errand_id)
        await _note(conn, actor, office_id, "errands.read", errand_id, now)
        return detail

    @post(
        "/errands/{errand_id:uuid}/link",
        operation_id="board_make_link",
        opt={"permission": "links.make"},
        status_code=201,
    )
    async def make_link(
        self,
        errand_id: FromPath[UUID],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> CitizenLink:
        """Make the citizen's link; one made before ends."""
        house: House = state.house
        office_id = desk_office(actor, office)
        if await dossiers.find_dossier(conn, office_id, errand_id) is None:
            raise NotFound()
        token = await identity.make_link(
            conn,
            office_id=office_id,
            errand_id=errand_id,
            expires_at=now + views.LINK_VALID,
            now=now,
        )
        await _note(conn, actor, office_id, "links.make", errand_id, now)
        return CitizenLink(f"{house.settings.public_url}/t/{token}")

    @get(
        "/proofs/{proof_id:uuid}",
        operation_id="board_get_proof",
        opt={"permission": "custody.read"},
        media_type="image/jpeg",
    )
    async def get_proof(
        self,
        proof_id: FromPath[UUID],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> Response[bytes]:
        """Return a picture; 404 also while its bytes are still on the phone."""
        house: House = state.house
        office_id = desk_office(actor, office)
        proof = await proofs.find_proof(conn, office_id, proof_id)
        if proof is None or proof.sha256 is None:
            raise NotFound()
        blob = await proofs.find_blob(conn, office_id, proof.sha256)
        body = BlobFolder(house.blob_dir).read(office_id, proof.sha256) if blob else None
        if blob is None or body is None:
            raise NotFound()
        await _note(conn, actor, office_id, "proofs.read", proof.errand_id, now)
        headers = {
            "content-disposition": f'inline; filename="{proof_id}"',
            "content-security-policy": "default-src 'none'; sandbox",
        }
        return Response(body, media_type=blob.media_type, headers=headers)


def _make_pattern(text: str | None) -> str | None:
    """Return the pattern for folded text, with the signs that LIKE knows taken literally."""
    words = fold(text or "")
    for sign in ("\\", "%", "_"):
        words = words.replace(sign, f"\\{sign}")
    return f"%{words}%" if words else None


async def _note(
    conn: Conn, actor: Actor, office_id: UUID, action: str, errand_id: UUID, now: datetime
) -> None:
    entry = AuditEntry(
        office_id=office_id,
        at=now,
        action=action,
        outcome="granted",
        actor_id=actor.id,
        object_kind="errand",
        object_id=errand_id,
    )
    await identity.audit(conn, entry)


controllers = (BoardController, ErrandController, AsideController)
