"""Tests of stops taken from one courier for another while their phones may know nothing of it."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from backend import rounds
from backend.kit.errors import Conflict, NotFound
from tests.backend.day import Day, accept_op, load_op, open_day, visit_of
from tests.simulation import checks
from tests.simulation.phone import Phone
from tests.simulation.town import CourierOfTown, Visit

pytestmark = pytest.mark.store
APPLIED = ("applied", None)


@pytest.fixture
async def day(admin_conn: Any, db_url: str) -> AsyncIterator[Day]:
    opened = await open_day(admin_conn, db_url)
    yield opened
    assert await checks.find_violations(admin_conn) == {}
    await opened.db.close()


async def reassign(day: Day, visit: Visit, to: CourierOfTown) -> uuid.UUID:
    """Give a visit to another courier, as a dispatcher does."""
    async with day.db.transaction(actor="test", offices=[to.office_id]) as conn:
        return await rounds.reassign(
            conn, office_id=to.office_id, stop_id=visit.stop_id, courier_id=to.staff_id,
            by=to.staff_id, now=day.now,
        )  # fmt: skip


async def recalls(day: Day, office_id: uuid.UUID) -> list[rounds.Recall]:
    """Return what the dispatcher sees."""
    async with day.db.transaction(actor="test", offices=[office_id]) as conn:
        return await rounds.list_recalls(conn, office_id)


def stop_of(phone: Phone, stop_id: uuid.UUID) -> dict[str, Any] | None:
    """Return a stop as the phone shows it."""
    found = phone.view.get(("stop", str(stop_id)))
    return None if found is None else found[1]


async def on_the_road(day: Day) -> tuple[tuple[CourierOfTown, Phone], ...]:
    """Return both couriers with their phones, rounds open and bags packed."""
    found = []
    for number, courier in enumerate(day.town.couriers[:2]):
        phone = day.phone_of(courier, seed=number + 1)
        phone.record("round.opened", {"round": str(courier.round_id)})
        phone.record(*load_op(courier))
        await day.talk(phone, courier)
        await day.talk(phone, courier)
        found.append((courier, phone))
    return tuple(found)


async def test_phone_lets_go_and_the_new_courier_learns_it(day: Day) -> None:
    """Tests that a stop goes over, the old phone's tombstone is waited for, and then told."""
    (first, old), (second, new) = await on_the_road(day)
    visit = visit_of(first, "dossier.accept")
    made = await reassign(day, visit, second)
    await day.talk(new, second)
    shown = stop_of(new, made)
    assert shown is not None
    assert shown["acts"][0]["recall_state"] == "asked"
    assert shown["acts"][0]["recalled_from"]
    assert [(r.state, r.stop_id) for r in await recalls(day, first.office_id)] == [
        ("asked", visit.stop_id)
    ]
    assert stop_of(old, visit.stop_id) is not None  # it has not called yet
    await day.talk(old, first)
    assert stop_of(old, visit.stop_id) is None
    assert (await recalls(day, first.office_id))[0].state == "asked"  # the answer may be lost
    await day.talk(old, first)
    assert await recalls(day, first.office_id) == []
    await day.talk(new, second)
    again = stop_of(new, made)
    assert again is not None
    assert again["acts"][0]["recall_state"] == "taken"
    new.record(*accept_op(Visit(**{**vars(visit), "stop_id": made, "act_id": act_of(again)})))
    assert await day.decisions(new, second) == [APPLIED]


def act_of(stop: dict[str, Any]) -> uuid.UUID:
    """Return the act of a stop with one."""
    return uuid.UUID(stop["acts"][0]["id"])


async def test_proof_of_who_was_offline_wins(day: Day) -> None:
    """Tests that what was done before counts, stops the second courier and opens a conflict."""
    (first, old), (second, new) = await on_the_road(day)
    visit = visit_of(first, "dossier.accept")
    old.record(*accept_op(visit))  # at the door, without signal
    made = await reassign(day, visit, second)
    await day.talk(new, second)
    assert stop_of(new, made) is not None
    assert await day.decisions(old, first) == [("applied", "late_previous_holder")]
    await day.talk(new, second)
    assert stop_of(new, made) is None  # the second courier is stopped
    waiting = await recalls(day, first.office_id)
    assert [(r.state, r.act_state) for r in waiting] == [
        ("overtaken", "done"),
        ("asked", "removed"),
    ]
    conflict = waiting[0]
    assert (conflict.from_courier_id, conflict.to_courier_id) == (first.staff_id, second.staff_id)
    async with day.db.transaction(actor="test", offices=[first.office_id]) as conn:
        await rounds.look(
            conn, office_id=first.office_id, recall_id=conflict.id, by=second.staff_id,
            note="đã gọi cả hai", now=day.now,
        )  # fmt: skip
        with pytest.raises(NotFound):
            await rounds.look(
                conn, office_id=first.office_id, recall_id=conflict.id, by=second.staff_id,
                note="", now=day.now,
            )  # fmt: skip
    await day.talk(new, second)
    assert await recalls(day, first.office_id) == []


async def test_both_did_it_offline(day: Day) -> None:
    """Tests that the first proof to come counts, and the second waits for a person."""
    (first, old), (second, new) = await on_the_road(day)
    visit = visit_of(first, "dossier.accept")
    made = await reassign(day, visit, second)
    await day.talk(new, second)
    shown = stop_of(new, made)
    assert shown is not None
    old.record(*accept_op(visit))
    new.record(*accept_op(Visit(**{**vars(visit), "stop_id": made, "act_id": act_of(shown)})))
    assert await day.decisions(old, first) == [("applied", "late_previous_holder")]
    assert await day.decisions(new, second) == [("held", "state_conflict")]


async def test_what_cannot_be_reassigned_is_refused_by_name(day: Day) -> None:
    """Tests that each thing in the way is named: same courier, papers on hand, no round."""
    (first, old), (second, _) = await on_the_road(day)
    carried = visit_of(first, "result.deliver")
    fetched = visit_of(first, "dossier.accept")
    with pytest.raises(NotFound):
        await reassign(day, Visit(**{**vars(fetched), "stop_id": uuid.uuid4()}), second)
    with pytest.raises(Conflict, match="same_courier"):
        await reassign(day, fetched, first)
    with pytest.raises(Conflict, match="item_with_courier"):
        await reassign(day, carried, second)
    stranger = CourierOfTown(**{**vars(second), "staff_id": uuid.uuid4()})
    with pytest.raises(Conflict, match="no_round"):
        await reassign(day, fetched, stranger)
    old.record(*accept_op(fetched))
    await day.talk(old, first)
    with pytest.raises(Conflict, match="nothing_open"):
        await reassign(day, fetched, second)
    await day.admin.execute(
        "UPDATE rounds.round SET state = 'closed' WHERE id = $1", second.round_id
    )
    with pytest.raises(Conflict, match="round_closed"):
        await reassign(day, visit_of(first, "dossier.accept", 1), second)
