"""Performer of corrections: what a courier says afterwards of an act that left the phone.

A failed visit is taken back at once while its round is out: the door is there to be tried again.
Papers taken or handed over are taken back by a person, for the law's clock and a citizen's papers
hang on them. Money has no undo: its reversal is the cashier's, with a second person.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from backend import charges, custody, doorstep, dossiers, payouts, proofs
from backend.kit.clock import service_day
from backend.kit.errors import Conflict
from backend.kit.sql import Conn
from backend.rounds import fees, rules, store
from backend.rounds.actions import settle_stop, tell_errands
from backend.rounds.acts.doing import APPLIED, NOOP, proof_of, source_of
from backend.rounds.model import (
    MONEY_KINDS,
    ActCorrected,
    Context,
    Decision,
    StopAct,
)


class Ending(msgspec.Struct, frozen=True):
    """How a visit to an errand failed; columns in the order of `find_attempt`."""

    invitation_n: int | None
    is_last: bool
    """No visit that stands came after it."""
    invited_before_at: datetime | None
    """The last invitation of the visits that stand besides it."""


async def correct(conn: Conn, op: ActCorrected, ctx: Context) -> Decision:
    """Take an act back, or keep beside it what was not quite so.

    Raises `Conflict`: `unknown_act`, `unknown_stop`, `not_your_round`, `nothing_to_correct`,
    `needs_reversal`, `correction_asked` (a person must agree), and what stands against it.
    """
    act = rules.check_own(
        await store.lock_act(conn, ctx.office_id, op.act),
        stop_id=op.stop,
        courier_id=ctx.courier_id,
    )
    if op.wrong == "not_so" and await _is_corrected(conn, ctx.office_id, op.op):
        return NOOP
    if await _find_ending(conn, ctx.office_id, op.act) != op.op:
        raise Conflict("nothing_to_correct")
    if op.wrong == "not_so":
        has_paid = _is_money(act) and act.state == "done"
        rules.check_not_so(act, is_by_person=ctx.is_by_person, has_paid=has_paid)
        await _take_back(conn, act, op, ctx)
    else:
        await _add_correction(conn, ctx.office_id, op, act_state=None, at=ctx.occurred_at)
    said: dict[str, object] = {"wrong": op.wrong, "reason": op.reason}
    await proofs.keep(conn, [proof_of(ctx, act.errand_id, "correction", said)])
    await tell_errands(conn, ctx.office_id, [act.errand_id])
    return APPLIED


def _is_money(act: StopAct) -> bool:
    return act.kind in MONEY_KINDS


async def _take_back(conn: Conn, act: StopAct, op: ActCorrected, ctx: Context) -> None:
    """Put the errand back to before the fact, and the act to be done again."""
    if act.state == "failed":
        await _unfail(conn, act, op, ctx)
    else:
        dossier = await dossiers.get_locked(conn, ctx.office_id, act.errand_id)
        is_taken = act.kind == "dossier.accept"
        verb = dossiers.unaccept if is_taken else dossiers.undeliver
        await verb(conn, dossier, ctx.courier_id, source_of(ctx))
    # A round that is closed is not opened again: the errand waits for the next one.
    state = "removed" if act.round_state == "closed" else "open"
    await _add_correction(conn, ctx.office_id, op, act_state=state, at=ctx.occurred_at)
    await store.end_act(conn, ctx.office_id, act.id, state=state, reason=None, op_id=None, at=None)
    await settle_stop(
        conn, ctx.office_id, ctx.courier_id, act.stop_id, is_arrived=True, at=ctx.occurred_at
    )


async def _unfail(conn: Conn, act: StopAct, op: ActCorrected, ctx: Context) -> None:
    """Let a visit in vain be none: the last of its errand, which nobody else has by now."""
    ending = await _find_attempt(conn, ctx.office_id, act.errand_id, op.op)
    if ending is None or not ending.is_last:
        raise Conflict("state_conflict")
    if await store.lock_open_acts(conn, ctx.office_id, [act.errand_id]):
        raise Conflict("errand_on_round", num=1)
    if _is_money(act):
        await _unfail_money(conn, act, op, ctx)
    else:
        await _unfail_dossier(conn, act, ending, ctx)


async def _unfail_dossier(conn: Conn, act: StopAct, ending: Ending, ctx: Context) -> None:
    dossier = await dossiers.get_locked(conn, ctx.office_id, act.errand_id)
    if dossier.item_id is not None:
        item = await custody.lock_item(conn, ctx.office_id, dossier.item_id)
        assert item is not None, "a dossier's item is there"
        custody.check_in_hand(item, custody.Party("courier", ctx.courier_id))
    owed = await charges.list_of_dossier(conn, ctx.office_id, dossier.id)
    if dossier.state == "returning" and any(fees.is_forgotten(charge) for charge in owed):
        raise Conflict("fee_given_up")
    before_at = ending.invited_before_at
    await dossiers.unfail(
        conn,
        dossier,
        source_of(ctx),
        was_invited=ending.invitation_n is not None,
        last_invited_on=None if before_at is None else service_day(before_at),
        wanted_on=act.service_on,
    )


async def _unfail_money(conn: Conn, act: StopAct, op: ActCorrected, ctx: Context) -> None:
    errand = await doorstep.lock(conn, ctx.office_id, act.errand_id)
    if errand is None:
        raise Conflict("unknown_act")
    if act.kind == "payout.pay":
        await payouts.unfail(conn, ctx.office_id, errand.id, op.op)
    elif errand.state != "due":
        raise Conflict("state_conflict")
    await doorstep.unfail(conn, errand, wanted_on=act.service_on)


async def _find_ending(conn: Conn, office_id: UUID, act_id: UUID) -> UUID | None:
    """Return the fact by which an act ended, or None."""
    found: UUID | None = await store.queries.value(
        conn, "find_ending", office_id=office_id, id=act_id
    )
    return found


async def _is_corrected(conn: Conn, office_id: UUID, op_id: UUID) -> bool:
    """Return whether a fact was taken back before."""
    return bool(await store.queries.value(conn, "is_corrected", office_id=office_id, op_id=op_id))


async def _find_attempt(conn: Conn, office_id: UUID, errand_id: UUID, op_id: UUID) -> Ending | None:
    """Return the failed visit that a fact told of, or None."""
    return await store.queries.one(
        conn, "find_attempt", Ending, office_id=office_id, errand_id=errand_id, op_id=op_id
    )


async def _add_correction(
    conn: Conn,
    office_id: UUID,
    said: ActCorrected,
    *,
    act_state: str | None,
    at: datetime,
) -> None:
    """Write what a courier said afterwards of an act, and the state the act goes back to."""
    await store.queries.run(
        conn,
        "add_correction",
        office_id=office_id,
        op_id=said.id,
        corrects_op_id=said.op,
        act_id=said.act,
        wrong=said.wrong,
        reason=said.reason,
        act_state=act_state,
        at=at,
    )
