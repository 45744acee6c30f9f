"""Tests that deltas change what is unpaid, and that a period closes to the đồng."""

from typing import Literal

import pytest

from backend import doorstep, payouts
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.payouts import Asked, PayoutList, store
from backend.payouts.actions import reports
from tests.backend.payouts.making import (
    HOME,
    NOW,
    Counter,
    file_of,
    number_of,
    row_of,
)

pytestmark = [pytest.mark.anyio, pytest.mark.store]

SUM = 3_500_000
NEXT = Asked(scheme="pension", period="2027-01")


async def close(counter: Counter, batch: PayoutList, unpaid: Literal["carry", "give_back"]) -> int:
    async with counter.begin() as conn:
        return await payouts.close(
            conn,
            office_id=counter.office_id,
            list_id=batch.id,
            unpaid=unpaid,
            by=counter.controller,
            now=NOW,
        )


async def reconcile(counter: Counter, batch: PayoutList) -> reports.Reconciliation:
    fresh = await counter.list_of(batch.id)
    async with counter.begin() as conn:
        return await reports.reconcile(conn, fresh)


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        ("dừng", "stopped", "stopped"),
        ("đã mất", "stopped", "deceased"),
        ("chuyển tài khoản", "moved", "moved"),
    ],
)
async def test_delta_stops_what_is_unpaid(
    counter: Counter, change: str, state: str, reason: str
) -> None:
    """Tests that an approved delta ends a payout and takes it from its door."""
    batch = await counter.approved(row_of(1, **HOME), row_of(2))
    await counter.place(batch)
    home, _ = await counter.rows(batch)
    delta = await counter.stop(batch, number_of(1), change)
    assert (delta.number, delta.base_id, delta.state) == (1, batch.id, "approved")
    first, second = await counter.rows(batch)
    assert (first.state, first.state_reason, second.state) == (state, reason, "unpaid")
    async with counter.begin() as conn:
        (errand,) = await doorstep.list_errands(conn, counter.office_id, [home.id])
    assert errand.state == "gone"


async def test_delta_that_comes_too_late_says_so(counter: Counter) -> None:
    """Tests that a stop after the payment changes nothing but is told."""
    batch = await counter.approved(row_of(1))
    (row,) = await counter.rows(batch)
    await counter.give_float(SUM)
    await counter.pay(counter.payment(row))
    delta = await counter.stop(batch, number_of(1), "đã mất")
    async with counter.begin() as conn:
        (change,) = await store.list_changes(conn, delta)
    assert (change.outcome, change.state) == ("too_late", "paid")


async def test_delta_adds_people_with_their_own_money(counter: Counter) -> None:
    """Tests that who is added has a funded list of their own, numbered after the first."""
    batch = await counter.approved(row_of(1))
    header = "Họ tên,Số định danh,Số tiền,Biến động"
    raw = file_of(
        f"Trần Thị Mẫu,{number_of(2)},700000,thêm",
        f",{number_of(1)},,dừng",
        header=header,
    )
    asked = Asked(scheme="pension", period="2026-12", base_id=batch.id)
    upload = await counter.bring(raw, asked)
    delta = await counter.list_of(upload.list_id)
    assert (delta.num_rows, delta.total_vnd) == (2, 700_000)
    with pytest.raises(Conflict) as caught:
        await counter.approve(delta)
    assert caught.value.code == "list_not_balanced"
    await counter.fund(delta)
    await counter.approve(delta)
    again = await counter.bring(raw, asked)
    assert (again.num_known, again.list_id) == (2, delta.id)
    (added,) = await counter.rows(delta)
    await counter.give_float(700_000)
    assert (await counter.pay(counter.payment(added))).state == "paid"


async def test_delta_names_who_is_not_in_the_list(counter: Counter) -> None:
    """Tests that a change of nobody's payout, and a delta of a draft, are refused by name."""
    batch = await counter.approved(row_of(1))
    raw = file_of(f"{number_of(9)},dừng", header="Số định danh,Biến động")
    asked = Asked(scheme="pension", period="2026-12", base_id=batch.id)
    upload = await counter.bring(raw, asked)
    assert [(f["row"], f["code"]) for f in upload.faults] == [(2, "row_not_in_list")]
    draft = await counter.draft(row_of(2, period="2027-01"), asked=NEXT)
    with pytest.raises(Conflict) as caught:
        await counter.bring(raw, Asked(scheme="pension", period="2027-01", base_id=draft.id))
    assert caught.value.code == "base_not_open"
    with pytest.raises(NotFound):
        await counter.bring(raw, Asked(scheme="pension", period="2026-12", base_id=new_id()))


async def test_unpaid_money_goes_back(counter: Counter) -> None:
    """Tests that a closed list gives back what it did not pay, to the đồng."""
    batch = await counter.approved(row_of(1), row_of(2, 1_000_000), row_of(3, 500_000))
    paid, stopped, _ = await counter.rows(batch)
    await counter.give_float(SUM)
    await counter.pay(counter.payment(paid))
    await counter.stop(batch, number_of(2), "dừng")
    assert stopped.state == "unpaid"
    assert await close(counter, batch, "give_back") == 1_500_000
    assert await counter.owed_vnd() == 0
    report = await reconcile(counter, batch)
    assert report.difference_vnd == 0
    assert report.by_state == {"paid": SUM, "stopped": 1_000_000, "returned": 500_000}
    assert (report.rows.given_back_vnd, report.ledger.left_vnd) == (1_500_000, 0)
    with pytest.raises(Conflict) as caught:
        await close(counter, batch, "give_back")
    assert caught.value.code == "list_not_approved"


async def test_unpaid_sum_is_carried_into_the_next_list(counter: Counter) -> None:
    """Tests that what is carried keeps its month, its money and its key, and is paid once."""
    batch = await counter.approved(row_of(1), row_of(2))
    paid, _ = await counter.rows(batch)
    await counter.give_float(3 * SUM)
    await counter.pay(counter.payment(paid))
    assert await close(counter, batch, "carry") == 0
    assert await counter.owed_vnd() == SUM
    after = await counter.draft(row_of(1, period="2027-01"), asked=NEXT)
    assert (after.num_rows, after.total_vnd) == (2, 2 * SUM)
    await counter.fund(after, SUM)
    await counter.approve(after)
    carried, own = await counter.rows(after)
    assert (carried.period, own.period) == ("2026-12", "2027-01")
    for row in (carried, own):
        assert (await counter.pay(counter.payment(row))).state == "paid"
    _, old = await counter.rows(batch)
    with pytest.raises(Conflict) as caught:
        await counter.pay(counter.payment(old))
    assert caught.value.code == "payout_carried"
    for one in (batch, after):
        assert (await reconcile(counter, one)).difference_vnd == 0
    assert await counter.owed_vnd() == 0


async def test_file_may_name_what_was_carried(counter: Counter) -> None:
    """Tests that a carried sum in the next file is the same sum, and another amount a fault."""
    batch = await counter.approved(row_of(1))
    await close(counter, batch, "carry")
    wrong = await counter.bring(file_of(row_of(1, SUM + 1), row_of(2, period="2027-01")), NEXT)
    assert [(f["row"], f["code"]) for f in wrong.faults] == [(2, "row_carried_differs")]
    after = await counter.draft(row_of(1), row_of(2, period="2027-01"), asked=NEXT)
    assert after.num_rows == 2
    again = await counter.bring(file_of(row_of(1), row_of(2, period="2027-01")), NEXT)
    assert (again.num_known, again.list_id) == (2, after.id)
    await counter.fund(after, SUM)
    await counter.approve(after)


async def test_campaign_is_not_carried_over(counter: Counter) -> None:
    """Tests that one-off money goes back when its time is over."""
    asked = Asked(scheme="disbursement", period="2026-12", reference="CHI-01")
    batch = await counter.approved(row_of(1), asked=asked)
    with pytest.raises(Conflict) as caught:
        await close(counter, batch, "carry")
    assert caught.value.code == "nothing_to_carry"
    assert await close(counter, batch, "give_back") == SUM


async def test_list_with_doubts_stays_open(counter: Counter) -> None:
    """Tests that a list closes only when no notes of it are in doubt; then all is told."""
    batch = await counter.approved(row_of(1, **HOME))
    (row,) = await counter.rows(batch)
    await counter.give_float(SUM, counter.courier)
    held = await counter.pay_at_door(row, lease_problem="no_lease")
    report = await reconcile(counter, batch)
    assert report.by_state == {"in_doubt": SUM}
    assert (report.difference_vnd, report.ledger.in_doubt_vnd) == (0, SUM)
    with pytest.raises(Conflict) as caught:
        await close(counter, batch, "give_back")
    assert caught.value.code == "list_has_doubts"
    async with counter.begin() as conn:
        await payouts.settle_doubt(
            conn,
            office_id=counter.office_id,
            doubt_id=held.doubt_id,
            as_="courier_owes",
            by=counter.cashier,
            approved_by=counter.controller,
            reason="không có giấy nhận",
            now=NOW,
        )
    assert await close(counter, batch, "give_back") == SUM
    late = await counter.pay_at_door(row)
    assert (late.state, late.reason) == ("held", "payout_returned")
