"""Tests that the receipt number of a held collection that two people set aside is void, no gap."""

from typing import Any
from uuid import UUID

from backend import receipts
from backend.kit.ids import new_id
from backend.receipts import Block, Receipt
from tests.backend.desk import TODAY
from tests.backend.rounds.test_money import door as door  # the fixture
from tests.backend.rounds.test_money_applied import Held
from tests.backend.rounds.test_money_applied import held as held  # the fixture
from tests.backend.rounds.test_money_held import ask, decide
from tests.simulation.phone import Phone

NOTE = "Công dân không trả tiền, bưu tá ghi nhầm"


class Numbers:
    """A lent block of numbers, a fee on the round, and what the phone tells of them."""

    def __init__(self, held: Held, phone: Phone, block: Block, charge_id: UUID) -> None:
        self.held, self.counter = held, held.counter
        self.phone, self.block, self.charge_id = phone, block, charge_id

    async def tell(self, number: int, **more: Any) -> UUID:
        """Let the phone tell of a fee taken under a number; it is held, nothing is booked."""
        told: dict[str, Any] = {
            "amount_vnd": 8_000, "method": "cash", "photos": [],
            "receipt": {"block": str(self.block.id), "number": number}, **more,
        }  # fmt: skip
        return await self.held.tell("charge.collected", self.charge_id, phone=self.phone, **told)

    async def set_aside(self, op_id: UUID) -> None:
        """Let the cashier ask for it and the controller allow it."""
        asked = await ask(self.held.door, op_id, "noop", note=NOTE)
        await decide(self.held.door, asked, self.counter.controller)

    async def used(self) -> list[Receipt]:
        """Return what stands under the block's numbers."""
        day = self.held.door.now.date()
        async with self.counter.begin() as conn:
            return await receipts.list_used(conn, self.counter.office_id, TODAY, day)

    async def gaps(self) -> list[int]:
        """Return the numbers passed over of which nobody told."""
        async with self.counter.begin() as conn:
            return await receipts.list_gaps(conn, self.counter.office_id, self.block.id)


async def make_numbers(held: Held) -> Numbers:
    phone, block = await held.lend()
    return Numbers(held, phone, block, await held.owe_fee())


async def test_its_number_is_void_by_both(held: Held) -> None:
    """Tests that number, reason and both persons are kept as it is set aside, not before."""
    numbers = await make_numbers(held)
    first = numbers.block.first_number
    op_id = await numbers.tell(first + 2)
    asked = await ask(held.door, op_id, "noop", note=NOTE)
    assert await numbers.used() == []
    await decide(held.door, asked, held.counter.controller)
    (void,) = await numbers.used()
    assert (void.number, void.state, void.void_reason) == (first + 2, "void", NOTE)
    assert (void.voided_by, void.void_approved_by) == (
        held.counter.cashier, held.counter.controller,
    )  # fmt: skip
    assert (void.op_id, void.device_id) == (op_id, numbers.block.device_id)
    assert void.voided_at == held.door.now
    assert void.amount_vnd == 0
    # The two below it were passed over by the phone: nobody has told of them.
    assert await numbers.gaps() == [first, first + 1]


async def test_declined_it_is_nobodys(held: Held) -> None:
    """Tests that a controller's refusal lets the number be, for the fact may still count."""
    numbers = await make_numbers(held)
    op_id = await numbers.tell(numbers.block.first_number)
    asked = await ask(held.door, op_id, "noop", note=NOTE)
    await decide(held.door, asked, held.counter.controller, is_allowed=False)
    assert await numbers.used() == []
    await held.apply(op_id)
    (issued,) = await numbers.used()
    assert (issued.number, issued.state) == (numbers.block.first_number, "issued")


async def test_another_held_fact_keeps_the_number(held: Held) -> None:
    """Tests that a number told twice is issued with the fact that counts, void with the last."""
    numbers = await make_numbers(held)
    number = numbers.block.first_number
    first, second = await numbers.tell(number), await numbers.tell(number)
    await numbers.set_aside(first)
    assert await numbers.used() == []
    await numbers.held.apply(second)
    (issued,) = await numbers.used()
    assert (issued.number, issued.state, issued.op_id) == (number, "issued", second)


async def test_the_last_of_two_facts_lets_it_be_void(held: Held) -> None:
    """Tests that a number told twice is void once, when the second is set aside too."""
    numbers = await make_numbers(held)
    number = numbers.block.first_number
    first, second = await numbers.tell(number), await numbers.tell(number)
    await numbers.set_aside(first)
    await numbers.set_aside(second)
    (void,) = await numbers.used()
    assert (void.number, void.state, void.op_id) == (number, "void", second)


async def test_used_number_stays_the_payers(held: Held) -> None:
    """Tests that a number issued for another fact stays issued."""
    numbers = await make_numbers(held)
    number = numbers.block.first_number
    counts = await numbers.tell(number)
    await numbers.held.apply(counts)
    again = await numbers.tell(number)
    await numbers.set_aside(again)
    (issued,) = await numbers.used()
    assert (issued.state, issued.op_id) == ("issued", counts)


async def test_number_of_money_in_doubt_waits_with_it(held: Held) -> None:
    """Tests that a number which a payer holds for notes in doubt is left to who decides those."""
    numbers = await make_numbers(held)
    number, courier = numbers.block.first_number, held.counter.courier
    wrong = await numbers.tell(number)
    async with held.counter.begin() as conn:
        row = await conn.fetchrow(
            "SELECT stop_id, id FROM rounds.act WHERE errand_id = $1", numbers.charge_id
        )
    use = {"block": str(numbers.block.id), "number": number}
    said = {"stop": str(row[0]), "act": str(row[1]), "method": "cash", "photos": []}
    numbers.phone.record("charge.collected", said | {"amount_vnd": 9_000, "receipt": use})
    assert await held.door.talk(numbers.phone, courier) == [("held", "charge_amount_differs")]
    await numbers.set_aside(wrong)
    assert await numbers.used() == []


async def test_numbers_that_the_phone_was_not_lent_are_left_alone(held: Held) -> None:
    """Tests that neither a strange block nor a number outside the block is touched."""
    numbers = await make_numbers(held)
    strange = {"block": str(new_id()), "number": numbers.block.first_number}
    for op_id in (
        await numbers.tell(numbers.block.last_number + 1),
        await numbers.tell(1, receipt=strange),
        await numbers.tell(1, receipt=None),
        await numbers.tell(1, receipt="not a number"),
    ):
        await numbers.set_aside(op_id)
    assert await numbers.used() == []
    assert await numbers.gaps() == []
