"""A phone whose browser cleared its storage and kept the cookies: nothing of it is silent (S17)."""

import asyncio
import time
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page

from tests.journeys import courier as acts
from tests.journeys.accessibility import find_faults
from tests.journeys.browsing import SCREENS, find_chromium
from tests.journeys.network import DIES, EXCHANGE, PASSES
from tests.journeys.phone_page import DAY, PhonePage, unlock
from tests.journeys.pictures import make_png
from tests.journeys.stage import Stage
from tests.journeys.test_accessibility import find_delivery, set_out
from tests.journeys.test_tools_in_browser import person_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
SPOKEN = """
SELECT head_seq, last_seq FROM sync.stream WHERE staff_id = $1 ORDER BY made_at LIMIT 1
"""
DEVICES = "SELECT status FROM identity.device WHERE staff_id = $1 ORDER BY enrolled_at"
KEPT = "indexeddb,cache_storage,service_workers,local_storage"
WAIT_S = 9.0


async def speak_of_more(stage: Stage, phone: PhonePage, photo: Path) -> tuple[int, int]:
    """Let a phone tell of facts that can still be taken back, and cut its network before they go.

    Returns the numbers of the first and the last that it never sends.
    """
    courier = person_of(stage, phone, "xoa-bo-nho")
    stop, _ = find_delivery(phone)
    await phone.go(f"#/stop/{stop}")
    await acts.fail(courier, photo)
    deadline = time.monotonic() + WAIT_S
    while True:
        head, last = await stage.admin.fetchrow(SPOKEN, phone.courier.staff_id)
        if head > last:
            break
        assert time.monotonic() < deadline, "the phone did not tell of its fact in time"
        await asyncio.sleep(0.05)
    phone.way.always(DIES, path=EXCHANGE)
    return last + 1, head


async def clear_storage(phone: PhonePage) -> None:
    """Clear what the browser keeps for the app, as for want of room; the cookies stay."""
    await phone.page.goto("about:blank")
    devtools = await phone.context.new_cdp_session(phone.page)
    await devtools.send(
        "Storage.clearDataForOrigin", {"origin": phone.way.url, "storageTypes": KEPT}
    )
    await devtools.detach()


async def make_code(desk: Page, name: str) -> str:
    """Return the code that the dispatcher's screen shows for a courier."""
    row = desk.locator("tr").filter(has=desk.get_by_text(name, exact=True))
    await row.get_by_role("button", name="Tạo mã đăng ký").click()
    code = await desk.locator(".code").get_attribute("aria-label")
    await desk.keyboard.press("Escape")
    assert code is not None
    return code


async def tick_off(desk: Page, card: Locator) -> None:
    """Tick off what the cleared phone can send no more: with a note, and it stays readable."""
    await card.get_by_role("button", name="Đã làm lại / đã xem").click()
    await card.get_by_role("button", name="Ghi lại").click()
    await card.get_by_text("Hãy ghi lý do, ít nhất 3 ký tự.").wait_for()
    await card.get_by_label("Đã làm gì với các việc này").fill("Bưu tá đã làm lại biên bản")
    await card.screenshot(path=SCREENS / "viec-thieu.png")
    assert await find_faults(desk) == []
    await card.get_by_role("button", name="Ghi lại").click()
    await card.get_by_text("Việc thiếu đã có người xem: 1 lần").click()
    await card.get_by_text("Bưu tá đã làm lại biên bản").wait_for()
    assert not await card.get_by_role("button", name="Đã làm lại / đã xem").count()
    await card.screenshot(path=SCREENS / "viec-thieu-da-xem.png")
    assert await find_faults(desk) == []


async def test_cleared_phone_leads_to_a_new_code_and_its_loss_is_listed(
    stage: Stage, tmp_path: Path
) -> None:
    """Tests that the phone says what happened, and the office ticks off what is missing."""
    phone = await stage.open_phone()
    await set_out(phone)
    first, last = await speak_of_more(stage, phone, make_png(tmp_path / "cua.png"))
    await clear_storage(phone)
    phone.way.always(PASSES)
    await phone.page.goto(f"{phone.way.url}/courier/")
    await phone.sees("Máy này đã mất dữ liệu đã lưu")
    await phone.sees("Gọi bưu cục, báo máy mất dữ liệu và xin mã đăng ký mới.")
    assert not await phone.page.get_by_text("Mọi việc đã về tới bưu cục").count()
    assert not await phone.page.get_by_role("group", name="PIN").count()
    SCREENS.mkdir(parents=True, exist_ok=True)
    await phone.page.screenshot(path=SCREENS / "may-mat-du-lieu.png")
    assert await find_faults(phone.page) == []

    desk = await stage.open_desk(phone.courier, "couriers")
    name = await stage.name_of(phone.courier)
    code = await make_code(desk, name)
    await phone.page.get_by_role("button", name="Đăng nhập lại").click()
    await phone.page.get_by_label("Mã một lần (20 ký tự)").fill(code)
    await phone.page.get_by_role("button", name="Đăng nhập", exact=True).click()
    await phone.sees("Đặt mã PIN cho ca này")
    await unlock(phone.page)
    await phone.sees(DAY)

    await desk.reload()
    card = await stage.card_of(desk, phone.courier)
    num = last - first + 1
    lost = f"Thiếu {num} việc, số {first} đến {last}" if num > 1 else f"Thiếu việc số {first}"
    await card.get_by_text(lost).wait_for()
    await card.get_by_text("Ngừng dùng").wait_for()
    await card.get_by_text("Máy chính").wait_for()
    await card.screenshot(path=SCREENS / "may-cua-buu-ta.png")
    assert await find_faults(desk) == []
    await tick_off(desk, card)
    devices = [row[0] for row in await stage.admin.fetch(DEVICES, phone.courier.staff_id)]
    assert devices[-2:] == ["retired", "active"]
    await phone.note("Ghi lại sau khi mất dữ liệu")
    await stage.wait_for_notes(phone, "Ghi lại sau khi mất dữ liệu")
    assert phone.complaints == []
