"""The caller is gone, or the task cancelled, at every await of an exchange (P6)."""

import asyncio
import os
import random
import types
from collections.abc import Coroutine, Generator
from typing import Any

import asyncpg
import pytest

from backend.house import House
from backend.kit.clock import now
from backend.sync import Caller, exchange
from backend.sync.http import phone as sync_http
from backend.sync.model import Reply
from tests.simulation import checks, facts
from tests.simulation.phone import Clock, Phone
from tests.simulation.town import CourierOfTown, make_town

pytestmark = pytest.mark.store

NUM_OPS = int(os.environ.get("CUT_OPS", "3"))
"""Facts in each batch; nightly 20."""
NUM_WAITS_MIN = 15
HELD_S_MAX = 1.0
"""No lock or connection may be kept longer behind a caller who is gone (P6)."""


@types.coroutine
def cut_at(
    work: Coroutine[Any, Any, Reply], num: int, seen: list[int]
) -> Generator[Any, Any, Reply]:
    """Run `work`, and cancel its task while it waits for the `num`-th time."""
    error: BaseException | None = None
    while True:
        try:
            waited = work.send(None) if error is None else work.throw(error)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]
        seen.append(len(seen) + 1)
        if seen[-1] == num:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
        error = None
        try:
            yield waited
        except BaseException as thrown:
            error = thrown


async def send(house: House, courier: CourierOfTown, body: bytes) -> Reply:
    """Do what the handler of the exchange does, its answer not taken."""
    caller = Caller(
        office_id=courier.office_id,
        device_id=courier.device_id,
        staff_id=courier.staff_id,
        now=now(),
        sealer=house.sealer,
    )
    request = sync_http.read_request(body)
    return await sync_http._try(house, caller, lambda conn: exchange(conn, request, caller))


async def list_held(conn: asyncpg.Connection) -> list[str]:
    """Return what other connections of this database still hold open."""
    rows = await conn.fetch(
        "SELECT state || ': ' || query AS words FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
    )
    return [row["words"] for row in rows]


async def check_let_go(conn: asyncpg.Connection, num: int) -> None:
    deadline = asyncio.get_running_loop().time() + HELD_S_MAX
    while held := await list_held(conn):
        assert asyncio.get_running_loop().time() < deadline, f"cut at wait {num}: {held}"
        await asyncio.sleep(0.01)


async def count_rows(conn: asyncpg.Connection) -> list[int]:
    """Return how many facts, effects and decisions there are."""
    tables = ("sync.op_log", "sync.effect", "sync.op_decision")
    return [await conn.fetchval(f"SELECT count(*) FROM {table}") for table in tables]


async def test_exchange_cancelled_at_any_await_leaves_nothing_half_done(admin_conn, house):
    """Tests that a batch is recorded whole or not at all, and that nothing is kept locked."""
    rnd = random.Random(7)
    made = make_town(rnd, now=now(), num_couriers=1, num_stops=40)
    await made.write(admin_conn)
    courier = made.couriers[0]
    day = facts.day_of(courier, rnd, 20_000)
    phone = Phone(Clock(now), rnd)
    num, is_whole = 0, False
    while not is_whole:
        num += 1
        for kind, fields in day[phone.head : phone.head + NUM_OPS]:
            phone.record(kind, fields)
        before, seen = await count_rows(admin_conn), []
        work = asyncio.ensure_future(cut_at(send(house, courier, phone.make_request()), num, seen))
        try:
            await work
            is_whole = len(seen) < num
        except asyncio.CancelledError:
            pass
        await check_let_go(admin_conn, num)
        after = await count_rows(admin_conn)
        assert len(set(after)) == 1, f"cut at wait {num}: {after}"
        assert after in (before, [phone.head] * 3), f"cut at wait {num}: {before} then {after}"
        phone.take_reply(await reply_of(house, courier, phone), phone.request)
    print(f"{num} waits")
    assert num > NUM_WAITS_MIN
    assert phone.acked == phone.head
    assert await checks.find_violations(admin_conn) == {}


async def reply_of(house: House, courier: CourierOfTown, phone: Phone) -> dict[str, Any]:
    """Return the answer to the same batch, sent again by a patient caller."""
    reply = await send(house, courier, phone.make_request())
    return {
        "fork": reply.fork,
        "ack_only": False,
        "ack": reply.ack,
        "ack_hash": reply.ack_hash,
        "decisions": [],
        "reset": True,
        "safe": reply.safe,
        "epoch": reply.epoch,
    }
