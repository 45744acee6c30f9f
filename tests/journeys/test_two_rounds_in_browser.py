"""Two rounds on one phone in Chromium: none hides the other, and both can be closed."""

import asyncio
import time
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest

from backend import rounds
from backend.house import House
from backend.kit.clock import now, service_day
from backend.rounds import ActDraft, RoundDraft, StopDraft
from tests.journeys.accessibility import find_faults, wait_for_screen
from tests.journeys.browsing import SCREENS, find_chromium
from tests.journeys.phone_page import PhonePage
from tests.journeys.pictures import make_png
from tests.journeys.stage import WAIT_S, Stage
from tests.journeys.test_accessibility import set_out
from tests.simulation.town import CourierOfTown, Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
STATES = "SELECT service_on, state FROM rounds.round WHERE courier_id = $1 ORDER BY service_on"
NUM_HELD = """
SELECT count(*) FROM sync.op_decision AS d JOIN sync.op_log AS o ON o.op_id = d.op_id
JOIN sync.stream AS s ON s.id = o.stream_id WHERE s.staff_id = $1 AND d.outcome = 'held'
"""


def named(day: date) -> str:
    """Return a day as the phone names it."""
    return f"{day:%d/%m}"


async def free(stage: Stage, house: House, of: CourierOfTown, num: int) -> list[Visit]:
    """Take results off the rounds of colleagues: they lie at the office for another day."""
    found: list[Visit] = []
    while len(found) < num:
        mate = stage.take_courier()
        if mate.office_id == of.office_id:
            found += [one for one in mate.visits if one.kind == "result.deliver"]
    async with house.db.transaction(actor="house", offices="*") as conn:
        errands = [visit.errand_id for visit in found[:num]]
        await rounds.remove_errands(conn, of.office_id, errands, now())
    return found[:num]


async def publish(house: House, to: CourierOfTown, visits: list[Visit], day: date) -> None:
    """Publish a round of these visits, as a plan of that day does."""
    stops = [
        StopDraft(
            delivery_point_id=visit.point_id,
            citizen_id=visit.citizen_id,
            planned_s=32_400 + 600 * place,
            tw_early_s=None,
            tw_late_s=None,
            service_duration_s=240,
            acts=[ActDraft(visit.errand_id, "result.deliver")],
        )
        for place, visit in enumerate(visits)
    ]
    draft = RoundDraft(
        courier_id=to.staff_id,
        shift_id=uuid.UUID(int=1),
        starts_s=27_000,
        ends_s=61_200,
        lunch_at_s=None,
        lunch_duration_s=0,
        duration_s=1_800,
        distance_m=4_000,
        stops=stops,
    )
    async with house.db.transaction(actor="house", offices="*") as conn:
        await rounds.publish(
            conn,
            office_id=to.office_id,
            service_on=day,
            plan_id=uuid.uuid4(),
            drafts=[draft],
            now=now(),
        )


async def begin(stage: Stage, house: House, *, days: int) -> PhonePage:
    """Return a phone that is out with one result on the round, which is of `days` after today."""
    stage.pass_over("result.deliver")
    phone = await stage.make_phone()
    courier = phone.courier
    kept = next(one for one in courier.visits if one.kind == "result.deliver")
    others = [one.errand_id for one in courier.visits if one is not kept]
    async with house.db.transaction(actor="house", offices="*") as conn:
        await rounds.remove_errands(conn, courier.office_id, others, now())
    await stage.admin.execute(
        "UPDATE rounds.round SET service_on = service_on + $2::int, rev = rev + 1 WHERE id = $1",
        courier.round_id,
        days,
    )
    await phone.sign_in()
    await set_out(phone)
    return phone


async def fail_next(phone: PhonePage, photo: Path) -> None:
    """Find nobody at home at the next stop of the round that is shown."""
    page = phone.page
    await phone.go("#/")
    await page.get_by_role("region", name="Điểm tiếp theo").get_by_role("link").first.click()
    await page.get_by_role("button", name="Không thực hiện được").click()
    await page.get_by_role("button", name="Vắng nhà").click()
    await page.locator('input[type="file"]').set_input_files(photo)
    await page.get_by_text("Chụp thêm").wait_for()
    await page.get_by_role("button", name="Ghi nhận", exact=True).click()
    await page.get_by_role("heading", name="Biên nhận").wait_for()
    await phone.go("#/")


async def close(phone: PhonePage, num_items: int, *, is_last: bool) -> None:
    """Give back what is on hand and close the round that is shown, the shift not with it."""
    page = phone.page
    await phone.go("#/")
    await page.get_by_role("button", name="Đóng chuyến").click()
    await page.get_by_role("heading", name="Bàn giao tại bưu cục").wait_for()
    if num_items:
        await page.get_by_role("button", name=f"Đã bàn giao {num_items} bưu gửi").click()
        await phone.sees("Không còn bưu gửi nào trên tay.")
    await page.get_by_role("button", name="Đóng chuyến").click()
    if is_last:
        await page.get_by_role("button", name="Chỉ đóng chuyến, chưa kết thúc ca").click()
    await phone.sees("Đã đóng chuyến · lưu trên máy")


async def look(phone: PhonePage, name: str, faults: list[str]) -> None:
    """Keep a picture, and note what axe-core has against what is shown."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    await wait_for_screen(phone.page)
    await phone.page.screenshot(path=SCREENS / f"hai-chuyen-{name}.png")
    faults += [f"{name}: {fault}" for fault in await find_faults(phone.page)]


async def wait_for_states(stage: Stage, phone: PhonePage, *states: str) -> None:
    """Wait until the office has the courier's rounds so, the oldest first; it held nothing."""
    deadline = time.monotonic() + WAIT_S
    staff_id = phone.courier.staff_id
    while True:
        found = [row["state"] for row in await stage.admin.fetch(STATES, staff_id)]
        if found == [*states]:
            break
        assert time.monotonic() < deadline, f"the office has {found}"
        await asyncio.sleep(0.2)
    assert await stage.admin.fetchval(NUM_HELD, staff_id) == 0


async def test_tomorrow_published_leaves_today_on_the_screen(
    stage: Stage, house_of_stage: House, tmp_path: Path
) -> None:
    """Tests that tomorrow's round is told once, can be looked at, and today is closed first."""
    phone = await begin(stage, house_of_stage, days=0)
    page, faults, photo = phone.page, list[str](), make_png(tmp_path / "door.png")
    tomorrow = service_day(now()) + timedelta(days=1)
    visits = await free(stage, house_of_stage, phone.courier, 3)
    await publish(house_of_stage, phone.courier, visits, tomorrow)

    await phone.sees(f"Đã có chuyến ngày {named(tomorrow)}: 3 điểm")
    await phone.sees("Còn 1/1 điểm")
    assert await page.get_by_role("region", name="Điểm tiếp theo").count() == 1
    await look(phone, "da-co-chuyen", faults)
    await page.get_by_role("button", name="Đã xem").click()
    await page.get_by_text("Bưu cục vừa công bố").wait_for(state="detached")
    await phone.reload()
    today = page.get_by_role("radio", name="Hôm nay")
    assert await today.is_checked()
    assert not await page.get_by_text("Bưu cục vừa công bố").is_visible()

    await today.focus()
    await page.keyboard.press("ArrowRight")
    await phone.sees("Còn 3/3 điểm")
    await phone.sees("chưa đến ngày đi")
    await phone.sees("Chuyến hôm nay chưa đóng: còn 1 điểm")
    assert not await page.get_by_role("button", name="Bắt đầu chuyến").is_visible()
    await look(phone, "ngay-mai", faults)
    # An app that was killed goes on where the courier was, with today in sight.
    await phone.reload()
    await phone.sees("Còn 3/3 điểm")
    await page.get_by_role("button", name="Xem chuyến").click()
    await phone.sees("Còn 1/1 điểm")

    await fail_next(phone, photo)
    await close(phone, 1, is_last=True)
    await phone.sees("Chuyến đã đóng")
    await phone.sees("Kết thúc ca")
    await look(phone, "hom-nay-dong", faults)
    await wait_for_states(stage, phone, "closed", "published")
    assert faults == []
    assert phone.complaints == []


async def test_round_left_open_yesterday_is_closed_after_todays(
    stage: Stage, house_of_stage: House, tmp_path: Path
) -> None:
    """Tests that what yesterday's round left in the bag is named, given back, and both close."""
    phone = await begin(stage, house_of_stage, days=-1)
    page, faults, photo = phone.page, list[str](), make_png(tmp_path / "door.png")
    await fail_next(phone, photo)
    await phone.sees("Đã xong mọi điểm")
    yesterday = named(service_day(now()) - timedelta(days=1))
    (visit,) = await free(stage, house_of_stage, phone.courier, 1)
    await publish(house_of_stage, phone.courier, [visit], service_day(now()))
    await page.get_by_role("button", name="Đã xem").click()
    await phone.sees("Đã xong mọi điểm")
    await page.get_by_role("radio", name="Hôm nay").check(force=True)
    left = f"Chuyến hôm qua {yesterday} chưa đóng: còn 1 bưu gửi trên tay"
    await phone.sees(left)
    await look(phone, "hom-qua-con", faults)
    await set_out(phone)
    await phone.airplane(True)
    await fail_next(phone, photo)
    await phone.sees(left)
    await phone.go("#/close")
    await phone.sees("Đã bàn giao 2 bưu gửi")
    await look(phone, "ban-giao", faults)
    await close(phone, 2, is_last=False)
    await phone.sees("Đã xong mọi điểm")
    assert await page.get_by_role("radio", name="Hôm qua").is_checked()
    await look(phone, "dong-hom-qua", faults)
    await close(phone, 0, is_last=True)
    await phone.sees("Chuyến đã đóng")
    await phone.airplane(False)
    await wait_for_states(stage, phone, "closed", "closed")
    assert faults == []
    assert phone.complaints == []
