"""Tests that money orders are taken once, paid or given back once, against PIN and identity."""

from datetime import timedelta

import asyncpg
import msgspec
import pytest

from backend import doorstep, money_orders
from backend.kit.errors import Refusal
from backend.kit.ids import new_id
from backend.kit.jobs import decode
from backend.money_orders import SenderDoor
from backend.money_orders.actions.taking import Bring
from backend.money_orders.jobs import bring
from tests.backend.money_orders.counter import PAYEE, SEALER, SENDER, Desk, other
from tests.backend.receipts.numbers import NOW


@pytest.fixture
async def desk(conn: asyncpg.Connection) -> Desk:
    desk = Desk()
    await desk.open(conn)
    return desk


@pytest.fixture
async def far(conn: asyncpg.Connection) -> Desk:
    """Return another office, with cash to pay."""
    far = Desk()
    await far.open(conn)
    await far.fill(conn, 900_000_000)
    return far


async def refused(conn: asyncpg.Connection, work) -> str:
    with pytest.raises(Refusal) as caught:
        async with conn.transaction():
            await work
    return caught.value.code


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"amount_vnd": 0}, "order_amount"),
        ({"amount_vnd": -1}, "order_amount"),
        ({"amount_vnd": 50_000_000_001}, "order_amount"),
        ({"amount_vnd": 600_000_001}, "order_over_ceiling"),
        ({"sender": msgspec.structs.replace(SENDER, name=" ")}, "order_party"),
        ({"sender": msgspec.structs.replace(SENDER, id_number="12")}, "order_party"),
        ({"payee": msgspec.structs.replace(PAYEE, id_number="000000000000")}, "order_party"),
        ({"payee": SENDER}, "order_same_person"),
        ({"purpose": " "}, "order_party"),
        (
            {"to_door": True, "payee": msgspec.structs.replace(PAYEE, address="")},
            "order_party",
        ),
        (
            {"amount_vnd": 400_000_000, "sender": msgspec.structs.replace(SENDER, birth_on=None)},
            "aml_fields_missing",
        ),
        (
            {"amount_vnd": 500_000_000, "payee": msgspec.structs.replace(PAYEE, nationality="")},
            "aml_fields_missing",
        ),
    ],
)
async def test_book_refuses_what_cannot_be_sent(
    conn: asyncpg.Connection, desk: Desk, fields: dict[str, object], code: str
) -> None:
    """Tests that wrong amounts, people and large sums without their fields are refused by name."""
    assert await refused(conn, desk.book(conn, **fields)) == code
    assert await money_orders.list_orders(conn, desk.office_id) == []


@pytest.mark.parametrize(
    ("amount_vnd", "fee_vnd"),
    [
        (1, 15_000),
        (1_000_000, 15_000),
        (1_000_001, 25_000),
        (50_000_000, 120_000),
        (50_000_001, 200_000),
        (500_000_000, 600_000),
    ],
)
async def test_fee_comes_from_the_table(
    conn: asyncpg.Connection, desk: Desk, amount_vnd: int, fee_vnd: int
) -> None:
    """Tests that the fee is that of the table, at each step and just beyond."""
    assert (await desk.book(conn, amount_vnd=amount_vnd)).fee_vnd == fee_vnd


async def test_order_is_taken_paid_elsewhere_and_clears(
    conn: asyncpg.Connection, desk: Desk, far: Desk
) -> None:
    """Tests that money taken in one office is paid in another, and nothing stays on its way."""
    order, pin = await desk.send(conn)
    assert await desk.balance(conn, "drawer") == 2_025_000
    assert await desk.balance(conn, "clearing") == -2_000_000
    assert await desk.balance(conn, "service_revenue") == -25_000
    assert await far.pay(conn, order, pin) == "applied"
    assert await far.balance(conn, "drawer") == 898_000_000
    assert await desk.balance(conn, "clearing") + await far.balance(conn, "clearing") == 0
    found = await desk.find(conn, order)
    assert (found.state, found.settled_office_id) == ("paid", far.office_id)
    assert await far.pay(conn, order, pin) == "order_settled"


async def test_taking_again_changes_nothing_new(conn: asyncpg.Connection, desk: Desk) -> None:
    """Tests that an order is taken once, for its own amount and fee."""
    order = await desk.book(conn)
    for fields, code in (
        ({"amount_vnd": 1}, "order_amount_differs"),
        ({"fee_vnd": 0}, "order_amount_differs"),
        ({"order_id": new_id()}, "not_found"),
    ):
        work = money_orders.take(conn, SEALER, desk.taking(order, **fields), desk.counter())
        assert await refused(conn, work) == code
    await money_orders.take(conn, SEALER, desk.taking(order), desk.counter())
    again = money_orders.take(conn, SEALER, desk.taking(order), desk.counter())
    assert await refused(conn, again) == "order_not_booked"
    assert await refused(
        conn, money_orders.cancel(conn, desk.office_id, order.id, now=NOW)
    ) == "order_not_booked"  # fmt: skip


async def test_pin_is_shown_once_and_kept_hashed(conn: asyncpg.Connection, desk: Desk) -> None:
    """Tests that nobody can read a PIN again, nor people out of the row."""
    order, pin = await desk.send(conn)
    again = money_orders.make_pin(conn, SEALER, desk.office_id, order.id)
    assert await refused(conn, again) == "pin_shown"
    row = await conn.fetchrow("SELECT * FROM money_orders.money_order WHERE id = $1", order.id)
    assert len(row["pin_salt"]) == 16
    assert pin.encode() not in row["pin_hash"]
    raw = row["parties_sealed"]
    for secret in (SENDER.name, PAYEE.id_number, SENDER.phone):
        assert secret.encode() not in raw
    _, twin = await desk.send(conn)
    assert len(twin) == 6


async def test_three_wrong_pins_lock(conn: asyncpg.Connection, desk: Desk, far: Desk) -> None:
    """Tests that the third wrong PIN locks against the right one too, and two people unlock."""
    order, pin = await desk.send(conn)
    assert [await far.pay(conn, order, other(pin)) for _ in range(3)] == [
        "wrong_pin", "wrong_pin", "pin_locked",
    ]  # fmt: skip
    assert await far.pay(conn, order, pin) == "pin_locked"

    def propose(note: str = "người nhận nhớ nhầm"):
        return money_orders.propose(
            conn, desk.office_id, "unlock", order.id, note=note, by=desk.cashier, now=NOW
        )

    assert await refused(conn, propose(" ")) == "needs_reason"
    proposal = await propose()
    assert await refused(conn, propose()) == "order_proposal_open"

    def approve(by):
        return money_orders.approve(conn, desk.office_id, proposal, by=by, now=NOW)

    assert await refused(conn, approve(desk.cashier)) == "approved_by_maker"
    await approve(desk.controller)
    assert await refused(conn, approve(desk.controller)) == "order_proposal_ended"
    assert await refused(conn, propose()) == "pin_not_locked"
    assert await far.pay(conn, order, other(pin)) == "wrong_pin"
    assert await far.pay(conn, order, pin) == "applied"


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "abcdef", "１２３４５６", "' OR 1"])
async def test_no_pin_is_a_wrong_pin(
    conn: asyncpg.Connection, desk: Desk, far: Desk, pin: str
) -> None:
    """Tests that what is no PIN counts as a wrong one."""
    order, _ = await desk.send(conn)
    assert await far.pay(conn, order, pin) == "wrong_pin"
    assert (await desk.find(conn, order)).num_wrong == 1


async def test_right_pin_is_not_enough(conn: asyncpg.Connection, desk: Desk, far: Desk) -> None:
    """Tests that PIN without the payee's paper, or for another amount, pays nothing."""
    order, pin = await desk.send(conn)
    for fields, reason in (
        ({"id_number": SENDER.id_number}, "wrong_identity"),
        ({"id_number": "", "last4": "0000"}, "wrong_identity"),
        ({"id_number": "", "last4": ""}, "wrong_identity"),
        ({"id_number": "B1234567", "method": "passport"}, "paper_of_other_kind"),
        ({"id_number": "", "last4": "4567", "method": "passport"}, "paper_of_other_kind"),
        ({"id_number": "", "last4": "0123", "method": "passport"}, "paper_of_other_kind"),
        ({"amount_vnd": 1_999_999}, "order_amount_differs"),
        ({"reference": "CT00000000"}, "wrong_pin"),
        ({"reference": ""}, "wrong_pin"),
    ):
        assert await far.pay(conn, order, pin, **fields) == reason
    assert await far.balance(conn, "drawer") == 900_000_000
    assert await far.pay(conn, order, pin, id_number="027 085 000 123") == "applied"


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"id_number": "c01x00t47", "method": "passport"}, "applied"),
        ({"id_number": "", "last4": "0T47", "method": "passport"}, "applied"),
        ({"id_number": "", "last4": "0T47", "method": "residence"}, "applied"),  # it names it
        ({"id_number": "", "last4": "K234", "method": "residence"}, "paper_of_other_kind"),
        ({"id_number": "", "last4": "0147", "method": "passport"}, "wrong_identity"),
        ({"id_number": "", "last4": "0T47", "method": "cccd"}, "wrong_identity"),  # of no card
        ({"id_number": "", "last4": "0123", "method": "vneid"}, "paper_of_other_kind"),
        ({"id_number": PAYEE.id_number}, "paper_of_other_kind"),
    ],
)
async def test_foreigner_is_paid_by_the_paper_on_the_order(
    conn: asyncpg.Connection, desk: Desk, far: Desk, fields: dict[str, str], outcome: str
) -> None:
    """Tests that an order to a passport is paid by it, and another paper is named as such."""
    payee = msgspec.structs.replace(PAYEE, id_number="C01X00T47", nationality="Đức")
    order, pin = await desk.send(conn, payee=payee)
    assert await far.pay(conn, order, pin, **fields) == outcome


async def test_empty_drawer_pays_nothing(conn: asyncpg.Connection, desk: Desk) -> None:
    """Tests that an order above the drawer's cash is refused and stays payable."""
    poor = Desk()
    await poor.open(conn)
    order, pin = await desk.send(conn)
    assert await poor.pay(conn, order, pin) == "not_covered"
    assert (await desk.find(conn, order)).state == "taken"
    await poor.fill(conn, 2_000_000)
    assert await poor.pay(conn, order, pin) == "applied"


def refund(conn: asyncpg.Connection, desk: Desk, order, **fields: object):
    made = {"id": new_id(), "method": "cccd", "id_number": SENDER.id_number}
    return money_orders.refund(
        conn, SEALER, desk.office_id, order.id, source=desk.counter(), **(made | fields)
    )


async def test_sender_gets_it_back_once(conn: asyncpg.Connection, desk: Desk, far: Desk) -> None:
    """Tests that an order goes back to its sender only, and is not paid after that."""
    order, pin = await desk.send(conn)
    wrong = refund(conn, desk, order, id_number=PAYEE.id_number)
    assert await refused(conn, wrong) == "wrong_identity"
    other_paper = refund(conn, desk, order, id_number="B1234567", method="passport")
    assert await refused(conn, other_paper) == "paper_of_other_kind"
    act = new_id()
    await refund(conn, desk, order, id=act)
    await refund(conn, desk, order, id=act)  # the same act again
    assert await desk.balance(conn, "drawer") == 25_000
    assert await desk.balance(conn, "clearing") == 0
    assert await refused(conn, refund(conn, desk, order)) == "order_settled"
    assert await far.pay(conn, order, pin) == "order_settled"
    booked = await desk.book(conn)
    assert await refused(conn, refund(conn, desk, booked)) == "order_not_taken"


async def test_booked_order_is_cancelled(conn: asyncpg.Connection, desk: Desk) -> None:
    """Tests that what was never taken can go, is due at no door and never paid."""
    door = SenderDoor(citizen_id=new_id(), delivery_point_id=new_id(), wanted_on=NOW.date())
    order = await money_orders.book(conn, SEALER, desk.new(), by=desk.cashier, now=NOW, door=door)
    (due,) = await doorstep.list_due(conn, desk.office_id, NOW.date())
    assert (due.kind, due.cash_in_vnd) == ("order.take", order.amount_vnd + order.fee_vnd)
    assert SENDER.id_number not in str(due.shown)
    await money_orders.cancel(conn, desk.office_id, order.id, now=NOW)
    assert await doorstep.list_due(conn, desk.office_id, NOW.date()) == []
    work = money_orders.take(conn, SEALER, desk.taking(order), desk.counter())
    assert await refused(conn, work) == "order_not_booked"


async def test_door_takes_into_the_hand(conn: asyncpg.Connection, desk: Desk) -> None:
    """Tests that a courier's fact counts once, and a wrong one leaves its notes in doubt."""
    order = await desk.book(conn)
    source = desk.door()
    for _ in range(2):
        outcome = await money_orders.take(conn, SEALER, desk.taking(order), source)
        assert outcome.kind == "applied"
    assert await desk.balance(conn, "hand", desk.courier) == 2_025_000
    second = desk.door()
    for _ in range(2):
        outcome = await money_orders.take(conn, SEALER, desk.taking(order), second)
        assert (outcome.kind, outcome.reason) == ("in_doubt", "order_not_booked")
    assert await desk.balance(conn, "hand", desk.courier) == 4_050_000
    assert await desk.balance(conn, "suspense") == -2_025_000
    (doubt,) = await money_orders.list_doubts(conn, desk.office_id)
    await desk.fill(conn, 5_000_000)
    proposal = await money_orders.propose(
        conn, desk.office_id, "bring_home", doubt.id, note="đã trả người gửi", by=desk.cashier,
        now=NOW,
    )  # fmt: skip
    await money_orders.approve(conn, desk.office_id, proposal, by=desk.controller, now=NOW)
    assert await desk.balance(conn, "suspense") == 0
    assert await money_orders.list_doubts(conn, desk.office_id) == []


async def test_door_pays_out_of_the_hand(conn: asyncpg.Connection, desk: Desk, far: Desk) -> None:
    """Tests that a courier pays against PIN and the end of the number; else it is in doubt."""
    await far.fill(conn, 10_000_000, hand=True)
    order, pin = await desk.send(conn)
    paying = far.paying(order, pin, id_number="", last4="0123")
    outcome = await money_orders.pay(conn, SEALER, paying, far.door(op_id=paying.id))
    assert outcome.kind == "applied"
    assert await far.balance(conn, "hand", far.courier) == 8_000_000
    again = await money_orders.pay(conn, SEALER, paying, far.door(op_id=paying.id))
    assert again.kind == "applied"
    other_order, right = await desk.send(conn)
    wrong = far.paying(other_order, other(right), id_number="", last4="0123")
    outcome = await money_orders.pay(conn, SEALER, wrong, far.door(op_id=wrong.id))
    assert (outcome.kind, outcome.reason) == ("in_doubt", "wrong_pin")
    assert await far.balance(conn, "suspense") == 2_000_000
    assert await far.balance(conn, "hand", far.courier) == 6_000_000


async def test_order_is_brought_to_its_payees_door(conn: asyncpg.Connection, desk: Desk) -> None:
    """Tests that an order to a door becomes due in the office that serves it, once."""
    await conn.execute("DELETE FROM network.territory")
    far = Desk()
    await far.open(conn)
    await conn.execute(
        "INSERT INTO network.territory (office_id, commune_code) VALUES ($1, '09187')",
        far.office_id,
    )
    payee = msgspec.structs.replace(PAYEE, address="Số 9, phường Kinh Bắc, tỉnh Bắc Ninh")
    order, _ = await desk.send(conn, to_door=True, payee=payee)
    queued = await conn.fetchval(
        "SELECT payload FROM pgqueuer WHERE entrypoint = 'money_orders.bring' "
        "ORDER BY id DESC LIMIT 1"
    )
    news = decode(queued, Bring)
    assert news == Bring(desk.office_id, order.id)
    assert await bring(conn, SEALER, news, now=NOW) == far.office_id
    assert await bring(conn, SEALER, news, now=NOW) == far.office_id
    (due,) = await doorstep.list_due(conn, far.office_id, (NOW + timedelta(days=1)).date())
    assert (due.id, due.kind, due.cash_out_vnd) == (order.id, "order.pay", 2_000_000)
    assert set(due.shown) == {"reference", "amount_vnd"}
    lost = msgspec.structs.replace(PAYEE, address="nơi nào đó")
    stray, _ = await desk.send(conn, to_door=True, payee=lost)
    assert await bring(conn, SEALER, Bring(desk.office_id, stray.id), now=NOW) is None
    assert (await desk.find(conn, stray)).not_brought == "address_unknown"
