"""A courier's money in Chromium: a float, pensions with no signal, a count, a difference."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from playwright.async_api import Route

from backend.house import House
from backend.kit.clock import now, service_day
from backend.ops import demo_town
from backend.ops.demo_town import Crew
from tests.backend.cash.carrying import fetch
from tests.journeys import courier as acts
from tests.journeys import desks, money
from tests.journeys.accessibility import find_faults, wait_for_screen
from tests.journeys.browsing import DESK, PHONE, Person, find_chromium, open_people
from tests.journeys.test_cash_in_browser import count as desk_count
from tests.journeys.test_cash_in_browser import give_factor, key_in
from tests.serving import LiveServer
from tests.simulation import checks

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
KEY = "synthetic-demo-key"
CASH = "/api/cash/v1"
FLOAT = {"500000": 16, "100000": 10, "50000": 5}  # 9,250,000
BROUGHT = {"500000": 2, "100000": 5, "50000": 5}  # 1,750,000; 1,800,000 is what should be there
DRAWER = {500_000: 26, 100_000: 25, 50_000: 20}  # 16,500,000
CAME = {50_000: 2}
MOVED = DRAWER | {50_000: 22}
READ_DAY = re.compile(r"/api/cash/v1/days\?")
SETTLE_WAIT_S = 60


async def found_town(house: House) -> demo_town.Crew:
    """Found the demo's offices and people; return those of the first office."""
    at = now()
    async with house.db.transaction(actor="house", offices="*") as conn:
        await demo_town.found(conn, KEY, day=service_day(at), now=at, seed=7)
        return (await demo_town.find_crews(conn))[0]


async def wait_for_acts(admin: asyncpg.Connection, num: int) -> list[str]:
    """Wait until the office decided `num` facts; return kind and outcome of each, in order."""
    rows: list[asyncpg.Record] = []
    for _ in range(SETTLE_WAIT_S * 5):
        rows = await admin.fetch(
            """SELECT o.kind || ' ' || d.outcome || coalesce(' ' || d.reason, '')
            FROM sync.op_log AS o JOIN sync.op_decision AS d ON d.op_id = o.op_id AND d.n = 1
            WHERE o.kind NOT IN ('round.opened', 'stop.arrived', 'position.logged')
            ORDER BY o.received_at, o.seq"""
        )
        if len(rows) >= num:
            break
        await asyncio.sleep(0.2)
    return [row[0] for row in rows]


async def look(courier: Person, name: str) -> None:
    """Keep a picture of the screen; the first time, note what axe-core has against it too."""
    await wait_for_screen(courier.page)
    await courier.shoot(name)
    if name not in courier.seen:
        courier.seen.add(name)
        courier.complaints += [f"{name}: {fault}" for fault in await find_faults(courier.page)]


async def count(courier: Person, notes: dict[str, int], name: str = "dem-tien") -> None:
    """Key the number of notes of each denomination on the screen, and go on."""
    for value, num in notes.items():
        label = f"{int(value):,} đ: số tờ".replace(",", ".")
        await courier.page.get_by_label(label, exact=True).fill(str(num))
    await look(courier, name)
    await courier.press("Tiếp tục")
    await look(courier, "xac-nhan-dem")


async def open_stop(courier: Person, url: str, name: str) -> None:
    """Open the stop of a person from the list of the day, and say that one is there."""
    await courier.go(f"{url}/courier/#/")
    await courier.page.locator('a[href^="#/stop/"]', has_text=name).last.click()
    await courier.page.get_by_text("Việc tại điểm này").wait_for()
    await courier.press("Đã đến nơi")
    await courier.page.get_by_role("button", name="Đã đến nơi").wait_for(state="detached")


async def pay(courier: Person, url: str, pension: money.Pension, *, is_first: bool = False) -> None:
    """Pay a pension at its door, to its proxy where it has one."""
    page = courier.page
    await open_stop(courier, url, pension.name)
    await look(courier, "diem-chi-tra")
    await courier.press("Chi trả", exact=True)
    await courier.sees("Được chi")
    await look(courier, "khoan-chi")
    await courier.press("Tiếp tục")
    if pension.has_proxy:
        await acts.choose(courier, "Người được uỷ quyền")
        await page.get_by_label("Quan hệ với công dân").fill("con gái")
        await page.get_by_label("4 ký tự cuối").fill("0000")
        await courier.sees("4 ký tự cuối không khớp với danh sách")
        await courier.press("Tiếp tục")
        await courier.sees("số giấy ủy quyền")
        await page.get_by_label("Số giấy ủy quyền").fill("CT-77/2026")
        await look(courier, "nhan-thay")
    number = money.PROXY[1] if pension.has_proxy else pension.number
    await page.get_by_label("4 ký tự cuối").fill(number[-4:])
    await page.get_by_text("4 ký tự cuối không khớp").wait_for(state="detached")
    await look(courier, "giay-to")
    await courier.press("Tiếp tục")
    if is_first:
        await page.get_by_label("Số tiền đã đếm và giao").fill("210000")
        await courier.press("Tiếp tục")
        await courier.sees("không chi thiếu")
        await look(courier, "sai-so-tien")
    await page.get_by_label("Số tiền đã đếm và giao").fill(str(pension.amount_vnd))
    await look(courier, "so-tien")
    await courier.press("Tiếp tục")
    await acts.sign(courier)
    await look(courier, "ky-nhan")
    await courier.press("Tiếp tục")
    await look(courier, "xac-nhan-chi")
    await courier.press(f"Đã giao {pension.amount_vnd:,} đ".replace(",", "."))
    await page.get_by_role("heading", name="Biên nhận").wait_for()
    assert await page.get_by_role("button", name="Hoàn tác").count() == 0, "money has no undo"
    await look(courier, "bien-nhan-chi")


async def refuse(courier: Person, url: str, pension: money.Pension) -> None:
    """Record that somebody would not take the money."""
    await open_stop(courier, url, pension.name)
    await courier.press("Không thực hiện được")
    await acts.choose(courier, "Từ chối")
    await courier.page.get_by_label("Ghi chú").fill("Không nhận tại nhà, không ký")
    await look(courier, "tu-choi")
    await courier.press("Ghi nhận", exact=True)
    await courier.page.get_by_role("heading", name="Biên nhận").wait_for()


async def fill_drawer(house: House, crew: Crew, *, days_ago: int = 0) -> None:
    """Let cash come from the bank."""
    at = now() - timedelta(days=days_ago)
    notes = {500_000: 40, 100_000: 30, 50_000: 20}
    async with house.db.transaction(actor="house", offices="*") as conn:
        await fetch(conn, crew.office.id, notes, by=crew.cashier.id, slip="BN-77", now=at)


async def issue_float(cashier: Person, courier_id: Any) -> None:
    """Offer a float at the cashier's screen."""
    await cashier.press("Tiếp quỹ")
    await cashier.page.get_by_label("Bưu tá", exact=True).select_option(str(courier_id))
    await key_in(cashier, {int(value): num for value, num in FLOAT.items()})
    await cashier.sees("Chín triệu hai trăm năm mươi nghìn đồng")
    await look(cashier, "tiep-quy-cho-chuyen")
    await cashier.press("Giao tiền")
    await cashier.sees("Tiền chuyển khi bưu tá đếm đủ trên máy")


async def test_a_day_of_money_with_no_signal(
    house: House, live_server: LiveServer, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that float, pensions paid offline, counts and a shortage close to the đồng."""
    crew = await found_town(house)
    mine, url = crew.couriers[0], live_server.url
    await fill_drawer(house, crew, days_ago=1)
    payouts = await money.bring_list(house, crew, money.PENSIONS)
    await money.publish_round(house, crew, mine.id, [(one, "payout.pay") for one in payouts])
    async with open_people(tmp_path) as people:
        cashier = await people.open("thu-quy", DESK)
        await cashier.go(f"{url}/demo/thuquy.kinhbac?key={KEY}")
        controller = await people.open("kiem-soat", DESK)
        await controller.go(f"{url}/demo/kiemsoat.kinhbac?key={KEY}")
        await issue_float(cashier, mine.id)
        courier = await people.open("tien", PHONE)
        await courier.go(f"{url}/demo/{mine.username}?key={KEY}")
        await acts.enter_pin(courier)
        await take_float(courier, url)
        assert await wait_for_acts(admin_conn, 1) == ["cash.accepted applied"]
        await get_ready(courier, url)

        assert courier.context is not None
        await courier.context.set_offline(True)
        for at, pension in enumerate(money.PENSIONS[:3]):
            await pay(courier, url, pension, is_first=at == 0)
        await refuse(courier, url, money.PENSIONS[3])
        await courier.go(f"{url}/courier/#/cash")
        await courier.sees("Chưa tính vào số dư")
        await courier.sees("Trên tay, tính cả việc trên máy: 1.800.000 đ")
        await look(courier, "tien-mat-mat-song")
        await courier.context.set_offline(False)

        paid = ["payout.paid applied"] * 3 + ["visit.failed applied"]
        assert (await wait_for_acts(admin_conn, 5))[1:] == paid
        await come_home(courier, url)
        released = (await wait_for_acts(admin_conn, 8))[5:]
        assert sorted(released) == [
            "cash.counted applied", "lease.released applied", "round.closed applied",
        ]  # fmt: skip
        await settle(cashier, controller)
        await close_the_day(house, crew, (cashier, controller), url)
        await settle_the_list(controller, url)
        await courier.go(f"{url}/courier/#/cash")
        await courier.sees("Thiếu quỹ")
        await look(courier, "sau-nop-quy")
        for person in people.list:
            assert person.complaints == [], person.name
    await check_books(admin_conn, mine.id)


async def take_float(courier: Person, url: str) -> None:
    """Count the float that waits, without being told how much it should be."""
    page = courier.page
    await courier.sees("Có tiền chờ bạn đếm")
    await look(courier, "tien-cho-nhan")
    await courier.go(f"{url}/courier/#/cash")
    await courier.press("Đếm và nhận")
    await page.get_by_role("heading", name="Đếm từng mệnh giá").wait_for()
    assert "9.250.000" not in await page.inner_text("body"), "a count is blind"
    await count(courier, FLOAT)
    await courier.press("Nhận 9.250.000 đ")
    await courier.sees("Ca giữ tiền mở từ")
    await courier.sees("Nhận tiền tiếp quỹ")
    await look(courier, "tien-mat")


async def get_ready(courier: Person, url: str) -> None:
    """See that lists, float and shift are on the phone, and set out."""
    await courier.go(f"{url}/courier/#/ready")
    await courier.sees("Máy này giữ danh sách của 4 khoản chi.")
    await courier.sees("Ca giữ tiền đã mở.")
    await look(courier, "san-sang-tien")
    await courier.go(f"{url}/courier/#/")
    await courier.press("Bắt đầu chuyến")
    await courier.sees("9.250.000 đ")
    await look(courier, "chuyen-co-tien")
    await courier.press("Ẩn số tiền mặt")
    await courier.page.get_by_text("9.250.000 đ").wait_for(state="detached")


async def come_home(courier: Person, url: str) -> None:
    """Close the round, give the lists back, and count what is left: 50,000 too little."""
    await courier.go(f"{url}/courier/#/close")
    await courier.press("Đóng chuyến", exact=True)
    await courier.sees("Chuyến đã đóng")
    await look(courier, "dong-chuyen")
    await courier.press("Đếm tiền cuối ca")
    await count(courier, BROUGHT, "dem-con-lai")
    await courier.press("Còn giữ 1.750.000 đ")
    await courier.sees("Đã đếm, chờ thủ quỹ")
    await look(courier, "dem-cuoi-ca")


async def settle(cashier: Person, controller: Person) -> None:
    """Count the same at the desk, own the difference by a second person, and close the shift."""
    faults: list[str] = []
    await cashier.press("Nộp quỹ")
    await cashier.page.locator(".screen nav a").first.click()
    await cashier.sees("Bưu tá: đã đếm")
    assert "1.750.000" not in await cashier.page.inner_text("main"), "a count is blind"
    await desk_count(cashier, {int(value): num for value, num in BROUGHT.items()})
    await cashier.sees("Thiếu so với sổ: −50.000 đ")
    await look(cashier, "thieu-50000")
    await controller.go(cashier.page.url)
    await controller.page.get_by_label("Lý do chênh lệch").fill("Đếm thiếu một tờ 50.000 đ")
    await controller.press("Ghi nhận chênh lệch")
    await give_factor(controller, faults)
    await controller.sees("Đã ghi nhận chênh lệch.")
    await look(controller, "da-ghi-nhan-chenh-lech")
    await cashier.press("Đóng ca")
    await cashier.sees("Ca này đã đóng.")
    assert not faults, "\n".join(faults)


async def close_the_day(house: House, crew: Crew, desk: tuple[Person, Person], url: str) -> None:
    """Count the drawer by two, again after it moved, and close the day with yesterday along."""
    controller = desk[1]
    for person in desk:
        await person.go(f"{url}/cash/#/day")
        await desk_count(person, DRAWER)
    await controller.sees("Khớp: hai bên đếm bằng nhau và đúng sổ.")
    await desks.sign_day(controller)
    await close_too_late(house, crew, controller)
    for person in desk:
        await person.press("Đếm lại")
        await desk_count(person, MOVED)
    await controller.sees("Khớp: hai bên đếm bằng nhau và đúng sổ.")
    await desks.sign_day(controller)
    await controller.press("Khoá sổ ngày")
    yesterday = service_day(now()) - timedelta(days=1)
    first = f"sớm nhất là {yesterday:%d/%m/%Y}"
    await controller.sees(f"Còn 1 ngày chưa kiểm quỹ hoặc chưa khoá, {first}")
    await look(controller, "ngay-truoc-chua-khoa")
    await controller.press("Khoá cùng các ngày trước")
    await controller.sees("Đã khoá sổ ngày.")
    await look(controller, "da-khoa-so")


async def close_too_late(house: House, crew: Crew, controller: Person) -> None:
    """Let cash come while both counts stand and the screen does not know: it does not close."""
    known = asyncio.Event()

    async def wait(route: Route) -> None:
        await known.wait()
        await route.continue_()

    await controller.page.route(READ_DAY, wait)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await fetch(conn, crew.office.id, CAME, by=crew.cashier.id, slip="BN-78", now=now())
    close = controller.page.get_by_role("button", name="Khoá sổ ngày")
    await close.click()
    await controller.sees("Quỹ đã thay đổi sau khi đếm: hai bên hãy đếm lại.")
    known.set()
    await close.wait_for(state="detached")
    await controller.sees("Quỹ đã thay đổi sau khi đếm: hai bên hãy đếm lại.")
    assert not await controller.page.get_by_text("Khớp: hai bên đếm bằng nhau").count()
    await look(controller, "quy-da-thay-doi")
    await controller.page.unroute(READ_DAY)


async def settle_the_list(controller: Person, url: str) -> None:
    """End the list: three were paid, one refused, and what is left goes back to the agency."""
    await controller.go(f"{url}/cash/#/remit")
    await controller.press("Danh sách chi trả")
    await controller.sees("đã chi 7.450.000 đ · chưa chi 2.400.000 đ")
    await controller.press("Kết thúc danh sách")
    await acts.choose(controller, "Hoàn lại")
    await look(controller, "ket-thuc-danh-sach")
    dialog = controller.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Kết thúc", exact=False).last.click()
    await controller.sees("hoàn lại cơ quan 2.400.000 đ")


async def check_books(admin: asyncpg.Connection, courier_id: Any) -> None:
    """Every invariant holds; the courier owes 50,000 đ and has nothing."""
    assert await checks.find_violations(admin) == {}
    short = await admin.fetchval(
        "SELECT sum(amount_vnd) FROM cash.difference WHERE owner_id = $1", courier_id
    )
    assert short == -50_000
