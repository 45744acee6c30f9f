"""The worker process: runs the jobs of every room by PgQueuer, and now and then looks for strays.

A job runs at least once; it is tried again with growing pauses and, when it never succeeds, kept
as failed for a person to look at. Stopping lets running jobs end, then gives back what is left.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import structlog
from pgqueuer import PgQueuer
from pgqueuer.errors import FailingListenerError, RetryRequested
from pgqueuer.executors import DatabaseRetryEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.models import Job

from backend.cash import jobs as cash_jobs
from backend.charges import jobs as charges_jobs
from backend.dispatch import jobs as dispatch_jobs
from backend.house import House, JobHandler, Sweep, make_house
from backend.kit.db import prepare
from backend.kit.logs import set_up_logs
from backend.ledger import jobs as ledger_jobs
from backend.money_orders import jobs as order_jobs
from backend.notifications import jobs as notification_jobs
from backend.ops import nightly
from backend.payouts import jobs as payout_jobs
from backend.settings import WrongSettings, read_settings
from backend.sync import jobs as sync_jobs

log = structlog.get_logger("worker")

HANDLERS: Mapping[str, JobHandler] = {
    **dispatch_jobs.HANDLERS,
    **notification_jobs.HANDLERS,
    **order_jobs.HANDLERS,
    **payout_jobs.HANDLERS,
    **sync_jobs.HANDLERS,
}
SWEEPS: tuple[Sweep, ...] = (
    *cash_jobs.SWEEPS,
    *charges_jobs.SWEEPS,
    *dispatch_jobs.SWEEPS,
    *ledger_jobs.SWEEPS,
    *nightly.SWEEPS,
    *payout_jobs.SWEEPS,
)

CONCURRENCY: Mapping[str, int] = {**dispatch_jobs.CONCURRENCY, **payout_jobs.CONCURRENCY}
CONCURRENCY_ELSE = 8
"""Of one kind at once, over all workers: messages only wait for push services."""

RETRIES = 4
"""After the first try: pauses of 2, 8, 32 and 128 s."""
FIRST_PAUSE = timedelta(seconds=2)
PAUSE_GROWTH = 4.0
HEARTBEAT = timedelta(seconds=12)
"""A job whose worker gave no sign of life for so long is taken by another."""
LISTENER_TRIES = 5
"""How often the queue is begun again when nobody seems to hear its news."""
GRACE_S = 8.0
"""At a stop running jobs may end within this; then they are given back."""
STOP_S_MAX = 20.0
"""A worker that was told to stop and cannot ends by then."""
SWEEP_S = 30.0
POOL_SIZE = 6


class Worker:
    """Runs jobs of one house until it is stopped."""

    def __init__(self, house: House, handlers: Mapping[str, JobHandler] = HANDLERS) -> None:
        self._house = house
        self._handlers = handlers
        self._stopping = asyncio.Event()
        self._queue: PgQueuer | None = None

    def stop(self) -> None:
        """Take no more jobs; `run` returns when those at work have ended or were given back."""
        self._stopping.set()
        if self._queue is not None:
            self._queue.shutdown.set()

    async def run(self) -> None:
        """Run jobs until `stop`; a lost database ends it with the error."""
        sweeping = asyncio.create_task(self._sweep(), name="sweeps")
        try:
            for left in range(LISTENER_TRIES - 1, -1, -1):
                if self._stopping.is_set():
                    return
                try:
                    await self._run_queue()
                except FailingListenerError:
                    # On a busy machine its first probe may be sent before anybody listens.
                    log.warning("listener_failed", num=left)
                    if left == 0:
                        raise
                else:
                    return
        finally:
            sweeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sweeping

    async def _run_queue(self) -> None:
        async with _listening(self._house) as pool:
            queue = PgQueuer.from_asyncpg_pool(pool)
            self._queue = queue
            for name, handler in self._handlers.items():
                self._register(queue, name, handler)
            if not self._stopping.is_set():
                await queue.run(
                    dequeue_timeout=timedelta(seconds=5),
                    batch_size=10,
                    heartbeat_timeout=HEARTBEAT,
                    shutdown_on_listener_failure=True,
                )

    def _register(self, queue: PgQueuer, name: str, handler: JobHandler) -> None:
        async def entry(job: Job) -> None:
            await self._work(name, handler, job)

        def executor(parameters: EntrypointExecutorParameters) -> DatabaseRetryEntrypointExecutor:
            return DatabaseRetryEntrypointExecutor(
                parameters=parameters,
                max_attempts=RETRIES,
                initial_delay=FIRST_PAUSE,
                backoff_multiplier=PAUSE_GROWTH,
            )

        queue.entrypoint(
            name,
            concurrency_limit=CONCURRENCY.get(name, CONCURRENCY_ELSE),
            accepts_context=False,
            on_failure="hold",
            executor_factory=executor,
        )(entry)

    async def _work(self, name: str, handler: JobHandler, job: Job) -> None:
        """Run one job; at a stop it gets `GRACE_S`, then goes back to the queue."""
        work = asyncio.ensure_future(handler(self._house, job.payload or b""))
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((work, stop), return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                await asyncio.wait((work,), timeout=GRACE_S)
            if not work.done():
                raise RetryRequested(reason="the worker stops")
            work.result()
        except RetryRequested:
            raise
        except Exception as error:
            log.warning("job_failed", job=name, num=job.attempts, exc_info=error)
            raise
        finally:
            stop.cancel()
            work.cancel()
            with contextlib.suppress(BaseException):
                await work

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            for sweep in SWEEPS:
                try:
                    await sweep(self._house)
                except (OSError, asyncpg.PostgresError) as error:
                    log.warning("sweep_failed", exc_info=error)


@asynccontextmanager
async def _listening(house: House) -> AsyncIterator[asyncpg.Pool]:
    """Give a pool for the queue itself: PgQueuer listens, which a pooler cannot pass on."""
    settings = house.settings
    async with asyncpg.create_pool(
        settings.database_direct_url or settings.database_url,
        min_size=1,
        max_size=3,
        # Jobs are put in through connections that write JSON this way; it is read the same way.
        init=prepare,
        server_settings={"role": "tannoi_app", "application_name": "tannoi-queue"},
    ) as pool:
        yield pool


async def serve(house: House) -> None:
    """Open the house, run jobs until SIGTERM or SIGINT, close it."""
    await house.open(name="tannoi-worker", pool_size=POOL_SIZE, with_hub=False)
    worker = Worker(house)
    loop = asyncio.get_running_loop()

    def stop() -> None:
        worker.stop()
        # A database that went away for good keeps its connections waiting: end all the same.
        loop.call_later(STOP_S_MAX, _give_up)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    log.info("worker_ready")
    try:
        await worker.run()
    finally:
        await house.close()


def _give_up() -> None:
    """End at once; jobs at work are taken by another worker, as after a crash."""
    log.warning("stop_forced")
    os._exit(1)


def main() -> int:
    """Run the worker with the settings of the environment; return the exit code."""
    try:
        settings = read_settings(os.environ)
    except WrongSettings as error:
        sys.stderr.write(f"{error}\n")
        return 2
    set_up_logs(settings.log_level)
    asyncio.run(serve(make_house(settings)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
