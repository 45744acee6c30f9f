"""Tests that whatever people do with lists, in any order, the money closes to the đồng (L12)."""

import random
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from backend import payouts
from backend.kit.errors import Refusal
from backend.payouts import Asked, Authority, Outcome, PayoutList, Seen
from backend.payouts.actions import reports
from tests.backend.payouts.making import HOME, NOW, PROXY, Counter, number_of, row_of
from tests.backend.payouts.test_invariants import find_broken

pytestmark = [pytest.mark.anyio, pytest.mark.store]

NUM_STEPS = 90
WAYS = ("valid", "agency_accepts", "courier_owes", "recovered")
PROBLEMS = (None, None, None, "no_lease", "lease_expired", "suspect_time")


class Walk:
    """Two periods of one scheme, and everything that may happen to them, by chance."""

    def __init__(self, counter: Counter, rnd: random.Random) -> None:
        self.counter, self.rnd = counter, rnd
        self.lists: list[PayoutList] = []
        self.num_done = 0
        self.num_refused = 0

    async def begin(self) -> None:
        """Give cash out and approve the first list."""
        for courier in self.counter.day.couriers:
            await self.counter.give_float(20_000_000, courier)
        await self.counter.give_float(30_000_000)
        rows = [
            row_of(at, self.rnd.randrange(300_000, 4_000_000, 1_000), **self.place_of(at))
            for at in range(1, 13)
        ]
        self.lists.append(await self.counter.approved(*rows))

    def place_of(self, at: int) -> dict[str, str]:
        return {**(HOME if at % 2 else {}), **(PROXY if at % 5 == 0 else {})}

    async def step(self) -> None:
        """Do something; what is refused must leave no trace."""
        doing: Callable[[], Awaitable[object]] = self.rnd.choice(
            (self.pay_counter, self.pay_door, self.pay_door, self.settle, self.correct, self.stop)
        )
        try:
            await doing()
            self.num_done += 1
        except Refusal:
            self.num_refused += 1

    async def row(self) -> payouts.Payout:
        batch = self.rnd.choice(self.lists)
        return self.rnd.choice(await self.counter.rows(batch))

    async def pay_counter(self) -> Outcome:
        return await self.counter.pay(self.counter.payment(await self.row()))

    async def pay_door(self) -> Outcome:
        row = await self.row()
        changes: dict[str, object] = {"lease_problem": self.rnd.choice(PROBLEMS)}
        if self.rnd.random() < 0.2:
            changes["amount_vnd"] = row.amount_vnd + 1_000
        if self.rnd.random() < 0.3:
            changes |= {
                "proxy": Authority("con", self.rnd.choice(("certified", "written"))),
                "identity": Seen("cccd", "0077"),
            }
        courier = self.rnd.choice(self.counter.day.couriers)
        return await self.counter.pay_at_door(row, courier, **changes)

    async def settle(self) -> None:
        async with self.counter.begin() as conn:
            doubts = await payouts.list_doubts(conn, self.counter.office_id)
        if doubts:
            await self.settle_one(self.rnd.choice(doubts).id, self.rnd.choice(WAYS))

    async def settle_one(self, doubt_id: object, as_: str) -> None:
        async with self.counter.begin() as conn:
            await payouts.settle_doubt(
                conn,
                office_id=self.counter.office_id,
                doubt_id=doubt_id,
                as_=as_,
                by=self.counter.cashier,
                approved_by=self.counter.controller,
                reason="đã hỏi",
                now=NOW,
            )

    async def correct(self) -> None:
        async with self.counter.begin() as conn:
            ids = await conn.fetch("SELECT id FROM payouts.payment ORDER BY id")
        if not ids:
            return
        async with self.counter.begin() as conn:
            await payouts.correct(
                conn,
                office_id=self.counter.office_id,
                payment_id=self.rnd.choice(ids)["id"],
                by=self.counter.cashier,
                approved_by=self.counter.controller,
                reason="trả nhầm",
                now=NOW,
            )

    async def stop(self) -> None:
        if self.rnd.random() < 0.3:
            change = self.rnd.choice(("dừng", "đã mất", "chuyển tài khoản"))
            await self.counter.stop(self.lists[0], number_of(self.rnd.randrange(1, 13)), change)

    async def end(self) -> None:
        """Settle every doubt, carry the first list into the second, close both."""
        await self.settle_all()
        await self.close(self.lists[0], "carry")
        asked = Asked(scheme="pension", period="2027-01")
        batch = await self.counter.draft(row_of(20, period="2027-01"), asked=asked)
        await self.counter.fund(batch, 3_500_000)
        await self.counter.approve(batch)
        self.lists = [await self.counter.list_of(batch.id), self.lists[0]]
        for _ in range(10):
            try:
                await self.pay_counter()
            except Refusal:
                self.num_refused += 1
        await self.close(self.lists[0], "give_back")

    async def settle_all(self) -> None:
        async with self.counter.begin() as conn:
            doubts = await payouts.list_doubts(conn, self.counter.office_id)
        for doubt in doubts:
            if not doubt.is_posted:
                await self.counter.give_float(doubt.amount_vnd, doubt.courier_id)
            await self.settle_one(doubt.id, "courier_owes")

    async def close(self, batch: PayoutList, unpaid: str) -> None:
        async with self.counter.begin() as conn:
            await payouts.close(
                conn,
                office_id=self.counter.office_id,
                list_id=batch.id,
                unpaid=unpaid,
                by=self.counter.controller,
                now=NOW,
            )

    async def check(self) -> None:
        """Check that each list's money is told alike by rows and ledger."""
        async with self.counter.begin() as conn:
            for batch in await payouts.list_lists(conn, self.counter.office_id):
                report = await reports.reconcile(conn, batch)
                assert report.difference_vnd == 0, report


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_random_walks_close_to_the_dong(
    counter: Counter, admin_conn: asyncpg.Connection, seed: int
) -> None:
    """Tests that after every walk the rules hold, nothing is in suspense, nobody is owed."""
    print(f"seed {seed}")
    walk = Walk(counter, random.Random(seed))
    await walk.begin()
    for at in range(NUM_STEPS):
        await walk.step()
        if at % 15 == 0:
            await walk.check()
    assert await find_broken(admin_conn) == set()
    await walk.end()
    await walk.check()
    assert await find_broken(admin_conn) == set()
    assert await counter.balance_vnd("suspense") == 0
    assert await counter.owed_vnd() == 0
    assert walk.num_done > NUM_STEPS / 4
    assert walk.num_refused > 0
