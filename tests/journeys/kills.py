"""Browsers killed while they record (P9): `python -m tests.journeys.kills --trials 500`.

In each trial the courier writes notes one after the other, and after a random time the whole
browser is killed with -9. Whatever was shown as saved before the kill must be on the phone when it
opens again, and once, and in order, with the server when the network is back.
"""

import argparse
import asyncio
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import asyncpg

from backend.ops.embedded_pg import EmbeddedPostgres
from backend.ops.migrate import migrate
from tests.journeys.phone_page import PhonePage
from tests.journeys.stage import Stage, set_stage
from tests.simulation.report import write_both

REPORT = "browser"
"""The name of `build/chaos/browser.md` and `.json`."""
NUM_TRIALS_OF_PHONE = 25
NUM_MS_MAX = 900
SAVED = "SAVED "
WRITE_ON = """async (first) => {
    const until = async (found) => {
        for (;;) {
            const one = found();
            if (one) return one;
            await new Promise((done) => setTimeout(done, 4));
        }
    };
    const button = (name) => [...document.querySelectorAll('button')]
        .find((one) => one.textContent.trim() === name && !one.disabled);
    const field = () => document.querySelector('dialog textarea');
    for (let number = first; ; number += 1) {
        const text = `Lần ${number}`;
        (await until(() => button('Ghi chú'))).click();
        const area = await until(field);
        area.value = text;
        area.dispatchEvent(new Event('input', { bubbles: true }));
        (await until(() => button('Lưu'))).click();
        await until(() => !field());
        console.log('SAVED ' + number);
    }
}"""


@dataclass
class Report:
    """What the kills did and found; `num_lost`, `num_doubled` and `num_disordered` must be 0."""

    seed: int
    num_trials: int = 0
    num_phones: int = 0
    num_shown: int = 0
    """Notes that a courier saw saved."""
    num_unshown: int = 0
    """Notes that were on the phone though the kill came before the word."""
    num_lost: int = 0
    num_doubled: int = 0
    num_disordered: int = 0
    reopen_ms: list[float] = field(default_factory=list)
    duration_s: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was lost, doubled or out of order."""
        return not (self.num_lost or self.num_doubled or self.num_disordered or self.faults)

    def page(self) -> list[str]:
        """Return the lines of the page that says it for a reader."""
        verdict = "clean" if self.is_clean else "NOT clean"
        middle = statistics.median(self.reopen_ms) if self.reopen_ms else 0
        counts = (
            ("notes lost (must be 0)", self.num_lost),
            ("notes doubled (must be 0)", self.num_doubled),
            ("notes out of order (must be 0)", self.num_disordered),
            ("notes shown as saved", self.num_shown),
            ("more on the disk before their word was seen", self.num_unshown),
        )
        return [
            f"# Browser killed while it records: {self.num_trials:,} kills, {verdict}",
            "",
            f"Seed {self.seed}; {self.num_phones} phones; {self.duration_s:,.0f} s; open again "
            f"after {middle:,.0f} ms (median), {max(self.reopen_ms, default=0):,.0f} ms (longest).",
            "",
            "| | count |",
            "|---|---|",
            *(f"| {name} | {num:,} |" for name, num in counts),
            "",
            *(f"- {line}" for line in self.faults),
        ]


async def kill_once(phone: PhonePage, first: int, wait_ms: float) -> int:
    """Let the courier write from number `first` on, kill, open; return the last number shown."""
    shown = first - 1

    def listen(message: object) -> None:
        nonlocal shown
        words = str(getattr(message, "text", ""))
        if words.startswith(SAVED):
            shown = max(shown, int(words.removeprefix(SAVED)))

    await phone.open_stop()
    phone.page.on("console", listen)
    writing = asyncio.create_task(phone.page.evaluate(WRITE_ON, first))
    await asyncio.sleep(wait_ms / 1000)
    await asyncio.to_thread(phone.kill)
    await asyncio.gather(writing, return_exceptions=True)
    return shown


async def try_phone(stage: Stage, rnd: random.Random, num_trials: int, report: Report) -> None:
    """Kill one phone's browser so often, then bring the network back and judge."""
    phone = await stage.open_phone(is_kept=True)
    await phone.airplane(True)
    head = 0
    for _ in range(num_trials):
        shown = await kill_once(phone, head + 1, rnd.uniform(0, NUM_MS_MAX))
        began = time.monotonic()
        await phone.open()
        await phone.airplane(True)
        await phone.go("#/")
        report.reopen_ms.append((time.monotonic() - began) * 1000)
        report.num_trials += 1
        report.num_shown += shown - head
        now_there = int((await phone.store())["head"])
        if now_there < shown:
            report.num_lost += shown - now_there
            report.faults.append(f"trial {report.num_trials}: {shown} shown, {now_there} there")
        report.num_unshown += max(0, now_there - shown)
        head = now_there
    await phone.airplane(False)
    await _judge(stage, phone, head, report)
    await stage.close_phones()


async def _judge(stage: Stage, phone: PhonePage, num_saved: int, report: Report) -> None:
    """Compare what the server has with the numbers that were given."""
    found: list[str] = []
    for _ in range(600):
        found = await stage.notes_of(phone)
        if len(found) >= num_saved:
            break
        await asyncio.sleep(0.1)
    expected = [f"Lần {number}" for number in range(1, num_saved + 1)]
    missing = set(expected) - set(found)
    report.num_lost += len(missing)
    report.num_doubled += len(found) - len(set(found))
    report.num_disordered += sum(a != b for a, b in zip(found, expected, strict=False))
    if missing:
        report.faults.append(f"the server lacks {sorted(missing)[:5]}")


async def run(num_trials: int, seed: int, postgres: EmbeddedPostgres, database: str) -> Report:
    """Kill browsers `num_trials` times on a migrated database; return what was found."""
    rnd, report = random.Random(seed), Report(seed)
    began = time.monotonic()
    num_phones = -(-num_trials // NUM_TRIALS_OF_PHONE)
    async with set_stage(postgres, database, num_phones, 2) as stage:
        for number in range(num_phones):
            left = num_trials - number * NUM_TRIALS_OF_PHONE
            await try_phone(stage, rnd, min(left, NUM_TRIALS_OF_PHONE), report)
            print(f"{report.num_trials}/{num_trials}", flush=True)
    report.num_phones = num_phones
    report.duration_s = round(time.monotonic() - began, 1)
    return report


@asynccontextmanager
async def _own_database() -> AsyncIterator[tuple[EmbeddedPostgres, str]]:
    folder = _make_folder()
    postgres = EmbeddedPostgres(folder / "pg", settings={"log_min_messages": "fatal"})
    try:
        postgres.start()
        conn = await asyncpg.connect(postgres.url())
        await conn.execute("CREATE DATABASE kills")
        await conn.close()
        await migrate(postgres.url("kills"))
        yield postgres, "kills"
    finally:
        postgres.stop()
        shutil.rmtree(folder)


def _make_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tannoi-kills-"))
    folder.chmod(0o755)  # root's database runs as another account
    return folder


async def _run_alone(num_trials: int, seed: int) -> Report:
    async with _own_database() as (postgres, database):
        return await run(num_trials, seed, postgres, database)


def main() -> int:
    """Kill, print, keep the report; 0 when nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.randrange(10**9))
    asked = parser.parse_args()
    print(f"SEED={asked.seed}", flush=True)
    report = asyncio.run(_run_alone(asked.trials, asked.seed))
    content = {**asdict(report), "is_clean": report.is_clean}
    print(write_both(REPORT, content, report.page()).read_text())
    return 0 if report.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
