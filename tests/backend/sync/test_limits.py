import asyncio
import importlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from litestar import Litestar

from backend.house import House
from backend.kit import http as kit_http
from backend.sync.http import phone as phone_http
from backend.sync.store import Overtaken
from tests.backend.desk import Day, make_day
from tests.backend.sync.calling import EXCHANGE, Caller, code_of, enrol


@pytest.fixture
async def day(house: House) -> Day:
    return await make_day(house)


@pytest.fixture
async def phone(app: Litestar, day: Day) -> AsyncIterator[Caller]:
    caller = await enrol(app, day)
    yield caller
    await caller.client.aclose()


def raising(error: Exception, times: int) -> Any:
    """Return an exchange that fails so often before it works."""
    real = phone_http.exchange
    left = [times]

    async def fail(*given: Any) -> Any:
        if left[0] > 0:
            left[0] -= 1
            raise error
        return await real(*given)

    return fail


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.DeadlockDetectedError("x"),
        asyncpg.SerializationError("x"),
        asyncpg.LockNotAvailableError("x"),
        Overtaken(),
    ],
)
async def test_the_meeting_of_two_transactions_is_tried_again(
    phone: Caller, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Tests that a deadlock is nobody's fault: three tries, then 503 (R3)."""
    monkeypatch.setattr(phone_http, "exchange", raising(error, 2))
    assert (await phone.exchange()).status_code == 200
    monkeypatch.setattr(phone_http, "exchange", raising(error, 9))
    answer = await phone.exchange()
    assert code_of(answer) == (503, "busy")
    assert 5 <= int(answer.headers["retry-after"]) <= 60


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.QueryCanceledError("statement timeout"),
        asyncpg.ConnectionDoesNotExistError("x"),
        asyncpg.AdminShutdownError("x"),
        asyncpg.CannotConnectNowError("x"),
        asyncpg.TooManyConnectionsError("x"),
        asyncpg.ReadOnlySQLTransactionError("x"),
        asyncpg.DiskFullError("x"),
        ConnectionResetError("x"),
        OSError(28, "No space left on device"),
    ],
)
async def test_a_database_away_is_busy(
    phone: Caller, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Tests that a lost, full or read-only database answers 503 with a time to come back (R10)."""
    monkeypatch.setattr(phone_http, "exchange", raising(error, 9))
    answer = await phone.exchange()
    assert code_of(answer) == (503, "busy")
    assert 5 <= int(answer.headers["retry-after"]) <= 60
    assert answer.json()["title"].startswith("Hệ thống đang bận")


async def test_too_many_exchanges_at_once_are_turned_away(
    phone: Caller, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that beyond the limit a phone is told at once when to come back (R4)."""
    monkeypatch.setattr(house.exchanges, "num_max", 1)
    gate, is_in = asyncio.Event(), asyncio.Event()
    real = phone_http.exchange

    async def slow(*given: Any) -> Any:
        is_in.set()
        await gate.wait()
        return await real(*given)

    monkeypatch.setattr(phone_http, "exchange", slow)
    first = asyncio.create_task(phone.exchange())
    await is_in.wait()
    answers = [await phone.exchange() for _ in range(3)]
    assert {code_of(answer) for answer in answers} == {(503, "busy")}
    assert all(5 <= int(answer.headers["retry-after"]) <= 60 for answer in answers)
    gate.set()
    assert (await first).status_code == 200


async def test_a_call_that_never_ends_is_ended(
    phone: Caller, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a call over its time answers 503, and leaves neither place nor connection (R3)."""
    monkeypatch.setattr(kit_http, "REQUEST_S_MAX", 0.5)
    real = phone_http.exchange

    async def hang(*_: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr(phone_http, "exchange", hang)
    answer = await phone.exchange()
    assert code_of(answer) == (503, "busy")
    assert 5 <= int(answer.headers["retry-after"]) <= 60
    house.exchanges.check()
    assert house.phones.pool.get_size() == house.phones.pool.get_idle_size()
    monkeypatch.setattr(phone_http, "exchange", real)
    monkeypatch.setattr(kit_http, "REQUEST_S_MAX", 30.0)
    assert (await phone.exchange()).status_code == 200


async def test_a_long_batch_commits_what_it_has_done(
    phone: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a batch out of time acknowledges its prefix, and always a fact at least."""
    module = importlib.import_module("backend.sync.exchange")
    monkeypatch.setattr(module, "BATCH_S_MAX", -1.0)
    for number in range(3):
        phone.phone.record("item.lost", {"n": number})
    assert [(await phone.talk())["ack"] for _ in range(3)] == [1, 2, 3]


async def test_bodies_and_batches_have_limits(phone: Caller) -> None:
    """Tests that a body past 256 KiB is refused as too large, so that the phone halves it."""
    answer = await phone.ask("POST", EXCHANGE, b'{"v":1,"x":"%s"}' % (b"a" * 256 * 1024))
    assert code_of(answer) == (413, "too_large")


async def test_statements_of_an_exchange_end_in_three_seconds(
    phone: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that the limit of the statement holds inside an exchange and nowhere else (R3)."""
    seen = []
    real = phone_http.exchange

    async def look(conn: Any, *given: Any) -> Any:
        seen.append(await conn.fetchval("SHOW statement_timeout"))
        return await real(conn, *given)

    monkeypatch.setattr(phone_http, "exchange", look)
    await phone.talk()
    assert seen[0] == "3s"
