"""Tests of lists and payments as an officer's, a cashier's and a controller's browser see them."""

from datetime import timedelta

import httpx
import pytest
from litestar import Litestar

from backend import identity, payouts
from backend.house import House
from backend.identity import StaffDraft
from backend.kit import sheet_reader
from backend.kit.ids import new_id
from tests.backend.desk import MORNING, Clock, make_client, sign_in
from tests.backend.payouts.making import HOME, Counter, file_of, number_of, row_of, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.store]

CSV = {"content-type": "text/csv"}
LISTS = "/api/partner/v1/payout-lists"
CASH = "/api/cash/v1/payouts"
BRING = f"{LISTS}/files?scheme=pension&period=2026-12"


class Desk:
    """Browsers of the people of one office, by role."""

    def __init__(self, app: Litestar, counter: Counter) -> None:
        self.app, self.counter = app, counter

    async def browser(self, role: str, staff_id: object | None = None) -> httpx.AsyncClient:
        """Return somebody's browser, whose second factor was given just now."""
        day = self.counter.day
        if staff_id is None:
            draft = StaffDraft(
                office_id=day.office_id,
                username=f"{role.replace('_', '')}.{new_id().hex[:12]}",
                display_name="Phạm Văn Mẫu",
                role=role,
                partner_id=day.partner_id if role == "agency_officer" else None,
            )
            async with self.counter.begin() as conn:
                staff_id = (await identity.add_staff(conn, draft, now=MORNING)).id
        token = await sign_in(day, staff_id, role)
        async with self.counter.begin() as conn:
            await conn.execute(
                "INSERT INTO identity.factor "
                "(office_id, id, staff_id, secret_sealed, made_at, confirmed_at) "
                "VALUES ($1, $2, $3, $5, $4, $4)",
                day.office_id,
                new_id(),
                staff_id,
                MORNING,
                self.counter.house.sealer.seal(
                    "A" * 32, place=f"identity.factor.secret:{staff_id}"
                ),
            )
            await conn.execute(
                "UPDATE identity.session SET factor_at = $2 WHERE staff_id = $1",
                staff_id,
                MORNING,
            )
        return make_client(self.app, token)

    async def read_files(self) -> None:
        """Do what the worker would do with files that were brought."""
        async with self.counter.begin() as conn:
            ids = await conn.fetch("SELECT id FROM payouts.upload WHERE state = 'queued'")
        for row in ids:
            await payouts.read(self.counter.house, self.counter.office_id, row["id"])


@pytest.fixture
def desk(app: Litestar, counter: Counter) -> Desk:
    return Desk(app, counter)


async def fund(
    cashier: httpx.AsyncClient, controller: httpx.AsyncClient, list_id: str, amount_vnd: int
) -> int:
    """Let the cashier say that the agency's money came, and the controller agree."""
    path = f"{CASH}/lists/{list_id}/fund"
    lacking = await cashier.post(path, json={"amount_vnd": amount_vnd, "reference": " "})
    assert (lacking.status_code, lacking.json()["code"]) == (409, "needs_reason")
    asked = await cashier.post(path, json={"amount_vnd": amount_vnd, "reference": "BC-01"})
    assert asked.status_code == 201, asked.text
    again = await cashier.post(path, json={"amount_vnd": amount_vnd, "reference": "BC-01"})
    assert (again.status_code, again.json()["code"]) == (409, "fund_asked")
    (waiting,) = (await controller.get(f"{CASH}/proposals")).json()
    assert (waiting["kind"], waiting["amount_vnd"], waiting["reason"], waiting["detail"]) == (
        "fund", amount_vnd, "BC-01", "",
    )  # fmt: skip
    decided = await controller.post(
        f"{CASH}/proposals/{waiting['id']}/decide", json={"is_allowed": True}
    )
    return decided.status_code


async def test_alarms_reach_the_agency_and_the_cashier(desk: Desk) -> None:
    """Tests that an officer and a cashier read what the calendar asks of a list."""
    batch = await desk.counter.draft(row_of(1))
    async with desk.counter.begin() as conn:
        assert await payouts.raise_alarms(conn, now=MORNING) == 1
    for role in ("agency_officer", "cashier", "controller"):
        browser = await desk.browser(role)
        (alarm,) = (await browser.get(f"{LISTS}/alarms")).json()
        assert (alarm["list_id"], alarm["kind"]) == (str(batch.id), "money_missing")
        assert (alarm["due_on"], alarm["is_late"]) == ("2026-11-23", True)
    courier = await desk.browser("courier")
    assert (await courier.get(f"{LISTS}/alarms")).status_code == 403


async def test_list_goes_from_file_to_paid(desk: Desk) -> None:
    """Tests that a list goes its whole way: brought, kept, funded, approved, paid, told, closed."""
    officer = await desk.browser("agency_officer", desk.counter.officer)
    second = await desk.browser("agency_officer")
    cashier = await desk.browser("cashier")
    controller = await desk.browser("controller")
    raw = file_of(row_of(1), row_of(2, 900_000))
    answer = await officer.post(f"{BRING}&declared_vnd=4400000", content=raw, headers=CSV)
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    file = answer.json()["id"]
    await desk.read_files()
    seen = (await officer.get(f"{LISTS}/files/{file}")).json()
    assert (seen["state"], seen["num_read"], seen["num_total"], seen["faults"]) == (
        "judged",
        2,
        2,
        [],
    )
    assert (await officer.post(f"{LISTS}/files/{file}/keep")).status_code == 202
    await desk.read_files()
    (batch,) = (await officer.get(LISTS)).json()
    assert (batch["state"], batch["total_vnd"], batch["days"]["list_before"]) == (
        "draft",
        4_400_000,
        "2026-11-25",
    )
    path = f"{LISTS}/{batch['id']}"
    refused = await second.post(f"{path}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "list_not_balanced")
    assert await fund(cashier, controller, batch["id"], 4_400_000) == 204
    refused = await officer.post(f"{path}/approve")
    assert refused.json()["code"] == "approved_by_maker"
    assert (await second.post(f"{path}/approve")).status_code == 204
    await desk.counter.give_float(5_000_000)
    found = await cashier.post(f"{CASH}/search", json={"id_number": number_of(1)})
    (payout,) = found.json()
    given = {
        "id": str(new_id()),
        "amount_vnd": 3_500_000,
        "identity": {"method": "cccd", "last4": "0001"},
        "sign_citizen": "M1 1 L9 9",
    }
    paid = await cashier.post(f"{CASH}/{payout['id']}/pay", json=given)
    assert (paid.status_code, paid.json()["is_new"]) == (200, True)
    again = await cashier.post(f"{CASH}/{payout['id']}/pay", json=given)
    assert (again.status_code, again.json()["is_new"]) == (200, False)
    refused = await cashier.post(f"{CASH}/{payout['id']}/pay", json=given | {"id": str(new_id())})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_paid")
    page = (await officer.get(f"{path}/payouts?state=paid&q=mau b")).json()
    assert [item["id_last4"] for item in page["items"]] == ["0001"]
    closed = await controller.post(
        f"{CASH}/lists/{batch['id']}/close", json={"unpaid": "give_back"}
    )
    assert closed.json() == {"given_back_vnd": 900_000}
    told = (await officer.get(f"{path}/reconciliation")).json()
    assert told["difference_vnd"] == 0
    assert told["rows"] == told["ledger"]
    assert number_of(1) not in str([seen, batch, payout, page, told])


async def test_rows_come_in_pages(desk: Desk) -> None:
    """Tests that pages follow one another without gap or repeat, and bad cursors are refused."""
    officer = await desk.browser("agency_officer", desk.counter.officer)
    batch = await desk.counter.draft(*(row_of(at) for at in range(1, 8)))
    seen, after = [], ""
    while True:
        page = (await officer.get(f"{LISTS}/{batch.id}/payouts?limit=3{after}")).json()
        seen += [item["row"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == list(range(2, 9))
    refused = await officer.get(f"{LISTS}/{batch.id}/payouts?after=x")
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")


async def test_faults_are_told_in_the_asked_language(desk: Desk) -> None:
    """Tests that a file's faults come with sentences, and as a file no spreadsheet runs (A11)."""
    officer = await desk.browser("agency_officer", desk.counter.officer)
    raw = file_of(row_of(1, "-5"), row_of(2, "=1+1"))
    file = (await officer.post(BRING, content=raw, headers=CSV)).json()["id"]
    await desk.read_files()
    path = f"{LISTS}/files/{file}"
    told = (await officer.get(path)).json()["faults"]
    assert [(f["row"], f["column"]) for f in told] == [(2, "amount_vnd"), (3, "amount_vnd")]
    assert told[0]["message"] == "Số tiền “-5” là số âm."
    english = (await officer.get(path, headers={"accept-language": "en"})).json()["faults"]
    assert english[0]["message"] == "The amount “-5” is negative."
    text = (await officer.get(f"{path}/faults")).content.decode("utf-8-sig")
    assert "'=1+1" in text
    assert "'-5" in text


async def test_refused_file_says_why(desk: Desk) -> None:
    """Tests that a file that is no list says so in both languages, other kinds are not taken."""
    officer = await desk.browser("agency_officer", desk.counter.officer)
    answer = await officer.post(BRING, content=b"a,b\n1,2\n", headers=CSV)
    await desk.read_files()
    told = (await officer.get(f"{LISTS}/files/{answer.json()['id']}")).json()
    assert (told["state"], told["refusal"]["code"]) == ("failed", "file_columns_missing")
    assert told["refusal"]["message"] == "Tệp thiếu cột: id_number."
    wrong = await officer.post(BRING, content=b"{}", headers={"content-type": "application/pdf"})
    assert (wrong.status_code, wrong.json()["code"]) == (415, "unsupported")
    wrong = await officer.post(f"{LISTS}/files?scheme=lottery&period=2026-12", headers=CSV)
    assert wrong.status_code == 400


async def test_statement_is_safe_in_either_form(desk: Desk) -> None:
    """Tests that a name that looks like a formula stays text in CSV and XLSX (A11)."""
    officer = await desk.browser("agency_officer", desk.counter.officer)
    batch = await desk.counter.approved(row_of(1, name="=Nguyễn Thị Mẫu"), row_of(2))
    path = f"{LISTS}/{batch.id}/statement?which=unpaid"
    text = (await officer.get(f"{path}&file=csv")).content.decode("utf-8-sig")
    assert "'=Nguyễn Thị Mẫu" in text
    assert "Tổng: 7000000 đồng" in text
    assert number_of(1) not in text
    answer = await officer.get(f"{path}&file=xlsx")
    assert b"<f>" not in answer.content
    _, rows = sheet_reader.read_rows(answer.content)
    assert [row[1] for row in rows][3:] == ["=Nguyễn Thị Mẫu", "Nguyễn Thị Mẫu C"]
    paid = (await officer.get(f"{LISTS}/{batch.id}/statement?which=paid")).text
    assert "Số dòng: 0" in paid


async def test_statement_and_reconciliation_are_papers_too(desk: Desk) -> None:
    """Tests that a list can be printed to be signed, and so can what came of it."""
    officer = await desk.browser("agency_officer", desk.counter.officer)
    batch = await desk.counter.approved(row_of(1, name="#Nguyễn Thị Mẫu"), row_of(2))
    answer = await officer.get(f"{LISTS}/{batch.id}/statement?which=unpaid&file=pdf")
    said = text_of(answer.content)
    assert answer.headers["content-type"] == "application/pdf"
    for text in ("DANH SÁCH CHƯA CHI TRẢ", "#Nguyễn Thị Mẫu", "7.000.000", "Bảy triệu đồng"):
        assert text in said
    assert number_of(1) not in said
    answer = await officer.get(f"{LISTS}/{batch.id}/reconciliation/file")
    said = text_of(answer.content)
    for text in ("BIÊN BẢN ĐỐI SOÁT CHI TRẢ", "Chênh lệch", "0 đ", "Còn lại tại bưu điện"):
        assert text in said


async def test_minutes_of_a_sitting_are_printed_with_their_signatures(desk: Desk) -> None:
    """Tests that a sitting opened and closed at the desk gives its agency a paper, and no other."""
    officer = await desk.browser("agency_officer", desk.counter.officer)
    cashier = await desk.browser("cashier")
    sitting = {
        "id": str(new_id()),
        "partner_id": str(desk.counter.day.partner_id),
        "place": "Nhà văn hóa thôn Mẫu",
        "held_on": MORNING.date().isoformat(),
        "supervisor": "Lê Văn Mẫu",
    }
    opened = await cashier.post(f"{CASH}/sittings", json=sitting)
    assert opened.status_code == 201, opened.text
    closed = await cashier.post(
        f"{CASH}/sittings/{sitting['id']}/close",
        json={"note": "không ai đến", "sign_post": "M1 1L60 9", "sign_agency": "M2 2L8 80"},
    )
    assert closed.status_code == 200, closed.text
    path = f"/api/partner/v1/payout-sittings/{sitting['id']}/minutes/file"
    said = text_of((await officer.get(path)).content)
    for text in ("BIÊN BẢN BUỔI CHI TRẢ", "Nhà văn hóa thôn Mẫu", "không ai đến", "Lê Văn Mẫu"):
        assert text in said
    assert (await officer.get(path.replace(sitting["id"], str(new_id())))).status_code == 404


async def test_large_export_needs_a_second_person(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    """Tests that many people's data leave by another's word, for a day, and for who asked (A11)."""
    monkeypatch.setattr("backend.payouts.actions.proposals.EXPORT_ROWS_MAX", 1)
    officer = await desk.browser("agency_officer", desk.counter.officer)
    other = await desk.browser("agency_officer")
    controller = await desk.browser("controller")
    batch = await desk.counter.draft(row_of(1), row_of(2))
    path = f"{LISTS}/{batch.id}/statement"
    assert (await officer.get(f"{path}?file=pdf")).status_code == 409
    refused = await officer.get(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "export_needs_second")
    asked = await officer.post(
        f"{LISTS}/{batch.id}/export-request", json={"reason": "lưu hồ sơ quý"}
    )
    (waiting,) = (await controller.get(f"{CASH}/proposals")).json()
    assert waiting["id"] == asked.json()["id"]
    decided = await controller.post(
        f"{CASH}/proposals/{waiting['id']}/decide", json={"is_allowed": True}
    )
    assert decided.status_code == 204
    assert (await officer.get(path)).status_code == 200
    assert (await other.get(path)).status_code == 409
    clock.at = MORNING + timedelta(hours=25)
    assert (await officer.get(path)).status_code in (401, 409)


async def test_other_agency_of_the_office_sees_nothing(desk: Desk, house: House) -> None:
    """Tests that an officer of another agency at the same office finds no list of this one."""
    batch = await desk.counter.draft(row_of(1))
    stranger = identity.Partner(
        new_id(), "KHAC-1", "Cơ quan khác", desk.counter.office_id, 21.18, 106.07, "Số 3", True
    )
    async with desk.counter.begin() as conn:
        await identity.save_partner(conn, stranger)
        draft = StaffDraft(
            office_id=desk.counter.office_id,
            username="khac.1",
            display_name="Phạm Văn Mẫu",
            role="agency_officer",
            partner_id=stranger.id,
        )
        staff = await identity.add_staff(conn, draft, now=MORNING)
    browser = await desk.browser("agency_officer", staff.id)
    assert (await browser.get(LISTS)).json() == []
    for path in ("", "/payouts", "/changes", "/reconciliation", "/statement"):
        assert (await browser.get(f"{LISTS}/{batch.id}{path}")).status_code == 404
    for path in ("/approve", "/discard"):
        assert (await browser.post(f"{LISTS}/{batch.id}{path}")).status_code == 404
    assert (await browser.get(f"{LISTS}/files/{batch.upload_id}")).status_code == 404


async def test_doubt_is_settled_by_proposal_and_word(desk: Desk) -> None:
    """Tests that notes in doubt are shown to the desk, and leave suspense by two people."""
    cashier = await desk.browser("cashier")
    controller = await desk.browser("controller")
    batch = await desk.counter.approved(row_of(1, **HOME))
    (row,) = await desk.counter.rows(batch)
    await desk.counter.give_float(3_500_000, desk.counter.courier)
    await desk.counter.pay_at_door(row, lease_problem="lease_expired")
    (doubt,) = (await cashier.get(f"{CASH}/doubts")).json()
    assert (doubt["reason"], doubt["is_posted"], doubt["amount_vnd"]) == (
        "lease_expired",
        True,
        3_500_000,
    )
    asked = await cashier.post(
        f"{CASH}/proposals",
        json={
            "kind": "settle",
            "subject_id": doubt["id"],
            "detail": "valid",
            "reason": "người hưởng xác nhận đã nhận",
        },
    )
    (waiting,) = (await controller.get(f"{CASH}/proposals")).json()
    assert (waiting["name"], waiting["amount_vnd"]) == (row.name, 3_500_000)
    assert (waiting["list_id"], waiting["detail"]) == (str(batch.id), "valid")
    decided = await controller.post(
        f"{CASH}/proposals/{asked.json()['id']}/decide", json={"is_allowed": True}
    )
    assert decided.status_code == 204
    assert (await cashier.get(f"{CASH}/doubts")).json() == []
    assert await desk.counter.balance_vnd("suspense") == 0
