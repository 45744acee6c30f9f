"""Tests of money orders over HTTP: a PIN shown once, tries that count, numbers masked."""

from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar

from backend import identity
from backend.house import House
from backend.kit.ids import new_id
from tests.backend.desk import MORNING, Day, make_client, make_day, sign_in
from tests.backend.money_orders.counter import PAYEE, SENDER, other

PLACE = "/api/cash/v1/orders"


async def open_desk(app: Litestar, house: House, day: Day, role: str) -> httpx.AsyncClient:
    """Return the browser of a person who gave the second factor just now."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        draft = identity.StaffDraft(
            office_id=day.office_id, username=f"{role}.{day.office_id.int}",
            display_name="Lê Thị Mẫu", role=role,
        )  # fmt: skip
        staff_id = (await identity.add_staff(conn, draft, now=MORNING)).id
    token = await sign_in(day, staff_id, role)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await give_factor(conn, house, day.office_id, staff_id)
    return make_client(app, token)


async def give_factor(conn, house: House, office_id: UUID, staff_id: UUID) -> None:
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
    await conn.execute(
        "UPDATE identity.session SET factor_at = $2 WHERE staff_id = $1", staff_id, MORNING
    )


class Desks:
    """A cashier and a controller here, a cashier in another office."""

    here: httpx.AsyncClient
    controller: httpx.AsyncClient
    there: httpx.AsyncClient


@pytest.fixture
async def desks(app: Litestar, house: House) -> Desks:
    desks = Desks()
    here, there = await make_day(house), await make_day(house, number=2)
    desks.here = await open_desk(app, house, here, "cashier")
    desks.controller = await open_desk(app, house, here, "controller")
    desks.there = await open_desk(app, house, there, "cashier")
    return desks


def code(answer: httpx.Response) -> str:
    return str(answer.json().get("code"))


async def send(desk: httpx.AsyncClient, **changes: object) -> dict[str, str]:
    asked = {
        "id": str(new_id()),
        "amount_vnd": 2_000_000,
        "purpose": "Gửi cho gia đình",
        "sender": msgspec.to_builtins(SENDER),
        "payee": msgspec.to_builtins(PAYEE),
    }
    made = await desk.post(PLACE, json=asked | changes)
    assert made.status_code == 201, made.text
    order = made.json()
    money = {"amount_vnd": order["amount_vnd"], "fee_vnd": order["fee_vnd"]}
    taken = await desk.post(f"{PLACE}/{order['id']}/take", json=money)
    assert taken.status_code == 204, taken.text
    shown = await desk.post(f"{PLACE}/{order['id']}/pin")
    return order | {"pin": shown.json()["pin"]}


def paying(order: dict[str, str], **changes: object) -> dict[str, object]:
    asked: dict[str, object] = {
        "id": str(new_id()),
        "reference": order["reference"],
        "pin": order["pin"],
        "amount_vnd": 2_000_000,
        "method": "cccd",
        "id_number": PAYEE.id_number,
    }
    return asked | changes


async def test_order_goes_from_office_to_office(desks: Desks) -> None:
    """Tests that an order is taken here, presented and paid there, and found settled here."""
    order = await send(desks.here)
    again = await desks.here.post(f"{PLACE}/{order['id']}/pin")
    assert code(again) == "pin_shown"
    asked = {"reference": order["reference"].lower(), "pin": order["pin"]}
    shown = await desks.there.post(f"{PLACE}/present", json=asked)
    assert shown.json()["payee"] == {
        "name": PAYEE.name, "id_number": "••••••••0123", "phone": "••••••0002",
    }  # fmt: skip
    poor = await desks.there.post(f"{PLACE}/pay", json=paying(order))
    assert code(poor) == "not_covered"
    await send(desks.there, amount_vnd=3_000_000)  # now there is cash there
    act = paying(order)
    assert (await desks.there.post(f"{PLACE}/pay", json=act)).status_code == 204
    assert (await desks.there.post(f"{PLACE}/pay", json=act)).status_code == 204
    assert code(await desks.there.post(f"{PLACE}/pay", json=paying(order))) == "order_settled"
    (item,) = (await desks.here.get(PLACE)).json()["items"]
    assert item["state"] == "paid"
    assert (await desks.there.post(f"{PLACE}/{order['id']}/show")).status_code == 404


async def test_order_may_be_taken_at_the_senders_door(desks: Desks, house: House) -> None:
    """Tests that a desk sends a courier to the sender, who needs an address for it."""
    asked = {
        "id": str(new_id()), "amount_vnd": 2_000_000, "purpose": "x",
        "sender": msgspec.to_builtins(SENDER) | {"address": ""},
        "payee": msgspec.to_builtins(PAYEE), "sender_door": {"wanted_on": "2026-11-24"},
    }  # fmt: skip
    assert code(await desks.here.post(PLACE, json=asked)) == "address_empty"
    asked["sender_door"] = {"wanted_on": "2026-11-24", "address": "Số 3, phường Kinh Bắc"}
    made = await desks.here.post(PLACE, json=asked)
    assert made.status_code == 201, made.text
    async with house.db.transaction(actor="house", offices="*") as conn:
        row = await conn.fetchrow("SELECT kind, cash_in_vnd FROM doorstep.errand")
    assert tuple(row) == ("order.take", 2_025_000)


async def test_refused_tries_count(desks: Desks) -> None:
    """Tests that wrong PINs are counted though they are refused, and two people unlock."""
    order = await send(desks.here)
    wrong = paying(order, pin=other(order["pin"]))
    told = [code(await desks.there.post(f"{PLACE}/pay", json=wrong)) for _ in range(4)]
    assert told == ["wrong_pin", "wrong_pin", "pin_locked", "pin_locked"]
    unknown = await desks.there.post(f"{PLACE}/pay", json=wrong | {"reference": "CT12345678"})
    assert (unknown.status_code, code(unknown)) == (409, "wrong_pin")
    asked = {"kind": "unlock", "subject_id": order["id"], "note": "nhớ nhầm"}
    foreign = await desks.there.post(f"{PLACE}/proposals", json=asked)
    assert foreign.status_code == 404
    first = (await desks.here.post(f"{PLACE}/proposals", json=asked)).json()["id"]
    # Whoever asked may let it go; what is refused changes nothing and is over.
    assert (await desks.here.post(f"{PLACE}/proposals/{first}/refuse")).status_code == 204
    late = await desks.controller.post(f"{PLACE}/proposals/{first}/approve")
    assert code(late) == "order_proposal_ended"
    again = await desks.controller.post(f"{PLACE}/proposals/{first}/refuse")
    assert code(again) == "order_proposal_ended"
    made = (await desks.here.post(f"{PLACE}/proposals", json=asked)).json()["id"]
    own = await desks.here.post(f"{PLACE}/proposals/{made}/approve")
    assert code(own) == "approved_by_maker"
    assert (await desks.controller.post(f"{PLACE}/proposals/{made}/approve")).status_code == 204
    right = {"reference": order["reference"], "pin": order["pin"]}
    assert (await desks.there.post(f"{PLACE}/present", json=right)).status_code == 200


async def test_sender_gets_it_back(desks: Desks, house: House) -> None:
    """Tests that a refund goes to the sender, showing people is kept, large sums are reported."""
    order = await send(desks.here)
    place = f"{PLACE}/{order['id']}"
    paper = {"id": str(new_id()), "method": "cccd", "id_number": PAYEE.id_number}
    assert code(await desks.here.post(f"{place}/refund", json=paper)) == "wrong_identity"
    paper["id_number"] = SENDER.id_number
    assert (await desks.here.post(f"{place}/refund", json=paper)).status_code == 204
    full = (await desks.here.post(f"{place}/show")).json()
    assert full["sender"]["id_number"] == SENDER.id_number
    async with house.db.transaction(actor="house", offices="*") as conn:
        kept = await conn.fetch("SELECT object_id FROM identity.audit WHERE action = 'order.show'")
    assert [str(row[0]) for row in kept] == [order["id"]]
    await send(desks.here, amount_vnd=500_000_000)
    days = {"from_day": "2026-11-24", "to_day": "2026-11-24"}
    flags = (await desks.controller.get(f"{PLACE}/flags", params=days)).json()["items"]
    assert sorted(flag["kind"] for flag in flags) == ["cash_day", "transfer"]
    table = await desks.controller.get(f"{PLACE}/flags/file", params=days | {"is_csv": "true"})
    assert SENDER.id_number in table.text
    listed = (await desks.here.get(PLACE)).text
    assert SENDER.id_number not in listed


@pytest.mark.parametrize(
    ("change", "status", "refusal"),
    [
        ({"amount_vnd": 0}, 400, "malformed"),
        ({"amount_vnd": 1.5}, 400, "malformed"),
        ({"fee_vnd": 1}, 400, "malformed"),  # the fee is ours to say
        ({"purpose": ""}, 400, "malformed"),
        ({"sender": {"name": "x", "id_number": "1"}}, 422, "order_party"),
        ({"sender": {"name": "x", "id_number": "1", "extra": 1}}, 400, "malformed"),
        ({"amount_vnd": 600_000_001}, 409, "order_over_ceiling"),
    ],
)
async def test_bad_orders_are_refused(
    desks: Desks, change: dict[str, object], status: int, refusal: str
) -> None:
    """Tests that an order of nonsense is refused by name, and none is made."""
    asked = {
        "id": str(new_id()), "amount_vnd": 2_000_000, "purpose": "x",
        "sender": msgspec.to_builtins(SENDER), "payee": msgspec.to_builtins(PAYEE),
    }  # fmt: skip
    answer = await desks.here.post(PLACE, json=asked | change)
    assert (answer.status_code, code(answer)) == (status, refusal)
    assert (await desks.here.get(PLACE)).json()["items"] == []
