"""Tests of the worker: jobs run, are tried again, given up, given back, taken over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec
import pytest

from backend import dispatch, worker
from backend.house import House, JobHandler
from backend.kit import jobs
from backend.worker import Worker
from tests.backend.desk import MORNING, TODAY, make_day

pytestmark = pytest.mark.anyio
PATIENCE_S = 30


class Number(msgspec.Struct, frozen=True):
    """A payload."""

    n: int


@asynccontextmanager
async def running(house: House, handlers: dict[str, JobHandler]) -> AsyncIterator[Worker]:
    found = Worker(house, handlers)
    task = asyncio.create_task(found.run())
    try:
        yield found
    finally:
        found.stop()
        await asyncio.wait_for(task, PATIENCE_S)


async def enqueue(house: House, name: str, n: int = 1) -> None:
    async with house.db.transaction(actor="house", offices="*") as conn:
        await jobs.enqueue(conn, name, Number(n))


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await is_so():  # noqa: ASYNC110 (a row in the database, no event)
            await asyncio.sleep(0.05)


async def num_waiting(house: House) -> int:
    return int(await house.db.pool.fetchval("SELECT count(*) FROM pgqueuer"))


async def test_job_runs_and_leaves_the_queue(house: House) -> None:
    """Tests that a job reaches its handler with its payload, once."""
    got: list[int] = []

    async def handler(_: House, payload: bytes) -> None:
        got.append(jobs.decode(payload, Number).n)

    async with running(house, {"count": handler}):
        await enqueue(house, "count", 7)

        async def is_empty() -> bool:
            return got != [] and await num_waiting(house) == 0

        await until(is_empty)

    assert got == [7]


async def test_job_of_a_transaction_rolled_back_never_runs(house: House) -> None:
    """Tests that a job exists only if the transaction that enqueued it committed."""

    async def fail_after_enqueueing() -> None:
        async with house.db.transaction(actor="house", offices="*") as conn:
            await jobs.enqueue(conn, "count", Number(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_after_enqueueing()

    assert await num_waiting(house) == 0


async def test_failing_job_is_tried_again_then_kept_for_a_person(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a job that never succeeds ends in the list of given-up jobs, and may return."""
    monkeypatch.setattr(worker, "FIRST_PAUSE", timedelta(milliseconds=1))
    monkeypatch.setattr(worker, "RETRIES", 2)
    tries: list[int] = []

    async def handler(_: House, payload: bytes) -> None:
        tries.append(jobs.decode(payload, Number).n)
        if len(tries) < 4:
            raise RuntimeError("boom")

    async def is_given_up() -> bool:
        async with house.db.transaction(actor="house", offices="*") as conn:
            return len(await jobs.list_failed(conn)) == 1

    async with running(house, {"flaky": handler}):
        await enqueue(house, "flaky", 3)
        await until(is_given_up)
        assert tries == [3, 3, 3]
        async with house.db.transaction(actor="house", offices="*") as conn:
            (failed,) = await jobs.list_failed(conn)
            await jobs.retry_failed(conn, [failed.id])
        assert (failed.entrypoint, failed.payload) == ("flaky", '{"n":3}')

        async def is_empty() -> bool:
            return await num_waiting(house) == 0

        await until(is_empty)

    assert tries == [3, 3, 3, 3]


async def test_stopping_gives_back_what_does_not_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a worker that stops gives a long job back, and the next worker runs it."""
    monkeypatch.setattr(worker, "GRACE_S", 0.1)
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless(_: House, __: bytes) -> None:
        begun.set()
        await asyncio.sleep(3600)

    async def quick(_: House, __: bytes) -> None:
        ended.set()

    async with running(house, {"long": endless}):
        await enqueue(house, "long")
        await asyncio.wait_for(begun.wait(), PATIENCE_S)
    assert await num_waiting(house) == 1

    async with running(house, {"long": quick}):
        await asyncio.wait_for(ended.wait(), PATIENCE_S)


async def test_job_of_a_dead_worker_is_taken_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a job picked by a worker that died is run by another after its heartbeat."""
    monkeypatch.setattr(worker, "HEARTBEAT", timedelta(seconds=1))
    await enqueue(house, "count")
    await house.db.pool.execute(
        "UPDATE pgqueuer SET status = 'picked', queue_manager_id = gen_random_uuid(),"
        " heartbeat = now() - interval '1 minute'"
    )
    ended = asyncio.Event()

    async def handler(_: House, __: bytes) -> None:
        ended.set()

    async with running(house, {"count": handler}):
        await asyncio.wait_for(ended.wait(), PATIENCE_S)


async def test_plan_is_solved_by_the_worker_while_others_work(house: House) -> None:
    """Tests that the worker of all rooms makes a plan that was asked for."""
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        for at in range(5):
            await day.book(conn, "S2", lat=21.17 + at / 300)
        plan_id = await dispatch.ask(
            conn,
            office_id=day.office_id,
            service_on=TODAY,
            asked_by=day.couriers[0],
            now=MORNING,
            budget_s=1,
        )

    async def state() -> str:
        async with house.db.transaction(actor="house", offices="*") as conn:
            return (await dispatch.get_plan(conn, day.office_id, plan_id)).state

    async def is_draft() -> bool:
        return await state() == "draft"

    async with running(house, dict(worker.HANDLERS)):
        await until(is_draft)
