"""Work for later: sealing the book of money every five minutes, and copying the roots away."""

import asyncio
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Final

from backend.house import House, Sweep
from backend.kit import clock
from backend.ledger import seals
from backend.ledger.model import Seal
from backend.ledger.store import queries

SEAL_EVERY: Final = timedelta(minutes=5)
ROOTS_FILE: Final = "roots.jsonl"


async def seal_due(house: House) -> None:
    """Seal what was posted, when the last seal is five minutes old."""
    now = clock.now()
    async with house.db.transaction(actor="seal", offices="*") as conn:
        epoch = await queries.value(conn, "find_epoch")
        last = await queries.one(conn, "find_last_seal", Seal, epoch=epoch)
        if last is not None and now - last.sealed_at < SEAL_EVERY:
            return
    await seal_now(house)


async def seal_now(house: House) -> Seal | None:
    """Seal all that can be sealed and copy the new root to where the database cannot reach."""
    async with house.db.transaction(actor="seal", offices="*") as conn:
        seal = await seals.seal_all(conn, house.settings.ledger_key, now=clock.now())
    if seal is not None:
        folder = house.settings.seals_dir or house.settings.data_dir / "seals"
        await asyncio.to_thread(_copy, seal, folder)
    return seal


def _copy(seal: Seal, folder: Path) -> None:
    """Add a root to the copies; on disk before the worker goes on."""
    folder.mkdir(parents=True, exist_ok=True)
    line = {
        "epoch": seal.epoch,
        "n": seal.n,
        "xid_until": seal.xid_until,
        "num_rows": seal.num_rows,
        "root": seal.root.hex(),
        "sealed_at": seal.sealed_at.isoformat(),
    }
    with (folder / ROOTS_FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


SWEEPS: tuple[Sweep, ...] = (seal_due,)
