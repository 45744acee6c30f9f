"""Rows of the doorstep."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from backend.doorstep.model import Errand, NewErrand
from backend.kit.sql import Conn, load

queries = load(__file__)


async def save(conn: Conn, errands: Sequence[NewErrand]) -> None:
    """Make acts of money due at their doors; what is due already is brought up to date."""
    if errands:
        rows = [msgspec.structs.asdict(errand) for errand in errands]
        await queries.run(conn, "save_errands", rows=rows)


async def withdraw(conn: Conn, office_id: UUID, ids: Sequence[UUID], *, at: datetime) -> list[UUID]:
    """Let acts be due no longer; return those that were."""
    return await queries.list(
        conn, "withdraw_errands", lambda id: id, office_id=office_id, ids=list(ids), at=at
    )


async def lock(conn: Conn, office_id: UUID, id: UUID) -> Errand | None:
    """Return an act of money, locked, or None."""
    return await queries.one(conn, "lock_errand", Errand, office_id=office_id, id=id)


async def list_due(conn: Conn, office_id: UUID, service_on: date) -> list[Errand]:
    """Return what is due by a day, the oldest first."""
    return await queries.list(conn, "list_due", Errand, office_id=office_id, service_on=service_on)


async def list_riding(conn: Conn, office_id: UUID, host_ids: Sequence[UUID]) -> list[Errand]:
    """Return what is due of some dossiers, locked: it goes where and when these go."""
    return await queries.list(
        conn, "list_riding", Errand, office_id=office_id, host_ids=list(host_ids)
    )


async def list_errands(conn: Conn, office_id: UUID, ids: Sequence[UUID]) -> list[Errand]:
    """Return acts of money by id; unknown ids are missing."""
    return await queries.list(conn, "list_errands", Errand, office_id=office_id, ids=list(ids))


async def finish(conn: Conn, errand: Errand, *, at: datetime) -> None:
    """Let an act be done."""
    await queries.run(conn, "finish_errand", office_id=errand.office_id, id=errand.id, at=at)


async def put_off(conn: Conn, errand: Errand, *, next_on: date) -> None:
    """Let an act be due again on a day, one attempt later."""
    await queries.run(
        conn, "put_off_errand", office_id=errand.office_id, id=errand.id, next_on=next_on
    )


async def unfail(conn: Conn, errand: Errand, *, wanted_on: date) -> None:
    """Let a visit in vain be none: the act is due on a day, one attempt less."""
    await queries.run(
        conn, "unfail_errand", office_id=errand.office_id, id=errand.id, wanted_on=wanted_on
    )


async def reopen(conn: Conn, office_id: UUID, id: UUID, *, next_on: date) -> bool:
    """Let an act that was done be due again: it was taken back. False where none was done."""
    found = await queries.value(conn, "reopen_errand", office_id=office_id, id=id, next_on=next_on)
    return found is not None


async def lock_all(conn: Conn, office_id: UUID, ids: Sequence[UUID]) -> None:
    """Lock acts of money, before the payouts, charges or orders they are of.

    A phone's fact locks the act first and what it is of behind it; whoever changes both from the
    other side must do likewise, or the two wait for each other.
    """
    await queries.run(conn, "lock_errands", office_id=office_id, ids=list(ids))
