"""Tests that every đồng a bank tells of is booked once: to its charge, or in doubt and listed."""

import asyncio
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from backend import charges, receipts
from backend.charges import BankAccount
from backend.charges.actions.bank import BANK
from backend.charges.rules import find_references, make_reference
from backend.house import House
from backend.kit.errors import Refusal
from backend.kit.ids import new_id
from tests.backend.charges.till import BIN, Till
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


async def hear(
    conn: asyncpg.Connection, payment: charges.Payment, message_id: str = "msg-1"
) -> str:
    body = msgspec.json.encode(payment)
    return await charges.take_notice(conn, message_id, body, payment, now=NOW)


@pytest.mark.parametrize(
    "content",
    [
        "{}",
        "MBVCB.123456.{}.CT tu 0011 toi 0123",
        "{} Nguyen Thi Mau chuyen tien",
        "CHUYENTIEN{}GD9988",
        "khach tn {}",
        "TN{}",
        "{spaced}",
    ],
)
def test_references_are_found_in_a_banks_words(content: str) -> None:
    """Tests that a charge is found in what banks make of a purpose."""
    for _ in range(50):
        reference = make_reference()
        spaced = f"{reference[:4]} {reference[4:9]} {reference[9:]}"
        said = content.format(reference.lower(), spaced=spaced)
        assert reference in find_references(said), said


async def test_notice_pays_its_charge(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that money told by the bank is in the bank, owed to the payee, with a receipt."""
    charge = await till.owe(conn, "tax", amount_vnd=500_000)
    payment = till.payment(f"nop thue {charge.reference}", 500_000)
    assert await hear(conn, payment) == "paid"
    assert await till.balance(conn, "bank") == 500_000
    assert await till.balance(conn, "tax_payable", till.tax) == 500_000
    found = await till.find(conn, charge.id)
    assert found.state == "collected"
    (collected,) = await charges.list_collections(conn, till.office_id, charge.id)
    assert (collected.method, collected.outcome) == ("qr", "applied")
    assert collected.receipt_id is not None


async def test_receipt_that_could_not_be_issued_comes_later(
    conn: asyncpg.Connection, till: Till
) -> None:
    """Tests that a tax paid by QR when no number is left is listed until its receipt is issued."""
    await use_up(conn, till)
    charge = await till.owe(conn, "tax", amount_vnd=500_000)
    payment = till.payment(charge.reference, 500_000)
    assert await hear(conn, payment) == "paid"
    assert [c.id for c in await charges.list_unreceipted(conn, till.office_id)] == [charge.id]
    bare = await till.owe(conn, "tax")

    def issue(id=charge.id):
        return charges.issue_missing(conn, till.office_id, id, by=till.cashier, now=NOW)

    assert await refused(conn, issue()) == "no_receipts_left"
    assert await refused(conn, issue(bare.id)) == "receipt_not_owed"
    assert await refused(conn, issue(new_id())) == "not_found"
    assert await charges.issue_all_missing(conn, by=BANK, now=NOW) == 1
    await till.allot(conn, kind="tax", symbol="26TTK")
    assert await charges.issue_all_missing(conn, by=BANK, now=NOW) == 0
    assert await charges.list_unreceipted(conn, till.office_id) == []
    (paid,) = await charges.list_collections(conn, till.office_id, charge.id)
    assert paid.receipt_id is not None
    assert await issue() == paid.receipt_id
    receipt = await receipts.find_receipt(conn, till.office_id, paid.receipt_id)
    assert receipt is not None
    assert (receipt.subject_id, receipt.amount_vnd, receipt.state) == (
        charge.id, 500_000, "issued",
    )  # fmt: skip


async def test_those_without_numbers_keep_no_others_waiting(
    conn: asyncpg.Connection, till: Till
) -> None:
    """Tests that older charges of a kind without numbers hide no younger ones of another kind."""
    await use_up(conn, till)
    taxes = [await till.owe(conn, "tax", amount_vnd=500_000) for _ in range(2)]
    fee = await till.owe(conn, "fee", amount_vnd=500_000)
    for charge in (*taxes, fee):
        payment = till.payment(charge.reference, 500_000)
        assert await hear(conn, payment, f"msg-{charge.id}") == "paid"
    await conn.execute(
        "UPDATE charges.collection SET receipt_id = NULL WHERE charge_id = $1", fee.id
    )
    found = await charges.list_unreceipted(conn, till.office_id, limit=1)
    assert {charge.kind for charge in found} == {"tax", "fee"}


async def test_bills_go_without(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that what needs no receipt is not listed as lacking one."""
    postage = await till.owe(conn, "postage")
    assert await hear(conn, till.payment(postage.reference, 8_000)) == "paid"
    assert await charges.list_unreceipted(conn, till.office_id) == []


async def use_up(conn: asyncpg.Connection, till: Till) -> None:
    """Lend all numbers for taxes to a phone."""
    await receipts.lease_block(
        conn, till.office_id, "tax", device_id=till.device, staff_id=till.courier, num=1_000,
        now=NOW,
    )  # fmt: skip


async def test_message_again_changes_nothing(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a message which comes again is counted, and booked once."""
    charge = await till.owe(conn)
    payment = till.payment(charge.reference, 8_000)
    assert [await hear(conn, payment) for _ in range(3)] == ["paid"] * 3
    (notice,) = await charges.list_notices(conn, till.office_id, NOW)
    assert notice.num_deliveries == 3
    assert await till.balance(conn, "bank") == 8_000
    other = till.payment(charge.reference, 9_000)
    assert await refused(conn, hear(conn, other)) == "notice_differs"


async def test_money_told_twice_is_booked_once(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that one movement of money under two messages is kept twice and booked once."""
    charge = await till.owe(conn)
    payment = till.payment(charge.reference, 8_000)
    assert await hear(conn, payment, "a") == "paid"
    assert await hear(conn, payment, "b") == "repeated"
    assert await till.balance(conn, "bank") == 8_000
    assert await charges.list_doubts(conn, till.office_id) == []


@pytest.mark.parametrize(
    ("content", "amount_vnd", "outcome"),
    [
        ("chuyen tien", 8_000, "unknown_reference"),
        ("TN0000000000", 8_000, "unknown_reference"),
        ("{}", 7_999, "amount_differs"),
        ("{}", 8_001, "amount_differs"),
    ],
)
async def test_what_does_not_fit_is_in_doubt(
    conn: asyncpg.Connection, till: Till, content: str, amount_vnd: int, outcome: str
) -> None:
    """Tests that money without its charge, or of another amount, waits for a person."""
    charge = await till.owe(conn)
    payment = till.payment(content.format(charge.reference), amount_vnd)
    assert await hear(conn, payment) == outcome
    assert await till.balance(conn, "bank") == amount_vnd
    assert await till.balance(conn, "suspense") == -amount_vnd
    (doubt,) = await charges.list_doubts(conn, till.office_id)
    assert doubt.amount_vnd == amount_vnd
    assert (await till.find(conn, charge.id)).state == "due"
    assert [n.outcome for n in await charges.list_notices(conn, till.office_id, NOW)] == [outcome]


async def test_paid_twice_is_in_doubt(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a payer who paid twice has the second sum in doubt, also after cash."""
    charge = await till.owe(conn)
    await charges.collect(conn, till.take(charge), till.counter())
    assert await hear(conn, till.payment(charge.reference, 8_000)) == "paid_already"
    (doubt,) = await charges.list_doubts(conn, till.office_id)
    assert (doubt.charge_id, doubt.method) == (charge.id, "qr")
    cancelled = await till.owe(conn)
    await charges.cancel(conn, till.office_id, cancelled.id, reason="sai", now=NOW)
    assert await hear(conn, till.payment(cancelled.reference, 8_000), "m2") == "cancelled"


async def test_other_offices_charges_are_not_paid_here(
    conn: asyncpg.Connection, till: Till
) -> None:
    """Tests that money which came to one office's account pays no charge of another office."""
    other = Till(account="9999")
    await other.open(conn)
    charge = await other.owe(conn)
    assert await hear(conn, till.payment(charge.reference, 8_000)) == "unknown_reference"
    assert (await other.find(conn, charge.id)).state == "due"
    assert await till.balance(conn, "bank") == 8_000


async def test_foreign_accounts_go_to_the_default(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a message which names no account of ours is refused, or kept where one is set."""
    payment = till.payment("x", 5_000, account="777")
    assert await refused(conn, hear(conn, payment)) == "no_bank_account"
    account = BankAccount(till.office_id, BIN, till.account, "BUU CUC", is_default=True)
    await charges.save_account(conn, account)
    assert await hear(conn, payment) == "unknown_reference"
    assert await till.balance(conn, "suspense") == -5_000


@pytest.mark.parametrize(
    "fields",
    [
        {"amount_vnd": 0},
        {"amount_vnd": -1},
        {"amount_vnd": 50_000_000_001},
        {"bin": "97044"},
        {"bin": "97044x"},
        {"account": ""},
        {"account": "1" * 20},
        {"account": "12;34"},
        {"bank_reference": ""},
        {"bank_reference": "x" * 65},
        {"bank_reference": "a\nb"},
        {"content": "x" * 501},
        {"content": "a\x00b"},
        {"paid_at": NOW + timedelta(minutes=6)},
        {"paid_at": NOW.replace(tzinfo=None)},
    ],
)
def test_what_no_bank_can_mean_is_refused(fields: dict[str, object]) -> None:
    """Tests that a bank's words are judged like a stranger's."""
    payment = Till().payment("x", 1_000)
    charges.check_payment(payment, now=NOW)
    with pytest.raises(Refusal) as caught:
        charges.check_payment(msgspec.structs.replace(payment, **fields), now=NOW)
    assert caught.value.code == "notice_field"


async def test_two_people_confirm_without_a_notice(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a cashier and a second person may say that it is paid, and the notice repeats."""
    charge = await till.owe(conn)

    def confirm(by=till.cashier, approved_by=till.controller, reference="FT1"):
        return charges.confirm_qr(
            conn, till.office_id, charge.id, bank_reference=reference, by=by,
            approved_by=approved_by, now=NOW,
        )  # fmt: skip

    assert await refused(conn, confirm(approved_by=till.cashier)) == "approved_by_maker"
    assert await refused(conn, confirm(reference=" ")) == "notice_field"
    await confirm()
    assert await refused(conn, confirm(reference="FT2")) == "charge_collected"
    late = till.payment(charge.reference, 8_000, bank_reference="FT1")
    assert await hear(conn, late) == "repeated"
    assert await till.balance(conn, "bank") == 8_000


async def test_eight_messages_at_once_are_booked_once(house: House) -> None:
    """Tests that a message delivered eight times at once, and its money, is booked once."""
    till = Till()
    async with house.db.transaction(actor="house", offices="*") as conn:
        await till.open(conn)
        charge = await till.owe(conn)
    payment = till.payment(charge.reference, 8_000)

    async def deliver(n: int) -> str:
        async with house.db.transaction(actor="bank", offices="*") as conn:
            return await hear(conn, payment, f"m{n % 2}")

    told = await asyncio.gather(*(deliver(n) for n in range(8)))
    assert sorted(told) == ["paid"] * 4 + ["repeated"] * 4
    async with house.db.transaction(actor="house", offices="*") as conn:
        assert await till.balance(conn, "bank") == 8_000
