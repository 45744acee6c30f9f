"""Real processes under fire (P4): phones, a bad network, `kill -9` of server and database.

`python -m tests.simulation.chaos --ops 1000000` runs it at large and writes `build/chaos/`.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import asyncpg

from backend.kit.clock import now
from backend.ops.embedded_pg import EmbeddedPostgres
from backend.ops.migrate import APP, migrate
from tests import serving
from tests.serving import LiveServer, free_port, make_env
from tests.simulation import checks
from tests.simulation.field import CourierInField
from tests.simulation.field import Town as FieldTown
from tests.simulation.model import programme
from tests.simulation.proxy import NO_FAULTS, FaultProxy
from tests.simulation.town import make_town

REPORTS = serving.ROOT / "build" / "chaos"
NUM_OPS_PER_PHONE = 400
NUM_PHONES_MAX = 200
NUM_STOPS_MAX = 250
NUM_FACTS_PER_STOP = 3.2
NUM_OPS_PER_KILL = 30_000
NUM_KILLS_MIN = 2
WATCH_S = 0.05


@dataclass
class Report:
    """What a run did and found; every count under `faults` must be zero."""

    seed: int
    num_ops: int = 0
    num_phones: int = 0
    duration_s: float = 0
    ops_per_s: float = 0
    kills: dict[str, int] = field(default_factory=lambda: {"server": 0, "database": 0})
    network: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    num_failed_requests: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    unnoticed: list[str] = field(default_factory=list)
    """Planted faults that a checker did not see."""

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was lost, doubled or unseen."""
        return not any(self.faults.values()) and not self.found and not self.unnoticed


class Fire:
    """The processes of a run: a database on disk with fsync, a web server, both ours to kill."""

    def __init__(self, folder: Path) -> None:
        """Describe them; nothing is started yet."""
        self.postgres = EmbeddedPostgres(folder / "pg", settings={"log_min_messages": "fatal"})
        self.url = f"http://127.0.0.1:{free_port()}"
        env = make_env(self.postgres.url(user=APP), folder / "data", self.url)
        self.server = LiveServer(self.url, env, folder / "web.log")

    async def start(self) -> None:
        """Start the database, make sure it is the one of this run, migrate it, start the server."""
        self.postgres.start()
        conn = await asyncpg.connect(self.postgres.url())
        served = await conn.fetchval("SHOW data_directory")
        is_forced = await conn.fetchval("SHOW fsync") == "on"
        await conn.close()
        assert Path(served) == self.postgres.data_dir, f"{served} is not ours: nothing is written"
        assert is_forced, "without fsync a kill proves nothing"
        await migrate(self.postgres.url())
        await asyncio.to_thread(self.server.start)

    async def kill_server(self) -> None:
        """Kill the web server mid-batch, and start it again."""
        await asyncio.to_thread(self.server.kill)
        await asyncio.to_thread(self.server.start)

    async def kill_database(self) -> None:
        """Kill PostgreSQL with all its processes mid-batch, and start it again."""
        process = self.postgres._process
        assert process is not None
        os.killpg(process.pid, signal.SIGKILL)
        await asyncio.to_thread(process.wait)
        await asyncio.to_thread(self.postgres.start)

    def stop(self) -> None:
        """End both, whatever state they are in."""
        self.server.stop()
        self.postgres.stop()


@contextmanager
def fire() -> Iterator[Fire]:
    """Give the processes in a folder of their own on disk; nothing of them is left."""
    folder = Path(tempfile.mkdtemp(prefix="tannoi-chaos-"))
    folder.chmod(0o755)  # root's database runs as another account
    (folder / "data").mkdir()
    processes = Fire(folder)
    try:
        yield processes
    finally:
        processes.stop()
        shutil.rmtree(folder)


async def run(num_ops: int, *, num_kills: int, seed: int) -> Report:
    """Let phones report `num_ops` facts while processes are killed; return what was found."""
    with fire() as processes:
        await processes.start()
        report, couriers = await _burn(processes, num_ops, num_kills, seed)
        conn = await asyncpg.connect(processes.postgres.url())
        try:
            await conn.execute("ANALYZE")  # these books grew faster than autovacuum looks
            await _judge(conn, report, couriers)
            report.unnoticed = await checks.list_unnoticed(conn)
        finally:
            await conn.close()
    return report


async def _burn(
    processes: Fire, num_ops: int, num_kills: int, seed: int
) -> tuple[Report, list[CourierInField]]:
    rnd = random.Random(seed)
    num_phones = max(2, min(NUM_PHONES_MAX, num_ops // NUM_OPS_PER_PHONE))
    num_facts = num_ops // num_phones
    num_stops = min(NUM_STOPS_MAX, max(1, int(num_facts / NUM_FACTS_PER_STOP)))
    made = make_town(rnd, now=now(), num_couriers=num_phones, num_stops=num_stops)
    conn = await asyncpg.connect(processes.postgres.url())
    await made.write(conn)
    await conn.execute("ANALYZE")
    await conn.close()
    proxy = FaultProxy(processes.server.port, rnd)
    shared = FieldTown(await proxy.start(), statuses={})
    couriers = [
        CourierInField(shared, courier, num_facts, seed + 10 * number)
        for number, courier in enumerate(made.couriers)
    ]
    started = time.monotonic()
    working = [asyncio.create_task(courier.work()) for courier in couriers]
    report = Report(seed, num_facts * num_phones, num_phones)
    killer = asyncio.create_task(_kill(processes, shared, report, num_kills))
    while not (killer.done() and all(courier.is_done for courier in couriers)):
        await asyncio.sleep(WATCH_S)
        for task in (killer, *working):
            if task.done() and task.exception():
                await task
    report.duration_s = round(time.monotonic() - started, 1)
    report.ops_per_s = round(report.num_ops / report.duration_s)
    # The faults are over; heartbeats go on, and only they can show what is missing.
    proxy.faults = NO_FAULTS
    shared.is_over = True
    await asyncio.gather(*working)
    await proxy.stop()
    shared.port = processes.server.port
    report.network, report.num_failed_requests = proxy.counts, shared.num_failed
    report.statuses = shared.statuses or {}
    return report, couriers


async def _kill(processes: Fire, shared: FieldTown, report: Report, num_kills: int) -> None:
    """Kill server and database in turn, spread evenly over the facts acknowledged."""
    for number in range(num_kills):
        due = report.num_ops * (number + 1) // (num_kills + 1)
        while shared.num_acked < due:  # noqa: ASYNC110 (a count of phones, nobody's event)
            await asyncio.sleep(WATCH_S)
        if number % 2:
            report.kills["database"] += 1
            await processes.kill_database()
        else:
            report.kills["server"] += 1
            await processes.kill_server()


async def _judge(conn: asyncpg.Connection, report: Report, couriers: list[CourierInField]) -> None:
    """Compare what couriers saw saved, what phones show and what the books hold (I1 to I8)."""
    rows = await conn.fetch("SELECT op_id::text AS id FROM sync.op_log")
    recorded = [row["id"] for row in rows]
    shown = {op_id for courier in couriers for op_id in courier.phone.shown}
    report.faults = {
        "lost": len(shown - set(recorded)),
        "doubled": len(recorded) - len(set(recorded)),
        "not from a phone": len(set(recorded) - shown),
        "queues not empty": sum(c.phone.acked != c.phone.head for c in couriers),
        "views that differ": 0,
        "feed rows that differ": 0,
        "things a phone saw go wrong": sum(len(courier.faults) for courier in couriers),
    }
    for courier in couriers:
        report.found += courier.faults
        report.faults["views that differ"] += await _view_differs(courier)
        report.faults["feed rows that differ"] += await _num_feed_rows_wrong(conn, courier)
    for name, broken in (await checks.find_violations(conn)).items():
        report.found += [f"{name}: {row}" for row in broken]
    decided = await conn.fetch(
        "SELECT coalesce(outcome || ': ' || reason, outcome) AS word, count(*) AS num "
        "FROM sync.op_decision GROUP BY 1 ORDER BY 2 DESC"
    )
    report.outcomes = {row["word"]: row["num"] for row in decided}


async def _view_differs(courier: CourierInField) -> bool:
    snapshot = await courier.ask("GET", "/api/sync/v1/snapshot")
    view = {(doc["kind"], doc["ref"]): (doc["rev"], doc["doc"]) for doc in snapshot["docs"]}
    return view != courier.phone.view


async def _num_feed_rows_wrong(conn: asyncpg.Connection, courier: CourierInField) -> int:
    """Return how many rows a phone took that the server has otherwise under their number."""
    rows = await conn.fetch(
        "SELECT fseq, kind, ref::text, rev FROM sync.feed WHERE courier_id = $1",
        courier.courier.staff_id,
    )
    return len(set(courier.phone.received) - {tuple(row) for row in rows})


def write_report(report: Report, models: list[str]) -> Path:
    """Write the report as JSON and Markdown; return the Markdown's path."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    content = {**asdict(report), "is_clean": report.is_clean, "models": models}
    (REPORTS / "report.json").write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    verdict = "clean" if report.is_clean else "NOT clean"
    lines = [
        f"# Chaos: {report.num_ops:,} facts, {verdict}",
        "",
        f"Seed {report.seed}; {report.num_phones} phones; {report.duration_s} s under fire, "
        f"{report.ops_per_s:,} facts/s; killed with -9: server {report.kills['server']}, "
        f"database {report.kills['database']}.",
        "",
        "| | count |",
        "|---|---|",
        *(f"| {name} (must be 0) | {num} |" for name, num in report.faults.items()),
        *(f"| network: {name} | {num} |" for name, num in sorted(report.network.items())),
        *(f"| answer: {name} | {num} |" for name, num in sorted(report.statuses.items())),
        *(f"| decided {name} | {num} |" for name, num in report.outcomes.items()),
        "",
        f"Planted faults that went unnoticed: {len(report.unnoticed)} of {len(checks.PLANTS)}.",
        *(f"- {line}" for line in (*report.unnoticed, *report.found)),
        *(["", "## Protocol model", ""] if models else []),
        *(f"- {line}" for line in models),
        "",
    ]
    path = REPORTS / "report.md"
    path.write_text("\n".join(lines))
    return path


def search_models() -> tuple[list[str], bool]:
    """Search the protocol model within wide bounds; return lines and whether all is as expected."""
    lines, is_right = [], True
    for name, verdict in programme.search_design(programme.WIDE):
        lines.append(f"{name}, all rules: {verdict}")
        is_right &= verdict.fault is None and verdict.is_whole
    for removal in programme.REMOVALS:
        verdict = programme.search_without(removal)
        lines.append(f"{removal.sentence}: {verdict}")
        is_right &= verdict.fault is not None and removal.fault in verdict.fault
    return lines, is_right


def main() -> int:
    """Run the programme at the size asked for; 0 when everything held."""
    parser = argparse.ArgumentParser(description="Chaos with real processes")
    parser.add_argument("--ops", type=int, default=100_000)
    parser.add_argument("--kills", type=int)
    parser.add_argument("--seed", type=int, default=random.randrange(10**9))
    parser.add_argument("--no-model", action="store_true")
    asked = parser.parse_args()
    print(f"SEED={asked.seed}", flush=True)
    models, is_right = ([], True) if asked.no_model else search_models()
    num_kills = asked.kills
    if num_kills is None:
        num_kills = max(NUM_KILLS_MIN, asked.ops // NUM_OPS_PER_KILL)
    report = asyncio.run(run(asked.ops, num_kills=num_kills, seed=asked.seed))
    print(write_report(report, models).read_text())
    return 0 if report.is_clean and is_right else 1


if __name__ == "__main__":
    sys.exit(main())
