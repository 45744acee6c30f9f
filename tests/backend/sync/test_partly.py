from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.backend.day import Day, deliver_op, load_op, open_day, visit_of
from tests.simulation import checks


@pytest.fixture
async def day(admin_conn: Any, db_url: str) -> AsyncIterator[Day]:
    opened = await open_day(admin_conn, db_url)
    yield opened
    assert await checks.find_violations(admin_conn) == {}
    await opened.db.close()


@pytest.mark.parametrize(
    ("taken", "reason"), [([True], None), ([True, False], "partly"), ([], None)]
)
@pytest.mark.parametrize("is_one_batch", [True, False])
async def test_a_result_handed_over_without_a_paper_taken_back_is_done_in_part(
    day: Day, taken: list[bool], reason: str | None, is_one_batch: bool
) -> None:
    """Tests that the act says so to the phone and the board, decided together or alone."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    visit = visit_of(courier, "result.deliver")
    papers = [
        {"paper": f"giay_{at}", "is_taken": is_taken, "reason": "" if is_taken else "mất"}
        for at, is_taken in enumerate(taken)
    ]
    phone.record(*load_op(courier))
    if not is_one_batch:
        await day.talk(phone, courier)
    phone.record(*deliver_op(visit, reclaimed=papers))
    assert (await day.decisions(phone, courier))[-1] == ("applied", None)
    row = await day.admin.fetchrow(
        "SELECT state, reason FROM rounds.act WHERE id = $1", visit.act_id
    )
    assert tuple(row) == ("done", reason)
    await day.talk(phone, courier)
    [act] = phone.view["stop", str(visit.stop_id)][1]["acts"]
    assert (act["state"], act["reason"]) == ("done", reason)
