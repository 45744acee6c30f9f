"""The cash that rounds, pay points and counters need on coming days, over HTTP, for the cashier."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from backend import cash, network, payouts
from backend.dispatch import store
from backend.dispatch.store import PaymentRow
from backend.identity import Actor, desk_office
from backend.kit.clock import service_day
from backend.kit.errors import NotFound
from backend.kit.sql import Conn

PAID: Final = frozenset({"payout.pay", "order.pay"})
CHANGE_MAX_VND: Final = 1_000_000
CHANGE_STEP_VND: Final = 10_000
DAYS_AHEAD: Final = timedelta(days=10)


class FloatPart(msgspec.Struct, frozen=True):
    """How payments of one amount are made up; notes of each of them."""

    amount_vnd: int
    num: int
    notes: dict[str, int]


class FloatProposal(msgspec.Struct, frozen=True, kw_only=True):
    """Notes for a round: every payment can be made exactly, and change is there for collections."""

    courier_id: UUID
    service_on: date
    num_payments: int
    num_collections: int
    notes: dict[str, int]
    total_vnd: int
    parts: list[FloatPart]
    change: dict[str, int]
    is_proven: bool
    """Whether no float with fewer notes exists."""


class DayAhead(msgspec.Struct, frozen=True, kw_only=True):
    """Cash that a coming day needs: at doors by what is due there, else by the lists' calendars."""

    day: date
    door_vnd: int
    point_vnd: int
    counter_vnd: int
    out_vnd: int
    """All three."""
    in_vnd: int
    """Collected at doors."""
    num: int
    """Errands and payments."""


async def list_ahead(conn: Conn, office_id: UUID, today: date) -> list[DayAhead]:
    """Return what the coming ten days need, without the days that need nothing."""
    until = today + DAYS_AHEAD
    doors = {one.day: one for one in await cash.forecast(conn, office_id, today, until)}
    needs = {one.day: one for one in await payouts.list_ahead(conn, office_id, today, until)}
    found = []
    for day in sorted(doors.keys() | needs.keys()):
        door, need = doors.get(day), needs.get(day)
        door_vnd, in_vnd = (door.out_vnd, door.in_vnd) if door else (0, 0)
        point_vnd, counter_vnd = (need.point_vnd, need.counter_vnd) if need else (0, 0)
        found.append(
            DayAhead(
                day=day,
                door_vnd=door_vnd,
                point_vnd=point_vnd,
                counter_vnd=counter_vnd,
                out_vnd=door_vnd + point_vnd + counter_vnd,
                in_vnd=in_vnd,
                num=(door.num if door else 0) + (need.num if need else 0),
            )
        )
    return found


def next_trip(rows: Sequence[PaymentRow]) -> list[PaymentRow]:
    """Return what is open of the trip that comes next: the limit allows no more cash at once."""
    first = min((row.trip for row in rows), default=0)
    return [row for row in rows if row.trip == first]


def find_change(rows: Sequence[PaymentRow]) -> int:
    """Return the change to take along for what a round collects, đồng.

    As much as is collected, for nobody hands over more than twice what is due, but never over
    1 000 000 đ: what was collected at one door is change at the next. Rounded up to 10 000 đ.
    """
    collected = min(sum(row.cash_in_vnd for row in rows), CHANGE_MAX_VND)
    return -(-collected // CHANGE_STEP_VND) * CHANGE_STEP_VND


def _named(notes: cash.Notes) -> dict[str, int]:
    return {str(value): num for value, num in notes.items()}


class FloatController(Controller):
    """Floats as the plan asks for them."""

    path = "/api/cash/v1"
    tags = ("cash",)

    @get("/forecast", operation_id="cash_read_forecast", opt={"permission": "cash.read"})
    async def forecast(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> list[DayAhead]:
        """Return what the coming ten days need."""
        return await list_ahead(conn, desk_office(actor, office), service_day(now))

    @get("/floats/proposal", operation_id="cash_propose_float", opt={"permission": "cash.issue"})
    async def propose(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        courier_id: FromQuery[UUID],
        service_on: FromQuery[date],
        office: FromQuery[UUID | None] = None,
    ) -> FloatProposal:
        """Return the notes for a courier's round, up to its next call for more cash.

        404 for couriers of elsewhere.

        409 `amount_not_payable` for an amount that no notes make.
        """
        office_id = desk_office(actor, office)
        couriers = await network.list_couriers(conn, office_id, service_on)
        if all(one.courier_id != courier_id for one in couriers):
            raise NotFound
        rows = next_trip(await store.list_payments(conn, office_id, courier_id, service_on))
        payments = [row.cash_out_vnd for row in rows if row.kind in PAID and row.cash_out_vnd]
        # The search takes seconds at worst: others are served meanwhile.
        found = await asyncio.to_thread(cash.propose, payments, change_vnd=find_change(rows))
        return FloatProposal(
            courier_id=courier_id,
            service_on=service_on,
            num_payments=len(payments),
            num_collections=sum(row.cash_in_vnd > 0 for row in rows),
            notes=_named(found.notes),
            total_vnd=found.total_vnd,
            parts=[FloatPart(p.amount_vnd, p.num, _named(p.notes)) for p in found.parts],
            change=_named(found.change),
            is_proven=found.is_proven,
        )
