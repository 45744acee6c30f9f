"""Tests that a proxy is not paid for somebody told dead, until the agency says otherwise."""

import pytest

from backend import doorstep, payouts
from backend.kit.errors import Conflict
from backend.payouts import Authority, Failure, Outcome, Payout, PayoutList, Seen
from tests.backend.payouts.making import (
    HOME,
    PAY_DAY,
    PROXY,
    Counter,
    number_of,
    row_of,
)

pytestmark = [pytest.mark.anyio, pytest.mark.store]

STANDS_IN = {
    "proxy": Authority("con", "certified", "UQ-01"),
    "identity": Seen("cccd", PROXY["proxy_id"][-4:]),
}


async def tell(counter: Counter, payout: Payout, reason: str = "DECEASED") -> None:
    """Let a courier tell why nobody was paid at the door."""
    failure = Failure(office_id=counter.office_id, payout_id=payout.id, reason=reason)
    async with counter.begin() as conn:
        await payouts.fail(conn, failure, counter.by_phone(at=PAY_DAY))


async def told_dead(counter: Counter) -> tuple[PayoutList, Payout]:
    """Return a list and its payout at home whose payee a courier told dead."""
    batch = await counter.approved(row_of(1, **HOME, **PROXY))
    await counter.place(batch)
    await counter.give_float(10_000_000)
    (payout,) = await counter.rows(batch)
    await tell(counter, payout)
    return batch, payout


async def pay_proxy(counter: Counter, payout: Payout) -> Outcome:
    return await counter.pay(counter.payment(payout, **STANDS_IN))


async def test_no_proxy_is_paid_for_who_was_told_dead(counter: Counter) -> None:
    """Tests that the counter refuses by name, also after another visit that found nobody."""
    _, payout = await told_dead(counter)
    for _ in range(2):
        with pytest.raises(Conflict, match="payee_told_deceased"):
            await pay_proxy(counter, payout)
        await tell(counter, payout, "ABSENT")
    assert await counter.owed_vnd() == payout.amount_vnd


async def test_who_comes_in_person_is_paid(counter: Counter) -> None:
    """Tests that a payee whom a courier took for dead is paid against their own paper."""
    _, payout = await told_dead(counter)
    assert (await counter.pay(counter.payment(payout))).state == "paid"


async def test_agency_says_that_they_live(counter: Counter) -> None:
    """Tests that a delta list brings the sum to its door and its proxy again, by two officers."""
    batch, payout = await told_dead(counter)
    delta = await counter.stop(batch, number_of(1), "còn sống")
    assert (delta.state, delta.total_vnd) == ("approved", 0)
    (found,) = await counter.rows(batch)
    assert (found.state, found.last_reason, found.num_attempts) == ("unpaid", "", 1)
    await counter.place(batch)
    async with counter.begin() as conn:
        (errand,) = await doorstep.list_errands(conn, counter.office_id, [payout.id])
    assert errand.state == "due"
    assert (await pay_proxy(counter, payout)).state == "paid"


async def test_agency_says_that_they_died(counter: Counter) -> None:
    """Tests that the agency's own word stops the sum, and says so to whoever asks."""
    batch, payout = await told_dead(counter)
    await counter.stop(batch, number_of(1), "đã mất")
    with pytest.raises(Conflict, match="payee_deceased"):
        await pay_proxy(counter, payout)
    (found,) = await counter.rows(batch)
    assert (found.state, found.state_reason) == ("stopped", "deceased")


async def test_alive_changes_nothing_of_others(counter: Counter) -> None:
    """Tests that nobody is paid on who was not told dead: the change came for nothing."""
    batch = await counter.approved(row_of(1), row_of(2))
    await counter.stop(batch, number_of(1), "dừng")
    for number in (number_of(1), number_of(2)):
        await counter.stop(batch, number, "còn sống")
    states = {payout.state for payout in await counter.rows(batch)}
    assert states == {"stopped", "unpaid"}
