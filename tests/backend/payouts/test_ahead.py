"""Tests that the cash of coming days is told by the calendars of lists, to the đồng."""

import os
import random
from datetime import date, timedelta

from backend import network, payouts
from backend.payouts import rules
from tests.backend.payouts.making import HOME, Counter, file_of, row_of

DEC_1 = date(2026, 12, 1)
AHEAD = timedelta(days=40)
POINT = {"how": "điểm chi"}


async def bring_list(counter: Counter) -> None:
    """Approve a pension list of December: three at pay points, two at the counter, one at home."""
    rows = [row_of(at, 1_000_000 + at, **POINT) for at in range(3)]
    rows += [row_of(at, 2_000_000 + at) for at in range(3, 5)]
    rows.append(row_of(5, **HOME))
    batch = await counter.draft(*rows)
    await counter.fund(batch)
    await counter.approve(batch)


async def test_each_way_of_paying_has_its_days(counter: Counter) -> None:
    """Tests that pay points need theirs on the commune's days, the counter on the office's."""
    async with counter.begin() as conn:
        await network.load_reference(conn)
    await bring_list(counter)
    async with counter.begin() as conn:
        found = await payouts.list_ahead(conn, counter.office_id, DEC_1, DEC_1 + AHEAD)
        working = await network.get_working_days(conn, DEC_1, DEC_1 + AHEAD)
    assert sum(one.point_vnd for one in found) == 3_000_003
    assert sum(one.counter_vnd for one in found) == 4_000_007
    assert sum(one.num for one in found) == 5
    for one in found:
        assert working.is_working_day(one.day)
        assert one.point_vnd == 0 or 2 <= one.day.day <= 10
        assert one.counter_vnd == 0 or 11 <= one.day.day <= 25
    late = DEC_1 + timedelta(days=28)
    async with counter.begin() as conn:
        found = await payouts.list_ahead(conn, counter.office_id, late, late + AHEAD)
        soon = await payouts.list_ahead(conn, counter.office_id, DEC_1, DEC_1)
    assert sum(one.point_vnd + one.counter_vnd for one in found) == 7_000_010
    assert soon == []


async def test_a_draft_needs_nothing(counter: Counter) -> None:
    """Tests that only what an agency approved is counted on."""
    await counter.bring(file_of(row_of(1)))
    async with counter.begin() as conn:
        assert await payouts.list_ahead(conn, counter.office_id, DEC_1, DEC_1 + AHEAD) == []


def test_a_sum_is_spread_whole() -> None:
    """Tests that no payment and no đồng is lost in spreading, and days differ by one at most."""
    seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
    print(f"SEED={seed}")
    rnd = random.Random(seed)
    for _ in range(300):
        days = [DEC_1 + timedelta(days=n) for n in range(rnd.randint(1, 23))]
        num, amount_vnd = rnd.randint(0, 900), rnd.randint(0, 10**12)
        parts = rules.spread(days, num, amount_vnd)
        assert [day for day, _, _ in parts] == days
        for nth, whole in ((1, num), (2, amount_vnd)):
            shares = [part[nth] for part in parts]
            assert sum(shares) == whole
            assert max(shares) - min(shares) <= 1
