from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Litestar

from backend.house import House
from backend.identity import access
from backend.kit.curve import read_base64url
from tests.backend.desk import Day, make_day
from tests.backend.sync.calling import EXCHANGE, Caller, code_of, enrol, register
from tests.simulation import keys


@pytest.fixture
async def day(house: House) -> Day:
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await day.book(conn, "S2")
    await day.publish()
    return day


@pytest.fixture
async def phone(app: Litestar, day: Day) -> AsyncIterator[Caller]:
    caller = await enrol(app, day)
    yield caller
    await caller.client.aclose()


async def fetch(day: Day, sql: str) -> Any:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        return await conn.fetchval(sql)


async def test_the_first_key_stays(app: Litestar, day: Day) -> None:
    """Tests that a phone registers one key, may say it again, and never another (S20)."""
    caller = await enrol(app, day, has_key=False)
    answer = await register(caller)
    assert answer.status_code == 200
    assert answer.json()["device_id"] == str(caller.device_id)
    server_key = read_base64url(answer.json()["server_key"])
    assert server_key == day.house.sealer.agreement.public_key
    assert (await register(caller)).json() == answer.json()
    other = keys.write64(keys.pair_of("other").public_key)
    assert code_of(await register(caller, other)) == (409, "key_known")
    assert code_of(await register(caller, "x" * 87)) == (422, "key_invalid")
    stored = await fetch(day, "SELECT public_key FROM identity.device")
    assert stored == caller.pair.public_key
    assert await fetch(day, "SELECT count(*) FROM identity.audit WHERE action = 'device.key'") == 1


async def test_a_stolen_cookie_cannot_exchange(phone: Caller) -> None:
    """Tests that cookies without the phone's key open neither exchange, day nor pictures (T15)."""
    thief = keys.pair_of("thief")
    paths = [
        ("POST", EXCHANGE, phone.phone.make_request()),
        ("GET", "/api/sync/v1/snapshot", b""),
        ("HEAD", f"/api/sync/v1/blobs/{'ab' * 32}", b""),
    ]
    for method, path, body in paths:
        forged = thief.sign(phone.device_id, method, path, 1, body)
        other = phone.pair.sign(phone.device_id, method, path + "x", 1, body)
        for signature in ("", "v1;x", forged, other):
            answer = await phone.ask(method, path, body, signature=signature)
            assert answer.status_code == 401
            assert method == "HEAD" or code_of(answer) == (401, "bad_signature")
    assert (await phone.talk())["ack"] == 0


async def test_a_phone_without_key_is_told_to_register(
    app: Litestar, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that once keys are required a phone that has none is asked for it."""
    caller = await enrol(app, day, has_key=False)
    monkeypatch.setattr(access, "DEVICE_KEYS_REQUIRED", True)
    assert code_of(await caller.exchange()) == (401, "device_key_needed")
    assert (await register(caller)).status_code == 200
    caller.has_key = True
    assert (await caller.exchange()).status_code == 200


async def test_the_signature_alone_pushes(phone: Caller, day: Day) -> None:
    """Tests that a phone whose session is over still brings its facts, and sees nothing."""
    await phone.talk()
    stop = next(iter(ref for kind, ref in phone.phone.view if kind == "stop"))
    phone.note(stop, "Chó dữ")
    answer = await phone.exchange(with_session=False)
    assert answer.status_code == 200
    reply = answer.json()
    assert (reply["ack"], reply["ack_only"]) == (1, True)
    assert reply["decisions"] == []
    assert reply["feed"] == []
    assert not any(reply[flag] for flag in ("more", "reset", "fork"))
    snapshot = await phone.ask("GET", "/api/sync/v1/snapshot", with_session=False)
    assert code_of(snapshot) == (401, "sign_in_first")
    thief = keys.pair_of("thief").sign(phone.device_id, "POST", EXCHANGE, 1, b"{}")
    answer = await phone.ask("POST", EXCHANGE, b"{}", signature=thief, with_session=False)
    assert code_of(answer) == (401, "bad_signature")
    phone.has_key = False
    assert code_of(await phone.exchange(with_session=False)) == (401, "sign_in_first")
    assert await fetch(day, "SELECT count(*) FROM sync.op_log") == 1
