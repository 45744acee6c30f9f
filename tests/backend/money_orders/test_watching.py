"""Tests of what is seen of money orders: walls, sums the law wants known, rules that must hold."""

import asyncio
from collections import Counter
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from backend import money_orders
from backend.house import House
from backend.kit.db import set_walls
from backend.kit.errors import Invalid, Refusal
from backend.kit.ids import new_id
from backend.money_orders import Party, rules
from backend.ops import doctor
from tests.backend.money_orders.counter import (
    PAYEE,
    SEALER,
    SENDER,
    Desk,
    raise_ceiling,
    refused,
)
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


def refund(conn: asyncpg.Connection, desk: Desk, order, **fields: object):
    made = {"id": new_id(), "method": "cccd", "id_number": SENDER.id_number}
    return money_orders.refund(
        conn, SEALER, desk.office_id, order.id, source=desk.counter(), **(made | fields)
    )


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
    # The paying office's own flag is of the payee, and says nothing of the other office's sender.
    text = there.decode("utf-8-sig")
    for said in (
        "Trần Văn Mẫu", "01/01/1985", PAYEE.id_number, "Số 2 đường Mẫu", order.reference,
        "Gửi cho gia đình",
    ):  # fmt: skip
        assert said in text
    assert SENDER.id_number not in text


async def test_ceilings_are_data(conn: asyncpg.Connection, desk: Desk) -> None:
    """Tests that a ceiling of the settings holds for one order and for a sender's day."""
    await raise_ceiling(conn, 5_000_000, 8_000_000)
    assert await refused(conn, desk.book(conn, amount_vnd=5_000_001)) == "order_over_ceiling"
    await desk.send(conn, amount_vnd=5_000_000)
    assert await refused(conn, desk.book(conn, amount_vnd=3_000_001)) == "order_over_ceiling"
    await desk.send(conn, amount_vnd=3_000_000)


async def book_before(conn: asyncpg.Connection, desk: Desk, num: int, *, days: int = 1) -> list:
    """Book orders of 300 million, each on a day of its own before today."""
    return [
        await money_orders.book(
            conn, SEALER, desk.new(amount_vnd=300_000_000), by=desk.cashier,
            now=NOW - timedelta(days=days + n),
        )
        for n in range(num)
    ]  # fmt: skip


async def test_booked_orders_count_for_the_day(conn: asyncpg.Connection, desk: Desk) -> None:
    """Tests that orders booked and not yet taken leave no room above the day's ceiling."""
    booked = [await desk.book(conn, amount_vnd=300_000_000) for _ in range(3)]
    late = desk.book(conn, amount_vnd=300_000_000)
    assert await refused(conn, late) == "order_over_ceiling"
    for order in booked:
        await money_orders.take(conn, SEALER, desk.taking(order), desk.counter())
    await desk.book(conn, amount_vnd=100_000_000)
    assert await refused(conn, desk.book(conn, amount_vnd=1)) == "order_over_ceiling"


async def test_booked_orders_count_for_the_fields(conn: asyncpg.Connection, desk: Desk) -> None:
    """Tests that 400 million need the sender's fields also when nothing was taken yet."""
    bare = msgspec.structs.replace(SENDER, address="")
    await desk.book(conn, amount_vnd=300_000_000, sender=bare)
    more = desk.book(conn, amount_vnd=100_000_000, sender=bare)
    assert await refused(conn, more) == "aml_fields_missing"
    await desk.book(conn, amount_vnd=99_999_999, sender=bare)


async def test_ceiling_holds_when_orders_are_taken(conn: asyncpg.Connection, desk: Desk) -> None:
    """Tests that orders booked on days before do not pass together at the counter of one day."""
    orders = await book_before(conn, desk, 5)
    for order in orders[:3]:
        await money_orders.take(conn, SEALER, desk.taking(order), desk.counter())
    again = money_orders.take(conn, SEALER, desk.taking(orders[3]), desk.counter())
    assert await refused(conn, again) == "order_over_ceiling"
    assert (await desk.find(conn, orders[3])).state == "booked"
    tomorrow = desk.counter(NOW + timedelta(days=1))
    await money_orders.take(conn, SEALER, desk.taking(orders[3]), tomorrow)


async def test_fields_are_asked_when_orders_are_taken(conn: asyncpg.Connection, desk: Desk) -> None:
    """Tests that a sender not known enough cannot hand in 400 million in splits of other days."""
    bare = msgspec.structs.replace(SENDER, address="")
    orders = [
        await money_orders.book(
            conn, SEALER, desk.new(amount_vnd=200_000_000, sender=bare), by=desk.cashier,
            now=NOW - timedelta(days=n + 1),
        )
        for n in range(2)
    ]  # fmt: skip
    await money_orders.take(conn, SEALER, desk.taking(orders[0]), desk.counter())
    again = money_orders.take(conn, SEALER, desk.taking(orders[1]), desk.counter())
    assert await refused(conn, again) == "aml_fields_missing"


async def test_ceiling_at_a_door_leaves_doubt_and_flag(
    conn: asyncpg.Connection, desk: Desk
) -> None:
    """Tests that notes above the ceiling at a door are kept in suspense, held and reported."""
    orders = await book_before(conn, desk, 4)
    for order in orders[:3]:
        await money_orders.take(conn, SEALER, desk.taking(order), desk.counter())
    source = desk.door()
    outcome = await money_orders.take(conn, SEALER, desk.taking(orders[3]), source)
    assert (outcome.kind, outcome.reason) == ("in_doubt", "order_over_ceiling")
    assert (await desk.find(conn, orders[3])).state == "booked"
    (doubt,) = await money_orders.list_doubts(conn, desk.office_id)
    assert doubt.order_id == orders[3].id
    flags = await money_orders.list_flags(conn, desk.office_id, NOW.date(), NOW.date())
    assert (orders[3].id, 1_200_000_000) in [(flag.order_id, flag.total_vnd) for flag in flags]
    same = await money_orders.take(conn, SEALER, desk.taking(orders[3]), source)
    assert same == outcome


async def test_clock_that_cannot_be_trusted_is_looked_at(
    conn: asyncpg.Connection, desk: Desk
) -> None:
    """Tests that an order taken at a time nobody can trust counts for no day of its sender."""
    order = await desk.book(conn)
    source = msgspec.structs.replace(desk.door(), problem="suspect_time")
    outcome = await money_orders.take(conn, SEALER, desk.taking(order), source)
    assert (outcome.kind, outcome.reason) == ("in_doubt", "suspect_time")
    assert (await desk.find(conn, order)).state == "booked"
    (doubt,) = await money_orders.list_doubts(conn, desk.office_id)
    assert (doubt.reason, doubt.amount_vnd) == ("suspect_time", order.amount_vnd + order.fee_vnd)
    assert await money_orders.take(conn, SEALER, desk.taking(order), source) == outcome


async def test_two_counters_do_not_pass_one_ceiling(house: House) -> None:
    """Tests that eight counters that take one sender's orders at once stay below the ceiling."""
    desk = Desk()
    async with house.db.transaction(actor="house", offices="*") as conn:
        await desk.open(conn)
        orders = await book_before(conn, desk, 8)

    async def take(order) -> str:
        try:
            async with house.db.transaction(actor="test", offices=[desk.office_id]) as conn:
                await money_orders.take(conn, SEALER, desk.taking(order), desk.counter())
        except Refusal as refusal:
            return refusal.code
        return "applied"

    told = Counter(await asyncio.gather(*(take(order) for order in orders)))
    assert told == {"applied": 3, "order_over_ceiling": 5}


async def test_walls_stay_up(house: House) -> None:
    """Tests that an office sees nothing of another's orders but what a right PIN shows."""
    desk, far = Desk(), Desk()
    async with house.db.transaction(actor="house", offices="*") as conn:
        await desk.open(conn)
        await far.open(conn)
        order, pin = await desk.send(conn)
    tables = ("money_order", "pin_try", "settlement", "doubt", "flag", "proposal", "payee_said")
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
    """Tests that exactly seven functions step over the wall, and only the service may call them."""
    rows = await admin_conn.fetch(
        "SELECT p.proname, p.proacl::text AS acl FROM pg_proc p JOIN pg_namespace n "
        "ON n.oid = p.pronamespace WHERE n.nspname = 'money_orders' AND p.prosecdef"
    )
    assert sorted(row["proname"] for row in rows) == [
        "find_salt", "set_paid", "set_paid_in_doubt", "sum_booked", "sum_cash", "sum_sent",
        "try_pin",
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
        bare = far.paying(order, pin, id_number="", last4="0123")  # by a hand that has nothing
        await money_orders.pay(conn, SEALER, bare, far.door(op_id=bare.id))
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
    rules.check_party(Party(name="Jean Mau", id_number="09AB12345", nationality="Pháp"))
    rules.check_party(Party(name="John Mau", id_number="123456789", nationality="Hoa Kỳ"))
    former = Party(name="Trần Văn Mẫu", id_number="123456789", nationality="Việt Nam")
    with pytest.raises(Invalid):  # a card of nine digits holds no longer
        rules.check_party(former)
