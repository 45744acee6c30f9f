"""Tests of payees of large sums: both sides flagged, fields asked before notes go out."""

from datetime import date, timedelta

import asyncpg
import msgspec
import pytest

from backend import money_orders
from backend.money_orders import Party, Said, rules
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


async def test_sender_and_payee_of_one_office_are_both_flagged(
    conn: asyncpg.Connection, desk: Desk
) -> None:
    """Tests that an order taken and paid at one office flags both people, on their own days."""
    order, pin = await desk.send(conn, amount_vnd=450_000_000)
    tomorrow = NOW + timedelta(days=1)
    outcome = await money_orders.pay(conn, SEALER, desk.paying(order, pin), desk.counter(tomorrow))
    assert outcome.kind == "applied"
    flags = await money_orders.list_flags(conn, desk.office_id, NOW.date(), tomorrow.date())
    keys = [rules.person_key(SEALER, party.id_number) for party in (SENDER, PAYEE)]
    assert [(flag.person_key, flag.on_day) for flag in flags] == [
        (keys[0], NOW.date()), (keys[1], tomorrow.date()),
    ]  # fmt: skip
    table, _, num = await money_orders.make_flag_report(
        conn, SEALER, desk.office_id, NOW.date(), tomorrow.date(), maker="x"
    )
    assert num == 2
    assert all(name in table.decode("utf-8-sig") for name in (SENDER.name, PAYEE.name))


BARE = Party(name=PAYEE.name, id_number=PAYEE.id_number)
SAID = Said(birth_on=date(1985, 1, 1), address="Số 2 đường Mẫu", nationality="Việt Nam")


async def test_payee_is_asked_for_the_fields(
    conn: asyncpg.Connection, desk: Desk, far: Desk
) -> None:
    """Tests that 400 million of a day are paid out only to a payee with all that the law names."""
    first, first_pin = await desk.send(conn, amount_vnd=150_000_000, payee=BARE)
    assert await far.pay(conn, first, first_pin) == "applied"
    order, pin = await desk.send(conn, amount_vnd=250_000_000, payee=BARE)
    asked = far.paying(order, pin, said=Said(nationality="Việt Nam"))
    outcome = await money_orders.pay(conn, SEALER, asked, far.counter())
    assert (outcome.kind, outcome.reason) == ("refused", "aml_fields_missing")
    assert outcome.missing == ("birth_on", "address")
    assert await far.pay(conn, order, pin, said=SAID) == "applied"
    (flag,) = await money_orders.list_flags(conn, far.office_id, NOW.date(), NOW.date())
    assert flag.total_vnd == 400_000_000
    table, _, _ = await money_orders.make_flag_report(
        conn, SEALER, far.office_id, NOW.date(), NOW.date(), maker="x"
    )
    for said in ("01/01/1985", "Số 2 đường Mẫu", "Việt Nam", PAYEE.id_number, order.reference):
        assert said in table.decode("utf-8-sig")
    sealed = await conn.fetch("SELECT payee_sealed FROM money_orders.settlement ORDER BY at, id")
    assert [row[0] is None for row in sealed] == [True, False]
    assert b"1985" not in sealed[1][0]


async def test_what_a_payee_says_at_a_door_is_kept_for_the_act(
    conn: asyncpg.Connection, desk: Desk, far: Desk
) -> None:
    """Tests that a phone's question bears the fields, sealed, and its fact none of them."""
    await far.fill(conn, 450_000_000, hand=True)
    order, pin = await desk.send(conn, amount_vnd=450_000_000, payee=BARE)
    door = far.door()
    bare = far.paying(order, pin, id_number="", last4="0123")
    judged = await money_orders.judge(conn, SEALER, bare, door)
    assert (judged.reason, judged.grant) == ("aml_fields_missing", b"")
    assert judged.missing == ("birth_on", "address", "nationality")
    told = await money_orders.judge(conn, SEALER, msgspec.structs.replace(bare, said=SAID), door)
    assert told.reason == ""
    fact = msgspec.structs.replace(bare, pin="", grant=told.grant)
    assert (await money_orders.pay(conn, SEALER, fact, door)).kind == "applied"
    table, _, _ = await money_orders.make_flag_report(
        conn, SEALER, far.office_id, NOW.date(), NOW.date(), maker="x"
    )
    assert "01/01/1985" in table.decode("utf-8-sig")


async def test_what_was_received_leaves_room_to_send(
    conn: asyncpg.Connection, desk: Desk, far: Desk
) -> None:
    """Tests that cash a person was paid counts for what is reported and not for the ceiling."""
    order, pin = await desk.send(conn, amount_vnd=300_000_000)
    assert await far.pay(conn, order, pin) == "applied"
    await raise_ceiling(conn, 200_000_000, 200_000_000)
    back = await far.book(conn, amount_vnd=200_000_000, sender=PAYEE, payee=SENDER)
    await money_orders.take(conn, SEALER, far.taking(back), far.counter())
    (flag,) = await money_orders.list_flags(conn, far.office_id, NOW.date(), NOW.date())
    assert flag.total_vnd == 500_000_000
    more = far.book(conn, amount_vnd=1, sender=PAYEE, payee=SENDER)
    assert await refused(conn, more) == "order_over_ceiling"
