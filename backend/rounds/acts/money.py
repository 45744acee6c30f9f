"""Performers of acts of money: each finds the room that the money belongs to, and ends the act.

What may not be applied is recorded there as in doubt and held here: the notes have changed hands.
"""

from uuid import UUID

from backend import (
    cash,
    charges,
    doorstep,
    dossiers,
    ledger,
    network,
    payouts,
    proofs,
    receipts,
)
from backend.doorstep import Errand
from backend.kit.clock import service_day
from backend.kit.errors import Conflict
from backend.kit.sql import Conn
from backend.rounds import store
from backend.rounds.acts import demands
from backend.rounds.acts.doing import end_act, own_act, photos_of, proof_of
from backend.rounds.model import (
    ChargeCollected,
    Context,
    Decision,
    PayoutPaid,
    StopAct,
    VisitFailed,
)

PAYMENT_N = 7
"""Place of a payment among the ids that a fact makes."""


async def own_money_act(
    conn: Conn, act_id: UUID, stop_id: UUID, kind: str, ctx: Context
) -> tuple[StopAct, Errand]:
    """Return an act of money and its errand, both locked, if this courier may report it."""
    act = await own_act(conn, act_id, stop_id, kind, ctx)
    errand = await doorstep.lock(conn, ctx.office_id, act.errand_id)
    if errand is None:
        raise Conflict("unknown_act")
    return act, errand


async def find_money_act(
    conn: Conn, act_id: UUID, stop_id: UUID, kind: str, ctx: Context
) -> tuple[StopAct, Errand]:
    """Return an act of money and its errand, locked, whoever's it is by now.

    Notes have changed hands: whose act it was, and whether it was done before, is for the room of
    the money to weigh. Raises `Conflict` `unknown_act` where no act is named.
    """
    act = await store.lock_act(conn, ctx.office_id, act_id)
    if act is None or act.kind != kind or act.stop_id != stop_id:
        raise Conflict("unknown_act")
    errand = await doorstep.lock(conn, ctx.office_id, act.errand_id)
    if errand is None:
        raise Conflict("unknown_act")
    return act, errand


async def end_money(conn: Conn, act: StopAct, ctx: Context, reason: str | None) -> Decision:
    """End the visit; a fact in doubt is held, its act over all the same: the notes are gone."""
    await cash.tell_hand(conn, ctx.office_id, ctx.courier_id)
    decision = Decision("applied")
    if act.courier_id == ctx.courier_id and act.state in ("open", "removed"):
        decision = await end_act(conn, act, ctx, state="done", reason=reason)
    return decision if reason is None else Decision("held", reason)


async def pay_payout(conn: Conn, op: PayoutPaid, ctx: Context) -> Decision:
    """Pay a payout at a door (S4 to S7), under the lease that the phone had of its list."""
    act, errand = await find_money_act(conn, op.act, op.stop, "payout.pay", ctx)
    problem = ctx.lease_problem
    # A person who performs a held fact has weighed the lease already.
    if not ctx.is_by_person and problem is None and errand.subject_id is not None:
        share = payouts.share_id(errand.subject_id, ctx.courier_id)
        problem = None if ctx.lease_id == share else "no_lease"
    payment = payouts.Payment(
        office_id=ctx.office_id,
        id=ledger.transfer_id(ctx.op_id, PAYMENT_N),
        payout_id=errand.id,
        amount_vnd=op.amount_vnd,
        place="door",
        identity=payouts.Seen(op.identity.method, op.identity.last4),
        proxy=None
        if op.proxy is None
        else payouts.Authority(op.proxy.relation, op.proxy.authority, op.authority_id),
        has_signature=bool(op.sign_citizen),
        num_photos=len(op.photos),
        courier_id=ctx.courier_id,
    )
    source = payouts.Source(
        at=ctx.occurred_at, received_at=ctx.received_at, by=ctx.courier_id, op_id=ctx.op_id
    )
    outcome = await payouts.pay(conn, payment, source, lease_problem=problem)
    kept = [
        proof_of(ctx, errand.id, "identity", {"identity": op.identity}),
        proof_of(ctx, errand.id, "sign_citizen", {"strokes": op.sign_citizen}),
        *photos_of(ctx, errand.id, op.photos),
    ]
    if op.proxy is not None:
        kept.append(proof_of(ctx, errand.id, "proxy", {"proxy": op.proxy}))
    await proofs.keep(conn, kept)
    return await end_money(conn, act, ctx, outcome.reason if outcome.state == "held" else None)


def clock_problem(ctx: Context) -> str:
    """Return why the time of an act of money goes to a person, or nothing."""
    return "suspect_time" if ctx.time_quality == "suspect" else ""


async def collect_charge(conn: Conn, op: ChargeCollected, ctx: Context) -> Decision:
    """Take what a citizen owes, at a door (S7, S8, S10)."""
    act, errand = await find_money_act(conn, op.act, op.stop, "charge.collect", ctx)
    use = op.receipt
    collection = charges.Collection(
        office_id=ctx.office_id,
        id=ctx.op_id,
        charge_id=errand.id,
        amount_vnd=op.amount_vnd,
        method=op.method,
        receipt=None if use is None else receipts.Use(use.block, use.number),
    )
    source = charges.Source(
        at=ctx.occurred_at,
        received_at=ctx.received_at,
        staff_id=ctx.courier_id,
        is_door=True,
        op_id=ctx.op_id,
        device_id=ctx.device_id,
        problem=clock_problem(ctx),
    )
    outcome = await charges.collect(conn, collection, source)
    kept = photos_of(ctx, errand.id, op.photos)
    if op.payer_sign:
        kept.append(proof_of(ctx, errand.id, "sign_citizen", {"strokes": op.payer_sign}))
    if kept:
        await proofs.keep(conn, kept)
    if outcome.kind == "nothing":
        return Decision("noop", outcome.reason)
    return await end_money(conn, act, ctx, outcome.reason if outcome.kind == "in_doubt" else None)


async def fail(conn: Conn, op: VisitFailed, kind: str, ctx: Context) -> Decision:
    """Record that money was neither paid nor taken: why, with what proof, and when next."""
    act, errand = await own_money_act(conn, op.act, op.stop, kind, ctx)
    dossiers.check_shown(
        await demands.find_required(
            conn, ctx.office_id, act.service_on, act.kind, "failed", op.reason
        ),
        num_photos=len(op.photos),
        note=op.note,
        has_signature=bool(op.sign_citizen),
    )
    on_day = service_day(ctx.occurred_at)
    next_on = op.next_on or await network.add_working_days(conn, on_day, 1)
    if kind == "payout.pay":
        failure = payouts.Failure(
            office_id=ctx.office_id,
            payout_id=errand.id,
            reason=op.reason,
            next_on=op.next_on,
            note=op.note,
        )
        source = payouts.Source(
            at=ctx.occurred_at, received_at=ctx.received_at, by=ctx.courier_id, op_id=ctx.op_id
        )
        await payouts.fail(conn, failure, source)
    elif errand.state == "due":
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
