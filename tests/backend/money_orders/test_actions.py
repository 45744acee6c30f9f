"""Tests that money orders are taken once, paid or given back once, against PIN and identity."""

import asyncio
from collections import Counter
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from backend import doorstep, money_orders
from backend.house import House
from backend.kit.db import set_walls
from backend.kit.errors import Refusal
from backend.kit.ids import new_id
from backend.kit.jobs import decode
from backend.money_orders import Party, SenderDoor, rules
from backend.money_orders.actions.taking import Bring
from backend.money_orders.jobs import bring
from backend.ops import doctor
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


async def raise_ceiling(conn: asyncpg.Connection, order: int, sender_day: int) -> None:
    """Set the ceilings, which are data."""
    await conn.execute(
        "UPDATE network.rule_setting SET value = $1 WHERE name = 'order_ceiling_vnd'",
        {"order": order, "sender_day": sender_day},
    )


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
        ({"amount_vnd": 1_999_999}, "order_amount_differs"),
        ({"reference": "CT00000000"}, "wrong_pin"),
        ({"reference": ""}, "wrong_pin"),
    ):
        assert await far.pay(conn, order, pin, **fields) == reason
    assert await far.balance(conn, "drawer") == 900_000_000
    assert await far.pay(conn, order, pin, id_number="027 085 000 123") == "applied"


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


async def test_large_sums_are_flagged_over_splits_and_offices(
    conn: asyncpg.Connection, desk: Desk, far: Desk
) -> None:
    """Tests that 400 million of one person and day ring however they are split, not before."""
    for office in (desk, far):
        order = await office.book(conn, amount_vnd=199_999_999)
        await money_orders.take(conn, SEALER, office.taking(order), office.counter())
        assert await money_orders.list_flags(conn, office.office_id, NOW.date(), NOW.date()) == []
    bare = msgspec.structs.replace(SENDER, address="")
    assert await refused(conn, desk.book(conn, amount_vnd=2, sender=bare)) == "aml_fields_missing"
    order = await desk.book(conn, amount_vnd=2)
    await money_orders.take(conn, SEALER, desk.taking(order), desk.counter())
    (flag,) = await money_orders.list_flags(conn, desk.office_id, NOW.date(), NOW.date())
    assert (flag.kind, flag.total_vnd) == ("cash_day", 400_000_000)
    assert flag.person_key == rules.person_key(SEALER, SENDER.id_number)
    tomorrow = NOW + timedelta(days=1)
    assert await money_orders.sum_cash(conn, flag.person_key, tomorrow.date()) == 0


async def test_large_transfer_is_reported_with_its_fields(
    conn: asyncpg.Connection, desk: Desk, far: Desk
) -> None:
    """Tests that a transfer of 500 million is reported with all the law names, and its payout."""
    order, pin = await desk.send(conn, amount_vnd=500_000_000)
    await far.fill(conn, 500_000_000)
    assert await far.pay(conn, order, pin) == "applied"
    flags = await money_orders.list_flags(conn, desk.office_id, NOW.date(), NOW.date())
    assert sorted(flag.kind for flag in flags) == ["cash_day", "transfer"]
    table, paper, num = await money_orders.make_flag_report(
        conn, SEALER, desk.office_id, NOW.date(), NOW.date(), maker="Lê Thị Mẫu"
    )
    text = table.decode("utf-8-sig")
    assert num == 2
    for said in (
        "Nguyễn Thị Mẫu", "02/09/1990", "024190000017", "Số 1 đường Mẫu", "Việt Nam",
        "Gửi cho gia đình", order.reference, "500000000",
    ):  # fmt: skip
        assert said in text
    assert paper.startswith(b"%PDF-")
    there, _, _ = await money_orders.make_flag_report(
        conn, SEALER, far.office_id, NOW.date(), NOW.date(), maker="x"
    )
    # The paying office's own flag names the order, and nobody of the other office.
    assert str(order.id) in there.decode()
    assert "024190000017" not in there.decode()


async def test_ceilings_are_data(conn: asyncpg.Connection, desk: Desk) -> None:
    """Tests that a ceiling of the settings holds for one order and for a sender's day."""
    await raise_ceiling(conn, 5_000_000, 8_000_000)
    assert await refused(conn, desk.book(conn, amount_vnd=5_000_001)) == "order_over_ceiling"
    await desk.send(conn, amount_vnd=5_000_000)
    assert await refused(conn, desk.book(conn, amount_vnd=3_000_001)) == "order_over_ceiling"
    await desk.send(conn, amount_vnd=3_000_000)


async def test_walls_stay_up(house: House) -> None:
    """Tests that an office sees nothing of another's orders but what a right PIN shows."""
    desk, far = Desk(), Desk()
    async with house.db.transaction(actor="house", offices="*") as conn:
        await desk.open(conn)
        await far.open(conn)
        order, pin = await desk.send(conn)
    tables = ("money_order", "pin_try", "settlement", "doubt", "flag", "proposal")
    async with house.db.transaction(actor="test", offices=[far.office_id]) as conn:
        for table in tables:
            assert await conn.fetchval(f"SELECT count(*) FROM money_orders.{table}") == 0
        assert await money_orders.find_order(conn, desk.office_id, order.id) is None
        blind = await conn.fetchrow(
            "SELECT * FROM money_orders.try_pin($1, $2, $3, $4, now())",
            order.reference, bytes(32), far.office_id, far.cashier,
        )  # fmt: skip
        unknown = await conn.fetchrow(
            "SELECT * FROM money_orders.try_pin('CT00000000', $1, $2, $3, now())",
            bytes(32), far.office_id, far.cashier,
        )  # fmt: skip
        assert dict(blind) == dict(unknown)  # a wrong PIN and no order look alike
        assert [v for k, v in dict(blind).items() if k != "outcome"] == [None] * 8
        assert not await conn.fetchval(
            "SELECT money_orders.set_paid($1, $2, $3, now())",
            order.reference, bytes(32), far.office_id,
        )  # fmt: skip
        # The gate closes behind itself.
        assert await conn.fetchval("SELECT count(*) FROM money_orders.money_order") == 0
        assert await conn.fetchval("SELECT current_setting('app.offices')") == str(far.office_id)
        await far.fill(conn, 3_000_000)
        assert await far.pay(conn, order, pin) == "applied"
        assert await conn.fetchval("SELECT count(*) FROM money_orders.settlement") == 1
    async with house.db.transaction(actor="test", offices=[desk.office_id]) as conn:
        await set_walls(conn, actor="test", offices=[desk.office_id])
        assert (await desk.find(conn, order)).state == "paid"
        assert await conn.fetchval("SELECT count(*) FROM money_orders.settlement") == 0


async def test_gates_are_few(admin_conn: asyncpg.Connection) -> None:
    """Tests that exactly four functions step over the wall, and only the service may call them."""
    rows = await admin_conn.fetch(
        "SELECT p.proname, p.proacl::text AS acl FROM pg_proc p JOIN pg_namespace n "
        "ON n.oid = p.pronamespace WHERE n.nspname = 'money_orders' AND p.prosecdef"
    )
    assert sorted(row["proname"] for row in rows) == [
        "find_salt", "set_paid", "sum_cash", "try_pin",
    ]  # fmt: skip
    assert all("tannoi_app=X" in row["acl"] and "{=X" not in row["acl"] for row in rows)


async def test_paid_or_given_back_never_both(house: House) -> None:
    """Tests that eight who pay and give back one order at once end with one settlement."""
    desk, far = Desk(), Desk()
    async with house.db.transaction(actor="house", offices="*") as conn:
        await desk.open(conn)
        await far.open(conn)
        await far.fill(conn, 20_000_000)
        order, pin = await desk.send(conn)

    async def act(n: int) -> str:
        office = far if n % 2 else desk
        try:
            async with house.db.transaction(actor="test", offices=[office.office_id]) as conn:
                if n % 2:
                    return await far.pay(conn, order, pin)
                await refund(conn, desk, order)
                return "applied"
        except Refusal as refusal:
            return refusal.code

    told = Counter(await asyncio.gather(*(act(n) for n in range(8))))
    assert told == {"applied": 1, "order_settled": 7}
    async with house.db.transaction(actor="house", offices="*") as conn:
        both = await desk.balance(conn, "clearing") + await far.balance(conn, "clearing")
        assert both == 0


FAULTS = {
    "taken_once_posted": "UPDATE money_orders.money_order SET fee_vnd = fee_vnd + 1",
    "settled_once_posted": "UPDATE money_orders.money_order "
    "SET settled_office_id = gen_random_uuid() WHERE state = 'paid'",
    "clearing_is_not_yet_settled": "UPDATE money_orders.money_order SET state = 'taken', "
    "settled_at = NULL WHERE state = 'paid'",
    "three_wrong_pins_lock": "UPDATE money_orders.money_order SET num_wrong = 3",
    "doubts_are_in_suspense": "UPDATE money_orders.doubt SET answered_at = now(), "
    "approved_by = gen_random_uuid(), answered_by = gen_random_uuid()",
}


@pytest.mark.parametrize("name", FAULTS)
async def test_planted_faults_are_found(
    house: House, admin_conn: asyncpg.Connection, db_url: str, name: str
) -> None:
    """Tests that each rule of money orders finds the fault that breaks it; before it all hold."""
    desk, far = Desk(), Desk()
    async with house.db.transaction(actor="house", offices="*") as conn:
        await desk.open(conn)
        await far.open(conn)
        await far.fill(conn, 20_000_000)
        order, pin = await desk.send(conn)
        await far.pay(conn, order, pin)
        await desk.send(conn)
        await refund(conn, desk, (await desk.send(conn))[0])
        booked = await desk.book(conn)
        await money_orders.take(conn, SEALER, desk.taking(booked, amount_vnd=5), desk.door())
    assert [f.name for f in await examine(db_url) if not f.is_sound] == []
    await admin_conn.execute("SET session_replication_role = replica")
    await admin_conn.execute(FAULTS[name])
    assert name in [f.name for f in await examine(db_url) if not f.is_sound]


async def examine(db_url: str) -> list[doctor.Finding]:
    files = [f for f in doctor.list_invariant_files() if f.parent.name == "money_orders"]
    return await doctor.examine(db_url, files)


def test_every_invariant_has_its_fault() -> None:
    """Tests that no rule of money orders goes without a fault planted against it."""
    (file,) = [f for f in doctor.list_invariant_files() if f.parent.name == "money_orders"]
    lines = file.read_text(encoding="utf-8").splitlines()
    names = [line.removeprefix("-- name: ") for line in lines if line.startswith("-- name:")]
    assert sorted(FAULTS) == sorted(names)


def test_a_party_is_known_by_a_passport_too() -> None:
    """Tests that a foreigner is known by a passport, however it is written."""
    rules.check_party(Party(name="John Mau", id_number="b 1234567"))
    assert rules.tidy_id("b 1234567") == "B1234567"
