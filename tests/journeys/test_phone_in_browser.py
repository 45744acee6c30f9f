"""The courier's app in Chromium with everything going wrong inside the phone (P9).

Storage, tabs, kills, cookies and clocks; the scenes are as in `test_offline_in_browser`.
"""

import asyncio
import json
import re
from pathlib import Path

import pytest

from backend.house import House
from tests.journeys.accessibility import find_faults
from tests.journeys.browsing import find_chromium
from tests.journeys.network import DIES, EXCHANGE, PASSES
from tests.journeys.phone_page import DAY, PhonePage, unlock
from tests.journeys.stage import Stage
from tests.journeys.test_tools_in_browser import take
from tests.simulation.town import CourierOfTown

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
QUOTA_FORGOTTEN_MS = 6_000
SET_ASIDE = """
SELECT convert_from(q.raw, 'UTF8') FROM sync.op_quarantine AS q
JOIN identity.device AS d ON d.office_id = q.office_id AND d.id = q.device_id
WHERE d.staff_id = $1
"""


async def test_two_tabs_record_at_once(stage: Stage) -> None:
    """Tests that two tabs number their facts in one row, none lost, none twice (S12)."""
    phone = await stage.open_phone()
    second = await phone.context.new_page()
    phone.listen(second)
    await phone.open_stop(second)
    await phone.open_stop()
    await phone.airplane(True)
    for number in range(3):
        await asyncio.gather(
            phone.note(f"Trang một {number}"), phone.note(f"Trang hai {number}", second)
        )
    store = await phone.store()
    assert [op["seq"] for op in store["ops"]] == list(range(1, 7))
    await phone.airplane(False)
    texts = await wait_for_all(stage, phone)
    assert sorted(texts) == sorted(phone.saved)
    assert phone.complaints == []


async def wait_for_all(stage: Stage, phone: PhonePage) -> list[str]:
    """Wait until the server has as many notes as the courier saw saved; return them."""
    for _ in range(200):
        texts = await stage.notes_of(phone)
        if len(texts) >= len(phone.saved):
            break
        await asyncio.sleep(0.1)
    await stage.wait_for_notes(phone, *texts)
    return texts


async def test_impatient_finger_records_once(stage: Stage) -> None:
    """Tests that two quick presses of the same button are one fact."""
    phone = await stage.open_phone()
    await phone.airplane(True)
    await phone.begin_note("Bấm hai lần")
    await phone.page.get_by_role("button", name="Lưu", exact=True).dblclick()
    await phone.page.get_by_label("Ghi chú cho lần sau").wait_for(state="detached")
    assert (await phone.store())["head"] == 1
    await phone.airplane(False)
    await stage.wait_for_notes(phone, "Bấm hai lần")


@pytest.mark.parametrize("wait_ms", [0, 5, 30])
async def test_tab_closed_while_recording(stage: Stage, wait_ms: int) -> None:
    """Tests that a tab closed in the middle of a save leaves the fact whole or absent."""
    phone = await stage.open_phone()
    await phone.airplane(True)
    await phone.note("Trước")
    tab = await phone.context.new_page()
    await phone.begin_note("Giữa chừng", tab)
    await tab.evaluate(
        """() => [...document.querySelectorAll('button')]
            .find((one) => one.textContent.trim() === 'Lưu').click()"""
    )
    await tab.wait_for_timeout(wait_ms)
    await tab.close()
    await phone.reload()
    head = (await phone.store())["head"]
    assert head in (1, 2)
    await phone.note("Sau")
    await phone.airplane(False)
    between = ["Giữa chừng"] if head == 2 else []
    await stage.wait_for_notes(phone, "Trước", *between, "Sau")


async def test_storage_is_full(stage: Stage) -> None:
    """Tests that a fact the phone has no room for is not called saved, and later ones are."""
    phone = await stage.open_phone(is_kept=True)
    await phone.airplane(True)
    await phone.note("Còn chỗ")
    session = await phone.context.new_cdp_session(phone.page)
    quota = {"origin": phone.way.url, "quotaSize": 1}
    await session.send("Storage.overrideQuotaForOrigin", quota)
    # Chromium remembers the room it found until the database has been shut for a while.
    await phone.page.goto("about:blank")
    await phone.page.wait_for_timeout(QUOTA_FORGOTTEN_MS)
    await phone.go("#/")
    await phone.sees(DAY)
    await phone.begin_note("Hết chỗ")
    await phone.page.get_by_role("button", name="Lưu", exact=True).click()
    await phone.sees(re.compile("CHƯA được lưu"))
    assert await phone.page.get_by_label("Ghi chú cho lần sau").input_value() == "Hết chỗ"
    assert (await phone.store())["head"] == 1
    await session.send("Storage.overrideQuotaForOrigin", {"origin": phone.way.url})
    await phone.page.get_by_role("button", name="Lưu", exact=True).click()
    await phone.page.get_by_label("Ghi chú cho lần sau").wait_for(state="detached")
    await phone.airplane(False)
    await stage.wait_for_notes(phone, "Còn chỗ", "Hết chỗ")


async def test_sign_out_waits_for_the_queue(stage: Stage) -> None:
    """Tests that nobody signs out over facts the office has not, and afterwards they may."""
    phone = await stage.open_phone()
    await phone.airplane(True)
    await phone.note("Chưa gửi")
    await phone.go("#/settings")
    await phone.page.get_by_role("button", name="Đăng xuất").click()
    await phone.sees("Chưa đăng xuất được: còn 1 mục")
    await phone.airplane(False)
    await stage.wait_for_notes(phone, "Chưa gửi")
    await phone.reload()
    await phone.page.get_by_role("button", name="Đăng xuất").click()
    await phone.sees("Đăng nhập máy này")


async def test_another_person_signs_in_over_a_queue(stage: Stage) -> None:
    """Tests that another's sign-in touches no fact of the first, who finds and sends them."""
    phone = await stage.open_phone()
    await phone.note("Của tôi")
    await stage.wait_for_notes(phone, "Của tôi")
    await phone.airplane(True)
    await phone.note("Còn trên máy")
    cookies = await phone.context.cookies()
    phone.way.always(DIES, path=EXCHANGE)
    await phone.airplane(False)
    other = stage.take_courier()
    await phone.page.goto(f"{phone.way.url}{stage.path_of(other)}")
    await belongs_to(phone, stage, other)
    await unlock(phone.page)
    phone.way.always(PASSES)
    await phone.reload()
    await phone.page.wait_for_timeout(500)
    assert await stage.notes_of(phone) == ["Của tôi"]
    await phone.context.clear_cookies()
    await phone.context.add_cookies(cookies)
    await phone.page.goto(f"{phone.way.url}{phone.sign_in_path}")
    await belongs_to(phone, stage, phone.courier)
    await unlock(phone.page)
    await stage.wait_for_notes(phone, "Của tôi", "Còn trên máy")


async def belongs_to(phone: PhonePage, stage: Stage, courier: CourierOfTown) -> None:
    """Wait until the phone has seen whose session it has: until then it asks who was here last."""
    name = await stage.admin.fetchval(
        "SELECT display_name FROM identity.staff WHERE id = $1", courier.staff_id
    )
    await phone.sees(f"{name} ·")


async def test_session_ended_by_the_office(stage: Stage) -> None:
    """Tests that an ended session loses no fact: the phone comes back by its own cookie."""
    phone = await stage.open_phone()
    await phone.airplane(True)
    await phone.note("Trong lúc đó")
    await stage.admin.execute(
        "DELETE FROM identity.session WHERE staff_id = $1", phone.courier.staff_id
    )
    await phone.airplane(False)
    await stage.wait_for_notes(phone, "Trong lúc đó")


async def test_cookies_are_gone(stage: Stage) -> None:
    """Tests that a phone without cookies asks for sign-in, keeps all, and sends after it."""
    phone = await stage.open_phone()
    cookies = await phone.context.cookies()
    await phone.context.clear_cookies()
    await phone.note("Chưa đăng nhập")
    await phone.sees("Phiên làm việc đã hết")
    await phone.page.reload()
    await phone.go("#/")
    await phone.sees(DAY)
    assert (await phone.store())["head"] == 1
    await phone.context.add_cookies(cookies)
    await phone.reload()
    await stage.wait_for_notes(phone, "Chưa đăng nhập")


@pytest.mark.parametrize("minutes", [125, -1440, 10 * 365 * 1440])
async def test_clock_is_moved(stage: Stage, minutes: int) -> None:
    """Tests that a moved clock costs no fact and no order, and the courier is told (T22)."""
    phone = await stage.open_phone()
    await phone.note("Giờ đúng")
    await stage.wait_for_notes(phone, "Giờ đúng")
    await phone.airplane(True)
    await phone.page.evaluate(
        """(by_ms) => { const real = Date.now.bind(Date); Date.now = () => real() + by_ms; }""",
        minutes * 60_000,
    )
    await phone.note("Giờ sai")
    await phone.note("Giờ sai nữa")
    await phone.airplane(False)
    await stage.wait_for_notes(phone, "Giờ đúng", "Giờ sai", "Giờ sai nữa")
    rows = await stage.admin.fetch(
        """SELECT o.occurred_at, o.received_at, o.time_quality FROM sync.op_log AS o
        JOIN sync.stream AS s ON s.office_id = o.office_id AND s.id = o.stream_id
        WHERE s.staff_id = $1 ORDER BY o.seq""",
        phone.courier.staff_id,
    )
    times = [row["occurred_at"] for row in rows]
    assert times == sorted(times)
    assert all(row["occurred_at"] <= row["received_at"] for row in rows)
    assert rows[1]["time_quality"] != "good"
    told = phone.page.get_by_text(re.compile("Đồng hồ của máy lệch")).first
    for _ in range(20):  # an answer that took over five seconds says nothing about clocks
        await phone.page.evaluate("() => dispatchEvent(new Event('focus'))")
        await phone.page.wait_for_timeout(500)
        if await told.is_visible():
            break
    await told.wait_for()


async def test_database_of_a_newer_app(stage: Stage) -> None:
    """Tests that a database this app cannot read stops it with words, and nothing is dropped."""
    phone = await stage.open_phone()
    await phone.airplane(True)
    await phone.note("Còn đây")
    await phone.page.evaluate(
        """async () => {
            const names = (await indexedDB.databases()).map((one) => one.name);
            const name = names.find((one) => one.startsWith('tannoi-courier-'));
            await new Promise((done, failed) => {
                const asked = indexedDB.open(name, 99);
                asked.onsuccess = () => { asked.result.close(); done(); };
                asked.onerror = () => failed(asked.error);
            });
        }"""
    )
    await phone.page.reload()
    await phone.sees("Ứng dụng trên máy này đã cũ")
    await phone.sees("Không xoá dữ liệu trình duyệt")
    assert len((await phone.store())["ops"]) == 1


async def test_database_does_not_open(stage: Stage) -> None:
    """Tests that storage which refuses to open stops the app with words (S18)."""
    phone = await stage.open_phone()
    await phone.note("Đã có")
    await stage.wait_for_notes(phone, "Đã có")
    await phone.context.add_init_script(
        """indexedDB.open = () => { throw new DOMException('no', 'UnknownError'); };"""
    )
    await phone.page.reload()
    await phone.sees("Không xoá dữ liệu trình duyệt")


async def test_killed_in_the_tenth_try(stage: Stage) -> None:
    """Tests that a key whose tenth try was counted and not ended burns at the next start (S19)."""
    phone = await stage.open_phone()
    await phone.airplane(True)
    await phone.note("Vẫn nằm kín trên máy")
    await phone.page.evaluate(
        """async () => {
            const names = (await indexedDB.databases()).map((one) => one.name);
            const name = names.find((one) => one.startsWith('tannoi-courier-'));
            const db = await new Promise((done) => {
                const asked = indexedDB.open(name);
                asked.onsuccess = () => done(asked.result);
            });
            const store = db.transaction('meta', 'readwrite').objectStore('meta');
            const kept = await new Promise((done) => {
                const asked = store.get('shift');
                asked.onsuccess = () => done(asked.result);
            });
            store.put({ ...kept, tries: 10 }, 'shift');
            await new Promise((done) => { store.transaction.oncomplete = done; });
            db.close();
        }"""
    )
    await phone.page.reload()
    await phone.sees("Khoá của ca đã bị huỷ")
    assert phone.complaints == []
    await phone.airplane(False)
    await stage.wait_for_notes(phone, "Vẫn nằm kín trên máy")


async def test_counters_are_damaged(stage: Stage, house_of_stage: House, tmp_path: Path) -> None:
    """Tests that facts without counters are no fresh start, and leave as a file (S18)."""
    phone = await stage.open_phone()
    await phone.airplane(True)
    await phone.note("Không được mất")
    await phone.page.evaluate(
        """async () => {
            const names = (await indexedDB.databases()).map((one) => one.name);
            const name = names.find((one) => one.startsWith('tannoi-courier-'));
            const db = await new Promise((done) => {
                const asked = indexedDB.open(name);
                asked.onsuccess = () => done(asked.result);
            });
            const tx = db.transaction('meta', 'readwrite');
            tx.objectStore('meta').delete('stream');
            await new Promise((done) => { tx.oncomplete = done; });
            db.close();
        }"""
    )
    await phone.page.reload()
    await phone.sees("Không xoá dữ liệu trình duyệt")
    assert await find_faults(phone.page) == []
    async with phone.page.expect_download() as download:
        await phone.page.get_by_role("button", name="Xuất tệp việc trên máy").click()
    saved = tmp_path / "facts.json"
    await (await download.value).save_as(saved)
    raw = saved.read_bytes()
    assert "Không được mất" not in raw.decode(), "a file that is lost on the way tells nothing"
    for _ in range(2):  # brought twice it is there once
        taken = await take(house_of_stage, raw)
        assert [(one.kind, one.state) for one in taken] == [("note.added", "set_aside")]
    aside = await stage.admin.fetch(SET_ASIDE, phone.courier.staff_id)
    assert [json.loads(row[0])["text"] for row in aside] == ["Không được mất"]


async def test_kept_files_are_gone(stage: Stage) -> None:
    """Tests that losing the kept files costs no fact: the next visit fetches the app again."""
    phone = await stage.open_phone()
    phone.way.always(DIES, path=EXCHANGE)
    await phone.note("Bộ nhớ đệm bị dọn")
    await phone.page.evaluate(
        """async () => {
            for (const name of await caches.keys()) await caches.delete(name);
            for (const one of await navigator.serviceWorker.getRegistrations())
                await one.unregister();
        }"""
    )
    phone.way.always(PASSES)
    await phone.go("#/")
    await stage.wait_for_notes(phone, "Bộ nhớ đệm bị dọn")


@pytest.mark.parametrize("wait_ms", [0, 15, 60])
async def test_browser_is_killed_while_recording(stage: Stage, wait_ms: int) -> None:
    """Tests that `kill -9` of the browser loses no note that was shown as saved, and no order."""
    phone = await stage.open_phone(is_kept=True)
    await phone.airplane(True)
    await phone.note("Trước khi tắt")
    await phone.begin_note("Đang ghi thì tắt")
    await phone.page.evaluate(
        """() => { [...document.querySelectorAll('button')]
            .find((one) => one.textContent.trim() === 'Lưu').click(); }"""
    )
    await phone.page.wait_for_timeout(wait_ms)
    phone.kill()
    await phone.open()
    await phone.airplane(True)
    await phone.go("#/")
    head = (await phone.store())["head"]
    assert head in (1, 2)
    await phone.note("Sau khi mở lại")
    await phone.airplane(False)
    between = ["Đang ghi thì tắt"] if head == 2 else []
    await stage.wait_for_notes(phone, "Trước khi tắt", *between, "Sau khi mở lại")
