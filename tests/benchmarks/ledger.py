"""Transfers a second with every rule on, beside bare inserts of rows as wide.

`make bench-ledger`: one row a commit, the same connections to the same server, in turns within one
run. The ratio is the figure; the seconds belong to this machine. The book alone is one statement;
an act of the service is a transaction around it (begin, walls, post, commit), which is told too.
"""

import asyncio
import json
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg

from backend import ledger
from backend.kit.db import prepare, set_walls
from backend.kit.ids import new_id
from backend.ledger import Account, Transfer
from backend.ops.migrate import APP
from tests import serving
from tests.simulation.storm import NOW, a_server

REPORT = serving.ROOT / "build" / "bench-ledger.json"
GOAL = 0.35
NUM_CONNECTIONS = 8
NUM_HANDS = 400
SECONDS = 4.0
NUM_TURNS = 5
BARE = """
CREATE TABLE public.bare (
    office_id uuid, id uuid PRIMARY KEY, group_id uuid, code text, phase text, debit_id uuid,
    credit_id uuid, amount_vnd bigint, pending_id uuid, reverses_id uuid, business_key text,
    posted_on date, occurred_at timestamptz, posted_at timestamptz DEFAULT clock_timestamp(),
    xid xid8 DEFAULT pg_current_xact_id(), op_id uuid, created_by uuid, approved_by uuid,
    reason text);
GRANT INSERT ON public.bare TO tannoi_app;
"""
INSERT = """
INSERT INTO public.bare (office_id, id, group_id, code, phase, debit_id, credit_id, amount_vnd,
    posted_on, occurred_at, created_by, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
Work = Callable[[asyncpg.Connection, random.Random], Awaitable[None]]


class Town:
    """An office with many couriers: hot rows are the drawer's, not the hands'."""

    def __init__(self) -> None:
        self.office_id = new_id()
        self.cashier = new_id()
        self.bank = Account(self.office_id, "bank")
        self.payable = [Account(self.office_id, "agency_payable", new_id()) for _ in range(20)]
        self.hands = [Account(self.office_id, "hand", new_id()) for _ in range(NUM_HANDS)]

    def transfer(self, debit: Account, credit: Account, amount_vnd: int) -> Transfer:
        return Transfer(
            id=new_id(),
            group_id=new_id(),
            code="charge.tax",
            debit=debit,
            credit=credit,
            amount_vnd=amount_vnd,
            occurred_at=NOW,
            created_by=self.cashier,
        )

    async def post(self, conn: asyncpg.Connection, rnd: random.Random) -> None:
        """Pass cash from one courier to another in one statement: walls, checks, commit."""
        one, other = rnd.sample(self.hands, 2)
        await ledger.post_alone(conn, [self.transfer(one, other, 1_000)], now=NOW)

    async def post_as_an_act(self, conn: asyncpg.Connection, rnd: random.Random) -> None:
        """Pass cash as a route or a fact does: within a transaction that may do more."""
        one, other = rnd.sample(self.hands, 2)
        async with conn.transaction():
            await set_walls(conn, actor="bench", offices=[self.office_id])
            await ledger.post(conn, [self.transfer(one, other, 1_000)], now=NOW)

    async def insert(self, conn: asyncpg.Connection, rnd: random.Random) -> None:
        """Insert a row as wide into a table without a rule, and commit."""
        one, other = rnd.sample(self.hands, 2)
        row: tuple[UUID | str | int | object, ...] = (
            self.office_id, new_id(), new_id(), "charge.tax", "single", one.id, other.id, 1_000,
            NOW.date(), NOW, self.cashier, "",
        )  # fmt: skip
        await conn.execute(INSERT, *row)


async def measure(connections: list[asyncpg.Connection], work: Work) -> float:
    """Return how often a second `work` is done over these connections."""
    ends_at = time.monotonic() + SECONDS
    counts = [0] * len(connections)

    async def one(n: int) -> None:
        rnd = random.Random(n)
        while time.monotonic() < ends_at:
            await work(connections[n], rnd)
            counts[n] += 1

    began = time.monotonic()
    await asyncio.gather(*(one(n) for n in range(len(connections))))
    return sum(counts) / (time.monotonic() - began)


def ratios(some: list[float], others: list[float]) -> list[float]:
    """Return how often as fast each of some is as its neighbour of the others."""
    return [round(one / other, 3) for one, other in zip(some, others, strict=True)]


async def run() -> dict[str, object]:
    """Measure both in turns on one server with its durability on."""
    town = Town()
    async with a_server(volatile=False) as server:
        admin = await asyncpg.connect(server.url())
        await admin.execute(BARE)
        await admin.close()
        connections = [await asyncpg.connect(server.url(user=APP)) for _ in range(NUM_CONNECTIONS)]
        for conn in connections:
            await prepare(conn)
        async with connections[0].transaction():
            await set_walls(connections[0], actor="bench", offices=[town.office_id])
            filled = [town.transfer(hand, town.bank, 1_000_000_000) for hand in town.hands]
            await ledger.post(connections[0], filled, now=NOW)
        posted, acts, bare = [], [], []
        for _ in range(NUM_TURNS):
            bare.append(await measure(connections, town.insert))
            posted.append(await measure(connections, town.post))
            acts.append(await measure(connections, town.post_as_an_act))
        for conn in connections:
            await conn.close()
    middle = statistics.median(ratios(posted, bare))
    return {
        "transfers_per_s": [round(n) for n in posted],
        "bare_inserts_per_s": [round(n) for n in bare],
        "ratios": ratios(posted, bare),
        "median_ratio": round(middle, 3),
        "goal": GOAL,
        "is_reached": middle >= GOAL,
        "acts_per_s": [round(n) for n in acts],
        "median_ratio_of_acts": round(statistics.median(ratios(acts, bare)), 3),
        "connections": NUM_CONNECTIONS,
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f}",
    }


def main() -> int:
    """Print the figures; they never fail a build."""
    report = asyncio.run(run())
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
