"""Decides the facts of a batch in their order: together where that works, else one by one."""

from collections.abc import Sequence
from typing import Any

import asyncpg
import msgspec
import structlog

from backend import rounds
from backend.kit.errors import Refusal
from backend.kit.sql import Conn
from backend.kit.unit import NeedsCare, Unit
from backend.rounds import Context, Decision, Op
from backend.sync import rules
from backend.sync.actions import leases
from backend.sync.model import Caller, NewOp

log = structlog.get_logger("sync")

KIND_VERSION = 1
# The transaction itself is broken or must be tried again whole: never the fault of one fact.
BROKEN = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the connection broke in the middle of a word
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
    OSError,
)


class Decider:
    """Decides the facts of one batch, each once and in order.

    With a unit it reads ahead what they all name, lets them change the rows in memory, and leaves
    the writing to `flush`; a fact that cannot be done so is done the plain way between two others.
    """

    def __init__(self, conn: Conn, caller: Caller, ops: Sequence[NewOp], unit: Unit | None) -> None:
        """Read what the facts say; nothing is asked of the database."""
        self._conn, self._caller, self._unit = conn, caller, unit
        self._ops = ops
        self._facts = [read_fact(op, caller) for op in ops]
        self._has_read = False

    async def decide(self, place: int) -> Decision:
        """Return what the server makes of a fact; never raises for its content (S2)."""
        op, fact = self._ops[place], self._facts[place]
        if isinstance(fact, Decision):
            return fact
        if self._unit is None:
            return await self._decide_plainly(op, fact)
        found = await self._decide_ahead(self._unit, place, op, fact)
        if found is not None:
            return found
        await self.flush()
        return await self._decide_plainly(op, fact)

    async def flush(self) -> None:
        """Write what the facts decided so far have changed."""
        if self._unit is not None:
            await self._unit.flush()
            self._has_read = False

    async def _decide_ahead(self, unit: Unit, place: int, op: NewOp, fact: Op) -> Decision | None:
        """Return the decision, its changes waiting in the unit; None where it needs care."""
        with unit.at_work():
            if not self._has_read:
                left = [one for one in self._facts[place:] if not isinstance(one, Decision)]
                await rounds.read_ahead(self._conn, self._caller.office_id, left)
                self._has_read = True
            mark = unit.mark()
            try:
                return await perform(self._conn, fact, context_of(op, self._caller))
            except Refusal as refusal:
                unit.rewind(mark)
                return Decision("held", refusal.code)
            except NeedsCare:
                unit.rewind(mark)
                return None

    async def _decide_plainly(self, op: NewOp, fact: Op) -> Decision:
        """Decide a fact by statements of its own, inside a savepoint."""
        try:
            async with self._conn.transaction():
                return await perform(self._conn, fact, context_of(op, self._caller))
        except Refusal as refusal:
            return Decision("held", refusal.code)
        except BROKEN:
            raise
        except Exception as error:
            log.error("op_failed", op_id=str(op.op_id), kind=op.kind, exc_info=error)
            return Decision("held", "server_error")


async def perform(conn: Conn, fact: Op, ctx: Context) -> Decision:
    """Do what a fact says: one about leases here, all others in `rounds`."""
    if isinstance(fact, leases.LeaseReleased):
        return await leases.release_by_phone(conn, fact, ctx)
    if isinstance(fact, rounds.PayoutPaid):
        subject_id, problem = await leases.look(conn, fact.lease, ctx)
        ctx = msgspec.structs.replace(ctx, lease_id=subject_id, lease_problem=problem)
    return await rounds.perform(conn, fact, ctx)


def read_fact(op: NewOp, caller: Caller) -> Any:
    """Return the fact of an op, or the decision to hold what nobody can read or may not say."""
    if op.kind == "unreadable":
        return Decision("held", "unreadable")
    if rules.needs_field_device(op.kind) and not caller.is_field:
        return Decision("held", "not_field_device")
    known = rounds.KINDS.get(op.kind)
    shape = leases.LeaseReleased if op.kind == leases.RELEASED else known and known[0]
    if shape is None or op.v > KIND_VERSION:
        return Decision("held", "unknown_kind")
    try:
        return msgspec.json.decode(op.raw, type=shape)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return Decision("held", "unreadable")


def context_of(op: NewOp, caller: Caller) -> Context:
    """Return what the performer of a fact may know around it."""
    return Context(
        office_id=caller.office_id,
        courier_id=caller.staff_id,
        device_id=caller.device_id,
        op_id=op.op_id,
        occurred_at=op.occurred_at,
        received_at=caller.now,
        time_quality=op.time_quality,
        sealer=caller.sealer,
    )
