"""A shortage paid back and written off, a day opened again, in Chromium: one asks, one allows."""

from pathlib import Path

import asyncpg
import pytest

from backend import cash
from backend.house import House
from backend.kit.clock import now
from backend.kit.ids import new_id
from backend.ops.demo_town import Crew
from tests.backend.cash.carrying import fetch
from tests.journeys import money
from tests.journeys.browsing import DESK, find_chromium, open_people
from tests.journeys.desks import KEY, found_offices, look
from tests.serving import LiveServer
from tests.simulation import checks

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
FLOAT = {"500000": 4}
BROUGHT: cash.Notes = {500_000: 3}


async def count(house: House, crew: Crew) -> None:
    """Let the courier take the float, and come home with a note too few."""
    office_id, courier_id, at = crew.office.id, crew.couriers[0].id, now()
    async with house.db.transaction(actor="house", offices="*") as conn:
        handover = await conn.fetchval(
            "SELECT id FROM cash.handover WHERE taker_id = $1", courier_id
        )
        await cash.accept(
            conn, office_id, handover, by=courier_id, notes={500_000: 4}, occurred_at=at, now=at
        )
        await cash.count_by_courier(
            conn, office_id=office_id, courier_id=courier_id, notes=BROUGHT,
            amount_vnd=cash.total_of(BROUGHT), occurred_at=at, now=at, count_id=new_id(),
        )  # fmt: skip


async def test_a_shortage_ends_by_notes_and_by_two_people(
    house: House, live_server: LiveServer, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that part is paid back at the desk, the rest written off, and the books agree."""
    crew = await found_offices(house)
    mine, url = crew.couriers[0], live_server.url
    faults: list[str] = []
    async with open_people(tmp_path) as people:
        cashier = await people.open("thu-quy-no", DESK)
        await cashier.go(f"{url}/demo/thuquy.kinhbac?key={KEY}")
        controller = await people.open("kiem-soat-no", DESK)
        await controller.go(f"{url}/demo/kiemsoat.kinhbac?key={KEY}")
        await money.confirm_factor(controller)
        api = "/api/cash/v1"
        async with house.db.transaction(actor="house", offices="*") as conn:
            await fetch(
                conn, crew.office.id, {500_000: 10}, by=crew.cashier.id, slip="BN-9", now=now()
            )
        body = {"courier_id": str(mine.id), "notes": FLOAT}
        shift = (await money.ask(cashier, "POST", f"{api}/floats", body))["shift_id"]
        await count(house, crew)
        said = {"notes": {"500000": 3}}
        await money.ask(cashier, "POST", f"{api}/shifts/{shift}/count", said)
        await money.ask(controller, "POST", f"{api}/shifts/{shift}/settle", {"reason": "thiếu"})

        await cashier.go(f"{url}/cash/#/shifts")
        await cashier.sees("Thiếu 500.000 đ")
        await look(cashier, "thieu-quy", faults)
        await cashier.press("Nộp lại", exact=True)
        await cashier.page.get_by_label("100.000 đ", exact=True).fill("2")
        await cashier.shoot("nop-lai")
        await cashier.press("Nhận 200.000 đ")
        await cashier.sees("Thiếu 300.000 đ")
        await cashier.press("Đề nghị xoá nợ")
        await cashier.press("Gửi duyệt")
        await cashier.sees("Hãy nhập số tiền bằng đồng.")
        await cashier.page.get_by_label("Số tiền").fill("400000")
        await cashier.page.get_by_label("Lý do").fill("Tiền rơi khi ngã xe, có biên bản")
        await cashier.press("Gửi duyệt")
        await cashier.sees("Nhiều nhất 300.000 đ.")
        await cashier.page.get_by_label("Số tiền").fill("300000")
        await cashier.shoot("xoa-no")
        await cashier.press("Gửi duyệt")

        await controller.go(f"{url}/cash/#/approvals")
        await controller.sees("Xoá nợ thiếu quỹ")
        await look(controller, "duyet-xoa-no", faults)
        await controller.press("Duyệt", exact=True)
        await controller.press("Đúng, duyệt")
        heading = controller.page.get_by_role("heading", name="Xoá nợ thiếu quỹ", exact=True)
        await heading.wait_for(state="detached")
        await cashier.sees("Khoản thiếu bưu cục đã chịu")
        for person in people.list:
            assert person.complaints == [], person.name
    assert faults == []
    assert await checks.find_violations(admin_conn) == {}
    rows = await admin_conn.fetch(
        "SELECT code, amount_vnd FROM ledger.transfer "
        "WHERE code IN ('debt.repaid', 'write_off.write_off') ORDER BY code"
    )
    assert [tuple(row) for row in rows] == [
        ("debt.repaid", 200_000),
        ("write_off.write_off", 300_000),
    ]
