"""Tests that a sum is paid once, and that notes given in doubt are accounted for (L6, L7, 1.5)."""

import pytest

from backend.kit.errors import Conflict
from tests.backend.payouts.making import Counter, row_of

pytestmark = [pytest.mark.anyio, pytest.mark.store]


async def test_counter_pays_from_the_drawer(counter: Counter) -> None:
    """Tests that a payment lessens the drawer and what is owed to the agency's people, once."""
    batch = await counter.approved(row_of(1), row_of(2))
    first, _ = await counter.rows(batch)
    await counter.give_float(5_000_000)
    payment = counter.payment(first)
    outcome = await counter.pay(payment)
    assert (outcome.state, outcome.payment_id) == ("paid", payment.id)
    assert await counter.balance_vnd("drawer") == 1_500_000
    assert await counter.owed_vnd() == 3_500_000
    again = await counter.pay(payment)
    assert (again.state, again.payment_id) == ("known", payment.id)
    assert await counter.balance_vnd("drawer") == 1_500_000
    with pytest.raises(Conflict) as caught:
        await counter.pay(counter.payment(first))
    assert caught.value.code == "already_paid"
