"""A visit with several acts at one door in Chromium: one look at a paper, one receipt."""

from pathlib import Path

import asyncpg
import pytest

from backend import partners
from backend.house import House
from backend.identity import HOUSE
from backend.kit.clock import now, service_day
from backend.ops.demo_errands import write_csv
from backend.ops.demo_town import Crew
from tests.journeys import courier as acts
from tests.journeys import money
from tests.journeys.browsing import DESK, PHONE, Person, find_chromium, open_people
from tests.journeys.pictures import make_png
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
from tests.journeys.test_swipe_in_browser import Finger
from tests.serving import LiveServer
from tests.simulation import checks

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
PENSION = money.PENSIONS[0]
FEE_VND = 50_000
NUM_STEPS_MAX = 8
# The finger is lifted from the pushed card, and another one presses the button beside it.
PRESS_TOO = """addEventListener('pointerup', () => {
    [...document.querySelectorAll('button')]
        .find((one) => one.textContent.includes('Hoàn tất trả kết quả')).click();
}, { capture: true, once: true })"""
LIST_ERRANDS = """
SELECT id, CASE service WHEN 'S2' THEN 'result.deliver' ELSE 'dossier.accept' END AS kind
FROM dossiers.dossier
UNION ALL SELECT id, 'charge.collect' FROM charges.charge
"""


async def bring_errands(house: House, crew: Crew) -> None:
    """Bring a result with a fee and papers to fetch, both for the pensioner at the same door."""
    at = now()
    shared = {
        "citizen_name": PENSION.name,
        "address": "Số 5 đường Mẫu, phường Kinh Bắc, Bắc Ninh",
        "wanted_on": service_day(at).isoformat(),
    }
    result = {
        "service": "S2", "dossier_code": "H05.18-261123-0001", "procedure_code": "2.000720",
        "fee_vnd": str(FEE_VND), "seal_number": "NP770055",
    }  # fmt: skip
    papers = {"service": "S1", "procedure_code": "1.001193"}
    raw = write_csv([shared | result, shared | papers])
    async with house.db.transaction(actor="house", offices="*") as conn:
        await money.allot_numbers(conn, crew, crew.dispatcher.id)
        done = await partners.import_errands(
            conn, house.sealer, HOUSE, raw, commit=True, now=at, is_demo=True
        )
    assert (done.num_accepted, done.faults) == (2, [])


async def bring_door(house: House, admin: asyncpg.Connection) -> Crew:
    """Found a town whose first courier has all of that at one door, and a pension to pay there."""
    crew = await found_town(house)
    (payout,) = await money.bring_list(house, crew, [PENSION])
    await bring_errands(house, crew)
    more = [tuple(row) for row in await admin.fetch(LIST_ERRANDS)]
    mine = crew.couriers[0].id
    await money.publish_round(house, crew, mine, [(payout, "payout.pay")], *more)
    return crew


async def work_on_papers(courier: Person, url: str) -> None:
    """Begin both acts of papers at once: one is refused, the other done but for an old paper."""
    page = courier.page
    await open_stop(courier, url, PENSION.name)
    await courier.shoot("bon-viec")
    await courier.press("Thực hiện 2 việc")
    await courier.sees("Kiểm tra một lần cho cả 2 việc.")
    await page.get_by_label("4 ký tự cuối").fill(PENSION.number[-4:])
    await courier.shoot("mot-lan-xem-giay-to")
    await courier.press("Tiếp tục")
    for _ in range(NUM_STEPS_MAX):
        match await page.locator("main h2").first.inner_text():
            case "Kiểm đếm giấy tờ":
                await refuse(courier)
                continue
            case "Niêm phong":
                await acts.choose(courier, "Niêm phong còn nguyên, đúng số")
            case "Thu lại giấy tờ":
                await keep_old_paper(courier)
            case "Chữ ký":
                await acts.sign(courier)
            case "Xem lại":
                break
            case other:
                raise AssertionError(f"nobody asked for {other} again")
        await courier.press("Tiếp tục")
    await courier.shoot("xem-lai-mot-viec")
    await courier.press("Hoàn tất trả kết quả")
    await page.get_by_role("heading", name="Biên nhận").wait_for()
    await courier.sees("Còn việc chưa làm")
    await look(courier, "bien-nhan-con-viec")


async def refuse(courier: Person) -> None:
    """Say, in the middle of the visit, that the citizen would not give the papers."""
    await courier.press("Không thực hiện được")
    await acts.choose(courier, "Từ chối")
    await courier.page.get_by_label("Ghi chú").fill("Đổi ý, tự nộp sau")
    await courier.press("Ghi nhận", exact=True)
    await courier.page.get_by_role("button", name="Ghi nhận").wait_for(state="detached")
    await look(courier, "sau-tu-choi")


async def keep_old_paper(courier: Person) -> None:
    """Take the citizen's receipt back; the old certificate is lost, and said so."""
    await acts.choose(courier, "Đã thu", 0)
    await acts.choose(courier, "Không thu được", 1)
    await courier.page.get_by_label("Lý do không thu được").fill("Bị mất, đã báo cơ quan")
    await courier.shoot("thu-lai-mot-phan")


async def pay_and_collect(courier: Person) -> None:
    """Pay the pension by the paper that was seen, and take the fee."""
    page = courier.page
    await courier.press("Làm tiếp việc còn lại")
    await courier.shoot("con-tien")
    await courier.press("Chi trả", exact=True)
    await courier.press("Tiếp tục")
    await courier.sees("Giấy tờ này đã xem")
    assert await page.get_by_label("4 ký tự cuối").input_value() == PENSION.number[-4:]
    await look(courier, "giay-to-da-xem")
    await courier.press("Tiếp tục")
    await page.get_by_label("Số tiền đã đếm và giao").fill(str(PENSION.amount_vnd))
    await courier.press("Tiếp tục")
    await acts.sign(courier)
    await courier.press("Tiếp tục")
    await courier.press("Đã giao 2.100.000 đ")
    await courier.press("Làm tiếp việc còn lại")
    await courier.press("Thu tiền", exact=True)
    await courier.press("Tiếp tục")
    await acts.choose(courier, "Tiền mặt")
    await page.get_by_label("Số tiền đã nhận").fill(str(FEE_VND))
    await courier.press("Tiếp tục")
    await courier.press("Đã thu 50.000 đ")


async def read_receipt(courier: Person) -> dict[str, str]:
    """Return how each act ended, in the words of the one receipt."""
    await courier.page.get_by_role("heading", name="Đã xong tại điểm này").wait_for()
    await look(courier, "bien-nhan-chung")
    lines = await courier.page.locator(".line").all()
    told = [(await line.inner_text()).split("\n") for line in lines]
    return {words[0].strip(): words[1].strip() for words in told}


async def test_several_acts_at_one_door(
    house: House, live_server: LiveServer, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that four acts at a door end each by itself, by one look at a paper, on one receipt."""
    crew, url = await bring_door(house, admin_conn), live_server.url
    mine = crew.couriers[0]
    async with open_people(tmp_path) as people:
        cashier = await people.open("thu-quy", DESK)
        await cashier.go(f"{url}/demo/thuquy.kinhbac?key={KEY}")
        await fill_drawer(house, crew)
        await issue_float(cashier, mine.id)
        courier = await people.open("mot-cua", PHONE)
        await courier.go(f"{url}/demo/{mine.username}?key={KEY}")
        await acts.enter_pin(courier)
        await take_float(courier, url)
        await courier.go(f"{url}/courier/#/")
        await acts.set_out(courier)
        assert courier.context is not None
        await courier.context.set_offline(True)
        await work_on_papers(courier, url)
        await pay_and_collect(courier)
        ends = await read_receipt(courier)
        await courier.context.set_offline(False)
        told = await wait_for_acts(admin_conn, 6)
        for person in people.list:
            assert person.complaints == [], person.name
    assert ends == {
        "Chi trả": "Xong",
        "Trả kết quả": "Xong một phần",
        "Nhận hồ sơ": "Chưa được",
        "Thu tiền": "Xong",
    }
    assert sorted(told[2:]) == [
        "charge.collected applied", "payout.paid applied", "result.delivered applied",
        "visit.failed applied",
    ]  # fmt: skip
    assert await checks.find_violations(admin_conn) == {}


async def test_proof_of_one_act_is_not_that_of_another(
    house: House, live_server: LiveServer, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that an act left before its end lends nothing to the next, and ends but once."""
    crew, url = await bring_door(house, admin_conn), live_server.url
    mine = crew.couriers[0]
    photo = make_png(tmp_path / "ho-so.png")
    async with open_people(tmp_path) as people:
        courier = await people.open("hai-viec", PHONE)
        await courier.go(f"{url}/demo/{mine.username}?key={KEY}")
        await acts.enter_pin(courier)
        await acts.set_out(courier)
        await open_stop(courier, url, PENSION.name)
        stop = courier.page.url
        await acts.prepare_delivery(courier, photo)
        await courier.page.go_back()
        await courier.press("Nhận hồ sơ", exact=True)
        # Who is there was seen; papers, seal, picture and signatures are this act's own.
        await courier.page.get_by_role("heading", name="Kiểm đếm giấy tờ").wait_for()
        await courier.shoot("giay-to-cua-viec-khac")
        await courier.press("Tiếp tục")
        await courier.sees("Còn thiếu:")
        await courier.page.goto(stop)
        await courier.press("Trả kết quả", exact=True)
        await courier.page.get_by_role("heading", name="Xem lại").wait_for()
        await push_and_press(courier)
        told = await wait_for_acts(admin_conn, 2)
        assert courier.complaints == []
    assert told == ["items.loaded applied", "result.delivered applied"]
    assert await checks.find_violations(admin_conn) == {}


async def push_and_press(courier: Person) -> None:
    """End the act by a push of the card and a press of its button in the same moment."""
    assert courier.context is not None
    finger = Finger(courier, await courier.context.new_cdp_session(courier.page))
    await finger.press("Người có mặt")
    await finger.move(200)
    await courier.page.locator(".behind.sure").wait_for()
    await courier.page.evaluate(PRESS_TOO)
    await finger.lift()
    await courier.page.get_by_role("heading", name="Biên nhận").wait_for()
    await courier.sees("Còn việc chưa làm")
