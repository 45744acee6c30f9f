"""Verbs of sync for the office: decide a fact that was held."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from backend import rounds
from backend.kit import live
from backend.kit.errors import Conflict, NotFound
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.rounds import Context
from backend.sync import rules, store
from backend.sync.actions.decide import KIND_VERSION
from backend.sync.actions.purse import note_phone_state


async def decide_held(
    conn: Conn,
    *,
    office_id: UUID,
    op_id: UUID,
    outcome: Literal["applied", "noop"],
    by: UUID,
    note: str,
    now: datetime,
    sealer: Sealer,
) -> None:
    """Decide a held fact: `applied` performs it now, `noop` sets it aside; the phone is told.

    Raises `NotFound`, `Conflict` `not_held`, and for `applied` whatever still stands against it.
    """
    if not await store.lock_effect(conn, office_id, op_id):
        raise NotFound()
    held = await store.find_held(conn, office_id, op_id)
    if held is None:
        raise Conflict("not_held")
    reason = None
    if outcome == "applied":
        known = rounds.KINDS.get(held.kind)
        if known is None:
            raise Conflict("unknown_kind")
        try:
            fact = msgspec.json.decode(held.raw, type=known[0])
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise Conflict("unreadable") from error
        if fact.v > KIND_VERSION:  # of a newer app: its words may mean something else
            raise Conflict("unknown_kind")
        context = Context(
            office_id=office_id,
            courier_id=held.staff_id,
            op_id=op_id,
            occurred_at=held.occurred_at,
            received_at=held.received_at,
            # Somebody has looked at the time as well.
            time_quality="corrected",
            sealer=sealer,
        )
        decision = await rounds.perform(conn, fact, context)
        if decision.outcome == "held":
            raise Conflict(decision.reason or "state_conflict")
        reason = decision.reason
    elif rules.moves_money(held.kind) and held.reason not in rules.NOTHING_POSTED:
        raise Conflict("money_in_doubt")
    await store.add_decision(
        conn,
        office_id=office_id,
        op_id=op_id,
        n=2,
        outcome=outcome,
        reason=reason,
        by_staff_id=by,
        note=note,
        at=now,
    )
    await note_phone_state(conn, office_id, held.staff_id, head=None, ack=None, now=now)
    await rounds.add_change(conn, office_id, held.staff_id, kind="decision", ref=op_id)
    await live.publish(conn, f"phone:{held.staff_id}")
    await live.publish(conn, f"board:{office_id}")
