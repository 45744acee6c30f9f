"""Tests of the worker as a process: killed in the middle of a plan, stopped politely."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from backend import dispatch
from backend.house import House
from tests.backend.desk import MORNING, TODAY, Day, make_day

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 90


@asynccontextmanager
async def worker_process(house: House) -> AsyncIterator[asyncio.subprocess.Process]:
    settings = house.settings
    env = {
        "PATH": os.environ.get("PATH", ""),
        "TANNOI_DATA_DIR": str(settings.data_dir),
        "TANNOI_DATABASE_URL": settings.database_url,
        "TANNOI_MODE": "demo",
        "TANNOI_DEMO_KEY": "k" * 32,
        "TANNOI_SEAL_KEYS": f"1:{bytes(range(32)).hex()}",
        "TANNOI_INDEX_KEY": bytes(range(32, 64)).hex(),
        "TANNOI_SIGNING_KEYS": bytes(range(64, 96)).hex(),
        "TANNOI_LEDGER_KEY": bytes(range(96, 128)).hex(),
        "TANNOI_VAPID_PRIVATE_KEY": settings.vapid_private_key,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "backend.worker",
        cwd=ROOT,
        env=env,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def ask(day: Day, budget_s: int) -> object:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        for at in range(40):
            await day.book(conn, "S1", lat=21.16 + at / 900, lon=106.04 + at % 7 / 200)
        return await dispatch.ask(
            conn,
            office_id=day.office_id,
            service_on=TODAY,
            asked_by=day.couriers[0],
            now=MORNING,
            budget_s=budget_s,
        )


async def until_state(day: Day, plan_id: object, *states: str) -> dispatch.PlanRow:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with day.house.db.transaction(actor="house", offices="*") as conn:
                plan = await dispatch.get_plan(conn, day.office_id, plan_id)
            if plan.state in states:
                return plan
            await asyncio.sleep(0.1)


def list_children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


async def until_gone(pids: list[int]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while any(is_alive(pid) for pid in pids):  # noqa: ASYNC110 (a process of nobody's here)
            await asyncio.sleep(0.1)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
async def test_plan_survives_the_death_of_its_worker(house: House) -> None:
    """Tests that after kill -9 the search ends by itself, and another worker makes the plan."""
    day = await make_day(house)
    plan_id = await ask(day, budget_s=3)
    async with worker_process(house) as first:
        await until_state(day, plan_id, "solving")
        async with asyncio.timeout(PATIENCE_S):
            while not (searches := list_children(first.pid)):  # noqa: ASYNC110 (as above)
                await asyncio.sleep(0.02)
        first.kill()
        await first.wait()
    await until_gone(searches)

    async with worker_process(house):
        plan = await until_state(day, plan_id, "draft", "failed")

    assert plan.state == "draft"
    assert plan.num_tries == 2


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
async def test_stopped_worker_ends_cleanly_and_leaves_no_search(house: House) -> None:
    """Tests that SIGTERM ends worker and search within the grace, and the plan is taken again."""
    day = await make_day(house)
    plan_id = await ask(day, budget_s=20)
    async with worker_process(house) as first:
        await until_state(day, plan_id, "solving")
        async with asyncio.timeout(PATIENCE_S):
            while not (searches := list_children(first.pid)):  # noqa: ASYNC110 (as above)
                await asyncio.sleep(0.02)
        first.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(first.wait(), PATIENCE_S)

    assert code == 0
    assert not any(is_alive(pid) for pid in searches)
    async with worker_process(house):
        async with asyncio.timeout(PATIENCE_S):
            while (  # noqa: ASYNC110 (a row in the database, no event)
                await until_state(day, plan_id, "solving", "draft")
            ).num_tries < 2:
                await asyncio.sleep(0.1)
