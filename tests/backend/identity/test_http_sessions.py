import dataclasses
from datetime import timedelta

import asyncpg
import httpx
import msgspec
import pytest
from litestar import Litestar

from backend import identity
from backend.house import House
from backend.kit.ids import new_id
from tests.backend.identity.conftest import (
    API,
    HERE,
    PASSWORD,
    SESSION,
    START,
    Clock,
    Town,
    make_app,
    make_client,
    refusal,
    sign_in,
)


async def test_sign_in_begins_a_session(client: httpx.AsyncClient, town: Town) -> None:
    """Tests that a right password gives a hidden cookie, and who one is."""
    answer = await client.post(
        f"{API}/sign-in", json={"username": " Dispatcher.HERE ", "password": PASSWORD}
    )
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{SESSION}=")
    for flag in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=43200"):
        assert flag in cookie
    assert "Domain" not in cookie
    me = answer.json()
    assert me == (await client.get(f"{API}/me")).json()
    assert me["staff_id"] == str(town.id("dispatcher.here"))
    assert me["office"]["code"] == HERE.code
    assert [office["id"] for office in me["offices"]] == [str(HERE.id)]
    assert "plans.make" in me["permissions"]
    assert "staff.write" not in me["permissions"]
    assert "password_hash" not in answer.text


async def test_me_of_all_offices(client: httpx.AsyncClient, town: Town) -> None:
    """Tests that staff of all offices is told of each of them, and of its own."""
    me = await sign_in(client, "boss")
    assert len(me["offices"]) == 2
    assert me["office"]["id"] == str(HERE.id)


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("dispatcher.here", "another password"),
        ("nobody.here", PASSWORD),
        ("courier.here", PASSWORD),  # couriers have no password
        ("dispatcher.there", PASSWORD + " "),
    ],
)
async def test_sign_in_refuses_all_wrongs_alike(
    client: httpx.AsyncClient, town: Town, username: str, password: str
) -> None:
    """Tests that a wrong name and a wrong password cannot be told apart."""
    answer = await client.post(f"{API}/sign-in", json={"username": username, "password": password})
    assert refusal(answer) == (401, "wrong_sign_in")
    assert "set-cookie" not in answer.headers


async def test_sign_in_refuses_disabled_staff(
    client: httpx.AsyncClient, house: House, town: Town
) -> None:
    """Tests that who left is answered as if their password were wrong."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        await identity.disable_staff(conn, identity.HOUSE, town.id("dispatcher.here"), now=START)
    answer = await client.post(
        f"{API}/sign-in", json={"username": "dispatcher.here", "password": PASSWORD}
    )
    assert refusal(answer) == (401, "wrong_sign_in")


async def test_sign_in_leaves_a_trace(client: httpx.AsyncClient, house: House, town: Town) -> None:
    """Tests that granted and refused sign-ins are both in the audit, one row each."""
    await sign_in(client, "dispatcher.here")
    for username in ("dispatcher.here", "nobody.here"):
        await client.post(f"{API}/sign-in", json={"username": username, "password": "wrong"})
    async with house.db.transaction(actor="house", offices="*") as conn:
        rows = await conn.fetch("SELECT outcome, actor_id FROM identity.audit ORDER BY id")
    dispatcher = town.id("dispatcher.here")
    assert [tuple(row) for row in rows] == [
        ("granted", dispatcher),
        ("refused", dispatcher),
        ("refused", None),
    ]


async def test_sign_in_is_limited_by_address(app: Litestar, clock: Clock, town: Town) -> None:
    """Tests that the eleventh try of an address waits, that others do not, and for how long."""
    body = {"username": "dispatcher.here", "password": "wrong"}
    async with make_client(app) as client, make_client(app, "203.0.113.8") as other:
        for _ in range(10):
            assert (await client.post(f"{API}/sign-in", json=body)).status_code == 401
        answer = await client.post(f"{API}/sign-in", json=body | {"password": PASSWORD})
        assert refusal(answer) == (429, "too_many")
        assert int(answer.headers["retry-after"]) == 60
        await sign_in(other, "dispatcher.here")
        clock.advance(60)
        await sign_in(client, "dispatcher.here")


async def test_forwarded_address_counts_only_from_a_proxy(app: Litestar, town: Town) -> None:
    """Tests that a stranger cannot talk its way out of a limit by naming other addresses."""
    body = {"username": "dispatcher.here", "password": "wrong"}
    async with make_client(app) as client:
        statuses = [
            (
                await client.post(
                    f"{API}/sign-in", json=body, headers={"x-forwarded-for": f"198.51.100.{n}"}
                )
            ).status_code
            for n in range(11)
        ]
    assert statuses == [401] * 10 + [429]


@pytest.mark.parametrize(
    "body",
    [
        '{"username": "dispatcher.here"}',  # a field missing
        '{"username": "dispatcher.here", "password": "x", "role": "administrator"}',  # one more
        '{"username": "", "password": "x"}',
        '{"username": "dispatcher.here", "password": 12}',
        '{"username": "dispatcher.here", "password": "' + "x" * 1001 + '"}',
        '{"username": ',
        '{"username": "dispatcher\\u0000", "password": "x"}',  # no text of the database holds it
        '{"username": "\\ud800", "password": "x"}',  # half a character
        "[]",
        "",
        "\x00",
    ],
)
async def test_sign_in_refuses_malformed(client: httpx.AsyncClient, body: str) -> None:
    """Tests that unknown, missing and wrong fields are refused, with no word of their values."""
    answer = await client.post(
        f"{API}/sign-in", content=body, headers={"content-type": "application/json"}
    )
    assert refusal(answer) == (400, "malformed")
    assert "dispatcher" not in answer.text


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://tannoi.test"}, False),
        ({"origin": "https://tannoi.test"}, True),  # a browser without Sec-Fetch-Site
        ({"origin": "https://evil.test"}, False),
        ({"origin": "null"}, False),
        ({}, False),
    ],
)
async def test_unsafe_requests_come_from_our_own_pages(
    app: Litestar, town: Town, headers: dict[str, str], is_ours: bool
) -> None:
    """Tests that no other site can make a browser act here (A2)."""
    async with make_client(app) as client:
        del client.headers["sec-fetch-site"]
        answer = await client.post(
            f"{API}/sign-in",
            json={"username": "dispatcher.here", "password": PASSWORD},
            headers=headers,
        )
    if is_ours:
        assert answer.status_code == 200
    else:
        assert refusal(answer) == (403, "cross_site")


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""]
)
async def test_unsafe_requests_carry_json(client: httpx.AsyncClient, town: Town, kind: str) -> None:
    """Tests that what a form of another site can send is never taken (A2)."""
    headers = {"content-type": kind} if kind else {}
    answer = await client.post(f"{API}/sign-in", content=b"{}", headers=headers)
    assert refusal(answer) == (415, "unsupported")


@pytest.mark.parametrize(
    ("username", "absolute_s", "idle_s"),
    [("dispatcher.here", 12 * 3600, 1800), ("administrator.here", 4 * 3600, 900)],
)
async def test_session_ends_idle_and_at_its_limit(
    client: httpx.AsyncClient,
    clock: Clock,
    town: Town,
    username: str,
    absolute_s: int,
    idle_s: int,
) -> None:
    """Tests that a session ends without a request for long, and at last in any case (A1)."""
    await sign_in(client, username)
    clock.advance(idle_s - 1)
    assert (await client.get(f"{API}/me")).status_code == 200
    clock.advance(idle_s)
    assert refusal(await client.get(f"{API}/me")) == (401, "sign_in_first")
    await sign_in(client, username)
    begun = clock.at
    while clock.at - begun < timedelta(seconds=absolute_s - idle_s // 2):
        assert (await client.get(f"{API}/me")).status_code == 200
        clock.advance(idle_s // 2)
    clock.at = begun + timedelta(seconds=absolute_s)
    assert refusal(await client.get(f"{API}/me")) == (401, "sign_in_first")


async def test_session_is_seen_at_most_once_a_minute(
    client: httpx.AsyncClient, house: House, clock: Clock, town: Town
) -> None:
    """Tests that reading does not write more often than the idle limit needs."""
    await sign_in(client, "dispatcher.here")
    seen = []
    for seconds in (0, 59, 1, 59):
        clock.advance(seconds)
        await client.get(f"{API}/me")
        async with house.db.transaction(actor="house", offices="*") as conn:
            at = await conn.fetchval("SELECT last_seen_at FROM identity.session")
        seen.append((at - START).total_seconds())
    assert seen == [0, 0, 60, 60]


async def test_session_token_is_not_kept(
    client: httpx.AsyncClient, house: House, town: Town
) -> None:
    """Tests that the database alone opens no session: it keeps a hash of 256 random bits."""
    await sign_in(client, "dispatcher.here")
    token = client.cookies[SESSION]
    assert len(token) == 43
    async with house.db.transaction(actor="house", offices="*") as conn:
        kept = await conn.fetchval("SELECT token_hash FROM identity.session")
    client.cookies[SESSION] = kept.hex()
    assert (await client.get(f"{API}/me")).status_code == 401


async def test_sign_out_ends_the_session(client: httpx.AsyncClient, town: Town) -> None:
    """Tests that a signed-out token opens nothing, even when it was copied before."""
    await sign_in(client, "dispatcher.here")
    token = client.cookies[SESSION]
    answer = await client.post(f"{API}/sign-out")
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    client.cookies.clear()
    client.cookies[SESSION] = token
    assert refusal(await client.get(f"{API}/me")) == (401, "sign_in_first")
    assert refusal(await client.post(f"{API}/sign-out")) == (401, "sign_in_first")


async def test_disabled_staff_is_refused_within_one_request(
    app: Litestar, client: httpx.AsyncClient, town: Town
) -> None:
    """Tests that nothing of a session is cached: who is disabled is out with the next request."""
    await sign_in(client, "dispatcher.here")
    async with make_client(app) as boss:
        await sign_in(boss, "administrator.here")
        answer = await boss.post(f"{API}/staff/{town.id('dispatcher.here')}/disable")
        assert answer.status_code == 204
        itself = await boss.post(f"{API}/staff/{town.id('administrator.here')}/disable")
        assert refusal(itself) == (409, "same_person")
        other = await boss.post(f"{API}/staff/{town.id('dispatcher.there')}/disable")
        assert refusal(other) == (404, "not_found")
    assert refusal(await client.get(f"{API}/me")) == (401, "sign_in_first")


async def test_new_password_ends_sessions(
    client: httpx.AsyncClient, house: House, town: Town
) -> None:
    """Tests that who had the old password is out, and the new one opens."""
    await sign_in(client, "dispatcher.here")
    async with house.db.transaction(actor="house", offices="*") as conn:
        await identity.set_password(
            conn, identity.HOUSE, town.id("dispatcher.here"), "sông Cầu nước chảy", now=START
        )
    assert refusal(await client.get(f"{API}/me")) == (401, "sign_in_first")
    body = {"username": "dispatcher.here", "password": "sông Cầu nước chảy"}
    assert (await client.post(f"{API}/sign-in", json=body)).status_code == 200


async def test_cookies_lose_their_prefix_over_plain_http(
    house: House, clock: Clock, town: Town
) -> None:
    """Tests that with the setting for plain HTTP browsers still return the session."""
    settings = msgspec.structs.replace(house.settings, cookie_secure=False)
    app = make_app(dataclasses.replace(house, settings=settings), clock)
    async with make_client(app) as client:
        await sign_in(client, "dispatcher.here")
        assert list(client.cookies) == ["tannoi"]
        assert (await client.get(f"{API}/me")).status_code == 200


async def test_refusals_speak_the_language_asked_for(client: httpx.AsyncClient) -> None:
    """Tests that a refusal is a sentence in Vietnamese, or English on wish."""
    answer = await client.get(f"{API}/me")
    assert answer.json()["title"] == "Hãy đăng nhập trước."
    answer = await client.get(f"{API}/me", headers={"accept-language": "en-GB,en;q=0.9"})
    assert answer.json()["title"] == "Sign in first."


async def test_requests_leave_no_transaction_open(
    client: httpx.AsyncClient, house: House, town: Town, admin_conn: asyncpg.Connection
) -> None:
    """Tests that granted and refused requests alike give their connections back clean."""
    await sign_in(client, "dispatcher.here")
    for _ in range(6):
        await client.get(f"{API}/me")
        await client.post(f"{API}/codes", json={"staff_id": str(new_id())})
    idle = await admin_conn.fetch(
        "SELECT state FROM pg_stat_activity WHERE application_name = 'test'"
    )
    assert {row["state"] for row in idle} == {"idle"}
    assert house.db.pool.get_idle_size() == house.db.pool.get_size()
