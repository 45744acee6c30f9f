"""Pools of their own: no page and no list keeps a phone waiting, and no phone a desk (R4)."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from backend.house import House, make_house
from backend.kit import db as kit_db
from backend.kit.db import Db
from backend.kit.errors import Busy
from backend.kit.gate import Gate
from backend.settings import WrongSettings, check_settings
from tests.backend.desk import Day, make_client, make_day, make_settings, sign_in
from tests.backend.sync.calling import EXCHANGE, Caller, code_of, enrol

ME = "/api/identity/v1/me"
CODE = "/api/citizen/v1/codes/LD999999999VN"
SNAPSHOT = "/api/sync/v1/snapshot"
RESUME = "/api/identity/v1/resume"
READY = "/health/ready"
STATEMENT = f"/api/partner/v1/payout-lists/{UUID(int=1)}/statement"


@pytest.fixture
async def day(house: House) -> Day:
    return await make_day(house)


@pytest.fixture
async def phone(app: Litestar, day: Day) -> AsyncIterator[Caller]:
    caller = await enrol(app, day)
    yield caller
    await caller.client.aclose()


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a connection only as long as a test may."""
    monkeypatch.setattr(kit_db, "ACQUIRE_TIMEOUT_S", 0.5)


@asynccontextmanager
async def starved(*pools: Db) -> AsyncIterator[None]:
    """Hold every connection of these pools."""
    async with AsyncExitStack() as stack:
        for one in pools:
            for _ in range(one.pool.get_max_size()):
                await stack.enter_async_context(one.connection())
        yield


async def call(phone: Caller, path: str) -> httpx.Response:
    return await phone.ask("GET" if path not in (EXCHANGE, RESUME) else "POST", path)


async def test_pages_and_lists_cannot_starve_a_phone(phone: Caller, house: House) -> None:
    """Tests that a phone sends, reads its day and comes back while desk and citizens wait."""
    async with starved(house.db, house.citizens):
        assert (await phone.exchange()).status_code == 200
        assert (await call(phone, SNAPSHOT)).status_code == 200
        assert (await call(phone, RESUME)).status_code == 200
        for path in (ME, CODE):
            answer = await call(phone, path)
            assert code_of(answer) == (503, "busy")
            assert 5 <= int(answer.headers["retry-after"]) <= 60
    assert (await call(phone, ME)).status_code == 200


async def test_phones_cannot_starve_desks_and_citizens(phone: Caller, house: House) -> None:
    """Tests that with every connection of phones taken the others are served."""
    async with starved(house.phones):
        answer = await phone.exchange()
        assert code_of(answer) == (503, "busy")
        assert 5 <= int(answer.headers["retry-after"]) <= 60
        assert (await call(phone, ME)).status_code == 200
        assert (await call(phone, CODE)).status_code == 404


async def test_citizens_wait_before_desks(phone: Caller, house: House) -> None:
    """Tests that citizens' pages have their own few connections and cannot take a desk's."""
    async with starved(house.citizens):
        assert code_of(await call(phone, CODE)) == (503, "busy")
        assert (await call(phone, ME)).status_code == 200
        assert (await phone.exchange()).status_code == 200


async def test_files_have_time_and_keep_nobody_waiting(
    app: Litestar, day: Day, phone: Caller, house: House
) -> None:
    """Tests that files to save have connections and limits of their own (R3)."""
    assert day.dispatcher.id is not None
    session = await sign_in(day, day.dispatcher.id, "dispatcher")
    async with make_client(app, session) as desk:
        async with starved(house.reports):
            assert code_of(await desk.get(STATEMENT)) == (503, "busy")
            assert (await call(phone, ME)).status_code == 200
        async with starved(house.db, house.phones, house.citizens):
            assert code_of(await desk.get(STATEMENT)) == (404, "not_found")
    async with house.reports.connection() as conn:
        assert await conn.fetchval("SHOW statement_timeout") == "30s"
        assert await conn.fetchval("SHOW lock_timeout") == "1s"


async def test_full_pools_are_no_dead_database(phone: Caller, house: House) -> None:
    """Tests that a full house still says that its database answers: it must get requests (R7)."""
    async with starved(house.db, house.citizens, house.phones):
        found = (await call(phone, READY)).json()
    assert "database" not in found["faults"]
    assert found["epoch"] is not None


async def test_full_house_says_so_at_once(
    phone: Caller, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that past the limit no phone waits for a connection to be told to come back."""
    monkeypatch.setattr(house.exchanges, "num_max", 0)

    def asked(*_: object, **__: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(Db, "connection", asked)
    waits = set()
    for _ in range(20):
        answer = await phone.exchange()
        assert code_of(answer) == (503, "busy")
        waits.add(int(answer.headers["retry-after"]))
    assert 5 <= min(waits) <= max(waits) <= 60
    assert len(waits) > 1, "phones would all come back at once"


def test_gate_has_places_and_no_queue() -> None:
    """Tests that a place is given back however its holder leaves, and nobody waits for one."""
    gate = Gate(1)
    with gate.enter(), pytest.raises(Busy), gate.enter():
        raise AssertionError("two inside")
    with pytest.raises(KeyError), gate.enter():
        raise KeyError
    with gate.enter():
        pass


def test_two_exchanges_for_each_connection(db_url: str, tmp_path: Path) -> None:
    """Tests that twice as many exchanges are taken at once as phones have connections."""
    settings = make_settings(db_url, tmp_path, num_phone_connections=7)
    assert make_house(settings).exchanges.num_max == 14


@pytest.mark.parametrize("num", [0, -1, 101])
@pytest.mark.parametrize("name", ["desk", "phone", "citizen", "report"])
def test_pools_have_a_size(db_url: str, tmp_path: Path, name: str, num: int) -> None:
    """Tests that a pool without a connection, or without a limit, is refused at the start."""
    changes = {f"num_{name}_connections": num}
    settings = make_settings(db_url, tmp_path, **changes)
    with pytest.raises(WrongSettings, match=f"TANNOI_NUM_{name.upper()}_CONNECTIONS"):
        check_settings(settings)
