from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from backend.kit.errors import Conflict, NotFound, Refusal
from backend.kit.ids import new_id
from backend.sync import rules
from backend.sync.actions import desk, leases
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


async def ask(day: Day, made: Lease, by: UUID = DESK, reason: str = "Máy hỏng") -> UUID:
    async with day.db.transaction(actor="test", offices=[made.office_id]) as conn:
        return await desk.ask_release(
            conn, office_id=made.office_id, lease_id=made.id, reason=reason, by=by, now=day.now
        )


async def decide(
    day: Day, made: Lease, proposal_id: UUID, by: UUID = SECOND, *, is_allowed: bool = True
) -> None:
    async with day.db.transaction(actor="test", offices=[made.office_id]) as conn:
        await desk.decide_release(
            conn,
            office_id=made.office_id,
            proposal_id=proposal_id,
            is_allowed=is_allowed,
            by=by,
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
    """Tests that one person alone cannot, that a refusal leaves it, and all stand in the books."""
    first, second = day.town.couriers
    made = await issue(day, first)
    with pytest.raises(NotFound):
        await ask(day, msgspec.structs.replace(made, id=new_id()))
    with pytest.raises(Conflict, match="needs_reason"):
        await ask(day, made, reason="  x ")
    kept = await ask(day, made)
    with pytest.raises(Conflict, match="lease_asked"):
        await ask(day, made, SECOND)
    with pytest.raises(Conflict, match="approved_by_maker"):
        await decide(day, made, kept, DESK)
    with pytest.raises(NotFound):
        await decide(day, made, new_id())
    await decide(day, made, kept, is_allowed=False)
    with pytest.raises(Conflict, match="lease_held"):
        await issue(day, second)
    taken = await ask(day, made)
    await decide(day, made, taken)
    with pytest.raises(Conflict, match="proposal_decided"):
        await decide(day, made, taken)
    with pytest.raises(Conflict, match="lease_released"):
        await ask(day, made)
    actions = await day.admin.fetch("SELECT action, actor_id FROM identity.audit ORDER BY action")
    assert [tuple(row) for row in actions] == [
        ("lease.ask", DESK),
        ("lease.ask", DESK),
        ("lease.keep", SECOND),
        ("lease.release", SECOND),
    ]
    await issue(day, second)


async def test_what_was_asked_is_over_when_the_phone_gives_back(day: Day) -> None:
    """Tests that nobody decides what the phone has settled meanwhile."""
    first, _ = day.town.couriers
    made = await issue(day, first)
    asked = await ask(day, made)
    phone = day.phone_of(first)
    phone.record("lease.released", {"lease": str(made.id)})
    assert await day.decisions(phone, first) == [("applied", None)]
    with pytest.raises(Conflict, match="proposal_decided"):
        await decide(day, made, asked)
    row = await day.admin.fetchrow("SELECT outcome, decided_by FROM sync.lease_proposal")
    assert tuple(row) == ("over", None)


async def test_the_database_itself_wants_two_people(day: Day) -> None:
    """Tests that no code of ours could write one person as both."""
    first, _ = day.town.couriers
    asked = await ask(day, await issue(day, first))
    async with day.db.transaction(actor="test", offices=[first.office_id]) as conn:
        with pytest.raises(asyncpg.CheckViolationError):
            await conn.execute(
                "UPDATE sync.lease_proposal SET decided_by = asked_by, decided_at = now(), "
                "outcome = 'released' WHERE id = $1",
                asked,
            )


async def test_the_desk_sees_who_holds_what(day: Day) -> None:
    """Tests that a list past its time and a lost phone are shown, and to no other office."""
    first, _ = day.town.couriers
    made = await issue(day, first)
    await day.talk(day.phone_of(first), first)
    day.wait(hours=9)
    asked = await ask(day, made)
    await day.admin.execute("UPDATE identity.device SET status = 'lost', is_field = false")
    async with day.db.transaction(actor="test", offices=[first.office_id]) as conn:
        (held,) = await desk.list_held(conn, first.office_id)
    assert (held.id, held.courier_id, held.device_status) == (made.id, first.staff_id, "lost")
    assert held.expires_at < day.now
    assert held.last_seen_at is not None
    assert held.asked is not None
    assert (held.asked.id, held.asked.reason) == (asked, "Máy hỏng")
    async with day.db.transaction(actor="test", offices=[new_id()]) as conn:
        assert await desk.list_held(conn, first.office_id) == []
