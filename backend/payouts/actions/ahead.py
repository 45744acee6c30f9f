"""What approved lists need in cash on coming days, at pay points and at the counter."""

from collections import defaultdict
from datetime import date
from uuid import UUID

import msgspec

from backend import network
from backend.kit.sql import Conn
from backend.payouts import rules, store
from backend.payouts.rows import UnpaidSum
from backend.payouts.store import queries


class Need(msgspec.Struct, frozen=True):
    """Cash that a coming day is expected to need; what couriers bring home is not in it."""

    day: date
    point_vnd: int
    counter_vnd: int
    num: int
    """Payments."""


async def list_ahead(conn: Conn, office_id: UUID, from_day: date, to_day: date) -> list[Need]:
    """Return what the days between are expected to need, without the days that need nothing.

    What is unpaid is spread evenly over the working days that a list's calendar has left for it;
    a list without a calendar over the days until it ends. What is late is due at once.
    """
    rows = await queries.list(conn, "sum_unpaid", UnpaidSum, office_id=office_id)
    working = await network.get_working_days(conn, from_day, to_day)
    sums: dict[date, dict[str, int]] = defaultdict(lambda: {"pay_point": 0, "counter": 0, "num": 0})
    for row in rows:
        batch = await store.find_list(conn, office_id, row.list_id)
        if batch is None:
            continue
        scheme = await store.scheme_of(conn, batch)
        first, last = rules.pay_days(
            scheme.settings, batch, is_point=row.how == "pay_point", today=from_day, end=to_day
        )
        days = rules.working_between(working, first, last)
        for day, num, amount_vnd in rules.spread(days, row.num, row.amount_vnd):
            if day <= to_day:
                sums[day][row.how] += amount_vnd
                sums[day]["num"] += num
    return [
        Need(day, one["pay_point"], one["counter"], one["num"]) for day, one in sorted(sums.items())
    ]
