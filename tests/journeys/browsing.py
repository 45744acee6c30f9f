"""A real Chromium with a profile of its own, which can be killed and opened again."""

import contextlib
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import (
    BrowserContext,
    Page,
    Playwright,
    ViewportSize,
    async_playwright,
)

ROOT = Path(__file__).resolve().parents[2]
SCREENS = ROOT / "build" / "screens"
PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1366, "height": 768}
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
KILL_WAIT_S = 10
OURS = ("127.0.0.1", "localhost")


def find_chromium() -> str | None:
    """Return the Chromium to drive, or None where there is none."""
    names = (os.environ.get("CHROMIUM"), *NAMES)
    return next((path for name in names if name and (path := shutil.which(name))), None)


def flags() -> list[str]:
    """Return the browser's flags; root has no sandbox."""
    return [*ARGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def is_foreign(url: str) -> bool:
    """Return whether a request leaves the house: all that is ours stands on this machine."""
    address = urlsplit(url)
    return address.scheme in ("http", "https") and address.hostname not in OURS


def list_pids(profile: Path) -> list[int]:
    """Return the processes of the browser on this profile."""
    mark = b"--user-data-dir=" + str(profile).encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mark in (entry / "cmdline").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def list_tree(roots: list[int]) -> list[int]:
    """Return processes with all they have started: the store has a process of its own."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                words = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(words[1])
    tree = set(roots)
    while more := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return sorted(tree)


def kill_browser(profile: Path) -> None:
    """Kill all of the browser of this profile, and return when nothing of it holds a file.

    A part that lives on has the lock of the database in its hand, and so has a thread that still
    forces a page to the disk. A browser opened now would find the lock held, and Chromium clears a
    database that it cannot open: that is not what an empty battery does.
    """
    pids = list_tree(list_pids(profile))
    assert pids, "the browser of this profile runs"
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + KILL_WAIT_S
    while any(map(is_alive, pids)) or list_pids(profile):
        assert time.monotonic() < deadline, "the killed browser does not die"
        time.sleep(0.01)
    for lock in profile.glob("Singleton*"):
        lock.unlink()


def is_alive(pid: int) -> bool:
    """Return whether any thread of a process still runs."""
    try:
        states = [
            (thread / "stat").read_text().rpartition(")")[2].split()[0]
            for thread in Path(f"/proc/{pid}/task").iterdir()
        ]
    except OSError:
        return False
    return any(state not in "ZX" for state in states)


@dataclass
class Person:
    """Somebody at a browser: one profile, one page, all complaints kept."""

    driver: Playwright
    profile: Path
    viewport: ViewportSize
    name: str
    context: BrowserContext | None = None
    complaints: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    """Names of the screens that were looked at."""
    _shots: int = 0
    _cookies: list[Any] = field(default_factory=list)

    async def open(self) -> None:
        """Open the browser on this profile, with the cookies that were kept."""
        self.context = await self.driver.chromium.launch_persistent_context(
            self.profile,
            executable_path=find_chromium(),
            args=flags(),
            viewport=self.viewport,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            permissions=["geolocation"],
            geolocation={"latitude": 21.186, "longitude": 106.061},
        )
        await self.context.add_cookies(self._cookies)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)
        self.context.on("request", self._watch)

    def _listen(self, message: Any) -> None:
        # Being offline is not a fault of the page; a broken policy or an exception is.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def _watch(self, request: Any) -> None:
        if is_foreign(request.url):
            self.complaints.append(f"a request left the house: {request.url}")

    @property
    def page(self) -> Page:
        """Return the one page."""
        assert self.context is not None
        return self.context.pages[0]

    async def go(self, url: str) -> None:
        """Open an address."""
        await self.page.goto(url)

    async def press(self, name: str | Any, *, exact: bool = False, nth: int = 0) -> None:
        """Press the button or follow the link of this name."""
        button = self.page.get_by_role("button", name=name, exact=exact)
        link = self.page.get_by_role("link", name=name, exact=exact)
        await button.or_(link).nth(nth).click()

    async def sees(self, text: str | Any) -> None:
        """Wait until this text is on the page."""
        await self.page.get_by_text(text).first.wait_for(state="visible")

    async def shoot(self, name: str) -> None:
        """Keep a picture of the screen."""
        self._shots += 1
        SCREENS.mkdir(parents=True, exist_ok=True)
        file = SCREENS / f"{self.name}-{self._shots:02d}-{name}.png"
        await self.page.screenshot(path=file)

    def kill(self) -> None:
        """Kill the browser as a phone without power does: no page hears of it."""
        kill_browser(self.profile)
        self.context = None

    async def keep_cookies(self) -> None:
        """Keep the cookies over a kill: the browser writes them to disk half a minute later.

        A real phone was enrolled days before; a profile made seconds ago would forget it.
        """
        assert self.context is not None
        self._cookies = await self.context.cookies()

    async def close(self) -> None:
        """Close the browser."""
        if self.context is not None:
            await self.context.close()


class People:
    """Opens browsers and closes them all at the end."""

    def __init__(self, driver: Playwright, folder: Path) -> None:
        self._driver = driver
        self._folder = folder
        self.list: list[Person] = []

    async def open(self, name: str, viewport: ViewportSize) -> Person:
        """Return somebody with a fresh profile."""
        person = Person(self._driver, self._folder / name, viewport, name)
        await person.open()
        self.list.append(person)
        return person


@asynccontextmanager
async def open_people(folder: Path) -> AsyncIterator[People]:
    """Give a way to open browsers; all are closed at the end."""
    async with async_playwright() as driver:
        people = People(driver, folder)
        try:
            yield people
        finally:
            for person in people.list:
                await person.close()
