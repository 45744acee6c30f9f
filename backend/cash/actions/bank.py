"""Cash to and from the bank, over the drawer, with the slip that proves it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from backend import ledger
from backend.cash.actions.handovers import desk_topic
from backend.kit import live
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.ledger import Account, Transfer


async def move(
    conn: Conn,
    *,
    office_id: UUID,
    direction: Literal["withdrawal", "deposit"],
    amount_vnd: int,
    slip: str,
    by: UUID,
    now: datetime,
    id: UUID | None = None,
) -> UUID:
    """Post cash fetched from the bank or brought there; return the transfer.

    A slip counts once (`already_posted`). Raises `Conflict` `not_covered` for a deposit beyond
    the drawer.
    """
    drawer, bank = Account(office_id, "drawer"), Account(office_id, "bank")
    is_in = direction == "withdrawal"
    transfer = Transfer(
        id=id or new_id(),
        group_id=new_id(),
        code=f"bank.{direction}",
        debit=drawer if is_in else bank,
        credit=bank if is_in else drawer,
        amount_vnd=amount_vnd,
        business_key=f"{office_id}:{slip}",
        occurred_at=now,
        created_by=by,
        reason=f"giấy {slip}",
    )
    await ledger.post(conn, [transfer], now=now)
    await live.publish(conn, desk_topic(office_id))
    return transfer.id
