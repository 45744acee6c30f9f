"""A list at a silent phone, taken back by two people on their own screens, in Chromium."""

from pathlib import Path

import asyncpg
import pytest

from backend.house import House
from tests.journeys import courier as acts
from tests.journeys import money
from tests.journeys.accessibility import find_faults
from tests.journeys.browsing import DESK, PHONE, find_chromium, open_people
from tests.journeys.desks import KEY, found_offices, look
from tests.serving import LiveServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]


async def test_two_people_take_a_list_back(
    house: House, live_server: LiveServer, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that a dispatcher asks, a controller allows, and the phone has the list no more."""
    crew = await found_offices(house)
    mine, url = crew.couriers[0], live_server.url
    (payout,) = await money.bring_list(house, crew, money.PENSIONS[:1])
    await money.publish_round(house, crew, mine.id, [(payout, "payout.pay")])
    faults: list[str] = []
    async with open_people(tmp_path) as people:
        courier = await people.open("may-giu", PHONE)
        await courier.go(f"{url}/demo/{mine.username}?key={KEY}")
        await acts.enter_pin(courier)
        await courier.go(f"{url}/courier/#/ready")
        await courier.sees("Máy này giữ danh sách của 1 khoản chi.")

        dispatcher = await people.open("dieu-phoi-thu", DESK)
        await dispatcher.go(f"{url}/demo/dieuphoi.kinhbac?key={KEY}")
        await dispatcher.press("Bưu tá", exact=True)
        await dispatcher.sees("Còn 1 người chưa nhận, 2.100.000 đ")
        await dispatcher.press("Thu lại danh sách")
        await dispatcher.press("Gửi kiểm soát viên duyệt")
        await dispatcher.sees("Hãy ghi lý do, ít nhất 3 ký tự.")
        await dispatcher.page.get_by_label("Vì sao thu lại").fill("Máy rơi xuống nước")
        await dispatcher.shoot("thu-danh-sach")
        faults += await find_faults(dispatcher.page)
        await dispatcher.press("Gửi kiểm soát viên duyệt")
        await dispatcher.sees("Chờ kiểm soát viên duyệt.")

        controller = await people.open("kiem-soat-thu", DESK)
        await controller.go(f"{url}/demo/kiemsoat.kinhbac?key={KEY}")
        await money.confirm_factor(controller)
        await controller.go(f"{url}/cash/#/shifts")
        await controller.sees("Đề nghị thu lại: Máy rơi xuống nước")
        await look(controller, "duyet-thu-danh-sach", faults)
        await controller.press("Duyệt thu lại")
        await controller.sees("Không máy nào giữ danh sách")

        await courier.press("Kiểm tra lại")
        for person in people.list:
            assert person.complaints == [], person.name
    assert faults == []
    row = await admin_conn.fetchrow(
        "SELECT l.released_by = p.asked_by, l.approved_by = p.decided_by, p.outcome "
        "FROM sync.lease l JOIN sync.lease_proposal p ON p.lease_id = l.id"
    )
    assert tuple(row) == (True, True, "released")
