import asyncio
import dataclasses
from collections.abc import Callable

import httpx
import msgspec
import pytest
from litestar import Litestar

from backend import identity
from backend.house import House
from backend.kit.ids import new_id
from tests.backend.identity.conftest import (
    API,
    DEMO_KEY,
    DEVICE,
    SESSION,
    START,
    Clock,
    Town,
    make_app,
    make_client,
    refusal,
    sign_in,
)


async def make_code(client: httpx.AsyncClient, town: Town, username: str = "courier.here") -> str:
    await sign_in(client, "dispatcher.here")
    answer = await client.post(f"{API}/codes", json={"staff_id": str(town.id(username))})
    assert answer.status_code == 201, answer.text
    client.cookies.clear()
    return str(answer.json()["code"])


async def enrol(client: httpx.AsyncClient, code: str) -> httpx.Response:
    return await client.post(f"{API}/enrol", json={"code": code, "device_label": "Nokia C12"})


async def test_enrol_by_code(client: httpx.AsyncClient, clock: Clock, town: Town) -> None:
    """Tests that a courier keys the code in with dashes and has a phone and a session of 16 h."""
    code = await make_code(client, town)
    assert len(code) == 20
    clock.advance(599)
    answer = await enrol(client, "-".join(code[n : n + 4] for n in range(0, 20, 4)).lower())
    assert answer.status_code == 200
    me = answer.json()
    assert me["role"] == "courier"
    assert me["device_id"] is not None
    cookies = answer.headers.get_list("set-cookie")
    assert [cookie.split("=")[0] for cookie in cookies] == [SESSION, DEVICE]
    assert "Max-Age=57600" in cookies[0]
    assert all("HttpOnly" in cookie and "Secure" in cookie for cookie in cookies)
    assert (await client.get(f"{API}/me")).json() == me


async def test_code_is_used_once(client: httpx.AsyncClient, town: Town) -> None:
    """Tests that a code that enrolled one phone enrols no second."""
    code = await make_code(client, town)
    assert (await enrol(client, code)).status_code == 200
    assert refusal(await enrol(client, code)) == (401, "wrong_code")


async def test_code_is_used_once_at_the_same_time(
    app: Litestar, client: httpx.AsyncClient, town: Town
) -> None:
    """Tests that of eight phones keying the same code in at once, one is enrolled."""
    code = await make_code(client, town)

    async def key_in(number: int) -> int:
        async with make_client(app, f"203.0.113.{number}") as phone:
            return (await enrol(phone, code)).status_code

    statuses = await asyncio.gather(*(key_in(number) for number in range(8)))
    assert sorted(statuses) == [200] + [401] * 7


@pytest.mark.parametrize(
    "spoil",
    [
        lambda code, _: code[:-1] + ("2" if code[-1] != "2" else "3"),  # one character off
        lambda code, _: code[:-1],  # one missing
        lambda _, __: "2" * 20,
        lambda code, clock: clock.advance(600) or code,  # ten minutes are over
    ],
)
async def test_enrol_refuses_wrong_codes_alike(
    client: httpx.AsyncClient,
    clock: Clock,
    house: House,
    town: Town,
    spoil: Callable[[str, Clock], str],
) -> None:
    """Tests that wrong and expired codes enrol nothing and are all refused alike."""
    code = spoil(await make_code(client, town), clock)
    answer = await enrol(client, code)
    assert refusal(answer) == (401, "wrong_code")
    assert "set-cookie" not in answer.headers
    async with house.db.transaction(actor="house", offices="*") as conn:
        assert await conn.fetchval("SELECT count(*) FROM identity.device") == 0


async def test_new_code_takes_the_place_of_the_old(
    client: httpx.AsyncClient, clock: Clock, town: Town
) -> None:
    """Tests that only the last code made for a courier works."""
    old = await make_code(client, town)
    clock.advance(1)
    new = await make_code(client, town)
    assert refusal(await enrol(client, old)) == (401, "wrong_code")
    assert (await enrol(client, new)).status_code == 200


async def test_enrol_refuses_disabled_courier(
    client: httpx.AsyncClient, house: House, town: Town
) -> None:
    """Tests that a code made before a courier left opens nothing after."""
    code = await make_code(client, town)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await identity.disable_staff(conn, identity.HOUSE, town.id("courier.here"), now=START)
    assert refusal(await enrol(client, code)) == (401, "wrong_code")


async def test_enrol_is_limited_by_address(client: httpx.AsyncClient, town: Town) -> None:
    """Tests that codes cannot be tried out: the eleventh of a minute waits, right or wrong."""
    code = await make_code(client, town)
    for _ in range(10):
        assert (await enrol(client, "2" * 20)).status_code == 401
    assert refusal(await enrol(client, code)) == (429, "too_many")


@pytest.mark.parametrize(
    ("username", "refused"),
    [
        ("courier.there", (404, "not_found")),  # another office's: not there
        ("administrator.here", (409, "not_a_courier")),
        ("dispatcher.here", (409, "same_person")),
        (None, (404, "not_found")),
    ],
)
async def test_make_code_refuses(
    client: httpx.AsyncClient, town: Town, username: str | None, refused: tuple[int, str]
) -> None:
    """Tests that codes are made for couriers of one's own office only (A3)."""
    await sign_in(client, "dispatcher.here")
    staff_id = new_id() if username is None else town.id(username)
    answer = await client.post(f"{API}/codes", json={"staff_id": str(staff_id)})
    assert refusal(answer) == refused


async def test_code_is_kept_as_a_hash_with_its_maker(
    client: httpx.AsyncClient, house: House, town: Town
) -> None:
    """Tests that the code itself is nowhere in the database, and who made it is."""
    code = await make_code(client, town)
    async with house.db.transaction(actor="house", offices="*") as conn:
        row = await conn.fetchrow("SELECT * FROM identity.enrolment_code")
        action = await conn.fetchval(
            "SELECT action FROM identity.audit WHERE object_id = $1", town.id("courier.here")
        )
    assert code not in str(dict(row))
    assert row["made_by"] == town.id("dispatcher.here")
    assert action == "code.make"


async def test_resume_begins_a_new_session(
    client: httpx.AsyncClient, clock: Clock, town: Town
) -> None:
    """Tests that an enrolled phone signs its courier in again the next day, without a code."""
    await enrol(client, await make_code(client, town))
    first = client.cookies[SESSION]
    clock.advance(24 * 3600)
    assert (await client.get(f"{API}/me")).status_code == 401
    answer = await client.post(f"{API}/resume")
    assert answer.status_code == 200
    assert answer.json()["device_id"] is not None
    assert client.cookies[SESSION] != first
    assert (await client.get(f"{API}/me")).status_code == 200


async def test_resume_refuses_without_a_known_phone(client: httpx.AsyncClient, town: Town) -> None:
    """Tests that no cookie and a made-up cookie begin nothing."""
    assert refusal(await client.post(f"{API}/resume")) == (401, "sign_in_first")
    client.cookies[DEVICE] = "x" * 43
    assert refusal(await client.post(f"{API}/resume")) == (401, "sign_in_first")


async def test_lost_phone_is_out_within_one_request(
    app: Litestar, client: httpx.AsyncClient, town: Town
) -> None:
    """Tests that a phone reported lost has no session and gets none (S21)."""
    await enrol(client, await make_code(client, town))
    device_id = (await client.get(f"{API}/me")).json()["device_id"]
    async with make_client(app) as desk:
        await sign_in(desk, "dispatcher.there")
        answer = await desk.post(f"{API}/devices/{device_id}/lost")
        assert refusal(answer) == (404, "not_found")
        assert (await client.get(f"{API}/me")).status_code == 200
        await sign_in(desk, "dispatcher.here")
        for _ in range(2):  # reported twice
            answer = await desk.post(f"{API}/devices/{device_id}/lost")
            assert answer.status_code == 204
    assert refusal(await client.get(f"{API}/me")) == (401, "sign_in_first")
    assert refusal(await client.post(f"{API}/resume")) == (401, "sign_in_first")


@pytest.mark.parametrize(
    ("username", "home"),
    [
        ("courier.here", "/courier/"),
        ("dispatcher.here", "/dispatch/"),
        ("administrator.here", "/"),
    ],
)
async def test_demo_link_signs_in(
    client: httpx.AsyncClient, town: Town, username: str, home: str
) -> None:
    """Tests that a printed link leads a demo person into their app, signed in."""
    answer = await client.get(f"/demo/{username}", params={"key": DEMO_KEY})
    assert (answer.status_code, answer.headers["location"]) == (303, home)
    me = (await client.get(f"{API}/me")).json()
    assert (me["username"], me["is_demo"]) == (username, True)
    assert (me["device_id"] is not None) == (username == "courier.here")


async def test_demo_link_keeps_the_phone(client: httpx.AsyncClient, town: Town) -> None:
    """Tests that a demo courier who follows the link again has the same phone, unless lost."""
    devices = []
    for _ in range(2):
        await client.get("/demo/courier.here", params={"key": DEMO_KEY})
        devices.append((await client.get(f"{API}/me")).json()["device_id"])
    assert devices[0] == devices[1]


@pytest.mark.parametrize(
    ("username", "key"),
    [
        ("dispatcher.here", ""),
        ("dispatcher.here", DEMO_KEY[:-1]),
        ("dispatcher.here", "ü"),
        ("dispatcher.there", DEMO_KEY),  # a real person, not of the demo
        ("nobody", DEMO_KEY),
    ],
)
async def test_demo_link_refuses(
    client: httpx.AsyncClient, town: Town, username: str, key: str
) -> None:
    """Tests that without the key, and for who is not of the demo, there is no such link."""
    answer = await client.get(f"/demo/{username}", params={"key": key})
    assert refusal(answer) == (404, "not_found")
    assert "set-cookie" not in answer.headers


async def test_demo_link_is_not_there_in_production(house: House, clock: Clock, town: Town) -> None:
    """Tests that production has no links that sign anybody in, whatever their key."""
    settings = msgspec.structs.replace(house.settings, mode="production", demo_key=None)
    app = make_app(dataclasses.replace(house, settings=settings), clock)
    async with make_client(app) as client:
        for key in ("", "None", DEMO_KEY):
            answer = await client.get("/demo/dispatcher.here", params={"key": key})
            assert refusal(answer) == (404, "not_found")
