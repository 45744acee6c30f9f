"""Performers of rounds and papers: opening, loading, accepting, delivering, failing, closing.

Each performer locks, asks the errand's room to decide, writes, and tells the phones. A refusal
means that a person must look: the exchange holds the fact. Nothing is lost by it.
"""

from typing import Any
from uuid import UUID

from backend import custody, dossiers, network, proofs, tracking
from backend.dossiers import Acceptance, Delivery, Dossier, Failure
from backend.kit.clock import service_day
from backend.kit.errors import Conflict
from backend.kit.sql import Conn
from backend.rounds import fees, rules, store
from backend.rounds.actions import tell_errands, tell_phone, touch_point
from backend.rounds.acts import demands, money, passing
from backend.rounds.acts.doing import (
    APPLIED,
    NOOP,
    end_act,
    own_act,
    own_round,
    own_stop,
    photos_of,
    proof_of,
    source_of,
)
from backend.rounds.model import (
    INVITATION_GAP,
    MONEY_KINDS,
    PARTLY,
    CallLogged,
    Context,
    Decision,
    DossierAccepted,
    ItemsLoaded,
    ItemsReturned,
    NoteAdded,
    PinMoved,
    ResultDelivered,
    RoundClosed,
    RoundOpened,
    StopAct,
    StopArrived,
    VisitFailed,
)
from backend.rounds.store import queries
from backend.tracking import NewEvent


async def open_round(conn: Conn, op: RoundOpened, ctx: Context) -> Decision:
    """Open a round and tell its citizens that the courier is on the way."""
    current = await own_round(conn, op.round, ctx)
    if current.state != "published":
        return NOOP
    await store.set_round_state(conn, current, "open", ctx.occurred_at)
    await tracking.record_many(
        conn,
        [
            NewEvent(
                office_id=ctx.office_id,
                errand_id=errand_id,
                code="on_round",
                occurred_at=ctx.occurred_at,
                received_at=ctx.received_at,
            )
            for errand_id in await store.open_errands(conn, ctx.office_id, current.id)
        ],
    )
    await tell_phone(conn, ctx.office_id, ctx.courier_id, kind="round", ref=current.id)
    return APPLIED


async def load_items(conn: Conn, op: ItemsLoaded, ctx: Context) -> Decision:
    """Give the items in the bag to the courier; those of other states are named, not moved."""
    current = await own_round(conn, op.round, ctx)
    await store.lock_open_acts_of(conn, ctx.office_id, current.id)
    source = source_of(ctx)
    wrong = 0
    loaded: list[UUID] = []
    for dossier in await dossiers.lock_by_item(conn, ctx.office_id, op.items):
        if dossier.state != "at_office":
            wrong += 1
            continue
        try:
            await dossiers.load(conn, dossier, ctx.courier_id, source)
        except Conflict as refusal:
            if refusal.code != "item_frozen":
                raise
            wrong += 1
            continue
        loaded.append(dossier.id)
    await tell_errands(conn, ctx.office_id, loaded)
    return Decision("applied", "some_not_loaded") if wrong or op.missing else APPLIED


async def arrive(conn: Conn, op: StopArrived, ctx: Context) -> Decision:
    """Note the arrival at a door."""
    stop = await own_stop(conn, op.stop, ctx)
    if stop.state not in ("open", "arrived"):
        return NOOP
    await store.arrive(conn, ctx.office_id, stop.id, ctx.occurred_at)
    await tell_phone(conn, ctx.office_id, ctx.courier_id, kind="stop", ref=stop.id)
    return APPLIED


async def _own_act(
    conn: Conn, act_id: UUID, stop_id: UUID, kind: str, ctx: Context
) -> tuple[StopAct, Dossier]:
    """Return the act and its dossier, both locked, if this courier may report it."""
    act = await own_act(conn, act_id, stop_id, kind, ctx)
    return act, await dossiers.get_locked(conn, ctx.office_id, act.errand_id)


async def _check_in_bag(conn: Conn, act: StopAct, dossier: Dossier, ctx: Context) -> None:
    """Refuse to speak of a visit with an item that went into another's bag by a hand-over.

    Raises `Conflict`: `item_passed_on`, `wrong_holder`.
    """
    if dossier.item_id is None:
        return
    item = await custody.lock_item(conn, ctx.office_id, dossier.item_id)
    if item is not None and act.state == "removed":
        custody.check_in_hand(item, custody.Party("courier", ctx.courier_id))
    elif item is not None:
        custody.check_passed(item)


async def accept_dossier(conn: Conn, op: DossierAccepted, ctx: Context) -> Decision:
    """Take papers at the door (S1)."""
    act, dossier = await _own_act(conn, op.act, op.stop, "dossier.accept", ctx)
    needed = await demands.find_required(conn, ctx.office_id, act.service_on, act.kind, "done")
    await dossiers.accept(
        conn,
        dossier,
        Acceptance(
            courier_id=ctx.courier_id,
            checklist=op.checklist,
            seal=op.seal,
            is_sealed_before_citizen=op.sealed_before_citizen,
            identity=op.identity,
            proxy=op.proxy,
            sign_citizen=op.sign_citizen,
            sign_courier=op.sign_courier,
            num_photos=len(op.photos),
            needs_photo="photo" in needed,
        ),
        source_of(ctx),
    )
    kept = [
        proof_of(ctx, dossier.id, "checklist", {"papers": op.checklist}),
        proof_of(ctx, dossier.id, "seal", {"number": op.seal}),
        proof_of(ctx, dossier.id, "identity", {"identity": op.identity}),
        proof_of(ctx, dossier.id, "sign_citizen", {"strokes": op.sign_citizen}),
        proof_of(ctx, dossier.id, "sign_courier", {"strokes": op.sign_courier}),
        *photos_of(ctx, dossier.id, op.photos),
    ]
    if op.proxy is not None:
        kept.append(proof_of(ctx, dossier.id, "proxy", {"proxy": op.proxy}))
    await proofs.keep(conn, kept)
    return await end_act(conn, act, ctx, state="done")


async def deliver_result(conn: Conn, op: ResultDelivered, ctx: Context) -> Decision:
    """Hand a result over (S2).

    One that came back meanwhile is frozen: nothing moves it until a person has decided whether
    the citizen has it (reliability 1.5).
    """
    act, dossier = await _own_act(conn, op.act, op.stop, "result.deliver", ctx)
    if dossiers.is_back(dossier) and dossier.item_id is not None:
        if not ctx.is_by_person:
            await custody.freeze(conn, ctx.office_id, dossier.item_id)
            return Decision("held", "state_conflict")
        dossier = await dossiers.unreturn(conn, dossier, ctx.courier_id, source_of(ctx))
    needed = await demands.find_required(conn, ctx.office_id, act.service_on, act.kind, "done")
    await dossiers.deliver(
        conn,
        dossier,
        Delivery(
            courier_id=ctx.courier_id,
            is_seal_whole=op.is_seal_whole,
            identity=op.identity,
            proxy=op.proxy,
            reclaimed=op.reclaimed,
            sign_citizen=op.sign_citizen,
            num_photos=len(op.photos),
            needs_photo="photo" in needed,
        ),
        source_of(ctx),
    )
    kept = [
        proof_of(ctx, dossier.id, "seal", {"is_whole": op.is_seal_whole}),
        proof_of(ctx, dossier.id, "identity", {"identity": op.identity}),
        proof_of(ctx, dossier.id, "sign_citizen", {"strokes": op.sign_citizen}),
        *photos_of(ctx, dossier.id, op.photos),
    ]
    if op.reclaimed:
        kept.append(proof_of(ctx, dossier.id, "reclaim", {"papers": op.reclaimed}))
    if op.proxy is not None:
        kept.append(proof_of(ctx, dossier.id, "proxy", {"proxy": op.proxy}))
    await proofs.keep(conn, kept)
    # The result is the citizen's; a paper that the agency wanted back is still out there.
    is_partly = any(not one.is_taken for one in op.reclaimed)
    return await end_act(conn, act, ctx, state="done", reason=PARTLY if is_partly else None)


async def _failure_of(
    conn: Conn, op: VisitFailed, act: StopAct, dossier: Dossier, ctx: Context
) -> Failure:
    """Return a failed visit as its dossier judges it."""
    on_day = service_day(ctx.occurred_at)
    since = None
    if dossier.last_invited_on is not None:
        calendar = await network.get_working_days(conn, dossier.last_invited_on, on_day)
        since = calendar.count_between(dossier.last_invited_on, on_day)
    return Failure(
        courier_id=ctx.courier_id,
        reason=op.reason,
        note=op.note,
        num_photos=len(op.photos),
        has_signature=bool(op.sign_citizen),
        is_invited=op.invited,
        on_day=on_day,
        gap_days=await network.get_number(conn, INVITATION_GAP, on_day),
        working_days_since=since,
        required=await demands.find_required(
            conn, ctx.office_id, act.service_on, act.kind, "failed", op.reason
        ),
    )


async def thaw(conn: Conn, office_id: UUID, act_id: UUID) -> None:
    """Let the item of an act move again: a person decides what was held about it."""
    act = await store.lock_act(conn, office_id, act_id)
    dossier = act and await dossiers.lock_dossier(conn, office_id, act.errand_id)
    if dossier and dossier.item_id is not None:
        await custody.thaw(conn, office_id, dossier.item_id)


async def fail_visit(conn: Conn, op: VisitFailed, ctx: Context) -> Decision:
    """Record a visit that failed, with its proof, its invitation and its next day.

    Raises `Conflict` `suspect_time` where an invitation or the return to the agency hangs on a day
    that the phone's clock cannot be trusted with: a person looks first (reliability 1.6).
    """
    locked = await store.lock_act(conn, ctx.office_id, op.act)
    kind = locked.kind if locked else ""
    if kind in MONEY_KINDS:
        return await money.fail(conn, op, kind, ctx)
    act, dossier = await _own_act(conn, op.act, op.stop, kind, ctx)
    await _check_in_bag(conn, act, dossier, ctx)
    failure = await _failure_of(conn, op, act, dossier, ctx)
    if ctx.time_quality == "suspect" and dossiers.hangs_on_day(dossier, failure):
        raise Conflict("suspect_time")
    # Never due again on the day it failed: the next working day, after an invitation its gap.
    next_on = op.next_on or await network.add_working_days(
        conn, failure.on_day, failure.gap_days if op.invited else 1
    )
    invitation = await dossiers.fail(conn, dossier, failure, source_of(ctx), next_on=next_on)
    await fees.forget_returned(conn, ctx.office_id, dossier.id, source_of(ctx))
    await store.add_attempt(
        conn,
        office_id=ctx.office_id,
        errand_id=dossier.id,
        stop_id=op.stop,
        op_id=ctx.op_id,
        reason=op.reason,
        invitation_n=invitation,
        next_on=next_on,
        note=op.note,
        at=ctx.occurred_at,
    )
    shown: dict[str, object] = {"reason": op.reason, "note": op.note, "invited": op.invited}
    if op.identity is not None:
        shown["identity"] = op.identity
    if op.sign_citizen:
        shown["strokes"] = op.sign_citizen
    await proofs.keep(
        conn,
        [proof_of(ctx, dossier.id, "failure", shown), *photos_of(ctx, dossier.id, op.photos)],
    )
    return await end_act(conn, act, ctx, state="failed", reason=op.reason)


async def return_items(conn: Conn, op: ItemsReturned, ctx: Context) -> Decision:
    """Take what is left in the bag back into the office."""
    await own_round(conn, op.round, ctx)
    source = source_of(ctx)
    returned: list[UUID] = []
    for dossier in await dossiers.lock_by_item(conn, ctx.office_id, op.items):
        await dossiers.bring_to_office(conn, dossier, ctx.courier_id, source)
        returned.append(dossier.id)
    await tell_errands(conn, ctx.office_id, returned)
    await passing.tell_carried(conn, ctx.office_id, ctx.courier_id, returned)
    return APPLIED


async def move_pin(conn: Conn, op: PinMoved, ctx: Context) -> Decision:
    """Set the door's pin where the courier stands; unknown doors are left alone."""
    await network.move_pin(
        conn,
        office_id=ctx.office_id,
        point_id=op.point,
        lat=op.lat,
        lon=op.lon,
        by_id=ctx.courier_id,
        at=ctx.occurred_at,
        accuracy_m=None if op.accuracy_m is None else round(op.accuracy_m),
    )
    await touch_point(conn, ctx.office_id, op.point)
    return APPLIED


async def add_note(conn: Conn, op: NoteAdded, ctx: Context) -> Decision:
    """Keep what the next courier should know about this door."""
    stop = await own_stop(conn, op.stop, ctx)
    await network.add_note(
        conn, office_id=ctx.office_id, point_id=stop.delivery_point_id, text=op.text
    )
    await touch_point(conn, ctx.office_id, stop.delivery_point_id)
    return APPLIED


async def log(_conn: Conn, _op: CallLogged, _ctx: Context) -> Decision:
    """Let what was logged stand as it came: it contradicts nothing (reliability 1.5)."""
    return APPLIED


async def close_round(conn: Conn, op: RoundClosed, ctx: Context) -> Decision:
    """Close a round whose stops are finished and whose items are back.

    What the courier carries for another round, out or published, is that one's.
    """
    current = await own_round(conn, op.round, ctx)
    if current.state == "closed":
        return NOOP
    num_held = await _count_to_bring(conn, current.id, ctx)
    num_taken = await passing.count_takes(conn, ctx.office_id, current.id)
    num_open = await store.num_open(conn, ctx.office_id, current.id)
    rules.check_close(num_open, num_held + num_taken)
    await store.set_round_state(conn, current, "closed", ctx.occurred_at)
    await tell_phone(conn, ctx.office_id, ctx.courier_id, kind="round", ref=current.id)
    return APPLIED


async def _count_to_bring(conn: Conn, round_id: UUID, ctx: Context) -> int:
    held = await custody.list_held(conn, ctx.office_id, custody.Party("courier", ctx.courier_id))
    # What was handed on is not in this bag any more; what was taken is, whatever the giver says.
    item_ids = [item.id for item in held if item.passed_op_id is None]
    if not item_ids:
        return 0
    whose = {"office_id": ctx.office_id, "courier_id": ctx.courier_id}
    unclosed = dict(await queries.list(conn, "list_unclosed", _row, **whose))
    acts: dict[UUID, list[tuple[UUID, str]]] = {item_id: [] for item_id in item_ids}
    for item_id, *act in await queries.list(
        conn, "acts_with_items", _row, item_ids=item_ids, **whose
    ):
        acts[item_id].append((act[0], act[1]))
    return sum(rules.is_to_bring(round_id, unclosed, acts[item_id]) for item_id in item_ids)


def _row(*row: Any) -> tuple[Any, ...]:
    return row
