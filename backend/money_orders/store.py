"""Rows of money orders; beyond the office's wall only through the gates of the schema."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from backend.kit.errors import Conflict
from backend.kit.sql import Conn, load
from backend.money_orders.model import (
    Doubt,
    Flag,
    NewOrder,
    Order,
    OrderState,
    Presented,
    Proposal,
    Settled,
    Settlement,
    Source,
)

queries = load(__file__)
NUM_LISTED: Final = 200


async def add_order(
    conn: Conn,
    new: NewOrder,
    *,
    reference: str,
    fee_vnd: int,
    parties_sealed: bytes,
    sender_key: str,
    payee_key: str,
    by: UUID,
    at: datetime,
) -> bool:
    """Write an order as booked; return whether it is new."""
    done = await queries.run(
        conn,
        "add_order",
        office_id=new.office_id,
        id=new.id,
        reference=reference,
        amount_vnd=new.amount_vnd,
        fee_vnd=fee_vnd,
        purpose=new.purpose,
        parties_sealed=parties_sealed,
        sender_key=sender_key,
        payee_key=payee_key,
        to_door=new.to_door,
        made_by=by,
        made_at=at,
        is_demo=new.is_demo,
    )
    return done == 1


async def find_order(conn: Conn, office_id: UUID, id: UUID) -> Order | None:
    """Return an order of the office, or None."""
    return await queries.one(conn, "find_order", Order, office_id=office_id, id=id)


async def lock_order(conn: Conn, office_id: UUID, id: UUID) -> Order | None:
    """Return an order of the office, locked, or None."""
    return await queries.one(conn, "lock_order", Order, office_id=office_id, id=id)


async def list_orders(
    conn: Conn, office_id: UUID, *, state: OrderState | None = None, limit: int = NUM_LISTED
) -> list[Order]:
    """Return orders of the office, the newest first."""
    return await queries.list(
        conn, "list_orders", Order, office_id=office_id, state=state, limit=limit
    )


async def set_taken(conn: Conn, order: Order, source: Source, *, on_day: date) -> None:
    """Let an order be taken."""
    done = await queries.run(
        conn,
        "set_taken",
        office_id=order.office_id,
        id=order.id,
        at=source.at,
        on_day=on_day,
        by=source.staff_id,
        cash_owner_id=source.staff_id if source.is_door else None,
        op_id=source.op_id,
    )
    assert done == 1, "it was locked and booked"


async def set_refunded(conn: Conn, order: Order, *, at: datetime) -> None:
    """Let an order be given back."""
    done = await queries.run(conn, "set_refunded", office_id=order.office_id, id=order.id, at=at)
    assert done == 1, "it was locked and taken"


async def set_cancelled(conn: Conn, order: Order) -> None:
    """Let an order that was never taken go."""
    await queries.run(conn, "set_cancelled", office_id=order.office_id, id=order.id)


async def set_pin(conn: Conn, order: Order, *, salt: bytes, hash: bytes) -> bool:
    """Write a PIN's hash; return whether there was none."""
    done = await queries.run(
        conn, "set_pin", office_id=order.office_id, id=order.id, salt=salt, hash=hash
    )
    return done == 1


async def unlock(conn: Conn, office_id: UUID, id: UUID) -> bool:
    """Forget wrong PINs; return whether the order was locked."""
    return await queries.run(conn, "unlock", office_id=office_id, id=id) == 1


async def set_brought(
    conn: Conn, order: Order, *, pay_office_id: UUID | None, not_brought: str
) -> None:
    """Write where an order is brought, or why it is not."""
    await queries.run(
        conn,
        "set_brought",
        office_id=order.office_id,
        id=order.id,
        pay_office_id=pay_office_id,
        not_brought=not_brought,
    )


async def find_salt(conn: Conn, reference: str) -> bytes | None:
    """Return with what the PIN of a reference is hashed, whatever its office."""
    salt: bytes | None = await queries.value(conn, "find_salt", reference=reference)
    return salt


async def try_pin(
    conn: Conn, reference: str, pin_hash: bytes, *, office_id: UUID, by: UUID, at: datetime
) -> Presented:
    """Present an order; only a right PIN shows it."""
    found = await queries.one(
        conn,
        "try_pin",
        Presented,
        reference=reference,
        pin_hash=pin_hash,
        office_id=office_id,
        by=by,
        at=at,
    )
    assert found is not None, "the gate always answers"
    return found


async def set_paid(
    conn: Conn, reference: str, pin_hash: bytes, *, office_id: UUID, at: datetime
) -> bool:
    """Let a presented order be paid; return whether it was waiting."""
    done: bool = await queries.value(
        conn, "set_paid", reference=reference, pin_hash=pin_hash, office_id=office_id, at=at
    )
    return done


async def sum_cash(conn: Conn, person_key: str, on_day: date) -> int:
    """Return one person's cash of a day in all offices, đồng."""
    total: int = await queries.value(conn, "sum_cash", person_key=person_key, on_day=on_day)
    return total


async def sum_sent(conn: Conn, person_key: str, on_day: date) -> int:
    """Return what one person handed in on a day in all offices, đồng."""
    total: int = await queries.value(conn, "sum_sent", person_key=person_key, on_day=on_day)
    return total


async def sum_booked(conn: Conn, person_key: str, on_day: date, *, except_id: UUID) -> int:
    """Return what one person booked on a day and has not handed in, without one order, đồng."""
    total: int = await queries.value(
        conn, "sum_booked", person_key=person_key, on_day=on_day, except_id=except_id
    )
    return total


async def lock_person(conn: Conn, person_key: str) -> None:
    """Wait until nobody else adds up this person's sums."""
    await queries.run(conn, "lock_person", person_key=person_key)


async def find_payee_paid(conn: Conn, office_id: UUID, order_id: UUID) -> tuple[UUID, bytes] | None:
    """Return the settlement that paid an order here and its payee, sealed, or None."""
    return await queries.one(
        conn, "find_payee_paid", lambda *row: row, office_id=office_id, order_id=order_id
    )


async def set_payee_said(
    conn: Conn, office_id: UUID, order_id: UUID, sealed: bytes, *, by: UUID, at: datetime
) -> None:
    """Keep what a payee said at a door, sealed."""
    await queries.run(
        conn,
        "set_payee_said",
        office_id=office_id,
        order_id=order_id,
        sealed=sealed,
        by=by,
        at=at,
    )


async def find_payee_said(conn: Conn, office_id: UUID, order_id: UUID) -> bytes | None:
    """Return what a payee said at a door, sealed, or None."""
    sealed: bytes | None = await queries.value(
        conn, "find_payee_said", office_id=office_id, order_id=order_id
    )
    return sealed


async def add_settlement(conn: Conn, settlement: Settlement) -> None:
    """Write that an order was paid or given back."""
    await queries.run(conn, "add_settlement", **msgspec.structs.asdict(settlement))


async def find_settlement(conn: Conn, office_id: UUID, id: UUID) -> Settlement | None:
    """Return a settlement by the id of its act, or None."""
    return await queries.one(conn, "find_settlement", Settlement, office_id=office_id, id=id)


async def list_settlements(
    conn: Conn, office_id: UUID, from_day: date, to_day: date
) -> list[Settlement]:
    """Return what an office paid out and gave back."""
    return await queries.list(
        conn,
        "list_settlements",
        Settlement,
        office_id=office_id,
        from_day=from_day,
        to_day=to_day,
    )


async def add_doubt(conn: Conn, doubt: Doubt) -> None:
    """Write notes that fit no order."""
    row = msgspec.structs.asdict(doubt)
    for name in ("answered_at", "answered_by", "approved_by", "settled_as"):
        del row[name]
    await queries.run(conn, "add_doubt", **row)


async def lock_doubt(conn: Conn, office_id: UUID, id: UUID) -> Doubt | None:
    """Return notes in doubt, locked, or None."""
    return await queries.one(conn, "lock_doubt", Doubt, office_id=office_id, id=id)


async def list_doubts(conn: Conn, office_id: UUID) -> list[Doubt]:
    """Return notes in doubt that wait for people."""
    return await queries.list(conn, "list_doubts", Doubt, office_id=office_id)


async def answer_doubt(
    conn: Conn, doubt: Doubt, settled_as: Settled, *, by: UUID, approved_by: UUID, at: datetime
) -> None:
    """Write what became of notes in doubt."""
    await queries.run(
        conn,
        "answer_doubt",
        office_id=doubt.office_id,
        id=doubt.id,
        by=by,
        approved_by=approved_by,
        settled_as=settled_as,
        at=at,
    )


async def post_doubt(conn: Conn, doubt: Doubt, transfer_id: UUID) -> None:
    """Write that notes in doubt were posted after all."""
    await queries.run(
        conn, "post_doubt", office_id=doubt.office_id, id=doubt.id, transfer_id=transfer_id
    )


async def set_paid_in_doubt(conn: Conn, doubt: Doubt, *, at: datetime) -> tuple[UUID, str] | None:
    """Let the order of a doubt be paid; return its office and its payee's key, else None."""
    return await queries.one(
        conn,
        "set_paid_in_doubt",
        lambda *row: row,
        office_id=doubt.office_id,
        doubt_id=doubt.id,
        at=at,
    )


async def add_proposal(conn: Conn, proposal: Proposal) -> None:
    """Write a proposal; raise `Conflict` `order_proposal_open` when one waits."""
    row = msgspec.structs.asdict(proposal)
    del row["ended_by"], row["ended_at"]
    try:
        async with conn.transaction():
            await queries.run(conn, "add_proposal", **row)
    except asyncpg.UniqueViolationError as error:
        raise Conflict("order_proposal_open") from error


async def lock_proposal(conn: Conn, office_id: UUID, id: UUID) -> Proposal | None:
    """Return a proposal, locked, or None."""
    return await queries.one(conn, "lock_proposal", Proposal, office_id=office_id, id=id)


async def list_proposals(conn: Conn, office_id: UUID) -> list[Proposal]:
    """Return what waits for a second person."""
    return await queries.list(conn, "list_proposals", Proposal, office_id=office_id)


async def end_proposal(
    conn: Conn, proposal: Proposal, *, by: UUID, is_refused: bool, at: datetime
) -> None:
    """Let a proposal be approved or refused."""
    await queries.run(
        conn,
        "end_proposal",
        office_id=proposal.office_id,
        id=proposal.id,
        by=by,
        is_refused=is_refused,
        at=at,
    )


async def add_flag(conn: Conn, flag: Flag) -> None:
    """Write what is to be reported."""
    await queries.run(conn, "add_flag", **msgspec.structs.asdict(flag))


async def list_flags(conn: Conn, office_id: UUID, from_day: date, to_day: date) -> list[Flag]:
    """Return what is to be reported of some days."""
    return await queries.list(
        conn, "list_flags", Flag, office_id=office_id, from_day=from_day, to_day=to_day
    )
