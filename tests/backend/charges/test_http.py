"""Tests of charges over HTTP: a counter's day, two people, and the bank's signed word."""

import base64
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar

from backend import doorstep
from backend.house import House, make_house
from backend.kit.ids import new_id
from backend.kit.webhooks import public_key, sign
from backend.ops import bank
from backend.receipts import RangeDraft, allot
from tests.backend.desk import MORNING, Day, make_client, make_day, make_settings, sign_in
from tests.serving import LiveServer

PRIVATE = "whsk_" + base64.b64encode(bytes(range(7, 39))).decode()
PLACE = "/api/bank/v1/notices"


@pytest.fixture
async def house(db_url: str, tmp_path):  # type: ignore[no-untyped-def]
    settings = make_settings(db_url, tmp_path, bank_keys=(public_key(PRIVATE),))
    house = make_house(settings)
    await house.open(name="test", pool_size=6, with_hub=False)
    yield house
    await house.close()


class Office:
    """An office's cashier and controller at their desks."""

    day: Day
    cashier: httpx.AsyncClient
    controller: httpx.AsyncClient
    biller: str


@pytest.fixture
async def office(app: Litestar, house: House) -> Office:
    office = Office()
    office.day = await make_day(house)
    for role in ("cashier", "controller"):
        staff_id = await add_staff(house, office.day, role)
        client = make_client(app, await sign_in(office.day, staff_id, role))
        setattr(office, role, client)
    # The second factor was given just now.
    async with house.db.transaction(actor="house", offices="*") as conn:
        await give_factors(conn, house)
        for kind, symbol in (("bill", "26TEK"), ("fee", "26TAB")):
            draft = RangeDraft(
                office_id=office.day.office_id, kind=kind, template="EBL01", symbol=symbol,
                first_number=1, last_number=500,
            )  # fmt: skip
            await allot(conn, draft, by=office.day.dispatcher.id, now=MORNING)
    made = await office.controller.post(
        "/api/cash/v1/charges/payees",
        json={"kind": "biller", "code": "DIEN", "name": "Điện lực (mẫu)"},
    )
    office.biller = made.json()["id"]
    account = {"bin": "970449", "account": "0123456789012", "name": "BUU CUC MAU"}
    await office.controller.post("/api/cash/v1/charges/accounts", json=account)
    return office


async def add_staff(house: House, day: Day, role: str) -> UUID:
    from backend import identity

    async with house.db.transaction(actor="house", offices="*") as conn:
        draft = identity.StaffDraft(
            office_id=day.office_id, username=f"{role}1", display_name="Lê Thị Mẫu", role=role
        )
        return (await identity.add_staff(conn, draft, now=MORNING)).id


async def give_factors(conn, house: House) -> None:
    """Let everybody have given their second factor just now."""
    for office_id, staff_id in await conn.fetch("SELECT office_id, id FROM identity.staff"):
        secret = house.sealer.seal("A" * 32, place=f"identity.factor.secret:{staff_id}")
        await conn.execute(
            "INSERT INTO identity.factor (office_id, id, staff_id, secret_sealed, made_at, "
            "confirmed_at) VALUES ($1, $2, $3, $4, $5, $5)",
            office_id,
            new_id(),
            staff_id,
            secret,
            MORNING,
        )
    await conn.execute("UPDATE identity.session SET factor_at = $1", MORNING)


async def owe(office: Office, amount_vnd: int = 135_000) -> str:
    made = await office.cashier.post(
        "/api/cash/v1/charges",
        json={
            "kind": "bill",
            "payee_id": office.biller,
            "payer_name": "Nguyễn Thị Mẫu",
            "external_key": f"HD-{new_id()}",
            "items": [{"name": "Tiền điện", "amount_vnd": amount_vnd}],
        },
    )
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def code(answer: httpx.Response) -> str:
    return str(answer.json().get("code"))


async def test_a_counters_day(office: Office, house: House) -> None:
    """Tests that a bill is owed, collected once, receipted, batched, approved by another."""
    charge_id = await owe(office)
    place = f"/api/cash/v1/charges/{charge_id}"
    taken = {"id": str(new_id()), "amount_vnd": 135_000}
    short = await office.cashier.post(f"{place}/collect", json=taken | {"amount_vnd": 1_000})
    assert (short.status_code, code(short)) == (409, "charge_amount_differs")
    first = await office.cashier.post(f"{place}/collect", json=taken)
    assert (await office.cashier.post(f"{place}/collect", json=taken)).json() == first.json()
    receipt_id = first.json()["receipt_id"]
    paper = await office.cashier.get(f"/api/cash/v1/receipts/{receipt_id}/paper")
    assert paper.content.startswith(b"%PDF-")
    detail = (await office.cashier.get(place)).json()
    assert detail["charge"]["state"] == "collected"
    made = await office.cashier.post(
        "/api/cash/v1/charges/batches", json={"kind": "bill", "payee_id": office.biller}
    )
    batch = f"/api/cash/v1/charges/batches/{made.json()['id']}"
    own = await office.cashier.post(f"{batch}/remit", json={})
    assert code(own) == "approved_by_maker"
    assert (await office.controller.post(f"{batch}/remit", json={})).status_code == 204
    table = await office.cashier.get(f"{batch}/file", params={"is_csv": "true"})
    assert "Nguyễn Thị Mẫu" in table.text
    async with house.db.transaction(actor="house", offices="*") as conn:
        kept = await conn.fetchval(
            "SELECT count(*) FROM identity.audit WHERE action = 'charges.export'"
        )
    assert kept == 1
    listed = await office.cashier.get("/api/cash/v1/charges", params={"charge_state": "remitted"})
    assert [item["id"] for item in listed.json()["items"]] == [charge_id]


async def test_charge_may_be_due_at_a_door(office: Office, house: House) -> None:
    """Tests that a desk sends a courier for a charge, and a wrong phone is refused by name."""
    asked = {
        "kind": "postage",
        "payer_name": "Nguyễn Thị Mẫu",
        "items": [{"name": "Cước", "amount_vnd": 20_000}],
        "door": {"address": "Số 5, phường Kinh Bắc, Bắc Ninh", "wanted_on": "2026-11-24"},
    }
    wrong = asked | {"door": {**asked["door"], "phone": "12"}}
    assert code(await office.cashier.post("/api/cash/v1/charges", json=wrong)) == "phone_invalid"
    made = await office.cashier.post("/api/cash/v1/charges", json=asked)
    async with house.db.transaction(actor="house", offices="*") as conn:
        due = await doorstep.list_due(conn, office.day.office_id, office.day.service_on)
    assert [str(errand.id) for errand in due] == [made.json()["id"]]


async def test_proposals_want_two_people(office: Office) -> None:
    """Tests that a reversal is proposed by one and done when another approves, once."""
    charge_id = await owe(office)
    taken = {"id": str(new_id()), "amount_vnd": 135_000}
    await office.cashier.post(f"/api/cash/v1/charges/{charge_id}/collect", json=taken)
    asked = {"kind": "take_back", "subject_id": charge_id, "note": "thu nhầm người"}
    made = await office.cashier.post("/api/cash/v1/charges/proposals", json=asked)
    again = await office.cashier.post("/api/cash/v1/charges/proposals", json=asked)
    assert code(again) == "proposal_open"
    place = f"/api/cash/v1/charges/proposals/{made.json()['id']}"
    assert code(await office.cashier.post(f"{place}/approve")) == "approved_by_maker"
    waiting = (await office.controller.get("/api/cash/v1/charges/waiting")).json()
    assert [p["amount_vnd"] for p in waiting["proposals"]] == [135_000]
    assert [(c["id"], c["payer_name"]) for c in waiting["charges"]] == [
        (charge_id, "Nguyễn Thị Mẫu")
    ]
    assert (await office.controller.post(f"{place}/approve")).status_code == 204
    assert code(await office.controller.post(f"{place}/approve")) == "proposal_ended"
    detail = (await office.cashier.get(f"/api/cash/v1/charges/{charge_id}")).json()
    assert detail["charge"]["state"] == "due"
    asked["kind"] = "confirm_qr"
    made = await office.cashier.post(
        "/api/cash/v1/charges/proposals", json=asked | {"bank_reference": "FT1"}
    )
    place = f"/api/cash/v1/charges/proposals/{made.json()['id']}"
    assert (await office.cashier.post(f"{place}/refuse")).status_code == 204


async def tell(app: Litestar, message: object, **changes: str) -> httpx.Response:
    body = msgspec.json.encode(message)
    headers = sign(changes.pop("id", "m1"), MORNING, body, PRIVATE) | changes
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://tannoi.test"
    ) as client:
        return await client.post(
            PLACE, content=body, headers=headers | {"content-type": "application/json"}
        )


async def test_banks_word_pays_a_qr(app: Litestar, office: Office) -> None:
    """Tests that a QR is paid by a signed notice, once, and by no unsigned one."""
    charge_id = await owe(office)
    shown = (await office.cashier.post(f"/api/cash/v1/charges/{charge_id}/qr")).json()
    message = msgspec.json.decode(bank.make_message(shown["payload"], {}, now=MORNING))
    refused = await tell(app, message, **{"webhook-signature": "v1a,AAAA"})
    assert (refused.status_code, code(refused)) == (401, "bad_signature")
    assert (await tell(app, message)).json() == {"outcome": "paid"}
    assert (await tell(app, message)).json() == {"outcome": "paid"}
    assert (await tell(app, message, id="m2")).json() == {"outcome": "repeated"}
    detail = (await office.cashier.get(f"/api/cash/v1/charges/{charge_id}")).json()
    assert detail["charge"]["state"] == "collected"
    late = await office.cashier.post(f"/api/cash/v1/charges/{charge_id}/qr")
    assert code(late) == "charge_collected"


@pytest.mark.parametrize(
    ("change", "status", "refusal"),
    [
        ({"amount_vnd": "1000"}, 400, "malformed"),
        ({"amount_vnd": 1000.5}, 400, "malformed"),
        ({"amount_vnd": -1}, 422, "notice_field"),
        ({"amount_vnd": 10**20}, 422, "notice_field"),
        ({"extra": 1}, 400, "malformed"),
        ({"bin": "12"}, 422, "notice_field"),
        ({"paid_at": "yesterday"}, 400, "malformed"),
    ],
)
async def test_bad_notices_are_refused(
    app: Litestar, office: Office, change: dict[str, object], status: int, refusal: str
) -> None:
    """Tests that a signed notice of nonsense is refused by name and books nothing."""
    payment = {
        "bank_reference": "FT1", "bin": "970449", "account": "0123456789012",
        "amount_vnd": 1_000, "content": "x", "paid_at": MORNING.isoformat(),
    }  # fmt: skip
    answer = await tell(app, {"type": "payment.received", "data": payment | change})
    assert (answer.status_code, code(answer)) == (status, refusal)
    waiting = (await office.cashier.get("/api/cash/v1/charges/waiting")).json()
    assert waiting["notices"] == []


@pytest.fixture
def server_env(server_env: dict[str, str]) -> dict[str, str]:
    """Return the settings of a house that knows its bank."""
    return server_env | {"TANNOI_BANK_KEYS": public_key(PRIVATE)}


async def test_stand_in_tells_a_real_server(
    house: House, office: Office, live_server: LiveServer, public_url: str
) -> None:
    """Tests that the bank's process pays a QR over the wire, once however often it tells."""
    charge_id = await owe(office)
    shown = (await office.cashier.post(f"/api/cash/v1/charges/{charge_id}/qr")).json()
    counter = bank.open_counter(public_url, PRIVATE)
    try:
        async with httpx.AsyncClient() as client:
            place = f"http://127.0.0.1:{counter.server_port}/pay"
            asked = {"payload": shown["payload"], "times": 2, "bank_reference": "FT26"}
            told = (await client.post(place, json=asked)).json()["answers"]
            again = (await client.post(place, json=asked)).json()["answers"]
            less = (await client.post(place, json={**asked, "amount_vnd": 1})).json()["answers"]
            wrong = await client.post(place, json={"payload": "no QR"})
    finally:
        counter.shutdown()
        counter.server_close()
    paid = {"status": 200, "said": '{"outcome":"paid"}'}
    repeated = '{"outcome":"repeated"}'
    assert told == [paid, paid]
    assert [a["said"] for a in again] == [repeated, repeated]
    assert [a["said"] for a in less] == [repeated, repeated]  # the same movement of money
    assert wrong.status_code == 400
    detail = (await office.cashier.get(f"/api/cash/v1/charges/{charge_id}")).json()
    assert detail["charge"]["state"] == "collected"


async def test_stand_in_with_another_key_is_not_believed(
    live_server: LiveServer, public_url: str
) -> None:
    """Tests that whoever signs with another key is refused, whatever they tell."""
    qr = "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA"
    qr += "53037045405100005802VN62150811Chuyen tien630453E6"
    strange = "whsk_" + base64.b64encode(bytes(range(9, 41))).decode()
    (answer,) = bank.pay(public_url, strange, {"payload": qr})
    assert answer["status"] == 401
