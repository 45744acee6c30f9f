"""How long the worker takes for a list of 100,000 rows, and how much memory, by kind of file.

`make bench-payouts`: a real worker process with PostgreSQL beside it reads a CSV and an XLSX file
of synthetic people, all rules on, and keeps them; its progress is read from the table as the app
reads it. Goals: under 60 s and under 500 MB (worker and its reader together) on two cores.
"""

import argparse
import asyncio
import io
import json
import os
import platform
import random
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from backend import payouts
from backend.house import House, make_house
from backend.kit.clock import now
from backend.kit.sheet_table import write_sheet
from backend.ops.embedded_pg import EmbeddedPostgres
from backend.ops.migrate import APP, migrate
from backend.payouts import Asked
from backend.settings import read_settings
from tests import serving
from tests.backend.desk import make_day
from tests.serving import free_port, live_worker, make_env

REPORT = serving.ROOT / "build" / "bench-payouts.json"
GOAL_S, GOAL_MB = 60.0, 500.0
LOOK_EVERY_S = 0.1
HEADINGS = (
    "Họ tên", "Số định danh", "Ngày sinh", "Kỳ", "Số tiền", "Hình thức", "Địa chỉ", "Điện thoại",
    "Người nhận thay", "CCCD người nhận thay", "Chứng thực", "Ủy quyền từ", "Ủy quyền đến",
)  # fmt: skip
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
MIDDLE = ("Thị", "Văn", "Đình", "Hữu", "Minh", "Thanh")
GIVEN = ("Mẫu", "Hòa", "Thủy", "Bình", "Cường", "Dũng", "Hạnh", "Lan", "Phúc", "Quý")


@dataclass(frozen=True)
class Figures:
    """One file, read and kept."""

    kind: str
    num_rows: int
    file_mb: float
    took_s: float
    cpu_s: float
    """Seconds of a core that the worker and its reader took; does not grow with others' load."""
    rows_per_s: float
    peak_mb: float
    """Resident memory of the worker and its reader together, the highest seen."""
    idle_mb: float
    num_steps: int
    """Different stages of progress that a screen could see."""

    @property
    def is_good(self) -> bool:
        """Return whether the goals are met."""
        return self.took_s < GOAL_S and self.peak_mb < GOAL_MB

    def line(self) -> str:
        """Say it for a reader."""
        return (
            f"{self.kind:<5} {self.num_rows:>7,} rows, {self.file_mb:5.1f} MB: "
            f"{self.took_s:5.1f} s, {self.cpu_s:.1f} s of a core "
            f"({self.rows_per_s:,.0f} rows/s), peak {self.peak_mb:,.0f} MB "
            f"(idle {self.idle_mb:,.0f}), {self.num_steps} steps of progress "
            f"{'✓' if self.is_good else '✗'}"
        )


def make_rows(num: int, seed: int, century: int) -> list[tuple[object, ...]]:
    """Return rows of people nobody is: one in five at home, one in twenty by proxy."""
    rnd = random.Random(seed)
    rows: list[tuple[object, ...]] = []
    for at in range(num):
        year = at // 100_000 + 40
        number = f"027{century}{year:02d}{at % 1_000_000:06d}"
        name = f"{rnd.choice(FAMILY)} {rnd.choice(MIDDLE)} {rnd.choice(GIVEN)}"
        is_home = at % 5 == 0
        by = at % 20 == 0
        rows.append(
            (
                name,
                number,
                f"0{at % 9 + 1}/1{at % 3}/{1900 + 100 * (century // 2) + year}",
                "12/2026",
                rnd.randrange(500_000, 9_000_000, 1_000),
                "tại nhà" if is_home else "quầy",
                f"Số {at % 900} thôn Mẫu, phường Kinh Bắc, Bắc Ninh" if is_home else "",
                f"09{at % 100_000_000:08d}" if at % 2 else "",
                "Trần Văn Mẫu" if by else "",
                f"027080{at % 1_000_000:06d}" if by else "",
                "có" if by else "",
                "01/06/2026" if by else "",
                "31/05/2027" if by else "",
            )
        )
    return rows


def write_csv(rows: list[tuple[object, ...]]) -> bytes:
    """Return the rows as people save them."""
    out = io.StringIO()
    out.write(",".join(HEADINGS) + "\n")
    for row in rows:
        out.write(",".join(f'"{cell}"' for cell in row) + "\n")
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process and its children now."""
    pids, total = [pid], 0
    while pids:
        one = pids.pop()
        with suppress(OSError):
            status = Path(f"/proc/{one}/status").read_text()
            total += int(next(s for s in status.splitlines() if s.startswith("VmRSS")).split()[1])
            for task in Path(f"/proc/{one}/task").iterdir():
                pids += [int(child) for child in (task / "children").read_text().split()]
    return total / 1024


def cpu_s(pid: int) -> float:
    """Return the seconds of a core that a process and its ended children have taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def wait_ready(log_file: Path) -> None:
    """Return a moment after the worker said that it is ready."""
    while "worker_ready" not in (log_file.read_text() if log_file.exists() else ""):
        time.sleep(LOOK_EVERY_S)
    time.sleep(1)


async def measure(
    house: House, office: tuple[UUID, UUID, UUID], kind: str, raw: bytes, num: int, pid: int
) -> Figures:
    """Bring a file and watch until it is done."""
    office_id, partner_id, officer_id = office
    scheme = "pension" if kind == "csv" else "merit"
    idle_mb, cpu_before_s = memory_mb(pid), cpu_s(pid)
    began = time.perf_counter()
    async with house.db.transaction(actor="house", offices="*") as conn:
        upload_id = await payouts.bring(
            conn,
            house.sealer,
            office_id=office_id,
            partner_id=partner_id,
            by=officer_id,
            asked=Asked(scheme=scheme, period="2026-12"),
            raw=raw,
            commit=True,
            now=now(),
        )
    peak_mb, steps = idle_mb, set[int]()
    while True:
        peak_mb = max(peak_mb, memory_mb(pid))
        async with house.db.transaction(actor="house", offices="*") as conn:
            upload = await payouts.find_upload(conn, office_id, upload_id)
        assert upload is not None
        steps.add(upload.num_read)
        if upload.state in ("done", "failed", "judged"):
            break
        await asyncio.sleep(LOOK_EVERY_S)
    took_s = time.perf_counter() - began
    assert upload.state == "done", (upload.refusal, upload.faults[:3])
    assert upload.num_good == num
    return Figures(
        kind,
        num,
        len(raw) / 1e6,
        took_s,
        cpu_s(pid) - cpu_before_s,
        num / took_s,
        peak_mb,
        idle_mb,
        len(steps),
    )


async def run(postgres: EmbeddedPostgres, data_dir: Path, num: int, seed: int) -> list[Figures]:
    """Measure both kinds of file on one database."""
    await migrate(postgres.url())
    env = make_env(postgres.url(user=APP), data_dir, f"http://127.0.0.1:{free_port()}")
    house = make_house(read_settings(env))
    await house.open(name="bench", pool_size=2, with_hub=False)
    figures = []
    try:
        day = await make_day(house)
        office = (day.office_id, day.partner_id, day.officer_id)
        with live_worker(env, data_dir / "worker.log") as worker:
            await asyncio.to_thread(wait_ready, data_dir / "worker.log")
            for at, kind in enumerate(("csv", "xlsx")):
                rows = make_rows(num, seed + at, at)
                raw = write_csv(rows) if kind == "csv" else write_sheet("T12", [HEADINGS, *rows])
                del rows
                figures.append(await measure(house, office, kind, raw, num, worker.pid))
                print(figures[-1].line(), flush=True)
    finally:
        await house.close()
    return figures


def main() -> int:
    """Measure, print, keep the figures; return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20261126)
    asked = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="tannoi-bench-"))
    base.chmod(0o755)
    postgres = EmbeddedPostgres(base / "pg", settings={"log_min_messages": "fatal"})
    print(f"{asked.rows:,} rows, seed {asked.seed}, {os.cpu_count()} cores, {platform.machine()}")
    try:
        postgres.start()
        figures = asyncio.run(run(postgres, base, asked.rows, asked.seed))
    finally:
        postgres.stop()
        shutil.rmtree(base)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps([asdict(one) for one in figures], indent=1))
    return 0 if all(one.is_good for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
