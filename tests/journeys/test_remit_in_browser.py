"""What was collected is handed on, receipts are lent, and two people decide, in real browsers."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from playwright.async_api import FilePayload

from backend import charges, identity, ledger
from backend.charges import Collection, Source
from backend.house import House
from backend.kit.clock import now, service_day
from backend.kit.ids import new_id
from backend.ledger import Account
from backend.ops.demo_town import Crew
from tests.journeys import desks, money
from tests.journeys.accessibility import Keyboard
from tests.journeys.browsing import Person, find_chromium, open_people
from tests.journeys.desks import KEY, WIDE, choose
from tests.serving import LiveServer
from tests.simulation import checks

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
BILL_VND, FEE_VND, DOUBT_VND = 312_000, 8_000, 60_000
BILLS = """ma_hoa_don,ho_ten,so_tien,noi_dung
HD-001,Nguyễn Thị Mẫu,145000,Tiền nước
HD-002,Trần Văn Mẫu,không rõ,Tiền nước
HD-003,Lê Thị Mẫu,98000,Tiền nước
"""


async def found_town(house: House) -> tuple[Crew, list[UUID]]:
    """Found a town where a fee and a bill are owed, and notes are in doubt at a courier's."""
    at = now()
    crew = await desks.found_offices(house)
    courier = crew.couriers[0]
    async with house.db.transaction(actor="house", offices="*") as conn:
        code = await identity.make_code(conn, crew.actor(crew.dispatcher), courier.id, now=at)
        await identity.enrol(conn, code.code, device_label="Máy mẫu", now=at, request_id=None)
        devices = await identity.list_devices(conn)
    device = next(one for one in devices if one.staff_id == courier.id)
    owed = await money.owe(house, crew, crew.cashier.id)
    await money.bring_list(house, crew, money.PENSIONS[:2])
    async with house.db.transaction(actor="house", offices="*") as conn:
        wrong = Collection(
            office_id=crew.office.id, id=new_id(), charge_id=owed[1], amount_vnd=DOUBT_VND
        )
        source = Source(
            at=at, received_at=at, staff_id=courier.id, is_door=True, device_id=device.id
        )
        outcome = await charges.collect(conn, wrong, source)
    assert outcome.kind == "in_doubt"
    return crew, owed


async def look(person: Person, name: str, faults: list[str]) -> None:
    """Look at a screen, wide and narrow."""
    await desks.look(person, f"nop-{name}", faults)


async def keep(person: Person, press: Callable[[], Awaitable[None]]) -> tuple[str, bytes]:
    """Press what gives a file; return its name and content."""
    async with person.page.expect_download() as info:
        await press()
    download = await info.value
    path = await download.path()
    return download.suggested_filename, await asyncio.to_thread(path.read_bytes)


async def sign_in(person: Person, url: str, username: str) -> None:
    """Come in as one of the demo's people."""
    await person.go(f"{url}/demo/{username}?key={KEY}")
    await person.page.wait_for_url("**/cash/**")
    await person.sees("Quỹ trong ngày")


async def collect(cashier: Person, charge_id: UUID, amount_vnd: int) -> None:
    """Take a charge's cash at the counter."""
    body = {"id": str(new_id()), "amount_vnd": amount_vnd}
    await money.ask(cashier, "POST", f"/api/cash/v1/charges/{charge_id}/collect", body)


async def make_batch(cashier: Person, faults: list[str]) -> None:
    """See what is due to whom, and gather the bill into a batch, by keyboard alone."""
    await cashier.press("Nộp tiền", exact=True)
    await cashier.sees("1 khoản, 312.000 đ")
    await look(cashier, "han-nop", faults)
    card = cashier.page.locator("section.card", has_text="Cấp nước (mẫu)")
    await card.get_by_role("button", name="Lập đợt nộp").focus()
    await cashier.page.keyboard.press("Enter")
    await cashier.sees("Đã lập đợt nộp: 1 khoản, 312.000 đ.")
    own = cashier.page.get_by_role("button", name="Bạn lập đợt này, người khác duyệt")
    await own.wait_for()
    assert await own.is_disabled()
    await look(cashier, "dot-nop", faults)


async def lend_numbers(cashier: Person, crew: Crew, faults: list[str]) -> None:
    """Allot a range, lend a block of it to a phone, see the receipt of the fee."""
    page, year = cashier.page, f"{service_day(now()):%y}"
    await cashier.press("Biên lai", exact=True)
    await cashier.sees("Dải số")
    await cashier.press("Cấp dải số")
    await choose(cashier, "Thuế")
    await page.get_by_label("Ký hiệu").fill(f"{year}TI")
    await cashier.press("Cấp", exact=True)
    await cashier.sees("Ký hiệu chưa đúng")
    keys = Keyboard(page)
    await keys.write("Ký hiệu", f"{year}TKH")
    await keys.write("Từ số", "1")
    await keys.write("Đến số", "200")
    await cashier.sees(f"{year}TKH 00000001 – {year}TKH 00000200: 200 số")
    await look(cashier, "cap-so", faults)
    await keys.press("Cấp")
    await cashier.sees("Đã cấp 200 số.")
    await look(cashier, "dai-so", faults)
    await cashier.press("Số giao máy")
    await cashier.press("Giao số cho máy")
    await choose(cashier, "Thuế")
    await page.get_by_label("Bưu tá").select_option(str(crew.couriers[0].id))
    await look(cashier, "muon-so", faults)
    await cashier.press("Giao số", exact=True)
    await cashier.sees("Đã giao 50 số cho")
    await look(cashier, "so-cho-may", faults)
    await cashier.press("Huỷ số biên lai", nth=0)
    await page.get_by_label("Số phải huỷ").fill("50")
    await page.get_by_label("Lý do").fill("In hỏng")
    await cashier.press("Huỷ số này")
    await cashier.sees(f"Đã huỷ số {year}TKH 00000050.")
    await cashier.press("Thu hồi số")
    await page.get_by_role("dialog").get_by_role("button", name="Thu hồi số").click()
    await cashier.sees("Các số bị bỏ qua")
    await cashier.sees(f"{year}TKH 00000001 – 00000049")
    await look(cashier, "thu-hoi", faults)
    await cashier.press("Đã dùng", exact=True)
    await cashier.sees("Còn giá trị")
    await look(cashier, "da-dung", faults)
    issued = page.locator("section.card", has_text="Còn giá trị")
    name, paper = await keep(cashier, issued.get_by_role("button", name="Tải PDF").first.click)
    assert (name, paper[:4]) == ("bien-lai.pdf", b"%PDF")
    await cashier.press("Báo cáo", exact=True)
    await look(cashier, "bao-cao", faults)
    name, table = await keep(cashier, lambda: cashier.press("Tải CSV"))
    assert name.startswith("05-UNT-20")
    assert f"{year}TKH".encode() in table


async def propose(cashier: Person, faults: list[str]) -> None:
    """Propose that notes in doubt go back; who proposed cannot approve."""
    page = cashier.page
    await cashier.press(re.compile("^1? ?Chờ duyệt$"))
    await cashier.sees("Không có đề nghị nào chờ duyệt")
    await cashier.press(re.compile("^Tiền chờ xử lý"))
    await cashier.sees("Số tiền khác khoản phải thu")
    await look(cashier, "tien-cho", faults)
    await cashier.press("Đề nghị xử lý")
    await cashier.press("Gửi đề nghị")
    await cashier.sees("Hãy chọn một cách.")
    await choose(cashier, "Trả lại người nộp")
    await page.get_by_label("Lý do").fill("Bưu tá thu nhầm hoá đơn nhà bên")
    await look(cashier, "de-nghi", faults)
    await cashier.press("Gửi đề nghị")
    await cashier.sees("Đã đề nghị, chờ duyệt")
    await cashier.press(re.compile("^Đề nghị"))
    own = page.get_by_role("button", name="Bạn đề nghị, người khác duyệt")
    await own.wait_for()
    assert await own.is_disabled()
    await look(cashier, "cua-minh", faults)


async def approve(controller: Person, url: str, faults: list[str]) -> None:
    """Approve the proposal with a second factor, and remit the batch by the bank's slip."""
    page = controller.page
    await sign_in(controller, url, "kiemsoat.kinhbac")
    await controller.press(re.compile("Chờ duyệt$"))
    await controller.sees("Bưu tá thu nhầm hoá đơn nhà bên")
    await controller.press("Duyệt", exact=True)
    await look(controller, "duyet-that", faults)
    await controller.press("Đúng, duyệt")
    await controller.sees("Cài xác thực hai bước")
    hint = page.get_by_text(re.compile(r"mã lúc này là \d{6}"))
    await hint.wait_for()
    code = re.search(r"\d{6}", await hint.inner_text())
    assert code is not None
    await page.get_by_label("Mã 6 số").fill(code[0])
    await page.keyboard.press("Enter")
    await controller.sees("Không có đề nghị nào chờ duyệt")
    await controller.press("Giao dịch lớn")
    await controller.sees("Không có giao dịch lớn nào")
    await look(controller, "giao-dich-lon", faults)


async def think_again(controller: Person, faults: list[str]) -> None:
    """Propose that the fee be taken back, found by keyboard, and withdraw it."""
    page = controller.page
    await controller.press(re.compile("^Đề nghị$"))
    await controller.press("Đề nghị về khoản thu")
    await page.get_by_label("Tìm khoản").fill("Vũ Thị Mẫu 1")
    await page.keyboard.press("Enter")
    await controller.press(re.compile("^Vũ Thị Mẫu 1 · MAU-0"))
    await page.get_by_label("Lý do").fill("Nộp hai lần")
    await look(controller, "dao-khoan", faults)
    await controller.press("Gửi đề nghị")
    await controller.sees("Đảo khoản đã thu")
    await controller.press("Rút đề nghị")
    await page.get_by_role("dialog").get_by_role("button", name="Rút đề nghị").click()
    await controller.sees("Không có đề nghị nào chờ duyệt")


async def remit(controller: Person, faults: list[str]) -> None:
    """Remit the batch by the bank's slip, and get its files."""
    page = controller.page
    await controller.press("Nộp tiền", exact=True)
    await controller.press(re.compile("^Đợt nộp"))
    await controller.press("Ghi đã nộp")
    await controller.press("Đúng, đã nộp")
    await controller.sees("Hãy nhập số chứng từ.")
    await page.get_by_label("Số chứng từ ngân hàng").fill("UNC-2026-118")
    await look(controller, "ghi-da-nop", faults)
    await controller.press("Đúng, đã nộp")
    await controller.sees("Đã ghi nộp 312.000 đ cho Cấp nước (mẫu).")
    await controller.sees("UNC-2026-118")
    name, paper = await keep(controller, lambda: controller.press("Bảng kê"))
    assert (name, paper[:4]) == ("bang-ke-nop-tien.pdf", b"%PDF")
    _, table = await keep(controller, lambda: controller.press("Tải CSV"))
    assert "Vũ Thị Mẫu 2" in table.decode()


async def bring_bills(controller: Person, faults: list[str]) -> None:
    """Add a tax office, and take a biller's file whose faults are named by row."""
    page = controller.page
    await controller.press("Đơn vị", exact=True)
    await controller.press("Thêm đơn vị")
    await choose(controller, "Cơ quan thuế")
    await page.get_by_label("Tên đơn vị").fill("Thuế cơ sở 1 (mẫu)")
    await page.get_by_label("Mã đơn vị").fill("thue-01")
    await look(controller, "them-don-vi", faults)
    await controller.press("Lưu", exact=True)
    await controller.sees("Đã lưu Thuế cơ sở 1 (mẫu).")
    await look(controller, "don-vi", faults)
    await controller.press("Báo cáo thuế")
    await look(controller, "thue", faults)
    name, paper = await keep(controller, lambda: controller.press("Tải PDF"))
    assert name.startswith("03-UNT-20")
    assert paper[:4] == b"%PDF"
    await controller.press("Danh sách chi trả")
    await controller.sees("Kinh phí đã về 5.600.000 đ · đã chi 0 đ · chưa chi 5.600.000 đ")
    await controller.press("Kết thúc danh sách")
    await look(controller, "danh-sach", faults)
    await page.keyboard.press("Escape")
    await controller.press("Nhập tệp")
    await page.get_by_label("Đơn vị thụ hưởng").select_option(label="Cấp nước (mẫu)")
    given: FilePayload = {"name": "nuoc.csv", "mimeType": "text/csv", "buffer": BILLS.encode()}
    await page.locator("input[type=file]").set_input_files(given)
    await controller.sees("3 dòng: 2 nhận được, 0 đã có, 1 có lỗi.")
    await controller.sees("không rõ")
    await look(controller, "nhap-tep", faults)
    await controller.press("Nhận 2 khoản, 243.000 đ")
    await controller.sees("Đã nhận 2 khoản thu, 243.000 đ.")


async def see_a_missing_receipt(
    cashier: Person, admin: asyncpg.Connection, fee_id: UUID, faults: list[str]
) -> None:
    """Look at money of the state that came by bank when no number was left; nothing is issued."""
    was = await admin.fetchrow(
        "SELECT id, method, receipt_id FROM charges.collection WHERE charge_id = $1", fee_id
    )
    assert was is not None
    change = "UPDATE charges.collection SET method = $2, receipt_id = $3 WHERE id = $1"
    await admin.execute(change, was["id"], "qr", None)
    await cashier.press(re.compile("Chờ duyệt$"))
    await cashier.press(re.compile("^Báo có ngân hàng"))
    await cashier.sees("Chưa có biên lai")
    await look(cashier, "thieu-bien-lai", faults)
    await cashier.press("Cấp biên lai")
    await cashier.sees("Cấp biên lai cho khoản này?")
    await cashier.page.keyboard.press("Escape")
    await admin.execute(change, *was)


async def read_in_english(cashier: Person, faults: list[str]) -> None:
    """Choose English, and see the same in it."""
    await desks.turn_to_english(cashier)
    await cashier.press("Handing on", exact=True)
    await cashier.sees("Make a batch")
    await look(cashier, "english", faults)


async def test_what_was_collected_is_handed_on(
    house: House, live_server: LiveServer, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that a bill reaches its payee, a phone gets numbers, and two people settle a doubt."""
    crew, (fee_id, bill_id) = await found_town(house)
    url, faults = live_server.url, list[str]()
    async with open_people(tmp_path) as people:
        cashier = await people.open("thu-quy", WIDE)
        controller = await people.open("kiem-soat", WIDE)
        await sign_in(cashier, url, "thuquy.kinhbac")
        await collect(cashier, bill_id, BILL_VND)
        await collect(cashier, fee_id, FEE_VND)
        await make_batch(cashier, faults)
        await lend_numbers(cashier, crew, faults)
        await propose(cashier, faults)
        await approve(controller, url, faults)
        await think_again(controller, faults)
        await remit(controller, faults)
        await bring_bills(controller, faults)
        await see_a_missing_receipt(cashier, admin_conn, fee_id, faults)
        await read_in_english(cashier, faults)
        assert cashier.complaints == []
        assert controller.complaints == []
    async with house.db.transaction(actor="house", offices="*") as conn:
        drawer = await ledger.find_balance(conn, Account(crew.office.id, "drawer"))
        suspense = await ledger.find_balance(conn, Account(crew.office.id, "suspense"))
    assert drawer.amount_vnd == BILL_VND + FEE_VND - DOUBT_VND
    assert suspense.amount_vnd == 0
    assert await admin_conn.fetchval("SELECT state FROM charges.batch") == "remitted"
    assert await checks.find_violations(admin_conn) == {}
    assert not faults, "\n".join(faults)
