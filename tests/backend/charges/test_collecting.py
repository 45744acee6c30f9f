"""Tests that a charge is owed once and collected once, and that no note is lost."""

import asyncio
from collections import Counter
from datetime import date, timedelta

import asyncpg
import msgspec
import pytest

from backend import charges, doorstep, receipts
from backend.house import House
from backend.kit.errors import Conflict, Refusal
from backend.kit.ids import new_id
from backend.kit.vietqr import read_payload
from backend.receipts import Item, Use
from tests.backend.charges.till import ACCOUNT, BIN, DAY, Till
from tests.backend.receipts.numbers import NOW


@pytest.fixture
async def till(conn: asyncpg.Connection) -> Till:
    till = Till()
    await till.open(conn)
    return till


async def refused(conn: asyncpg.Connection, work) -> str:
    """Return the code of the refusal; what was refused leaves nothing behind."""
    with pytest.raises(Refusal) as caught:
        async with conn.transaction():
            await work
    return caught.value.code


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("fee", {"items": []}, "charge_amount"),
        ("fee", {"items": [Item("x", 0)]}, "charge_amount"),
        ("fee", {"items": [Item("x", -1)]}, "charge_amount"),
        ("fee", {"items": [Item("x", 5), Item("y", -1)]}, "charge_amount"),  # never netted
        ("fee", {"items": [Item("x", 50_000_000_001)]}, "charge_amount"),
        ("fee", {"items": [Item("x", 1)] * 51}, "charge_amount"),
        ("fee", {"payer_name": "  "}, "charge_payer"),
        ("fee", {"payee_id": None}, "charge_payee"),
        ("fee", {"payee_id": new_id()}, "charge_payee"),  # nobody we know
        ("postage", {"payee_id": new_id()}, "charge_payee"),
        ("tax", {"payer_tax_code": ""}, "tax_code_wrong"),
        ("tax", {"payer_tax_code": "0100047517"}, "tax_code_wrong"),
        ("tax", {"external_key": ""}, "charge_payee"),  # a tax without its notice
        ("bill", {"payer_tax_code": "12"}, "tax_code_wrong"),
    ],
)
async def test_add_refuses_what_nobody_owes(
    conn: asyncpg.Connection, till: Till, kind: str, fields: dict[str, object], code: str
) -> None:
    """Tests that a charge of nothing, for nobody or to the wrong payee is refused by name."""
    work = charges.add_many(conn, [till.charge(), till.charge(kind, **fields)], now=NOW)
    assert await refused(conn, work) == code
    assert await charges.list_charges(conn, till.office_id) == []


@pytest.mark.parametrize(
    ("kind", "owner"),
    [("fee", "biller"), ("bill", "agency"), ("tax", "biller"), ("bill", "tax")],
)
async def test_money_goes_to_its_kind_of_payee(
    conn: asyncpg.Connection, till: Till, kind: str, owner: str
) -> None:
    """Tests that a fee is no biller's and a tax goes to a tax office."""
    new = till.charge(kind, payee_id=getattr(till, owner))
    assert await refused(conn, charges.add_many(conn, [new], now=NOW)) == "charge_payee"


async def test_charges_come_once(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a bill sent again, also under another id, makes no second charge."""
    bill = till.charge("bill", external_key="HD-1")
    again = till.charge("bill", external_key="HD-1", amount_vnd=9_000)
    other = till.charge("bill", external_key="HD-2")
    assert await charges.add_many(conn, [bill], now=NOW) == [bill.id]
    assert await charges.add_many(conn, [again, other, bill], now=NOW) == [other.id]
    assert (await till.find(conn, bill.id)).amount_vnd == 8_000


@pytest.mark.parametrize(
    ("kind", "account", "scheme", "days"),
    [
        ("fee", "fee_payable", "", 2),
        ("order", "fee_payable", "order", 2),
        ("bill", "biller_payable", "", 2),
        ("tax", "tax_payable", "", 1),
        ("postage", "postage_revenue", "", None),
    ],
)
async def test_counter_collects_into_the_right_account(
    conn: asyncpg.Connection,
    till: Till,
    kind: str,
    account: str,
    scheme: str,
    days: int | None,
) -> None:
    """Tests that fees, taxes, bills and postage stay apart, each with its day to be handed on."""
    charge = await till.owe(conn, kind, amount_vnd=135_000)
    outcome = await charges.collect(conn, till.take(charge), till.counter())
    assert outcome.kind == "applied"
    assert await till.balance(conn, "drawer") == 135_000
    owner = charge.payee_id
    place = await till.balance(conn, account, owner, scheme)
    assert abs(place) == 135_000
    found = await till.find(conn, charge.id)
    assert (found.state, found.collected_on) == ("collected", DAY)
    last = None if days is None else DAY + timedelta(days=days)
    assert found.remit_by == last  # 24/11/2026 is no working day, the days after it are
    assert (outcome.receipt_id is None) == (kind == "postage")
    if outcome.receipt_id:
        receipt = await receipts.find_receipt(conn, till.office_id, outcome.receipt_id)
        assert receipt is not None
        assert (receipt.amount_vnd, receipt.subject_id) == (135_000, charge.id)


async def test_working_days_skip_culture_day_and_weekends(
    conn: asyncpg.Connection, till: Till
) -> None:
    """Tests that a tax of Friday is handed on by Monday, and of Monday 23/11 by Wednesday."""
    for at, last in (
        (NOW - timedelta(days=1), date(2026, 11, 25)),  # Tuesday 24/11 is a holiday
        (NOW + timedelta(days=3), date(2026, 11, 30)),
        (NOW + timedelta(days=4), date(2026, 11, 30)),  # a Saturday
    ):
        charge = await till.owe(conn, "tax")
        await charges.collect(conn, till.take(charge), till.counter(at))
        assert (await till.find(conn, charge.id)).remit_by == last


async def test_counter_refuses_what_does_not_pay(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a cashier is told before the drawer opens, and nothing is written."""
    charge = await till.owe(conn)
    for collection, code in (
        (till.take(charge, amount_vnd=7_999), "charge_amount_differs"),
        (till.take(charge, amount_vnd=8_001), "charge_amount_differs"),
        (till.take(charge, charge_id=new_id()), "not_found"),
        (till.take(charge, method="qr"), "needs_approval"),
    ):
        work = charges.collect(conn, collection, till.counter())
        assert await refused(conn, work) == code
    taken = till.take(charge)
    first = await charges.collect(conn, taken, till.counter())
    assert await charges.collect(conn, taken, till.counter()) == first
    again = charges.collect(conn, till.take(charge), till.counter())
    assert await refused(conn, again) == "charge_collected"
    assert await till.balance(conn, "drawer") == 8_000


async def test_counter_needs_a_receipt_for_the_state(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that without receipt numbers no tax is taken, and a bill is."""
    await conn.execute("SET LOCAL ROLE tannoi_app")
    block = await till.lend_kind(conn, "tax")
    assert block.first_number
    for kind in ("tax", "bill"):
        while True:
            try:
                await receipts.lease_block(
                    conn, till.office_id, kind, device_id=new_id(), staff_id=None, num=1_000,
                    now=NOW,
                )  # fmt: skip
            except Conflict:
                break
    tax, bill = await till.owe(conn, "tax"), await till.owe(conn, "bill")
    work = charges.collect(conn, till.take(tax), till.counter())
    assert await refused(conn, work) == "no_receipts_left"
    assert (await charges.collect(conn, till.take(bill), till.counter())).receipt_id is None


async def test_door_collects_into_the_hand(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a courier's cash is in the hand, under the receipt number the phone wrote."""
    block = await till.lend_kind(conn)
    charge = await till.owe(conn, door=till.door())
    due = await doorstep.list_due(conn, till.office_id, DAY)
    assert [(d.id, d.kind, d.cash_in_vnd) for d in due] == [(charge.id, "charge.collect", 8_000)]
    shown = due[0].shown
    assert shown["needs_receipt"] is True
    qr = read_payload(shown["qr"])
    assert (qr.bin, qr.account, qr.amount_vnd) == (BIN, ACCOUNT, 8_000)
    assert qr.purpose == charge.reference
    use = Use(block.id, block.first_number)
    collection, source = till.take(charge, receipt=use), till.door_of()
    outcome = await charges.collect(conn, collection, source)
    assert outcome.kind == "applied"
    assert await charges.collect(conn, collection, source) == outcome
    assert await till.balance(conn, "hand", till.courier) == 8_000
    assert await till.balance(conn, "fee_payable", till.agency) == 8_000
    (errand,) = await doorstep.list_errands(conn, till.office_id, [charge.id])
    assert errand.state == "done"


async def test_no_second_ride_for_what_was_taken(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that notes in doubt, and a QR that waits for the bank, send nobody there again."""
    doubted, shown = await till.owe(conn, door=till.door()), await till.owe(conn, door=till.door())
    assert len(await doorstep.list_due(conn, till.office_id, DAY)) == 2
    await charges.collect(conn, till.take(doubted), till.door_of())
    await charges.collect(conn, till.take(shown, method="qr"), till.door_of())
    assert await doorstep.list_due(conn, till.office_id, DAY) == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"amount_vnd": 9_000}, "charge_amount_differs"),
        ({"charge_id": new_id()}, "unknown_charge"),
        ({"receipt": None}, "receipt_missing"),
        ({"receipt": Use(new_id(), 1)}, "receipt_out_of_range"),
    ],
)
async def test_door_keeps_every_note(
    conn: asyncpg.Connection, till: Till, fields: dict[str, object], reason: str
) -> None:
    """Tests that notes which do not pay a charge are in the hand and in suspense, and held."""
    block = await till.lend_kind(conn)
    charge = await till.owe(conn)
    made: dict[str, object] = {"receipt": Use(block.id, block.first_number)}
    collection = till.take(charge, **(made | fields))
    outcome = await charges.collect(conn, collection, till.door_of())
    assert (outcome.kind, outcome.reason) == ("in_doubt", reason)
    assert await till.balance(conn, "hand", till.courier) == collection.amount_vnd
    assert await till.balance(conn, "suspense") == -collection.amount_vnd
    assert (await till.find(conn, charge.id)).state == "due"
    assert [d.id for d in await charges.list_doubts(conn, till.office_id)] == [collection.id]


async def test_clock_that_cannot_be_trusted_is_looked_at(
    conn: asyncpg.Connection, till: Till
) -> None:
    """Tests that no receipt's year and no deadline follows a time that nobody can trust."""
    block = await till.lend_kind(conn)
    use = Use(block.id, block.first_number)
    source = msgspec.structs.replace(till.door_of(), problem="suspect_time")
    fee, postage = await till.owe(conn), await till.owe(conn, "postage")
    collection = till.take(fee, receipt=use)
    outcome = await charges.collect(conn, collection, source)
    assert (outcome.kind, outcome.reason) == ("in_doubt", "suspect_time")
    assert await till.balance(conn, "hand", till.courier) == 8_000
    assert await receipts.find_receipt(conn, till.office_id, collection.id) is None
    assert (await charges.collect(conn, till.take(postage), source)).kind == "applied"
    await charges.decide_doubt(
        conn, till.office_id, collection.id, "applied", by=till.cashier,
        approved_by=till.controller, note="hỏi bưu tá, đúng ngày", now=NOW,
    )  # fmt: skip
    found = await till.find(conn, fee.id)
    assert (found.state, found.collected_on) == ("collected", DAY)


async def test_second_collection_is_held(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that two phones which took one charge offline end as one posted, one in doubt."""
    block = await till.lend_kind(conn)
    charge = await till.owe(conn)
    other = new_id()
    first = till.take(charge, receipt=Use(block.id, block.first_number))
    second = till.take(charge, receipt=Use(block.id, block.first_number + 1))
    assert (await charges.collect(conn, first, till.door_of())).kind == "applied"
    outcome = await charges.collect(conn, second, till.door_of(courier=other))
    assert (outcome.kind, outcome.reason) == ("in_doubt", "charge_collected")
    assert await till.balance(conn, "hand", till.courier) == 8_000
    assert await till.balance(conn, "hand", other) == 8_000
    assert await till.balance(conn, "fee_payable", till.agency) == 8_000


async def test_used_receipt_number_is_held(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a number which was used before leaves the money in doubt."""
    block = await till.lend_kind(conn)
    use = Use(block.id, block.first_number)
    one, two = await till.owe(conn), await till.owe(conn)
    assert (await charges.collect(conn, till.take(one, receipt=use), till.door_of())).kind == (
        "applied"
    )
    outcome = await charges.collect(conn, till.take(two, receipt=use), till.door_of())
    assert (outcome.kind, outcome.reason) == ("in_doubt", "receipt_used")


async def test_qr_at_a_door_waits_for_the_bank(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a QR shown at a door pays nothing until the bank tells."""
    charge = await till.owe(conn)
    collection = till.take(charge, method="qr")
    assert (await charges.collect(conn, collection, till.door_of())).kind == "waiting"
    found = await till.find(conn, charge.id)
    assert (found.state, found.qr_shown_at) == ("due", NOW)
    payment = till.payment(charge.reference, 8_000)
    assert await charges.take_notice(conn, "m1", b"1", payment, now=NOW) == "paid"
    assert (await charges.collect(conn, collection, till.door_of())).kind == "applied"
    unknown = till.take(charge, charge_id=new_id(), method="qr")
    outcome = await charges.collect(conn, unknown, till.door_of())
    assert (outcome.kind, outcome.reason) == ("nothing", "unknown_charge")
    assert await charges.list_doubts(conn, till.office_id) == []  # no notes changed hands


async def test_cancelled_charges_are_not_taken(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a cancelled charge is due nowhere, and its notes at a door are in doubt."""
    charge = await till.owe(conn, door=till.door())
    cancel = {"reason": "nộp trùng", "now": NOW}
    assert await refused(
        conn, charges.cancel(conn, till.office_id, charge.id, reason=" ", now=NOW)
    ) == "needs_reason"  # fmt: skip
    await charges.cancel(conn, till.office_id, charge.id, **cancel)
    assert await doorstep.list_due(conn, till.office_id, DAY) == []
    again = charges.cancel(conn, till.office_id, charge.id, **cancel)
    assert await refused(conn, again) == "charge_not_due"
    work = charges.collect(conn, till.take(charge), till.counter())
    assert await refused(conn, work) == "charge_cancelled"
    outcome = await charges.collect(conn, till.take(charge), till.door_of())
    assert outcome.reason == "charge_cancelled"


async def test_paid_at_the_counter_is_due_at_no_door(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that nobody rides to a door for what was paid at a counter."""
    charge = await till.owe(conn, door=till.door())
    await charges.collect(conn, till.take(charge), till.counter())
    assert await doorstep.list_due(conn, till.office_id, DAY) == []


async def collect_eight(house: House, till: Till, charge: charges.Charge, *, door: bool) -> Counter:
    async def collect() -> str:
        collection = till.take(charge)
        source = till.door_of(courier=new_id()) if door else till.counter()
        try:
            async with house.db.transaction(actor="test", offices=[till.office_id]) as conn:
                outcome = await charges.collect(conn, collection, source)
        except Conflict as refusal:
            return refusal.code
        return outcome.reason or outcome.kind

    return Counter(await asyncio.gather(*(collect() for _ in range(8))))


@pytest.mark.parametrize(
    ("door", "others"), [(False, "charge_collected"), (True, "charge_collected")]
)
async def test_eight_collect_one_charge(house: House, door: bool, others: str) -> None:
    """Tests that of eight who take one charge at once one is applied; every note is booked."""
    till = Till()
    async with house.db.transaction(actor="house", offices="*") as conn:
        await till.open(conn)
        charge = await till.owe(conn, "bill")
    told = await collect_eight(house, till, charge, door=door)
    assert told == {"applied": 1, others: 7}
    async with house.db.transaction(actor="house", offices="*") as conn:
        assert await till.balance(conn, "biller_payable", till.biller) == 8_000
        suspense = await till.balance(conn, "suspense")
        assert suspense == (-7 * 8_000 if door else 0)
        assert len(await charges.list_doubts(conn, till.office_id)) == (7 if door else 0)
