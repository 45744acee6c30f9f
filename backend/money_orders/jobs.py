"""Work for later: an order to be brought to a door becomes due in the office that serves it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from backend import doorstep, identity, network
from backend.doorstep import NewErrand
from backend.house import House, JobHandler
from backend.identity import CitizenDraft
from backend.kit import clock, jobs
from backend.kit.clock import service_day
from backend.kit.errors import Refusal
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.money_orders import store
from backend.money_orders.actions.taking import BRING, Bring, open_parties
from backend.money_orders.model import Order, Parties

SERVICE_S: Final = 300
ONE_DAY: Final = timedelta(days=1)


async def on_bring(house: House, payload: bytes) -> None:
    """Let an order be due at its payee's door, or say why it is not."""
    news = jobs.decode(payload, Bring)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await bring(conn, house.sealer, news, now=clock.now())


async def bring(conn: Conn, sealer: Sealer, news: Bring, *, now: datetime) -> UUID | None:
    """Make a taken order due at the door of its payee; return the office that brings it.

    None where nobody serves the address: the payee is then paid at a counter. Doing it twice
    changes nothing.
    """
    order = await store.lock_order(conn, news.office_id, news.order_id)
    if order is None or order.state != "taken" or order.pay_office_id is not None:
        return None if order is None else order.pay_office_id
    parties = open_parties(sealer, order.id, order.parties_sealed)
    office_id = await _find_office(conn, parties.payee.address)
    if office_id is None:
        await store.set_brought(conn, order, pay_office_id=None, not_brought="address_unknown")
        return None
    try:
        async with conn.transaction():
            await _save_errand(conn, sealer, order, parties, office_id, now=now)
    except Refusal as refusal:
        await store.set_brought(conn, order, pay_office_id=None, not_brought=refusal.code[:40])
        return None
    await store.set_brought(conn, order, pay_office_id=office_id, not_brought="")
    return office_id


async def _find_office(conn: Conn, address: str) -> UUID | None:
    resolution = await network.resolve_address(conn, address)
    offices = await network.list_offices(conn)
    territory = await network.list_territory(conn, [office.id for office in offices])
    serving = [office for office, code in territory if code == resolution.commune_code]
    return serving[0] if serving else None


async def _save_errand(
    conn: Conn,
    sealer: Sealer,
    order: Order,
    parties: Parties,
    office_id: UUID,
    *,
    now: datetime,
) -> None:
    payee = parties.payee
    draft = CitizenDraft(
        office_id=office_id, name=payee.name, phone=payee.phone or None, is_demo=order.is_demo
    )
    citizen_id = await identity.save_citizen(conn, sealer, draft, now=now)
    point = await network.save_point(
        conn, office_id=office_id, address_text=payee.address, now=now, is_demo=order.is_demo
    )
    errand = NewErrand(
        office_id=office_id,
        id=order.id,
        kind="order.pay",
        citizen_id=citizen_id,
        delivery_point_id=point.id,
        wanted_on=service_day(now + ONE_DAY),
        service_duration_s=SERVICE_S,
        cash_out_vnd=order.amount_vnd,
        shown={"reference": order.reference, "amount_vnd": order.amount_vnd},
        is_demo=order.is_demo,
    )
    await doorstep.save(conn, [errand])


HANDLERS: Mapping[str, JobHandler] = {BRING: on_bring}
