"""Performers of acts of money: each finds the room that the money belongs to, and ends the act.

What may not be applied is recorded there as in doubt and held here: the notes have changed hands.
"""

from uuid import UUID

from backend import doorstep, dossiers, network, proofs
from backend.doorstep import Errand
from backend.kit.clock import service_day
from backend.kit.errors import Conflict
from backend.kit.sql import Conn
from backend.rounds import store
from backend.rounds.acts.doing import end_act, own_act, photos_of, proof_of
from backend.rounds.model import Context, Decision, StopAct, VisitFailed


async def own_money_act(
    conn: Conn, act_id: UUID, stop_id: UUID, kind: str, ctx: Context
) -> tuple[StopAct, Errand]:
    """Return an act of money and its errand, both locked, if this courier may report it."""
    act = await own_act(conn, act_id, stop_id, kind, ctx)
    errand = await doorstep.lock(conn, ctx.office_id, act.errand_id)
    if errand is None:
        raise Conflict("unknown_act")
    return act, errand


async def fail(conn: Conn, op: VisitFailed, kind: str, ctx: Context) -> Decision:
    """Record that money was neither paid nor taken: why, with what proof, and when next."""
    act, errand = await own_money_act(conn, op.act, op.stop, kind, ctx)
    needed = dossiers.failure_proofs(op.reason)
    if ("photo" in needed and not op.photos) or ("note" in needed and not op.note.strip()):
        raise Conflict("missing_proof")
    on_day = service_day(ctx.occurred_at)
    next_on = op.next_on or await network.add_working_days(conn, on_day, 1)
    if errand.state == "due":
        await doorstep.put_off(conn, errand, next_on=next_on)
    await store.add_attempt(
        conn,
        office_id=ctx.office_id,
        errand_id=errand.id,
        stop_id=op.stop,
        op_id=ctx.op_id,
        reason=op.reason,
        invitation_n=None,
        next_on=next_on,
        note=op.note,
        at=ctx.occurred_at,
    )
    shown: dict[str, object] = {"reason": op.reason, "note": op.note, "invited": op.invited}
    await proofs.keep(
        conn,
        [
            proof_of(ctx, errand.id, "failure", shown),
            *photos_of(ctx, errand.id, op.photos),
        ],
    )
    return await end_act(conn, act, ctx, state="failed", reason=op.reason)
