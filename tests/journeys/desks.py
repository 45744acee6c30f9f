"""What the journeys at desks share: the demo's offices, looks at a screen, a choice."""

import re
from typing import Final

from playwright.async_api import ViewportSize

from backend.house import House
from backend.kit.clock import now, service_day
from backend.ops import demo_town
from backend.ops.demo_town import Crew
from tests.journeys.accessibility import STILL, find_faults, wait_for_screen
from tests.journeys.browsing import SCREENS, Person

KEY: Final = "synthetic-demo-key"
WIDE: Final[ViewportSize] = {"width": 1280, "height": 800}
STROKES: Final = (
    "ArrowRight",
    "ArrowRight",
    "ArrowDown",
    "ArrowRight",
    "ArrowUp",
    "ArrowRight",
) * 2
NARROW: Final[ViewportSize] = {"width": 360, "height": 740}


async def found_offices(house: House) -> Crew:
    """Found the demo's offices and people; return the first office's."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        at = now()
        await demo_town.found(conn, KEY, day=service_day(at), now=at, seed=7)
        return (await demo_town.find_crews(conn))[0]


async def look(person: Person, name: str, faults: list[str]) -> None:
    """Keep pictures of a screen, wide and narrow, and what axe-core has against it."""
    page = person.page
    SCREENS.mkdir(parents=True, exist_ok=True)
    for width, size in (("rong", WIDE), ("hep", NARROW)):
        await page.set_viewport_size(size)
        await wait_for_screen(page)
        if size is WIDE:
            await page.wait_for_timeout(250)  # what was asked for comes
        await page.evaluate(STILL)
        await page.screenshot(path=SCREENS / f"{name}-{width}.png")
        faults += [f"{name}, {width}: {fault}" for fault in await find_faults(page)]
        wide = await page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if wide > 0:
            faults.append(f"{name}, {width}: {wide} px wider than the screen")
    await page.set_viewport_size(WIDE)


async def choose(person: Person, label: str) -> None:
    """Choose one of a few."""
    await person.page.locator("label.option", has_text=label).first.click()


async def turn_to_english(person: Person) -> None:
    """Choose English in the account's sheet."""
    await person.press(re.compile("^Tài khoản"))
    await person.page.get_by_label("Ngôn ngữ").select_option("en")
    await person.page.keyboard.press("Escape")


async def sign(person: Person, label: str | re.Pattern[str]) -> None:
    """Sign by the arrows of the keyboard."""
    await person.page.get_by_role("application", name=label).focus()
    for key in STROKES:
        await person.page.keyboard.press(key)


async def sign_day(controller: Person) -> None:
    """Let both sides sign under the day's sheet."""
    for side in ("thủ quỹ", "kiểm soát viên"):
        await sign(controller, re.compile(f"^Chữ ký {side}"))
