"""A day of cash in real browsers: a float over the limit, a shortage, a day closed by two."""

import random
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from backend import doorstep, identity, ledger
from backend.doorstep import NewErrand
from backend.house import House
from backend.identity import Staff
from backend.kit.clock import now, service_day
from backend.kit.ids import new_id
from backend.ledger import Account
from backend.ops import demo_town
from backend.ops.demo_town import Crew
from backend.sync import Caller, exchange
from backend.sync.batch import decode_request
from tests.journeys import desks
from tests.journeys.accessibility import Keyboard
from tests.journeys.browsing import Person, find_chromium, open_people
from tests.journeys.desks import KEY, WIDE
from tests.serving import LiveServer
from tests.simulation import checks
from tests.simulation.phone import Clock, Phone

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
LACKING = {500_000: 419, 200_000: 2, 50_000: 1}  # 209,950,000: 50,000 less than the float
DRAWER = {500_000: 799, 200_000: 2, 50_000: 1}  # 399,950,000


@dataclass
class CourierPhone:
    """A courier's phone, which speaks to the exchange."""

    house: House
    caller: Caller
    phone: Phone

    async def report(self, kind: str, notes: dict[int, int], **fields: Any) -> None:
        """Record a fact about cash, send it, and see it applied."""
        counted = {str(value): num for value, num in notes.items()}
        amount = sum(value * num for value, num in notes.items())
        self.phone.record(kind, {"notes": counted, "amount_vnd": amount, **fields})
        caller = msgspec.structs.replace(self.caller, now=now())
        body = self.phone.make_request()
        offices = [caller.office_id]
        async with self.house.db.transaction(actor="courier", offices=offices) as conn:
            reply = await exchange(conn, decode_request(body), caller)
        told = msgspec.json.decode(msgspec.json.encode(reply))
        self.phone.take_reply(told, self.phone.request)
        assert [one["outcome"] for one in told["decisions"]] == ["applied"], told["decisions"]


async def found_town(house: House) -> Crew:
    """Found the demo's offices and people; return the first office's."""
    crew = await desks.found_offices(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await doorstep.save(conn, [make_errand(crew, ahead) for ahead in range(1, 9)])
    return crew


def make_errand(crew: Crew, ahead: int) -> NewErrand:
    """Return a pension, or a bill, that is due some days ahead."""
    is_bill = ahead % 3 == 0
    return NewErrand(
        office_id=crew.office.id,
        id=new_id(),
        kind="charge.collect" if is_bill else "payout.pay",
        citizen_id=new_id(),
        delivery_point_id=new_id(),
        wanted_on=service_day(now()) + timedelta(days=ahead),
        service_duration_s=240,
        cash_in_vnd=480_000 * ahead if is_bill else 0,
        cash_out_vnd=0 if is_bill else 31_500_000 // ahead,
        is_demo=True,
    )


async def make_phone(house: House, crew: Crew, courier: Staff) -> CourierPhone:
    """Enrol a courier's phone."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        code = await identity.make_code(conn, crew.actor(crew.dispatcher), courier.id, now=now())
        await identity.enrol(conn, code.code, device_label="Máy mẫu", now=now(), request_id=None)
        devices = await identity.list_devices(conn)
    device = next(one for one in devices if one.staff_id == courier.id)
    caller = Caller(
        office_id=crew.office.id,
        device_id=device.id,
        staff_id=courier.id,
        now=now(),
        sealer=house.sealer,
    )
    return CourierPhone(house, caller, Phone(Clock(now), random.Random(11)))


async def look(person: Person, name: str, faults: list[str]) -> None:
    """Look at a screen, wide and narrow."""
    await desks.look(person, f"quy-{name}", faults)


async def key_in(person: Person, notes: dict[int, int]) -> None:
    """Key notes in by their denomination."""
    for value, num in notes.items():
        name = f"{value:,}".replace(",", ".") + " đ"
        await person.page.get_by_label(name, exact=True).fill(str(num))


async def count(person: Person, notes: dict[int, int]) -> None:
    """Hand a blind count in."""
    await key_in(person, notes)
    await person.press("Chốt số đếm")
    await person.press("Đúng, chốt")


async def fill_drawer(cashier: Person, url: str, faults: list[str]) -> None:
    """Fetch 400 million from the bank."""
    await cashier.go(f"{url}/demo/thuquy.kinhbac?key={KEY}")
    await cashier.page.wait_for_url("**/cash/**")
    await cashier.sees("Quỹ trong ngày")
    await cashier.press("Ngân hàng, két")
    await key_in(cashier, {500_000: 800})
    await cashier.sees("Bốn trăm triệu đồng")
    await look(cashier, "ngan-hang", faults)
    await cashier.press("Xuất phát")
    await cashier.sees("Hãy nhập số chứng từ.")
    await cashier.page.get_by_label("Số chứng từ ngân hàng").fill("VCB-0077")
    await cashier.press("Xuất phát")
    await cashier.sees("Đã ghi 400.000.000 đ trên đường.")
    await cashier.sees("Người khác phải xác nhận")
    await look(cashier, "tren-duong", faults)


async def take_in(cashier: Person, controller: Person, url: str, faults: list[str]) -> None:
    """Let the controller set a second factor up and count what came from the bank."""
    await controller.go(f"{url}/demo/kiemsoat.kinhbac?key={KEY}")
    await controller.page.wait_for_url("**/cash/**")
    await controller.press("Ngân hàng, két")
    await controller.press("Xác nhận đã đến")
    await key_in(controller, {500_000: 799})
    await controller.sees("Còn thiếu 500.000 đ")
    await look(controller, "tien-den", faults)
    await key_in(controller, {500_000: 800})
    await controller.page.get_by_role("dialog").get_by_role("button", name="Xác nhận").click()
    await give_factor(controller, faults)
    await controller.sees("Đã xác nhận.")
    await cashier.sees("đến 400.000.000 đ")


async def issue_over_limit(
    cashier: Person, controller: Person, crew: Crew, faults: list[str]
) -> None:
    """Offer 210 million of a limit of 200; the controller approves."""
    await cashier.press("Tiếp quỹ")
    page = cashier.page
    await page.get_by_label("Bưu tá", exact=True).select_option(str(crew.couriers[0].id))
    await cashier.press("Đề xuất theo chuyến")
    await cashier.sees("không có khoản chi, thu nào")
    await key_in(cashier, {500_000: 420})
    await cashier.sees("Vượt hạn mức 10.000.000 đ")
    await look(cashier, "tiep-quy", faults)
    await cashier.press("Lập phiếu, chờ duyệt")
    await cashier.sees("chờ kiểm soát viên duyệt.")
    assert await page.get_by_role("button", name="Duyệt", exact=True).count() == 0
    await controller.press("Quỹ", exact=True)
    await controller.sees("Chờ kiểm soát viên duyệt")
    await look(controller, "cho-duyet", faults)
    await controller.press("Duyệt", exact=True)
    await controller.sees("Đã duyệt. Bưu tá nhận được trên máy.")


async def give_factor(controller: Person, faults: list[str]) -> None:
    """Set the second factor up, a wrong code first."""
    await controller.sees("Cài xác thực hai bước")
    hint = controller.page.get_by_text(re.compile(r"mã lúc này là \d{6}"))
    await hint.wait_for()
    await look(controller, "xac-thuc", faults)
    field = controller.page.get_by_label("Mã 6 số")
    await field.fill("000000")
    await field.press("Enter")
    await controller.page.get_by_role("alert").first.wait_for()
    code = re.search(r"\d{6}", await hint.inner_text())
    assert code is not None
    await field.fill(code[0])
    await field.press("Enter")


async def look_at_desk(cashier: Person, name: str, faults: list[str]) -> None:
    """See the courier's cash on the desk, and its lines behind it."""
    await cashier.press("Quỹ", exact=True)
    await cashier.sees("105% của 200.000.000 đ")
    await look(cashier, "trong-ngay", faults)
    await cashier.press(re.compile(f"Mở sổ của {re.escape(name)}"))
    await cashier.sees("Tiếp quỹ vượt hạn mức, đã duyệt")
    await look(cashier, "so-buu-ta", faults)
    await cashier.page.keyboard.press("Escape")
    await cashier.press("Tiếp quỹ")
    await cashier.press("Phiếu", exact=True)
    await cashier.sees("Liên 2: bên nhận giữ")
    await cashier.page.emulate_media(media="print")
    await cashier.shoot("phieu-in")
    await cashier.page.emulate_media(media="screen")
    await look(cashier, "phieu", faults)
    await cashier.page.keyboard.press("Escape")


async def bring_home(
    cashier: Person, controller: Person, phone: CourierPhone, url: str, faults: list[str]
) -> None:
    """Count blind with 50,000 đ missing; the controller records it; the shift closes."""
    await phone.report("cash.counted", LACKING, shift=None)
    await cashier.press("Nộp quỹ")
    await cashier.page.locator(".screen nav a").first.click()
    await cashier.sees("Bưu tá: đã đếm")
    text = await cashier.page.inner_text("body")
    assert "209.950.000" not in text, "a blind count shows nothing of the other side"
    assert "210.000.000" not in text, "nor what the books say"
    await look(cashier, "dem-kin", faults)
    await count(cashier, {500_000: 419})
    await cashier.sees("Hai bên đếm khác nhau. Cùng đếm lại.")
    await look(cashier, "dem-khac", faults)
    await cashier.press("Đếm lại")
    assert "209.950.000" not in await cashier.page.inner_text("main")
    await count(cashier, LACKING)
    await cashier.sees("Thiếu so với sổ: −50.000 đ")
    await cashier.sees("Chờ kiểm soát viên ghi nhận chênh lệch")
    await controller.go(cashier.page.url)
    await controller.sees("Thiếu so với sổ: −50.000 đ")
    await controller.press("Ghi nhận chênh lệch")
    await controller.sees("Hãy ghi lý do, ít nhất 3 ký tự.")
    await controller.page.get_by_label("Lý do chênh lệch").fill("Trả thừa một tờ 50.000 đ")
    await look(controller, "chenh-lech", faults)
    await controller.press("Ghi nhận chênh lệch")
    await controller.sees("Đã ghi nhận chênh lệch.")
    await cashier.press("Đóng ca")
    await cashier.sees("Ca này đã đóng.")


async def close_the_day(cashier: Person, controller: Person, faults: list[str]) -> None:
    """Count the drawer by two, and close the day."""
    for person in (cashier, controller):
        await person.press("Khoá sổ", exact=True)
    keys = Keyboard(cashier.page)
    for value, num in DRAWER.items():
        await keys.write(f"{value:,}".replace(",", ".") + " đ", str(num))
    await keys.press("Chốt số đếm")
    await cashier.sees("Chốt 399.950.000 đ?")
    await cashier.page.keyboard.press("Enter")
    await cashier.sees("Chờ người thứ hai đếm.")
    await look(cashier, "kiem-quy", faults)
    await count(controller, DRAWER)
    await controller.sees("Khớp: hai bên đếm bằng nhau và đúng sổ.")
    await look(controller, "khop", faults)
    await controller.press("Khoá sổ ngày")
    await controller.sees("Cần đủ chữ ký của hai người.")
    await desks.sign_day(controller)
    await look(controller, "da-ky", faults)
    await controller.press("Khoá sổ ngày")
    await controller.sees("Đã khoá sổ ngày.")
    await controller.page.get_by_role("img", name="Đã ký trên màn hình").nth(1).wait_for()
    await look(controller, "da-khoa", faults)
    await controller.page.emulate_media(media="print")
    await controller.shoot("to-quy-in")
    await controller.page.emulate_media(media="screen")
    address = await controller.page.get_by_role("link", name="PDF").get_attribute("href")
    kind = await controller.page.evaluate(
        "async (path) => (await fetch(path)).headers.get('content-type')", address
    )
    assert kind == "application/pdf"
    await cashier.press("Quỹ", exact=True)
    await cashier.sees("Trả thừa một tờ 50.000 đ")
    await look(cashier, "cuoi-ngay", faults)


async def come_again(controller: Person, url: str, faults: list[str]) -> None:
    """Sign out, and in again by password and code."""
    page = controller.page
    await controller.press(re.compile("^Tài khoản"))
    await controller.press("Đăng xuất")
    await controller.sees("Dành cho thủ quỹ và kiểm soát viên của bưu cục.")
    await look(controller, "dang-nhap", faults)
    await page.get_by_label("Tên đăng nhập").fill("kiemsoat.kinhbac")
    password = demo_town.make_password(KEY, "kiemsoat.kinhbac")
    await page.get_by_label("Mật khẩu").fill(password)
    await controller.press("Đăng nhập", exact=True)
    await controller.sees("Xác thực hai bước")
    hint = page.get_by_text(re.compile(r"mã lúc này là \d{6}"))
    await hint.wait_for()
    await look(controller, "buoc-hai", faults)
    code = re.search(r"\d{6}", await hint.inner_text())
    assert code is not None
    await page.get_by_label("Mã 6 số").fill(code[0])
    await controller.press("Xác nhận", exact=True)
    await page.get_by_role("heading", name="Kiểm quỹ và khoá sổ").wait_for()


async def see_a_broken_night(cashier: Person, admin: asyncpg.Connection, faults: list[str]) -> None:
    """Find on top of every screen what last night's reconciliation found wrong (L12)."""
    await admin.execute(
        """INSERT INTO ledger.night (day, begun_at, ended_at, num_rules, broken)
        VALUES (current_date, now(), now(), 80,
            '{"cash.handovers_follow_the_book: 2","ledger.balances_are_sums: 1"}')"""
    )
    for screen in ("Khoá sổ", "Quỹ"):
        await cashier.press(screen, exact=True)
    await cashier.sees("2 quy tắc không khớp")
    await look(cashier, "doi-soat-dem", faults)
    await admin.execute("DELETE FROM ledger.night")
    await cashier.press("Khoá sổ", exact=True)
    await cashier.page.get_by_text("quy tắc không khớp").wait_for(state="detached")
    await cashier.press("Quỹ", exact=True)


async def read_in_english(cashier: Person, faults: list[str]) -> None:
    """Choose English, and see the same day in it."""
    await desks.turn_to_english(cashier)
    await cashier.sees("Who holds how much")
    await look(cashier, "english", faults)
    await cashier.press("Floats")
    await cashier.sees("Float issued")
    await cashier.press("Closing")
    await cashier.sees("Right: both counts are the same and as the books say.")
    await look(cashier, "english-closing", faults)


async def test_a_day_of_cash(
    house: House, live_server: LiveServer, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that a float, a shortage and a close go through the screens, and the books agree."""
    crew = await found_town(house)
    courier = crew.couriers[0]
    phone = await make_phone(house, crew, courier)
    url, faults = live_server.url, list[str]()
    async with open_people(tmp_path) as people:
        cashier = await people.open("thu-quy", WIDE)
        controller = await people.open("kiem-soat", WIDE)
        await fill_drawer(cashier, url, faults)
        await take_in(cashier, controller, url, faults)
        await issue_over_limit(cashier, controller, crew, faults)
        handover = await admin_conn.fetchval("SELECT id FROM cash.handover WHERE state = 'pending'")
        await phone.report("cash.accepted", {500_000: 420}, handover=str(handover))
        await look_at_desk(cashier, courier.display_name, faults)
        await bring_home(cashier, controller, phone, url, faults)
        await close_the_day(cashier, controller, faults)
        await come_again(controller, url, faults)
        await see_a_broken_night(cashier, admin_conn, faults)
        await read_in_english(cashier, faults)
        assert cashier.complaints == []
        assert controller.complaints == []
    async with house.db.transaction(actor="house", offices="*") as conn:
        drawer = await ledger.find_balance(conn, Account(crew.office.id, "drawer"))
        owed = await ledger.find_balance(conn, Account(crew.office.id, "shortage", courier.id))
    assert (drawer.amount_vnd, drawer.free_vnd) == (399_950_000, 399_950_000)
    assert owed.amount_vnd == 50_000
    assert await admin_conn.fetchval("SELECT state FROM cash.drawer_day") == "closed"
    assert await checks.find_violations(admin_conn) == {}
    assert not faults, "\n".join(faults)
