"""Tests of what two people decide, of handing on, and of the rules that must hold."""

from datetime import date, timedelta

import asyncpg
import pytest

from backend import charges, ledger, receipts
from backend.charges.jobs import raise_alarms
from backend.charges.model import Batch
from backend.house import House
from backend.kit.errors import Refusal
from backend.kit.ids import new_id
from backend.ops import doctor
from tests.backend.charges.till import DAY, Till
from tests.backend.receipts.numbers import NOW


@pytest.fixture
async def till(conn: asyncpg.Connection) -> Till:
    till = Till()
    await till.open(conn)
    return till


async def refused(conn: asyncpg.Connection, work) -> str:
    with pytest.raises(Refusal) as caught:
        async with conn.transaction():
            await work
    return caught.value.code


def decide(conn: asyncpg.Connection, till: Till, doubt, answer: str, **fields: object):
    made = {"by": till.cashier, "approved_by": till.controller, "note": "đã đối chiếu", "now": NOW}
    return charges.decide_doubt(conn, till.office_id, doubt, answer, **(made | fields))


def take_back(conn: asyncpg.Connection, till: Till, charge, **fields: object):
    made = {
        "id": new_id(), "by": till.cashier, "approved_by": till.controller, "reason": "thu nhầm",
        "now": NOW,
    }  # fmt: skip
    return charges.take_back(conn, till.office_id, charge, **(made | fields))


async def doubt_at_door(conn: asyncpg.Connection, till: Till) -> tuple[charges.Charge, object]:
    charge = await till.owe(conn)
    collection = till.take(charge)  # its receipt is missing
    await charges.collect(conn, collection, till.door_of())
    return charge, collection.id


async def test_doubt_is_applied_by_two(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that money in doubt pays its charge when two people say so, with a receipt."""
    charge, doubt = await doubt_at_door(conn, till)
    for fields, code in (
        ({"approved_by": till.cashier}, "approved_by_maker"),
        ({"note": " "}, "needs_reason"),
        ({"charge_id": new_id()}, "not_found"),
    ):
        assert await refused(conn, decide(conn, till, doubt, "applied", **fields)) == code
    assert await refused(conn, decide(conn, till, new_id(), "applied")) == "not_found"
    await decide(conn, till, doubt, "applied")
    assert (await till.find(conn, charge.id)).state == "collected"
    assert await till.balance(conn, "suspense") == 0
    assert await till.balance(conn, "fee_payable", till.agency) == 8_000
    assert await till.balance(conn, "hand", till.courier) == 8_000
    (collected,) = await charges.list_collections(conn, till.office_id, charge.id)
    assert collected.receipt_id is not None
    assert await refused(conn, decide(conn, till, doubt, "given_back")) == "doubt_answered"


async def test_doubt_goes_to_another_charge_of_its_amount(
    conn: asyncpg.Connection, till: Till
) -> None:
    """Tests that money may pay the charge that it was meant for, of exactly its amount."""
    await charges.take_notice(conn, "m", b"1", till.payment("tien phi", 8_000), now=NOW)
    (doubt,) = await charges.list_doubts(conn, till.office_id)
    dear, right = await till.owe(conn, amount_vnd=9_000), await till.owe(conn)
    wrong = decide(conn, till, doubt.id, "applied", charge_id=dear.id)
    assert await refused(conn, wrong) == "charge_amount_differs"
    await decide(conn, till, doubt.id, "applied", charge_id=right.id)
    assert (await till.find(conn, right.id)).state == "collected"
    assert await till.balance(conn, "suspense") == 0


async def test_doubt_is_given_back(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that money given back leaves the drawer, or the bank where it came there."""
    _, doubt = await doubt_at_door(conn, till)
    assert await refused(conn, decide(conn, till, doubt, "given_back")) == "not_covered"
    other = await till.owe(conn, "bill")
    await charges.collect(conn, till.take(other), till.counter())
    await decide(conn, till, doubt, "given_back")
    assert await till.balance(conn, "drawer") == 0
    await charges.take_notice(conn, "m", b"1", till.payment("x", 5_000), now=NOW)
    (told,) = await charges.list_doubts(conn, till.office_id)
    await decide(conn, till, told.id, "given_back")
    assert await till.balance(conn, "bank") == 0
    assert await till.balance(conn, "suspense") == 0


async def test_collection_is_taken_back_once(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that two people reverse a mistake, its receipt is void, and it may be paid again."""
    charge = await till.owe(conn)
    assert await refused(conn, take_back(conn, till, charge.id)) == "charge_not_due"
    first = await charges.collect(conn, till.take(charge), till.counter())
    same = take_back(conn, till, charge.id, approved_by=till.cashier)
    assert await refused(conn, same) == "approved_by_maker"
    assert await refused(conn, take_back(conn, till, charge.id, reason="")) == "needs_reason"
    assert await refused(conn, take_back(conn, till, new_id())) == "not_found"
    await take_back(conn, till, charge.id)
    assert (await till.find(conn, charge.id)).state == "due"
    assert await till.balance(conn, "drawer") == 0
    assert first.receipt_id is not None
    receipt = await receipts.find_receipt(conn, till.office_id, first.receipt_id)
    assert receipt is not None
    assert receipt.state == "void"
    again = await charges.collect(conn, till.take(charge), till.counter())
    assert again.kind == "applied"
    assert again.receipt_id != first.receipt_id
    assert await till.balance(conn, "fee_payable", till.agency) == 8_000


async def test_receipt_of_collected_is_not_void_alone(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that no receipt is void while its charge stands collected, in cash or by a bank."""
    cash, told = await till.owe(conn, "tax"), await till.owe(conn)
    await charges.collect(conn, till.take(cash), till.counter())
    await charges.take_notice(conn, "m", b"1", till.payment(told.reference, 8_000), now=NOW)
    for charge in (cash, told):
        (paid,) = await charges.list_collections(conn, till.office_id, charge.id)
        assert paid.receipt_id is not None
        assert await refused(conn, void(conn, till, paid.receipt_id)) == "receipt_of_collected"
    await take_back(conn, till, cash.id)
    (back,) = await charges.list_collections(conn, till.office_id, cash.id)
    assert await refused(conn, void(conn, till, back.receipt_id)) == "receipt_void_already"
    assert await refused(conn, void(conn, till, new_id())) == "not_found"


async def test_receipt_of_nothing_may_be_void(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a receipt which no charge stands on may be void by one person."""
    receipt = await receipts.issue(conn, till.new(), now=NOW)
    await void(conn, till, receipt.id)
    found = await receipts.find_receipt(conn, till.office_id, receipt.id)
    assert found is not None
    assert found.state == "void"


def void(conn: asyncpg.Connection, till: Till, receipt_id):
    return charges.void_receipt(
        conn, till.office_id, receipt_id, reason="sai tên", by=till.cashier, now=NOW
    )


async def test_spent_cash_cannot_be_taken_back(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a reversal whose cash is no longer in the hand is refused."""
    charge = await till.owe(conn, "bill")
    await charges.collect(conn, till.take(charge), till.counter())
    _, doubt = await doubt_at_door(conn, till)
    await decide(conn, till, doubt, "given_back")  # out of the drawer
    assert await refused(conn, take_back(conn, till, charge.id)) == "not_covered"


@pytest.mark.parametrize("float_vnd", [0, 50_000])
async def test_notes_brought_home_come_out_of_the_drawer(
    conn: asyncpg.Connection, till: Till, float_vnd: int
) -> None:
    """Tests that what a courier brought home goes back to the citizen from the drawer.

    Also when the hand holds the float of another day by then: those are other notes.
    """
    block = await till.lend_kind(conn)
    charge = await till.owe(conn)
    use = receipts.Use(block.id, block.first_number)
    await charges.collect(conn, till.take(charge, receipt=use), till.door_of())
    hand, drawer = till.own("hand", till.courier), till.own("drawer")
    await move(conn, till, "float.return", drawer, hand, 8_000)
    if float_vnd:
        await move(conn, till, "bank.withdrawal", drawer, till.own("bank"), float_vnd)
        await move(conn, till, "float.issue", hand, drawer, float_vnd)
    await take_back(conn, till, charge.id)
    assert (await till.find(conn, charge.id)).state == "due"
    assert await till.balance(conn, "hand", till.courier) == float_vnd
    assert await till.balance(conn, "drawer") == 0
    assert await till.balance(conn, "fee_payable", till.agency) == 0
    (back,) = await charges.list_collections(conn, till.office_id, charge.id)
    group = await ledger.list_group(conn, till.office_id, back.id)
    assert sorted(line.code for line in group) == [
        "charge.fee", "charge.fee.reversal", "charge.refund",
    ]  # fmt: skip
    assert {line.approved_by for line in group if line.code != "charge.fee"} == {till.controller}


async def test_notes_on_the_road_come_out_of_the_hand(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a courier who still has the notes gives them back himself."""
    block = await till.lend_kind(conn)
    charge = await till.owe(conn)
    use = receipts.Use(block.id, block.first_number)
    await charges.collect(conn, till.take(charge, receipt=use), till.door_of())
    await take_back(conn, till, charge.id)
    assert await till.balance(conn, "hand", till.courier) == 0
    assert await till.balance(conn, "drawer") == 0


async def test_empty_drawer_gives_nothing_back(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that notes that are neither in the hand nor in the drawer cannot be given back."""
    block = await till.lend_kind(conn)
    charge = await till.owe(conn)
    use = receipts.Use(block.id, block.first_number)
    await charges.collect(conn, till.take(charge, receipt=use), till.door_of())
    hand, drawer = till.own("hand", till.courier), till.own("drawer")
    await move(conn, till, "float.return", drawer, hand, 8_000)
    await move(conn, till, "bank.deposit", till.own("bank"), drawer, 8_000)
    assert await refused(conn, take_back(conn, till, charge.id)) == "not_covered"


async def move(conn: asyncpg.Connection, till: Till, code: str, debit, credit, amount: int) -> None:
    transfer = ledger.Transfer(
        id=new_id(), group_id=new_id(), code=code, debit=debit, credit=credit, amount_vnd=amount,
        occurred_at=NOW, created_by=till.cashier,
    )  # fmt: skip
    await ledger.post(conn, [transfer], now=NOW)


async def make_batch(conn: asyncpg.Connection, till: Till, kind: str = "tax") -> Batch:
    payee = {"tax": till.tax, "bill": till.biller, "fee": till.agency, "order": till.agency}[kind]
    return await charges.make_batch(
        conn, till.office_id, kind, payee, through_on=DAY, by=till.cashier, now=NOW,
    )  # fmt: skip


async def collect_some(conn: asyncpg.Connection, till: Till, kind: str, num: int) -> None:
    for n in range(num):
        charge = await till.owe(conn, kind, amount_vnd=1_000 * (n + 1))
        await charges.collect(conn, till.take(charge), till.counter())


@pytest.mark.parametrize("kind", ["fee", "bill", "tax", "order"])
async def test_batch_hands_on_what_was_collected(
    conn: asyncpg.Connection, till: Till, kind: str
) -> None:
    """Tests that a batch of one person, approved by another, empties what is owed to a payee."""
    await collect_some(conn, till, kind, 3)
    await till.owe(conn, kind)  # not collected yet
    batch = await make_batch(conn, till, kind)
    assert (batch.num_charges, batch.amount_vnd) == (3, 6_000)
    assert await refused(conn, make_batch(conn, till, kind)) == "nothing_to_remit"

    def remit(approved_by=till.controller, batch_id=batch.id):
        return charges.remit(
            conn, till.office_id, batch_id, approved_by=approved_by, bank_reference="UNC-1",
            now=NOW,
        )  # fmt: skip

    assert await refused(conn, remit(approved_by=till.cashier)) == "approved_by_maker"
    assert await refused(conn, remit(batch_id=new_id())) == "not_found"
    await remit()
    assert await refused(conn, remit()) == "batch_ended"
    payee = batch.payee_id
    places = {"fee": "fee_payable", "order": "fee_payable", "bill": "biller_payable"}
    scheme = "order" if kind == "order" else ""
    assert await till.balance(conn, places.get(kind, "tax_payable"), payee, scheme) == 0
    assert await till.balance(conn, "bank") == -6_000
    states = [c.state for c in await charges.list_charges(conn, till.office_id)]
    assert sorted(states) == ["due", "remitted", "remitted", "remitted"]
    done = await charges.list_charges(conn, till.office_id, state="remitted")
    assert await refused(conn, take_back(conn, till, done[0].id)) == "charge_in_batch"


async def test_dropped_batch_frees_its_charges(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a batch nobody approved can go, and another takes its charges."""
    await collect_some(conn, till, "tax", 2)
    batch = await make_batch(conn, till)
    held = await charges.list_charges(conn, till.office_id, state="collected")
    assert await refused(conn, take_back(conn, till, held[0].id)) == "charge_in_batch"
    await charges.drop_batch(conn, till.office_id, batch.id, now=NOW)
    gone = charges.drop_batch(conn, till.office_id, batch.id, now=NOW)
    assert await refused(conn, gone) == "batch_ended"
    assert (await make_batch(conn, till)).amount_vnd == batch.amount_vnd


async def test_alarms_come_before_the_deadline(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that money of the state rings on its last day and again after it, each once."""
    await collect_some(conn, till, "tax", 1)  # on 24/11, to be handed on by 25/11
    assert await raise_alarms(conn, now=NOW) == 0
    last_day = NOW + timedelta(days=1)
    assert await raise_alarms(conn, now=last_day) == 1
    assert await raise_alarms(conn, now=last_day) == 0
    assert [a.kind for a in await charges.list_alarms(conn, till.office_id)] == ["due_today"]
    assert await raise_alarms(conn, now=last_day + timedelta(days=1)) == 1
    assert [a.kind for a in await charges.list_alarms(conn, till.office_id)] == ["overdue"]
    (line,) = await charges.list_deadlines(conn, till.office_id, date(2026, 11, 25))
    assert (line.num_charges, line.amount_vnd, line.num_batched) == (1, 1_000, 0)
    batch = await make_batch(conn, till)
    await charges.remit(
        conn, till.office_id, batch.id, approved_by=till.controller, bank_reference="", now=NOW
    )
    assert await charges.list_alarms(conn, till.office_id) == []
    assert await charges.list_deadlines(conn, till.office_id, date(2026, 12, 31)) == []


FAULTS = {
    "collected_once_posted": "UPDATE charges.collection SET reversed_at = now() "
    "WHERE charge_id = (SELECT id FROM charges.charge WHERE kind = 'postage')",
    "posted_once_collected": "UPDATE charges.charge SET state = 'due', collected_on = NULL "
    "WHERE kind = 'postage'",
    "due_means_unpaid": "UPDATE charges.charge SET state = 'cancelled', collected_on = NULL "
    "WHERE kind = 'postage'",
    "payables_are_not_yet_remitted": "UPDATE charges.charge SET amount_vnd = amount_vnd + 1 "
    "WHERE kind = 'bill'",
    "batches_are_their_charges": "UPDATE charges.batch SET num_charges = num_charges + 1",
    "notices_are_booked": "UPDATE charges.notice SET amount_vnd = amount_vnd + 1",
    "doubts_are_in_suspense": "UPDATE charges.collection SET answer = 'given_back', "
    "answered_at = now() WHERE outcome = 'in_doubt'",
    "state_money_has_receipts": "UPDATE charges.collection SET receipt_id = NULL",
}


@pytest.mark.parametrize("name", FAULTS)
async def test_planted_faults_are_found(
    house: House, admin_conn: asyncpg.Connection, db_url: str, name: str
) -> None:
    """Tests that each rule of charges finds the fault that breaks it; before it all hold."""
    till = Till()
    async with house.db.transaction(actor="house", offices="*") as conn:
        await till.open(conn)
        for kind in ("fee", "tax", "postage", "bill"):
            await collect_some(conn, till, kind, 1)
        batch = await make_batch(conn, till, "fee")
        await charges.remit(
            conn, till.office_id, batch.id, approved_by=till.controller, bank_reference="",
            now=NOW,
        )  # fmt: skip
        await make_batch(conn, till, "tax")
        charge = await till.owe(conn)
        await charges.take_notice(conn, "m1", b"1", till.payment("?", 500), now=NOW)
        payment = till.payment(charge.reference, 8_000)
        await charges.take_notice(conn, "m2", b"2", payment, now=NOW)
        back = await till.owe(conn)
        await charges.collect(conn, till.take(back), till.counter())
        await take_back(conn, till, back.id)
    assert [f.name for f in await examine(db_url) if not f.is_sound] == []

    await admin_conn.execute("SET session_replication_role = replica")
    await admin_conn.execute(FAULTS[name])

    assert name in [f.name for f in await examine(db_url) if not f.is_sound]


async def examine(db_url: str) -> list[doctor.Finding]:
    files = [
        file
        for file in doctor.list_invariant_files()
        if file.parent.name in ("charges", "ledger", "receipts")
    ]
    return await doctor.examine(db_url, files)


def test_every_invariant_has_its_fault() -> None:
    """Tests that no rule of charges goes without a fault planted against it."""
    (file,) = [f for f in doctor.list_invariant_files() if f.parent.name == "charges"]
    text = file.read_text(encoding="utf-8")
    assert sorted(FAULTS) == sorted(
        line.removeprefix("-- name: ") for line in text.splitlines() if line.startswith("-- name:")
    )
