"""The demo town's cash: a drawer filled from the bank, one courier out, two floats that wait."""

from datetime import datetime
from typing import Final
from uuid import UUID

from backend import cash
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.ops.demo_morning import Phone
from backend.ops.demo_town import Crew

DRAWER: Final[cash.Notes] = {500_000: 700, 200_000: 150, 100_000: 150, 50_000: 60, 20_000: 100}
"""400 million."""
FLOAT: Final[cash.Notes] = {
    500_000: 20, 200_000: 8, 100_000: 6, 50_000: 4, 20_000: 10, 10_000: 10
}  # fmt: skip
SMALL_FLOAT: Final[cash.Notes] = {500_000: 6, 200_000: 5, 100_000: 10}
LARGE_FLOAT: Final[cash.Notes] = {500_000: 410, 200_000: 40}
"""Over a courier's limit: it waits for the controller."""


async def fill(conn: Conn, crew: Crew, at: datetime) -> None:
    """Fetch cash from the bank, and offer floats to the first three couriers."""
    office_id, by = crew.office.id, crew.cashier.id
    fetched = await cash.send_off(
        conn,
        office_id=office_id,
        id=new_id(),
        route="from_bank",
        notes=DRAWER,
        carrier_id=by,
        companion_id=None,
        slip=f"MAU-{crew.office.code}-01",
        by=by,
        now=at,
    )
    found = cash.Arrival(notes=DRAWER)
    await cash.take_in(conn, office_id, fetched.id, found=found, by=crew.controller.id, now=at)
    for courier, notes in zip(crew.couriers, (FLOAT, SMALL_FLOAT, LARGE_FLOAT), strict=False):
        await cash.issue(
            conn,
            office_id=office_id,
            courier_id=courier.id,
            notes=notes,
            by=by,
            now=at,
            note="Mẫu",
        )


async def go_out(conn: Conn, phone: Phone, office_id: UUID, courier_id: UUID, at: datetime) -> None:
    """Let a courier count the float that waits, and report it."""
    _, mine = await cash.describe(conn, office_id, courier_id, at)
    waiting = [one["id"] for one in mine["handovers"] if one["is_mine_to_take"]]
    notes = {str(value): num for value, num in FLOAT.items()}
    for handover in waiting:
        phone.record(
            at, "cash.accepted", handover=handover, notes=notes, amount_vnd=cash.total_of(FLOAT)
        )
    await phone.read_day(at)
    await phone.send(at)
