"""A round with money on a phone that promises nothing: stopped, then let leave (S18)."""

from pathlib import Path

import asyncpg
import pytest

from backend import network, rounds
from backend.house import House
from backend.kit.clock import now, service_day
from backend.network import RuleSetting
from tests.journeys import courier as acts
from tests.journeys import money
from tests.journeys.browsing import DESK, PHONE, find_chromium, open_people
from tests.journeys.desks import KEY, found_offices
from tests.journeys.test_money_in_browser import look
from tests.serving import LiveServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]


async def test_dispatcher_lets_a_round_with_money_leave(
    house: House, live_server: LiveServer, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that the round opens after a dispatcher's word only, and that the word is audited."""
    crew = await found_offices(house)
    mine, url = crew.couriers[0], live_server.url
    required = RuleSetting(rounds.KEPT_STORAGE, service_day(now()), None, 1, "bưu cục thật")
    async with house.db.transaction(actor="house", offices="*") as conn:
        await network.add_rules(conn, [required])
    (payout,) = await money.bring_list(house, crew, money.PENSIONS[:1])
    await money.publish_round(house, crew, mine.id, [(payout, "payout.pay")])
    async with open_people(tmp_path) as people:
        courier = await people.open("may-chua-giu", PHONE)
        await courier.go(f"{url}/demo/{mine.username}?key={KEY}")
        await acts.enter_pin(courier)
        await courier.press("Bắt đầu chuyến")
        await courier.sees("Chưa nên đi: còn mục phải xử lý")
        await courier.sees("hoặc xin điều phối viên cho đi")
        await courier.sees("1 khoản chi chưa có danh sách trên máy này.")
        await look(courier, "chua-cam-ket-giu")

        dispatcher = await people.open("dieu-phoi-cho-di", DESK)
        await dispatcher.go(f"{url}/demo/dieuphoi.kinhbac?key={KEY}")
        await dispatcher.page.locator("button.route", has_text=mine.display_name).click()
        await dispatcher.press("Cho đi dù máy chưa đạt")
        await dispatcher.press("Cho đi", exact=True)
        await dispatcher.sees("Hãy ghi lý do, ít nhất 3 ký tự.")
        await dispatcher.page.get_by_label("Lý do cho đi").fill("Máy mượn tạm, máy cũ vỡ màn hình")
        await look(dispatcher, "cho-di")
        await dispatcher.press("Cho đi", exact=True)
        await dispatcher.sees("Điều phối viên đã cho chuyến có tiền này đi")

        await courier.press("Kiểm tra lại")
        await courier.sees("Máy này giữ danh sách của 1 khoản chi.")
        await courier.go(f"{url}/courier/#/")
        await courier.press("Bắt đầu chuyến")
        await courier.page.get_by_role("button", name="Bắt đầu chuyến").wait_for(state="detached")
        for person in people.list:
            assert person.complaints == [], person.name
    said = await admin_conn.fetchrow("SELECT reason, waived_by_id FROM rounds.storage_waiver")
    assert tuple(said) == ("Máy mượn tạm, máy cũ vỡ màn hình", crew.dispatcher.id)
    audited = "SELECT count(*) FROM identity.audit WHERE action = 'round.waive_storage'"
    assert await admin_conn.fetchval(audited) == 1
