"""A report taken back from its receipt in Chromium, with no network, and what the office says."""

from pathlib import Path

import pytest

from tests.journeys.accessibility import find_faults
from tests.journeys.browsing import SCREENS, find_chromium
from tests.journeys.pictures import make_png
from tests.journeys.stage import Stage
from tests.journeys.test_accessibility import find_delivery, set_out

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]


async def test_visit_in_vain_is_taken_back_offline(stage: Stage, tmp_path: Path) -> None:
    """Tests that a failed visit is open again at once, and the office hears both in order."""
    phone = await stage.open_phone()
    page = phone.page
    await set_out(phone)
    stop, act = find_delivery(phone)
    await phone.airplane(True)
    await phone.go(f"#/stop/{stop}/attempt/{act}")
    await page.get_by_role("button", name="Vắng nhà").click()
    await page.locator('input[type="file"]').set_input_files(make_png(tmp_path / "cua.png"))
    await page.get_by_text("Chụp thêm").wait_for()
    await page.get_by_role("button", name="Ghi nhận", exact=True).click()
    await page.get_by_role("heading", name="Biên nhận").wait_for()
    await page.get_by_role("button", name="Đính chính", exact=True).click()
    await page.get_by_text("Sai ở đâu?").wait_for()
    await page.get_by_role("button", name="Lưu", exact=True).click()
    await phone.sees("Hãy chọn sai ở đâu.")
    await phone.sees("Hãy ghi lý do, ít nhất 3 ký tự.")
    await page.locator("label", has_text="Ghi nhầm").click()
    await phone.sees("Việc mở lại ngay để làm tiếp, kể cả khi mất sóng.")
    await page.get_by_label("Lý do").fill("Bà vừa về tới nhà")
    assert await find_faults(page) == []
    await page.screenshot(path=SCREENS / "courier-dinh-chinh.png")
    await page.get_by_role("button", name="Lưu", exact=True).click()
    await phone.sees("Việc đã mở lại · lưu trên máy")
    await page.get_by_text("ghi nhầm. Bà vừa về tới nhà").wait_for()
    assert await find_faults(page) == []
    await page.screenshot(path=SCREENS / "courier-bien-nhan-dinh-chinh.png", full_page=True)
    await phone.go(f"#/stop/{stop}")
    await page.get_by_role("button", name="Trả kết quả", exact=True).wait_for()
    await phone.airplane(False)
    rows = "SELECT count(*) FROM rounds.correction WHERE act_id = $1 AND act_state = 'open'"
    for _ in range(250):
        if await stage.admin.fetchval(rows, act):
            break
        await page.wait_for_timeout(100)
    states = "SELECT a.state, d.state, d.num_attempts FROM rounds.act a "
    states += "JOIN dossiers.dossier d ON d.id = a.errand_id WHERE a.id = $1"
    assert tuple(await stage.admin.fetchrow(states, act)) == ("open", "out", 0)
    assert phone.complaints == []
