"""Receipts of what was collected: none is void alone, and none stays missing."""

from datetime import datetime
from uuid import UUID

from backend import receipts
from backend.charges import store
from backend.kit.errors import Conflict, NotFound
from backend.kit.sql import Conn


async def void_receipt(
    conn: Conn, office_id: UUID, receipt_id: UUID, *, reason: str, by: UUID, now: datetime
) -> None:
    """Let a receipt be void that no collected charge stands on.

    Money of the state must not stand without its receipt: that one is void when two people
    take the charge back.

    Raises `NotFound`; `Conflict` `receipt_of_collected`, `receipt_void_already`, `needs_reason`.
    """
    receipt = await receipts.find_receipt(conn, office_id, receipt_id)
    if receipt is None:
        raise NotFound()
    # Locked before it is judged: the charge may be on its way back, or just collected.
    if await store.lock_charge(conn, office_id, receipt.subject_id) is not None:
        held = await store.list_collections(conn, office_id, receipt.subject_id)
        if any(one.receipt_id == receipt_id and one.reversed_at is None for one in held):
            raise Conflict("receipt_of_collected")
    await receipts.void(conn, office_id, receipt_id, reason=reason, by=by, now=now)
