"""Facts set aside, for the dispatcher: listed, opened one by one, looked at."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from backend import sync
from backend.board import store
from backend.board.model import HeldStop
from backend.board.views import find_place
from backend.house import House
from backend.identity import Actor, desk_office
from backend.kit.sql import Conn


class AsideLooked(msgspec.Struct, frozen=True):
    """Who has looked at a fact, and what was done about it."""

    by_name: str
    at: datetime
    note: str


class AsideFact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that is not counted and waits for a person, or has had one."""

    id: UUID
    kind: str
    """Empty where it cannot be read."""
    reason: str
    courier_name: str
    device_label: str
    seq: int
    """Its number in the phone's stream."""
    occurred_at: datetime | None
    """By the phone's clock, uncorrected."""
    received_at: datetime
    stop: HeldStop | None
    is_money: bool
    """Notes may have changed hands: nothing of it stands in the books."""
    amount_vnd: int | None
    looked: AsideLooked | None


class AsideList(msgspec.Struct, frozen=True):
    """Facts set aside; `num` counts those too that are left out of `items`."""

    items: list[AsideFact]
    num: int


class AsideContent(msgspec.Struct, frozen=True):
    """A fact as the phone wrote it, opened where a key of the house does."""

    raw: str
    side: str | None
    """Its personal part; None where there is none, or nobody can open it."""


class LookAside(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was done about a fact."""

    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


class _Amount(msgspec.Struct):
    amount_vnd: int | None = None


class AsideController(Controller):
    """What phones out of service, forked or ended streams and files brought: not counted."""

    path = "/api/dispatch/v1/set-aside"
    tags = ("board",)

    @get("/", operation_id="board_list_aside", opt={"permission": "aside.read"})
    async def list_aside(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        looked: FromQuery[bool] = False,
        office: FromQuery[UUID | None] = None,
    ) -> AsideList:
        """Return what nobody has looked at, the oldest first; or what was looked at of late."""
        office_id = desk_office(actor, office)
        facts, num = await sync.list_set_aside(conn, office_id, is_looked_at=looked)
        return AsideList(await _describe(conn, office_id, facts), num)

    @get("/{aside_id:uuid}", operation_id="board_read_aside", opt={"permission": "aside.read"})
    async def read_aside(
        self,
        aside_id: FromPath[UUID],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> AsideContent:
        """Return what a fact says; who looked is written down."""
        house: House = state.house
        assert actor.id is not None, "staff reads"
        raw, side = await sync.read_set_aside(
            conn,
            desk_office(actor, office),
            aside_id,
            sealer=house.sealer,
            by=actor.id,
            now=now,
        )
        return AsideContent(_text(raw), None if side is None else _text(side))

    @post(
        "/{aside_id:uuid}/look",
        operation_id="board_look_aside",
        opt={"permission": "aside.look"},
        status_code=204,
    )
    async def look(
        self,
        aside_id: FromPath[UUID],
        data: JSONBody[LookAside],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> None:
        """Note that it was looked at; nothing of it counts by that.

        409 `needs_reason` for money without a note, `aside_looked_at` when another was first.
        """
        assert actor.id is not None, "staff looks"
        office_id = desk_office(actor, office)
        await sync.look_at_aside(conn, office_id, aside_id, by=actor.id, note=data.note, now=now)


async def _describe(conn: Conn, office_id: UUID, facts: list[sync.SetAside]) -> list[AsideFact]:
    people = {one for fact in facts for one in (fact.staff_id, fact.looked_by) if one is not None}
    names = await store.list_names(conn, office_id, list(people))
    places = {fact.id: find_place(fact.raw).stop for fact in facts}
    stops = await store.list_held_stops(
        conn, office_id, [stop_id for stop_id in places.values() if stop_id is not None]
    )
    return [
        AsideFact(
            id=fact.id,
            kind=fact.kind,
            reason=fact.reason,
            courier_name=names.get(fact.staff_id, "") if fact.staff_id else "",
            device_label=fact.device_label,
            seq=fact.seq,
            occurred_at=fact.told_at,
            received_at=fact.received_at,
            stop=stops.get(place) if (place := places[fact.id]) else None,
            is_money=sync.moves_money(fact.kind),
            amount_vnd=_amount_of(fact.raw),
            looked=_looked(fact, names),
        )
        for fact in facts
    ]


def _looked(fact: sync.SetAside, names: dict[UUID, str]) -> AsideLooked | None:
    if fact.looked_by is None or fact.looked_at is None:
        return None
    return AsideLooked(names.get(fact.looked_by, ""), fact.looked_at, fact.note or "")


def _amount_of(raw: bytes) -> int | None:
    try:
        return msgspec.json.decode(raw, type=_Amount).amount_vnd
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
