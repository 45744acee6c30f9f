"""Solve in the background: a process of its own searches, its news are written as they come."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import structlog

from backend import network, rounds
from backend.dispatch import store
from backend.dispatch.actions import SOLVE, fail_lost_plans, plan_topic, read_input
from backend.dispatch.model import PlanRow, Solve
from backend.drafts import News, PlanInput, TravelSource
from backend.house import House, JobHandler, Sweep
from backend.kit import jobs, live
from backend.kit.clock import now, service_day

log = structlog.get_logger("dispatch")

ROOT = Path(__file__).resolve().parents[2]
SOLVER = "backend.drafts"
TRIES_MAX = 3
SILENCE_S = 120
"""A search that says nothing for so long, beyond its budget, is given up."""
LINE_BYTES_MAX = 16 * 1024 * 1024


class SolverDied(Exception):
    """The solving process ended without an answer; the job is tried again."""


async def solve(house: House, payload: bytes) -> None:
    """Make the plan of the job: write progress and drafts as they come, then the final one.

    Run twice, the second run finds the plan done, or takes over from the first, whose writes
    then touch nothing. After `TRIES_MAX` tries the plan is failed, never stuck.
    """
    job = jobs.decode(payload, Solve)
    async with house.db.transaction(actor="house", offices="*") as conn:
        plan = await store.begin_solving(conn, job.office_id, job.plan_id, now())
        if plan is None:
            return
        if plan.num_tries > TRIES_MAX:
            await store.fail_plan(conn, plan.office_id, plan.id, "plan_failed", now())
            await live.publish(conn, plan_topic(plan.office_id))
            return
        asked = await read_input(conn, plan, now())
        asked = msgspec.structs.replace(asked, travel=_travel_source(house))
        await live.publish(conn, plan_topic(plan.office_id))
    async with _searching(asked) as news:
        async for line in news:
            if not await _write(house, plan, line, now()):
                log.info("plan_taken_away", plan=str(plan.id))
                return
            if line.is_done:
                _log_warnings(plan, line)
                return
    raise SolverDied(str(plan.id))


def _travel_source(house: House) -> TravelSource:
    """Return where the solving process finds travel times; it reads no settings itself."""
    settings = house.settings
    return TravelSource(
        engine=settings.travel,
        timeout_s=settings.travel_timeout_s,
        keep_dir=str(settings.data_dir / "travel"),
        factors=str(settings.travel_factors) if settings.travel_factors else None,
        python=settings.travel_python,
    )


def _log_warnings(plan: PlanRow, news: News) -> None:
    """Tell the operator too: the dispatcher cannot mend a road engine."""
    for warning in news.draft.warnings if news.draft else ():
        log.warning("plan_warning", plan=str(plan.id), code=warning.code, **warning.params)


async def _write(house: House, plan: PlanRow, news: News, at: datetime) -> bool:
    """Write one line of news; False when the plan is no longer this run's to make."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        if news.is_done:
            assert news.draft is not None, "the last news carries the draft"
            is_ours = await store.finish_solving(conn, plan, news.progress, news.draft, at)
        else:
            is_ours = await store.write_progress(conn, plan, news.progress, news.draft, at)
        if is_ours:
            await live.publish(conn, plan_topic(plan.office_id))
    return is_ours


@asynccontextmanager
async def _searching(asked: PlanInput) -> AsyncIterator[AsyncIterator[News]]:
    """Run the solving process; it never outlives this block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        SOLVER,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LINE_BYTES_MAX,
        cwd=ROOT,
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(msgspec.json.encode(asked))
        await process.stdin.drain()
        process.stdin.close()
        yield _read_news(process.stdout, asked.budget_s + SILENCE_S)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _read_news(out: asyncio.StreamReader, silence_s: float) -> AsyncIterator[News]:
    while True:
        line = await asyncio.wait_for(out.readline(), timeout=silence_s)
        if not line:
            return
        yield msgspec.json.decode(line, type=News)


async def sweep(house: House) -> None:
    """Fail plans that a vanished worker left behind; run now and then by the worker."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        await fail_lost_plans(conn, now())


async def forget_places(house: House) -> None:
    """Let go of where couriers were, once the house may not keep it any longer."""
    at = now()
    async with house.db.transaction(actor="house", offices="*") as conn:
        hours = await network.get_number(
            conn, rounds.PLACE_HOURS, service_day(at), default=rounds.PLACE_HOURS_USUAL
        )
        await rounds.forget_places(conn, before=at - timedelta(hours=hours))


HANDLERS: dict[str, JobHandler] = {SOLVE: solve}
SWEEPS: tuple[Sweep, ...] = (sweep, forget_places)
CONCURRENCY = {SOLVE: 2}
"""At once, over all workers: a search takes a core whole."""
