"""The demo town's payout list: brought by one officer, approved by another, some of it paid."""

import random
from datetime import datetime
from typing import Final

from backend import payouts
from backend.house import House
from backend.identity import HOUSE
from backend.kit.clock import service_day
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.ops.demo_names import make_name
from backend.ops.demo_town import Crew
from backend.payouts import Asked, Payment, Seen, Source

NUM_PEOPLE: Final = 12
NUM_PAID: Final = 5
HEADER: Final = "Họ tên,Số định danh,Số tiền,Hình thức"


def make_file(seed: str) -> bytes:
    """Return a list of pensions at the counter; the people never were, and say so."""
    rnd = random.Random(seed)  # noqa: S311 (names, no secrets)
    rows = [
        f"{make_name(rnd)} Mẫu,0270{rnd.randrange(40, 65)}{900_000 + at},"
        f"{rnd.randrange(24, 52) * 100_000},quầy"
        for at in range(NUM_PEOPLE)
    ]
    return "\n".join((HEADER, *rows)).encode()


async def bring(conn: Conn, house: House, crew: Crew, at: datetime, seed: str) -> None:
    """Let the agency's officer bring this month's list."""
    await payouts.bring(
        conn,
        house.sealer,
        office_id=crew.office.id,
        partner_id=crew.partner.id,
        by=crew.officer.id,
        asked=Asked(scheme="pension", period=f"{service_day(at):%Y-%m}", is_demo=True),
        raw=make_file(seed),
        commit=True,
        now=at,
    )


async def read(house: House, crew: Crew) -> None:
    """Judge what was brought, as the worker does."""
    async with house.db.transaction(actor=HOUSE.label, offices="*") as conn:
        uploads = await payouts.list_uploads(conn, crew.office.id)
    for upload in uploads:
        await payouts.read(house, crew.office.id, upload.id)


async def pay_some(conn: Conn, crew: Crew, at: datetime) -> None:
    """Book the list's money, let the second officer approve it, pay the first few people."""
    office_id = crew.office.id
    batch = (await payouts.list_lists(conn, office_id))[0]
    await payouts.fund(
        conn,
        office_id=office_id,
        list_id=batch.id,
        amount_vnd=batch.total_vnd,
        by=crew.cashier.id,
        now=at,
    )
    await payouts.approve(
        conn, office_id=office_id, list_id=batch.id, by=crew.second_officer.id, now=at
    )
    for row in await payouts.list_payouts(conn, batch, limit=NUM_PAID):
        await _pay(conn, crew, row, at)


async def _pay(conn: Conn, crew: Crew, row: payouts.Payout, at: datetime) -> None:
    payment = Payment(
        office_id=crew.office.id,
        id=new_id(),
        payout_id=row.id,
        amount_vnd=row.amount_vnd,
        place="counter",
        identity=Seen("cccd", row.id_last4),
        has_signature=True,
    )
    await payouts.pay(conn, payment, Source(at=at, received_at=at, by=crew.cashier.id))
