from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar

from backend import identity
from backend.house import House
from tests.backend.desk import MORNING, Day, make_day
from tests.backend.sync.calling import EXCHANGE, Caller, code_of, enrol
from tests.simulation.keys import Shift, pair_of


@pytest.fixture
async def day(house: House) -> Day:
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await day.book(conn, "S2")
    await day.publish()
    return day


@pytest.fixture
async def phone(app: Litestar, day: Day) -> AsyncIterator[Caller]:
    """Return a phone that has shown its day, and has not sent its last three facts."""
    caller = await enrol(app, day)
    await caller.talk()
    stop = next(iter(ref for kind, ref in caller.phone.view if kind == "stop"))
    for number in range(3):
        caller.note(stop, f"Ghi chú {number}")
    yield caller
    await caller.client.aclose()


async def lose(day: Day, caller: Caller) -> None:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await identity.lose_device(conn, day.dispatcher, caller.device_id, now=MORNING)


async def fetch(day: Day, sql: str) -> list[Any]:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        return [tuple(row) for row in await conn.fetch(sql)]


async def test_a_lost_phone_brings_its_facts_and_is_wiped(phone: Caller, day: Day) -> None:
    """Tests that all it has is set aside, acknowledged, and only then wiped (S21, T1).

    It is told of which epoch the server is that has it all.
    """
    await lose(day, phone)
    phone.phone.batch_max = 2
    answer = await phone.exchange()
    assert code_of(answer) == (403, "device_revoked")
    assert (answer.json()["ack"], answer.json()["wipe"]) == (2, False)
    epochs = await fetch(day, "SELECT epoch FROM sync.epoch")
    assert [(answer.json()["epoch"],)] == epochs
    assert "clear-site-data" not in answer.headers
    with phone.phone.disk.transaction("ack") as tx:
        tx.put("meta", "acked", 2)
    answer = await phone.exchange()
    assert (answer.json()["ack"], answer.json()["wipe"]) == (3, True)
    assert answer.headers["clear-site-data"] == '"*"'
    assert answer.json()["title"].startswith("Máy này đã bị khoá")
    kept = await fetch(day, "SELECT seq, reason FROM sync.op_quarantine ORDER BY seq")
    assert kept == [(1, "revoked"), (2, "revoked"), (3, "revoked")]
    assert await fetch(day, "SELECT 1 FROM sync.op_log") == []
    # Asked again, it hears the same, and nothing is kept twice.
    assert (await phone.exchange()).json()["wipe"] is True
    assert len(await fetch(day, "SELECT 1 FROM sync.op_quarantine")) == 3


async def test_a_browser_clears_nothing_that_a_restored_server_lacks(
    phone: Caller, day: Day
) -> None:
    """Tests that while facts once acknowledged are missing here no header takes them (S21)."""
    await lose(day, phone)
    for acked, num_here in ((2, 1), (0, 3)):  # what a server before its restore acknowledged
        with phone.phone.disk.transaction("ack") as tx:
            tx.put("meta", "acked", acked)
        answer = await phone.exchange()
        assert (answer.status_code, answer.json()["wipe"]) == (403, True)
        assert len(await fetch(day, "SELECT 1 FROM sync.op_quarantine")) == num_here
        assert ("clear-site-data" in answer.headers) == (num_here == 3)


async def test_a_lost_phone_with_nothing_left_is_wiped_at_once(phone: Caller, day: Day) -> None:
    """Tests that the first contact of a phone that has sent everything ends it, by its own hand.

    The browser is not told to clear anything while the phone may keep what a backup lacks.
    """
    await phone.talk()
    await lose(day, phone)
    answer = await phone.exchange()
    assert (answer.status_code, answer.json()["wipe"]) == (403, True)
    assert "clear-site-data" not in answer.headers
    assert code_of(await phone.ask("GET", "/api/sync/v1/snapshot")) == (401, "sign_in_first")


async def test_a_locked_lost_phone_is_read_all_the_same(phone: Caller, day: Day) -> None:
    """Tests that sealed facts of a lost phone are kept open, for the office to look at."""
    server_key = day.house.sealer.agreement.public_key
    phone.phone.shift = Shift.begin(pair_of("shift"), server_key)
    phone.phone.is_locked = True
    await lose(day, phone)
    assert (await phone.exchange()).json()["wipe"] is True
    kept = await fetch(day, "SELECT raw FROM sync.op_quarantine ORDER BY seq")
    assert b"note.added" in kept[0][0]


async def test_a_thief_without_the_key_learns_nothing_of_a_lost_phone(
    phone: Caller, day: Day
) -> None:
    """Tests that a lost phone's cookie alone sets nothing aside and wipes nothing (T15)."""
    await lose(day, phone)
    answer = await phone.exchange(signature="v1;none")
    assert code_of(answer) == (401, "bad_signature")
    phone.has_key = False
    assert code_of(await phone.exchange()) == (401, "sign_in_first")
    assert await fetch(day, "SELECT 1 FROM sync.op_quarantine") == []


async def test_the_phone_of_who_left_is_out_of_service(phone: Caller, day: Day) -> None:
    """Tests that disabling a courier retires the phone: nothing of it counts any more."""
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await identity.disable_staff(conn, identity.HOUSE, day.couriers[0], now=MORNING)
    answer = await phone.exchange()
    assert code_of(answer) == (403, "device_revoked")
    assert len(await fetch(day, "SELECT 1 FROM sync.op_quarantine")) == 3


async def test_the_newest_phone_is_the_field_device(app: Litestar, phone: Caller, day: Day) -> None:
    """Tests that one active phone of a courier may hold leases and cash (S22)."""
    field = "SELECT id FROM identity.device WHERE is_field"
    assert await fetch(day, field) == [(phone.device_id,)]
    app.state.clock.at += timedelta(minutes=1)
    second = await enrol(app, day, name="second")
    assert await fetch(day, field) == [(second.device_id,)]
    await phone.talk()  # the older one still reports
    await lose(day, second)
    assert await fetch(day, field) == [(phone.device_id,)]
    await lose(day, phone)
    assert await fetch(day, field) == []


async def exchange_aside(caller: Caller) -> Any:
    """Send what the phone has as facts of a stream that ended, to be kept for a person."""
    body = caller.phone.make_request().replace(b'"v":1,', b'"v":1,"aside":true,', 1)
    return await caller.ask("POST", EXCHANGE, body)


async def test_what_an_ended_stream_left_is_set_aside(
    app: Litestar, phone: Caller, day: Day
) -> None:
    """Tests that facts a phone cannot read any more reach a person, those in effect nobody (S19).

    It was enrolled anew meanwhile: its old stream is another device's, and stands as it is.
    """
    phone.phone.batch_max = 1
    await phone.talk()
    before = await fetch(day, "SELECT last_seq, fork_seq FROM sync.stream")
    anew = await enrol(app, day, name="the same phone")
    anew.phone = phone.phone
    phone.phone.batch_max = 200
    with phone.phone.disk.transaction("as if nothing was told") as tx:
        tx.put("meta", "acked", 0)
    assert code_of(await anew.exchange()) == (403, "not_your_stream")
    reply = (await exchange_aside(anew)).json()
    assert (reply["fork"], reply["ack"], reply["ack_only"]) == (True, 1, True)
    kept = await fetch(day, "SELECT seq, reason, device_id FROM sync.op_quarantine ORDER BY seq")
    assert kept == [(seq, "ended_stream", anew.device_id) for seq in (2, 3)]
    assert await fetch(day, "SELECT last_seq, fork_seq FROM sync.stream") == before
    assert (await exchange_aside(anew)).status_code == 200
    assert len(await fetch(day, "SELECT 1 FROM sync.op_quarantine")) == 2
    # What it can read goes on in a new stream, under the same ids.
    anew.phone.take_reply(reply, anew.phone.request)
    await anew.talk()
    assert len(await fetch(day, "SELECT 1 FROM sync.effect")) == 3
    await anew.client.aclose()


async def test_a_colleagues_stream_is_not_taken(app: Litestar, phone: Caller, day: Day) -> None:
    """Tests that another person's phone can put nothing beside a stream (A5)."""
    other = await enrol(app, day, courier=1, name="a colleague's")
    other.phone = phone.phone
    assert code_of(await other.exchange()) == (403, "not_your_stream")
    assert code_of(await exchange_aside(other)) == (403, "not_your_stream")
    assert await fetch(day, "SELECT 1 FROM sync.op_quarantine") == []
    await other.client.aclose()
