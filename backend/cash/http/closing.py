"""Coming home over HTTP: blind counts, differences, shifts and days that close."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from backend import ledger
from backend.cash.actions import closing, days, signing
from backend.cash.actions.signing import Strokes
from backend.cash.http.desk import APPROVE, COUNT, ISSUE, CountedNotes, Office
from backend.cash.http.people import by_of
from backend.cash.model import Notes, Reveal, read_notes
from backend.house import House
from backend.identity import Actor, desk_office
from backend.kit.sql import Conn

Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Notes by denomination: `{"500000": 3}`."""

    notes: CountedNotes


class Settle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a difference is what it is."""

    reason: Reason


class Signs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What both sides drew under the day's sheet."""

    sign_cashier: Strokes = ""
    sign_controller: Strokes = ""


class CountSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What the one who counted may see."""

    own_vnd: int
    is_complete: bool
    other_vnd: int | None
    expected_vnd: int | None
    difference_vnd: int | None


def _seen(found: Reveal) -> CountSeen:
    return CountSeen(
        own_vnd=found.own_vnd,
        is_complete=found.is_complete,
        other_vnd=found.other_vnd,
        expected_vnd=found.expected_vnd,
        difference_vnd=found.difference_vnd,
    )


class ClosingController(Controller):
    """Counting and closing at the cashier's desk."""

    path = "/api/cash/v1"
    tags = ("cash",)

    @post("/shifts/{shift_id:uuid}/count", operation_id="cash_count_shift", opt=ISSUE)
    async def count_shift(
        self,
        shift_id: FromPath[UUID],
        data: JSONBody[Counted],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: Office = None,
    ) -> CountSeen:
        """Keep the cashier's blind count of what a courier brings."""
        office_id = desk_office(actor, office)
        notes: Notes = read_notes(data.notes)
        found = await closing.count_by_cashier(
            conn, office_id, shift_id, notes=notes, by=by_of(actor), now=now
        )
        return _seen(found)

    @post(
        "/shifts/{shift_id:uuid}/settle",
        operation_id="cash_settle_shift",
        opt=APPROVE,
        status_code=200,
    )
    async def settle_shift(
        self,
        shift_id: FromPath[UUID],
        data: JSONBody[Settle],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: Office = None,
    ) -> dict[str, int]:
        """Post a difference that both counted, with its reason, as the second person."""
        office_id = desk_office(actor, office)
        difference = await closing.settle_shift(
            conn, office_id, shift_id, reason=data.reason, by=by_of(actor), now=now
        )
        return {"difference_vnd": difference}

    @post(
        "/shifts/{shift_id:uuid}/close",
        operation_id="cash_close_shift",
        opt=COUNT,
        status_code=204,
    )
    async def close_shift(
        self,
        shift_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: Office = None,
    ) -> None:
        """Close a courier's shift; 409 names what is still open."""
        office_id = desk_office(actor, office)
        await closing.close_shift(conn, office_id, shift_id, by=by_of(actor), now=now)

    @post("/days/count", operation_id="cash_count_drawer", opt=COUNT)
    async def count_drawer(
        self,
        day: FromQuery[date],
        data: JSONBody[Counted],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: Office = None,
    ) -> CountSeen:
        """Keep a blind count of the drawer: a cashier's, or a controller's."""
        found = await days.count_drawer(
            conn,
            desk_office(actor, office),
            day,
            side="controller" if actor.role == "controller" else "cashier",
            notes=read_notes(data.notes),
            by=by_of(actor),
            now=now,
        )
        return _seen(found)

    @post(
        "/days/settle",
        operation_id="cash_settle_drawer",
        opt=APPROVE,
        status_code=200,
    )
    async def settle_drawer(
        self,
        day: FromQuery[date],
        data: JSONBody[Settle],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: Office = None,
    ) -> dict[str, int]:
        """Post what the drawer lacks or has over, as the second person."""
        difference = await days.settle_drawer(
            conn, desk_office(actor, office), day, reason=data.reason, by=by_of(actor), now=now
        )
        return {"difference_vnd": difference}

    @post("/days/close", operation_id="cash_close_day", opt=APPROVE, status_code=204)
    async def close_day(
        self,
        day: FromQuery[date],
        data: JSONBody[Signs],
        state: State,
        actor: NamedDependency[Actor],
        now: NamedDependency[datetime],
        along: FromQuery[bool] = False,
        office: Office = None,
    ) -> None:
        """Close the books of a day, signed by both sides, and seal them.

        409 names what is still open; `day_unsigned`. `along`: also the days before it that nobody
        counted (`days_not_counted`).
        """
        house: House = state.house
        office_id = desk_office(actor, office)
        async with house.db.transaction(actor=actor.label, offices=actor.offices) as conn:
            await signing.close_signed(
                conn,
                office_id,
                day,
                cashier=data.sign_cashier,
                controller=data.sign_controller,
                by=by_of(actor),
                now=now,
                is_along=along,
            )
        # After the commit: a seal bears no row of a transaction that still runs.
        await ledger.seal_now(house)
