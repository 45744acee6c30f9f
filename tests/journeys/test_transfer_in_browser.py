"""Money orders in Chromium: one taken at its sender's door, one paid against paper and PIN."""

import re
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import msgspec
import pytest

from backend import money_orders
from backend.house import House
from backend.kit.clock import now, service_day
from backend.kit.ids import new_id
from backend.money_orders import NewOrder, Order, Party, Source, Taking
from backend.money_orders.actions.taking import Bring, make_sender_door
from backend.money_orders.jobs import bring
from backend.ops.demo_town import Crew
from tests.backend.money_orders.counter import PAYEE, SENDER, other
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
from tests.serving import LiveServer
from tests.simulation import checks

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]


@dataclass(frozen=True)
class Orders:
    """One order to take, one to pay, and the PIN that its payee was told."""

    taken: Order
    paid: Order
    pin: str


async def make_orders(house: House, crew: Crew, payee: Party = PAYEE) -> Orders:
    """Book an order due at its sender's door; take another at the counter and bring it."""
    at, office_id, by = now(), crew.office.id, crew.dispatcher.id
    payee = msgspec.structs.replace(payee, address="Số 9 đường Mẫu, phường Kinh Bắc, Bắc Ninh")
    new = NewOrder(
        office_id=office_id, id=new_id(), amount_vnd=2_000_000, purpose="Gửi cho gia đình",
        sender=SENDER, payee=payee, is_demo=True,
    )  # fmt: skip
    async with house.db.transaction(actor="house", offices="*") as conn:
        door = await make_sender_door(
            conn, house.sealer, new, address="Số 5 đường Mẫu, phường Kinh Bắc, Bắc Ninh",
            wanted_on=service_day(at), now=at,
        )  # fmt: skip
        taken = await money_orders.book(conn, house.sealer, new, by=by, now=at, door=door)
        other_new = msgspec.structs.replace(new, id=new_id(), amount_vnd=3_000_000, to_door=True)
        paid = await money_orders.book(conn, house.sealer, other_new, by=by, now=at)
        taking = Taking(
            office_id=office_id, order_id=paid.id, amount_vnd=paid.amount_vnd, fee_vnd=paid.fee_vnd
        )
        source = Source(office_id=office_id, at=at, received_at=at, staff_id=by)
        await money_orders.take(conn, house.sealer, taking, source)
        pin = await money_orders.make_pin(conn, house.sealer, office_id, paid.id)
        assert await bring(conn, house.sealer, Bring(office_id, paid.id), now=at) == office_id
    return Orders(taken, paid, pin)


def words_of(amount_vnd: int) -> str:
    return f"{amount_vnd:,} đ".replace(",", ".")


async def show_paper(courier: Person, last4: str) -> None:
    """Look at the paper of whoever stands at the door."""
    await courier.page.get_by_label("4 ký tự cuối").fill(last4)
    await look(courier, "giay-to-chuyen-tien")
    await courier.press("Tiếp tục")


async def take(courier: Person, url: str, order: Order) -> None:
    """Take an order: the sender's paper, amount and fee counted, the signature."""
    page, total = courier.page, order.amount_vnd + order.fee_vnd
    await open_stop(courier, url, SENDER.name)
    await look(courier, "diem-nhan-chuyen-tien")
    card = page.locator("section").filter(has_text=order.reference).last
    await card.get_by_role("button", name="Nhận tiền chuyển đi", exact=True).click()
    await courier.sees(order.reference)
    await look(courier, "phieu-nhan")
    await courier.press("Tiếp tục")
    await show_paper(courier, SENDER.id_number[-4:])
    await page.get_by_label("Số tiền đã nhận").fill(str(order.amount_vnd))
    await courier.press("Tiếp tục")
    await courier.sees(f"Phải đúng {words_of(total)}")
    await page.get_by_label("Số tiền đã nhận").fill(str(total))
    await look(courier, "dem-nhan")
    await courier.press("Tiếp tục")
    await acts.sign(courier)
    await courier.press("Tiếp tục")
    await courier.sees("Mã PIN do bưu cục cấp một lần")
    await look(courier, "xac-nhan-nhan")
    await courier.press(f"Đã thu {words_of(total)}")
    await page.get_by_role("heading", name="Biên nhận").wait_for()
    await courier.sees(words_of(total))
    assert await page.get_by_role("button", name="Hoàn tác").count() == 0, "money has no undo"
    await look(courier, "bien-nhan-nhan-chuyen-tien")


async def type_pin(courier: Person, pin: str) -> None:
    """Press six of the large keys, as the payee does."""
    pad = courier.page.get_by_role("group", name="Mã PIN của người nhận")
    for digit in pin:
        await pad.get_by_role("button", name=digit, exact=True).click()


async def pay(courier: Person, url: str, orders: Orders) -> None:
    """Pay an order: no network, a wrong PIN, then the right one before any note is counted."""
    page, order = courier.page, orders.paid
    assert courier.context is not None
    await open_stop(courier, url, PAYEE.name)
    await look(courier, "diem-tra-chuyen-tien")
    await courier.press("Trả tiền chuyển đến", exact=True)
    await courier.sees("Tiền trên tay đủ để trả")
    await look(courier, "phieu-tra")
    await courier.press("Tiếp tục")
    await show_paper(courier, PAYEE.id_number[-4:])
    await courier.sees("Chưa trả được: máy không có mạng")
    assert await page.get_by_role("group", name="Mã PIN của người nhận").count() == 0
    await courier.press("Tiếp tục")
    await courier.sees("mã PIN đúng")
    await look(courier, "pin-mat-song")
    await courier.context.set_offline(False)
    await page.get_by_role("group", name="Mã PIN của người nhận").wait_for()
    await look(courier, "pin-nguoi-nhan")
    await type_pin(courier, other(orders.pin))
    await courier.sees("Sai mã PIN")
    await look(courier, "pin-sai")
    await type_pin(courier, orders.pin)
    await courier.sees("Đúng mã PIN, đúng giấy tờ")
    assert orders.pin not in await page.inner_text("body"), "a PIN is shown to nobody"
    await look(courier, "pin-dung")
    await courier.press("Tiếp tục")
    await page.get_by_label("Số tiền đã đếm và giao").fill(str(order.amount_vnd))
    await courier.press("Tiếp tục")
    await acts.sign(courier)
    await courier.press("Tiếp tục")
    await look(courier, "xac-nhan-tra")
    await courier.press(f"Đã giao {words_of(order.amount_vnd)}")
    await page.get_by_role("heading", name="Biên nhận").wait_for()
    await look(courier, "bien-nhan-tra-chuyen-tien")


async def test_money_orders_at_two_doors(
    house: House, live_server: LiveServer, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that an order is taken with no signal, and paid only once the office knows the PIN."""
    crew = await found_town(house)
    mine, url = crew.couriers[0], live_server.url
    orders = await make_orders(house, crew)
    due = [(orders.taken.id, "order.take"), (orders.paid.id, "order.pay")]
    await money.publish_round(house, crew, mine.id, due)
    async with open_people(tmp_path) as people:
        cashier = await people.open("thu-quy", DESK)
        await cashier.go(f"{url}/demo/thuquy.kinhbac?key={KEY}")
        await fill_drawer(house, crew)
        await issue_float(cashier, mine.id)
        courier = await people.open("chuyen-tien", PHONE)
        await courier.go(f"{url}/demo/{mine.username}?key={KEY}")
        await acts.enter_pin(courier)
        await take_float(courier, url)
        await courier.go(f"{url}/courier/#/")
        await courier.press("Bắt đầu chuyến")
        await courier.page.get_by_role("button", name="Bắt đầu chuyến").wait_for(state="detached")

        assert courier.context is not None
        await courier.context.set_offline(True)
        await take(courier, url, orders.taken)
        await pay(courier, url, orders)
        told = (await wait_for_acts(admin_conn, 3))[1:]
        assert told == ["order.taken applied", "order.paid applied"]
        await courier.go(f"{url}/courier/#/cash")
        hand_vnd = 9_250_000 + 2_000_000 + orders.taken.fee_vnd - 3_000_000
        await courier.page.get_by_text(re.compile(re.escape(words_of(hand_vnd)))).first.wait_for()
        await look(courier, "tien-mat-sau-chuyen-tien")
        for person in people.list:
            assert person.complaints == [], person.name
    rows = await admin_conn.fetch(
        "SELECT amount_vnd, state FROM money_orders.money_order ORDER BY amount_vnd"
    )
    assert [tuple(row) for row in rows] == [(2_000_000, "taken"), (3_000_000, "paid")]
    assert await admin_conn.fetchval("SELECT count(*) FROM money_orders.doubt") == 0
    raw = await admin_conn.fetchval("SELECT raw FROM sync.op_log WHERE kind = 'order.paid'")
    assert "pin" not in msgspec.json.decode(raw), "a fact is kept for ever, a PIN is not"
    assert await checks.find_violations(admin_conn) == {}


async def take_again(courier: Person, order: Order) -> None:
    """Take the second order of a sender: whose paper was looked at for the first."""
    page, total = courier.page, order.amount_vnd + order.fee_vnd
    await courier.press("Làm tiếp việc còn lại")
    await page.get_by_role("button", name="Nhận tiền chuyển đi", exact=True).click()
    await courier.press("Tiếp tục")
    await courier.sees("Giấy tờ này đã xem")
    assert await page.get_by_label("4 ký tự cuối").input_value() == SENDER.id_number[-4:]
    await look(courier, "giay-to-da-xem")
    await courier.press("Tiếp tục")
    await page.get_by_label("Số tiền đã nhận").fill(str(total))
    await courier.press("Tiếp tục")
    await acts.sign(courier)
    await courier.press("Tiếp tục")
    await courier.press(f"Đã thu {words_of(total)}")
    await page.get_by_role("heading", name="Biên nhận").wait_for()
    await look(courier, "bien-nhan-hai-phieu")


async def go_without_pin(courier: Person, url: str) -> None:
    """Say that a payee has no PIN: nothing is paid, and somebody comes another day."""
    page = courier.page
    await open_stop(courier, url, PAYEE.name)
    await courier.press("Không thực hiện được")
    await acts.choose(courier, "Không có mã PIN")
    await look(courier, "khong-co-ma-pin")
    await courier.press("Ghi nhận", exact=True)
    await page.get_by_role("heading", name="Biên nhận").wait_for()


async def test_two_orders_of_a_sender_and_a_payee_without_pin(
    house: House, live_server: LiveServer, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that a paper is looked at once in a visit, and that without a PIN nothing is paid."""
    crew = await found_town(house)
    mine, url = crew.couriers[0], live_server.url
    first, second = await make_orders(house, crew), await make_orders(house, crew)
    due = [(first.taken.id, "order.take"), (first.paid.id, "order.pay")]
    await money.publish_round(house, crew, mine.id, due, (second.taken.id, "order.take"))
    async with open_people(tmp_path) as people:
        courier = await people.open("hai-phieu", PHONE)
        await courier.go(f"{url}/demo/{mine.username}?key={KEY}")
        await acts.enter_pin(courier)
        await courier.press("Bắt đầu chuyến")
        await courier.page.get_by_role("button", name="Bắt đầu chuyến").wait_for(state="detached")
        await take(courier, url, first.taken)
        await take_again(courier, second.taken)
        await go_without_pin(courier, url)
        told = await wait_for_acts(admin_conn, 3)
        assert told == ["order.taken applied"] * 2 + ["visit.failed applied"]
        for person in people.list:
            assert person.complaints == [], person.name
    states = await admin_conn.fetch("SELECT state FROM money_orders.money_order")
    assert {row[0] for row in states} == {"taken"}
    reason = await admin_conn.fetchval("SELECT reason FROM rounds.attempt")
    assert reason == "NO_PIN"
    assert await checks.find_violations(admin_conn) == {}
