"""Lists as an agency's officer and the desk work with them: rows, approval, news."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import ServerSentEvent

from backend.identity import Actor
from backend.kit.clock import service_day
from backend.kit.errors import Malformed
from backend.kit.sql import Conn
from backend.kit.stream import follow
from backend.kit.text import fold
from backend.payouts import store
from backend.payouts.actions import alarms, lists
from backend.payouts.actions.alarms import ListAlarm
from backend.payouts.http.wire import (
    ListOut,
    PayoutPage,
    SchemeOut,
    lists_out,
    payout_out,
    scheme_out,
    scope_of,
)
from backend.payouts.model import (
    PayoutState,
    Period,
    payout_topic,
)
from backend.payouts.rows import ChangeRow

WORDS_LENGTH_MAX = 80
Limit = Annotated[int, QueryParameter(ge=1, le=500)]


class ListController(Controller):
    """Lists: how they stand, their rows, their approval, what came of them."""

    path = "/api/partner/v1"
    tags = ("payouts",)

    @get("/payout-schemes", operation_id="payouts_list_schemes", opt={"permission": "payouts.read"})
    async def list_schemes(self, conn: NamedDependency[Conn]) -> list[SchemeOut]:
        """Return every scheme with its rules, and how sure each rule is."""
        return [scheme_out(scheme) for scheme in await store.list_schemes(conn)]

    @get(
        "/payout-lists/live",
        operation_id="payouts_follow",
        opt={"permission": "payouts.read"},
    )
    async def follow_news(
        self,
        state: State,
        actor: NamedDependency[Actor],
        office: FromQuery[UUID | None] = None,
    ) -> ServerSentEvent:
        """Say `payouts` whenever a list or a file has something new to read."""
        office_id, _ = scope_of(actor, office)
        return ServerSentEvent(follow(state.house.hub, {"payouts": payout_topic(office_id)}))

    @get("/payout-lists", operation_id="payouts_list", opt={"permission": "payouts.read"})
    async def list_lists(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        period: FromQuery[Period | None] = None,
        limit: Limit = 100,
        office: FromQuery[UUID | None] = None,
    ) -> list[ListOut]:
        """Return lists, the newest period first."""
        office_id, partner_id = scope_of(actor, office)
        found = await store.list_lists(
            conn, office_id, partner_id=partner_id, period=period, limit=limit
        )
        return await lists_out(conn, office_id, found)

    @get(
        "/payout-lists/alarms",
        operation_id="payouts_list_alarms",
        opt={"permission": "payouts.read"},
    )
    async def list_alarms(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> list[ListAlarm]:
        """Return what the calendar asks of lists and is near or late, the first day first."""
        office_id, partner_id = scope_of(actor, office)
        return await alarms.list_alarms(conn, office_id, partner_id, now=now)

    @get(
        "/payout-lists/{list_id:uuid}",
        operation_id="payouts_get",
        opt={"permission": "payouts.read"},
    )
    async def get_list(
        self,
        list_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> ListOut:
        """Return a list as it stands."""
        office_id, partner_id = scope_of(actor, office)
        batch = await lists.get_list(conn, office_id, list_id, partner_id)
        return (await lists_out(conn, office_id, [batch]))[0]

    @get(
        "/payout-lists/{list_id:uuid}/payouts",
        operation_id="payouts_list_rows",
        opt={"permission": "payouts.read"},
    )
    async def list_payouts(
        self,
        list_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        payout_state: Annotated[PayoutState | None, QueryParameter(name="state")] = None,
        q: Annotated[str | None, QueryParameter(max_length=WORDS_LENGTH_MAX)] = None,
        after: Annotated[str | None, QueryParameter(max_length=60)] = None,
        limit: Limit = 100,
        office: FromQuery[UUID | None] = None,
    ) -> PayoutPage:
        """Return people of a list, by state and words of the name, a page at a time."""
        office_id, partner_id = scope_of(actor, office)
        batch = await lists.get_list(conn, office_id, list_id, partner_id)
        scheme = await store.scheme_of(conn, batch)
        found = await store.list_payouts(
            conn,
            batch,
            state=payout_state,
            pattern=_pattern(q),
            after=_cursor(after),
            limit=limit + 1,
        )
        page = found[:limit]
        paid = await store.list_payments_of(conn, office_id, [payout.id for payout in page])
        today = service_day(now)
        items = [payout_out(p, paid.get(p.id), scheme.settings, today) for p in page]
        last = f"{page[-1].row_number}:{page[-1].id}" if len(found) > limit else None
        return PayoutPage(items, last)

    @get(
        "/payout-lists/{list_id:uuid}/changes",
        operation_id="payouts_list_changes",
        opt={"permission": "payouts.read"},
    )
    async def list_changes(
        self,
        list_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> list[ChangeRow]:
        """Return what a delta list says of its first list, and whether it came in time."""
        office_id, partner_id = scope_of(actor, office)
        batch = await lists.get_list(conn, office_id, list_id, partner_id)
        return await store.list_changes(conn, batch)

    @post(
        "/payout-lists/{list_id:uuid}/approve",
        operation_id="payouts_approve",
        opt={"permission": "payouts.approve", "approval": True},
        status_code=204,
    )
    async def approve(
        self,
        list_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> None:
        """Approve a list that another made. 409 `approved_by_maker`, `list_not_balanced`."""
        office_id, partner_id = scope_of(actor, office)
        assert actor.id is not None, "staff approves"
        await lists.approve(
            conn,
            office_id=office_id,
            list_id=list_id,
            by=actor.id,
            now=now,
            partner_id=partner_id,
        )

    @post(
        "/payout-lists/{list_id:uuid}/discard",
        operation_id="payouts_discard",
        opt={"permission": "payouts.import"},
        status_code=204,
    )
    async def discard(
        self,
        list_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Give up a draft without money. 409 `list_not_draft`, `list_funded`."""
        office_id, partner_id = scope_of(actor, None)
        assert actor.id is not None, "staff discards"
        await lists.discard(
            conn,
            office_id=office_id,
            list_id=list_id,
            by=actor.id,
            now=now,
            partner_id=partner_id,
        )


def _pattern(text: str | None) -> str | None:
    """Return the pattern for folded text, with the signs that LIKE knows taken literally."""
    words = fold(text or "")
    for sign in ("\\", "%", "_"):
        words = words.replace(sign, f"\\{sign}")
    return f"%{words}%" if words else None


def _cursor(text: str | None) -> tuple[int, UUID] | None:
    """Return the row after which a page begins; raise 400 `malformed`."""
    if text is None:
        return None
    row, _, id = text.partition(":")
    try:
        return int(row), UUID(id)
    except ValueError as error:
        raise Malformed("malformed", path="after") from error


controllers = (ListController,)
