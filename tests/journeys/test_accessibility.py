"""Every screen held to axe-core in every look, and a result handed over by keyboard alone."""

import re
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from backend import identity
from backend.house import House
from backend.kit.clock import now
from tests.journeys.accessibility import Keyboard, find_faults, wait_for_screen
from tests.journeys.browsing import DESK, SCREENS, find_chromium
from tests.journeys.phone_page import PhonePage, unlock
from tests.journeys.pictures import make_png
from tests.journeys.stage import ADD_DISPATCHER, KEY, Stage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
DISPATCHER = "dieu.phoi.thu"
BOARDS = ("board", "errands", "imports", "plan", "held", "couriers", "rules")
HTML = "text/html; charset=utf-8"
BAD = """<!doctype html><html lang="vi"><title>Hỏng</title><body style="margin:0"><main><h1>Một</h1>
<p style="width: 12.5rem; font-size: 1rem">Rộng</p>
<footer style="position: fixed; bottom: 0; height: 13.5rem">
<button style="width: 4rem; height: 1.2rem; font-size: 1rem; white-space: nowrap; padding: 0">
Hoàn tất</button></footer></main>"""

# Only the first, the last and the arrows' own are as they should be.
BAD_FOR_KEYS = """<!doctype html><html lang="vi"><title>Hỏng</title><style>
:focus-visible { outline: 3px solid #a40; outline-offset: 2px } .none { outline: none }
#bar { position: fixed; inset: auto 0 0 0; height: 9rem; background: #fff }
</style><body><div id="app"><main><h1>Một</h1><button>Tốt</button>
<button tabindex="-1">Bỏ qua</button><button class="none">Không dấu</button>
<div style="overflow: hidden; width: 8rem"><button style="width: 100%">Bị che</button></div>
<p id="heard">Nghe ngón tay</p><p style="cursor: pointer">Trông như nút</p>
<p role="group"><input aria-label="Số" id="keys"><button tabindex="-1">Thêm</button></p>
<label><input type="radio" name="one" value="1">A</label>
<label><input type="radio" name="one" value="2">B</label>
<a href="#x" style="position: absolute; top: 690px">Dưới thanh</a>
<div id="bar">Thanh</div>
<dialog open aria-label="Hộp">Hộp</dialog></main><button>Cuối</button></div>
<script>
document.getElementById('heard').addEventListener('click', () => undefined);
document.getElementById('keys').addEventListener('keydown', () => undefined);
</script>"""
TRAP = """<!doctype html><html lang="vi"><title>Bẫy</title><body><div id="app"><main><h1>Một</h1>
<button id="trap">Bẫy</button><button>Sau bẫy</button></main></div><script>
document.getElementById('trap').addEventListener('keydown', (event) => event.preventDefault());
</script>"""
BAD_BY_KEYS = [
    (
        BAD_FOR_KEYS,
        [
            "Tab does not lead to: Bỏ qua",
            "no sign of the focus: Không dấu",
            "no sign of the focus: Bị che",
            'the focus of Dưới thanh is under: <div id="bar">Thanh</div>',
            'only a finger can press: <p id="heard">Nghe ngón tay</p>',
            'looks as if it could be pressed: <p style="cursor: pointer">Trông như nút</p>',
            "Escape does not close: Hộp",
        ],
    ),
    (TRAP, ["Tab does not lead to: Sau bẫy"]),
]


async def check(page: Page, where: str, faults: list[str]) -> None:
    """Keep a picture of what is shown, and note what axe-core has against it."""
    name = re.sub(r"\W+", "-", f"{page.url.split('/')[3] or 'citizen'}-{where}").strip("-")
    SCREENS.mkdir(parents=True, exist_ok=True)
    await wait_for_screen(page)
    await page.screenshot(path=SCREENS / f"man-hinh-{name}.png")
    faults += [f"{where}: {fault}" for fault in await find_faults(page)]


async def set_out(phone: PhonePage) -> None:
    """Pack the bag and open the round."""
    page = phone.page
    await phone.go("#/bag")
    await page.get_by_role("button", name="Đánh dấu tất cả").click()
    await page.get_by_role("button", name=re.compile(r"Xác nhận đã nhận \d+ bưu gửi")).click()
    await phone.go("#/")
    await page.get_by_role("button", name="Bắt đầu chuyến").click()
    await page.get_by_role("button", name="Bắt đầu chuyến").wait_for(state="detached")


def find_delivery(phone: PhonePage) -> tuple[uuid.UUID, uuid.UUID]:
    """Return stop and act of the courier's first result to hand over."""
    visit = next(one for one in phone.courier.visits if one.kind == "result.deliver")
    return visit.stop_id, visit.act_id


async def test_courier_screens(stage: Stage) -> None:
    """Tests that axe-core finds nothing on the courier's screens, in any look."""
    phone = await stage.open_phone()
    page, faults = phone.page, list[str]()
    await check(page, "day, published", faults)
    await phone.go("#/bag")
    await check(page, "bag", faults)
    await set_out(phone)
    await check(page, "day", faults)
    for screen in ("ready", "outbox", "settings", "close", "map"):
        await phone.page.goto(f"{phone.way.url}/courier/#/{screen}")
        await page.wait_for_timeout(400)
        await check(page, screen, faults)
    stop, act = find_delivery(phone)
    await phone.go(f"#/stop/{stop}")
    await check(page, "stop", faults)
    await page.get_by_role("button", name="Ghi chú", exact=True).click()
    await check(page, "note", faults)
    await page.keyboard.press("Escape")
    await phone.go(f"#/stop/{stop}/attempt/{act}")
    await check(page, "attempt", faults)
    await page.get_by_role("button", name="Vắng nhà").click()
    await check(page, "attempt, reason", faults)
    await phone.airplane(True)
    await phone.go("#/outbox")
    await check(page, "outbox, offline", faults)
    assert not faults, "\n".join(faults)


async def test_letters_that_do_not_fit_are_told(stage: Stage) -> None:
    """Tests that a cut button, a bar over half the screen and a row too wide are seen at 200 %."""
    context = await stage.browser.new_context(viewport={"width": 360, "height": 740})
    page = await context.new_page()
    await page.route("**/courier/", lambda route: route.fulfill(body=BAD, content_type=HTML))
    await page.goto(f"{stage.server.url}/courier/")
    told = [one for one in await find_faults(page) if one.startswith("text at 200 %")]
    await context.close()
    assert told == [
        "text at 200 %: 40 px wider than the screen",
        "text at 200 %: over the edge: Rộng",
        "text at 200 %: clipped: Hoàn tất",
        "text at 200 %: a bar of 58 % of the screen: Hoàn tất",
    ]


@pytest.mark.parametrize(("body", "faults"), BAD_BY_KEYS, ids=["many", "trap"])
async def test_what_a_keyboard_cannot_do_is_found(
    stage: Stage, body: str, faults: list[str]
) -> None:
    """Tests that each fault of a planted page is told by name, its good parts are not."""
    context = await stage.browser.new_context(viewport={"width": 360, "height": 740})
    page = await context.new_page()
    await page.route("**/docs/", lambda route: route.fulfill(body=body, content_type=HTML))
    await page.goto(f"{stage.server.url}/docs/")
    told = [one for one in await find_faults(page) if one.startswith("keyboard")]
    is_left = await page.evaluate("() => document.activeElement === document.body")
    await context.close()
    assert told == [f"keyboard: {fault}" for fault in faults]
    assert is_left, "the focus is where it was"


async def test_way_into_the_courier_app(stage: Stage) -> None:
    """Tests that axe-core finds nothing before the day: sign-in, PINs right and wrong, stops."""
    phone = await stage.make_phone()
    page, faults = phone.page, list[str]()
    asks = page.get_by_role("group", name=re.compile("PIN"))
    await page.goto(f"{phone.way.url}/courier/")
    await phone.sees("Đăng nhập máy này")
    await check(page, "sign in", faults)
    await page.goto(f"{phone.way.url}{phone.sign_in_path}")
    await asks.wait_for()
    await check(page, "new PIN", faults)
    await page.keyboard.type("111111")
    await phone.sees("Mã này dễ đoán")
    await check(page, "weak PIN", faults)
    await unlock(page)
    await page.reload()
    await asks.wait_for()
    await check(page, "PIN", faults)
    for left in range(4, 0, -1):
        await page.keyboard.type("000001")
        await phone.sees(f"Sai mã PIN. Còn {left} lần")
    await check(page, "wrong PIN", faults)
    await page.keyboard.type("000001")
    await phone.sees("Sai mã PIN 5 lần")
    await check(page, "five wrong PINs", faults)
    await phone.context.add_init_script(
        "indexedDB.open = () => { throw new DOMException('no', 'UnknownError'); };"
    )
    await page.reload()
    await phone.sees("Không xoá dữ liệu trình duyệt")
    await check(page, "storage broken", faults)
    assert not faults, "\n".join(faults)


async def test_result_is_handed_over_by_keyboard(stage: Stage, tmp_path: Path) -> None:
    """Tests that a whole visit goes by Tab, Enter, space and arrows, each step without a fault."""
    phone = await stage.open_phone()
    page, faults = phone.page, list[str]()
    keys = Keyboard(page)
    await set_out_by_keyboard(keys)
    stop, _ = find_delivery(phone)
    name = await page.locator(f'a[href="#/stop/{stop}"]').first.inner_text()
    await keys.press(name.split("\n")[1] if "\n" in name else name)
    await page.get_by_text("Việc tại điểm này").wait_for()
    await keys.press("Trả kết quả")
    await keys.write(re.compile("4 ký tự cuối"), "0017")
    await check(page, "identity", faults)
    await keys.press(re.compile("^Tiếp tục"))
    await keys.go_to("Niêm phong còn nguyên")
    await page.keyboard.press("Space")
    await check(page, "seal", faults)
    await keys.press(re.compile("^Tiếp tục"))
    if await page.get_by_role("heading", name="Thu lại giấy tờ").count():
        await keys.press("Đã thu", "Space")
        await keys.press(re.compile("^Tiếp tục"))
    await keys.sign("ký")
    await take_photo(keys, make_png(tmp_path / "door.png"))
    await page.get_by_text("Chụp thêm").wait_for()
    await check(page, "signature", faults)
    await keys.press(re.compile("^Tiếp tục"))
    await check(page, "review", faults)
    await keys.press("Hoàn tất trả kết quả")
    await page.get_by_role("heading", name="Biên nhận").wait_for()
    await check(page, "receipt", faults)
    assert not faults, "\n".join(faults)
    assert phone.complaints == []


async def set_out_by_keyboard(keys: Keyboard) -> None:
    """Pack the bag, one item by its code typed in the camera's place, and open the round."""
    page = keys.page
    await keys.press("Xếp túi")
    await keys.press("Quét mã")
    code = (await page.locator(".item").first.inner_text()).split("\n")[0]
    await keys.write("Số bưu gửi, số niêm phong", code)
    await page.keyboard.press("Enter")
    await page.get_by_text(f"Đã có: {code}").wait_for()
    await keys.press("Dừng quét")
    if await page.get_by_role("button", name="Đánh dấu tất cả").is_enabled():
        await keys.press("Đánh dấu tất cả")
    await keys.press(re.compile(r"Xác nhận đã nhận \d+ bưu gửi"))
    await keys.press("Bắt đầu chuyến")
    await page.get_by_role("button", name="Bắt đầu chuyến").wait_for(state="detached")


async def take_photo(keys: Keyboard, photo: Path) -> None:
    """Open the camera's field by a key and choose a picture."""
    await keys.go_to(re.compile("Chụp ảnh|Chụp thêm"))
    try:
        async with keys.page.expect_file_chooser(timeout=5_000) as chosen:
            await keys.page.wait_for_timeout(500)  # until the browser hands choosers to us
            await keys.page.keyboard.press("Enter")
    except PlaywrightTimeout:
        focused = await keys.page.evaluate("() => document.activeElement.outerHTML")
        raise AssertionError(f"no camera opens from {focused}") from None
    await (await chosen.value).set_files(photo)


async def test_dispatcher_screens(stage: Stage) -> None:
    """Tests that axe-core finds nothing on the dispatcher's screens, in any look."""
    office = stage.couriers[0].office_id
    await stage.admin.execute(ADD_DISPATCHER, office, uuid.uuid4(), DISPATCHER, now())
    look: Any = {"viewport": DESK, "locale": "vi-VN"}
    context = await stage.browser.new_context(**look)
    page, faults = await context.new_page(), list[str]()
    url = stage.server.url
    await page.goto(f"{url}/dispatch/")
    await page.get_by_role("button", name="Đăng nhập").wait_for()
    await check(page, "sign in", faults)
    await page.goto(f"{url}/demo/{DISPATCHER}?key={KEY}")
    await page.wait_for_url("**/dispatch/**")
    for screen in BOARDS:
        await page.goto(f"{url}/dispatch/#/{screen}")
        await page.wait_for_timeout(900)
        await check(page, screen, faults)
    errand = stage.couriers[0].visits[0].errand_id
    await page.goto(f"{url}/dispatch/#/errands/{errand}")
    await page.wait_for_timeout(900)
    await check(page, "errand", faults)
    sheet = page.get_by_role("link", name="Phiếu chứng cứ (PDF)")
    printed = await page.request.get(f"{url}{await sheet.get_attribute('href')}")
    assert printed.headers["content-type"] == "application/pdf"
    await page.set_viewport_size({"width": 360, "height": 740})
    for screen in BOARDS:
        await page.goto(f"{url}/dispatch/#/{screen}")
        await page.wait_for_timeout(300)
        widths = "[document.documentElement, ...document.querySelectorAll('main')]"
        wide = await page.evaluate(f"{widths}.some((one) => one.scrollWidth > one.clientWidth)")
        assert not wide, f"{screen} is wider than a phone"
    await context.close()
    assert not faults, "\n".join(faults)


async def test_public_screens(stage: Stage, house_of_stage: House) -> None:
    """Tests that axe-core finds nothing on the citizen's pages and the API's, in any look."""
    courier = stage.couriers[0]
    async with house_of_stage.db.transaction(actor="house", offices="*") as conn:
        token = await identity.make_link(
            conn,
            office_id=courier.office_id,
            errand_id=courier.visits[0].errand_id,
            expires_at=now() + timedelta(days=1),
            now=now(),
        )
    context = await stage.browser.new_context(viewport={"width": 360, "height": 740})
    page, faults = await context.new_page(), list[str]()
    for path in ("/", f"/t/{token}", "/t/khong-co", "/docs/"):
        await page.goto(f"{stage.server.url}{path}")
        await page.wait_for_timeout(900)
        await check(page, path[:3], faults)
    await context.close()
    assert not faults, "\n".join(faults)
