"""Tests of pictures that facts name: what a lost phone may still bring, what is safe, let go."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from litestar import Litestar

from backend import identity, proofs
from backend.house import House
from tests.backend.desk import MORNING, Day, make_day
from tests.backend.proofs.making import jpeg
from tests.backend.sync.calling import EXCHANGE, Caller, code_of, enrol
from tests.backend.sync.test_pictures import send_all

TOLD, UNTOLD, STRANGE = (jpeg(64, 48, padding=size) for size in (100, 200, 300))


def name_of(picture: bytes) -> str:
    return hashlib.sha256(picture).hexdigest()


@pytest.fixture
async def day(house: House) -> Day:
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await day.book(conn, "S2")
    await day.publish()
    return day


@pytest.fixture
async def phone(app: Litestar, day: Day) -> AsyncIterator[Caller]:
    """Return a phone that has told of one picture and not yet of another, and sent neither."""
    caller = await enrol(app, day)
    await caller.talk()
    photograph(caller, TOLD)
    await caller.talk()
    photograph(caller, UNTOLD)
    yield caller
    await caller.client.aclose()


def photograph(caller: Caller, *pictures: bytes) -> None:
    """Record a note that names pictures."""
    stop = next(ref for kind, ref in caller.phone.view if kind == "stop")
    names = [name_of(picture) for picture in pictures]
    caller.phone.record("note.added", {"stop": stop, "text": "Có ảnh", "photos": names})


async def fetch(day: Day, sql: str) -> list[Any]:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        return [tuple(row) for row in await conn.fetch(sql)]


async def lose(day: Day, caller: Caller) -> None:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await identity.lose_device(conn, day.dispatcher, caller.device_id, now=MORNING)


async def test_a_lost_phone_brings_the_pictures_of_its_facts(phone: Caller, day: Day) -> None:
    """Tests that calling a phone lost by mistake costs no picture, and opens no door (S21).

    Those of facts counted before and of facts set aside are taken; another is refused, and the
    browser is not told to clear itself before all have come.
    """
    await lose(day, phone)
    assert code_of(await send_all(phone, UNTOLD, digest=name_of(UNTOLD))) == (403, "device_revoked")
    answer = await phone.exchange()
    assert (answer.status_code, answer.json()["wipe"]) == (403, True)
    assert "clear-site-data" not in answer.headers
    for picture in (TOLD, UNTOLD):
        sent = await send_all(phone, picture, digest=name_of(picture))
        assert sent.status_code == 204
    refused = await send_all(phone, STRANGE, digest=name_of(STRANGE))
    assert code_of(refused) == (403, "device_revoked")
    stored = await fetch(day, "SELECT encode(sha256, 'hex') FROM proofs.blob ORDER BY size")
    assert stored == [(name_of(TOLD),), (name_of(UNTOLD),)]
    named = await fetch(day, "SELECT seq, is_aside, stored_at FROM proofs.named ORDER BY seq")
    assert named == [(1, False, MORNING), (2, True, MORNING)]
    answer = await phone.exchange()
    assert answer.headers["clear-site-data"] == '"*"'


async def test_a_colleagues_pictures_are_not_a_lost_phones_to_send(
    app: Litestar, phone: Caller, day: Day
) -> None:
    """Tests that a lost phone's key brings only what its own facts name."""
    other = await enrol(app, day, courier=1, name="a colleague's")
    await other.talk()
    await lose(day, other)
    refused = await send_all(other, TOLD, digest=name_of(TOLD))
    assert code_of(refused) == (403, "device_revoked")
    assert (await send_all(phone, TOLD, digest=name_of(TOLD))).status_code == 204
    await other.client.aclose()


async def test_a_picture_is_safe_when_backups_have_it(
    app: Litestar, phone: Caller, day: Day
) -> None:
    """Tests that 14 days count from the picture's coming, not from its fact's (S6)."""
    await phone.talk()
    await send_all(phone, UNTOLD, digest=name_of(UNTOLD))
    app.state.clock.at = MORNING + timedelta(days=10)
    await send_all(phone, TOLD, digest=name_of(TOLD))
    for days, safe in ((14, 0), (23, 0), (24, 2)):
        app.state.clock.at = MORNING + timedelta(days=days)
        assert (await phone.talk())["safe"] == safe


async def test_a_picture_given_up_is_not_waited_for(app: Litestar, phone: Caller, day: Day) -> None:
    """Tests that a phone may forget facts whose picture a person has seen will not come."""
    await phone.talk()
    await send_all(phone, UNTOLD, digest=name_of(UNTOLD))
    app.state.clock.at = MORNING + timedelta(days=15)
    assert (await phone.talk())["safe"] == 0
    ((op_id,),) = await fetch(day, "SELECT op_id FROM proofs.named WHERE stored_at IS NULL")
    assert day.dispatcher.id is not None
    key = (day.office_id, op_id, bytes.fromhex(name_of(TOLD)))
    how = {"by": day.dispatcher.id, "note": "máy hỏng", "now": MORNING}
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        assert await proofs.look_at_missing(conn, *key, **how)
        assert not await proofs.look_at_missing(conn, *key, **how)
    assert (await phone.talk())["safe"] == 2


async def test_a_phone_tells_what_it_had_to_forget(phone: Caller, day: Day) -> None:
    """Tests that the office knows by name which copies are gone before the time, once each."""
    await phone.talk()
    told = b'"let_go":["%s","%s"],' % (name_of(UNTOLD).encode(), name_of(STRANGE).encode())
    for _ in range(2):
        body = phone.phone.make_request().replace(b'"v":1,', b'"v":1,' + told, 1)
        assert (await phone.ask("POST", EXCHANGE, body)).status_code == 200
    rows = await fetch(
        day, "SELECT encode(sha256, 'hex'), let_go_at FROM proofs.named ORDER BY seq"
    )
    assert rows == [(name_of(TOLD), None), (name_of(UNTOLD), MORNING)]


@pytest.mark.parametrize(
    "photos", [None, "x", [1], [["ab" * 32]], ["AB" * 32], ["ab" * 31], {"0": "ab" * 32}]
)
async def test_what_is_no_name_names_nothing(phone: Caller, day: Day, photos: object) -> None:
    """Tests that a fact with odd pictures is recorded all the same, and nothing behind it waits."""
    stop = next(ref for kind, ref in phone.phone.view if kind == "stop")
    phone.phone.record("note.added", {"stop": stop, "text": "Lạ", "photos": photos})
    raw = msgspec.json.encode({"photos": [name_of(STRANGE)] * 3})
    phone.phone.record("note.added", {"stop": stop, "text": "Thường", **msgspec.json.decode(raw)})
    assert (await phone.talk())["ack"] == 4
    named = await fetch(day, "SELECT seq, encode(sha256, 'hex') FROM proofs.named ORDER BY seq")
    assert named == [(1, name_of(TOLD)), (2, name_of(UNTOLD)), (4, name_of(STRANGE))]
