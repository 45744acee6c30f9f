"""Tests of what takes several people: shares of couriers, sittings, second persons."""

import pytest

from backend import payouts
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.ids import new_id
from backend.kit.pdf import Letterhead
from backend.payouts import Asked, Sitting
from backend.payouts.actions import documents, reports
from tests.backend.payouts.making import (
    HOME,
    NOW,
    PAY_DAY,
    Counter,
    row_of,
)

pytestmark = [pytest.mark.anyio, pytest.mark.store]

SUM = 3_500_000
NEXT = Asked(scheme="pension", period="2027-01")


async def test_share_is_what_a_courier_pays_of_a_list(counter: Counter) -> None:
    """Tests that a list split between couriers has a lease id for each, without what is paid."""
    batch = await counter.approved(row_of(1, **HOME), row_of(2, **HOME), row_of(3, **HOME))
    rows = await counter.rows(batch)
    first, second = counter.day.couriers
    async with counter.begin() as conn:
        for courier, part in ((first, rows[:2]), (second, rows[2:])):
            named = await payouts.assign(
                conn,
                office_id=counter.office_id,
                courier_id=courier,
                ids=[row.id for row in part],
            )
            assert named == [batch.id]
        mine = await payouts.list_share(conn, counter.office_id, batch.id, first)
        other = await payouts.list_share(conn, counter.office_id, batch.id, second)
    assert mine.id == payouts.share_id(batch.id, first) != other.id
    assert (len(mine.payout_ids), mine.total_vnd, other.total_vnd) == (2, 2 * SUM, SUM)
    await counter.give_float(SUM, first)
    await counter.pay_at_door(rows[0], first)
    async with counter.begin() as conn:
        left = await payouts.list_share(conn, counter.office_id, batch.id, first)
    assert left.payout_ids == [rows[1].id]


async def test_sitting_pays_before_its_supervisor_and_is_signed(counter: Counter) -> None:
    """Tests that a supervised pay point has an open sitting, ended by minutes of both (22)."""
    asked = Asked(scheme="social", period="2026-12")
    batch = await counter.approved(
        row_of(1, 500_000, how="điểm chi trả"),
        row_of(2, 500_000, how="điểm chi trả"),
        asked=asked,
    )
    first, second = await counter.rows(batch)
    await counter.give_float(1_000_000)
    with pytest.raises(Conflict) as caught:
        await counter.pay(counter.payment(first))
    assert caught.value.code == "sitting_needed"
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
    there = {"place": "sitting", "sitting_id": sitting.id}
    assert (await counter.pay(counter.payment(first, **there))).state == "paid"

    async def end(sign_agency: str) -> Sitting:
        async with counter.begin() as conn:
            return await payouts.close_sitting(
                conn,
                office_id=counter.office_id,
                sitting_id=sitting.id,
                note="một người vắng",
                supervisor="",
                sign_post="M1 1 L9 9",
                sign_agency=sign_agency,
                now=PAY_DAY,
            )

    with pytest.raises(Invalid) as refused:
        await end("")
    assert refused.value.code == "signature_needed"
    closed = await end("M2 2 L8 8")
    assert (closed.num_paid, closed.paid_vnd) == (1, 500_000)
    with pytest.raises(Conflict) as caught:
        await end("M2 2 L8 8")
    assert caught.value.code == "sitting_closed"
    with pytest.raises(Conflict) as caught:
        await counter.pay(counter.payment(second, **there))
    assert caught.value.code == "sitting_closed"
    async with counter.begin() as conn:
        minutes = await reports.read_minutes(conn, counter.office_id, sitting.id)
    assert [payment.amount_vnd for payment in minutes.payments] == [500_000]
    assert minutes.sign_agency == "M2 2 L8 8"
    paper = documents.make_minutes(minutes, Letterhead("Bưu điện", "Kinh Bắc"), opened_by="Mẫu")
    assert paper.sections[0].totals[4] == "500.000 đ"
    assert [bool(signature.ink) for signature in paper.signatures] == [True, True]


async def test_second_person_decides_what_was_asked(counter: Counter) -> None:
    """Tests that a proposal is done by another's word, once, and by nobody alone."""
    batch = await counter.draft(row_of(1))
    await counter.fund(batch, 1)

    async def propose(**changes: object) -> object:
        asked = {"kind": "refund", "subject_id": batch.id, "detail": "", "reason": "nhầm"}
        async with counter.begin() as conn:
            return await payouts.propose(
                conn, office_id=counter.office_id, by=counter.cashier, now=NOW, **asked | changes
            )

    async def decide(proposal_id: object, by: object, *, is_allowed: bool = True) -> None:
        async with counter.begin() as conn:
            await payouts.decide(
                conn,
                office_id=counter.office_id,
                proposal_id=proposal_id,
                is_allowed=is_allowed,
                by=by,
                now=NOW,
            )

    for changes, code in (
        ({"reason": " "}, "needs_reason"),
        ({"kind": "settle", "detail": "whoever"}, "settlement_not_possible"),
    ):
        with pytest.raises(Conflict) as caught:
            await propose(**changes)
        assert caught.value.code == code
    with pytest.raises(NotFound):
        await propose(subject_id=new_id())
    refused = await propose()
    await decide(refused, counter.controller, is_allowed=False)
    assert await counter.owed_vnd() == 1
    asked = await propose()
    with pytest.raises(Conflict) as caught:
        await decide(asked, counter.cashier)
    assert caught.value.code == "approved_by_maker"
    await decide(asked, counter.controller)
    assert await counter.owed_vnd() == 0
    with pytest.raises(Conflict) as caught:
        await decide(asked, counter.controller)
    assert caught.value.code == "proposal_decided"
