from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from backend import identity
from backend.house import House
from backend.kit.ids import new_id
from tests.backend.identity.conftest import (
    API,
    HERE,
    SESSION,
    START,
    Clock,
    refusal,
)


async def make_link(house: House, errand_id: object) -> str:
    async with house.db.transaction(actor="house", offices="*") as conn:
        return await identity.make_link(
            conn,
            office_id=HERE.id,
            errand_id=errand_id,
            expires_at=START + timedelta(days=30),
            now=START,
        )


async def test_link_opens_one_errand(client: httpx.AsyncClient, house: House) -> None:
    """Tests that a citizen's link of 128 bits opens its errand and nothing of staff's."""
    errand_id = new_id()
    token = await make_link(house, errand_id)
    assert len(token) == 22
    answer = await client.get(f"/api/test/v1/visits/{token}")
    assert answer.json() == {"errand_id": str(errand_id), "office_id": str(HERE.id)}
    client.cookies[SESSION] = token
    assert refusal(await client.get(f"{API}/me")) == (401, "sign_in_first")


async def end_in_time(house: House, clock: Clock, token: str, errand_id: object) -> str:
    clock.advance(30 * 24 * 3600)
    return token


async def replace(house: House, clock: Clock, token: str, errand_id: object) -> str:
    await make_link(house, errand_id)
    return token


async def make_up(house: House, clock: Clock, token: str, errand_id: object) -> str:
    return "x" * 22


@pytest.mark.parametrize("spoil", [end_in_time, replace, make_up])
async def test_link_refuses_alike(
    client: httpx.AsyncClient,
    house: House,
    clock: Clock,
    spoil: Callable[[House, Clock, str, object], Awaitable[str]],
) -> None:
    """Tests that unknown, expired and replaced links give the same answer (A7)."""
    errand_id = new_id()
    token = await spoil(house, clock, await make_link(house, errand_id), errand_id)
    answer = await client.get(f"/api/test/v1/visits/{token}")
    assert refusal(answer) == (404, "not_found")
    assert answer.json()["params"] == {}


async def test_links_cannot_be_tried_out(client: httpx.AsyncClient, house: House) -> None:
    """Tests that ten misses a minute are all an address gets, and thirty look-ups (A7)."""
    token = await make_link(house, new_id())
    statuses = [
        (await client.get(f"/api/test/v1/visits/{'x' * 21}{n % 10}")).status_code for n in range(11)
    ]
    assert statuses == [404] * 10 + [429]
    statuses = [(await client.get(f"/api/test/v1/visits/{token}")).status_code for _ in range(20)]
    assert statuses == [200] * 19 + [429]
