"""A finger on the glass in Chromium: a card pushed right is done, left is trouble, a bit nothing.

Whatever a push does a plain button does too, by finger and by keyboard (WCAG 2.5.1, 2.5.7).
"""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.journeys.accessibility import Keyboard
from tests.journeys.browsing import SCREENS, Person, find_chromium
from tests.journeys.phone_page import PhonePage
from tests.journeys.stage import Stage
from tests.journeys.test_accessibility import find_delivery, set_out

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
NUM_STEPS = 12


class Finger:
    """One finger on a page, pressing and moving as a hand does."""

    def __init__(self, phone: PhonePage | Person, session: Any) -> None:
        """Hold a finger over the page."""
        self._phone, self._session = phone, session
        self._at = (0.0, 0.0)

    async def _touch(self, kind: str) -> None:
        points = [] if kind == "touchEnd" else [{"x": self._at[0], "y": self._at[1]}]
        await self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    async def press(self, words: str) -> None:
        """Lay the finger on the first place with these words."""
        place = self._phone.page.get_by_text(words).first
        # Into the middle: at the end of the screen stands the bar with the main action.
        await place.evaluate("one => one.scrollIntoView({ block: 'center' })")
        box = await place.bounding_box()
        assert box is not None
        self._at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        await self._touch("touchStart")

    async def move(self, dx: float, dy: float = 0) -> None:
        """Move the finger in small steps."""
        for _ in range(NUM_STEPS):
            self._at = (self._at[0] + dx / NUM_STEPS, self._at[1] + dy / NUM_STEPS)
            await self._touch("touchMove")

    async def lift(self) -> None:
        """Lift the finger."""
        await self._touch("touchEnd")


AtStop = tuple[PhonePage, Finger, str]


@pytest.fixture(scope="module")
async def opened(whole_stage: Stage) -> AsyncIterator[tuple[PhonePage, Any, str]]:
    """Return a phone at a stop with one result to hand over, its driver, and the stop's place."""
    phone = await whole_stage.open_phone(has_touch=True, is_mobile=True)
    await set_out(phone)
    stop, _ = find_delivery(phone)
    # What was just said of the bag lies over the cards until it goes.
    await phone.page.locator(".toast").wait_for(state="detached")
    yield phone, await phone.context.new_cdp_session(phone.page), f"#/stop/{stop}"
    await whole_stage.close_phones()


@pytest.fixture
async def at_stop(opened: tuple[PhonePage, Any, str]) -> AtStop:
    """Return the phone before its stop again, a finger, and the stop's place: none saved a fact."""
    phone, session, place = opened
    await phone.go("#/")
    await phone.go(place)
    await phone.sees("Việc tại điểm này")
    return phone, Finger(phone, session), place


ACT = "Cấp bản sao trích lục hộ tịch"


@pytest.mark.parametrize(
    ("dx", "screen"),
    [(200, "visit"), (-200, "attempt")],
    ids=["right is done", "left is trouble"],
)
async def test_card_pushed_aside(at_stop: AtStop, dx: int, screen: str) -> None:
    """Tests that a long push opens the way of its side, which is seen before it is let go."""
    phone, finger, place = at_stop
    await finger.press(ACT)
    await finger.move(dx)
    await phone.page.locator(".behind.sure").wait_for()
    SCREENS.mkdir(parents=True, exist_ok=True)
    await phone.page.screenshot(path=SCREENS / f"vuot-{screen}.png")
    assert phone.page.url.endswith(place), "nothing is done before the finger is lifted"
    await finger.lift()
    await phone.page.wait_for_url(re.compile(f"{place}/{screen}"))
    assert phone.complaints == []


@pytest.mark.parametrize(
    ("dx", "dy", "back"),
    [(60, 0, 0), (-60, 0, 0), (200, 0, -180), (40, 300, 0), (0, -200, 0)],
    ids=["short right", "short left", "pushed and taken back", "slanted scroll", "scroll"],
)
async def test_card_touched_by_the_way(at_stop: AtStop, dx: int, dy: int, back: int) -> None:
    """Tests that a short push, one taken back and a scroll do nothing, and the card lies still."""
    phone, finger, place = at_stop
    await finger.press(ACT)
    await finger.move(dx, dy)
    await finger.move(back)
    await finger.lift()
    await phone.page.wait_for_timeout(400)
    assert phone.page.url.endswith(place)
    moved = await phone.page.locator(".front").first.evaluate(
        "one => getComputedStyle(one).translate"
    )
    assert moved in ("none", "0px")


async def test_push_that_begins_on_a_button(at_stop: AtStop) -> None:
    """Tests that a push from a button does what its side says, not what the button says."""
    phone, finger, place = at_stop
    await finger.press("Không thực hiện được")
    await finger.move(190)
    await finger.lift()
    await phone.page.wait_for_url(re.compile(f"{place}/visit"))
    await phone.page.wait_for_timeout(300)
    assert "/visit" in phone.page.url


@pytest.mark.parametrize(
    ("button", "screen"), [("Trả kết quả", "visit"), ("Không thực hiện được", "attempt")]
)
async def test_twin_of_a_push(at_stop: AtStop, button: str, screen: str) -> None:
    """Tests that Tab and Enter on a plain button open what a push of its side opens."""
    phone, _, place = at_stop
    await Keyboard(phone.page).press(re.compile(f"^{button}$"))
    await phone.page.wait_for_url(re.compile(f"{place}/{screen}"))


async def test_closed_round_cannot_be_pushed(stage: Stage) -> None:
    """Tests that a card that may not be done yet is not done by a push either."""
    phone = await stage.open_phone(has_touch=True, is_mobile=True)
    stop, _ = find_delivery(phone)
    await phone.go(f"#/stop/{stop}")
    finger = Finger(phone, await phone.context.new_cdp_session(phone.page))
    await finger.press(ACT)
    await finger.move(220)
    await finger.lift()
    await phone.page.wait_for_timeout(400)
    assert phone.page.url.endswith(f"#/stop/{stop}")
