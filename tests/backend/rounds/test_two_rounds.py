"""Tests of a courier with two rounds: one not closed yet, and that of another day."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from backend import dispatch
from backend.kit.clock import service_day
from backend.kit.db import Db
from tests.backend.day import Day, accept_op, deliver_op, fail_op, load_op, visit_of
from tests.simulation import checks
from tests.simulation.clocks import START
from tests.simulation.phone import Phone
from tests.simulation.town import CourierOfTown, add_round, make_town

pytestmark = pytest.mark.store
APPLIED = ("applied", None)
ON_HAND = ("held", "items_on_hand")


@pytest.fixture
async def day(admin_conn: Any, db_url: str) -> AsyncIterator[Day]:
    """Give a courier with a round of today and one of tomorrow, as `couriers[0]` and `[1]`."""
    rnd = random.Random(3)
    town = make_town(rnd, now=START, num_couriers=1, num_stops=6, num_offices=1)
    town.couriers.append(add_round(town, rnd, town.couriers[0], days=1, num_stops=4))
    await town.write(admin_conn)
    db = Db(db_url)
    await db.open(size=3, name="day")
    yield Day(town, db, admin_conn, START + timedelta(minutes=5))
    assert await checks.find_violations(admin_conn) == {}
    await db.close()


def close_op(courier: CourierOfTown) -> tuple[str, dict[str, Any]]:
    """Return the fact of a round's end."""
    return "round.closed", {"round": str(courier.round_id)}


async def set_out(day: Day) -> tuple[CourierOfTown, CourierOfTown, Phone]:
    """Return both rounds and the phone: today's is out, tomorrow's published."""
    today, tomorrow = day.town.couriers
    phone = day.phone_of(today)
    phone.record("round.opened", {"round": str(today.round_id)})
    phone.record(*load_op(today))
    assert await day.decisions(phone, today) == [APPLIED, APPLIED]
    await day.talk(phone, today)
    return today, tomorrow, phone


def do_all(phone: Phone, courier: CourierOfTown, but: object = None) -> None:
    """Do everything there is to do on a round, `but` one that fails."""
    for visit in courier.visits:
        op = fail_op if visit is but else deliver_op if visit.item_id else accept_op
        phone.record(*op(visit))


async def items_of(day: Day, courier: CourierOfTown) -> list[str]:
    """Return the items in the courier's hands, of one round."""
    rows = await day.admin.fetch(
        "SELECT i.id FROM custody.item i JOIN dossiers.dossier d ON d.item_id = i.id "
        "WHERE i.holder_kind = 'courier' AND d.id = ANY ($1)",
        [visit.errand_id for visit in courier.visits],
    )
    return [str(row[0]) for row in rows]


async def state_of(day: Day, courier: CourierOfTown) -> str:
    """Return how a round stands at the office."""
    found = await day.admin.fetchval(
        "SELECT state FROM rounds.round WHERE id = $1", courier.round_id
    )
    return str(found)


async def test_phone_is_told_of_both_rounds(day: Day) -> None:
    """Tests that a new phone gets a round that is out together with those to come."""
    today, tomorrow, phone = await set_out(day)
    told = {ref for kind, ref in phone.view if kind == "round"}
    assert told == {str(today.round_id), str(tomorrow.round_id)}
    stops = [doc for (kind, _), (_, doc) in phone.view.items() if kind == "stop"]
    assert len(stops) == len(today.visits) + len(tomorrow.visits)


async def test_bag_packed_for_tomorrow_holds_nothing_up(day: Day) -> None:
    """Tests that today's round closes with tomorrow's items in the bag, not with its own."""
    today, tomorrow, phone = await set_out(day)
    failed = visit_of(today, "result.deliver")
    do_all(phone, today, but=failed)
    phone.record(*load_op(tomorrow))
    phone.record(*close_op(today))
    assert (await day.decisions(phone, today))[-2:] == [APPLIED, ON_HAND]
    back = await items_of(day, today)
    phone.record("items.returned", {"round": str(today.round_id), "items": back})
    phone.record(*close_op(today))
    assert await day.decisions(phone, today) == [APPLIED, APPLIED]
    assert len(await items_of(day, tomorrow)) > 0
    assert await state_of(day, tomorrow) == "published"


async def test_round_of_yesterday_is_closed_from_todays(day: Day) -> None:
    """Tests that items of a round left open come back under the next one's name; both close."""
    old, new, phone = await set_out(day)
    failed = visit_of(old, "result.deliver")
    do_all(phone, old, but=failed)
    await day.talk(phone, old)
    day.wait(days=1)
    phone.record("round.opened", {"round": str(new.round_id)})
    phone.record(*load_op(new))
    do_all(phone, new)
    assert set(await day.decisions(phone, old)) == {APPLIED}
    back = [*await items_of(day, old), *await items_of(day, new)]
    assert str(failed.item_id) in back
    phone.record(*close_op(old))
    phone.record("items.returned", {"round": str(new.round_id), "items": back})
    phone.record(*close_op(new))
    phone.record(*close_op(old))
    assert await day.decisions(phone, old) == [ON_HAND, APPLIED, APPLIED, APPLIED]
    assert [await state_of(day, one) for one in (old, new)] == ["closed", "closed"]


async def test_old_items_do_not_hold_todays_round_open(day: Day) -> None:
    """Tests that an item of yesterday's open round holds up that round alone."""
    old, new, phone = await set_out(day)
    do_all(phone, old, but=visit_of(old, "result.deliver"))
    await day.talk(phone, old)
    day.wait(days=1)
    phone.record("round.opened", {"round": str(new.round_id)})
    phone.record(*load_op(new))
    do_all(phone, new)
    await day.talk(phone, old)
    phone.record("items.returned", {"round": str(new.round_id), "items": await items_of(day, new)})
    phone.record(*close_op(new))
    phone.record(*close_op(old))
    assert await day.decisions(phone, old) == [APPLIED, APPLIED, ON_HAND]


async def test_planning_tomorrow_takes_nothing_from_today(day: Day) -> None:
    """Tests that a plan asked for another day leaves the rounds of today as they are."""
    today, tomorrow, phone = await set_out(day)
    spare = day.town.couriers[1]
    async with day.db.transaction(actor="test", offices=[today.office_id]) as conn:
        before = await day.admin.fetchval(NUM_OPEN, today.round_id)
        await conn.execute(
            "INSERT INTO network.shift (office_id, id, courier_id, service_on, starts_s, ends_s) "
            "SELECT office_id, gen_random_uuid(), courier_id, service_on + 1, starts_s, ends_s "
            "FROM network.shift WHERE courier_id = $1",
            today.staff_id,
        )
        await conn.execute(
            "UPDATE rounds.act SET state = 'removed' WHERE errand_id = $1",
            spare.visits[0].errand_id,
        )
        await dispatch.ask(
            conn,
            office_id=today.office_id,
            service_on=service_day(day.now) + timedelta(days=1),
            asked_by=today.staff_id,
            now=day.now,
        )
    assert await day.admin.fetchval(NUM_OPEN, today.round_id) == before > 0
    assert await state_of(day, tomorrow) == "published"
    await day.talk(phone, today)
    assert sum(kind == "stop" for kind, _ in phone.view) == len(today.visits) + len(tomorrow.visits)


NUM_OPEN = """
SELECT count(*) FROM rounds.act AS a JOIN rounds.stop AS s ON s.id = a.stop_id
WHERE s.round_id = $1 AND a.state = 'open'
"""
