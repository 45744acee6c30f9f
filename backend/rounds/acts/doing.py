"""What performers share: whose round, stop and act it is, how an act ends, what is kept of it."""

from uuid import UUID

from backend.dossiers import Source
from backend.kit.errors import Conflict
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.proofs import Proof, ProofKind
from backend.rounds import recall, rules, store
from backend.rounds.actions import remove_errands, settle_stop, tell_errands, tell_round_of
from backend.rounds.model import Context, Decision, Round, StopAct

APPLIED = Decision("applied")
NOOP = Decision("noop")


def source_of(ctx: Context) -> Source:
    """Return where a change comes from."""
    return Source(at=ctx.occurred_at, received_at=ctx.received_at, op_id=ctx.op_id)


async def own_round(conn: Conn, round_id: UUID, ctx: Context) -> Round:
    """Return a round of this courier, locked; raise `unknown_round` or `not_your_round`."""
    current = await store.lock_round(conn, ctx.office_id, round_id)
    if current is None:
        raise Conflict("unknown_round")
    if current.courier_id != ctx.courier_id:
        raise Conflict("not_your_round")
    return current


async def own_stop(conn: Conn, stop_id: UUID, ctx: Context) -> store.LockedStop:
    """Return a stop of this courier, locked; raise `unknown_stop` or `not_your_round`."""
    stop = await store.lock_stop(conn, ctx.office_id, stop_id)
    if stop is None:
        raise Conflict("unknown_stop")
    if stop.courier_id != ctx.courier_id:
        raise Conflict("not_your_round")
    return stop


async def own_act(conn: Conn, act_id: UUID, stop_id: UUID, kind: str, ctx: Context) -> StopAct:
    """Return an act, locked, if this courier may report it; raises what `rules.check_act` does."""
    return rules.check_act(
        await store.lock_act(conn, ctx.office_id, act_id),
        stop_id=stop_id,
        kind=kind,
        courier_id=ctx.courier_id,
    )


async def end_act(
    conn: Conn, act: StopAct, ctx: Context, *, state: str, reason: str | None = None
) -> Decision:
    """End an act; one that had gone to another courier ends there too: reality wins."""
    is_late = act.state == "removed"
    if is_late:
        await remove_errands(conn, ctx.office_id, [act.errand_id], ctx.received_at)
        await recall.overtake(conn, ctx.office_id, act.id, ctx.received_at)
    await store.end_act(
        conn,
        ctx.office_id,
        act.id,
        state=state,
        reason=reason,
        op_id=ctx.op_id,
        at=ctx.occurred_at,
    )
    await settle_stop(
        conn, ctx.office_id, ctx.courier_id, act.stop_id, is_arrived=True, at=ctx.occurred_at
    )
    await tell_errands(conn, ctx.office_id, [act.errand_id])
    if is_late:
        await tell_round_of(conn, ctx.office_id, ctx.courier_id, act.stop_id)
    return Decision("applied", "late_previous_holder") if is_late else APPLIED


def proof_of(
    ctx: Context,
    errand_id: UUID,
    kind: ProofKind,
    data: dict[str, object],
    photo: str | None = None,
) -> Proof:
    """Return a piece of evidence of this fact."""
    return Proof(
        office_id=ctx.office_id,
        id=new_id(),
        errand_id=errand_id,
        op_id=ctx.op_id,
        kind=kind,
        sha256=None if photo is None else bytes.fromhex(photo),
        data=data,
        occurred_at=ctx.occurred_at,
        received_at=ctx.received_at,
    )


def photos_of(ctx: Context, errand_id: UUID, photos: list[str]) -> list[Proof]:
    """Return the photographs of this fact as evidence."""
    return [proof_of(ctx, errand_id, "photo", {}, photo) for photo in photos]
