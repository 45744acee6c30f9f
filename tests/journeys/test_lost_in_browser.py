"""A phone reported lost, in Chromium: its facts reach the office, then nothing is left (S21)."""

import json
import re
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.journeys import courier as acts
from tests.journeys.accessibility import find_faults
from tests.journeys.browsing import SCREENS, find_chromium
from tests.journeys.network import BLOBS, DIES, EXCHANGE, PASSES
from tests.journeys.phone_page import PhonePage
from tests.journeys.pictures import make_png
from tests.journeys.stage import Stage
from tests.journeys.test_accessibility import find_delivery, set_out
from tests.journeys.test_tools_in_browser import person_of, wait_for_facts

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
LEFT = """async () => ({
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
LOOKS = """
SELECT a.action FROM identity.audit AS a
JOIN sync.op_quarantine AS q ON q.office_id = a.office_id AND q.id = a.object_id
JOIN identity.device AS d ON d.office_id = q.office_id AND d.id = q.device_id
WHERE d.staff_id = $1 ORDER BY a.action
"""
FAILED = """
SELECT convert_from(o.raw, 'UTF8') FROM sync.op_log AS o
JOIN sync.stream AS s ON s.office_id = o.office_id AND s.id = o.stream_id
WHERE s.staff_id = $1 AND o.kind = 'visit.failed'
"""
HAS_PICTURE = "SELECT EXISTS (SELECT FROM proofs.blob WHERE sha256 = $1)"
SET_ASIDE = """
SELECT q.seq FROM sync.op_quarantine AS q
JOIN identity.device AS d ON d.office_id = q.office_id AND d.id = q.device_id
WHERE d.staff_id = $1 ORDER BY q.seq
"""


@pytest.mark.parametrize("left", ["a queue", "a picture", "nothing"])
async def test_lost_phone_shows_and_keeps_nothing(stage: Stage, left: str, tmp_path: Path) -> None:
    """Tests that a lost phone, open at a stop, hands over what it has and forgets every name."""
    phone = await stage.open_phone()
    await phone.note("Đã gửi trước đó")
    await stage.wait_for_notes(phone, "Đã gửi trước đó")
    picture = await keep_picture(stage, phone, tmp_path) if left == "a picture" else None
    if has_queue := left == "a queue":
        phone.way.always(DIES, path=EXCHANGE)
        await phone.note("Chưa gửi khi mất máy")
    assert "Công dân thử" in await phone.page.inner_text("body")
    desk = await report_lost(stage, phone)
    phone.way.always(PASSES)
    await phone.page.evaluate("() => dispatchEvent(new Event('focus'))")
    await phone.sees("Máy này đã bị thu hồi")
    SCREENS.mkdir(parents=True, exist_ok=True)
    await phone.page.screenshot(path=SCREENS / "may-bi-thu-hoi.png")
    assert not re.search("Công dân thử|Chưa gửi khi", await phone.page.inner_text("body"))
    for _ in range(40):
        kept = await phone.page.evaluate(LEFT)
        if not any(kept.values()):
            break
        await phone.page.wait_for_timeout(250)
    assert kept == {"databases": 0, "caches": 0, "workers": 0}
    if picture is not None:
        assert await stage.admin.fetchval(HAS_PICTURE, bytes.fromhex(picture)), (
            "it came before the phone forgot"
        )
    aside = [row[0] for row in await stage.admin.fetch(SET_ASIDE, phone.courier.staff_id)]
    assert set(aside) >= ({2} if has_queue else set())
    assert phone.complaints == []
    if has_queue:
        await read_what_was_set_aside(stage, phone, desk)


async def keep_picture(stage: Stage, phone: PhonePage, folder: Path) -> str:
    """Let a fact reach the office and its picture stay on the phone; return the picture's name."""
    await phone.page.clock.install()
    await phone.reload()
    await set_out(phone)
    stop, _ = find_delivery(phone)
    phone.way.always(DIES, path=BLOBS)
    await phone.go(f"#/stop/{stop}")
    door = make_png(folder / "cua.png", width=72)  # no other scene sends this one to the office
    await acts.fail(person_of(stage, phone, "mat-may"), door)
    await phone.page.clock.fast_forward("00:11")  # until nothing can be taken back any more
    assert (await wait_for_facts(stage, phone, 2))[1:] == ["visit.failed applied"]
    (name,) = json.loads(await stage.admin.fetchval(FAILED, phone.courier.staff_id))["photos"]
    assert not await stage.admin.fetchval(HAS_PICTURE, bytes.fromhex(name))
    return str(name)


async def report_lost(stage: Stage, phone: PhonePage) -> Page:
    """Report the phone lost at the dispatcher's, after reading what will follow."""
    desk = await stage.open_desk(phone.courier, "couriers")
    card = await stage.card_of(desk, phone.courier)
    used = card.locator("li", has_text="Máy chính")
    await used.get_by_role("button", name="Báo mất máy").click()
    await desk.get_by_text("để riêng cho bạn xem và không được tính").wait_for()
    await desk.screenshot(path=SCREENS / "bao-mat-may.png")
    assert await find_faults(desk) == []
    await desk.get_by_role("button", name="Báo mất", exact=True).click()
    await card.get_by_text("Đã báo mất").wait_for()
    lost = "SELECT count(*) FROM identity.device WHERE staff_id = $1 AND status = 'lost'"
    assert await stage.admin.fetchval(lost, phone.courier.staff_id) == 1
    return desk


async def read_what_was_set_aside(stage: Stage, phone: PhonePage, desk: Page) -> None:
    """Open the lost phone's fact at the dispatcher's, and mark it as looked at."""
    card = await stage.card_of(desk, phone.courier)
    await card.get_by_role("link", name="1 việc để riêng, chưa ai xem").click()
    title = f"Ghi chú · {await stage.name_of(phone.courier)}"
    heading = desk.get_by_role("heading", name=title, exact=True)
    card = desk.locator("section.card").filter(has=heading)
    await card.get_by_text("Lúc gửi về, máy đã bị báo mất hoặc đã ngừng dùng.").wait_for()
    await card.get_by_text("Nội dung máy ghi").click()
    await card.get_by_text("Chưa gửi khi mất máy").wait_for()
    assert await find_faults(desk) == []
    await desk.screenshot(path=SCREENS / "de-rieng.png", full_page=True)
    await desk.set_viewport_size({"width": 360, "height": 740})
    widths = "[document.documentElement, ...document.querySelectorAll('main')]"
    wide = await desk.evaluate(f"{widths}.some((one) => one.scrollWidth > one.clientWidth)")
    assert not wide, "what was set aside is wider than a phone"
    await card.get_by_label("Đã xử lý thế nào").fill("Đã hỏi bưu tá, ghi lại rồi")
    await card.get_by_role("button", name="Đã xem").click()
    await card.wait_for(state="detached")
    await desk.get_by_text("Việc để riêng đã xem gần đây").click()
    await desk.get_by_text("Đã hỏi bưu tá, ghi lại rồi").wait_for()
    done = [tuple(row) for row in await stage.admin.fetch(LOOKS, phone.courier.staff_id)]
    assert done == [("aside.look",), ("aside.read",)]
