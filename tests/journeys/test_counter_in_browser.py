"""A cashier's counter in Chromium: a pension, a sitting, a charge, a money order and its PIN."""

import re
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from backend.house import House
from backend.kit.clock import now
from backend.ops.demo_town import Crew
from tests.backend.cash.carrying import fetch
from tests.backend.money_orders.counter import PAYEE, SENDER, other
from tests.journeys import desks, money
from tests.journeys.accessibility import Keyboard
from tests.journeys.browsing import Person, find_chromium, open_people
from tests.journeys.desks import KEY, WIDE, choose, sign
from tests.journeys.money import PENSIONS, PROXY, ask
from tests.serving import LiveServer
from tests.simulation import checks

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
PENSION, BY_PROXY = PENSIONS[0], PENSIONS[1]


async def found_town(house: House) -> Crew:
    """Found the demo's offices, a list of pensions and two charges; return the first office."""
    crew = await desks.found_offices(house)
    await money.bring_list(house, crew, PENSIONS)
    await money.owe(house, crew, crew.cashier.id)
    return crew


async def look(person: Person, name: str, faults: list[str]) -> None:
    """Look at a screen, wide and narrow."""
    await desks.look(person, f"quay-{name}", faults)


async def fill(person: Person, label: str | re.Pattern[str], text: str, nth: int = 0) -> None:
    """Write into a field."""
    await person.page.get_by_label(label).nth(nth).fill(text)


async def open_counter(cashier: Person, url: str, house: House, crew: Crew) -> None:
    """Sign in, fetch cash from the bank, and come to the counter."""
    await cashier.go(f"{url}/demo/thuquy.kinhbac?key={KEY}")
    await cashier.page.wait_for_url("**/cash/**")
    await cashier.sees("Quỹ trong ngày")
    async with house.db.transaction(actor="house", offices="*") as conn:
        await fetch(
            conn, crew.office.id, {500_000: 40}, by=crew.cashier.id, slip="VCB-0101", now=now()
        )
    await cashier.press("Quầy", exact=True)
    await cashier.sees("Tìm người nhận")
    await cashier.shoot("tim")


async def find_person(cashier: Person, number: str) -> None:
    """Look for what a person is owed."""
    await fill(cashier, re.compile("^Số định danh"), number)
    await cashier.press("Tìm", exact=True)


async def pay_a_pension(cashier: Person, faults: list[str]) -> None:
    """Pay one pension by keyboard alone, after a number that is not there and a wrong paper."""
    await find_person(cashier, "123")
    await cashier.sees("Số định danh có 12 chữ số")
    await find_person(cashier, "027099999999")
    await cashier.sees("Không có khoản nào của người này")
    await cashier.shoot("khong-co")
    await find_person(cashier, PENSION.number)
    await cashier.sees("Còn phải chi: 2.100.000 đ")
    await look(cashier, "con-phai-chi", faults)
    keys = Keyboard(cashier.page)
    await cashier.page.get_by_label(re.compile("^Số định danh")).focus()
    await keys.press(re.compile("^Chi trả$"))
    await cashier.sees("Hai triệu một trăm nghìn đồng")
    await keys.write(re.compile("^4 ký tự cuối"), "9999")
    await keys.sign("Chữ ký người nhận")
    await look(cashier, "chi-tra", faults)
    await keys.press(re.compile("^Đã trao"))
    await cashier.page.get_by_role("alert").first.wait_for()
    await cashier.shoot("sai-giay-to")
    await fill(cashier, re.compile("^4 ký tự cuối"), PENSION.number[-4:])
    await cashier.press(re.compile("^Đã trao"))
    await cashier.sees(f"Đã chi 2.100.000 đ cho {PENSION.name}.")
    await cashier.sees("Không còn khoản nào phải chi.")
    await look(cashier, "da-chi", faults)
    await ask_back(cashier, faults)


async def ask_back(cashier: Person, faults: list[str]) -> None:
    """Ask a controller to take a payment back; nothing moves until one approves."""
    await cashier.press("Đề nghị huỷ lần chi")
    await cashier.press("Gửi kiểm soát viên")
    await cashier.sees("Hãy ghi lý do")
    await fill(cashier, "Vì sao huỷ", "Trao nhầm người trùng tên")
    await look(cashier, "de-nghi-huy", faults)
    await cashier.press("Gửi kiểm soát viên")
    await cashier.sees("Đã gửi kiểm soát viên duyệt.")


async def hold_a_sitting(cashier: Person, crew: Crew, faults: list[str]) -> None:
    """Open a sitting, pay a proxy there, end it by signed minutes, and have them as PDF."""
    await cashier.press("Buổi chi trả", exact=True)
    await cashier.sees("Chưa có buổi chi trả nào")
    await cashier.press("Mở buổi chi trả", exact=True)
    await cashier.sees("Hãy ghi địa điểm.")
    await look(cashier, "mo-buoi", faults)
    await fill(cashier, re.compile("^Địa điểm"), "Nhà văn hoá khu Mẫu")
    await fill(cashier, "Người giám sát của cơ quan", "Ngô Thị Mẫu")
    await cashier.press("Mở buổi chi trả", exact=True)
    await cashier.sees("Đang mở")
    await cashier.press("Chi tại buổi này")
    await find_person(cashier, BY_PROXY.number)
    await cashier.press("Chi trả", exact=True, nth=1)
    await cashier.sees("Ba triệu năm trăm nghìn đồng")
    await choose(cashier, "Người nhận thay")
    await cashier.press(re.compile("^Đã trao"))
    await cashier.sees("Hãy ghi quan hệ, ví dụ: con.")
    await fill(cashier, re.compile("^Quan hệ"), "con")
    await fill(cashier, re.compile("^4 ký tự cuối"), PROXY[1][-4:])
    await sign(cashier, "Chữ ký người nhận")
    await cashier.shoot("nhan-thay")
    await cashier.press(re.compile("^Đã trao"))
    await cashier.sees(f"Đã chi 3.500.000 đ cho {BY_PROXY.name}.")
    await cashier.press("Buổi chi trả", exact=True)
    await cashier.press("Người đã nhận")
    await cashier.sees(BY_PROXY.name)
    await look(cashier, "ai-da-nhan", faults)
    await cashier.press("Kết thúc buổi")
    await sign(cashier, "Chữ ký bưu điện")
    await sign(cashier, "Chữ ký người giám sát")
    await look(cashier, "bien-ban", faults)
    await cashier.page.get_by_role("dialog").get_by_role("button", name="Kết thúc buổi").click()
    await cashier.sees("Đã chi 1 người, 3.500.000 đ")
    await cashier.shoot("het-buoi")
    assert await find_kind(cashier, "Biên bản (PDF)") == "application/pdf"


async def find_kind(person: Person, link: str) -> str:
    """Return what kind of file stands behind a link."""
    address = await person.page.get_by_role("link", name=link).get_attribute("href")
    kind: str = await person.page.evaluate(
        "async (path) => (await fetch(path)).headers.get('content-type')", address
    )
    return kind


async def collect_a_charge(cashier: Person, faults: list[str]) -> None:
    """Show one charge's VietQR, and collect another in cash with its receipt."""
    await cashier.press("Thu tiền", exact=True)
    await cashier.sees("Tiền nước")
    await look(cashier, "phai-thu", faults)
    await cashier.press(re.compile("^Thu tiền: .*312.000"))
    await see_whose_number(cashier)
    await cashier.press("Hiện VietQR")
    await cashier.sees("Chờ ngân hàng báo.")
    await look(cashier, "vietqr", faults)
    for _ in range(2):
        await cashier.page.keyboard.press("Escape")
    await fill(cashier, "Tên, mã hoá đơn hoặc số tham chiếu", "MAU-0")
    await cashier.press("Tìm", exact=True)
    await cashier.page.get_by_text("Tiền nước").wait_for(state="detached")
    await cashier.press(re.compile("^Thu tiền: .*8.000"))
    await cashier.sees("Tám nghìn đồng")
    await look(cashier, "thu-tien", faults)
    await cashier.press(re.compile("^Đã nhận"))
    await cashier.sees("Đã thu ngày")
    await cashier.shoot("da-thu")
    assert await find_kind(cashier, "Biên lai (PDF)") == "application/pdf"
    await cashier.page.keyboard.press("Escape")
    await cashier.sees("Không có khoản nào")


async def see_whose_number(cashier: Person) -> None:
    """Have a payer's own number shown whole; until then four of its digits are."""
    await cashier.sees(f"••••••••{money.PAYER[-4:]}")
    assert money.PAYER not in await cashier.page.inner_text("body")
    await Keyboard(cashier.page).press(re.compile("^Xem$"))
    await cashier.sees(re.compile(money.PAYER))
    await cashier.shoot("so-nguoi-nop")
    assert await cashier.page.get_by_role("button", name="Xem", exact=True).count() == 0


async def write_order(cashier: Person, amount: str) -> None:
    """Fill the form of an order in."""
    for nth, party in enumerate((SENDER, PAYEE)):
        await fill(cashier, re.compile("^Họ và tên"), party.name, nth)
        await fill(cashier, re.compile("^Số căn cước"), party.id_number, nth)
        await fill(cashier, "Điện thoại", party.phone, nth)
    await fill(cashier, re.compile("^Số tiền"), amount)
    await fill(cashier, re.compile("^Nội dung"), "Gửi cho gia đình")
    await cashier.press("Tính cước")


async def take_an_order(cashier: Person, faults: list[str]) -> tuple[str, str]:
    """Take an order; return its reference and the PIN, which is gone from the screen then."""
    page = cashier.page
    await cashier.press("Chuyển tiền", exact=True)
    await cashier.sees("Chưa có phiếu chuyển tiền nào")
    await cashier.press("Nhận gửi tiền")
    await cashier.press("Tính cước")
    await cashier.sees("Hãy ghi nội dung.")
    await look(cashier, "phieu-thieu", faults)
    await write_order(cashier, "2.000.000")
    await cashier.sees("Cộng phải thu")
    await cashier.shoot("cuoc")
    await cashier.press(re.compile("^Đã nhận"))
    await cashier.sees("Mã PIN chỉ hiện một lần")
    pin = (await page.locator("[data-pin]").inner_text()).replace(" ", "")
    reference = (await page.get_by_text(re.compile("^CT[0-9A-Z]{8}$")).inner_text()).strip()
    await look(cashier, "ma-pin", faults)
    await page.emulate_media(media="print")
    await cashier.shoot("phieu-in")
    await page.emulate_media(media="screen")
    await cashier.press("Đã đưa cho người gửi")
    await page.locator("[data-pin]").wait_for(state="detached")
    kept = await page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert pin not in kept
    assert pin not in page.url
    return reference, pin


async def pay_an_order(cashier: Person, reference: str, pin: str, faults: list[str]) -> None:
    """Pay it: a wrong PIN, a paper of somebody else, then the payee's own."""
    await cashier.press("Về danh sách")
    await cashier.sees(re.compile(reference))
    await cashier.shoot("danh-sach")
    await cashier.press("Trả tiền", exact=True)
    await present(cashier, reference, other(pin))
    await cashier.sees("Chưa trả đồng nào.")
    await look(cashier, "sai-pin", faults)
    assert await cashier.page.get_by_label(re.compile("^Mã PIN")).input_value() == ""
    await present(cashier, reference.lower(), pin)
    await cashier.sees("Đối chiếu giấy tờ với tên và 4 số cuối.")
    assert pin not in await cashier.page.inner_text("main")
    await fill(cashier, re.compile("^Số trên giấy tờ"), SENDER.id_number)
    await cashier.press(re.compile("^Đã trao"))
    await cashier.page.get_by_role("alert").first.wait_for()
    await look(cashier, "tra-tien", faults)
    await fill(cashier, re.compile("^Số trên giấy tờ"), PAYEE.id_number)
    await cashier.press(re.compile("^Đã trao"))
    await cashier.sees(f"Đã trả 2.000.000 đ, phiếu {reference}.")


async def present(cashier: Person, reference: str, pin: str) -> None:
    """Key in what the payee says."""
    await fill(cashier, re.compile("^Số phiếu"), reference)
    await fill(cashier, re.compile("^Mã PIN"), pin)
    await cashier.press("Kiểm tra phiếu")


async def lock_and_propose(cashier: Person, faults: list[str]) -> None:
    """Lock a second order by three wrong PINs, and ask for it to be unlocked."""
    orders = "/api/cash/v1/orders"
    page = cashier.page
    await cashier.press("Về danh sách")
    await cashier.press("Nhận gửi tiền")
    await write_order(cashier, "1.000.000")
    await cashier.press(re.compile("^Đã nhận"))
    await cashier.sees("Mã PIN chỉ hiện một lần")
    pin = (await page.locator("[data-pin]").inner_text()).replace(" ", "")
    await cashier.press("Đã đưa cho người gửi")
    await cashier.press("Về danh sách")
    made: Any = await ask(cashier, "GET", f"{orders}?order_state=taken")
    reference = made["items"][0]["reference"]
    await cashier.press("Trả tiền", exact=True)
    for told in ("Chưa trả đồng nào.", "Chưa trả đồng nào.", "Phiếu đã bị khoá."):
        await present(cashier, reference, other(pin))
        await cashier.sees(told)
        await page.wait_for_timeout(200)
    await cashier.shoot("bi-khoa")
    await cashier.press("Về danh sách")
    await cashier.press(f"Mở phiếu {reference}")
    await cashier.press("Đề nghị mở khoá")
    await fill(cashier, "Lý do mở khoá", "Người nhận nhớ nhầm")
    await look(cashier, "de-nghi", faults)
    await cashier.press("Đề nghị mở khoá")
    await cashier.sees("Chờ người thứ hai duyệt")
    await look(cashier, "cho-duyet", faults)


async def read_in_english(cashier: Person, faults: list[str]) -> None:
    """Choose English, and see the same list in it."""
    await desks.turn_to_english(cashier)
    await cashier.sees("PIN locked")
    await look(cashier, "english", faults)


async def test_a_day_at_the_counter(
    house: House, live_server: LiveServer, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that each counter work goes through the screens, and the books agree."""
    crew = await found_town(house)
    faults: list[str] = []
    async with open_people(tmp_path) as people:
        cashier = await people.open("quay", WIDE)
        await open_counter(cashier, live_server.url, house, crew)
        await pay_a_pension(cashier, faults)
        await hold_a_sitting(cashier, crew, faults)
        await collect_a_charge(cashier, faults)
        reference, pin = await take_an_order(cashier, faults)
        await pay_an_order(cashier, reference, pin, faults)
        await lock_and_propose(cashier, faults)
        await read_in_english(cashier, faults)
        assert cashier.complaints == []
    assert await admin_conn.fetchval("SELECT count(*) FROM payouts.payment") == 2
    looks = "SELECT actor_id FROM identity.audit WHERE action = 'charge.show'"
    assert [row[0] for row in await admin_conn.fetch(looks)] == [crew.cashier.id]
    asked = await admin_conn.fetch("SELECT kind, is_allowed, reason FROM payouts.proposal")
    assert [tuple(row) for row in asked] == [("correct", None, "Trao nhầm người trùng tên")]
    assert await checks.find_violations(admin_conn) == {}
    assert not faults, "\n".join(faults)
