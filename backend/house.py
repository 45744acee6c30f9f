"""What a running process holds: settings, pool, live news, seals, the folder of pictures."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from backend.kit.circuit import Circuits
from backend.kit.db import REPORT_LIMITS, Db
from backend.kit.gate import Gate
from backend.kit.live import Hub
from backend.kit.seal import Sealer
from backend.settings import Settings


@cache
def _read_day(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None  # not built, or by hand


@dataclass(frozen=True, slots=True)
class House:
    """Made once at the start of a process and handed to the rooms."""

    settings: Settings
    db: Db
    """The desk's, the agencies' and the worker's: lists, reports, boards."""
    phones: Db
    """Couriers' phones: nothing else may keep them waiting (R4)."""
    reports: Db
    """Files to print or save: a statement may take half a minute, and nobody else waits (R3)."""
    citizens: Db
    """Who follows a link or a code: the first to wait when there is too much to do."""
    probe: Db
    """One connection for the question whether the database answers, however full the rest is."""
    exchanges: Gate
    """At most two exchanges in flight for each connection of the phones' pool."""
    hub: Hub
    sealer: Sealer
    circuits: Circuits
    """What this process knows of push services that do not answer (R5)."""

    @property
    def blob_dir(self) -> Path:
        """Return where pictures lie."""
        return self.settings.data_dir / "blobs"

    @property
    def app_built_on(self) -> date | None:
        """Return the day on which the couriers' app that this house gives out was built."""
        return _read_day(self.settings.pwa_dir / "courier" / "built-on.txt")

    async def open(self, *, name: str, pool_size: int = 10, with_hub: bool = True) -> None:
        """Open the pools and begin to listen; `pool_size` is that of `db`."""
        await self.db.open(size=pool_size, name=name)
        await self.reports.open(
            size=self.settings.num_report_connections, size_min=0, name=name, **REPORT_LIMITS
        )
        sizes = (
            (self.phones, self.settings.num_phone_connections),
            (self.citizens, self.settings.num_citizen_connections),
            (self.probe, 1),
        )
        for pool, size in sizes:
            await pool.open(size=size, size_min=0, name=name)
        if with_hub:
            await self.hub.open()

    async def close(self) -> None:
        """End open streams, then close the pools."""
        await self.hub.close()
        await asyncio.gather(*(one.close() for one in self._pools))

    @property
    def _pools(self) -> tuple[Db, ...]:
        return (self.db, self.phones, self.reports, self.citizens, self.probe)


def make_house(settings: Settings) -> House:
    """Build the house of these settings, with nothing open yet."""

    def pool() -> Db:
        return Db(settings.database_url, is_pooled=settings.is_pooled)

    return House(
        settings=settings,
        db=pool(),
        phones=pool(),
        reports=pool(),
        citizens=pool(),
        probe=pool(),
        exchanges=Gate(2 * settings.num_phone_connections),
        hub=Hub(settings.database_direct_url or settings.database_url),
        sealer=Sealer(settings.seal_keys, settings.index_key),
        circuits=Circuits(),
    )


JobHandler = Callable[[House, bytes], Awaitable[None]]
"""Runs one job of the queue; it may run twice for one job."""
Sweep = Callable[[House], Awaitable[None]]
"""Looks now and then for what got stuck."""
