"""Work for later: hands that filled without their phone, such as by a payment taken back."""

from backend import ledger
from backend.cash.actions.shifts import keep_shift
from backend.house import House, Sweep
from backend.kit import clock


async def keep_shifts(house: House) -> None:
    """Give every hand with cash its shift, so that the office can count it (L11)."""
    now = clock.now()
    async with house.db.transaction(actor="shifts", offices="*") as conn:
        for office_id, courier_id in await ledger.list_filled_hands(conn):
            await keep_shift(conn, office_id, courier_id, now=now)


SWEEPS: tuple[Sweep, ...] = (keep_shifts,)
