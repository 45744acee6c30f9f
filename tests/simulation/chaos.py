"""Real processes under fire (P4, P5): phones, a bad network, `kill -9`, backups put back.

`python -m tests.simulation.chaos --ops 1000000` runs it at large and writes `build/chaos/`.
"""

import argparse
import asyncio
import random
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg

from backend.kit.clock import now
from backend.ops.errors import CannotRun
from tests.simulation.cuts import Cutter
from tests.simulation.fire import Fire, fire
from tests.simulation.fleet import USUAL_PACE, Ended, Fleet, Pace
from tests.simulation.judge import judge
from tests.simulation.model import programme
from tests.simulation.namespace import OwnNetwork, own_network
from tests.simulation.proxy import BAD_NETWORK, NO_FAULTS, FaultProxy, Faults
from tests.simulation.report import Report, write_report
from tests.simulation.town import CourierOfTown, make_town
from tests.simulation.troubles import DISK_FULL, LASTS_S, LINKS, TROUBLES, Trouble, own_disk

NUM_OPS_PER_PHONE = 400
NUM_PHONES_MAX = 200
NUM_STOPS_MAX = 250
NUM_FACTS_PER_STOP = 3.2
NUM_OPS_PER_KILL = 30_000
NUM_KILLS_MIN = 2
NUM_OPS_PER_PROCESS = 100_000
NUM_PROCESSES_MAX = 2
IMPATIENT = Pace(timeout_ms=3_000)
PHOTOGRAPHING = Pace(photo_share=0.3, num_photos=5, num_burst_max=40, num_behind_max=20)
"""More pictures a phone than a day's, sent with their facts: a backup lacks many that the server
had, and only the phone has them still."""
RECOVERY_S_MAX = 30
FELT_S_MAX = 40
FELT = ("half_open", "dripping", "cut")
"""What of the bad network's doings a phone cannot but notice."""
WATCH_S = 0.05
STALL_S = 180
"""A run in which nothing is acknowledged for so long, hangs."""


@dataclass(frozen=True)
class Order:
    """What a run is to be."""

    num_ops: int
    seed: int
    num_kills: int = 0
    num_restores: int = 0
    troubles: tuple[str, ...] = ()
    """Names of `troubles.TROUBLES`, in the order in which they come."""
    network: OwnNetwork | None = None
    """Where the phones live, if not beside us; its own troubles then count among `troubles`."""
    cutter: Cutter | None = None
    """Breaks off replies; all other faults of the network are then off."""
    faults: Faults = BAD_NETWORK
    pace: Pace = USUAL_PACE


class Battle:
    """A run under way: the processes, the phones, the network between them, and the report."""

    def __init__(
        self, processes: Fire, proxy: FaultProxy, fleet: Fleet, order: Order, report: Report
    ) -> None:
        """Begin with nothing done."""
        self.processes, self.proxy, self.fleet = processes, proxy, fleet
        self.order, self.report = order, report

    async def reach(self, num_acked: int) -> None:
        """Wait until the phones know so many facts to be at the server."""
        before, since = (0, 0), time.monotonic()
        while self.fleet.num_acked < num_acked and not self.fleet.is_done:
            self.fleet.check()
            # A phone may have sent all and still to take a day in, or to be opened again.
            come = (self.fleet.num_acked, self.fleet.num_done)
            if come != before:
                before, since = come, time.monotonic()
            if time.monotonic() - since > STALL_S:
                raise TimeoutError(f"{come} of {num_acked} facts, then {self.fleet.statuses}")
            await asyncio.sleep(WATCH_S)

    async def kill(self) -> None:
        """Kill server and database in turn, spread evenly over the facts acknowledged."""
        for number in range(self.order.num_kills):
            await self.reach(self.order.num_ops * (number + 1) // (self.order.num_kills + 1))
            if number % 2:
                self.count("database killed")
                await self.processes.kill_database()
            else:
                self.count("server killed")
                await self.processes.kill_server()

    async def restore(self) -> None:
        """Take backups, and put one of the last few back each time some more was acknowledged.

        What is acknowledged falls with each: the next is due further on than the phones had come.
        """
        rnd = random.Random(self.order.seed + 1)
        num_rounds = self.order.num_restores
        for number in range(num_rounds):
            await self.reach(self.order.num_ops * (2 * number + 1) // (2 * num_rounds + 2))
            await self.processes.back_up()
            self.count("backup taken")
            await self.reach(self.order.num_ops * (2 * number + 2) // (2 * num_rounds + 2))
            copy = rnd.choice(self.processes.copies)
            self.count("database restored")
            await self.processes.restore(copy)

    async def befall(self) -> None:
        """Let each trouble come and go, and note how soon the next fact is acknowledged.

        A third of the facts is left for the last: phones that lived through it have much to send.
        """
        names = self.order.troubles
        for number, name in enumerate(names):
            await self.reach(2 * self.order.num_ops * (number + 1) // (3 * len(names)))
            self.count(name)
            async with self._find(name)(self.processes, self.proxy):
                num_refused = await self._feel()
            if num_refused == 0:
                self.report.found.append(f"{name}: no phone noticed")
            num_before, since = self.fleet.num_acked, time.monotonic()
            await self.reach(num_before + 1)
            recovery_s = round(time.monotonic() - since, 1)
            self.report.recoveries_s.setdefault(name, []).append(recovery_s)
            if recovery_s > RECOVERY_S_MAX:
                self.report.found.append(f"{name}: only after {recovery_s} s")

    def _find(self, name: str) -> Trouble:
        network = self.order.network
        if network is not None and name in LINKS:
            return (network.link_down, network.one_way)[LINKS.index(name)]
        return TROUBLES[name]

    async def _feel(self) -> int:
        """Let a trouble last until the service refused phones for it; return how often."""
        num_before, since = self._num_refused(), time.monotonic()
        # Also phones that have sent everything go on calling until the troubles are over.
        while time.monotonic() - since < FELT_S_MAX:
            await asyncio.sleep(LASTS_S)
            if self._num_refused() > num_before:
                break
        return self._num_refused() - num_before

    def _num_refused(self) -> int:
        network = self.proxy.counts
        cut = sum(network.get(name, 0) for name in FELT)
        told = self.fleet.statuses
        unheard = 0 if self.order.network is None else told.get("no answer", 0)
        return told.get("503", 0) + unheard + cut

    def count(self, name: str) -> None:
        """Count something done to the processes."""
        self.report.troubles[name] = self.report.troubles.get(name, 0) + 1


async def run(order: Order, *, disk: Path | None = None) -> Report:
    """Let phones report facts while processes are killed and restored; return what was found.

    `disk` is where the database lies, if not in the folder of the run.
    """
    with fire(disk=disk) as processes:
        await processes.start()
        report, couriers, ended = await _burn(processes, order)
        conn = await asyncpg.connect(processes.postgres.url())
        try:
            await judge(conn, report, couriers, ended, processes.blobs / "blobs")
        finally:
            await conn.close()
    return report


async def befall(num_ops: int, seed: int, num_rounds: int) -> Report:
    """Let every trouble that this machine allows come and go `num_rounds` times in one run."""
    skipped: dict[str, str] = {}
    disk = network = None
    with ExitStack() as stack:
        try:
            disk = stack.enter_context(own_disk(num_ops))
        except CannotRun as reason:
            skipped[DISK_FULL] = str(reason)
        try:
            network = stack.enter_context(own_network())
        except CannotRun as reason:
            skipped |= dict.fromkeys(LINKS, str(reason))
        names = [name for name in (*TROUBLES, *LINKS) if name not in skipped]
        order = Order(num_ops, seed, troubles=tuple(names) * num_rounds, network=network)
        report = await run(replace(order, pace=IMPATIENT), disk=disk)
    report.skipped = skipped
    return report


async def _burn(processes: Fire, order: Order) -> tuple[Report, list[CourierOfTown], Ended]:
    rnd = random.Random(order.seed)
    num_phones = max(1, min(NUM_PHONES_MAX, order.num_ops // NUM_OPS_PER_PHONE))
    num_facts = order.num_ops // num_phones
    num_stops = min(NUM_STOPS_MAX, max(1, int(num_facts / NUM_FACTS_PER_STOP)))
    made = make_town(rnd, now=now(), num_couriers=num_phones, num_stops=num_stops)
    for device in made.rows["identity.device"]:
        device["public_key"] = None  # the phones make their keys themselves
    conn = await asyncpg.connect(processes.postgres.url())
    await made.write(conn)
    await conn.execute("ANALYZE")
    await conn.close()
    proxy = FaultProxy(processes.server.port, rnd, order.faults, cut_at=order.cutter)
    num_processes = min(NUM_PROCESSES_MAX, 1 + order.num_ops // NUM_OPS_PER_PROCESS)
    fleet = Fleet(processes.folder, num_processes=num_processes)
    report = Report(order.seed, num_ops=num_facts * num_phones, num_phones=num_phones)
    battle = Battle(processes, proxy, fleet, order, report)
    try:
        pace = replace(order.pace, is_restoring=order.num_restores > 0)
        if order.network is not None:
            proxy.host = order.network.host
        await proxy.start()
        inside = order.network.command() if order.network else ()
        await fleet.start(made.couriers, num_facts, order.seed, pace, proxy, inside)
        started = time.monotonic()
        await battle.kill()
        await battle.restore()
        await battle.befall()
        await battle.reach(report.num_ops + 1)
        report.duration_s = round(time.monotonic() - started, 1)
        report.ops_per_s = round(report.num_ops / report.duration_s)
        # The faults are over; heartbeats go on, and only they can show what is missing.
        proxy.faults = NO_FAULTS
        ended = await fleet.end()
        report.network, report.statuses = proxy.counts, fleet.statuses
        report.server_errors = processes.count_errors()
        return report, made.couriers, ended
    finally:
        fleet.stop()
        await proxy.stop()


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


def make_order(asked: argparse.Namespace) -> Order:
    """Return a run of kills, or of restores where some are asked for."""
    if asked.restores:
        return Order(asked.ops, asked.seed, num_restores=asked.restores, pace=PHOTOGRAPHING)
    num_kills = asked.kills
    if num_kills is None:
        num_kills = max(NUM_KILLS_MIN, asked.ops // NUM_OPS_PER_KILL)
    return Order(asked.ops, asked.seed, num_kills=num_kills)


def main() -> int:
    """Run the programme at the size asked for; 0 when everything held."""
    parser = argparse.ArgumentParser(description="Chaos with real processes")
    parser.add_argument("--ops", type=int, default=100_000)
    parser.add_argument("--kills", type=int)
    parser.add_argument("--restores", type=int, help="put so many backups back; no kills")
    parser.add_argument("--befall", type=int, help="so many rounds of all other troubles; no kills")
    parser.add_argument("--seed", type=int, default=random.randrange(10**9))
    parser.add_argument("--no-model", action="store_true")
    parser.add_argument("--name", default="report")
    asked = parser.parse_args()
    print(f"SEED={asked.seed}", flush=True)
    models, is_right = ([], True) if asked.no_model else search_models()
    if asked.befall:
        report = asyncio.run(befall(asked.ops, asked.seed, asked.befall))
    else:
        report = asyncio.run(run(make_order(asked)))
    print(write_report(report, asked.name, models).read_text())
    return 0 if report.is_clean and is_right else 1


if __name__ == "__main__":
    sys.exit(main())
