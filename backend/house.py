"""What a running process holds: settings, pool, live news, seals, the folder of pictures."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from backend.kit.db import Db
from backend.kit.live import Hub
from backend.kit.seal import Sealer
from backend.settings import Settings


@dataclass(frozen=True, slots=True)
class House:
    """Made once at the start of a process and handed to the rooms."""

    settings: Settings
    db: Db
    hub: Hub
    sealer: Sealer

    @property
    def blob_dir(self) -> Path:
        """Return where pictures lie."""
        return self.settings.data_dir / "blobs"

    async def open(self, *, name: str, pool_size: int = 10, with_hub: bool = True) -> None:
        """Open the pool and begin to listen."""
        await self.db.open(size=pool_size, name=name)
        if with_hub:
            await self.hub.open()

    async def close(self) -> None:
        """End open streams, then close the pool."""
        await self.hub.close()
        await self.db.close()


def make_house(settings: Settings) -> House:
    """Build the house of these settings, with nothing open yet."""
    return House(
        settings=settings,
        db=Db(settings.database_url, is_pooled=settings.is_pooled),
        hub=Hub(settings.database_direct_url or settings.database_url),
        sealer=Sealer(settings.seal_keys, settings.index_key),
    )


JobHandler = Callable[[House, bytes], Awaitable[None]]
"""Runs one job of the queue; it may run twice for one job."""
Sweep = Callable[[House], Awaitable[None]]
"""Looks now and then for what got stuck."""
