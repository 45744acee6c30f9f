"""What a courier's phone shows of the courier's cash."""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend import ledger
from backend.cash import store
from backend.cash.actions.handovers import limit_of, purse
from backend.kit.clock import service_day
from backend.kit.sql import Conn

NUM_LINES = 200


async def describe(
    conn: Conn, office_id: UUID, courier_id: UUID, now: datetime
) -> tuple[int, dict[str, Any]]:
    """Return revision and document: balance, its lines of today, hand-overs that wait, the shift.

    The other side's counts are not in it: a count is blind.
    """
    hand = purse(office_id, "hand", courier_id)
    balance = await ledger.find_balance(conn, hand)
    today = service_day(now)
    lines = await ledger.list_lines(conn, hand, today, today, limit=NUM_LINES)
    handovers = await store.list_open_of(conn, office_id, courier_id)
    people = {h.giver_id for h in handovers} | {h.taker_id for h in handovers}
    names = await store.list_names(conn, office_id, [one for one in people if one])
    shift = await store.lock_open_shift(conn, office_id, courier_id)
    doc = {
        "id": courier_id,
        "balance_vnd": balance.amount_vnd,
        "free_vnd": balance.free_vnd,
        "limit_vnd": await limit_of(conn, office_id, courier_id, now),
        "shift": shift and {"id": shift.id, "state": shift.state, "opened_at": shift.opened_at},
        "lines": [
            {
                "id": line.id,
                "code": line.code,
                "phase": line.phase,
                "amount_vnd": line.amount_vnd if line.debit_id == hand.id else -line.amount_vnd,
                "at": line.occurred_at,
                "group_id": line.group_id,
                "op_id": line.op_id,
            }
            for line in lines
        ],
        "handovers": [
            {
                "id": one.id,
                "kind": one.kind,
                "amount_vnd": None if one.taker_id == courier_id else one.amount_vnd,
                "is_mine_to_take": one.taker_id == courier_id,
                "giver": names.get(one.giver_id) if one.giver_id else None,
                "taker": names.get(one.taker_id) if one.taker_id else None,
                "made_at": one.made_at,
            }
            for one in handovers
        ],
    }
    return await store.find_rev(conn, office_id, courier_id), doc
