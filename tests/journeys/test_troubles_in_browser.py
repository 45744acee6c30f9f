"""Each trouble has its words on the screen, and the queue is what it was (bad input of the app).

What is told elsewhere: a full disk, a moved clock, damaged and newer databases and ten wrong PINs
in `test_phone_in_browser` and `test_capture_in_browser`, pictures in `test_capture_in_browser`.
"""

from collections.abc import Awaitable, Callable

import pytest

from tests.journeys.accessibility import find_faults
from tests.journeys.browsing import SCREENS, find_chromium
from tests.journeys.network import DIES, EXCHANGE, PASSES, PORTAL, Fate, says
from tests.journeys.phone_page import DAY, PhonePage
from tests.journeys.stage import Stage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
LITTLE_ROOM = 30 * 1024 * 1024
STUCK_AFTER = "16:00"

# Where the words stand: on every screen, or where somebody looks for what is unsent.
NETWORK = [
    ("portal", PORTAL, "#/", "Mạng Wi-Fi này bắt đăng nhập trước nên chưa gửi được gì."),
    ("app too old", says(426), "#/", "Ứng dụng đã cũ. Hãy đóng rồi mở lại để cập nhật."),
    ("no answer", DIES, "#/outbox", "Không có mạng hoặc bưu cục không trả lời."),
    ("busy", says(503, "retry-after: 1"), "#/outbox", "Máy chủ đang bận. Máy sẽ tự gửi lại."),
    ("fault of ours", says(500), "#/outbox", "Máy chủ đang bận. Máy sẽ tự gửi lại."),
]


async def hold_one(stage: Stage, fate: Fate) -> PhonePage:
    """Return a phone whose way is in trouble, with one note that cannot leave."""
    phone = await stage.open_phone()
    phone.way.fate = lambda _, path: fate if path.startswith(EXCHANGE) else PASSES
    await phone.note("Chờ gửi")
    return phone


async def num_waiting(phone: PhonePage) -> int:
    store = await phone.store()
    return int(store["head"] - store["ack"])


@pytest.mark.parametrize(("name", "fate", "place", "words"), NETWORK, ids=[n[0] for n in NETWORK])
async def test_trouble_of_the_network_is_named(
    stage: Stage, name: str, fate: Fate, place: str, words: str
) -> None:
    """Tests that the courier reads what is wrong, that nothing is dropped, and that it heals."""
    phone = await hold_one(stage, fate)
    await phone.go(place)
    await phone.sees(words)
    assert await num_waiting(phone) == 1
    assert await find_faults(phone.page) == []
    await phone.page.screenshot(path=SCREENS / f"courier-su-co-{name.replace(' ', '-')}.png")
    phone.way.fate = lambda *_: PASSES
    await phone.reload()
    await stage.wait_for_notes(phone, "Chờ gửi")
    await phone.page.get_by_text(words).first.wait_for(state="detached")
    assert phone.complaints == []


async def test_stuck_for_fifteen_minutes_is_told(stage: Stage) -> None:
    """Tests that a queue which stands still is said so, with its number (S14)."""
    phone = await stage.open_phone()
    await phone.page.clock.install()
    await phone.reload()
    phone.way.fate = lambda _, path: DIES if path.startswith(EXCHANGE) else PASSES
    await phone.note("Chờ gửi")
    await phone.page.clock.fast_forward(STUCK_AFTER)
    await phone.sees("Đã 15 phút chưa gửi được 1 mục.")
    assert await num_waiting(phone) == 1
    phone.way.fate = lambda *_: PASSES
    await phone.page.clock.fast_forward("01:00")
    await stage.wait_for_notes(phone, "Chờ gửi")


async def two_tabs(phone: PhonePage) -> None:
    second = await phone.context.new_page()
    await second.goto(f"{phone.way.url}/courier/#/")
    await second.get_by_text(DAY).first.wait_for()


async def little_room(phone: PhonePage) -> None:
    # What Chromium tells of its room does not follow the quota that a test may set.
    await phone.page.add_init_script(
        f"navigator.storage.estimate = async () => ({{ quota: {LITTLE_ROOM}, usage: 1 }})"
    )
    await phone.reload()
    await phone.go("#/ready")


async def not_kept(phone: PhonePage) -> None:
    await phone.go("#/settings")


async def foreign_code(phone: PhonePage) -> None:
    await phone.go("#/bag")
    await phone.page.get_by_role("button", name="Quét mã", exact=True).click()
    await phone.page.get_by_label("Số bưu gửi, số niêm phong").fill(
        "https://example.org/khuyen-mai"
    )
    await phone.page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (two_tabs, "Ứng dụng đang mở ở thẻ khác."),
        (little_room, "không chụp ảnh được nữa"),
        (not_kept, "Máy có thể tự xoá dữ liệu khi thiếu bộ nhớ."),
        (foreign_code, "Mã này không phải mã bưu gửi."),
    ],
)
async def test_trouble_of_the_phone_is_named(
    stage: Stage, cause: Callable[[PhonePage], Awaitable[None]], words: str
) -> None:
    """Tests that two tabs, little room, unkept storage and a strange code have their words."""
    phone = await hold_one(stage, DIES)
    await cause(phone)
    await phone.sees(words)
    assert await num_waiting(phone) == 1
    phone.way.fate = lambda *_: PASSES
    await stage.wait_for_notes(phone, "Chờ gửi")
    assert phone.complaints == []
