"""What an operator does with the books of money: verify, seal, show the key, live a month."""

import asyncio
import json
import random
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from backend import ledger, verify_ledger
from backend.house import House, make_house
from backend.kit.logs import set_up_logs
from backend.ops.migrate import migrate
from backend.ops.month import MakeApp, simulate
from backend.ops.place import LOCAL_URL, Place, open_place
from backend.settings import read_settings


def show_key(place: Place, console: Console) -> None:
    """Print the public key with which seals are verified."""
    console.print(ledger.public_key(place.settings().ledger_key).hex())


def verify(place: Place, dump: Path | None, roots: Path | None) -> int:
    """Verify the books of a place, or a dump of them, by code that imports none of ours."""
    key = ledger.public_key(place.settings().ledger_key).hex()
    source = ["--url", place.admin_url] if dump is None else ["--dump", str(dump)]
    copies = ["--roots", str(roots)] if roots is not None else []
    return verify_ledger.main([*source, "--key", key, *copies])


def simulate_month(
    make_app: MakeApp,
    console: Console,
    *,
    seed: int | None,
    num_offices: int,
    share: float,
    num_days: int | None,
    report: Path | None,
) -> bool:
    """Live a month in a database of its own; return whether everything closed."""
    set_up_logs("warning")  # a month of requests is not to be read
    seed = random.randrange(1 << 30) if seed is None else seed  # noqa: S311 (a month, no secret)
    console.print(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="tannoi-month-") as folder:
        Path(folder).chmod(0o755)  # root's server passes through it as another account
        with open_place(Path(folder) / "var") as place, Progress(console=console) as progress:
            task = progress.add_task("lists", total=1.0)
            found = asyncio.run(
                _run(
                    place,
                    make_app,
                    seed=seed,
                    num_offices=num_offices,
                    share=share,
                    num_days=num_days,
                    tell=lambda words, done: progress.update(
                        task, completed=done, description=words
                    ),
                )
            )
    text = json.dumps(found, ensure_ascii=False, indent=2)
    console.print_json(text)
    if report is not None:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(text + "\n", encoding="utf-8")
    closed = not found["faults"] and not found["planted_and_not_found"]
    console.print("[green]everything closes[/]" if closed else "[red]it does not close[/]")
    return closed


async def _run(place: Place, make_app: MakeApp, **wanted: Any) -> dict[str, Any]:
    await migrate(place.admin_url)
    # A demo house: its people have set up no second factor before their first day.
    settings = read_settings(place.environment(is_demo=True, public_url=LOCAL_URL))
    house: House = make_house(settings)
    await house.open(name="tannoi-month", pool_size=8, with_hub=False)
    try:
        return await simulate(house, place.admin_url, make_app, **wanted)
    finally:
        await house.close()
