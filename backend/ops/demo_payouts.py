"""The demo town's payout list: brought by one officer, approved by another, some of it paid."""

import random
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from backend import doorstep, payouts
from backend.doorstep import NewErrand
from backend.house import House
from backend.identity import HOUSE
from backend.kit.clock import service_day
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.ops.demo_names import Door, make_door, make_name
from backend.ops.demo_town import Crew, save_door
from backend.payouts import Asked, Payment, Seen, Source

NUM_PEOPLE: Final = 12
NUM_PAID: Final = 5
NUM_AT_HOME: Final = 3
"""The last of the list."""
HEADER: Final = "Họ tên,Số định danh,Số tiền,Hình thức,Địa chỉ,Điện thoại"
AFTERNOON: Final = (13 * 3600 + 1800, 16 * 3600 + 1800)
"""When old people are at home: after their rest."""


def make_file(seed: str, doors: Sequence[Door]) -> bytes:
    """Return a list of pensions, the last ones at doors; the people never were, and say so."""
    rnd = random.Random(seed)  # noqa: S311 (names, no secrets)
    rows = []
    for at in range(NUM_PEOPLE):
        way = ",quầy,,"
        if at >= NUM_PEOPLE - len(doors):
            way = f',tại nhà,"{doors[at - NUM_PEOPLE].address}",0990{970_000 + at}'
        rows.append(
            f"{make_name(rnd)} Mẫu,0270{rnd.randrange(40, 65)}{900_000 + at},"
            f"{rnd.randrange(24, 52) * 100_000}{way}"
        )
    return "\n".join((HEADER, *rows)).encode()


async def _make_doors(conn: Conn, crew: Crew, at: datetime, seed: str) -> list[Door]:
    """Return doors whose pins the office knows already."""
    rnd = random.Random(f"{seed}:doors")  # noqa: S311 (doors that never were)
    doors = [make_door(rnd, crew.places[0]) for _ in range(NUM_AT_HOME)]
    for door in doors:
        await save_door(conn, crew, door, at)
    return doors


async def bring(conn: Conn, house: House, crew: Crew, at: datetime, seed: str) -> None:
    """Let the agency's officer bring this month's list."""
    doors = await _make_doors(conn, crew, at, seed)
    await payouts.bring(
        conn,
        house.sealer,
        office_id=crew.office.id,
        partner_id=crew.partner.id,
        by=crew.officer.id,
        asked=Asked(scheme="pension", period=f"{service_day(at):%Y-%m}", is_demo=True),
        raw=make_file(seed, doors),
        commit=True,
        now=at,
    )


async def read(house: House, crew: Crew) -> None:
    """Judge what was brought, as the worker does."""
    async with house.db.transaction(actor=HOUSE.label, offices="*") as conn:
        uploads = await payouts.list_uploads(conn, crew.office.id)
    for upload in uploads:
        await payouts.read(house, crew.office.id, upload.id)


async def approve(conn: Conn, house: House, crew: Crew, at: datetime) -> None:
    """Book the list's money, let the second officer approve it, find the doors of those at home."""
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
    while await payouts.place(conn, house.sealer, office_id, batch.id, now=at):
        pass
    due = await doorstep.list_due(conn, office_id, service_day(at))
    at_home = [errand for errand in due if errand.kind == "payout.pay"]
    early_s, late_s = AFTERNOON
    await doorstep.save(conn, [_wish(errand, early_s, late_s) for errand in at_home])


def _wish(errand: doorstep.Errand, early_s: int, late_s: int) -> NewErrand:
    known = msgspec.structs.asdict(errand)
    fields = {name: known[name] for name in NewErrand.__struct_fields__ if name in known}
    return NewErrand(**fields | {"tw_early_s": early_s, "tw_late_s": late_s, "is_demo": True})


async def pay_some(conn: Conn, crew: Crew, at: datetime) -> None:
    """Pay the first few people at the counter."""
    batch = (await payouts.list_lists(conn, crew.office.id))[0]
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
