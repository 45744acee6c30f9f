"""An agency's list in real browsers: a file with faults, mended, kept, approved by a second."""

import re
import subprocess
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from backend import ledger, payouts
from backend.house import House
from backend.kit.clock import now, service_day
from backend.kit.ids import new_id
from backend.ledger import Account, Transfer
from backend.ops.demo_town import Crew
from backend.payouts import Payment, Seen, Source
from tests.backend.payouts.making import HOME, file_of, row_of
from tests.journeys import desks
from tests.journeys.browsing import Person, find_chromium, open_people
from tests.journeys.desks import KEY, WIDE
from tests.serving import LiveServer
from tests.simulation import checks

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
AMOUNT_VND = 3_500_000
NUM_PEOPLE = 5


async def look(person: Person, name: str, faults: list[str]) -> None:
    """Look at a screen, wide and narrow."""
    await desks.look(person, f"co-quan-{name}", faults)


async def sign_in(person: Person, url: str, username: str) -> None:
    """Follow a demo user's link into the agency's app."""
    await person.go(f"{url}/demo/{username}?key={KEY}")
    await person.page.wait_for_url("**/partner/**")
    await person.sees("Danh sách chi trả")


async def choose(person: Person, name: str, raw: bytes) -> None:
    """Bring a file of a list."""
    await person.page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": raw}
    )


def rows_of(period: str) -> list[str]:
    """Return the rows of five people, the first at home."""
    first = row_of(1, AMOUNT_VND, period=period, **HOME)
    return [first, *(row_of(at, AMOUNT_VND, period=period) for at in range(2, NUM_PEOPLE + 1))]


async def bring_list(officer: Person, url: str, period: str, faults: list[str]) -> None:
    """Bring a file with two faults, then the mended one; the same once more makes no double."""
    await sign_in(officer, url, "motcua.kinhbac")
    await officer.sees("Chưa có danh sách nào")
    await look(officer, "trong", faults)
    await officer.press("Nộp tệp")
    await officer.page.get_by_label("Kỳ", exact=True).select_option(period)
    await choose(officer, "luong-huu.pdf", b"%PDF")
    await officer.sees("Chỉ nhận tệp CSV hoặc Excel .xlsx.")
    good = rows_of(period)
    wrong = [good[0], row_of(2, -5, period=period), row_of(3, id="02705", period=period)]
    await choose(officer, "luong-huu.csv", file_of(*wrong))
    await officer.sees("Có 2 lỗi, chưa ghi dòng nào.")
    await officer.sees("Số tiền “-5” là số âm.")
    await officer.sees("số định danh có 12 chữ số")
    assert await officer.page.get_by_role("button", name="thành danh sách").count() == 0
    await look(officer, "loi", faults)
    async with officer.page.expect_download() as saved:
        await officer.press("Tải danh sách lỗi")
    kept = await (await saved.value).path()
    assert len(kept.read_bytes().splitlines()) == 3, "a heading and two faults"
    await officer.press("Nộp tệp khác")
    await officer.page.get_by_label("Kỳ", exact=True).select_option(period)
    await look(officer, "nop-tep", faults)
    await choose(officer, "luong-huu-2.csv", file_of(*good))
    await officer.sees("Không có lỗi. Chưa ghi gì")
    await look(officer, "sach", faults)
    await officer.press("Ghi 5 dòng thành danh sách")
    await officer.sees("Đã ghi 5 dòng.")
    await officer.press("Nộp tệp khác")
    await officer.page.get_by_label("Kỳ", exact=True).select_option(period)
    await choose(officer, "luong-huu-3.csv", file_of(*reversed(good)))
    await officer.sees("Kỳ này đã có bản nháp 5 dòng")
    await officer.press("Ghi 5 dòng thành danh sách")
    await officer.sees("Danh sách này đã có 5 dòng từ trước. Không ghi đôi.")
    await officer.press("Mở danh sách")
    await officer.sees("Còn thiếu 17.500.000 đ.")
    await officer.sees("không tự duyệt được")
    assert await officer.page.get_by_role("button", name="Duyệt danh sách").count() == 0
    await look(officer, "nhap", faults)


async def see_alarm(
    house: House, officer: Person, cashier: Person, url: str, faults: list[str]
) -> None:
    """See on both sides that the list's money is late: its month has begun, or does tomorrow."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        await payouts.raise_alarms(conn, now=now())
    told = "Kinh phí chưa về đủ, còn thiếu 17.500.000 đ."
    await officer.sees(told)
    await officer.press("Mọi danh sách")
    await officer.sees(told)
    await look(officer, "han", faults)
    await officer.page.get_by_role("link", name=re.compile("Lương hưu")).first.click()
    await officer.sees("không tự duyệt được")
    await cashier.go(f"{url}/demo/thuquy.kinhbac?key={KEY}")
    await cashier.page.wait_for_url("**/cash/**")
    await cashier.page.get_by_role("link", name=re.compile("Nộp tiền$")).first.click()
    await cashier.page.get_by_role("link", name=re.compile("^Danh sách chi trả")).click()
    await cashier.sees(told)
    await look(cashier, "thu-quy-han", faults)


async def fund(house: House, crew: Crew, cashier: UUID) -> UUID:
    """Let the post book the agency's money; return the list."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        batch, *others = await payouts.list_lists(conn, crew.office.id)
        assert not others, "three files of one list are one list"
        await payouts.fund(
            conn,
            office_id=crew.office.id,
            list_id=batch.id,
            amount_vnd=batch.total_vnd,
            by=cashier,
            now=now(),
        )
    return batch.id


async def refuse_maker(officer: Person, list_id: UUID) -> None:
    """See that the server itself refuses the maker, whatever the screen offers."""
    await officer.sees("Tiền đã khớp với danh sách.")
    told = await officer.page.evaluate(
        """async (id) => {
            const path = `/api/partner/v1/payout-lists/${id}/approve`;
            const init = { method: 'POST', body: '{}', headers: { 'content-type':
                'application/json' } };
            return (await (await fetch(path, init)).json()).code;
        }""",
        str(list_id),
    )
    assert told in ("factor_to_set_up", "confirm_again", "approved_by_maker")


async def approve(second: Person, url: str, faults: list[str]) -> None:
    """Approve as the second officer, who sets the second factor up on the way."""
    await sign_in(second, url, "motcua2.kinhbac")
    await look(second, "danh-sach", faults)
    await second.page.locator("main table a").first.click()
    await second.press("Duyệt danh sách")
    await look(second, "duyet", faults)
    await second.press("Đúng, duyệt")
    await second.sees("Cài xác thực hai bước")
    hint = second.page.get_by_text(re.compile(r"mã lúc này là \d{6}"))
    await hint.wait_for()
    code = re.search(r"\d{6}", await hint.inner_text())
    assert code is not None
    field = second.page.get_by_label("Mã 6 số")
    await field.fill(code[0])
    await field.press("Enter")
    await second.sees("Đã duyệt danh sách.")


async def pay_two(house: House, crew: Crew, list_id: UUID, cashier: UUID) -> None:
    """Pay two people at the counter, from cash fetched for it; report one who was not in."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        office_id, at = crew.office.id, now()
        drawer, bank = Account(office_id, "drawer"), Account(office_id, "bank")
        cash = Transfer(
            id=new_id(),
            group_id=new_id(),
            code="bank.withdrawal",
            debit=drawer,
            credit=bank,
            amount_vnd=2 * AMOUNT_VND,
            occurred_at=at,
            created_by=cashier,
        )
        await ledger.post(conn, [cash], now=at)
        batch = await payouts.get_list(conn, office_id, list_id)
        rows = await payouts.list_payouts(conn, batch, limit=10)
        for row in rows[1:3]:
            payment = Payment(
                office_id=office_id,
                id=new_id(),
                payout_id=row.id,
                amount_vnd=AMOUNT_VND,
                place="counter",
                identity=Seen("cccd", row.id_last4),
                has_signature=True,
            )
            await payouts.pay(conn, payment, Source(at=at, received_at=at, by=cashier))


async def see_results(second: Person, faults: list[str]) -> None:
    """See who was paid, by filter and by name; save and print the list; see it reconcile."""
    await second.sees("2 người, 40%")
    await second.sees("Đang hiện 5 dòng · đã hết")
    await look(second, "ket-qua", faults)
    page = second.page
    await page.get_by_label("Trạng thái", exact=True).select_option("paid")
    await second.sees("Đang hiện 2 dòng · đã hết")
    await page.get_by_label("Tìm theo họ tên").fill("không có ai")
    await second.sees("Không có mục nào khớp")
    await second.press("Bỏ lọc")
    await page.get_by_label("Tìm theo họ tên").fill("mau b")
    await second.sees("Đang hiện 1 dòng · đã hết")
    await page.get_by_label("Tìm theo họ tên").fill("")
    await second.sees("Đang hiện 5 dòng · đã hết")
    async with page.expect_download() as saved:
        await second.press("Excel")
    assert (await saved.value).suggested_filename.endswith(".xlsx")
    await page.emulate_media(media="print")
    await second.shoot("in-danh-sach")
    await page.emulate_media(media="screen")
    await second.press("Đối chiếu", nth=1)
    await second.sees("Khớp: chênh lệch 0 đ")
    await look(second, "doi-chieu", faults)
    async with page.expect_download() as saved:
        await second.press("Bản đối soát PDF")
    kept = await (await saved.value).path()
    assert kept.read_bytes().startswith(b"%PDF")


async def stop_one(officer: Person, faults: list[str]) -> None:
    """Bring a delta list that stops one person."""
    await officer.sees("Kết quả từng người")
    await officer.press("Nộp danh sách biến động")
    await officer.sees("Cột cần có")
    number = row_of(4).split(",")[1].strip('"')
    raw = file_of(f"{number},đã mất", header="Số định danh,Biến động")
    await choose(officer, "bien-dong.csv", raw)
    await officer.sees("Không có lỗi. Chưa ghi gì")
    await officer.press("Ghi 1 dòng thành danh sách")
    await officer.press("Mở danh sách")
    await officer.sees("Biến động số 1")
    await officer.sees("Chờ duyệt")
    await look(officer, "bien-dong", faults)


async def test_a_list_of_an_agency(
    house: House,
    live_server: LiveServer,
    live_worker: subprocess.Popen[bytes],
    admin_conn: asyncpg.Connection,
    tmp_path: Path,
) -> None:
    """Tests that a list goes from a faulty file to results that reconcile, by two officers."""
    crew = await desks.found_offices(house)
    cashier = await admin_conn.fetchval(
        "SELECT id FROM identity.staff WHERE username = 'thuquy.kinhbac'"
    )
    url, faults = live_server.url, list[str]()
    period = f"{service_day(now()) + timedelta(days=1):%Y-%m}"
    async with open_people(tmp_path) as people:
        officer = await people.open("can-bo", WIDE)
        second = await people.open("can-bo-2", WIDE)
        await bring_list(officer, url, period, faults)
        await see_alarm(house, officer, await people.open("thu-quy", WIDE), url, faults)
        list_id = await fund(house, crew, cashier)
        await refuse_maker(officer, list_id)
        await approve(second, url, faults)
        await pay_two(house, crew, list_id, cashier)
        await see_results(second, faults)
        await stop_one(officer, faults)
        assert [one for person in people.list for one in person.complaints] == []
    assert live_worker.poll() is None
    assert faults == []
    assert await checks.find_violations(admin_conn) == {}
