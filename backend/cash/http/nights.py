"""The nightly reconciliation over HTTP, for whoever works with cash."""

from litestar import Controller, get
from litestar.di import NamedDependency

from backend import ledger
from backend.cash.http.desk import READ
from backend.kit.sql import Conn
from backend.ledger import Night


class NightController(Controller):
    """Whether the books held when they were last asked."""

    path = "/api/cash/v1"
    tags = ("cash",)

    @get("/night", operation_id="cash_read_night", opt=READ)
    async def read_night(self, conn: NamedDependency[Conn]) -> Night | None:
        """Return the newest nightly reconciliation; null before the first (L12)."""
        return await ledger.find_last_night(conn)
