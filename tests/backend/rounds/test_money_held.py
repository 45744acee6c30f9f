"""What one person makes of a held fact of money counts once a second one allows it."""

from typing import Any, Literal
from uuid import UUID

import asyncpg
import msgspec
import pytest

from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.sync import ask_held, list_held_proposals
from backend.sync.actions.held import decide_asked
from tests.backend.rounds.test_money import Door, make_payout
from tests.backend.rounds.test_money import door as door  # the fixture


async def pay_from_a_strange_phone(door: Door) -> UUID:
    """Pay a pension with a phone that is not the field device; return the held fact."""
    courier = door.counter.courier
    phone = await door.add_phone(courier)
    payout = await make_payout(door)
    await door.publish(payout, courier)
    lease = await door.lease(courier)
    await door.give_float(courier, 10)
    door.pay(phone, courier, payout, lease)
    said = await door.talk(phone, courier, is_field=False)
    assert said == [("held", "not_field_device")]
    (op_id,) = phone.shown
    return UUID(op_id)


async def ask(
    door: Door, op_id: UUID, outcome: Literal["applied", "noop"] = "applied", **said: Any
) -> UUID:
    counter = door.counter
    async with counter.begin() as conn:
        return await ask_held(
            conn, office_id=counter.office_id, op_id=op_id, outcome=outcome,
            now=door.now, **{"by": counter.cashier, "note": "Đã gọi người nhận", **said},
        )  # fmt: skip


async def decide(door: Door, proposal_id: UUID, by: UUID, *, is_allowed: bool = True) -> None:
    counter = door.counter
    async with counter.begin() as conn:
        await decide_asked(
            conn, office_id=counter.office_id, proposal_id=proposal_id, is_allowed=is_allowed,
            by=by, now=door.now, sealer=counter.house.sealer,
        )  # fmt: skip


async def test_payment_of_a_strange_phone_counts_by_two_people(door: Door) -> None:
    """Tests that nothing is booked before the second word, and everything by it."""
    counter, courier = door.counter, door.counter.courier
    op_id = await pay_from_a_strange_phone(door)
    asked = await ask(door, op_id)
    async with counter.begin() as conn:
        (shown,) = await list_held_proposals(conn, counter.office_id)
    assert (shown.kind, shown.amount_vnd, shown.outcome) == ("payout.paid", 3_500_000, "applied")
    assert msgspec.json.decode(shown.raw)["id"] == str(op_id)
    with pytest.raises(Conflict, match="held_asked"):
        await ask(door, op_id, by=counter.controller)
    with pytest.raises(Conflict, match="approved_by_maker"):
        await decide(door, asked, counter.cashier)
    assert await door.hand_vnd(courier) == 5_000_000
    await decide(door, asked, counter.controller)
    assert await door.hand_vnd(courier) == 1_500_000
    with pytest.raises(Conflict, match="proposal_decided"):
        await decide(door, asked, counter.controller)
    with pytest.raises(Conflict, match="not_held"):
        await ask(door, op_id)
    async with counter.begin() as conn:
        assert await list_held_proposals(conn, counter.office_id) == []
        rows = await conn.fetch(
            "SELECT action, actor_id FROM identity.audit WHERE action LIKE 'held.%' ORDER BY at, id"
        )
    assert {tuple(row) for row in rows} == {
        ("held.ask", counter.cashier),
        ("held.allow", counter.controller),
    }


async def test_declined_the_fact_is_still_held(door: Door) -> None:
    """Tests that a refusal books nothing, and that something else may be asked afterwards."""
    counter, courier = door.counter, door.counter.courier
    op_id = await pay_from_a_strange_phone(door)
    await decide(door, await ask(door, op_id), counter.controller, is_allowed=False)
    assert await door.hand_vnd(courier) == 5_000_000
    await decide(door, await ask(door, op_id, "noop"), counter.controller)
    assert await door.hand_vnd(courier) == 5_000_000
    async with counter.begin() as conn:
        outcome = await conn.fetchval(
            "SELECT outcome FROM sync.op_decision WHERE op_id = $1 AND n = 2", op_id
        )
    assert outcome == "noop"


async def test_what_cannot_be_asked(door: Door) -> None:
    """Tests that each is refused by name: no reason, no such fact, notes that stand in doubt."""
    counter, courier = door.counter, door.counter.courier
    with pytest.raises(Conflict, match="needs_reason"):
        await ask(door, new_id(), note=" x ")
    with pytest.raises(NotFound):
        await ask(door, new_id())
    with pytest.raises(NotFound):
        await decide(door, new_id(), counter.controller)
    phone = await door.add_phone(courier)
    payout = await make_payout(door)
    await door.publish(payout, courier)
    await door.give_float(courier, 10)
    door.pay(phone, courier, payout, None)
    assert await door.talk(phone, courier) == [("held", "no_lease")]
    (op_id,) = phone.shown
    with pytest.raises(Conflict, match="money_in_doubt"):
        await ask(door, UUID(op_id))


async def test_the_database_itself_wants_a_second_person(door: Door) -> None:
    """Tests that no code of ours could write one person as both."""
    asked = await ask(door, await pay_from_a_strange_phone(door))
    async with door.counter.begin() as conn:
        with pytest.raises(asyncpg.CheckViolationError):
            await conn.execute(
                "UPDATE sync.held_proposal SET decided_by = asked_by, decided_at = now(), "
                "is_allowed = true WHERE id = $1",
                asked,
            )
