"""Things of money for the access matrix: one of each that a route can name."""

from datetime import timedelta
from uuid import UUID

from backend import payouts
from backend.kit.ids import new_id
from backend.payouts import Asked, Sitting
from tests.backend.desk import MORNING, TODAY, Day
from tests.backend.payouts.making import Counter, file_of, row_of


async def add_payouts(day: Day, name: str) -> dict[str, str]:
    """Add lists in each state, a payout to pay, a file to keep, a sitting, something asked."""
    counter = Counter(day, new_id(), new_id(), day.officer_id, new_id())
    period = f"{TODAY:%Y-%m}"
    asked = Asked(scheme="pension", period=period)
    approved = await counter.approved(row_of(1, 1_000_000, name=name, period=period), asked=asked)
    (payout,) = await counter.rows(approved)
    await counter.give_float(5_000_000)
    draft = await counter.draft(
        row_of(2, 1_000_000, period="2027-01"), asked=Asked(scheme="pension", period="2027-01")
    )
    funded = await counter.draft(
        row_of(3, 1_000_000, period="2027-02"), asked=Asked(scheme="pension", period="2027-02")
    )
    await counter.fund(funded)
    judged = await counter.bring(
        file_of(row_of(4, 1_000_000, period="2027-04")),
        Asked(scheme="pension", period="2027-04"),
        commit=False,
        now=MORNING - timedelta(hours=1),
    )
    return {
        "list_id": str(approved.id),
        "draft_list_id": str(draft.id),
        "funded_list_id": str(funded.id),
        "payout_id": str(payout.id),
        "upload_id": str(judged.id),
        "partner_id": str(day.partner_id),
        "sitting_id": str(await _open_sitting(counter)),
        "proposal_id": str(await _ask(counter, approved.id)),
    }


async def _open_sitting(counter: Counter) -> UUID:
    sitting = Sitting(
        office_id=counter.office_id,
        id=new_id(),
        partner_id=counter.day.partner_id,
        place="Nhà văn hóa thôn Mẫu",
        held_on=TODAY,
        supervisor="",
        opened_by=counter.day.couriers[0],
        opened_at=MORNING,
        closed_at=None,
        num_paid=None,
        paid_vnd=None,
        note="",
    )
    async with counter.begin() as conn:
        await payouts.open_sitting(conn, sitting)
    return sitting.id


async def _ask(counter: Counter, list_id: UUID) -> UUID:
    async with counter.begin() as conn:
        return await payouts.propose(
            conn,
            office_id=counter.office_id,
            kind="export",
            subject_id=list_id,
            detail="",
            reason="in bảng kê",
            by=counter.cashier,
            now=MORNING,
        )
