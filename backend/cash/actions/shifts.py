"""Cash in a hand always has a shift that names it, and is counted while it is there (L11)."""

from datetime import datetime
from uuid import UUID

from backend import ledger
from backend.cash import store
from backend.cash.actions.handovers import purse, tell_hand
from backend.kit.ids import new_id
from backend.kit.sql import Conn


async def keep_shift(
    conn: Conn, office_id: UUID, courier_id: UUID, *, now: datetime, is_needed: bool = False
) -> bool:
    """Return whether a courier has a shift, after whatever their phone reported.

    `is_needed`: a list is at the phone, or money was told that nobody has decided on; then one
    begins with an empty hand too, for what only a shift can keep open.

    Cash in a hand always has one: taken at a door without a float it begins one, and what came
    after the counts has them taken again. Nobody goes home with cash that no shift names (L11).
    """
    state = await store.find_open_shift_state(conn, office_id, courier_id)
    if state in ("open", "counted"):
        return True
    hand = await ledger.find_balance(conn, purse(office_id, "hand", courier_id))
    if hand.amount_vnd == 0 and (state is not None or not is_needed):
        return state is not None
    if state is None:
        await store.open_shift(conn, office_id, new_id(), courier_id, now)
    else:
        await store.reopen_shift(conn, office_id, courier_id)
    await tell_hand(conn, office_id, courier_id)
    return True
