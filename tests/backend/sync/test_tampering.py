"""T2: who alters facts on a phone, or lets an old copy of it speak, is always found out."""

import json
import os
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.backend.day import Day, open_day
from tests.simulation import checks
from tests.simulation.phone import Phone
from tests.simulation.town import CourierOfTown

NUM_STREAMS = int(os.environ.get("TAMPERED_STREAMS", "90"))
"""1,000 by night: `TAMPERED_STREAMS=1000 pytest tests/backend/sync/test_tampering.py`."""
SEED = 20261126
Body = dict[str, Any]


def rewrite(phone: Phone, rnd: random.Random, acked: int) -> None:
    """Write one of the facts already sent anew, with its chain, as an owner of the disk can."""
    ops = phone.disk.stores["ops"]
    seq = rnd.randint(1, acked)
    op = json.loads(ops[seq][1])
    op["text"] = op["text"] + " (đã sửa)"
    texts = {number: ops[number][1] for number in ops}
    texts[seq] = json.dumps(op, ensure_ascii=False).encode()
    rechain(phone, [texts[number] for number in sorted(texts)])


def drop(phone: Phone, rnd: random.Random, acked: int) -> None:
    """Take one of the facts already sent out of the middle, as if it never was."""
    ops = phone.disk.stores["ops"]
    gone = rnd.randint(1, acked)
    rechain(phone, [ops[number][1] for number in sorted(ops) if number != gone])


def swap(phone: Phone, rnd: random.Random, acked: int) -> None:
    """Put two facts already sent in the other order."""
    ops = phone.disk.stores["ops"]
    raws = [ops[number][1] for number in sorted(ops)]
    at = rnd.randint(0, acked - 2)
    raws[at], raws[at + 1] = raws[at + 1], raws[at]
    rechain(phone, raws)


def rechain(phone: Phone, raws: list[bytes]) -> None:
    """Write these facts into the same stream, with hashes that are right by themselves."""
    with phone.disk.transaction("tamper") as tx:
        ids = {raw: op_id for op_id, raw, _ in phone.disk.stores["ops"].values()}
        tx.empty("ops")
        tx.put("meta", "head", 0)
        for number, raw in enumerate(raws):
            phone._append(tx, ids.get(raw, f"altered {number}"), raw, None)


ALTERATIONS: tuple[Callable[[Phone, random.Random, int], None], ...] = (rewrite, drop, swap)


@pytest.fixture
async def day(admin_conn: Any, db_url: str) -> AsyncIterator[Day]:
    opened = await open_day(admin_conn, db_url)
    yield opened
    assert await checks.find_violations(admin_conn) == {}
    await opened.db.close()


def note(phone: Phone, courier: CourierOfTown, text: str) -> None:
    phone.record("note.added", {"stop": str(courier.visits[0].stop_id), "text": text})


async def sent_phone(day: Day, courier: CourierOfTown, seed: int, num: int) -> Phone:
    phone = day.phone_of(courier, seed=seed)
    for number in range(num):
        note(phone, courier, f"{seed}.{number}")
    await day.talk(phone, courier)
    return phone


async def test_altered_streams_are_found_and_nothing_of_them_applied(day: Day) -> None:
    """Tests that changing, dropping or swapping what was sent is seen at the next contact (S7)."""
    rnd = random.Random(SEED)
    courier = day.town.couriers[0]
    undetected, applied = [], []
    for number in range(NUM_STREAMS):
        phone = await sent_phone(day, courier, SEED + number, rnd.randint(2, 6))
        acked = phone.acked
        before = await day.admin.fetchval("SELECT count(*) FROM sync.op_log")
        ALTERATIONS[number % len(ALTERATIONS)](phone, rnd, acked)
        note(phone, courier, "Sau khi sửa")
        with phone.disk.transaction("tamper") as tx:
            # The thief may claim any ack: none, all, or something between.
            tx.put("meta", "acked", rnd.randint(0, min(acked, phone.head - 1)))
        reply = await day.send(phone, courier)
        after = await day.admin.fetchval("SELECT count(*) FROM sync.op_log")
        if not reply["fork"]:
            undetected.append(number)
        if after != before:
            applied.append(number)
    assert (undetected, applied) == ([], []), f"seed {SEED}"
    assert await day.admin.fetchval("SELECT count(*) FROM sync.op_quarantine") >= NUM_STREAMS


async def test_old_copies_are_found_when_they_speak(day: Day) -> None:
    """Tests that of a phone and its copy, whichever speaks second is forked, nothing doubled."""
    rnd = random.Random(SEED + 1)
    courier = day.town.couriers[0]
    undetected = []
    for number in range(NUM_STREAMS // 3):
        phone = await sent_phone(day, courier, SEED * 2 + number, rnd.randint(1, 4))
        image = phone.disk.copy()
        note(phone, courier, "Máy thật đi tiếp")
        await day.talk(phone, courier)
        copy = day.phone_of(courier, seed=SEED * 3 + number)
        copy.disk.put_back(image)
        note(copy, courier, "Bản chép đi tiếp")
        before = await day.admin.fetchval("SELECT count(*) FROM sync.op_log")
        reply = await day.send(copy, courier)
        if not reply["fork"] or before != await day.admin.fetchval(
            "SELECT count(*) FROM sync.op_log"
        ):
            undetected.append(number)
    assert undetected == [], f"seed {SEED}"
