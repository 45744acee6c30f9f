"""The courier's app in a browser, by its buttons and words, and a look at what it keeps."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from tests.journeys.browsing import is_foreign, kill_browser
from tests.journeys.network import Way
from tests.simulation.town import CourierOfTown

PIN = "274916"
NUM_LOOKS, LOOK_EVERY_MS = 120, 250
DAY = re.compile(r"Còn \d+/\d+ điểm")
READ_STORE = """async () => {
    const names = (await indexedDB.databases()).map((one) => one.name);
    const name = names.find((one) => one.startsWith('tannoi-courier-'));
    if (!name) return null;
    const db = await new Promise((done, failed) => {
        const asked = indexedDB.open(name);
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => failed(asked.error);
    });
    const all = (store) => new Promise((done, failed) => {
        const asked = db.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => failed(asked.error);
    });
    const one = (store, key) => new Promise((done, failed) => {
        const asked = db.transaction(store).objectStore(store).get(key);
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => failed(asked.error);
    });
    const meta = await one('meta', 'stream');
    const ops = (await all('ops')).map(({ seq, id, hash }) => ({ seq, id, hash }));
    db.close();
    return { stream: meta.stream, head: meta.head, ack: meta.ack, epoch: meta.epoch, ops };
}"""


async def unlock(page: Page) -> None:
    """Pass what stands before the app: a PIN to choose, twice, or the PIN of before."""
    asks = page.get_by_role("group", name=re.compile("PIN"))
    await page.locator("main, .map").first.wait_for()
    for _ in range(8):  # a PIN may have to be chosen again while the office's key is on its way
        if not await asks.is_visible():
            return
        words = await asks.get_attribute("aria-label") or ""
        await page.keyboard.type(PIN)
        await page.get_by_role("group", name=words, exact=True).wait_for(state="detached")
    raise AssertionError(f"the phone does not open: {await page.inner_text('main')}")


class PhonePage:
    """A courier with a phone; `way` is its network, the page is the app."""

    def __init__(
        self,
        courier: CourierOfTown,
        way: Way,
        sign_in_path: str,
        opener: Callable[[], Awaitable[BrowserContext]],
    ) -> None:
        """Describe the phone; nothing is open yet."""
        self.courier, self.way = courier, way
        self.sign_in_path = sign_in_path
        self.profile: Path | None = None
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        """Requests to another host than ours: none, whatever a scene does."""
        self.saved: list[str] = []
        """Notes that the courier saw saved."""
        self._opener = opener
        self._context: BrowserContext | None = None
        self._cookies: list[Any] = []

    @property
    def context(self) -> BrowserContext:
        """The browser's context, which is open."""
        assert self._context is not None, "the browser is open"
        return self._context

    @property
    def page(self) -> Page:
        """The first page."""
        return self.context.pages[0]

    async def open(self) -> None:
        """Open the browser; cookies it had not written to disk before a kill come back."""
        self._context = await self._opener()
        if self._cookies:
            await self.context.add_cookies(self._cookies)
        if not self.context.pages:
            await self.context.new_page()
        self.context.on("request", self._watch)
        self.listen(self.page)

    def _watch(self, request: Any) -> None:
        if is_foreign(request.url):
            self.foreign.append(request.url)

    def listen(self, page: Page) -> None:
        """Keep what a page complains of."""
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def sign_in(self) -> None:
        """Sign in on this new phone, and wait until the app would open with no network."""
        await self.page.goto(f"{self.way.url}{self.sign_in_path}")
        await unlock(self.page)
        await self.sees(DAY)
        await self.page.evaluate("async () => { await navigator.serviceWorker.ready }")
        self._cookies = await self.context.cookies()

    async def go(self, hash_: str = "#/") -> None:
        """Open the app at a screen."""
        await self.page.goto(f"{self.way.url}/courier/{hash_}")
        await unlock(self.page)

    async def reload(self) -> None:
        """Reload the page, as a courier does who does not trust it."""
        await self.page.reload()
        await unlock(self.page)

    async def airplane(self, is_on: bool) -> None:
        """Switch airplane mode."""
        await self.context.set_offline(is_on)

    async def open_stop(self, page: Page | None = None) -> None:
        """Open the first stop."""
        page = page or self.page
        stop = self.courier.visits[0].stop_id
        await page.goto(f"{self.way.url}/courier/#/stop/{stop}")
        await page.get_by_role("button", name="Ghi chú", exact=True).wait_for()

    async def note(self, text: str, page: Page | None = None) -> None:
        """Write a note at the first stop and see it saved."""
        page = page or self.page
        await self.begin_note(text, page)
        await page.get_by_role("button", name="Lưu", exact=True).click()
        await page.get_by_label("Ghi chú cho lần sau").wait_for(state="detached")
        await page.get_by_text("Đã ghi chú · lưu trên máy").last.wait_for()
        self.saved.append(text)

    async def begin_note(self, text: str, page: Page | None = None) -> None:
        """Write a note at the first stop without saving it."""
        page = page or self.page
        if "#/stop/" not in page.url:
            await self.open_stop(page)
        await page.get_by_role("button", name="Ghi chú", exact=True).click()
        await page.get_by_label("Ghi chú cho lần sau").fill(text)

    async def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until this text is on the page."""
        await self.page.get_by_text(text).first.wait_for()

    async def until(self, expression: str) -> None:
        """Wait until an asynchronous function of the page says yes.

        `wait_for_function` takes the promise itself for a yes.
        """
        for _ in range(NUM_LOOKS):
            try:
                if await self.page.evaluate(expression):
                    return
            except PlaywrightError as error:
                if "Execution context was destroyed" not in error.message:
                    raise  # else the page is being loaded anew: look again
            await self.page.wait_for_timeout(LOOK_EVERY_MS)
        raise AssertionError(f"never so: {expression}")

    async def store(self) -> dict[str, Any]:
        """Return what lies in the phone's database: stream, head, ack, numbers of the facts."""
        found: dict[str, Any] | None = await self.page.evaluate(READ_STORE)
        if found is None:
            words = await self.page.inner_text("body")
            raise AssertionError(f"the phone has no database; it says {words[:200]!r}")
        assert [op["seq"] for op in found["ops"]][-1:] in ([], [found["head"]])
        return found

    def kill(self) -> None:
        """Kill the browser as an empty battery does: no page hears of it."""
        assert self.profile is not None, "only a phone on a profile of its own can be killed"
        kill_browser(self.profile)
        self._context = None

    async def quit(self) -> None:
        """Close the browser as a person does; its profile stays."""
        await self.context.close()
        self._context = None

    async def close(self) -> None:
        """Close the browser and its network."""
        if self._context is not None:
            await self._context.close()
            self._context = None
        await self.way.stop()
