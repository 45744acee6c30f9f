"""What a courier does on the phone's screens, in the words on the buttons."""

import re
from collections.abc import Collection
from pathlib import Path

from tests.journeys.browsing import Person

PIN = "274916"


async def enter_pin(courier: Person) -> None:
    """Pass what stands before the app: a PIN to choose, twice, or the PIN of before."""
    pad = courier.page.get_by_role("group", name=re.compile("PIN"))
    await courier.page.locator("main").first.wait_for()
    for _ in range(3):
        if not await pad.is_visible():
            return
        words = await pad.get_attribute("aria-label") or ""
        await courier.shoot("ma-pin")
        await courier.page.keyboard.type(PIN)
        await courier.page.get_by_role("group", name=words, exact=True).wait_for(state="detached")
    raise AssertionError("the phone does not open")


async def set_out(courier: Person) -> None:
    """Pack the bag and open the round."""
    page = courier.page
    await page.get_by_text(re.compile(r"Còn \d+/\d+ điểm")).first.wait_for()
    await courier.shoot("chuyen")
    await courier.press("Xếp túi", exact=True)
    await courier.press("Đánh dấu tất cả")
    await courier.shoot("xep-tui")
    await courier.press(re.compile(r"Xác nhận đã nhận \d+ bưu gửi"))
    await courier.press("Bắt đầu chuyến")
    await page.get_by_role("button", name="Bắt đầu chuyến").wait_for(state="detached")


async def sign(courier: Person, nth: int = 0) -> None:
    """Draw a signature on the glass."""
    canvas = courier.page.locator("canvas").nth(nth)
    await canvas.scroll_into_view_if_needed()
    box = await canvas.bounding_box()
    assert box is not None
    mouse = courier.page.mouse
    await mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    await mouse.down()
    for step in range(1, 12):
        await mouse.move(
            box["x"] + 20 + step * (box["width"] - 40) / 12,
            box["y"] + box["height"] * (0.3 if step % 2 else 0.7),
        )
    await mouse.up()


async def choose(courier: Person, words: str, nth: int = 0) -> None:
    """Choose the answer with these words."""
    await courier.page.locator("label, button.option", has_text=words).nth(nth).click()


async def open_next(courier: Person, kind: str, but: Collection[str] = ()) -> str:
    """Open the first stop with an open act of this kind, `but` some; return the stop's id."""
    page = courier.page
    home = page.url.split("#")[0] + "#/"
    await page.goto(home)
    await page.get_by_text("Tất cả các điểm").wait_for()
    rows: list[list[str]] = []
    for _ in range(20):  # the list is drawn again when the screen comes back
        rows = await page.evaluate(
            """() => [...document.querySelectorAll('a[href^="#/stop/"]')]
                .map((row) => [row.getAttribute('href'), row.textContent])"""
        )
        if any(kind in words for _, words in rows):
            break
        await page.wait_for_timeout(200)
    for address, words in rows:
        if address.rpartition("/")[2] in but:
            continue
        if kind in words and "Xong" not in words and "Chưa được" not in words:
            await page.goto(home[:-2] + address)
            await page.get_by_text("Việc tại điểm này").wait_for()
            if await page.get_by_role("button", name=kind, exact=True).count():
                return address.rpartition("/")[2]
    raise AssertionError(f"no stop with {kind} is left among {rows}")


async def deliver(courier: Person, photo: Path) -> None:
    """Hand over the result of the stop on screen: seal, identity, papers back, signature."""
    await prepare_delivery(courier, photo)
    await courier.press("Hoàn tất trả kết quả")
    await courier.page.get_by_role("heading", name="Biên nhận").wait_for()
    await courier.shoot("bien-nhan")


async def prepare_delivery(courier: Person, photo: Path) -> None:
    """Go through the delivery of the stop on screen up to its last button."""
    page = courier.page
    await courier.press("Trả kết quả", exact=True)
    await page.get_by_label(re.compile("4 ký tự cuối")).fill("0017")
    await courier.shoot("giay-to")
    await courier.press("Tiếp tục")
    await choose(courier, "Niêm phong còn nguyên, đúng số")
    await courier.shoot("niem-phong")
    await courier.press("Tiếp tục")
    if await page.get_by_role("heading", name="Thu lại giấy tờ").count():
        for place in range(await page.locator("label", has_text="Đã thu").count()):
            await choose(courier, "Đã thu", place)
        await courier.press("Tiếp tục")
    await sign(courier)
    await page.locator('input[type="file"]').set_input_files(photo)
    await page.get_by_text("Chụp thêm").wait_for()
    await courier.shoot("chu-ky")
    await courier.press("Tiếp tục")
    await courier.shoot("xem-lai")
    await page.get_by_role("button", name="Hoàn tất trả kết quả").wait_for()


async def accept(courier: Person, photo: Path) -> None:
    """Take the papers of the stop on screen: count, identity, seal, both signatures."""
    page = courier.page
    await courier.press("Nhận hồ sơ", exact=True)
    await page.get_by_label("4 ký tự cuối").fill("0017")
    await courier.press("Tiếp tục")
    await page.get_by_role("heading", name="Kiểm đếm giấy tờ").wait_for()
    for paper in await page.locator("div.paper").all():
        need = re.search(r"Cần (\d+) (bản chính|bản sao)", await paper.inner_text())
        assert need is not None
        await paper.locator("label", has_text=need[2]).click()
        for _ in range(int(need[1]) - int(await paper.locator("output").inner_text())):
            await paper.get_by_role("button", name="Thêm một").click()
    await courier.shoot("kiem-dem")
    await courier.press("Tiếp tục")
    for _ in range(3):
        await page.wait_for_timeout(200)
        if await page.get_by_label("Số niêm phong").count():
            await page.get_by_label("Số niêm phong").fill("NP770077")
            await page.get_by_role("checkbox").first.check(force=True)
            await page.locator('input[type="file"]').set_input_files(photo)
            await page.get_by_text("Chụp thêm").wait_for()
            await courier.shoot("niem-phong-ho-so")
        elif await page.locator("canvas").count():
            await sign(courier, 0)
            await sign(courier, 1)
        else:
            break
        await courier.press("Tiếp tục")
    await courier.shoot("xem-lai-nhan")
    await courier.press("Hoàn tất nhận hồ sơ")
    await page.get_by_role("heading", name="Biên nhận").wait_for()


async def fail(courier: Person, photo: Path) -> None:
    """Record that nobody was at home at the stop on screen."""
    page = courier.page
    await courier.press("Không thực hiện được")
    await choose(courier, "Vắng nhà")
    await page.locator('input[type="file"]').set_input_files(photo)
    await page.get_by_text("Chụp thêm").wait_for()
    await courier.shoot("vang-nha")
    await courier.press("Ghi nhận", exact=True)
    # With more to do at this door the stop comes back, else the receipt.
    receipt = page.get_by_role("heading", name="Biên nhận")
    await receipt.or_(page.get_by_text("Việc tại điểm này")).first.wait_for()
