"""A courier says afterwards that a visit for money did not fail; or that a payment was not so."""

from typing import Any
from uuid import UUID

import pytest

from tests.backend.rounds.test_money import SERVICE_ON, Door, make_payout
from tests.backend.rounds.test_money import door as door  # the fixture
from tests.simulation.phone import Phone


async def stand(door: Door) -> dict[str, Any]:
    """Return how the payout, its errand and its act stand."""
    async with door.counter.begin() as conn:
        row = await conn.fetchrow(
            "SELECT p.state, p.num_attempts, p.last_reason, e.state AS errand, "
            "e.num_attempts AS visits, e.wanted_on, a.state AS act "
            "FROM payouts.payout p JOIN doorstep.errand e ON e.id = p.id "
            "JOIN rounds.act a ON a.errand_id = p.id"
        )
    assert row is not None
    return dict(row)


def say(phone: Phone, door: Door, courier: UUID, kind: str, **fields: Any) -> str:
    stop_id, act_id = door.acts[courier]
    return phone.record(kind, {"stop": str(stop_id), "act": str(act_id), **fields})


@pytest.mark.parametrize("reason", ["ABSENT", "REFUSED"])
async def test_a_payee_who_comes_after_all_is_paid(door: Door, reason: str) -> None:
    """Tests that a visit in vain is taken back at once, also one after which nobody would come."""
    courier = door.counter.courier
    phone = await door.add_phone(courier)
    payout = await make_payout(door)
    await door.publish(payout, courier)
    lease = await door.lease(courier)
    await door.give_float(courier, 10)
    async with door.counter.begin() as conn:
        round_id = await conn.fetchval("SELECT id FROM rounds.round")
    phone.record("round.opened", {"round": str(round_id)})
    assert await door.talk(phone, courier) == [("applied", None)]
    before = await stand(door)
    failure = say(
        phone, door, courier, "visit.failed", reason=reason, photos=["ab" * 32],
        note="Không nhận", invited=False,
    )  # fmt: skip
    assert await door.talk(phone, courier) == [("applied", None)]
    failed = await stand(door)
    assert (failed["act"], failed["num_attempts"], failed["last_reason"]) == ("failed", 1, reason)
    assert failed["errand"] == ("gone" if reason == "REFUSED" else "due")
    say(phone, door, courier, "act.corrected", op=failure, wrong="not_so", reason="Bà vừa về")
    assert await door.talk(phone, courier) == [("applied", None)]
    assert await stand(door) == {**before, "wanted_on": SERVICE_ON}
    door.pay(phone, courier, payout, lease)
    assert await door.talk(phone, courier) == [("applied", None)]
    assert await door.hand_vnd(courier) == 1_500_000


async def test_money_that_changed_hands_has_no_undo(door: Door) -> None:
    """Tests that a payment said not to be so is held for the cashier, and no row is touched."""
    courier = door.counter.courier
    phone = await door.add_phone(courier)
    payout = await make_payout(door)
    await door.publish(payout, courier)
    lease = await door.lease(courier)
    await door.give_float(courier, 10)
    door.pay(phone, courier, payout, lease)
    (paid,) = phone.shown
    say(phone, door, courier, "act.corrected", op=paid, wrong="not_so", reason="Trả nhầm người")
    say(phone, door, courier, "act.corrected", op=paid, wrong="details", reason="Con gái ký thay")
    assert await door.talk(phone, courier) == [
        ("applied", None),
        ("held", "needs_reversal"),
        ("applied", None),
    ]
    assert (await stand(door))["state"] == "paid"
    assert await door.hand_vnd(courier) == 1_500_000
