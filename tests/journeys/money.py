"""Money to carry to doors, made by the rooms' own doors for a real day: lists, rounds, desks."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from backend import charges, doorstep, identity, network, payouts, receipts, rounds
from backend.charges import BankAccount, Door, NewCharge, Payee
from backend.house import House
from backend.identity import CitizenDraft
from backend.kit.clock import now, service_day
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.ops.demo_town import Crew
from backend.payouts import Asked
from backend.rounds import ActDraft, RoundDraft, StopDraft
from tests.backend.payouts.making import file_of, number_of, row_of
from tests.journeys.browsing import Person

BUSY_TRIES = 10
FETCH = """async ([method, path, body]) => {
    const answer = await fetch(path, {
        method,
        headers: {'content-type': 'application/json'},
        body: body === null ? undefined : JSON.stringify(body),
    });
    return [answer.status, await answer.text()];
}"""


@dataclass(frozen=True)
class Pension:
    """A pension of somebody who is nobody."""

    name: str
    number: str
    amount_vnd: int
    has_proxy: bool = False


PENSIONS = (
    Pension("Nguyễn Thị Mẫu A", number_of(11), 2_100_000),
    Pension("Trần Văn Mẫu B", number_of(12), 3_500_000, has_proxy=True),
    Pension("Lê Thị Mẫu C", number_of(13), 1_850_000),
    Pension("Phạm Văn Mẫu D", number_of(14), 2_400_000),
)
PAYER = "024190000017"
"""The own number of who owes the bill."""
PROXY = ("Trần Thị Mẫu E", number_of(900_077, year=80))


def make_row(at: int, pension: Pension, today: date) -> str:
    """Return the row of a home payout in this month's list."""
    proxy = {}
    if pension.has_proxy:
        proxy = {
            "proxy": PROXY[0],
            "proxy_id": PROXY[1],
            "certified": "có",
            "from": (today - timedelta(days=60)).isoformat(),
            "to": (today + timedelta(days=60)).isoformat(),
        }
    cells = {
        "name": pension.name,
        "id": pension.number,
        "period": f"{today:%Y-%m}",
        "how": "tại nhà",
        "address": f"Số {at + 4} đường Mẫu, phường Kinh Bắc, Bắc Ninh",
        **proxy,
    }
    return row_of(at, pension.amount_vnd, **cells)


async def bring_list(house: House, crew: Crew, pensions: Sequence[Pension]) -> list[UUID]:
    """Bring, fund, approve and place a list of this month; return its payouts in order."""
    at, office_id = now(), crew.office.id
    today = service_day(at)
    raw = file_of(*(make_row(n, one, today) for n, one in enumerate(pensions, start=1)))
    cashier = new_id()
    async with house.db.transaction(actor="house", offices="*") as conn:
        upload_id = await payouts.bring(
            conn, house.sealer, office_id=office_id, partner_id=crew.partner.id,
            by=crew.officer.id, asked=Asked(scheme="pension", period=f"{today:%Y-%m}"), raw=raw,
            commit=True, now=at,
        )  # fmt: skip
    await payouts.read(house, office_id, upload_id)
    async with house.db.transaction(actor="house", offices="*") as conn:
        upload = await payouts.find_upload(conn, office_id, upload_id)
        assert upload is not None
        assert upload.list_id is not None, (upload.refusal, upload.faults)
        total_vnd = sum(one.amount_vnd for one in pensions)
        await payouts.fund(
            conn, office_id=office_id, list_id=upload.list_id, amount_vnd=total_vnd, by=cashier,
            now=at,
        )  # fmt: skip
        await payouts.approve(
            conn, office_id=office_id, list_id=upload.list_id, by=new_id(), now=at
        )
    num = 1
    while num:
        async with house.db.transaction(actor="house", offices="*") as conn:
            num = await payouts.place(conn, house.sealer, office_id, upload.list_id, now=at)
    async with house.db.transaction(actor="house", offices="*") as conn:
        batch = await payouts.get_list(conn, office_id, upload.list_id)
        rows = await payouts.list_payouts(conn, batch, limit=100)
    return [next(row.id for row in rows if row.name == one.name) for one in pensions]


async def publish_round(
    house: House,
    crew: Crew,
    courier_id: UUID,
    acts: Sequence[tuple[UUID, Any]],
    *more: tuple[UUID, Any],
) -> None:
    """Put acts of money on today's round of a courier, a stop each; `more` join the first act."""
    office_id, at = crew.office.id, now()
    async with house.db.transaction(actor="house", offices="*") as conn:
        stops = []
        for place, (errand_id, kind) in enumerate(acts):
            errand = await doorstep.lock(conn, office_id, errand_id)
            assert errand is not None
            stops.append(
                StopDraft(
                    delivery_point_id=errand.delivery_point_id,
                    citizen_id=errand.citizen_id,
                    planned_s=(8 + place) * 3600,
                    tw_early_s=None,
                    tw_late_s=None,
                    service_duration_s=errand.service_duration_s,
                    acts=[
                        ActDraft(*one) for one in ((errand_id, kind), *(more if place == 0 else ()))
                    ],
                )
            )
        draft = RoundDraft(
            courier_id=courier_id, shift_id=new_id(), starts_s=27_000, ends_s=61_200,
            lunch_at_s=None, lunch_duration_s=0, duration_s=9_000, distance_m=9_000, stops=stops,
        )  # fmt: skip
        await rounds.publish(
            conn, office_id=office_id, service_on=service_day(at), plan_id=new_id(),
            drafts=[draft], now=at,
        )  # fmt: skip


async def ask(person: Person, method: str, path: str, body: Any = None) -> Any:
    """Send a request from somebody's page, again while the house is busy; return its answer."""
    for _ in range(BUSY_TRIES):
        status, text = await person.page.evaluate(FETCH, [method, path, body])
        if status != 503:
            break
        await person.page.wait_for_timeout(1000)
    assert status < 300, (method, path, status, text)
    return json.loads(text) if text else None


async def confirm_factor(person: Person) -> None:
    """Set up a second factor and give its code, as a demo person may."""
    identity = "/api/identity/v1"
    await ask(person, "POST", f"{identity}/factor")
    code = (await ask(person, "GET", f"{identity}/demo-code"))["code"]
    await ask(person, "POST", f"{identity}/confirm", {"code": code})


async def allot_numbers(conn: Conn, crew: Crew, controller_id: UUID) -> None:
    """Give the office receipt numbers of this year for fees and for bills."""
    at = now()
    for kind, letters in (("fee", "AB"), ("bill", "AC")):
        draft = receipts.RangeDraft(
            office_id=crew.office.id, kind=kind, template="EBL01",
            symbol=f"{service_day(at):%y}T{letters}", first_number=1, last_number=500,
        )  # fmt: skip
        await receipts.allot(conn, draft, by=controller_id, now=at)


async def owe(house: House, crew: Crew, controller_id: UUID) -> list[UUID]:
    """Let two citizens owe money at their doors: a fee, which needs a receipt, and a bill.

    The office gets receipt numbers of this year, and an account at a bank.
    """
    at, office_id = now(), crew.office.id
    today = service_day(at)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await charges.save_partner_payee(conn, office_id, crew.partner.id)
        biller = Payee(office_id, new_id(), "biller", "NUOC", "Cấp nước (mẫu)", is_demo=True)
        await charges.save_payee(conn, biller)
        account = BankAccount(office_id, "970405", "1234567890", "BUU DIEN MAU", is_default=True)
        await charges.save_account(conn, account)
        await allot_numbers(conn, crew, controller_id)
        made = []
        for place, (kind, payee_id, name, amount_vnd) in enumerate(
            (
                ("fee", crew.partner.id, "Lệ phí cấp bản sao trích lục", 8_000),
                ("bill", biller.id, "Tiền nước", 312_000),
            )
        ):
            citizen = CitizenDraft(office_id=office_id, name=f"Vũ Thị Mẫu {place + 1}", phone=None)
            point = await network.save_point(
                conn, office_id=office_id,
                address_text=f"Số {place + 21} đường Mẫu, phường Kinh Bắc, Bắc Ninh", now=at,
                gazetteer=await network.get_gazetteer(conn),
            )  # fmt: skip
            made.append(
                NewCharge(
                    office_id=office_id, id=new_id(), kind=kind, payee_id=payee_id,
                    payer_name=citizen.name, items=[receipts.Item(name, amount_vnd)],
                    due_on=today, made_by=controller_id, external_key=f"MAU-{place}",
                    payer_tax_code=PAYER if kind == "bill" else "",
                    door=Door(
                        citizen_id=await identity.save_citizen(
                            conn, house.sealer, citizen, now=at
                        ),
                        delivery_point_id=point.id,
                        wanted_on=today,
                    ),
                )
            )  # fmt: skip
        return await charges.add_many(conn, made, now=at)
