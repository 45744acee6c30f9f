"""How many exchanges and facts a second the service takes, beside what it stands on.

`make bench-api`: real HTTP to one process as in production, every rule on; beside it a handler of
the same framework that answers as many bytes and decides nothing, and `pgbench` with the very
statements that the service said. The ratios travel from machine to machine, the seconds do not.
"""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from backend.app import make_app
from backend.house import make_house
from backend.kit.clock import now
from backend.kit.logs import set_up_logs
from backend.ops.embedded_pg import EmbeddedPostgres
from backend.ops.migrate import APP, migrate
from backend.ops.serve import web_command
from backend.settings import read_settings
from tests import serving
from tests.benchmarks.replay import Recorder, find_pgbench, make_script, plain, play
from tests.serving import LiveServer, free_port, make_env
from tests.simulation import facts, keys
from tests.simulation.phone import Clock, Phone
from tests.simulation.town import CourierOfTown, Town, make_town

REPORT = serving.ROOT / "build" / "bench-api.json"
GOAL_FACTS_PER_S = 3_000
PATH = "/api/sync/v1/exchange"
ORIGINAL = "original"
NUM_FACTS_PER_STOP = 3.2
SECONDS_BARE = 4.0
NUM_STATEMENTS_SHOWN, NUM_LETTERS_SHOWN = 6, 84


@dataclass(frozen=True)
class Figures:
    """One size of batch, measured three ways."""

    num_facts_of_batch: int
    num_phones: int
    num_exchanges: int
    exchanges_per_s: float
    facts_per_s: float
    p95_ms: float
    bare_per_s: float
    """Requests that a handler which decides nothing answers."""
    pgbench_per_s: float | None
    """Exchanges in the same statements, played by pgbench; None where there is none."""
    num_statements_per_fact: float
    most_said: list[tuple[float, str]]
    """The statements said most often, with their number for each fact."""

    def lines(self) -> list[str]:
        """Say them for a reader."""
        beside = f"bare handler {self.bare_per_s:,.0f}/s ({self.of(self.bare_per_s)})"
        if self.pgbench_per_s:
            beside += f"; pgbench {self.pgbench_per_s:,.0f}/s ({self.of(self.pgbench_per_s)})"
        return [
            f"{self.num_facts_of_batch:>4} facts an exchange, {self.num_phones} phones: "
            f"{self.facts_per_s:,.0f} facts/s, {self.exchanges_per_s:,.1f} exchanges/s, "
            f"p95 {self.p95_ms:,.0f} ms",
            f"     {beside}; {self.num_statements_per_fact:.1f} statements a fact, most often:",
            *(f"     {often:5.2f} {words}" for often, words in self.most_said),
        ]

    def of(self, other_per_s: float) -> str:
        """Return the part of another's speed that the service reaches."""
        return f"{self.exchanges_per_s / other_per_s:.0%} of it"


class Reporter:
    """A courier with a day's facts on the phone and nothing sent."""

    def __init__(self, courier: CourierOfTown, num_facts: int, batch: int, seed: int) -> None:
        """Record the day."""
        self.courier = courier
        self.phone = Phone(Clock(now), random.Random(seed + 1))
        self.phone.batch_max = batch
        for kind, fields in facts.day_of(courier, random.Random(seed), num_facts):
            side = {"name": "Ngô Văn Mẫu"} if kind == "result.delivered" else None
            self.phone.record(kind, fields, side=side)

    def sign(self, method: str, path: str, body: bytes) -> str:
        """Return the signature of this phone over a request (S20)."""
        device_id = self.courier.device_id
        return keys.device_key(device_id).sign(device_id, method, path, 1, body)


class Caller:
    """A phone on a connection that stays open."""

    def __init__(self, courier: Reporter, port: int) -> None:
        """Speak for this courier's phone."""
        self.courier, self.port = courier, port
        self.took_s: list[float] = []
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def exchange(self) -> None:
        """Send the next batch and take the reply."""
        phone = self.courier.phone
        body = phone.make_request()
        began = time.perf_counter()
        reply = json.loads(await self.ask(PATH, body, headers_of(self.courier, body)))
        self.took_s.append(time.perf_counter() - began)
        assert reply["ack"] > phone.acked, "nothing was taken"
        phone.take_reply(reply, phone.request)

    async def ask(self, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        """Return the body of an answer of 200."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        lines = [f"POST {path} HTTP/1.1", f"host: 127.0.0.1:{self.port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"content-length: {len(body)}", "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b"transfer-encoding: chunked" in head:
            answer = b""
            while size := int(await reader.readline(), 16):
                answer += (await reader.readexactly(size + 2))[:-2]
            await reader.readline()
        else:
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            answer = await reader.readexactly(length)
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(f"{head[:40]!r} {answer[:300]!r}")
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()


def headers_of(courier: Reporter, body: bytes) -> dict[str, str]:
    """Return the headers of an exchange: session, our own page, and the phone's signature."""
    headers = {
        "cookie": f"__Host-tannoi={courier.courier.session}",
        "sec-fetch-site": "same-origin",
        "content-type": "application/json",
    }
    return headers | {"tannoi-signature": courier.sign("POST", PATH, body)}


class Bench:
    """A database with a town in it, of which each measurement gets a fresh copy."""

    def __init__(self, folder: Path, num_phones: int, num_facts: int, seed: int) -> None:
        """Describe it; nothing is started."""
        self.folder, self.num_phones, self.num_facts = folder, num_phones, num_facts
        self.seed = seed
        self.postgres = EmbeddedPostgres(folder / "pg", settings={"log_min_messages": "fatal"})
        self.town = Town(now())
        self._num_copies = 0

    async def found(self) -> None:
        """Start the database and write the town."""
        self.postgres.start()
        await self._run(f"CREATE DATABASE {ORIGINAL}")
        await migrate(self.postgres.url(ORIGINAL))
        self.town = make_town(
            random.Random(self.seed),
            now=now(),
            num_couriers=self.num_phones,
            num_stops=max(1, int(self.num_facts / NUM_FACTS_PER_STOP)),
        )
        conn = await asyncpg.connect(self.postgres.url(ORIGINAL))
        await self.town.write(conn)
        await conn.execute("ANALYZE")
        await conn.close()

    async def copy(self) -> str:
        """Return the name of a fresh copy of the town's database, all of it written to disk."""
        self._num_copies += 1
        name = f"copy_{self._num_copies}"
        await self._run(f"CREATE DATABASE {name} TEMPLATE {ORIGINAL} STRATEGY file_copy")
        await self._run("CHECKPOINT")
        return name

    async def _run(self, statement: str) -> None:
        conn = await asyncpg.connect(self.postgres.url())
        try:
            await conn.execute(statement)
        finally:
            await conn.close()

    def couriers(self, batch: int) -> list[Reporter]:
        """Return the couriers, each with a day's facts on the phone and nothing sent."""
        return [
            Reporter(courier, self.num_facts, batch, self.seed + 10 * number)
            for number, courier in enumerate(self.town.couriers)
        ]

    def env(self, database: str, url: str) -> dict[str, str]:
        """Return the settings of a service on a copy."""
        return make_env(self.postgres.url(database, user=APP), self.folder / "data", url)

    async def over_http(self, batch: int) -> tuple[float, list[float], int]:
        """Return the seconds, each exchange's seconds and the size of a reply, over real HTTP."""
        url = f"http://127.0.0.1:{free_port()}"
        server = LiveServer(url, self.env(await self.copy(), url), self.folder / "web.log")
        await asyncio.to_thread(server.start)
        callers = [Caller(courier, server.port) for courier in self.couriers(batch)]
        try:
            started = time.monotonic()
            await asyncio.gather(*(_drain(caller) for caller in callers))
            took_s = time.monotonic() - started
            last = callers[0].courier.phone
            size = len(await callers[0].ask(PATH, *_heartbeat(callers[0].courier)))
            assert last.acked == last.head == self.num_facts
        finally:
            for caller in callers:
                caller.close()
            await asyncio.to_thread(server.stop)
        return took_s, [one for caller in callers for one in caller.took_s], size

    async def bare(self, batch: int) -> float:
        """Return how often a second a handler that decides nothing answers the same bytes."""
        port = free_port()
        command = web_command(host="127.0.0.1", port=port, num_processes=1)
        command += ["--app", "tests.benchmarks.bare:create_app"]
        process = serving.launch(command, {}, self.folder / "bare.log")
        couriers = self.couriers(batch)
        bodies = [(courier.phone.make_request(), courier) for courier in couriers]
        callers = [Caller(courier, port) for courier in couriers]
        num_answers = 0
        try:
            await _until(lambda: callers[0].ask("/", b"{}", {"content-type": "application/json"}))
            deadline = time.monotonic() + SECONDS_BARE

            async def ask_on(caller: Caller, body: bytes, courier: Reporter) -> None:
                nonlocal num_answers
                while time.monotonic() < deadline:
                    await caller.ask("/", body, headers_of(courier, body))
                    num_answers += 1

            asking = zip(callers, bodies, strict=True)
            await asyncio.gather(*(ask_on(caller, *said) for caller, said in asking))
        finally:
            for caller in callers:
                caller.close()
            serving.end(process)
        return num_answers / SECONDS_BARE

    async def by_pgbench(self, batch: int) -> tuple[float | None, Counter[str]]:
        """Return the seconds in which pgbench says the same, and how often each statement."""
        couriers = self.couriers(batch)
        said = await self._record(couriers)
        database = await self.copy()
        conn = await asyncpg.connect(self.postgres.url(database))
        try:
            scripts = [await make_script(conn, statements) for statements in said]
            counts = Counter(plain(sql) for statements in said for sql, _ in statements)
        finally:
            await conn.close()
        program = find_pgbench()
        if program is None:
            return None, counts
        files = [self.folder / f"{batch}-{number}.sql" for number in range(len(scripts))]
        for file, text in zip(files, scripts, strict=True):
            file.write_text(text, encoding="utf-8")
        return await play(program, self.postgres, database, files), counts

    async def _record(self, couriers: list[Reporter]) -> list[list[tuple[str, Any]]]:
        """Return what the service tells the database for each courier's day."""
        url = "http://127.0.0.1:8000"
        set_up_logs("error")
        with Recorder() as recorder:
            app = make_app(make_house(read_settings(self.env(await self.copy(), url))))
            said = []
            async with (
                app.lifespan(),
                httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=url) as client,
            ):
                recorder.take()
                for courier in couriers:
                    phone = courier.phone
                    while phone.acked < phone.head:
                        body = phone.make_request()
                        answer = await client.post(
                            PATH, content=body, headers=headers_of(courier, body)
                        )
                        phone.take_reply(answer.raise_for_status().json(), phone.request)
                    said.append(recorder.take())
        return said

    async def measure(self, batch: int) -> Figures:
        """Measure one size of batch."""
        took_s, each_s, _ = await self.over_http(batch)
        pgbench_s, counts = await self.by_pgbench(batch)
        num, num_facts = len(each_s), self.num_facts * self.num_phones
        return Figures(
            num_facts_of_batch=batch,
            num_phones=self.num_phones,
            num_exchanges=num,
            exchanges_per_s=num / took_s,
            facts_per_s=num_facts / took_s,
            p95_ms=sorted(each_s)[int(num * 0.95)] * 1000,
            bare_per_s=await self.bare(batch),
            pgbench_per_s=None if pgbench_s is None else num / pgbench_s,
            num_statements_per_fact=counts.total() / num_facts,
            most_said=[
                (round(often / num_facts, 2), words[:NUM_LETTERS_SHOWN])
                for words, often in counts.most_common(NUM_STATEMENTS_SHOWN)
            ],
        )


async def _drain(caller: Caller) -> None:
    while caller.courier.phone.acked < caller.courier.phone.head:
        await caller.exchange()


def _heartbeat(courier: Reporter) -> tuple[bytes, dict[str, str]]:
    body = courier.phone.make_request()
    return body, headers_of(courier, body)


async def _until(ask: Callable[[], Awaitable[Any]]) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError):
            await ask()
            return
        await asyncio.sleep(0.1)
    raise RuntimeError("the bare handler did not start")


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """Give a folder that the database's own account may enter; nothing of it is left."""
    folder = Path(tempfile.mkdtemp(prefix="tannoi-bench-"))
    folder.chmod(0o755)
    (folder / "data").mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


async def run(num_phones: int, num_facts: int, batches: list[int], seed: int) -> list[Figures]:
    """Measure each size of batch on a database on disk, with fsync."""
    with open_folder() as folder:
        bench = Bench(folder, num_phones, num_facts, seed)
        try:
            await bench.found()
            return [await bench.measure(batch) for batch in batches]
        finally:
            bench.postgres.stop()


def main() -> int:
    """Measure, print, and keep the figures under `build/`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phones", type=int, default=8)
    parser.add_argument("--facts", type=int, default=800, help="facts of each phone")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 20, 200])
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    load = os.getloadavg()[0]
    found = asyncio.run(run(asked.phones, asked.facts, asked.batches, asked.seed))
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    print(f"\nexchange over HTTP, 1 process, all rules on ({machine}; load before {load:.1f}, "
          f"after {os.getloadavg()[0]:.1f}; seed {asked.seed})")  # fmt: skip
    for figures in found:
        print("\n".join(figures.lines()))
    best = max(figures.facts_per_s for figures in found)
    print(f"best {best:,.0f} facts/s; goal {GOAL_FACTS_PER_S:,}: {best / GOAL_FACTS_PER_S:.0%}")
    REPORT.parent.mkdir(exist_ok=True)
    content = {"machine": machine, "load_before": load, "figures": [asdict(one) for one in found]}
    REPORT.write_text(json.dumps(content, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
