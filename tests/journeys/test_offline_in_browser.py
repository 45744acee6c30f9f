"""The courier's app in Chromium with everything going wrong around it (P9): networks, servers.

Each scene has a phone, a network and a courier of its own; browser and server are shared. At the
end of each the server has exactly what the courier saw saved, each note once in the books.
"""

import asyncio
import re
from typing import Any

import pytest

from tests.journeys.browsing import find_chromium
from tests.journeys.network import (
    DIES,
    EXCHANGE,
    MOVED,
    PASSES,
    PORTAL,
    REPLY_LOST,
    Fate,
    cut_after,
    says,
)
from tests.journeys.phone_page import DAY, unlock
from tests.journeys.stage import Stage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]


async def test_day_opens_in_airplane_mode(stage: Stage) -> None:
    """Tests that a reload with no network shows the day, and a note is sent once it is back."""
    phone = await stage.open_phone()
    await phone.airplane(True)
    await phone.reload()
    await phone.sees(DAY)
    await phone.note("Cửa sau")
    await phone.reload()
    assert (await phone.store())["head"] == 1
    assert await stage.notes_of(phone) == []
    await phone.airplane(False)
    await stage.wait_for_notes(phone, "Cửa sau")
    assert phone.complaints == []


async def test_other_screens_open_in_airplane_mode(stage: Stage) -> None:
    """Tests that a reload at a stop and a second tab open with no network, and see the note."""
    phone = await stage.open_phone()
    await phone.airplane(True)
    await phone.note("Chuông hỏng")
    await phone.reload()
    await phone.sees("Việc tại điểm này")
    second = await phone.context.new_page()
    await second.goto(f"{phone.way.url}/courier/#/outbox")
    await unlock(second)
    await second.get_by_text("Còn 1 mục trên máy chưa gửi").wait_for()
    await phone.airplane(False)
    await stage.wait_for_notes(phone, "Chuông hỏng")


async def test_captive_portal_is_not_taken_for_the_server(stage: Stage) -> None:
    """Tests that a page of the Wi-Fi's own with status 200 acknowledges nothing."""
    phone = await stage.open_phone()
    phone.way.always(PORTAL)
    await phone.note("Qua quán cà phê")
    await phone.go("#/outbox")
    await phone.sees("Còn 1 mục trên máy chưa gửi")
    await phone.page.get_by_role("button", name="Đồng bộ ngay").click()
    await phone.sees(re.compile("Vẫn còn 1 mục trên máy chưa gửi"))
    assert (await phone.store())["ack"] == 0
    phone.way.always(PASSES)
    await phone.page.get_by_role("button", name="Đồng bộ ngay").click()
    await stage.wait_for_notes(phone, "Qua quán cà phê")


async def test_captive_portal_does_not_become_the_app(stage: Stage) -> None:
    """Tests that nothing of a portal is kept: the app opens behind it, and after it offline."""
    phone = await stage.open_phone()
    phone.way.always(PORTAL)
    await phone.reload()
    await phone.sees(DAY)
    await phone.page.goto(f"{phone.way.url}/courier/#/map")
    await phone.page.wait_for_timeout(500)
    await phone.page.evaluate(
        "async () => (await navigator.serviceWorker.ready).update().catch(() => undefined)"
    )
    phone.way.always(PASSES)
    await phone.page.goto("about:blank")
    await phone.go("#/map")
    await phone.page.locator("canvas.maplibregl-canvas").wait_for()
    await phone.airplane(True)
    await phone.go("#/")
    await phone.sees(DAY)


async def test_captive_portal_that_redirects(stage: Stage) -> None:
    """Tests that a portal which sends elsewhere acknowledges nothing either."""
    phone = await stage.open_phone()
    phone.way.fate = lambda _, path: PORTAL if "dang-nhap-wifi" in path else MOVED
    await phone.note("Qua bến xe")
    await phone.reload()
    await phone.page.wait_for_timeout(300)
    assert (await phone.store())["ack"] == 0
    phone.way.always(PASSES)
    await phone.reload()
    await stage.wait_for_notes(phone, "Qua bến xe")


async def test_portal_while_the_app_installs(stage: Stage) -> None:
    """Tests that an install behind a portal keeps nothing of it: the next visit is ours."""
    phone = await stage.open_phone()
    await phone.page.evaluate(
        """async () => {
            for (const one of await navigator.serviceWorker.getRegistrations())
                await one.unregister();
            for (const name of await caches.keys()) await caches.delete(name);
        }"""
    )
    phone.way.fate = lambda _, path: PASSES if path.endswith(("/courier/", "sw.js")) else PORTAL
    await phone.page.goto("about:blank")
    await phone.page.goto(f"{phone.way.url}/courier/")
    await phone.page.wait_for_timeout(800)
    phone.way.always(PASSES)
    await phone.page.goto("about:blank")
    await phone.go("#/")
    await phone.sees(DAY)
    await phone.page.evaluate("async () => { await navigator.serviceWorker.ready }")
    await phone.airplane(True)
    await phone.reload()
    await phone.sees(DAY)


async def test_app_is_updated_with_a_full_queue(stage: Stage) -> None:
    """Tests that a new version is taken up when asked, and the queue goes on under it."""
    phone = await stage.open_phone()
    await phone.reload()  # the page that the kept version serves
    phone.way.always(DIES, path="/api/")
    await phone.note("Bản cũ")

    def renew(body: bytes) -> bytes:
        return re.sub(rb'(version:\s*["`\'])[0-9a-f]+', rb"\g<1>feed", body) + b"\n// newer"

    def decide(_: str, path: str) -> Fate:
        if path.startswith("/api/"):
            return DIES
        return Fate("changed", change=renew) if path.endswith("sw.js") else PASSES

    phone.way.fate = decide
    await phone.page.evaluate("async () => (await navigator.serviceWorker.ready).update()")
    await phone.page.get_by_role("button", name="Cập nhật").click()
    await phone.until("async () => (await caches.keys()).some((name) => name.endsWith('feed'))")
    await phone.page.wait_for_timeout(500)
    await phone.go("#/")
    assert (await phone.store())["head"] == 1
    await phone.note("Bản mới")
    await phone.airplane(True)
    await phone.reload()
    await phone.airplane(False)
    phone.way.always(PASSES)
    await phone.reload()
    await stage.wait_for_notes(phone, "Bản cũ", "Bản mới")


async def test_server_is_killed_while_the_phone_comes_back(stage: Stage) -> None:
    """Tests that what was sent into a dying server is there once when it lives again."""
    phone = await stage.open_phone()
    await phone.airplane(True)
    for number in range(3):
        await phone.note(f"Trước khi máy chủ chết {number}")
    await asyncio.to_thread(stage.server.kill)
    await phone.airplane(False)
    await phone.note("Máy chủ đang chết")
    await asyncio.to_thread(stage.server.start)
    await phone.reload()
    await stage.wait_for_notes(phone, *phone.saved)


@pytest.mark.parametrize(
    "fates",
    [
        (cut_after(0), cut_after(40), cut_after(400)),  # before, in and behind the head
        (REPLY_LOST, REPLY_LOST),  # the server has it, the phone does not know
        (says(503, "retry-after: 1"), says(429, "retry-after: 1")),
        (says(500), says(502, "content-type: text/html")),
        (DIES, says(504), REPLY_LOST),
    ],
    ids=["halves", "lost", "busy", "broken", "mixed"],
)
async def test_bad_answers(stage: Stage, fates: tuple[Fate, ...]) -> None:
    """Tests that half, lost and refusing answers end in every note sent once."""
    phone = await stage.open_phone()
    await phone.open_stop()
    phone.way.once(*fates)
    await phone.note("Một")
    await phone.note("Hai")
    for _ in fates:
        await phone.page.evaluate("() => dispatchEvent(new Event('focus'))")
        await phone.page.wait_for_timeout(250)
    await stage.wait_for_notes(phone, "Một", "Hai")
    assert phone.complaints == []


async def test_new_epoch_with_a_full_queue_and_half_a_snapshot(stage: Stage) -> None:
    """Tests that after a restore the day is swapped whole, never shown in half (S11)."""
    phone = await stage.open_phone()
    await phone.airplane(True)
    await phone.note("Trước khi phục hồi")
    await stage.admin.execute("UPDATE sync.epoch SET epoch = epoch + 1, since = now()")
    phone.way.once(cut_after(0), cut_after(900), path="/api/sync/v1/snapshot")
    await phone.airplane(False)
    for _ in range(4):
        await phone.page.evaluate("() => dispatchEvent(new Event('focus'))")
        await phone.page.wait_for_timeout(250)
        await phone.sees("Việc tại điểm này")
    await stage.wait_for_notes(phone, "Trước khi phục hồi")
    await phone.go("#/")
    await phone.sees(DAY)
    epoch = await stage.admin.fetchval("SELECT epoch FROM sync.epoch")
    # Two broken snapshots make the phone wait a little before it asks for a third.
    for _ in range(60):
        if (await phone.store())["epoch"] == epoch:
            break
        await phone.page.wait_for_timeout(500)
    assert (await phone.store())["epoch"] == epoch


async def test_worker_sends_while_no_page_is_open(stage: Stage) -> None:
    """Tests that the worker alone sends the queue when the browser wakes it (S13)."""
    phone = await stage.open_phone()
    session = await phone.context.new_cdp_session(phone.page)
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def look(event: dict[str, Any]) -> None:
        for one in event["registrations"]:
            if one["scopeURL"] == f"{phone.way.url}/courier/" and not found.done():
                found.set_result(one["registrationId"])

    session.on("ServiceWorker.workerRegistrationUpdated", look)
    await session.send("ServiceWorker.enable")
    phone.way.always(DIES, path=EXCHANGE)
    # Headless Chromium fires at once while a page is open: what was asked for is noted instead.
    await phone.page.evaluate(
        """() => {
            window.asked = [];
            SyncManager.prototype.register = async (tag) => void window.asked.push(tag);
        }"""
    )
    await phone.note("Gửi khi đóng trang")
    await phone.page.wait_for_function("() => window.asked.includes('exchange')")
    await phone.page.goto("about:blank")
    await phone.page.wait_for_timeout(300)  # the worker must not count the page that leaves
    phone.way.always(PASSES)
    await session.send(
        "ServiceWorker.dispatchSyncEvent",
        {
            "origin": phone.way.url,
            "registrationId": await asyncio.wait_for(found, 10),
            "tag": "exchange",
            "lastChance": False,
        },
    )
    await stage.wait_for_notes(phone, "Gửi khi đóng trang")
