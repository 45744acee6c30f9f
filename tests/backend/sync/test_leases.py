from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from backend.kit.errors import Conflict, NotFound, Refusal
from backend.kit.ids import new_id
from backend.sync import rules
from backend.sync.actions import leases
from backend.sync.model import Lease
from tests.backend.day import Day, open_day
from tests.simulation.town import CourierOfTown

LIST = new_id()
DESK, SECOND = UUID(int=77), UUID(int=78)
HOUR = timedelta(hours=1)
START = datetime.fromisoformat("2027-01-05T08:00:00+07:00")


def lease(**changes: Any) -> Lease:
    fields = {
        "office_id": UUID(int=1),
        "id": UUID(int=2),
        "subject": "payout_list",
        "subject_id": LIST,
        "staff_id": UUID(int=3),
        "device_id": UUID(int=4),
        "issued_at": START,
        "expires_at": START + 8 * HOUR,
        "released_at": None,
        **changes,
    }
    return Lease(**fields)


@pytest.mark.parametrize(
    ("held", "at", "quality", "code"),
    [
        ([lease()], START, "good", None),  # the first instant
        ([lease()], START + 8 * HOUR, "corrected", None),  # the last
        ([lease()], START + 8 * HOUR + timedelta(seconds=1), "good", "lease_expired"),
        ([lease()], START - timedelta(seconds=1), "good", "no_lease"),  # before it was given
        ([lease(released_at=START + HOUR)], START + HOUR, "good", None),  # while still held
        ([lease(released_at=START + HOUR)], START + 2 * HOUR, "good", "no_lease"),
        ([lease()], START + HOUR, "suspect", "suspect_time"),
        ([], START, "good", "no_lease"),
        # Given anew after the first ran out.
        (
            [lease(), lease(issued_at=START + 9 * HOUR, expires_at=START + 12 * HOUR)],
            START + 10 * HOUR,
            "good",
            None,
        ),
    ],
)
def test_a_payment_is_judged_by_the_lease_of_its_instant(
    held: list[Lease], at: datetime, quality: Any, code: str | None
) -> None:
    """Tests that paid under a lease counts, and paid late, early or at no known time is held."""
    if code is None:
        assert rules.judge_lease(held, at=at, time_quality=quality) in held
        return
    with pytest.raises(Conflict) as refused:
        rules.judge_lease(held, at=at, time_quality=quality)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("kind", "needs"),
    [
        ("cash.collected", True),
        ("payout.paid", True),
        ("lease.released", False),  # who holds one may always give it back
        ("result.delivered", False),
        ("note.added", False),
        ("", False),
    ],
)
def test_what_moves_money_needs_the_field_device(kind: str, needs: bool) -> None:
    """Tests that it is known which facts a courier's older phone may not report (S22)."""
    assert rules.needs_field_device(kind) is needs


@pytest.fixture
async def day(admin_conn: Any, db_url: str) -> AsyncIterator[Day]:
    opened = await open_day(admin_conn, db_url)
    await admin_conn.execute("UPDATE identity.device SET is_field = true")
    yield opened
    await opened.db.close()


async def issue(day: Day, courier: CourierOfTown, **changes: Any) -> Lease:
    async with day.db.transaction(actor="test", offices=[courier.office_id]) as conn:
        fields: dict[str, Any] = {
            "office_id": courier.office_id,
            "subject": "payout_list",
            "subject_id": LIST,
            "device_id": courier.device_id,
            "by": DESK,
            "now": day.now,
            "lasts": 8 * HOUR,
            **changes,
        }
        return await leases.issue(conn, **fields)


async def check(day: Day, courier: CourierOfTown, at: datetime) -> str | None:
    async with day.db.transaction(actor="test", offices=[courier.office_id]) as conn:
        try:
            await leases.check(
                conn,
                office_id=courier.office_id,
                subject="payout_list",
                subject_id=LIST,
                device_id=courier.device_id,
                at=at,
                time_quality="good",
            )
        except Refusal as refusal:
            return refusal.code
    return None


async def take(day: Day, made: Lease, by: UUID, approved_by: UUID) -> None:
    async with day.db.transaction(actor="test", offices=[made.office_id]) as conn:
        await leases.release_by_desk(
            conn,
            office_id=made.office_id,
            lease_id=made.id,
            by=by,
            approved_by=approved_by,
            note="Máy hỏng",
            now=day.now,
        )


async def test_one_phone_has_a_list(day: Day) -> None:
    """Tests that a list is given to one field device, and to nobody else before it is back."""
    first, second = day.town.couriers
    await issue(day, first)
    assert await check(day, first, day.now) is None
    assert await check(day, second, day.now) == "no_lease"
    day.wait(hours=9)
    with pytest.raises(Conflict, match="lease_held"):  # over, and still with the first
        await issue(day, second)
    assert await check(day, first, day.now) == "lease_expired"
    await day.admin.execute("UPDATE identity.device SET is_field = false")
    with pytest.raises(Conflict, match="not_field_device"):
        await issue(day, second, subject_id=new_id())
    with pytest.raises(NotFound):
        await issue(day, second, device_id=new_id())


async def test_the_phone_gives_its_list_back(day: Day) -> None:
    """Tests that a fact of the holder ends the lease, once, and another's does not."""
    first, second = day.town.couriers
    made = await issue(day, first)
    thief, phone = day.phone_of(second, seed=5), day.phone_of(first)
    thief.record("lease.released", {"lease": str(made.id)})
    thief.record("lease.released", {"lease": str(new_id())})
    assert await day.decisions(thief, second) == [
        ("held", "lease_of_another"),
        ("held", "no_lease"),
    ]
    for _ in range(2):
        phone.record("lease.released", {"lease": str(made.id)})
    assert await day.decisions(phone, first) == [("applied", None), ("noop", None)]
    day.wait(minutes=1)
    assert await check(day, first, day.now) == "no_lease"
    await issue(day, second)


async def test_two_people_take_a_list_from_a_phone(day: Day) -> None:
    """Tests that one person alone cannot, and both stand in the books."""
    first, second = day.town.couriers
    made = await issue(day, first)
    with pytest.raises(Conflict, match="same_approver"):
        await take(day, made, DESK, DESK)
    with pytest.raises(NotFound):
        await take(day, msgspec.structs.replace(made, id=new_id()), DESK, SECOND)
    await take(day, made, DESK, SECOND)
    with pytest.raises(Conflict, match="lease_released"):
        await take(day, made, DESK, SECOND)
    actions = await day.admin.fetch("SELECT action, actor_id FROM identity.audit ORDER BY action")
    assert [tuple(row) for row in actions] == [("lease.approve", SECOND), ("lease.release", DESK)]
    await issue(day, second)


async def test_an_older_phone_reports_all_but_money(day: Day) -> None:
    """Tests that facts of a second device are recorded, and those of cash held (S22)."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    phone.record("note.added", {"stop": str(courier.visits[0].stop_id), "text": "x"})
    phone.record("cash.collected", {"amount_vnd": 20_000})
    day.is_field = False
    assert await day.decisions(phone, courier) == [
        ("applied", None),
        ("held", "not_field_device"),
    ]
