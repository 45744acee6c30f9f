"""Changes from the office on a phone in Chromium: told with a sound, never under the finger."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend import rounds
from backend.house import House
from backend.kit.clock import now
from tests.journeys.accessibility import find_faults
from tests.journeys.browsing import SCREENS, find_chromium
from tests.journeys.phone_page import PhonePage, unlock
from tests.journeys.stage import Stage
from tests.simulation.town import CourierOfTown

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
TITLE = "Bưu cục vừa đổi chuyến"
# What the phone does for ears and hand, counted over reloads.
LISTEN = """
const count = (name) => localStorage.setItem(name, 1 + Number(localStorage.getItem(name) ?? 0));
navigator.vibrate = () => { count('buzzes'); return true; };
const begin = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) { count('tones'); return begin.apply(this, at); };
"""
LIST_ROWS = """() => [...document.querySelectorAll('a.stop .name, .gone s')].map((one) => {
    const row = one.closest('a.stop, .gone');
    return [one.textContent.replace(/^\\d+\\. /, ''), Math.round(row.getBoundingClientRect().top)];
})"""


async def take_mate(stage: Stage, of: CourierOfTown) -> CourierOfTown:
    """Return another courier of the same office."""
    while (mate := stage.take_courier()).office_id != of.office_id:
        pass
    return mate


async def give(house: House, stop: UUID, to: CourierOfTown) -> None:
    """Give a stop to another courier, as the dispatcher's board does."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        await rounds.reassign(
            conn,
            office_id=to.office_id,
            stop_id=stop,
            courier_id=to.staff_id,
            by=to.staff_id,
            now=now(),
        )


async def reorder(stage: Stage, house: House, courier: CourierOfTown) -> None:
    """Bring the fifth stop before all others, forty minutes later than it was planned."""
    first, fifth = courier.visits[0], courier.visits[4]
    await stage.admin.execute(
        "UPDATE rounds.stop SET position = position + 1, rev = rev + 1 WHERE round_id = $1",
        courier.round_id,
    )
    await stage.admin.execute(
        "UPDATE rounds.stop SET position = 1, planned_at = planned_at + $2 WHERE id = $1",
        fifth.stop_id,
        timedelta(minutes=40),
    )
    assert first.stop_id != fifth.stop_id
    async with house.db.transaction(actor="house", offices="*") as conn:
        for visit in courier.visits:
            await rounds.add_change(
                conn, courier.office_id, courier.staff_id, kind="stop", ref=visit.stop_id
            )


async def sounds(phone: PhonePage) -> tuple[int, int]:
    """Return how often the phone has buzzed, and how many tones it has played."""
    found: list[Any] = await phone.page.evaluate(
        "() => ['buzzes', 'tones'].map((name) => Number(localStorage.getItem(name) ?? 0))"
    )
    return found[0], found[1]


async def rows_at_rest(phone: PhonePage) -> list[Any]:
    """Return names and places of the lines once they lie still: far ones are drawn when near."""
    rows: list[Any] = []
    while rows != (rows := await phone.page.evaluate(LIST_ROWS)) or not rows:
        await phone.page.wait_for_timeout(300)
    return rows


async def names_shown(phone: PhonePage) -> list[str]:
    """Return the names in the day's list, from the top."""
    return [name for name, _ in await phone.page.evaluate(LIST_ROWS)]


async def test_changes_are_told_and_nothing_jumps(stage: Stage, house_of_stage: House) -> None:
    """Tests that a removed, an added and a moved stop are told once, and reorder when read."""
    phone = await stage.make_phone()
    page, courier = phone.page, phone.courier
    await phone.context.add_init_script(LISTEN)
    await phone.sign_in()
    await page.get_by_text("Tất cả các điểm").click()
    before = await rows_at_rest(phone)
    mate = await take_mate(stage, courier)
    await give(house_of_stage, courier.visits[1].stop_id, mate)
    await phone.sees(TITLE)
    await phone.sees("Rút điểm 2: Công dân thử 2")
    assert await rows_at_rest(phone) == before, "a line moved under the finger"
    assert await sounds(phone) == (1, 2)
    await reorder(stage, house_of_stage, courier)
    await give(house_of_stage, mate.visits[2].stop_id, courier)
    await phone.sees(re.compile("Thêm điểm 8 lúc"))
    await phone.sees(re.compile("Điểm 5 nay đi thứ 1, lúc .*: Công dân thử 5"))
    shown = await names_shown(phone)
    assert shown[:6] == [name for name, _ in before]
    assert shown[6:] == ["Công dân thử 3"]
    await page.wait_for_timeout(800)
    SCREENS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENS / "doi-chuyen.png")
    assert await find_faults(page) == []
    told = await sounds(phone)
    await phone.airplane(True)
    await page.reload()
    await unlock(page)
    await phone.sees("Rút điểm 2: Công dân thử 2")
    assert await names_shown(phone) == shown
    assert await sounds(phone) == told, "what was not read sounds once"
    await page.get_by_role("button", name="Đã xem").click()
    await page.get_by_text(TITLE).wait_for(state="detached")
    order = ["5", "1", "3", "4", "6", "3"]
    assert await names_shown(phone) == [f"Công dân thử {number}" for number in order]
    await page.reload()
    await unlock(page)
    await phone.sees("Tất cả các điểm")
    await page.wait_for_timeout(500)
    assert not await page.get_by_text(TITLE).is_visible()
    await phone.airplane(False)
    assert phone.complaints == []


async def test_own_acts_are_no_news(stage: Stage, house_of_stage: House) -> None:
    """Tests that what the courier records tells nothing, and news waits while at a door."""
    phone = await stage.open_phone()
    page = phone.page
    await phone.note("Không phải tin")
    await stage.wait_for_notes(phone, "Không phải tin")
    await phone.go("#/")
    await page.wait_for_timeout(600)
    assert not await page.get_by_text(TITLE).is_visible()
    visit = next(one for one in phone.courier.visits if one.kind == "result.deliver")
    other = next(one for one in phone.courier.visits if one.stop_id != visit.stop_id)
    await page.goto(f"{phone.way.url}/courier/#/stop/{visit.stop_id}/attempt/{visit.act_id}")
    await page.get_by_role("button", name="Vắng nhà").wait_for()
    await give(house_of_stage, other.stop_id, await take_mate(stage, phone.courier))
    await asyncio.sleep(1.5)
    assert not await page.get_by_text(TITLE).is_visible()
    await phone.go(f"#/stop/{visit.stop_id}")
    await phone.sees(TITLE)
