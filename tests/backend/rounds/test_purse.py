"""Cash from courier to courier: the notes go over, and the office hears of too much in one hand."""

import pytest

from backend import network
from backend.kit.ids import new_id
from tests.backend.rounds.test_money import Door
from tests.backend.rounds.test_money import door as door  # the fixture


@pytest.mark.parametrize(
    ("limit_vnd", "reason"), [(None, None), (2_000_000, None), (1_999_999, "over_cash_limit")]
)
async def test_cash_passed_beyond_the_takers_limit_is_told(
    door: Door, limit_vnd: int | None, reason: str | None
) -> None:
    """Tests that a fact is never refused for it: the notes are reserved, and the reason is kept."""
    counter = door.counter
    first, second = counter.day.couriers[:2]
    phone = await door.add_phone(first)
    await door.give_float(first, 10)
    if limit_vnd is not None:
        async with counter.begin() as conn:
            assert await network.set_cash_limit(conn, counter.office_id, second, limit_vnd)
    handover = new_id()
    said = {
        "handover": str(handover),
        "to": str(second),
        "notes": {"500000": 4},
        "amount_vnd": 2_000_000,
    }
    phone.record("cash.passed", said)
    assert await door.talk(phone, first) == [("applied", reason)]
    async with counter.begin() as conn:
        state = await conn.fetchval("SELECT state FROM cash.handover WHERE id = $1", handover)
    assert state == "pending"
