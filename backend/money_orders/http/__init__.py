"""Money orders over HTTP."""

from typing import Final

from backend.money_orders.http import counter, reports

controllers: Final = (*counter.controllers, *reports.controllers)
