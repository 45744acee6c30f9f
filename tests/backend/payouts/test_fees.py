"""Tests that an agency owes the fee of its scheme once a list has ended: once, beside its money."""

import msgspec
import pytest

from backend import ledger, payouts, verify_ledger
from backend.kit.errors import Conflict
from backend.kit.sql import Queries
from backend.ledger import Account
from backend.payouts import Asked, PayoutList, rules, store
from backend.payouts.actions import documents, fees, reports
from tests.backend.payouts.making import HOME, NOW, Counter, number_of, row_of, text_of
from tests.backend.payouts.nouns import SETTINGS
from tests.conftest import ROOT

SUM = 3_500_000


@pytest.mark.parametrize(
    ("fee_bp", "fee_vnd", "num_paid", "paid_vnd", "expected"),
    [
        (0, 0, 3, 10_500_000, 0),  # no contract says otherwise
        (170, 0, 1, 3_500_000, 59_500),  # 1.7 %
        (170, 0, 1, 59, 1),  # 1.003 đồng: the rest is let go
        (170, 0, 1, 58, 0),
        (0, 5_000, 3, 10_500_000, 15_000),  # for each sum
        (70, 5_000, 2, 1_000_001, 17_000),  # both; 7,000.007 of the money
        (170, 5_000, 0, 0, 0),  # nobody was paid
    ],
)
def test_fee_is_what_the_scheme_says(
    fee_bp: int, fee_vnd: int, num_paid: int, paid_vnd: int, expected: int
) -> None:
    """Tests that a fee is a part of the money paid, a sum for each one paid, or both."""
    settings = msgspec.structs.replace(SETTINGS, fee_bp=fee_bp, fee_vnd=fee_vnd)
    assert rules.fee_of(settings, num_paid=num_paid, paid_vnd=paid_vnd) == expected


async def close(counter: Counter, batch: PayoutList) -> int:
    async with counter.begin() as conn:
        return await payouts.close(
            conn,
            office_id=counter.office_id,
            list_id=batch.id,
            unpaid="give_back",
            by=counter.controller,
            now=NOW,
        )


async def pay_one(counter: Counter) -> PayoutList:
    """Return an ended list that paid one sum."""
    batch = await counter.approved(row_of(1))
    (row,) = await counter.rows(batch)
    await counter.give_float(SUM)
    await counter.pay(counter.payment(row))
    await close(counter, batch)
    return await counter.list_of(batch.id)


async def reconcile(counter: Counter, batch: PayoutList) -> reports.Reconciliation:
    fresh = await counter.list_of(batch.id)
    async with counter.begin() as conn:
        return await reports.reconcile(conn, fresh)


async def check_books(counter: Counter) -> None:
    """See that every rule of payouts and ledger holds, and the verifier that knows none of ours."""
    async with counter.begin() as conn:
        for room in ("payouts", "ledger"):
            queries = Queries(ROOT / "backend" / room / "invariants.sql")
            for name in queries.names():
                assert await conn.fetch(queries.sql(name)) == [], name
        books = await verify_ledger.read_tables(conn)
    key = ledger.public_key(counter.house.settings.ledger_key)
    assert verify_ledger.verify(books, key).words == []


@pytest.mark.anyio
@pytest.mark.store
async def test_fee_is_owed_beside_the_peoples_money(counter: Counter) -> None:
    """Tests that an ended list leaves a debt of its agency's, and gives its money back whole."""
    await counter.set_fee(fee_bp=170, fee_vnd=2_000)
    batch = await counter.approved(row_of(1), row_of(2), row_of(3, 900_000))
    await counter.give_float(2 * SUM)
    first, second, _ = await counter.rows(batch)
    for row in (first, second):
        await counter.pay(counter.payment(row))
    due_vnd = 2 * 2_000 + 2 * SUM * 170 // 10_000
    before = await reconcile(counter, batch)
    assert (before.fee_vnd, before.fee_posted_vnd, before.difference_vnd) == (due_vnd, 0, 0)
    assert await close(counter, batch) == 900_000
    after = await reconcile(counter, batch)
    assert (after.fee_vnd, after.fee_posted_vnd, after.difference_vnd) == (due_vnd, due_vnd, 0)
    assert (after.rows.left_vnd, after.ledger.given_back_vnd) == (0, 900_000)
    assert await counter.owed_vnd() == 0
    owed = await counter.balance_vnd("receivable", counter.day.partner_id, "pension")
    assert owed == due_vnd
    # what was earned stands on the other side
    assert await counter.balance_vnd("service_revenue") == -due_vnd
    await check_books(counter)


@pytest.mark.anyio
@pytest.mark.store
async def test_fee_is_posted_once(counter: Counter) -> None:
    """Tests that neither another end nor another posting makes a second debt."""
    await counter.set_fee(fee_bp=0, fee_vnd=5_000)
    batch = await pay_one(counter)
    with pytest.raises(Conflict) as caught:
        await close(counter, batch)
    assert caught.value.code == "list_not_approved"
    async with counter.begin() as conn:
        assert await fees.post_fee(conn, batch, by=counter.controller, now=NOW) == 0
        assert await store.sum_fees(conn, batch) == 5_000
    assert await counter.balance_vnd("receivable", counter.day.partner_id, "pension") == 5_000


@pytest.mark.anyio
@pytest.mark.store
async def test_list_and_its_delta_have_each_their_fee(counter: Counter) -> None:
    """Tests that a payment taken back costs nothing, and a delta owes for its own people."""
    await counter.set_fee(fee_bp=0, fee_vnd=5_000)
    batch = await counter.approved(row_of(1), row_of(2))
    await counter.give_float(3 * SUM)
    first, second = await counter.rows(batch)
    payment = counter.payment(first)
    await counter.pay(payment)
    await counter.pay(counter.payment(second))
    async with counter.begin() as conn:
        await payouts.correct(
            conn,
            office_id=counter.office_id,
            payment_id=payment.id,
            by=counter.cashier,
            approved_by=counter.controller,
            reason="trả nhầm người",
            now=NOW,
        )
    delta = await counter.stop(batch, number_of(1), "dừng")
    await close(counter, delta)
    await close(counter, batch)
    assert (await reconcile(counter, batch)).fee_posted_vnd == 5_000
    assert (await reconcile(counter, delta)).fee_posted_vnd == 0
    async with counter.begin() as conn:
        assert await store.sum_fees(conn, delta) == 0, "it says that nothing is owed"
    await check_books(counter)


@pytest.mark.anyio
@pytest.mark.store
async def test_fee_over_the_cap_is_posted_in_parts(counter: Counter) -> None:
    """Tests that a debt greater than one transfer is posted in several (L1)."""
    await counter.set_fee(fee_bp=10_000, fee_vnd=50_000_000_000)
    batch = await pay_one(counter)
    report = await reconcile(counter, batch)
    assert (report.fee_posted_vnd, report.difference_vnd) == (50_000_000_000 + SUM, 0)
    await check_books(counter)


@pytest.mark.anyio
@pytest.mark.store
async def test_scheme_without_a_fee_posts_nothing(counter: Counter) -> None:
    """Tests that a list whose scheme has no fee ends as before."""
    asked = Asked(scheme="merit", period="2026-12")
    batch = await counter.approved(row_of(1), asked=asked)
    await close(counter, batch)
    async with counter.begin() as conn:
        account = Account(counter.office_id, "receivable", counter.day.partner_id, "merit")
        assert (await ledger.find_balance(conn, account)).amount_vnd == 0
    await check_books(counter)


@pytest.mark.anyio
@pytest.mark.store
async def test_ended_list_takes_no_doubt_as_its_payment(counter: Counter) -> None:
    """Tests that notes told after the end are not counted as paid: that money has gone back."""
    batch = await counter.approved(row_of(1, **HOME))
    (row,) = await counter.rows(batch)
    await counter.stop(batch, number_of(1), "dừng")
    await counter.give_float(SUM, counter.courier)
    await close(counter, batch)
    held = await counter.pay_at_door(row)
    assert (held.state, held.reason) == ("held", "payout_stopped")
    async with counter.begin() as conn:
        with pytest.raises(Conflict) as caught:
            await payouts.settle_doubt(
                conn,
                office_id=counter.office_id,
                doubt_id=held.doubt_id,
                as_="agency_accepts",
                by=counter.cashier,
                approved_by=counter.controller,
                reason="cơ quan chấp nhận",
                now=NOW,
            )
    assert caught.value.code == "settlement_not_possible"


@pytest.mark.anyio
@pytest.mark.store
async def test_settlement_paper_shows_the_fee(counter: Counter) -> None:
    """Tests that the reconciliation's paper says what the agency owes, and that it is booked."""
    await counter.set_fee(fee_bp=0, fee_vnd=5_000)
    batch = await pay_one(counter)
    async with counter.begin() as conn:
        raw = await documents.print_reconciliation(conn, batch, by=counter.officer, now=NOW)
    assert raw.startswith(b"%PDF")
    text = text_of(raw)
    assert "Phí dịch vụ chi trả" in text
    assert "Phí đã ghi sổ, cơ quan phải trả" in text
    assert text.count("5.000") >= 2
