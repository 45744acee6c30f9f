"""P10: many connections post, confirm, void, reverse and repeat at once; the books stay true.

`make chaos-ledger`: 40 connections as the service's own role, 200,000 attempts over 21 accounts,
seals written in between. Afterwards every answer given is held against the books, and the books
are verified by code that is not ours.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec

from backend import ledger, verify_ledger
from backend.kit.db import prepare, set_walls
from backend.kit.errors import Refusal
from backend.kit.ids import new_id
from backend.ledger import Account, Transfer, seals
from backend.ops.embedded_pg import EmbeddedPostgres
from backend.ops.migrate import APP, migrate
from tests import serving
from tests.simulation import checks

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
KEY = bytes(range(96, 128))
REPORT = serving.ROOT / "build" / "chaos" / "ledger.json"
NUM_HANDS = 14
SEAL_EVERY = 2_000


@dataclass
class Storm:
    """One run: its people, what was told as done, and what was refused."""

    seed: int
    num_attempts: int
    office_id: UUID = field(default_factory=new_id)
    done: list[Transfer] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    num_repeats: int = 0
    num_told_new: int = 0
    errors: list[str] = field(default_factory=list)
    num_seals: int = 0
    duration_s: float = 0

    def __post_init__(self) -> None:
        self.rnd = random.Random(self.seed)
        o = self.office_id
        self.bank, self.drawer = Account(o, "bank"), Account(o, "drawer")
        self.hands = [Account(o, "hand", new_id()) for _ in range(NUM_HANDS)]
        self.payables = [Account(o, "agency_payable", new_id(), "pension") for _ in range(3)]
        self.taxes = [Account(o, "tax_payable", new_id()) for _ in range(2)]
        self.people = [new_id() for _ in range(4)]

    def make(self) -> Transfer:
        """Return the next attempt: mostly sound, now and then a repeat or nonsense."""
        rnd = self.rnd
        dice = rnd.random()
        if self.done and dice < 0.06:
            return rnd.choice(self.done)
        if self.done and dice < 0.26:
            return self._answer(rnd.choice(self.done[-400:]))
        if self.done and dice < 0.34:
            return self._mirror(rnd.choice(self.done[-400:]))
        amount = rnd.choice((1, 1_000, 50_000, 3_500_000, rnd.randrange(1, 9_000_000)))
        hand = rnd.choice(self.hands)
        match rnd.randrange(7):
            case 0:
                return self._new(self.drawer, self.bank, amount * 3, "bank.withdrawal")
            case 1:
                return self._new(hand, self.drawer, amount, "float.issue", phase="pending")
            case 2:
                return self._new(self.drawer, hand, amount, "float.return", phase="pending")
            case 3:
                return self._new(self.bank, rnd.choice(self.payables), amount * 2, "fund.pension")
            case 4:
                key = f"2026-11:{rnd.randrange(self.num_attempts // 8 + 1)}"
                payable = rnd.choice(self.payables)
                return self._new(payable, hand, amount, "payout.pension", business_key=key)
            case 5:
                return self._new(hand, rnd.choice(self.taxes), amount, "charge.tax")
            case _:
                return self._new(hand, rnd.choice(self.hands), amount, "float.pass")

    def _new(
        self, debit: Account, credit: Account, amount_vnd: int, code: str, **fields: object
    ) -> Transfer:
        return Transfer(
            id=new_id(),
            group_id=new_id(),
            code=code,
            debit=debit,
            credit=credit,
            amount_vnd=amount_vnd,
            occurred_at=NOW,
            created_by=self.rnd.choice(self.people),
            **fields,  # type: ignore[arg-type]
        )

    def _answer(self, of: Transfer) -> Transfer:
        """Confirm or void: also what is not pending, or was answered before."""
        is_void = self.rnd.random() < 0.3
        less = of.amount_vnd if is_void else self.rnd.randint(1, of.amount_vnd)
        phase = "void" if is_void else "post"
        return self._new(of.debit, of.credit, less, of.code, phase=phase, pending_id=of.id)

    def _mirror(self, of: Transfer) -> Transfer:
        maker, approver = self.rnd.sample(self.people, 2)
        mirror = self._new(
            of.credit, of.debit, of.amount_vnd, f"{of.code}.reversal", reverses_id=of.id
        )
        approved = approver if self.rnd.random() < 0.95 else maker
        return msgspec.structs.replace(
            mirror, created_by=maker, approved_by=approved, reason="ghi nhầm"
        )


async def attempt(storm: Storm, conn: asyncpg.Connection, transfer: Transfer) -> None:
    """Try one transfer in a transaction of its own, and note what was told."""
    try:
        async with conn.transaction():
            await set_walls(conn, actor="storm", offices=[storm.office_id])
            num_new = await ledger.post(conn, [transfer], now=NOW)
    except Refusal as refusal:
        storm.refused[refusal.code] += 1
        return
    except asyncpg.PostgresError as error:
        storm.errors.append(f"{type(error).__name__}: {error}")
        return
    if num_new:
        storm.num_told_new += 1
        storm.done.append(transfer)
    else:
        storm.num_repeats += 1


async def seal(storm: Storm, conn: asyncpg.Connection) -> None:
    """Seal what can be sealed, as the worker does."""
    async with conn.transaction():
        await set_walls(conn, actor="seal", offices="*")
        storm.num_seals += await ledger.seal_all(conn, KEY, now=NOW) is not None


async def blow(storm: Storm, url: str, num_connections: int) -> None:
    """Make all attempts over so many connections at once."""
    left = iter(range(storm.num_attempts))
    began = time.monotonic()

    async def work() -> None:
        conn = await asyncpg.connect(url)
        await prepare(conn)
        try:
            for n in left:
                await attempt(storm, conn, storm.make())
                if n % SEAL_EVERY == SEAL_EVERY - 1:
                    await seal(storm, conn)
        finally:
            await conn.close()

    await asyncio.gather(*(work() for _ in range(num_connections)))
    storm.duration_s = time.monotonic() - began


async def judge(storm: Storm, admin_url: str) -> dict[str, int]:
    """Return every kind of fault with its number; all must be zero."""
    conn = await asyncpg.connect(admin_url)
    await prepare(conn)
    try:
        async with conn.transaction():
            await set_walls(conn, actor="seal", offices="*")
            storm.num_seals += await ledger.seal_all(conn, KEY, now=NOW) is not None
        rows = await conn.fetch("SELECT id FROM ledger.transfer")
        broken = await checks.find_violations(conn, files=("ledger/invariants.sql",))
        books = await verify_ledger.read_tables(conn)
    finally:
        await conn.close()
    found = verify_ledger.verify(books, seals.public_key(KEY))
    there, told = {row["id"] for row in rows}, {transfer.id for transfer in storm.done}
    return {
        "told and not there": len(told - there),
        "there and not told": len(there - told),
        "told twice": storm.num_told_new - len(told),
        "errors": len(storm.errors),
        "invariants broken": len(broken),
        "found by verify-ledger": sum(found.counts.values()),
    }


@asynccontextmanager
async def a_server(*, volatile: bool) -> AsyncIterator[EmbeddedPostgres]:
    """Give a migrated server of this run's own."""
    with tempfile.TemporaryDirectory(prefix="tannoi-ledger-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101, S103 (root's server runs as another account)
        server = EmbeddedPostgres(Path(folder) / "pg", volatile=volatile)
        server.start()
        try:
            await migrate(server.url())
            yield server
        finally:
            server.stop()


async def run(num_attempts: int, num_connections: int, seed: int) -> dict[str, object]:
    """Blow a storm and return its report."""
    storm = Storm(seed, num_attempts)
    async with a_server(volatile=True) as server:
        await blow(storm, server.url(user=APP), num_connections)
        faults = await judge(storm, server.url())
    return {
        "seed": seed,
        "attempts": num_attempts,
        "connections": num_connections,
        "accounts": 2 + NUM_HANDS + 5,
        "posted": storm.num_told_new,
        "repeats": storm.num_repeats,
        "refused": dict(storm.refused.most_common()),
        "seals": storm.num_seals,
        "duration_s": round(storm.duration_s, 1),
        "attempts_per_s": round(num_attempts / storm.duration_s),
        "faults": faults,
        "errors": storm.errors[:5],
    }


def main() -> int:
    """Run by hand; 1 when anything was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("--attempts", type=int, default=200_000)
    parser.add_argument("--connections", type=int, default=40)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = random.randrange(1 << 30) if options.seed is None else options.seed
    print(f"SEED={seed}")
    report = asyncio.run(run(options.attempts, options.connections, seed))
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    print(json.dumps(report, ensure_ascii=False, indent=2))
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    faults = report["faults"]
    assert isinstance(faults, dict)
    return 1 if any(faults.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
