"""Tests of the exchange beyond what the stateful machine draws: forks, gaps, people, walls."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from backend import rounds
from backend.kit.errors import Conflict, Forbidden, NotFound
from backend.sync import decide_held
from tests.backend.day import SEALER, Day, deliver_op, fail_op, load_op, open_day, visit_of
from tests.simulation import checks
from tests.simulation.town import CourierOfTown

pytestmark = pytest.mark.store
APPLIED = ("applied", None)


@pytest.fixture
async def day(admin_conn: Any, db_url: str) -> AsyncIterator[Day]:
    opened = await open_day(admin_conn, db_url, num_offices=2)
    yield opened
    assert await checks.find_violations(admin_conn) == {}
    await opened.db.close()


async def count(day: Day, table: str) -> int:
    return int(await day.admin.fetchval(f"SELECT count(*) FROM {table}"))


async def test_the_same_batch_twice_is_recorded_once(day: Day) -> None:
    """Tests that a lost reply and twenty repeats give one effect and the same answer."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    phone.record(*load_op(courier))
    phone.record(*deliver_op(visit_of(courier, "result.deliver")))
    first = await day.send(phone, courier)
    for _ in range(20):
        again = await day.send(phone, courier)
        assert again["decisions"] == first["decisions"]
        assert again["ack"] == 2
    assert await count(day, "sync.op_log") == 2
    assert await count(day, "sync.effect") == 2


async def test_two_sends_at_once_record_once(day: Day) -> None:
    """Tests that the row lock of the stream keeps two sends of one batch apart."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    phone.record(*load_op(courier))
    replies = await asyncio.gather(*(day.send(phone, courier) for _ in range(3)))
    assert {reply["ack"] for reply in replies} == {1}
    assert await count(day, "sync.effect") == 1


async def test_a_gap_is_not_jumped(day: Day) -> None:
    """Tests that facts behind a missing one wait until the phone sends it again."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    for number in range(3):
        stop = str(courier.visits[number].stop_id)
        phone.record("note.added", {"stop": stop, "text": f"Ghi chú {number}"})
    with phone.disk.transaction("test") as tx:
        tx.put("meta", "acked", 2)  # a server restored to an older day knows none of them
    reply = await day.send(phone, courier)
    assert (reply["ack"], await count(day, "sync.op_log")) == (0, 0)
    phone.take_reply(reply, phone.request)
    assert phone.acked == 0
    await day.talk(phone, courier)
    assert phone.acked == 3


async def test_a_copied_phone_is_found_out_and_loses_nothing(day: Day) -> None:
    """Tests that a stream with two continuations forks, and the facts arrive in a new one."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    twin = day.phone_of(courier)
    assert phone.stream == twin.stream
    twin.rnd = random.Random(99)
    notes = [str(visit.stop_id) for visit in courier.visits]
    phone.record("note.added", {"stop": notes[0], "text": "Máy thật"})
    twin.record("note.added", {"stop": notes[1], "text": "Máy chép"})
    await day.talk(phone, courier)
    reply = await day.send(twin, courier)
    assert reply["fork"]
    assert await count(day, "sync.op_quarantine") == 1
    twin.take_reply(reply, twin.request)
    assert twin.stream != phone.stream
    assert await day.decisions(twin, courier) == [APPLIED]
    assert await count(day, "sync.effect") == 2


async def test_a_strangers_stream_is_refused(day: Day) -> None:
    """Tests that another device, of this office or another, cannot write a stream."""
    courier, other = day.town.couriers
    phone = day.phone_of(courier)
    phone.record("note.added", {"stop": str(courier.visits[0].stop_id), "text": "Của tôi"})
    await day.talk(phone, courier)
    with pytest.raises(Forbidden):
        await day.send(phone, other)


async def test_unreadable_facts_are_kept_and_held(day: Day) -> None:
    """Tests that nonsense, even without an id, is recorded as its bytes and blocks nothing."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    phone.record_raw("none", b'{"kind":5}')
    phone.record_raw("none2", b"[1,2,3]")
    phone.record("note.added", {"stop": str(courier.visits[0].stop_id), "text": "Sau đó"})
    assert await day.decisions(phone, courier) == [
        ("held", "unreadable"),
        ("held", "unreadable"),
        APPLIED,
    ]


async def test_a_stop_given_to_another_is_a_tombstone_and_reality_wins(day: Day) -> None:
    """Tests that what was done before the recall arrives is applied and flagged."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    phone.record(*load_op(courier))
    await day.talk(phone, courier)
    visit = visit_of(courier, "result.deliver")
    phone.record(*deliver_op(visit))  # offline
    async with day.db.transaction(actor="test", offices=[courier.office_id]) as conn:
        await rounds.remove_errands(conn, courier.office_id, [visit.errand_id], day.now)
    reply = await day.talk(phone, courier)
    assert [(d["outcome"], d["reason"]) for d in reply["decisions"]] == [
        ("applied", "late_previous_holder")
    ]


async def test_a_recalled_stop_leaves_the_phone(day: Day) -> None:
    """Tests that a stop taken away comes as a tombstone with the next exchange."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    await day.talk(phone, courier)
    stop = ("stop", str(visit_of(courier, "result.deliver").stop_id))
    assert stop in phone.view
    async with day.db.transaction(actor="test", offices=[courier.office_id]) as conn:
        errand = visit_of(courier, "result.deliver").errand_id
        await rounds.remove_errands(conn, courier.office_id, [errand], day.now)
    await day.talk(phone, courier)
    assert stop not in phone.view


async def decide(day: Day, courier: CourierOfTown, op_id: Any, outcome: Any) -> None:
    async with day.db.transaction(actor="test", offices=[courier.office_id]) as conn:
        await decide_held(
            conn,
            office_id=courier.office_id,
            op_id=op_id,
            outcome=outcome,
            by=day.town.couriers[1].staff_id,
            note="Đã gọi điện xác nhận",
            now=day.now,
            sealer=SEALER,
        )


async def test_a_person_decides_a_held_fact_once(day: Day) -> None:
    """Tests that a held fact is tried again or set aside by a person, and the phone is told."""
    courier, other = day.town.couriers
    phone = day.phone_of(courier)
    visit = visit_of(courier, "result.deliver")
    op_id = phone.record(*fail_op(visit))  # before the bag was packed
    assert await day.decisions(phone, courier) == [("held", "state_conflict")]
    with pytest.raises(Conflict, match="state_conflict"):
        await decide(day, courier, op_id, "applied")
    phone.record(*load_op(courier))
    await day.talk(phone, courier)
    await decide(day, courier, op_id, "applied")
    await day.talk(phone, courier)
    assert phone.disk.stores["decisions"][op_id] == (2, "applied")
    assert phone.view["stop", str(visit.stop_id)][1]["state"] == "failed"
    with pytest.raises(Conflict, match="not_held"):
        await decide(day, courier, op_id, "noop")
    with pytest.raises(NotFound):
        await decide(day, other, op_id, "noop")


async def test_the_last_decision_is_the_one_told(day: Day) -> None:
    """Tests that a phone which took its day anew hears what a person decided meanwhile."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    op_id = phone.record(*fail_op(visit_of(courier, "result.deliver")))
    assert await day.decisions(phone, courier) == [("held", "state_conflict")]
    await decide(day, courier, op_id, "noop")
    asked = json.loads(phone.make_request()) | {"decided": 0, "epoch": 0, "cursor": 0}
    reply = await day.send_body(json.dumps(asked).encode(), courier)
    assert (reply["reset"], reply["feed"]) == (True, [])
    assert [(one["n"], one["outcome"]) for one in reply["decisions"]] == [(2, "noop")]


async def test_set_aside_changes_nothing(day: Day) -> None:
    """Tests that a fact set aside has no effect but its decision."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    visit = visit_of(courier, "result.deliver")
    op_id = phone.record(*fail_op(visit))
    assert await day.decisions(phone, courier) == [("held", "state_conflict")]
    await decide(day, courier, op_id, "noop")
    assert await count(day, "rounds.attempt") == 0


async def test_a_wrong_epoch_resets_the_view_and_keeps_the_facts(day: Day) -> None:
    """Tests that a restored server makes the phone fetch a snapshot and send on."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    await day.talk(phone, courier)
    assert phone.num_resets == 1  # the first start knows no epoch
    await day.admin.execute("UPDATE sync.epoch SET epoch = epoch + 1")
    phone.record("note.added", {"stop": str(courier.visits[0].stop_id), "text": "Giữ lại"})
    reply = await day.talk(phone, courier)
    assert reply["reset"]
    assert reply["ack"] == 1
    assert (phone.num_resets, phone.meta("epoch")) == (2, 2)


async def test_facts_are_safe_to_forget_after_fourteen_days_with_their_photos(day: Day) -> None:
    """Tests that `safe` waits for the oldest backup and for missing pictures (S6)."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    phone.record(*load_op(courier))
    phone.record(*deliver_op(visit_of(courier, "result.deliver")))  # names a picture not sent
    await day.talk(phone, courier)
    day.wait(days=13)
    assert (await day.talk(phone, courier))["safe"] == 0
    day.wait(days=1, seconds=1)
    assert (await day.talk(phone, courier))["safe"] == 1
    await day.admin.execute(
        """INSERT INTO proofs.blob (office_id, sha256, size, media_type, stored_at, by_staff_id)
        VALUES ($1, $2, 10, 'image/jpeg', $3, $4)""",
        courier.office_id,
        bytes.fromhex("ab" * 32),
        day.now,
        courier.staff_id,
    )
    assert (await day.talk(phone, courier))["safe"] == 2


async def test_a_phone_clock_years_off_is_suspect_and_keeps_its_order(day: Day) -> None:
    """Tests that a wrong clock warns, is corrected by its offset, and blocks nothing."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier, skew_s=timedelta(days=3650).total_seconds())
    phone.record("note.added", {"stop": str(courier.visits[0].stop_id), "text": "Giờ sai"})
    day.wait(minutes=10)
    assert await day.decisions(phone, courier) == [APPLIED]
    row = await day.admin.fetchrow("SELECT occurred_at, time_quality FROM sync.op_log")
    assert row["time_quality"] == "suspect"
    assert row["occurred_at"] == day.now - timedelta(minutes=10)
