"""What a delta list says of sums of its first list: stopped, moved, deceased, alive after all."""

from datetime import datetime
from uuid import UUID

from backend import doorstep
from backend.kit.sql import Conn
from backend.payouts.model import PayoutList
from backend.payouts.store import queries


async def apply(conn: Conn, batch: PayoutList, now: datetime) -> set[UUID]:
    """Let a delta list's changes hold; return the lists of those to be brought to a door again.

    What is paid already stays so: the change came too late. `alive` is said of people whom a
    courier told dead, and brings them to their door and their proxy again.
    """
    named: list[UUID] = await queries.list(
        conn, "list_changed", lambda id: id, office_id=batch.office_id, list_id=batch.id
    )
    await doorstep.lock_all(conn, batch.office_id, named)
    done: list[tuple[UUID, UUID, bool]] = await queries.list(
        conn,
        "apply_changes",
        lambda *row: row,
        office_id=batch.office_id,
        list_id=batch.id,
        at=now,
    )
    ids = [payout_id for payout_id, _, _ in done]
    await queries.run(
        conn, "note_changes", office_id=batch.office_id, list_id=batch.id, payout_ids=ids
    )
    over = [payout_id for payout_id, _, is_alive in done if not is_alive]
    await doorstep.withdraw(conn, batch.office_id, over, at=now)
    return {list_id for _, list_id, is_alive in done if is_alive}
