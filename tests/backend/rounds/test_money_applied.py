"""Tests that a held collection or money order counts once two people say so, as its phone told."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from backend import charges, money_orders, receipts
from backend.charges import NewCharge, Payee
from backend.house import House
from backend.kit.errors import Conflict
from backend.kit.ids import new_id
from backend.receipts import Block, Item, RangeDraft
from backend.sync import rules
from backend.sync.store import queries
from tests.backend.desk import MORNING, TODAY
from tests.backend.rounds.test_money import Door
from tests.backend.rounds.test_money import door as door  # the fixture
from tests.backend.rounds.test_money_held import ask, decide
from tests.backend.rounds.test_orders import PAYEE, SIGNED, Round, new_order
from tests.simulation.phone import Phone


class Held:
    """A phone out of service that tells of money on its courier's round."""

    def __init__(self, door: Door) -> None:
        self.door, self.counter = door, door.counter
        self.here = Round(door.counter.day)

    async def tell(
        self, kind: str, errand_id: UUID, *, phone: Phone | None = None, **fields: Any
    ) -> UUID:
        """Let the phone tell a fact, which is held; return its op."""
        courier = self.counter.courier
        phone = phone or await self.door.add_phone(courier)
        async with self.counter.begin() as conn:
            row = await conn.fetchrow(
                "SELECT stop_id, id FROM rounds.act WHERE errand_id = $1", errand_id
            )
        op_id = phone.record(kind, {"stop": str(row[0]), "act": str(row[1]), **fields})
        assert await self.door.talk(phone, courier, is_field=False) == [
            ("held", "not_field_device")
        ]
        return UUID(op_id)

    async def apply(self, op_id: UUID) -> None:
        """Let one person ask that it counts, and a second allow it."""
        await decide(self.door, await ask(self.door, op_id), self.counter.controller)

    async def num_held(self) -> int:
        async with self.counter.begin() as conn:
            left: int = await queries.value(
                conn, "money_left", office_id=self.counter.office_id,
                staff_id=self.counter.courier, subjects=sorted(rules.FIELD_SUBJECTS),
            )  # fmt: skip
        return left

    async def owe_fee(self) -> UUID:
        """Put a fee on the courier's round."""
        office_id = self.counter.office_id
        async with self.counter.begin() as conn:
            citizen_id, point_id = await self.here.door(conn)
            payee = Payee(office_id, new_id(), "agency", "HCC", "Đơn vị mẫu", remit_days=2)
            await charges.save_payee(conn, payee)
            charge = NewCharge(
                office_id=office_id, id=new_id(), kind="fee", payee_id=payee.id,
                payer_name="Nguyễn Thị Mẫu", items=[Item("Lệ phí", 8_000)], due_on=TODAY,
                made_by=self.counter.cashier,
                door=charges.Door(
                    citizen_id=citizen_id, delivery_point_id=point_id, wanted_on=TODAY
                ),
            )  # fmt: skip
            await charges.add_many(conn, [charge], now=MORNING)
            await self.here.publish(conn, charge.id, "charge.collect")
        return charge.id

    async def lend(self) -> tuple[Phone, Block]:
        """Lend receipt numbers to a phone."""
        office_id, courier = self.counter.office_id, self.counter.courier
        phone = await self.door.add_phone(courier)
        async with self.counter.begin() as conn:
            draft = RangeDraft(
                office_id=office_id, kind="fee", template="EBL01", symbol="26TAB",
                first_number=1, last_number=500,
            )  # fmt: skip
            await receipts.allot(conn, draft, by=self.counter.cashier, now=MORNING)
            block = await receipts.lease_block(
                conn, office_id, "fee", device_id=self.door.devices[courier], staff_id=courier,
                num=20, now=MORNING,
            )  # fmt: skip
        return phone, block


@pytest.fixture
async def held(door: Door) -> Held:
    return Held(door)


async def test_collection_of_a_strange_phone_counts_under_its_receipt(held: Held) -> None:
    """Tests that the notes come into the hand, the charge is paid, the citizen's receipt issued."""
    counter, courier = held.counter, held.counter.courier
    (phone, block), charge_id = await held.lend(), await held.owe_fee()
    use = {"block": str(block.id), "number": block.first_number}
    told = {"amount_vnd": 8_000, "method": "cash", "receipt": use, "photos": []}
    op_id = await held.tell("charge.collected", charge_id, phone=phone, **told)
    assert await held.door.hand_vnd(courier) == 0
    await held.apply(op_id)
    assert await held.door.hand_vnd(courier) == 8_000
    async with counter.begin() as conn:
        charge = await charges.find_charge(conn, counter.office_id, charge_id)
        (used,) = await receipts.list_used(conn, counter.office_id, TODAY, held.door.now.date())
    assert charge is not None
    assert charge.state == "collected"
    assert (used.number, used.device_id) == (block.first_number, block.device_id)
    assert await held.num_held() == 0
    with pytest.raises(Conflict, match="not_held"):
        await ask(held.door, op_id)


async def test_order_taken_by_a_strange_phone_counts(held: Held, house: House) -> None:
    """Tests that an order's cash and fee are booked once the second person has allowed it."""
    counter = held.counter
    async with counter.begin() as conn:
        citizen_id, point_id = await held.here.door(conn)
        at = money_orders.SenderDoor(
            citizen_id=citizen_id, delivery_point_id=point_id, wanted_on=TODAY
        )
        order = await money_orders.book(
            conn, house.sealer, new_order(held.here), by=counter.cashier, now=MORNING, door=at
        )
        await held.here.publish(conn, order.id, "order.take")
    op_id = await held.tell(
        "order.taken", order.id, amount_vnd=order.amount_vnd, fee_vnd=order.fee_vnd,
        identity={"method": "cccd", "last4": "0017"}, sign_citizen=SIGNED,
    )  # fmt: skip
    await held.apply(op_id)
    assert await held.door.hand_vnd(counter.courier) == 2_025_000
    async with counter.begin() as conn:
        found = await money_orders.find_order(conn, counter.office_id, order.id)
    assert found is not None
    assert found.state == "taken"
    assert await held.num_held() == 0


async def test_order_paid_by_a_strange_phone_counts(held: Held) -> None:
    """Tests that the grant given at the door holds for the two people too."""
    counter = held.counter
    payee = msgspec.structs.replace(PAYEE, address="Số 9, phường Kinh Bắc, tỉnh Bắc Ninh")
    await held.door.give_float(counter.courier, 10)
    async with counter.begin() as conn:
        new = new_order(held.here, to_door=True, payee=payee)
        order, pin = await held.here.bring_order(conn, new)
        grant = (await held.here.judge(conn, order, pin)).grant.hex()
    op_id = await held.tell(
        "order.paid", order.id, amount_vnd=order.amount_vnd, grant=grant,
        identity={"method": "cccd", "last4": "0123"}, sign_citizen=SIGNED,
    )  # fmt: skip
    await held.apply(op_id)
    assert await held.door.hand_vnd(counter.courier) == 3_000_000
    async with counter.begin() as conn:
        found = await money_orders.find_order(conn, counter.office_id, order.id)
    assert found is not None
    assert found.state == "paid"
    assert await held.num_held() == 0


async def test_what_still_stands_against_it_is_named(held: Held) -> None:
    """Tests that another sum than what is due is refused by its name, and may be set aside."""
    charge_id = await held.owe_fee()
    told = {"amount_vnd": 9_000, "method": "cash", "photos": []}
    op_id = await held.tell("charge.collected", charge_id, **told)
    asked = await ask(held.door, op_id)
    with pytest.raises(Conflict, match="charge_amount_differs"):
        await decide(held.door, asked, held.counter.controller)
    await decide(held.door, asked, held.counter.controller, is_allowed=False)
    await decide(held.door, await ask(held.door, op_id, "noop"), held.counter.controller)
    assert await held.door.hand_vnd(held.counter.courier) == 0
    assert await held.num_held() == 0
