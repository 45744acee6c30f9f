"""Lists that a lost or silent phone holds: what becomes of them, of its payments, of its shift."""

from uuid import UUID

from backend import rounds
from backend.sync.actions import desk, leases
from tests.backend.rounds.test_money import Door, make_payout
from tests.backend.rounds.test_money import door as door  # the fixture


async def take(door: Door, lease: UUID) -> None:
    """Let the cashier ask for a list, and the controller allow it."""
    counter = door.counter
    async with counter.begin() as conn:
        asked = await desk.ask_release(
            conn, office_id=counter.office_id, lease_id=lease, reason="máy rơi xuống nước",
            by=counter.cashier, now=door.now,
        )  # fmt: skip
        await desk.decide_release(
            conn, office_id=counter.office_id, proposal_id=asked, is_allowed=True,
            by=counter.controller, now=door.now,
        )  # fmt: skip


async def num_leases(door: Door, courier_id: UUID) -> int:
    async with door.counter.begin() as conn:
        found = await conn.fetchval(
            "SELECT num_leases FROM cash.shift WHERE courier_id = $1", courier_id
        )
    return int(found)


async def test_a_lost_phone_no_longer_keeps_its_shift_open(door: Door) -> None:
    """Tests that the shift counts the list no more once two people took it, and another pays."""
    counter = door.counter
    first, second = counter.day.couriers[:2]
    one, other = await door.add_phone(first), await door.add_phone(second)
    payout = await make_payout(door)
    await door.publish(payout, first)
    for courier in (first, second):
        await door.give_float(courier, 10)
    lease = await door.lease(first)
    await door.talk(one, first)
    assert await num_leases(door, first) == 1
    async with counter.begin() as conn:
        (held,) = await desk.list_held(conn, counter.office_id)
    assert held.share is not None
    assert (held.share.num_unpaid, held.share.unpaid_vnd) == (1, 3_500_000)
    await take(door, lease)
    assert await num_leases(door, first) == 0
    async with counter.begin() as conn:
        assert await desk.list_held(conn, counter.office_id) == []
        await rounds.remove_errands(conn, counter.office_id, [payout.id], door.now)
    await door.publish(payout, second)
    door.pay(other, second, payout, await door.lease(second))
    assert await door.talk(other, second) == [("applied", None)]
    assert await counter.owed_vnd() == 0


async def test_a_list_goes_on_at_its_phone_the_next_morning(door: Door) -> None:
    """Tests that a list past its time is lent to its phone anew; what fell between is held."""
    counter, courier = door.counter, door.counter.courier
    phone = await door.add_phone(courier)
    payout = await make_payout(door)
    await door.publish(payout, courier)
    await door.give_float(courier, 10)
    old = await door.lease(courier)
    door.wait(hours=15)
    new = await door.lease(courier)
    assert new != old
    async with counter.begin() as conn:
        rows = await conn.fetch("SELECT id, renewed_by_id FROM sync.lease ORDER BY issued_at")
        current = await leases.list_current(conn, counter.office_id, door.devices[courier])
    assert [tuple(row) for row in rows] == [(old, new), (new, None)]
    assert [one.id for one in current] == [new]
    door.pay(phone, courier, payout, new)
    assert await door.talk(phone, courier) == [("applied", None)]


async def test_what_was_paid_past_the_time_is_held_though_renewed(door: Door) -> None:
    """Tests that renewing in the morning makes no payment of the night right."""
    courier = door.counter.courier
    phone = await door.add_phone(courier)
    payout = await make_payout(door)
    await door.publish(payout, courier)
    await door.give_float(courier, 10)
    old = await door.lease(courier)
    door.wait(hours=14, minutes=30)
    door.pay(phone, courier, payout, old)
    door.wait(hours=1)
    await door.lease(courier)
    assert await door.talk(phone, courier) == [("held", "lease_expired")]
    assert await door.counter.balance_vnd("suspense") == 3_500_000
