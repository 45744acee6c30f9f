"""The map of a round in Chromium with no signal: without a file of the office, and with one."""

import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from tests.journeys.browsing import SCREENS, find_chromium
from tests.journeys.phone_page import PhonePage
from tests.journeys.stage import Stage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
PLAIN = (0xE9, 0xEE, 0xF2)
GROUND = (40, 170, 90)
NEAR = 25
PNG, UNPACKED = 2, 1
HAS_MAP = """async () => {
    for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys())
            if (/drawing-[^/]+\\.js$/.test(url)) return true;
    return false;
}"""


def make_tiles(path: Path) -> None:
    """Write a map of one tile for the whole world, of one colour, as PMTiles 3."""
    picture = io.BytesIO()
    Image.new("RGB", (256, 256), GROUND).save(picture, "PNG")
    tile, metadata = picture.getvalue(), b"{}"
    assert 128 <= len(tile) < 1 << 14
    length = bytes([len(tile) % 128 | 128, len(tile) // 128])  # a varint of two bytes
    directory = bytes([1, 0, 1]) + length + bytes([1])  # one entry: tile 0, once, at the begin
    at = 127
    head = b"PMTiles\x03"
    for size in (len(directory), len(metadata), 0, len(tile)):
        head += struct.pack("<QQ", at, size)
        at += size
    head += struct.pack("<QQQ", 1, 1, 1)
    head += bytes([1, UNPACKED, UNPACKED, PNG, 0, 0])
    head += struct.pack("<iiii", -1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000)
    head += struct.pack("<Bii", 0, 0, 0)
    assert len(head) == 127
    path.write_bytes(head + directory + metadata + tile)


def way_over(ground: tuple[int, ...]) -> tuple[int, ...]:
    """Return the colour of the way, which lets three tenths of the ground through."""
    way = (0x00, 0x72, 0xB2)
    return tuple(round(0.7 * one + 0.3 * under) for one, under in zip(way, ground, strict=True))


async def look(phone: PhonePage, name: str, colour: tuple[int, ...]) -> int:
    """Return how much of the map, in points of the picture, has nearly this colour."""
    await phone.page.locator("canvas.maplibregl-canvas").wait_for()
    num = 0
    for _ in range(40):
        raw = await phone.page.locator(".map").screenshot(path=SCREENS / f"ban-do-{name}.png")
        points = Image.open(io.BytesIO(raw)).convert("RGB").tobytes()
        num = sum(
            all(abs(points[at + one] - colour[one]) < NEAR for one in range(3))
            for at in range(0, len(points), 3)
        )
        if num:
            return num
        await phone.page.wait_for_timeout(250)
    return num


async def test_map_with_no_signal(stage: Stage) -> None:
    """Tests that stops, commune and way are drawn offline, and on the office's file if it is."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    phone = await stage.open_phone()
    page = phone.page
    await page.evaluate("() => navigator.serviceWorker.controller.postMessage('keep-later')")
    await phone.until(HAS_MAP)
    await phone.airplane(True)
    await phone.go("#/map")
    assert await look(phone, "khong-tep", way_over(PLAIN)) > 100
    stops = {str(number) for number in range(1, len(phone.courier.visits) + 1)}
    shown = set(await page.locator(".map-point").all_inner_texts())
    assert shown >= stops
    assert len(shown - stops) == 1, "the office itself"
    commune = await page.locator(".map-place").all_inner_texts()
    assert len(commune) == 1

    make_tiles(stage.folder / "tiles" / f"{phone.courier.office_id}.pmtiles")
    await phone.airplane(False)
    await phone.go("#/ready")
    await page.get_by_role("button", name="Tải bản đồ").click()
    await phone.sees("Nền bản đồ của bưu cục đã lưu trên máy.")
    await phone.airplane(True)
    await phone.go("#/map")
    await phone.reload()
    assert await look(phone, "co-tep", GROUND) > 20_000
    assert await look(phone, "co-tep", way_over(GROUND)) > 100
    await page.locator(".map-point", has_text="2").first.click()
    await phone.sees("Việc tại điểm này")
    assert phone.complaints == []
