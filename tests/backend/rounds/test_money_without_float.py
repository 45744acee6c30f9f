"""Tests that a courier without a float keeps the day open too, while money may be about (L11)."""

from uuid import UUID

import pytest

from backend import cash
from backend.kit.errors import Conflict
from tests.backend.rounds.test_money import SERVICE_ON, Door, make_payout
from tests.backend.rounds.test_money import door as door  # the fixture
from tests.backend.rounds.test_money_held import ask
from tests.backend.rounds.test_money_held import decide as allow


async def close_day(door: Door) -> str:
    """Try to close the day; return why it does not."""
    counter = door.counter
    with pytest.raises(Conflict) as caught:
        async with counter.begin() as conn:
            await cash.close_day(
                conn, counter.office_id, SERVICE_ON, by=counter.controller, now=door.now
            )
    return caught.value.code


async def find_shift(door: Door) -> tuple[UUID, int, int, int] | None:
    """Return the shift that is open, with unsent, held and lent."""
    async with door.counter.begin() as conn:
        row = await conn.fetchrow(
            "SELECT id, head - ack, num_held, num_leases FROM cash.shift WHERE state <> 'closed'"
        )
    return None if row is None else tuple(row)


async def go_home(door: Door, shift_id: UUID) -> None:
    """Count an empty hand by two and close its shift."""
    counter = door.counter
    async with counter.begin() as conn:
        await cash.count_by_courier(
            conn, office_id=counter.office_id, courier_id=counter.courier, notes={},
            amount_vnd=0, occurred_at=door.now, now=door.now, count_id=shift_id,
        )  # fmt: skip
        await cash.count_by_cashier(
            conn, counter.office_id, shift_id, notes={}, by=counter.cashier, now=door.now
        )
        await cash.close_shift(conn, counter.office_id, shift_id, by=counter.cashier, now=door.now)


async def test_held_money_begins_a_shift(door: Door) -> None:
    """Tests that a fact held before anything was booked stops the day until two decided it."""
    counter, courier = door.counter, door.counter.courier
    phone = await door.add_phone(courier)
    payout = await make_payout(door)
    await door.publish(payout, courier)
    door.pay(phone, courier, payout, None)
    assert await door.talk(phone, courier, is_field=False) == [("held", "not_field_device")]
    assert await door.hand_vnd(courier) == 0
    assert await close_day(door) == "shifts_open"
    shift = await find_shift(door)
    assert shift is not None
    assert shift[1:] == (0, 1, 0)
    with pytest.raises(Conflict, match="facts_held"):
        await go_home(door, shift[0])
    (op_id,) = phone.shown
    await allow(door, await ask(door, UUID(op_id), "noop"), counter.controller)
    await go_home(door, shift[0])
    assert await close_day(door) == "count_missing", "nothing but the drawer is open"


async def test_list_at_a_phone_begins_a_shift(door: Door) -> None:
    """Tests that a list lent to a courier without a float keeps the day open until it is back."""
    courier = door.counter.courier
    phone = await door.add_phone(courier)
    payout = await make_payout(door)
    await door.publish(payout, courier)
    lease = await door.lease(courier)
    assert await close_day(door) == "shifts_open"
    shift = await find_shift(door)
    assert shift is not None
    assert shift[1:] == (0, 0, 1)
    with pytest.raises(Conflict, match="leases_out"):
        await go_home(door, shift[0])
    phone.record("lease.released", {"lease": str(lease)})
    assert await door.talk(phone, courier) == [("applied", None)]
    await go_home(door, shift[0])
    assert await close_day(door) == "count_missing"


@pytest.mark.parametrize("has_money", [True, False])
async def test_unsent_facts_begin_a_shift_where_rounds_have_money(
    door: Door, has_money: bool
) -> None:
    """Tests that a phone with more to tell keeps the day open, if what it has may be money."""
    courier = door.counter.courier
    phone = await door.add_phone(courier)
    if has_money:
        await door.publish(await make_payout(door), courier)
    phone.batch_max = 1
    for _ in range(2):
        phone.record("note.added", {"stop": str(courier), "text": "Cổng sau"})
    await door.talk(phone, courier)
    shift = await find_shift(door)
    assert (shift is not None) is has_money
    assert shift is None or shift[1:] == (1, 0, 0)
    await door.talk(phone, courier)
    shift = await find_shift(door)
    assert shift is None or shift[1:] == (0, 0, 0)


async def test_nothing_of_money_begins_no_shift(door: Door) -> None:
    """Tests that who carries papers alone needs no cashier in the evening."""
    courier = door.counter.courier
    phone = await door.add_phone(courier)
    phone.record("note.added", {"stop": str(courier), "text": "Cổng sau"})
    await door.talk(phone, courier)
    assert await find_shift(door) is None
    assert await close_day(door) == "count_missing"
