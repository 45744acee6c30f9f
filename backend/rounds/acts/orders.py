"""Performers of money orders at a door: taken from the sender, paid to the payee."""

from typing import Final
from uuid import UUID

import msgspec

from backend import money_orders, proofs
from backend.doorstep import Errand
from backend.dossiers import Identity
from backend.kit.sql import Conn
from backend.money_orders import Judged, Paying, Said, Source, Taking
from backend.rounds.acts.doing import proof_of
from backend.rounds.acts.money import clock_problem, end_money, find_money_act, own_money_act
from backend.rounds.model import Context, Decision, OrderPaid, OrderTaken

METHODS: Final = ("cccd", "passport", "vneid", "residence")


class OrderAsked(msgspec.Struct, frozen=True):
    """A money order about to be paid: asked while the notes are still in the courier's hand."""

    stop: UUID
    act: UUID
    pin: str
    amount_vnd: int
    identity: Identity
    said: Said = Said()


def _source(ctx: Context) -> Source:
    return Source(
        office_id=ctx.office_id,
        at=ctx.occurred_at,
        received_at=ctx.received_at,
        staff_id=ctx.courier_id,
        is_door=True,
        op_id=ctx.op_id,
        problem=clock_problem(ctx),
    )


async def take(conn: Conn, op: OrderTaken, ctx: Context) -> Decision:
    """Take a money order's cash and fee at its sender's door."""
    act, errand = await find_money_act(conn, op.act, op.stop, "order.take", ctx)
    taking = Taking(
        office_id=ctx.office_id, order_id=errand.id, amount_vnd=op.amount_vnd, fee_vnd=op.fee_vnd
    )
    outcome = await money_orders.take(conn, ctx.sealer, taking, _source(ctx))
    await _keep(conn, op.identity, op.sign_citizen, errand.id, ctx)
    return await end_money(conn, act, ctx, outcome.reason or None)


async def pay(conn: Conn, op: OrderPaid, ctx: Context) -> Decision:
    """Pay a money order at its payee's door; a wrong PIN leaves the notes in doubt."""
    act, errand = await find_money_act(conn, op.act, op.stop, "order.pay", ctx)
    paying = _paying(errand, ctx, op.amount_vnd, op.identity, grant=_read_grant(op.grant))
    outcome = await money_orders.pay(conn, ctx.sealer, paying, _source(ctx))
    await _keep(conn, op.identity, op.sign_citizen, errand.id, ctx)
    return await end_money(conn, act, ctx, outcome.reason or None)


async def judge_pay(conn: Conn, asked: OrderAsked, ctx: Context) -> Judged:
    """Say whether a payment would end in doubt, while the notes are still here.

    Raises what `own_act` does. A wrong PIN is counted, so the transaction must be committed.
    """
    _, errand = await own_money_act(conn, asked.act, asked.stop, "order.pay", ctx)
    paying = _paying(errand, ctx, asked.amount_vnd, asked.identity, pin=asked.pin)
    paying = msgspec.structs.replace(paying, said=asked.said)
    return await money_orders.judge(conn, ctx.sealer, paying, _source(ctx))


def _paying(
    errand: Errand,
    ctx: Context,
    amount_vnd: int,
    identity: Identity,
    *,
    pin: str = "",
    grant: bytes = b"",
) -> Paying:
    return Paying(
        id=ctx.op_id,
        reference=str(errand.shown.get("reference", "")),
        amount_vnd=amount_vnd,
        method=identity.method if identity.method in METHODS else "cccd",
        pin=pin,
        grant=grant,
        last4=identity.last4 or "",
    )


def _read_grant(text: str) -> bytes:
    """Return a grant's bytes; what is none is a wrong one, for the notes are gone already."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


async def _keep(
    conn: Conn, identity: Identity, strokes: str, errand_id: UUID, ctx: Context
) -> None:
    kept = [
        proof_of(ctx, errand_id, "identity", {"identity": identity}),
        proof_of(ctx, errand_id, "sign_citizen", {"strokes": strokes}),
    ]
    await proofs.keep(conn, kept)
