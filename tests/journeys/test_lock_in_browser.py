"""The lock of a shift in Chromium (S19, T1): over several tabs, and on a new day."""

import re

import pytest
from playwright.async_api import Page

from tests.journeys.accessibility import find_faults
from tests.journeys.browsing import find_chromium
from tests.journeys.phone_page import DAY, PhonePage, unlock
from tests.journeys.stage import Stage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
ASKS = re.compile("Nhập mã PIN")
# No page of a headless browser is ever hidden by another.
HIDE = """() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""

# As if the shift had been begun the day before.
YESTERDAY = """async () => {
    const names = (await indexedDB.databases()).map((one) => one.name);
    const asked = indexedDB.open(names.find((one) => one.startsWith('tannoi-courier-')));
    const db = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
    const store = db.transaction('meta', 'readwrite').objectStore('meta');
    const get = store.get('shift');
    const shift = await new Promise((done) => { get.onsuccess = () => done(get.result); });
    store.put({ ...shift, day: '2020-01-01' }, 'shift');
    await new Promise((done) => { store.transaction.oncomplete = done; });
    db.close();
    return shift.key.eph;
}"""
KEY = """async () => {
    const names = (await indexedDB.databases()).map((one) => one.name);
    const asked = indexedDB.open(names.find((one) => one.startsWith('tannoi-courier-')));
    const db = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
    const get = db.transaction('meta').objectStore('meta').get('shift');
    const shift = await new Promise((done) => { get.onsuccess = () => done(get.result); });
    db.close();
    return shift.key?.eph ?? null;
}"""


async def open_tab(phone: PhonePage) -> Page:
    """Open the app in another tab, without touching it."""
    tab = await phone.context.new_page()
    phone.listen(tab)
    await tab.goto(f"{phone.way.url}/courier/#/")
    return tab


async def asks(tab: Page) -> None:
    """Wait until the tab wants the PIN and shows nothing of the day."""
    await tab.get_by_role("group", name=ASKS).wait_for()
    assert await tab.get_by_text(DAY).count() == 0


async def test_locking_one_tab_locks_all(stage: Stage) -> None:
    """Tests that a locked phone opens in no tab without its PIN, a forgotten one or a new one."""
    phone = await stage.open_phone()
    await phone.airplane(True)
    await phone.note("trước khi khoá")
    forgotten = await open_tab(phone)
    await forgotten.get_by_text(DAY).first.wait_for()
    await phone.go("#/settings")
    await phone.page.get_by_role("button", name="Khoá máy").click()
    await asks(phone.page)
    await asks(forgotten)
    reopened = await open_tab(phone)
    await asks(reopened)
    await unlock(reopened)
    await reopened.get_by_text(DAY).first.wait_for()
    await asks(forgotten)
    await phone.airplane(False)
    await stage.wait_for_notes(phone, "trước khi khoá")
    assert phone.complaints == []


async def test_tab_forgotten_for_a_while_hands_no_key_on(stage: Stage) -> None:
    """Tests that a tab unseen for over 15 minutes is shut, and opens no other."""
    phone = await stage.open_phone()
    forgotten = await phone.context.new_page()
    await forgotten.clock.install()
    await forgotten.goto(f"{phone.way.url}/courier/#/")
    await forgotten.get_by_text(DAY).first.wait_for()
    await phone.page.goto("about:blank")
    await forgotten.evaluate(HIDE)
    await forgotten.clock.fast_forward("14:00")
    second = await open_tab(phone)
    await second.get_by_text(DAY).first.wait_for()
    await second.close()
    await forgotten.clock.fast_forward("02:00")
    third = await open_tab(phone)
    await asks(third)
    await asks(forgotten)
    assert phone.complaints == []


async def test_new_day_replaces_the_key(stage: Stage) -> None:
    """Tests that the first PIN of a day makes a new key with no signal, and loses no fact."""
    phone = await stage.open_phone()
    await phone.airplane(True)
    await phone.note("hôm qua chưa gửi")
    old = await phone.page.evaluate(YESTERDAY)
    await phone.page.goto("about:blank")
    await phone.page.goto(f"{phone.way.url}/courier/#/")
    await phone.sees("Ngày mới: mã PIN của bạn mở ca mới")
    assert await find_faults(phone.page) == []
    await unlock(phone.page)
    await phone.sees(DAY)  # the day is there, without a network
    assert await phone.page.evaluate(KEY) not in (old, None)
    await phone.note("hôm nay")
    await phone.airplane(False)
    await stage.wait_for_notes(phone, "hôm qua chưa gửi", "hôm nay")
    assert phone.complaints == []
