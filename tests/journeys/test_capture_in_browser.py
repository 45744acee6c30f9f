"""Cameras, pictures and PINs in Chromium where something is wrong with them: each has its words."""

import re
import struct
import zlib
from pathlib import Path

import pytest

from tests.journeys.browsing import find_chromium
from tests.journeys.phone_page import PIN, PhonePage
from tests.journeys.stage import Stage
from tests.journeys.test_accessibility import find_delivery, set_out

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
QUOTA_FORGOTTEN_MS = 6_000
KEPT_PHOTO = """async () => {
    const names = (await indexedDB.databases()).map((one) => one.name);
    const name = names.find((one) => one.startsWith('tannoi-courier-'));
    const db = await new Promise((done) => {
        const asked = indexedDB.open(name);
        asked.onsuccess = () => done(asked.result);
    });
    const kept = await new Promise((done) => {
        const asked = db.transaction('blobs').objectStore('blobs').getAll();
        asked.onsuccess = () => done(asked.result);
    });
    db.close();
    return kept.map((one) => one.bytes.byteLength);
}"""


def make_huge_png(path: Path, width: int, height: int) -> Path:
    """Write a grey picture of so many pixels, a band at a time."""
    row = b"\0" + bytes([120, 130, 140] * width)
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )
    return path


async def open_attempt(stage: Stage) -> PhonePage:
    """Return a phone where a picture is asked for."""
    phone = await stage.open_phone()
    await set_out(phone)
    stop, act = find_delivery(phone)
    await phone.go(f"#/stop/{stop}/attempt/{act}")
    await phone.page.get_by_role("button", name="Vắng nhà").click()
    return phone


async def test_picture_of_forty_megapixels(stage: Stage, tmp_path: Path) -> None:
    """Tests that a picture of 40 megapixels is taken, and kept small."""
    phone = await open_attempt(stage)
    photo = make_huge_png(tmp_path / "large.png", 7728, 5368)
    await phone.page.locator('input[type="file"]').set_input_files(photo)
    await phone.page.locator("img").wait_for()
    assert [size < 310 * 1024 for size in await phone.page.evaluate(KEPT_PHOTO)] == [True]
    assert phone.complaints == []


async def test_pictures_that_are_none(stage: Stage, tmp_path: Path) -> None:
    """Tests that a monstrous picture and a text named as one are refused, each in its words."""
    phone = await open_attempt(stage)
    field = phone.page.locator('input[type="file"]')
    await field.set_input_files(make_huge_png(tmp_path / "monster.png", 10_000, 7_000))
    await phone.sees(re.compile("Ảnh quá lớn"))
    text = tmp_path / "note.jpg"
    text.write_text("Đây không phải là ảnh")
    await field.set_input_files(text)
    await phone.sees("Không đọc được ảnh này. Hãy chụp lại.")
    assert await phone.page.locator("img").count() == 0
    assert await phone.page.evaluate(KEPT_PHOTO) == []
    await phone.page.get_by_role("button", name="Ghi nhận", exact=True).click()
    await phone.sees(re.compile("Còn thiếu: .*ảnh"))
    assert phone.complaints == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotAllowedError", "Chưa được phép dùng máy ảnh"),
        ("NotFoundError", "Không mở được máy ảnh"),
        ("NotReadableError", "Không mở được máy ảnh"),
    ],
)
async def test_camera_that_is_not_given(stage: Stage, error: str, words: str) -> None:
    """Tests that without a camera the scanner says why, and codes can be typed."""
    phone = await stage.open_phone()
    await phone.context.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => "
        f"Promise.reject(new DOMException('no', '{error}'));"
    )
    await phone.reload()
    await phone.go("#/bag")
    await phone.page.get_by_role("button", name="Quét mã").click()
    await phone.sees(re.compile(words))
    code = await phone.page.locator(".item").first.inner_text()
    await phone.page.get_by_label("Số bưu gửi, số niêm phong").fill(code.split("\n")[0])
    await phone.page.get_by_role("button", name="Nhập", exact=True).click()
    await phone.sees(re.compile("Đã có: "))
    assert phone.complaints == []


async def test_wrong_pins_on_a_full_phone(stage: Stage) -> None:
    """Tests that a phone with no room left counts wrong PINs over reloads (S19)."""
    phone = await stage.open_phone(is_kept=True)
    page = phone.page
    session = await phone.context.new_cdp_session(page)
    await session.send("Storage.overrideQuotaForOrigin", {"origin": phone.way.url, "quotaSize": 1})
    # Chromium remembers the room it found until the database has been shut for a while.
    await page.goto("about:blank")
    await page.wait_for_timeout(QUOTA_FORGOTTEN_MS)
    asks = page.get_by_role("group", name=re.compile("PIN"))
    for left in (4, 3):
        await page.goto(f"{phone.way.url}/courier/")
        await asks.wait_for()
        await page.keyboard.type("000001")
        await phone.sees(f"Sai mã PIN. Còn {left} lần")
        await page.goto("about:blank")
    await page.goto(f"{phone.way.url}/courier/")
    await asks.wait_for()
    await page.keyboard.type("000001")
    await phone.sees("Sai mã PIN. Còn 2 lần")
    await page.keyboard.type(PIN)
    await page.get_by_text("Tất cả các điểm").wait_for()
    assert phone.complaints == []
