"""A month of the whole province's money in one command: done by the rooms' own doors, then judged.

It proves on itself that agencies' settlements, drawers and the trial balance close, and that wrong
figures are found. Nothing of it is kept.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import date
from typing import Any

from backend import ledger, network
from backend.house import House
from backend.kit.clock import now
from backend.ops.month.day import OfficeDay, Tally
from backend.ops.month.desk import Desk, DirectDesk, HttpDesk, Unpaid, clock
from backend.ops.month.judge import judge
from backend.ops.month.road import DirectRoad, HttpRoad, Road
from backend.ops.month.server import Served, serve
from backend.ops.month.town import (
    FIRST,
    LAST,
    NUM_CHARGES_A_DAY,
    NUM_OFFICES,
    Bureau,
    Scale,
    at,
    bring_lists,
    days_between,
    make_bureau,
)
from backend.payouts import Payout

NUM_AT_ONCE = 4
LEFT_UNPAID = 0.04
Tell = Callable[[str, float], None]
MakeApp = Callable[[House], Any]


async def simulate(
    house: House,
    admin_url: str,
    make_app: MakeApp,
    *,
    seed: int,
    num_offices: int = NUM_OFFICES,
    share: float = 1.0,
    num_days: int | None = None,
    tell: Tell,
) -> dict[str, Any]:
    """Live a month and return what was done and found; `tell` hears of progress from 0 to 1.

    Every tenth office works over HTTP: requests come over TCP to the whole application, which our
    own server serves on a port of this machine, and are judged at the month's own clock.
    """
    began = time.monotonic()
    rnd = random.Random(seed)  # noqa: S311 (a month, no secret)
    tally, scale = Tally(), Scale(share)
    bureaus = await _make_province(house, num_offices, scale, rnd, tell)
    async with house.db.transaction(actor="month", offices="*") as conn:
        calendar = await network.get_working_days(conn, FIRST, LAST)
    days = [day for day in days_between(FIRST, LAST) if calendar.is_working_day(day)][:num_days]
    async with AsyncExitStack() as stack:
        app = make_app(house)
        app.state.clock = clock
        served = await stack.enter_async_context(serve(app))
        hands = [await _find_hands(stack, house, served, bureau) for bureau in bureaus]
        await _live(house, hands, bureaus, days, scale, seed, tally, tell)
    async with house.db.transaction(actor="seal", offices="*") as conn:
        await ledger.seal_all(conn, house.settings.ledger_key, now=now())
    tell("judging", 0.97)
    verdict = await judge(house, admin_url, bureaus, tally)
    return {
        "seed": seed,
        "offices": len(bureaus),
        "offices_over_http": sum(bureau.is_over_http for bureau in bureaus),
        "http_requests": served.num_requests,
        "http_connections": len(served.peers),
        "facts_by_phones": sum(road.num_facts for _, road in hands if isinstance(road, HttpRoad)),
        "days": len(days),
        **{f"num_due_{scheme}": num for scheme, num in _count_due(bureaus).items()},
        **{name: value for name, value in asdict(tally).items() if name != "lines"},
        "faults": verdict.faults,
        "planted": verdict.num_planted,
        "planted_and_not_found": verdict.unseen,
        "not_planted": verdict.refused,
        "duration_s": round(time.monotonic() - began),
    }


async def _make_province(
    house: House, num_offices: int, scale: Scale, rnd: random.Random, tell: Tell
) -> list[Bureau]:
    bureaus = []
    async with house.db.transaction(actor="month", offices="*") as conn:
        await network.load_reference(conn)
    for number in range(1, num_offices + 1):
        async with house.db.transaction(actor="month", offices="*") as conn:
            bureaus.append(await make_bureau(conn, house.sealer, number, rnd=rnd))
        await bring_lists(house, bureaus[-1], scale, rnd)
        tell(f"lists of office {number} approved", 0.15 * number / num_offices)
    return bureaus


async def _find_hands(
    stack: AsyncExitStack, house: House, served: Served, bureau: Bureau
) -> tuple[Desk, Road]:
    """Return an office's desk and road; each that speaks HTTP does so from its own address."""
    if not bureau.is_over_http:
        return DirectDesk(house, bureau), DirectRoad(house, bureau)
    client = await stack.enter_async_context(served.client(bureau.number))
    desk = HttpDesk(client, house, bureau)
    return desk, HttpRoad(client, house, bureau, desk)


async def _live(
    house: House,
    hands: list[tuple[Desk, Road]],
    bureaus: list[Bureau],
    days: list[date],
    scale: Scale,
    seed: int,
    tally: Tally,
    tell: Tell,
) -> None:
    """Let every office work every day, some offices at once."""
    places = asyncio.Semaphore(NUM_AT_ONCE)
    num_done = 0

    async def one(bureau: Bureau, desk: Desk, road: Road) -> None:
        nonlocal num_done
        rnd = random.Random(f"{seed}:{bureau.number}")  # noqa: S311 (a month, no secret)
        shares = _share_out(bureau, len(days), rnd)
        num_charges = scale.part(NUM_CHARGES_A_DAY, bureau.number) or 1
        async with places:
            for day, due in zip(days, shares, strict=True):
                if isinstance(desk, HttpDesk):
                    await desk.sign_in(at(day, 0))
                    tally.num_over_http += 1
                work = OfficeDay(house, bureau, desk, road, day, rnd, tally)
                await work.work(due, num_charges)
                num_done += 1
                done = num_done / (len(bureaus) * len(days))
                tell(f"{day}, office {bureau.number}", 0.15 + 0.8 * done)
            # Pensions that nobody fetched go back, allowances are carried over.
            for nth, batch in enumerate(bureau.lists):
                unpaid: Unpaid = "carry"
                if bureau.schemes[batch.id] == "pension":
                    unpaid = "give_back"
                await desk.close_list(batch.id, unpaid, at(days[-1], 700 + nth))

    async with asyncio.TaskGroup() as group:
        for bureau, (desk, road) in zip(bureaus, hands, strict=True):
            group.create_task(one(bureau, desk, road))


def _count_due(bureaus: list[Bureau]) -> Counter[str]:
    """Return how many people were owed something by each scheme."""
    return Counter(bureau.schemes[payout.list_id] for bureau in bureaus for payout in bureau.to_pay)


def _share_out(bureau: Bureau, num_days: int, rnd: random.Random) -> list[list[Payout]]:
    """Spread the month's payouts over its days; some people never come."""
    shares: list[list[Payout]] = [[] for _ in range(num_days)]
    for payout in bureau.to_pay:
        if rnd.random() >= LEFT_UNPAID:
            shares[rnd.randrange(num_days)].append(payout)
    return shares
