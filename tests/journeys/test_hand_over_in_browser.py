"""Two couriers meet on the road in Chromium: an item changes hands with neither phone in touch."""

import re

import pytest

from tests.journeys.accessibility import find_faults
from tests.journeys.browsing import SCREENS, find_chromium
from tests.journeys.phone_page import PhonePage
from tests.journeys.stage import Stage
from tests.journeys.test_accessibility import find_delivery, set_out

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
HOLDER = """
SELECT i.holder_id FROM custody.item i JOIN dossiers.dossier d ON d.item_id = i.id
JOIN rounds.act a ON a.errand_id = d.id WHERE a.id = $1
"""


async def show(phone: PhonePage, name: str) -> None:
    """Take a picture of a screen that axe has nothing against."""
    assert await find_faults(phone.page) == []
    SCREENS.mkdir(parents=True, exist_ok=True)
    await phone.page.screenshot(path=SCREENS / f"courier-ban-giao-{name}.png", full_page=True)


async def press(phone: PhonePage, words: str | re.Pattern[str]) -> None:
    """Press a button or a link that looks like one, by keyboard."""
    button = phone.page.get_by_role("button", name=words)
    await button.or_(phone.page.get_by_role("link", name=words)).first.press("Enter")


async def give(phone: PhonePage, num_items: int) -> str:
    """Give the first item to whoever types the code; return the code as it is shown."""
    page = phone.page
    await phone.go("#/hand")
    await show(phone, "danh-sach")
    await press(phone, "Giao bưu gửi")
    await press(phone, "Tiếp tục")
    await phone.sees("Còn thiếu: bưu gửi")
    assert await page.get_by_role("checkbox").count() == num_items
    await page.get_by_role("checkbox").first.press("Space")
    await show(phone, "chon")
    await press(phone, "Tiếp tục")
    await page.get_by_role("radio", name="Ai nhập mã cũng được").wait_for()
    await show(phone, "giao-cho-ai")
    await press(phone, "Tiếp tục")
    code = page.get_by_role("img", name=re.compile("^Mã bàn giao "))
    words = await code.get_attribute("aria-label") or ""
    await show(phone, "ma")
    await press(phone, "Đã giao 1 bưu gửi")
    await phone.sees("Đã ghi giao 1 bưu gửi · lưu trên máy")
    return words.removeprefix("Mã bàn giao ")


async def take(phone: PhonePage, code: str) -> None:
    """Type a wrong code, then the right one, and count."""
    page = phone.page
    await phone.go("#/hand")
    await press(phone, "Nhận bưu gửi")
    typed = page.get_by_label("Mã bàn giao (8 ký tự)")
    await typed.fill(code[1] + code[0] + code[2:] if code[0] != code[1] else "0000 0001")
    await typed.press("Enter")
    await phone.sees("Đây không phải mã bàn giao.")
    await show(phone, "ma-sai")
    await typed.fill(code.lower())
    await typed.press("Enter")
    await phone.sees(f"Đã đọc mã {code}")
    await press(phone, "Tiếp tục")
    await page.get_by_label("Số bưu gửi đã nhận").fill("1")
    await press(phone, re.compile("^Đã nhận"))
    await phone.sees("Còn thiếu: xác nhận niêm phong")
    await page.get_by_role("checkbox").press("Space")
    await show(phone, "dem")
    await press(phone, "Đã nhận 1 bưu gửi")
    await phone.sees("Đã ghi nhận 1 bưu gửi · lưu trên máy")


async def test_item_changes_hands_between_two_phones_offline(stage: Stage) -> None:
    """Tests that custody and stop move when both phones are back, and the taker delivers."""
    stage.pass_over("result.deliver")
    giver = await stage.open_phone()
    stage.take_courier()  # of the other office
    taker = await stage.open_phone()
    assert taker.courier.office_id == giver.courier.office_id
    results = [visit for visit in giver.courier.visits if visit.kind == "result.deliver"]
    for phone in (giver, taker):
        await set_out(phone)
    stop, act = find_delivery(giver)
    for phone in (giver, taker):
        await phone.airplane(True)
    await take(taker, await give(giver, len(results)))
    await giver.sees("Đã lưu trên máy")
    await taker.sees("Đã lưu trên máy")
    await giver.go(f"#/stop/{stop}")
    await giver.sees("Đã giao cho đồng nghiệp, chờ bên kia ghi nhận.")
    assert await giver.page.get_by_role("button", name="Trả kết quả", exact=True).is_disabled()
    await show(giver, "diem-da-giao")
    await giver.go("#/hand")

    await giver.airplane(False)
    await giver.sees("Chờ bên kia ghi nhận")
    assert await stage.admin.fetchval(HOLDER, act) == giver.courier.staff_id
    await taker.airplane(False)
    await taker.sees("Đã chuyển người giữ")
    await show(taker, "da-chuyen")
    await giver.sees("Đã chuyển người giữ")
    assert await stage.admin.fetchval(HOLDER, act) == taker.courier.staff_id
    made = await stage.admin.fetchval(
        "SELECT b.stop_id FROM rounds.act a JOIN rounds.act b ON b.errand_id = a.errand_id "
        "WHERE a.id = $1 AND b.state = 'open'",
        act,
    )
    await giver.page.goto(f"{giver.way.url}/courier/#/stop/{stop}")
    await giver.sees("Điểm này không còn trong chuyến của bạn")
    await taker.go(f"#/stop/{made}")
    await taker.page.get_by_role("button", name="Trả kết quả", exact=True).click()
    await taker.page.get_by_label(re.compile("4 ký tự cuối")).fill("0017")
    for phone in (giver, taker):
        assert phone.complaints == []
