"""Tests that acts of money become due at a door, once, and leave it by one way."""

from datetime import UTC, date, datetime

import asyncpg
import msgspec

from backend import doorstep
from backend.doorstep import NewErrand
from backend.kit.ids import new_id

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def make_errand(**changes: object) -> NewErrand:
    errand = NewErrand(
        office_id=new_id(),
        id=new_id(),
        kind="payout.pay",
        citizen_id=new_id(),
        delivery_point_id=new_id(),
        wanted_on=TODAY,
        service_duration_s=240,
        cash_out_vnd=3_500_000,
        shown={"scheme": "pension", "period": "2026-11"},
    )
    return msgspec.structs.replace(errand, **changes)


async def test_errand_is_due_until_done(conn: asyncpg.Connection) -> None:
    """Tests that what is saved is due from its day on, and no longer once it is done."""
    new = make_errand()
    await doorstep.save(conn, [new])
    assert await doorstep.list_due(conn, new.office_id, date(2026, 11, 23)) == []
    (due,) = await doorstep.list_due(conn, new.office_id, TODAY)
    assert (due.id, due.cash_out_vnd, due.shown) == (new.id, 3_500_000, new.shown)
    await doorstep.finish(conn, due, at=NOW)
    assert await doorstep.list_due(conn, new.office_id, TODAY) == []


async def test_saving_again_brings_up_to_date_what_is_not_done(conn: asyncpg.Connection) -> None:
    """Tests that a changed amount reaches the door, and that what was done stays done."""
    new = make_errand()
    await doorstep.save(conn, [new])
    await doorstep.save(conn, [msgspec.structs.replace(new, cash_out_vnd=4_000_000)])
    errand = await doorstep.lock(conn, new.office_id, new.id)
    assert errand is not None
    assert errand.cash_out_vnd == 4_000_000
    await doorstep.finish(conn, errand, at=NOW)
    await doorstep.save(conn, [new])
    (done,) = await doorstep.list_errands(conn, new.office_id, [new.id])
    assert (done.state, done.cash_out_vnd) == ("done", 4_000_000)


async def test_withdrawn_errand_is_gone_and_may_come_back(conn: asyncpg.Connection) -> None:
    """Tests that a stopped payout leaves the door, and a list can bring it back."""
    new = make_errand()
    await doorstep.save(conn, [new])
    assert await doorstep.withdraw(conn, new.office_id, [new.id, new_id()], at=NOW) == [new.id]
    assert await doorstep.withdraw(conn, new.office_id, [new.id], at=NOW) == []
    await doorstep.save(conn, [new])
    assert len(await doorstep.list_due(conn, new.office_id, TODAY)) == 1


async def test_failed_visit_puts_it_off(conn: asyncpg.Connection) -> None:
    """Tests that an attempt is counted and the next day kept."""
    new = make_errand()
    await doorstep.save(conn, [new])
    errand = await doorstep.lock(conn, new.office_id, new.id)
    assert errand is not None
    await doorstep.put_off(conn, errand, next_on=date(2026, 11, 25))
    assert await doorstep.list_due(conn, new.office_id, TODAY) == []
    (due,) = await doorstep.list_due(conn, new.office_id, date(2026, 11, 25))
    assert due.num_attempts == 1
