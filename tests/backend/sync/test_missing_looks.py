"""Tests that a person ticks off what a phone can no longer send, and that later arrivals show."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar

from backend.sync import rules
from tests.backend.desk import Day
from tests.backend.sync.calling import Caller, code_of, enrol
from tests.backend.sync.test_phones import day as day
from tests.backend.sync.test_phones import desk as desk
from tests.backend.sync.test_phones import list_phones, ranges_of
from tests.backend.sync.test_phones import phone as phone
from tests.backend.sync.test_phones import spoken as spoken
from tests.simulation.phone import Phone

NOTE = "Đã làm lại hồ sơ giấy cùng bưu tá"


async def look(
    desk: httpx.AsyncClient, stream: Any, first: int, last: int, note: str = NOTE
) -> tuple[int, str]:
    """Tick numbers of a stream off; return status and code."""
    path = f"/api/sync/v1/streams/{stream}/missing/look"
    answer = await desk.post(path, json={"from_seq": first, "to_seq": last, "note": note})
    return (204, "") if answer.status_code == 204 else code_of(answer)


async def lose(desk: httpx.AsyncClient, caller: Caller) -> None:
    path = f"/api/identity/v1/devices/{caller.device_id}/lost"
    assert (await desk.post(path, json={})).status_code == 204


def looks_of(seen: dict[str, Any]) -> list[tuple[int, int, int]]:
    return [(one["from_seq"], one["to_seq"], one["num_arrived"]) for one in seen["looked"]]


@pytest.mark.parametrize(
    ("looked", "left"),
    [
        ([], [(3, 5), (9, 9)]),
        ([[3, 5]], [(9, 9)]),
        ([[3, 3], [9, 9]], [(4, 5)]),
        ([[4, 4]], [(3, 3), (5, 5), (9, 9)]),
        ([[1, 2], [6, 8], [10, 12]], [(3, 5), (9, 9)]),  # of numbers that have come since
        ([[2, 9]], []),  # more than is missing by now
    ],
)
def test_what_was_looked_at_is_not_missing(
    looked: list[list[int]], left: list[tuple[int, int]]
) -> None:
    """Tests that exactly the numbers within a look are left out."""
    assert rules.leave_out([(3, 5), (9, 9)], looked) == left


async def test_ticked_off_numbers_are_missing_no_more_and_stay_readable(
    app: Litestar, day: Day, desk: httpx.AsyncClient, spoken: Caller
) -> None:
    """Tests that the list shrinks by each look, and that who, when and why stay beside it."""
    stream = spoken.phone.stream
    await lose(desk, spoken)
    assert await look(desk, stream, 3, 4, " x ") == (409, "needs_reason")
    assert await look(desk, stream, 3, 4) == (204, "")
    [seen] = await list_phones(desk)
    assert (ranges_of(seen), looks_of(seen)) == ([(5, 5, False)], [(3, 4, 0)])
    assert await look(desk, stream, 3, 4) == (409, "not_missing")  # another was first
    assert await look(desk, stream, 4, 5) == (409, "not_missing")
    assert await look(desk, stream, 5, 6) == (409, "not_missing")  # nobody spoke of the sixth
    assert await look(desk, stream, 2, 2) == (409, "not_missing")  # here since long
    app.state.clock.at += timedelta(minutes=1)
    assert await look(desk, stream, 5, 5, "Việc này bưu tá chưa làm") == (204, "")
    [seen] = await list_phones(desk)
    assert (ranges_of(seen), looks_of(seen)) == ([], [(5, 5, 0), (3, 4, 0)])
    assert [one["note"] for one in seen["looked"]] == ["Việc này bưu tá chưa làm", NOTE]
    assert {one["by_name"] for one in seen["looked"]} == {"Trần Văn Mẫu"}
    async with day.house.db.transaction(actor="test", offices="*") as conn:
        rows = await conn.fetch(
            "SELECT actor_id, object_id FROM identity.audit WHERE action = 'missing.look'"
        )
    assert day.dispatcher.id is not None
    assert [tuple(row) for row in rows] == [(day.dispatcher.id, stream)] * 2


async def test_what_a_lost_phone_brings_after_all_is_told(
    desk: httpx.AsyncClient, spoken: Caller
) -> None:
    """Tests that facts which come after the look wait as set aside, and the look says so."""
    await lose(desk, spoken)
    assert await look(desk, spoken.phone.stream, 3, 5) == (204, "")
    spoken.phone.batch_max = 2
    assert code_of(await spoken.exchange()) == (403, "device_revoked")
    [seen] = await list_phones(desk)
    assert (ranges_of(seen), looks_of(seen), seen["num_set_aside"]) == ([], [(3, 5, 2)], 2)


async def test_what_a_cleared_phone_brings_after_all_counts(
    app: Litestar, desk: httpx.AsyncClient, spoken: Caller
) -> None:
    """Tests that a stream which goes on after the look is recorded, and the look says so."""
    lost = spoken.phone
    spoken.phone = Phone(lost.clock, lost.rnd)  # the browser's storage was cleared
    await spoken.talk()
    assert await look(desk, lost.stream, 3, 5) == (204, "")
    app.state.clock.at += timedelta(minutes=1)
    spoken.phone = lost  # and put back from a copy
    lost.batch_max = 200
    assert (await spoken.talk())["ack"] == 5
    [seen] = await list_phones(desk)
    assert (ranges_of(seen), looks_of(seen)) == ([], [(3, 5, 3)])


async def test_what_may_come_is_not_ticked_off(
    app: Litestar, day: Day, desk: httpx.AsyncClient, spoken: Caller
) -> None:
    """Tests that an older phone in service is waited for until it is reported lost."""
    second = await enrol(app, day, name="second")
    await second.talk()
    assert await look(desk, spoken.phone.stream, 3, 5) == (409, "missing_may_come")
    await lose(desk, spoken)
    assert await look(desk, spoken.phone.stream, 3, 5) == (204, "")
    await second.client.aclose()


async def test_only_the_desk_of_the_office_ticks_off(
    desk: httpx.AsyncClient, spoken: Caller
) -> None:
    """Tests that a courier may not, and that a stream nobody knows is not found."""
    path = f"/api/sync/v1/streams/{spoken.phone.stream}/missing/look"
    body = b'{"from_seq":3,"to_seq":5,"note":"xem"}'
    assert code_of(await spoken.ask("POST", path, body)) == (403, "not_allowed")
    assert await look(desk, uuid4(), 3, 5) == (404, "not_found")
