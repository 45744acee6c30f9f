"""Rows of many rooms as the citizen's page needs them."""

from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from backend.kit.sql import Conn, load
from backend.tracking import EventCode

queries = load(__file__)


class ErrandRow(NamedTuple):
    """What a citizen may know of their errand."""

    id: UUID
    service: Literal["S1", "S2"]
    state: str
    item_code: str | None
    dossier_code: str | None
    procedure_name: str
    wanted_on: date
    checklist: list[dict[str, Any]]
    reclaims: list[dict[str, Any]]
    fee_due_vnd: int
    postage_due_vnd: int
    instruction: str
    num_attempts: int
    office: str
    office_phone: str | None


class CourierRow(NamedTuple):
    """Who comes."""

    display_name: str
    badge: str | None
    last_seen_at: datetime | None


class LastTold(NamedTuple):
    """The last that was told of an item."""

    code: EventCode
    at: datetime
    office: str


async def find_errand(conn: Conn, office_id: UUID, errand_id: UUID) -> ErrandRow | None:
    """Return an errand, or None."""
    return await queries.one(
        conn, "find_errand", ErrandRow, office_id=office_id, errand_id=errand_id
    )


async def find_courier(conn: Conn, office_id: UUID, courier_id: UUID) -> CourierRow | None:
    """Return a courier, or None."""
    return await queries.one(
        conn, "find_courier", CourierRow, office_id=office_id, courier_id=courier_id
    )


async def find_by_code(conn: Conn, code: str) -> LastTold | None:
    """Return the last that was told of the item with this code, or None."""
    return await queries.one(conn, "find_by_code", LastTold, code=code)
