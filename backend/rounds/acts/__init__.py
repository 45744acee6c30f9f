"""The table from the kind of a fact to the code that performs it.

Each performer locks, asks the errand's room to decide, writes, and tells the phones. A refusal
means that a person must look: the exchange holds the fact. Nothing is lost by it.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from backend.kit import live
from backend.kit.errors import Conflict
from backend.kit.sql import Conn
from backend.rounds.actions import board_topic
from backend.rounds.acts import correcting, money, orders, papers, passing, places, purse
from backend.rounds.model import (
    ActCorrected,
    CallLogged,
    CashAccepted,
    CashCounted,
    CashPassed,
    ChargeCollected,
    Context,
    Decision,
    DossierAccepted,
    ItemsLoaded,
    ItemsReturned,
    NoteAdded,
    Op,
    OrderPaid,
    OrderTaken,
    PayoutPaid,
    PinMoved,
    PositionLogged,
    ResultDelivered,
    RoundClosed,
    RoundOpened,
    StopArrived,
    VisitFailed,
)

O = TypeVar("O", bound=Op)  # noqa: E741  # an op
Performer = Callable[[Conn, O, Context], Awaitable[Decision]]
KINDS: dict[str, tuple[type[Op], Performer]] = {  # type: ignore[type-arg]  # each its own op
    "round.opened": (RoundOpened, papers.open_round),
    "items.loaded": (ItemsLoaded, papers.load_items),
    "stop.arrived": (StopArrived, papers.arrive),
    "dossier.accepted": (DossierAccepted, papers.accept_dossier),
    "result.delivered": (ResultDelivered, papers.deliver_result),
    "visit.failed": (VisitFailed, papers.fail_visit),
    "act.corrected": (ActCorrected, correcting.correct),
    "items.returned": (ItemsReturned, papers.return_items),
    "items.passed": (passing.ItemsPassed, passing.give),
    "items.taken": (passing.ItemsTaken, passing.take),
    "items.kept": (passing.ItemsKept, passing.keep),
    "pin.moved": (PinMoved, papers.move_pin),
    "note.added": (NoteAdded, papers.add_note),
    "call.logged": (CallLogged, papers.log),
    "position.logged": (PositionLogged, places.log),
    "round.closed": (RoundClosed, papers.close_round),
    "charge.collected": (ChargeCollected, money.collect_charge),
    "order.taken": (OrderTaken, orders.take),
    "order.paid": (OrderPaid, orders.pay),
    "payout.paid": (PayoutPaid, money.pay_payout),
    "cash.accepted": (CashAccepted, purse.accept),
    "cash.passed": (CashPassed, purse.give),
    "cash.counted": (CashCounted, purse.count),
}
# What law judges by its time of day: a phone whose clock cannot be trusted is looked at first. A
# failed visit is so only where an invitation or a return hangs on its day (`papers.fail_visit`).
TIMED = frozenset({"dossier.accepted"})


async def perform(conn: Conn, op: Op, ctx: Context) -> Decision:
    """Do what a fact says and return the decision.

    Raises a refusal, whose code becomes the reason for holding the fact.
    """
    shape, performer = KINDS[op.kind]
    assert isinstance(op, shape), f"{op.kind} was decoded as {type(op).__name__}"
    if op.kind in TIMED and ctx.time_quality == "suspect":
        raise Conflict("suspect_time")
    decision = await performer(conn, op, ctx)
    await live.publish(conn, board_topic(ctx.office_id))
    return decision
