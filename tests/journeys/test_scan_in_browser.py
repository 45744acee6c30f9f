"""The camera in Chromium: real QR and bar codes before it, ours and others', and cards."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.accessibility import find_faults
from tests.journeys.browsing import SCREENS, find_chromium
from tests.journeys.camera import Camera
from tests.journeys.network import DIES, PASSES
from tests.journeys.phone_page import PhonePage
from tests.journeys.stage import Stage
from tests.journeys.test_accessibility import find_delivery, set_out

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
CODES = """
SELECT i.code FROM rounds.stop AS s
JOIN rounds.act AS a ON a.office_id = s.office_id AND a.stop_id = s.id
JOIN dossiers.dossier AS d ON d.office_id = a.office_id AND d.id = a.errand_id
JOIN custody.item AS i ON i.office_id = d.office_id AND i.id = d.item_id
WHERE s.round_id = $1 ORDER BY s.position
"""
NUMBER = "027050000011"
HAS_READER = """async () => {
    for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys())
            if (url.endsWith('.wasm')) return true;
    return false;
}"""
BANK = "00020101021238540010A00000072701240006970405011012345678900208QRIBFTTA53037045802VN6304ABCD"


async def open_phone(stage: Stage, camera: Camera) -> PhonePage:
    """Return a phone that has a camera and may use it, on a courier with things to pack."""
    stage.pass_over("result.deliver")
    allowed = ["geolocation", "camera"]
    return await stage.open_phone(is_kept=True, args=camera.args, permissions=allowed)


async def keep_reader(phone: PhonePage) -> None:
    """Let the phone keep the reader of codes, as it does at a quiet moment, and go offline."""
    page = phone.page
    await page.evaluate("() => navigator.serviceWorker.controller.postMessage('keep-later')")
    await phone.until(HAS_READER)
    await phone.airplane(True)


async def codes_of(stage: Stage, phone: PhonePage) -> list[str]:
    """Return the numbers of what is to be packed, in the order of the stops."""
    return [row[0] for row in await stage.admin.fetch(CODES, phone.courier.round_id)]


FIND_LOADING = """
SELECT convert_from(o.raw, 'UTF8') FROM sync.op_log AS o
JOIN sync.stream AS s ON s.office_id = o.office_id AND s.id = o.stream_id
WHERE s.staff_id = $1 AND o.kind = 'items.loaded'
"""


async def scan(phone: PhonePage, show: Callable[[str], None], text: str, told: str) -> None:
    """Hold a code before the camera, open the finder, and read what is told of it."""
    show(text)
    await phone.page.get_by_role("button", name="Quét mã", exact=True).click()
    await phone.sees(told)
    await phone.page.screenshot(
        path=SCREENS / f"quet-{re.sub(r'[^a-zà-ỹ]+', '-', told.lower())}.png"
    )
    await phone.page.get_by_role("button", name="Dừng quét").click()


async def test_bag_is_packed_by_camera(stage: Stage, tmp_path: Path) -> None:
    """Tests that a bar code and a QR are read, others' have their words, and typing packs too."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    camera = Camera(tmp_path)
    phone = await open_phone(stage, camera)
    page = phone.page
    first, second, third = (await codes_of(stage, phone))[:3]
    await phone.go("#/bag")
    phone.way.always(DIES, path="/assets/zxing")
    await scan(phone, camera.show_bars, first, "Bộ đọc mã chưa có trên máy này.")
    phone.way.always(PASSES)
    await keep_reader(phone)
    await scan(phone, camera.show_bars, first, f"Đã có: {first}")
    await scan(phone, camera.show_qr, second, f"Đã có: {second}")
    await scan(phone, camera.show_bars, first, f"Đã quét rồi: {first}")
    await scan(phone, camera.show_bars, "EK000000017VN", "Không thuộc chuyến này: EK000000017VN")
    await scan(phone, camera.show_bars, "LX000000003VN", "Không thuộc chuyến này: LX000000003VN")
    await scan(phone, camera.show_bars, "EK000000017VN", "Không thuộc chuyến này: EK000000017VN")
    await scan(phone, camera.show_qr, BANK, "Mã này không phải mã bưu gửi.")
    await page.get_by_role("button", name="Quét mã", exact=True).click()
    await page.get_by_label("Số bưu gửi, số niêm phong").fill(third.lower())
    await page.keyboard.press("Enter")
    await phone.sees(f"Đã có: {third}")
    # What is not of this round stays named, whatever is scanned after it.
    await page.get_by_role("heading", name="Không thuộc chuyến này (2)").wait_for()
    await page.get_by_role("button", name="Bỏ LX000000003VN khỏi danh sách").click()
    await page.get_by_role("heading", name="Không thuộc chuyến này (1)").wait_for()
    assert await find_faults(page) == []
    await page.get_by_role("button", name="Xác nhận đã nhận 3 bưu gửi").click()
    await phone.airplane(False)
    loaded = "SELECT count(*) FROM custody.item WHERE holder_kind = 'courier' AND holder_id = $1"
    for _ in range(100):
        if await stage.admin.fetchval(loaded, phone.courier.staff_id) == 3:
            break
        await page.wait_for_timeout(100)
    assert await stage.admin.fetchval(loaded, phone.courier.staff_id) == 3
    told = json.loads(await stage.admin.fetchval(FIND_LOADING, phone.courier.staff_id))
    assert told["surplus"] == ["EK000000017VN"]
    assert phone.complaints == []


async def test_card_is_held_to_the_dossier(stage: Stage, tmp_path: Path) -> None:
    """Tests that a card of the citizen agrees, another's does not, and no number is kept."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    camera = Camera(tmp_path)
    phone = await open_phone(stage, camera)
    page = phone.page
    await set_out(phone)
    stop, act = find_delivery(phone)
    await phone.go(f"#/stop/{stop}")
    name = await page.locator("p.name").inner_text()
    await keep_reader(phone)
    await phone.go(f"#/stop/{stop}/visit/{act}")

    async def look_at(text: str, told: str) -> None:
        camera.show_qr(text)
        await page.get_by_role("button", name="Quét QR thẻ căn cước").click()
        await phone.sees(told)

    def card_of(number: str, name: str) -> str:
        return f"{number}||{name}|01011950|Nữ|Phường Kinh Bắc, Bắc Ninh|01072021"

    await look_at(BANK, "Mã này không phải mã QR của thẻ căn cước.")
    await page.keyboard.press("Escape")
    await look_at(card_of("027150000099", "Nguyễn Thị Người Khác"), "không khớp với hồ sơ")
    assert await find_faults(page) == []
    await page.screenshot(path=SCREENS / "quet-the-nguoi-khac.png")
    await look_at(card_of(NUMBER, name.upper()), "Tên trên thẻ khớp với hồ sơ.")
    await phone.sees("4 số cuối trên thẻ khác với số đã nhập; đã lấy theo thẻ.")
    assert await page.get_by_label(re.compile("4 ký tự cuối")).input_value() == NUMBER[-4:]
    assert await find_faults(page) == []
    await page.screenshot(path=SCREENS / "quet-the-khop.png")
    assert NUMBER not in await page.content()
    assert phone.complaints == []
