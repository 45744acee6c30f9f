"""Payees of large sums in Chromium: a phone and a counter ask for what the law wants known."""

import re
from pathlib import Path

import asyncpg
import msgspec
import pytest

from backend.house import House
from tests.backend.money_orders.counter import PAYEE
from tests.journeys import courier as acts
from tests.journeys import money
from tests.journeys.browsing import DESK, PHONE, Person, find_chromium, open_people
from tests.journeys.test_money_in_browser import (
    KEY,
    fill_drawer,
    found_town,
    issue_float,
    look,
    open_stop,
    take_float,
    wait_for_acts,
)
from tests.journeys.test_transfer_in_browser import (
    Orders,
    make_orders,
    show_paper,
    type_pin,
    words_of,
)
from tests.serving import LiveServer
from tests.simulation import checks

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
BARE = msgspec.structs.replace(PAYEE, birth_on=None)


async def pay_at_door(courier: Person, url: str, orders: Orders) -> None:
    """Pay once the payee has said when they were born, and typed the PIN again."""
    page, order = courier.page, orders.paid
    await open_stop(courier, url, PAYEE.name)
    await courier.press("Trả tiền chuyển đến", exact=True)
    await courier.press("Tiếp tục")
    await show_paper(courier, PAYEE.id_number[-4:])
    assert await page.get_by_label("Ngày sinh người nhận").count() == 0
    await type_pin(courier, orders.pin)
    await courier.sees("luật yêu cầu đủ thông tin của người nhận")
    assert await page.get_by_label("Quốc tịch người nhận").count() == 0, "it is known already"
    await page.get_by_label("Ngày sinh người nhận").fill("1985-01-01")
    await look(courier, "thong-tin-khoan-lon")
    await type_pin(courier, orders.pin)
    await courier.sees("Đúng mã PIN, đúng giấy tờ")
    await courier.press("Tiếp tục")
    await page.get_by_label("Số tiền đã đếm và giao").fill(str(order.amount_vnd))
    await courier.press("Tiếp tục")
    await acts.sign(courier)
    await courier.press("Tiếp tục")
    await courier.press(f"Đã giao {words_of(order.amount_vnd)}")
    await page.get_by_role("heading", name="Biên nhận").wait_for()


async def pay_at_counter(cashier: Person, url: str, orders: Orders) -> None:
    """Pay the second order of the same day at the counter, which shows what is wanted at once."""
    page = cashier.page
    await cashier.go(f"{url}/cash/")
    await cashier.press("Quầy", exact=True)
    await cashier.press("Chuyển tiền", exact=True)
    await cashier.press("Trả tiền", exact=True)
    await page.get_by_label(re.compile("^Số phiếu")).fill(orders.paid.reference)
    await page.get_by_label(re.compile("^Mã PIN")).fill(orders.pin)
    await cashier.press("Kiểm tra phiếu")
    await cashier.sees("đến mức luật yêu cầu báo cáo")
    await page.get_by_label(re.compile("^Số trên giấy tờ")).fill(PAYEE.id_number)
    await cashier.press(re.compile("^Đã trao"))
    await cashier.sees("Luật yêu cầu ghi mục này.")
    await cashier.shoot("thieu-ngay-sinh")
    await page.get_by_label(re.compile("^Ngày sinh người nhận")).fill("1985-01-01")
    await cashier.press(re.compile("^Đã trao"))
    await cashier.sees(f"Đã trả {words_of(orders.paid.amount_vnd)}, phiếu {orders.paid.reference}")


async def test_payee_of_a_large_sum_says_who_they_are(
    house: House, live_server: LiveServer, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that door and counter ask a payee for what is missing before any note is given out."""
    crew = await found_town(house)
    mine, url = crew.couriers[0], live_server.url
    first, second = await make_orders(house, crew, BARE), await make_orders(house, crew, BARE)
    await admin_conn.execute(
        "UPDATE network.rule_setting SET value = $1 WHERE name = 'aml_cash_day_vnd'",
        first.paid.amount_vnd,
    )
    await money.publish_round(house, crew, mine.id, [(first.paid.id, "order.pay")])
    async with open_people(tmp_path) as people:
        cashier = await people.open("thu-quy", DESK)
        await cashier.go(f"{url}/demo/thuquy.kinhbac?key={KEY}")
        await fill_drawer(house, crew)
        await issue_float(cashier, mine.id)
        courier = await people.open("khoan-lon", PHONE)
        await courier.go(f"{url}/demo/{mine.username}?key={KEY}")
        await acts.enter_pin(courier)
        await take_float(courier, url)
        await courier.go(f"{url}/courier/#/")
        await courier.press("Bắt đầu chuyến")
        await courier.page.get_by_role("button", name="Bắt đầu chuyến").wait_for(state="detached")
        await pay_at_door(courier, url, first)
        assert (await wait_for_acts(admin_conn, 2))[1:] == ["order.paid applied"]
        await pay_at_counter(cashier, url, second)
        for person in people.list:
            assert person.complaints == [], person.name
    sealed = await admin_conn.fetch("SELECT payee_sealed FROM money_orders.settlement")
    assert [row[0] is not None for row in sealed] == [True, True]
    totals = await admin_conn.fetch("SELECT total_vnd FROM money_orders.flag ORDER BY total_vnd")
    assert [row[0] for row in totals] == [3_000_000, 6_000_000]
    raw = await admin_conn.fetchval("SELECT raw FROM sync.op_log WHERE kind = 'order.paid'")
    assert b"1985" not in raw, "a fact is kept for ever, and bears none of it"
    assert await checks.find_violations(admin_conn) == {}
