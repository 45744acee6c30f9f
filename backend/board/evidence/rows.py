"""The rows of many rooms that a proof sheet is made of."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

import msgspec

from backend.dossiers import FailureReason
from backend.kit.sql import Conn, load

queries = load(__file__)
NUM_BACK: Final = 400
"""Facts between an arrival and what was done there: more than a whole round has."""


class ActRow(NamedTuple):
    """An act of the errand; columns in the order of `list_acts`."""

    id: UUID
    kind: Literal["dossier.accept", "result.deliver"]
    op_id: UUID | None
    reason: str | None
    ended_at: datetime | None
    stop_id: UUID
    arrived_at: datetime | None
    service_on: date
    courier: str
    badge: str | None


class AttemptRow(NamedTuple):
    """A visit that failed; columns in the order of `list_attempts`."""

    op_id: UUID
    stop_id: UUID
    reason: FailureReason
    invitation_n: int | None
    next_on: date | None
    note: str
    occurred_at: datetime


class CorrectionRow(NamedTuple):
    """What was said afterwards; columns in the order of `list_corrections`."""

    corrects_op_id: UUID
    op_id: UUID
    wrong: Literal["not_so", "details"]
    reason: str


class ChainRow(NamedTuple):
    """A fact's place in its phone's chain; columns in the order of `list_places_in_chain`."""

    op_id: UUID
    kind: str
    raw: bytes
    stream_id: UUID
    seq: int
    hash: bytes
    occurred_at: datetime
    received_at: datetime
    time_quality: Literal["good", "corrected", "suspect"]
    courier: str
    badge: str | None


class Arrival(msgspec.Struct):
    """Where a phone was when its courier came to a door."""

    stop: UUID
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None


async def list_acts(conn: Conn, office_id: UUID, errand_id: UUID) -> list[ActRow]:
    """Return the acts of an errand by day."""
    return await queries.list(conn, "list_acts", ActRow, office_id=office_id, errand_id=errand_id)


async def list_attempts(conn: Conn, office_id: UUID, errand_id: UUID) -> list[AttemptRow]:
    """Return the failed visits to an errand, the first first."""
    return await queries.list(
        conn, "list_attempts", AttemptRow, office_id=office_id, errand_id=errand_id
    )


async def list_corrections(
    conn: Conn, office_id: UUID, act_ids: Sequence[UUID]
) -> list[CorrectionRow]:
    """Return what was said afterwards of some acts, the oldest first."""
    return await queries.list(
        conn, "list_corrections", CorrectionRow, office_id=office_id, act_ids=list(act_ids)
    )


async def list_places_in_chain(
    conn: Conn, office_id: UUID, op_ids: Sequence[UUID]
) -> list[ChainRow]:
    """Return where some facts lie in the chains of phones, the oldest first."""
    return await queries.list(
        conn, "list_places_in_chain", ChainRow, office_id=office_id, op_ids=list(op_ids)
    )


async def find_arrivals(
    conn: Conn, office_id: UUID, facts: Sequence[ChainRow]
) -> dict[UUID, Arrival]:
    """Return the last arrival told before these facts, by stop."""
    raws = await queries.list(
        conn,
        "list_arrivals",
        bytes,
        office_id=office_id,
        stream_ids=[fact.stream_id for fact in facts],
        seqs=[fact.seq for fact in facts],
        num_back=NUM_BACK,
    )
    found = {}
    for raw in raws:
        try:
            one = msgspec.json.decode(raw, type=Arrival)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        found[one.stop] = one
    return found
