"""One house, one browser and a town of couriers for many short scenes, each with its own phone."""

import asyncio
import json
import random
import shutil
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
from playwright.async_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Playwright,
    async_playwright,
)

from backend.kit.clock import now
from backend.ops.embedded_pg import EmbeddedPostgres
from backend.ops.migrate import APP
from tests.journeys.browsing import DESK, PHONE, find_chromium, flags
from tests.journeys.network import Way
from tests.journeys.phone_page import PhonePage
from tests.serving import LiveServer, free_port, make_env
from tests.simulation import checks
from tests.simulation.town import CourierOfTown, Town, make_town

KEY = "synthetic-demo-key"
WAIT_S = 25
NUM_STOPS = 6
LIST_NOTES = """
SELECT convert_from(o.raw, 'UTF8') FROM sync.op_log AS o
JOIN sync.stream AS s ON s.office_id = o.office_id AND s.id = o.stream_id
WHERE s.staff_id = $1 AND o.kind = 'note.added' ORDER BY o.received_at, o.seq
"""
ADD_DISPATCHER = """
INSERT INTO identity.staff
    (office_id, id, username, display_name, badge, role, is_demo, created_at)
VALUES ($1, $2, $3, 'Điều phối thử', 'DP01', 'dispatcher', true, $4)
"""
LIST_DOORS = """
SELECT p.note FROM network.delivery_point AS p
JOIN rounds.stop AS t ON t.office_id = p.office_id AND t.delivery_point_id = p.id
WHERE t.round_id = $1
"""


@dataclass
class Stage:
    """What all scenes share; each takes a courier nobody has had yet."""

    admin: asyncpg.Connection
    server: LiveServer
    driver: Playwright
    browser: Browser
    couriers: list[CourierOfTown]
    usernames: dict[Any, str]
    folder: Path
    _taken: int = 0
    _opened: list[Any] = field(default_factory=list)
    _desks: list[BrowserContext] = field(default_factory=list)

    def take_courier(self) -> CourierOfTown:
        """Return a courier whom no scene has had."""
        self._taken += 1
        return self.couriers[self._taken - 1]

    def pass_over(self, *kinds: str) -> None:
        """Pass over couriers who have not an act of each of these kinds to do."""
        while not {*kinds} <= {one.kind for one in self.couriers[self._taken].visits}:
            self._taken += 1

    def path_of(self, courier: CourierOfTown) -> str:
        """Return the path that signs a courier in on a new phone."""
        return f"/demo/{self.usernames[courier.staff_id]}?key={KEY}"

    async def open_phone(self, *, is_kept: bool = False, **options: Any) -> PhonePage:
        """Return a fresh phone, signed in, with the day on it; `is_kept`: on a profile on disk.

        A kept one has a browser of its own, which takes flags as `args`.
        """
        phone = await self.make_phone(is_kept=is_kept, **options)
        await phone.sign_in()
        return phone

    async def make_phone(self, *, is_kept: bool = False, **options: Any) -> PhonePage:
        """Return a phone out of the box, its browser open on nothing."""
        courier = self.take_courier()
        way = Way(self.server.port)
        await way.start()
        profile = Path(tempfile.mkdtemp(dir=self.folder)) if is_kept else None
        phone = PhonePage(courier, way, self.path_of(courier), self._opener(profile, options))
        phone.profile = profile
        self._opened.append(phone)
        await phone.open()
        return phone

    def _opener(
        self, profile: Path | None, options: dict[str, Any]
    ) -> Callable[[], Awaitable[BrowserContext]]:
        args = [*flags(), *options.pop("args", ())]
        like = {
            "viewport": PHONE,
            "locale": "vi-VN",
            "timezone_id": "Asia/Ho_Chi_Minh",
            "permissions": ["geolocation"],
            "geolocation": {"latitude": 21.186, "longitude": 106.061},
            **options,
        }

        async def fresh() -> BrowserContext:
            return await self.browser.new_context(**like)

        async def kept() -> BrowserContext:
            return await self.driver.chromium.launch_persistent_context(
                profile, executable_path=find_chromium(), args=args, **like
            )

        return fresh if profile is None else kept

    async def open_desk(self, courier: CourierOfTown, screen: str) -> Page:
        """Return the screen of a dispatcher of the courier's office, who is new there."""
        staff_id = uuid.uuid4()
        username = f"dieu.phoi.{staff_id.hex[:12]}"
        await self.admin.execute(ADD_DISPATCHER, courier.office_id, staff_id, username, now())
        context = await self.browser.new_context(viewport=DESK, locale="vi-VN")
        self._desks.append(context)
        page = await context.new_page()
        await page.goto(f"{self.server.url}/demo/{username}?key={KEY}")
        await page.wait_for_url("**/dispatch/**")
        await page.goto(f"{self.server.url}/dispatch/#/{screen}")
        return page

    async def name_of(self, courier: CourierOfTown) -> str:
        """Return the name a courier goes by."""
        named = "SELECT display_name FROM identity.staff WHERE id = $1"
        return str(await self.admin.fetchval(named, courier.staff_id))

    async def card_of(self, desk: Page, courier: CourierOfTown) -> Locator:
        """Return the card of a courier's phones on the dispatcher's "Bưu tá"."""
        heading = desk.get_by_role("heading", name=await self.name_of(courier), exact=True)
        return desk.locator("section.card").filter(has=heading)

    async def close_phones(self) -> None:
        """Close what a scene has opened; nothing of it asked a foreign host for anything."""
        for desk in self._desks:
            await desk.close()
        self._desks.clear()
        foreign = [url for phone in self._opened for url in phone.foreign]
        for phone in self._opened:
            await phone.close()
        self._opened.clear()
        assert foreign == [], "requests that left the house"

    async def notes_of(self, phone: PhonePage) -> list[str]:
        """Return the notes the server has of a courier, in the order they came."""
        rows = await self.admin.fetch(LIST_NOTES, phone.courier.staff_id)
        return [json.loads(row[0])["text"] for row in rows]

    async def wait_for_notes(self, phone: PhonePage, *texts: str) -> None:
        """Wait until the server has these notes and no others, each once in the books.

        The outer word is the door's: a note that was applied twice stands there twice.
        """
        deadline = time.monotonic() + WAIT_S
        while (found := await self.notes_of(phone)) != list(texts):
            if time.monotonic() > deadline:
                raise AssertionError(f"the server has {found}, the courier saw {list(texts)}")
            await asyncio.sleep(0.1)
        doors = await self.admin.fetch(LIST_DOORS, phone.courier.round_id)
        told = [line for door in doors for line in (door[0] or "").splitlines() if line]
        assert sorted(told) == sorted(texts), "each note has its effect once"


@asynccontextmanager
async def set_stage(
    postgres: EmbeddedPostgres,
    database: str,
    num_couriers: int,
    num_stops: int = NUM_STOPS,
    enrich: Callable[[Town, random.Random], None] = lambda _town, _rnd: None,
) -> AsyncIterator[Stage]:
    """Give the stage on a migrated database; the invariants of the books hold at the end."""
    folder = Path(tempfile.mkdtemp(prefix="tannoi-stage-"))
    admin = await asyncpg.connect(postgres.url(database))
    town = make_town(random.Random(7), now=now(), num_couriers=num_couriers, num_stops=num_stops)
    enrich(town, random.Random(8))
    (folder / "tiles").mkdir()  # the server looks once, at its start, whether there are maps
    await town.write(admin)
    await admin.reset_type_codec("jsonb", schema="pg_catalog")
    usernames = dict(await admin.fetch("SELECT id, username FROM identity.staff"))
    url = f"http://127.0.0.1:{free_port()}"
    env = make_env(postgres.url(database, user=APP), folder, url)
    server = LiveServer(url, env, folder / "web.log")
    await asyncio.to_thread(server.start)
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=find_chromium(), args=flags())
        stage = Stage(admin, server, driver, browser, town.couriers, usernames, folder)
        try:
            yield stage
            assert await checks.find_violations(admin) == {}
        finally:
            await stage.close_phones()
            await browser.close()
            await asyncio.to_thread(server.stop)
            await admin.close()
            shutil.rmtree(folder, ignore_errors=True)
