"""Work for later: hands that filled without their phone, offers nobody answered in their day."""

from typing import Final
from uuid import UUID

from backend import ledger
from backend.cash import store
from backend.cash.actions import handovers
from backend.cash.actions.shifts import keep_shift
from backend.house import House, Sweep
from backend.kit import clock

NIGHT: Final = UUID("5b0f3c1e-9b55-5c7e-8d0d-6f1f4ad7a5c3")
"""Who gives up what nobody answered."""


async def keep_shifts(house: House) -> None:
    """Give every hand with cash its shift, so that the office can count it (L11)."""
    now = clock.now()
    async with house.db.transaction(actor="shifts", offices="*") as conn:
        for office_id, courier_id in await ledger.list_filled_hands(conn):
            await keep_shift(conn, office_id, courier_id, now=now)


async def void_unanswered(house: House) -> None:
    """Give up the offers of cash that nobody answered in their service day (L5).

    An answer that a silent phone recorded in time comes to an offer given up: it is held for a
    person. Whose phone is known to have facts to send is waited for.
    """
    now = clock.now()
    before = clock.at_second(clock.service_day(now), 0)
    async with house.db.transaction(actor="unanswered", offices="*") as conn:
        for office_id, id in await store.list_unanswered(conn, before):
            await handovers.void(conn, office_id, id, by=NIGHT, now=now)


SWEEPS: tuple[Sweep, ...] = (keep_shifts, void_unanswered)
