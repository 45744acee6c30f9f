"""Tests that the doctor's rules of payouts are silent on true books, and notice every fault."""

from dataclasses import dataclass

import asyncpg
import pytest

from backend import payouts
from backend.kit.ids import new_id
from backend.kit.sql import Queries
from backend.payouts import Asked, Sitting
from tests.backend.payouts.making import HOME, NOW, PAY_DAY, Counter, number_of, row_of
from tests.conftest import ROOT

pytestmark = [pytest.mark.anyio, pytest.mark.store]

QUERIES = Queries(ROOT / "backend" / "payouts" / "invariants.sql")
TABLES = (
    "list", "payout", "payment", "doubt", "funding", "give_back", "sitting", "change", "fee",
)  # fmt: skip
OPEN = (
    *(f"ALTER TABLE payouts.{table} DISABLE TRIGGER ALL" for table in TABLES),
    "ALTER TABLE ledger.transfer DISABLE TRIGGER ALL",
    "ALTER TABLE ledger.account DISABLE TRIGGER ALL",
    "ALTER TABLE payouts.payment DROP CONSTRAINT payment_office_id_payout_id_generation_key",
    "DROP INDEX payouts.payment_live",
    "DROP INDEX payouts.payout_carried_once",
    "ALTER TABLE payouts.list DROP CONSTRAINT list_four_eyes",
)


@dataclass(frozen=True)
class Plant:
    """A fault put into the books by hand, and the rules that must notice it."""

    sentence: str
    statement: str
    noticed_by: frozenset[str]


def plant(sentence: str, statement: str, *names: str) -> Plant:
    return Plant(sentence, statement, frozenset(names))


PAID = "state = 'paid'"
PLANTS = (
    plant(
        "a payout is called paid and is not",
        "UPDATE payouts.payout SET state = 'paid' WHERE state = 'unpaid'",
        "paid_payouts_are_posted",
        "agencies_are_owed",
    ),
    plant(
        "a paid payout is called unpaid",
        f"UPDATE payouts.payout SET state = 'unpaid' WHERE {PAID}",
        "payments_count_for_paid_payouts",
        "closed_lists_are_settled",
        "agencies_are_owed",
    ),
    plant(
        "a paid sum is made greater",
        f"UPDATE payouts.payout SET amount_vnd = amount_vnd + 1000 WHERE {PAID}",
        "paid_payouts_are_posted",
        "lists_are_balanced",
        "agencies_are_owed",
    ),
    plant(
        "a payment is made greater",
        "UPDATE payouts.payment SET amount_vnd = amount_vnd + 1000",
        "paid_payouts_are_posted",
        "posted_payouts_have_payments",
        "sittings_add_up",
    ),
    plant(
        "a payment is dropped",
        "DELETE FROM payouts.payment",
        "paid_payouts_are_posted",
        "posted_payouts_have_payments",
    ),
    plant(
        "a reversal is forgotten",
        "UPDATE payouts.payment SET reversal_id = NULL WHERE reversal_id IS NOT NULL",
        "paid_payouts_are_posted",
    ),
    plant(
        "a payment is taken back without the ledger",
        "UPDATE payouts.payment SET reversal_id = gen_random_uuid() WHERE reversal_id IS NULL",
        "payments_count_for_paid_payouts",
    ),
    plant(
        "a payout is posted under another key",
        "UPDATE ledger.transfer SET business_key = 'x' || business_key "
        "WHERE code = 'payout.pension'",
        "paid_payouts_are_posted",
    ),
    plant(
        "a doubt is dropped",
        "DELETE FROM payouts.doubt",
        "posted_payouts_have_payments",
    ),
    plant(
        "a doubt is made smaller",
        "UPDATE payouts.doubt SET amount_vnd = amount_vnd - 1000",
        "doubts_are_posted",
        "posted_payouts_have_payments",
    ),
    plant(
        "what settled a doubt is not in the ledger",
        "UPDATE payouts.doubt SET settlement_id = gen_random_uuid() WHERE settled_at IS NOT NULL",
        "doubts_are_posted",
    ),
    plant(
        "a list's total is changed",
        "UPDATE payouts.list SET total_vnd = total_vnd + 1 WHERE state = 'approved'",
        "lists_are_balanced",
    ),
    plant(
        "a row of an approved list is dropped",
        "DELETE FROM payouts.payout WHERE state = 'unpaid'",
        "lists_are_balanced",
    ),
    plant(
        "money of a list is made greater",
        "UPDATE payouts.funding SET amount_vnd = amount_vnd + 1",
        "lists_are_balanced",
        "agencies_are_owed",
    ),
    plant(
        "a list is approved by its maker",
        "UPDATE payouts.list SET approved_by = made_by WHERE state = 'approved'",
        "lists_have_two_people",
    ),
    plant(
        "money that went back is made smaller",
        "UPDATE payouts.give_back SET amount_vnd = amount_vnd - 1",
        "closed_lists_are_settled",
        "agencies_are_owed",
    ),
    plant(
        "a stopped payout of a closed list is called carried",
        "UPDATE payouts.payout SET state = 'carried' WHERE state = 'stopped'",
        "closed_lists_are_settled",
    ),
    plant(
        "a carried payout is called returned",
        "UPDATE payouts.payout SET state = 'returned' WHERE state = 'carried'",
        "carried_once",
        "closed_lists_are_settled",
    ),
    plant(
        "a carried sum stands in two lists",
        "UPDATE payouts.payout p SET carried_from = o.id FROM payouts.payout o "
        "WHERE o.state = 'carried' AND p.state = 'paid'",
        "carried_once",
    ),
    plant(
        "a fee is made smaller",
        "UPDATE payouts.fee SET amount_vnd = amount_vnd - 1",
        "fees_are_due",
        "fees_are_posted",
    ),
    plant(
        "a fee is forgotten",
        "UPDATE payouts.fee SET at = at - interval '1 day'; "
        "INSERT INTO payouts.list SELECT (jsonb_populate_record(l, jsonb_build_object("
        "'id', gen_random_uuid(), 'scheme', 'merit', 'scheme_from', '2025-07-01'))).* "
        "FROM payouts.list l WHERE state = 'closed'",
        "fees_are_due",
    ),
    plant(
        "a fee is charged to another agency",
        "UPDATE ledger.account SET owner_id = gen_random_uuid() WHERE kind = 'receivable'",
        "fees_are_posted",
    ),
    plant(
        "a fee is posted that no list owes",
        "DELETE FROM payouts.fee",
        "fees_are_posted",
    ),
    plant(
        "a scheme's fee is changed under its lists",
        "UPDATE payouts.scheme SET settings = settings || '{\"fee_bp\": 100}'",
        "fees_are_due",
    ),
    plant(
        "signed minutes say more than was paid",
        "UPDATE payouts.sitting SET num_paid = num_paid + 1",
        "sittings_add_up",
    ),
)


async def find_broken(conn: asyncpg.Connection) -> set[str]:
    return {name for name in QUERIES.names() if await conn.fetch(QUERIES.sql(name))}


async def sit(counter: Counter) -> None:
    """Pay one sum at a sitting whose minutes are signed."""
    batch = await counter.approved(
        row_of(21, 500_000, how="điểm chi trả"), asked=Asked(scheme="social", period="2026-12")
    )
    (row,) = await counter.rows(batch)
    sitting = Sitting(
        office_id=counter.office_id,
        id=new_id(),
        partner_id=counter.day.partner_id,
        place="Nhà văn hóa thôn Mẫu",
        held_on=PAY_DAY.date(),
        supervisor="Lê Văn Mẫu",
        opened_by=counter.cashier,
        opened_at=PAY_DAY,
        closed_at=None,
        num_paid=None,
        paid_vnd=None,
        note="",
    )
    async with counter.begin() as conn:
        await payouts.open_sitting(conn, sitting)
    await counter.pay(counter.payment(row, place="sitting", sitting_id=sitting.id))
    async with counter.begin() as conn:
        await payouts.close_sitting(
            conn,
            office_id=counter.office_id,
            sitting_id=sitting.id,
            note="",
            supervisor="",
            sign_post="M1 1 L9 9",
            sign_agency="M1 1 L9 9",
            now=PAY_DAY,
        )


async def doubt(counter: Counter, batch: payouts.PayoutList) -> None:
    """Leave one sum in doubt, and settle another."""
    *_, first, second = await counter.rows(batch)
    await counter.give_float(7_000_000, counter.courier)
    held = await counter.pay_at_door(first, lease_problem="no_lease")
    await counter.pay_at_door(second, lease_problem="lease_expired")
    async with counter.begin() as conn:
        await payouts.settle_doubt(
            conn,
            office_id=counter.office_id,
            doubt_id=held.doubt_id,
            as_="valid",
            by=counter.cashier,
            approved_by=counter.controller,
            reason="người hưởng xác nhận",
            now=NOW,
        )


async def live_two_periods(counter: Counter) -> None:
    """Pay, correct, stop, carry and give back, so that each rule has something to look at."""
    await counter.set_fee(fee_bp=170, fee_vnd=2_000)
    await counter.give_float(20_000_000)
    old = await counter.approved(row_of(1), row_of(2, 700_000), row_of(3, 900_000))
    paid, *_ = await counter.rows(old)
    payment = counter.payment(paid)
    await counter.pay(payment)
    async with counter.begin() as conn:
        await payouts.correct(
            conn,
            office_id=counter.office_id,
            payment_id=payment.id,
            by=counter.cashier,
            approved_by=counter.controller,
            reason="trả nhầm",
            now=NOW,
        )
    await counter.pay(counter.payment(paid))
    await counter.stop(old, number_of(2), "đã mất")
    async with counter.begin() as conn:
        await payouts.close(
            conn,
            office_id=counter.office_id,
            list_id=old.id,
            unpaid="carry",
            by=counter.controller,
            now=NOW,
        )
    period = {"period": "2027-01"}
    batch = await counter.draft(
        row_of(1, **period),
        row_of(11, **period),
        row_of(12, **period, **HOME),
        row_of(13, **period, **HOME),
        asked=Asked(scheme="pension", period="2027-01"),
    )
    await counter.fund(batch, batch.total_vnd - 900_000)
    await counter.approve(batch)
    first = next(row for row in await counter.rows(batch) if row.id_last4 == "0001")
    await counter.pay(counter.payment(first))
    await doubt(counter, batch)
    await sit(counter)


@pytest.fixture
async def books(counter: Counter, admin_conn: asyncpg.Connection) -> asyncpg.Connection:
    """Return a superuser's connection to two periods without a fault."""
    await live_two_periods(counter)
    return admin_conn


async def test_true_books_break_no_rule(books: asyncpg.Connection) -> None:
    """Tests that the rules are silent on books that are as they should be."""
    assert await find_broken(books) == set()


async def test_every_planted_fault_is_noticed(books: asyncpg.Connection) -> None:
    """Tests that each rule sees its faults, and that the books are sound after each."""
    for fault in PLANTS:
        transaction = books.transaction()
        await transaction.start()
        try:
            for statement in (*OPEN, fault.statement):
                status = await books.execute(statement)
                if status.split()[0] in ("UPDATE", "DELETE"):
                    assert status.split()[-1] != "0", f"nothing to break: {fault.sentence}"
            found = await find_broken(books)
        finally:
            await transaction.rollback()
        assert fault.noticed_by <= found, (fault.sentence, fault.noticed_by - found)
    assert await find_broken(books) == set()


def test_every_rule_has_its_plant_and_its_sentence() -> None:
    """Tests that no rule is trusted untried, and that the doctor has words for each."""
    assert {name for fault in PLANTS for name in fault.noticed_by} == set(QUERIES.names())
    assert all(QUERIES.about(name).endswith(".") for name in QUERIES.names())
