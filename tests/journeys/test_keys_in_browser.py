"""A courier's money by keyboard alone, with no signal: paid, refused, collected, counted."""

import re
from pathlib import Path

import asyncpg
import pytest

from backend.house import House
from tests.journeys import courier as acts
from tests.journeys import money
from tests.journeys.accessibility import Keyboard
from tests.journeys.browsing import DESK, PHONE, Person, find_chromium, open_people
from tests.journeys.test_money_in_browser import (
    FLOAT,
    KEY,
    fill_drawer,
    found_town,
    issue_float,
    look,
    wait_for_acts,
)
from tests.serving import LiveServer
from tests.simulation import checks

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
PAID, REFUSED = money.PENSIONS[0], money.PENSIONS[2]
LEFT = {"500000": 12, "100000": 1, "50000": 1}  # 6,150,000; 8,000 less than there should be


class Keys(Keyboard):
    """A courier who touches neither glass nor mouse."""

    def __init__(self, courier: Person) -> None:
        """Sit down before the courier's phone."""
        super().__init__(courier.page)
        self.courier = courier

    async def look(self, name: str) -> None:
        """Keep a picture, and what stands against the screen the first time it is seen."""
        await look(self.courier, name)

    async def back(self) -> None:
        """Go back by the button of the bar."""
        await self.press(re.compile("^Quay lại$"))

    async def count(self, notes: dict[str, int]) -> None:
        """Key the number of notes of each denomination, and go on."""
        await self.courier.sees("Đếm từng mệnh giá")
        for value, num in notes.items():
            await self.write(f"{int(value):,} đ: số tờ".replace(",", "."), str(num))
        await self.look("ban-phim-dem")
        await self.press("Tiếp tục")

    async def arrive(self, name: str) -> None:
        """Say that one stands at the door of somebody, whose stop is on the screen."""
        await self.courier.sees(name)
        await self.courier.sees("Việc tại điểm này")
        await self.press("Đã đến nơi")
        await self.page.get_by_role("button", name="Đã đến nơi").wait_for(state="detached")

    async def see_receipt(self) -> None:
        """Wait until the act is done and its receipt is there."""
        await self.page.get_by_role("heading", name="Biên nhận").wait_for()


async def take_float(keys: Keys, colleague: str) -> None:
    """Count the float that waits; see that a colleague's name is known for later."""
    await keys.courier.sees("Có tiền chờ bạn đếm")
    await keys.press("Đếm và nhận")
    await keys.count(FLOAT)
    await keys.press("Nhận 9.250.000 đ")
    await keys.courier.sees("Ca giữ tiền mở từ")
    await keys.press("Giao tiền cho đồng nghiệp")
    await keys.courier.sees(colleague)
    await keys.back()
    await keys.back()


async def set_out(keys: Keys) -> None:
    """See that lists and numbers are on the phone, and begin the round."""
    await keys.press("Kiểm tra trước khi đi")
    await keys.courier.sees("Máy này giữ danh sách của 2 khoản chi.")
    await keys.courier.sees("Còn 100 số biên lai trên máy.")
    await keys.back()
    await keys.press("Bắt đầu chuyến")
    await keys.press(re.compile("Điểm tiếp theo"))


async def pay(keys: Keys) -> None:
    """Pay a pension at its door: paper, amount, signature, all by keys."""
    await keys.arrive(PAID.name)
    await keys.press(re.compile("^Chi trả$"))
    await keys.press("Tiếp tục")
    await keys.write("4 ký tự cuối", PAID.number[-4:])
    await keys.press("Tiếp tục")
    await keys.write("Số tiền đã đếm và giao", str(PAID.amount_vnd))
    await keys.press("Tiếp tục")
    await keys.sign("Người nhận tiền ký")
    await keys.press("Tiếp tục")
    await keys.look("ban-phim-chi")
    await keys.press("Đã giao 2.100.000 đ")
    await keys.see_receipt()


async def refuse(keys: Keys) -> None:
    """Record that somebody would not take the money, take it back within ten seconds, and again."""
    await keys.press("Điểm tiếp theo")
    await keys.arrive(REFUSED.name)
    await keys.press("Không thực hiện được")
    await keys.look("ban-phim-ly-do")
    await keys.press("Từ chối")
    await keys.write("Ghi chú", "Không nhận tại nhà, không ký")
    await keys.press(re.compile("^Ghi nhận$"))
    await keys.press("Hoàn tác")
    await keys.courier.sees("Đã hoàn tác. Việc này coi như chưa làm.")
    await keys.press("Không thực hiện được")
    await keys.courier.sees("Từ chối")
    await keys.press(re.compile("^Ghi nhận$"))
    await keys.see_receipt()


async def collect_fee(keys: Keys) -> None:
    """Take a fee in cash: keyed, with the number its receipt will bear."""
    await keys.press("Điểm tiếp theo")
    await keys.arrive("Vũ Thị Mẫu 1")
    await keys.look("diem-thu")
    await keys.press(re.compile("^Thu tiền$"))
    await keys.look("khoan-thu")
    await keys.press("Tiếp tục")
    await keys.choose("Tiền mặt")
    await keys.write("Số tiền đã nhận", "8000")
    await keys.courier.sees("00000001")
    await keys.look("thu-tien-mat")
    await keys.press("Tiếp tục")
    await keys.look("xac-nhan-thu")
    await keys.press("Đã thu 8.000 đ")
    await keys.see_receipt()
    await keys.courier.sees("00000001")
    await keys.look("bien-nhan-thu")


async def show_qr(keys: Keys) -> None:
    """Show the code of a bill, which Escape ends: nothing is paid until the bank tells."""
    await keys.press("Điểm tiếp theo")
    await keys.arrive("Vũ Thị Mẫu 2")
    await keys.press(re.compile("^Thu tiền$"))
    await keys.press("Tiếp tục")
    await keys.choose("Chuyển khoản qua mã VietQR")
    await keys.press("Mở mã QR toàn màn hình")
    code = keys.page.get_by_role("img", name="Mã VietQR 312.000 đ")
    await code.wait_for()
    await keys.look("ma-qr")
    await keys.page.keyboard.press("Escape")
    await code.wait_for(state="detached")
    opener = keys.page.get_by_role("button", name="Mở mã QR toàn màn hình")
    assert await opener.evaluate("(one) => one === document.activeElement"), "focus comes back"
    await keys.press("Tiếp tục")
    await keys.look("xac-nhan-qr")
    await keys.press("Ghi nhận đã đưa mã QR")
    await keys.see_receipt()
    await keys.courier.sees("chờ ngân hàng báo")


async def pass_cash(keys: Keys, whom: str) -> None:
    """Hand a colleague cash, known by name also with no signal."""
    await keys.press("Tất cả các điểm")
    await keys.press(re.compile(r"^Tiền mặt \d"))
    await keys.press("Giao tiền cho đồng nghiệp")
    await keys.choose(whom)
    await keys.look("giao-cho-ai")
    await keys.press("Tiếp tục")
    await keys.count({"500000": 2})
    await keys.press("Giao 1.000.000 đ")
    await keys.courier.sees("Chưa tính vào số dư")
    await keys.back()


async def come_home(keys: Keys) -> None:
    """Close the round and count what is left."""
    await keys.press(re.compile("^Đóng chuyến$"))
    await keys.courier.sees("Không còn bưu gửi nào trên tay.")
    await keys.press(re.compile("^Đóng chuyến$"))
    await keys.courier.sees("Chuyến đã đóng")
    await keys.press("Đếm tiền cuối ca")
    await keys.count(LEFT)
    await keys.press("Còn giữ 6.150.000 đ")
    await keys.courier.sees("Đã đếm, chờ thủ quỹ")


async def test_money_of_a_day_by_keyboard_with_no_signal(
    house: House, live_server: LiveServer, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that pension, refusal, fee, QR, passing, undo and counts need neither finger nor net.

    A fee taken offline has its number, a QR pays nothing yet.
    """
    crew = await found_town(house)
    mine, other, url = crew.couriers[0], crew.couriers[1], live_server.url
    await fill_drawer(house, crew)
    pensions = await money.bring_list(house, crew, [PAID, REFUSED])
    owed = await money.owe(house, crew, crew.dispatcher.id)
    stops = [(one, "payout.pay") for one in pensions] + [(one, "charge.collect") for one in owed]
    await money.publish_round(house, crew, mine.id, stops)
    async with open_people(tmp_path) as people:
        cashier = await people.open("thu-quy", DESK)
        await cashier.go(f"{url}/demo/thuquy.kinhbac?key={KEY}")
        await issue_float(cashier, mine.id)
        courier = await people.open("phim", PHONE)
        await courier.go(f"{url}/demo/{mine.username}?key={KEY}")
        await acts.enter_pin(courier)
        keys = Keys(courier)
        await take_float(keys, other.display_name)
        await set_out(keys)
        assert courier.context is not None
        await courier.context.set_offline(True)
        await pay(keys)
        await refuse(keys)
        await collect_fee(keys)
        await show_qr(keys)
        await pass_cash(keys, other.display_name)
        await courier.context.set_offline(False)
        told = (await wait_for_acts(admin_conn, 8))[1:]
        assert told == [
            "payout.paid applied", "visit.failed noop withdrawn", "act.withdrawn applied",
            "visit.failed applied", "charge.collected applied", "charge.collected applied",
            "cash.passed applied",
        ]  # fmt: skip
        await come_home(keys)
        await courier.sees(f"Đang giao, chờ {other.display_name} đếm")
        told = (await wait_for_acts(admin_conn, 11))[8:]
        assert sorted(told) == [
            "cash.counted applied", "lease.released applied", "round.closed applied",
        ]  # fmt: skip
        for person in people.list:
            assert person.complaints == [], person.name
    rows = await admin_conn.fetch("SELECT kind, state FROM charges.charge ORDER BY kind DESC")
    assert [tuple(row) for row in rows] == [("fee", "collected"), ("bill", "due")]
    numbers = await admin_conn.fetch("SELECT number, state FROM receipts.receipt")
    assert [tuple(row) for row in numbers] == [(1, "issued")]
    assert await checks.find_violations(admin_conn) == {}
