"""An administrator sets what is asked as proof, in Chromium; a dispatcher reads it."""

from pathlib import Path

import asyncpg
import pytest

from backend.house import House
from tests.journeys import money
from tests.journeys.accessibility import find_faults
from tests.journeys.browsing import DESK, find_chromium, open_people
from tests.journeys.desks import KEY, found_offices
from tests.serving import LiveServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]


async def test_administrator_sets_proof_and_dispatcher_reads_it(
    house: House, live_server: LiveServer, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that a line is changed by keyboard, wants a reason, and stands from tomorrow."""
    await found_offices(house)
    url, faults = live_server.url, list[str]()
    async with open_people(tmp_path) as people:
        chief = await people.open("quan-tri", DESK)
        await chief.go(f"{url}/demo/quantri?key={KEY}")
        await money.confirm_factor(chief)
        await chief.go(f"{url}/dispatch/#/rules")
        await chief.sees("Đang dùng mặc định của phần mềm.")
        line = chief.page.get_by_label("Vắng nhà, Ảnh")
        await line.select_option("off")
        await chief.press("Lưu, áp dụng từ ngày mai")
        await chief.sees("Hãy ghi lý do, ít nhất 3 ký tự.")
        await chief.shoot("bang-chung")
        faults += await find_faults(chief.page)
        await chief.page.get_by_label("Vì sao đổi").fill("Nhà trong ngõ, ảnh không giúp gì")
        await chief.press("Lưu, áp dụng từ ngày mai")
        await chief.sees("Mặc định: Bắt buộc")
        await chief.page.get_by_role("button", name="Lưu").first.wait_for(state="detached")

        dispatcher = await people.open("dieu-phoi-bang-chung", DESK)
        await dispatcher.go(f"{url}/demo/dieuphoi.kinhbac?key={KEY}")
        await dispatcher.press("Bằng chứng", exact=True)
        await dispatcher.page.get_by_role("heading", name="Bằng chứng theo việc").wait_for()
        assert await dispatcher.page.get_by_label("Vắng nhà, Ảnh").count() == 0, "reads only"
        await dispatcher.shoot("bang-chung-xem")
        faults += await find_faults(dispatcher.page)
        for person in people.list:
            assert person.complaints == [], person.name
    assert faults == []
    rules = await admin_conn.fetchval("SELECT rules FROM rounds.proof_rules")
    assert '"off"' in str(rules).replace("'", '"')
