"""Doors of charges: who is visited and where, out of what a desk or a file says."""

from datetime import date, datetime
from uuid import UUID

from backend import identity, network
from backend.charges.model import Door
from backend.identity import CitizenDraft
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.network import Gazetteer


async def make_door(
    conn: Conn,
    sealer: Sealer,
    office_id: UUID,
    *,
    name: str,
    phone: str,
    address: str,
    wanted_on: date,
    now: datetime,
    gazetteer: Gazetteer | None = None,
    is_demo: bool = False,
) -> Door:
    """Return the door of a payer, with citizen and place known to the office.

    Raises `Invalid`: `name_invalid`, `phone_invalid`, `address_empty`.
    """
    draft = CitizenDraft(office_id=office_id, name=name, phone=phone or None, is_demo=is_demo)
    citizen_id = await identity.save_citizen(conn, sealer, draft, now=now)
    point = await network.save_point(
        conn,
        office_id=office_id,
        address_text=address,
        now=now,
        gazetteer=gazetteer,
        is_demo=is_demo,
    )
    return Door(citizen_id=citizen_id, delivery_point_id=point.id, wanted_on=wanted_on)
