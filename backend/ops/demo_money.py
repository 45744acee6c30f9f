"""The demo town's money owed: receipt numbers, a bank account, bills and taxes at doors."""

import random
from datetime import date, datetime
from typing import Final
from uuid import UUID

from backend import charges, identity, receipts
from backend.charges import BankAccount, ChargeKind, Door, NewCharge, Payee, PayeeKind
from backend.house import House
from backend.identity import CitizenDraft
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.ops.demo_names import make_door, make_person
from backend.ops.demo_town import Crew, save_door
from backend.receipts import Item, RangeDraft, ReceiptKind

NUM_BILLS: Final = 5
NUM_TAXES: Final = 3
NUM_RECEIPTS: Final = 5_000
KINDS: Final[tuple[ReceiptKind, ...]] = ("fee", "tax", "bill")
NOBODY: Final = "024190000017"
"""A personal number of the right form that nobody has."""
ACCOUNT: Final = ("970436", "0000000{number}2026")
"""A bank's number and an account that no bank has."""
LAND_TAX: Final = "Thuế sử dụng đất phi nông nghiệp"
BILL: Final = "Tiền nước sinh hoạt"


async def set_up(
    conn: Conn, house: House, crew: Crew, number: int, day: date, at: datetime
) -> None:
    """Give an office its receipt numbers, its account, a biller and a tax office with charges."""
    office_id, by = crew.office.id, crew.cashier.id
    for nth, kind in enumerate(KINDS):
        first = (3 * number + nth) * NUM_RECEIPTS + 1
        draft = RangeDraft(
            office_id=office_id,
            kind=kind,
            template="EBL01",
            symbol=f"{day:%y}TMU",
            first_number=first,
            last_number=first + NUM_RECEIPTS - 1,
        )
        await receipts.allot(conn, draft, by=by, now=at)
    bank, account = ACCOUNT
    name = "BUU DIEN MAU"
    own = BankAccount(office_id, bank, account.format(number=number), name, is_default=number == 0)
    await charges.save_account(conn, own)
    rnd = random.Random(f"{crew.office.code}:{day}:money")  # noqa: S311 (made-up people)
    water = await _add_payee(conn, office_id, "biller", f"NUOC-{number}", "Cấp nước mẫu")
    taxes = await _add_payee(conn, office_id, "tax", f"THUE-{number}", "Thuế cơ sở mẫu")
    wanted: list[tuple[UUID, ChargeKind, int]] = [
        (water, "bill", NUM_BILLS), (taxes, "tax", NUM_TAXES)
    ]  # fmt: skip
    due = [
        await _owe(conn, house, crew, rnd, at=at, day=day, nth=nth, payee_id=payee_id, kind=kind)
        for payee_id, kind, num in wanted
        for nth in range(num)
    ]
    await charges.add_many(conn, due, now=at)


async def _add_payee(conn: Conn, office_id: UUID, kind: PayeeKind, code: str, name: str) -> UUID:
    payee = Payee(office_id, new_id(), kind, code, name, is_demo=True)
    await charges.save_payee(conn, payee)
    return payee.id


async def _owe(
    conn: Conn,
    house: House,
    crew: Crew,
    rnd: random.Random,
    *,
    at: datetime,
    day: date,
    nth: int,
    payee_id: UUID,
    kind: ChargeKind,
) -> NewCharge:
    """Return what somebody who never was owes, to be collected at a door today."""
    office_id = crew.office.id
    person = make_person(rnd, rnd.randrange(900_000, 1_000_000))
    door = make_door(rnd, crew.places[0])
    draft = CitizenDraft(office_id=office_id, name=person.name, phone=person.phone, is_demo=True)
    citizen_id = await identity.save_citizen(conn, house.sealer, draft, now=at)
    point_id = await save_door(conn, crew, door, at)
    what = BILL if kind == "bill" else LAND_TAX
    return NewCharge(
        office_id=office_id,
        id=new_id(),
        kind=kind,
        payee_id=payee_id,
        payer_name=person.name,
        items=[Item(f"{what} tháng {day:%m/%Y}", rnd.randrange(48, 420) * 1_000)],
        due_on=day,
        made_by=crew.cashier.id,
        external_key=f"MAU-{day:%y%m}-{kind}-{nth + 1:03d}",
        payer_tax_code=NOBODY if kind == "tax" else "",
        period=f"{day:%Y-%m}",
        citizen_id=citizen_id,
        door=Door(citizen_id=citizen_id, delivery_point_id=point_id, wanted_on=day),
        is_demo=True,
    )
