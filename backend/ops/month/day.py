"""One office's day with money: floats, payments, collections, wrong counts, shortages, closing."""

import random
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from backend import charges, ledger
from backend.cash import DENOMINATIONS
from backend.charges import NewCharge
from backend.house import House
from backend.kit.sql import Conn
from backend.ledger import Account
from backend.ops.month.desk import Desk, Notes, RemitKind
from backend.ops.month.road import Road
from backend.ops.month.town import Bureau, at, make_charges
from backend.payouts import Payout

WRONG_COUNT = 1 / 40
SHORT = 1 / 60
OVER = 1 / 90
DRAWER_SHORT = 1 / 50
PAID_TWICE = 1 / 400
COLLECTED_TWICE = 1 / 900
AT_HOME = 0.3
"""Share of payouts that couriers bring."""
AT_DOOR = ("bill", "postage")
"""Kinds that a courier may take without a receipt of the state."""
CHANGE_VND = 2_000_000
KEPT_VND = 5_000_000
"""What stays in the drawer over night."""


@dataclass
class Tally:
    """What a month did, to be told and to be held against the books."""

    num_payments: int = 0
    num_collections: int = 0
    num_shifts: int = 0
    num_wrong_counts: int = 0
    num_short: int = 0
    num_over: int = 0
    num_doubts: int = 0
    num_remitted: int = 0
    num_over_http: int = 0
    short_vnd: int = 0
    over_vnd: int = 0
    owed_vnd: int = 0
    """What couriers owe for having paid twice."""
    lines: list[str] = field(default_factory=list)


def notes_of(amount_vnd: int) -> Notes:
    """Return an amount in as few notes as a hand counts out; thousands only."""
    notes: Notes = {}
    for value in DENOMINATIONS:
        num, amount_vnd = divmod(amount_vnd, value)
        if num:
            notes[value] = num
    assert amount_vnd == 0, "amounts of the month are whole thousands"
    return notes


@dataclass
class OfficeDay:
    """One day of one office, act after act, a minute each."""

    house: House
    bureau: Bureau
    desk: Desk
    road: Road
    day: date
    rnd: random.Random
    tally: Tally

    def __post_init__(self) -> None:
        self._minutes: Iterator[datetime] = (at(self.day, n) for n in range(1, 700))

    def tick(self) -> datetime:
        """Return the next minute of the day."""
        return next(self._minutes)

    def begin(self) -> AbstractAsyncContextManager[Conn]:
        """Give a transaction inside this office's walls."""
        return self.house.db.transaction(actor="month", offices=[self.bureau.office_id])

    async def work(self, due: list[Payout], num_charges: int) -> None:
        """Do the whole day."""
        owed = await self._make_charges(num_charges)
        home = [payout for payout in due if self.rnd.random() < AT_HOME]
        at_home = {payout.id for payout in home}
        counter = [payout for payout in due if payout.id not in at_home]
        door = [charge for charge in owed if charge.kind in AT_DOOR and self.rnd.random() < 0.6]
        at_door = {charge.id for charge in door}
        again = None
        if counter and self.rnd.random() < PAID_TWICE * len(counter):
            again = self.rnd.choice(counter)
        await self._fetch(sum(payout.amount_vnd for payout in due))
        for nth, courier_id in enumerate(self.bureau.couriers):
            await self._round(courier_id, home[nth::3], door[nth::3])
        if again is not None:
            await self.road.set_out(self.bureau.couriers[0], [again], [], self.tick())
        for payout in counter:
            await self.desk.pay(payout, self.tick())
            self.tally.num_payments += 1
        for charge in owed:
            if charge.id not in at_door:
                await self.desk.collect(charge.id, charge.amount_vnd, self.tick())
                self.tally.num_collections += 1
        if again is not None:
            await self._pay_again(again)
        await self._remit()
        await self._close()

    async def _make_charges(self, num: int) -> list[NewCharge]:
        made = make_charges(self.bureau, self.day, num, self.rnd)
        async with self.begin() as conn:
            await charges.add_many(conn, made, now=self.tick())
        return made

    async def _fetch(self, need_vnd: int) -> None:
        drawer = await self._balance(Account(self.bureau.office_id, "drawer"))
        missing = need_vnd + CHANGE_VND * (len(self.bureau.couriers) + 1) - drawer
        if missing > 0:
            slip = f"R-{self.day}-{self.bureau.number}"
            await self.desk.fetch_cash(notes_of(missing), slip, self.tick())

    async def _balance(self, account: Account) -> int:
        async with self.begin() as conn:
            return (await ledger.find_balance(conn, account)).amount_vnd

    async def _round(self, courier_id: UUID, home: list[Payout], door: list[NewCharge]) -> None:
        """Send a courier out with a float, let them pay and collect, and count them in."""
        await self.road.set_out(courier_id, home, door, self.tick())
        await self._give_float(courier_id, sum(payout.amount_vnd for payout in home) + CHANGE_VND)
        for payout in home:
            await self.road.pay(courier_id, payout, self.tick())
            self.tally.num_payments += 1
        for charge in door:
            await self.road.collect(courier_id, charge, self.tick())
            self.tally.num_collections += 1
            if self.rnd.random() < COLLECTED_TWICE:
                await self.road.collect(courier_id, charge, self.tick())
                self.tally.num_collections += 1
        found = await self.road.tell(courier_id, self.tick())
        assert not found.payouts, "each was paid once"
        for collection_id in found.collections:
            await self._give_back(collection_id)
        await self.road.hear(courier_id, self.tick())
        await self._come_home(courier_id)

    async def _give_float(self, courier_id: UUID, amount_vnd: int) -> None:
        notes = notes_of(amount_vnd)
        handover_id = await self.desk.issue(courier_id, notes, self.tick())
        await self.road.accept(courier_id, handover_id, notes, self.tick())

    async def _give_back(self, collection_id: UUID) -> None:
        """Let two people decide that what was collected twice goes back."""
        self.tally.num_doubts += 1
        await self.desk.give_back(collection_id, self.tick())

    async def _pay_again(self, payout: Payout) -> None:
        """Let a courier pay at a door what was paid at the counter; the courier owes it."""
        courier_id = self.bureau.couriers[0]
        await self._give_float(courier_id, payout.amount_vnd)
        await self.road.pay(courier_id, payout, self.tick())
        found = await self.road.tell(courier_id, self.tick())
        (doubt_id,) = found.payouts
        await self.desk.let_owe(doubt_id, self.tick())
        await self.road.hear(courier_id, self.tick())
        self.tally.num_doubts += 1
        self.tally.owed_vnd += payout.amount_vnd
        await self._come_home(courier_id)

    async def _come_home(self, courier_id: UUID) -> None:
        """Count by two, now and then wrongly, now and then too little or too much; close."""
        left_vnd = await self._balance(Account(self.bureau.office_id, "hand", courier_id))
        there_vnd = left_vnd + self._misfortune(left_vnd)
        notes = notes_of(there_vnd)
        shift_id = await self.road.count(courier_id, notes, self.tick())
        if self.rnd.random() < WRONG_COUNT:
            self.tally.num_wrong_counts += 1
            await self.desk.count_shift(shift_id, notes_of(there_vnd + 100_000), self.tick())
        await self.desk.count_shift(shift_id, notes, self.tick())
        if there_vnd != left_vnd:
            await self.desk.settle_shift(shift_id, self.tick())
        await self.desk.close_shift(shift_id, self.tick())
        self.tally.num_shifts += 1

    def _misfortune(self, left_vnd: int) -> int:
        """Return what is missing (below 0) or over, mostly nothing."""
        dice = self.rnd.random()
        if dice < SHORT and left_vnd > 50_000:
            self.tally.num_short += 1
            self.tally.short_vnd += 50_000
            return -50_000
        if dice > 1 - OVER:
            self.tally.num_over += 1
            self.tally.over_vnd += 20_000
            return 20_000
        return 0

    async def _remit(self) -> None:
        """Hand on what was collected through this day: taxes wait no longer than a day."""
        payees: list[tuple[RemitKind, UUID]] = [
            ("fee", self.bureau.partner_id),
            ("bill", self.bureau.biller_id),
            ("tax", self.bureau.tax_id),
        ]
        for kind, payee_id in payees:
            num = await self.desk.remit(kind, payee_id, self.day, self.tick())
            self.tally.num_remitted += num

    async def _close(self) -> None:
        """Bring what is too much to the bank, count the drawer by two, close the day."""
        drawer = Account(self.bureau.office_id, "drawer")
        left_vnd = await self._balance(drawer)
        if left_vnd > 2 * KEPT_VND:
            slip = f"N-{self.day}-{self.bureau.number}"
            await self.desk.bring_cash(notes_of(left_vnd - KEPT_VND), slip, self.tick())
            left_vnd = KEPT_VND
        if self.rnd.random() < DRAWER_SHORT and left_vnd > 20_000:
            self.tally.num_short += 1
            self.tally.short_vnd += 20_000
            left_vnd -= 20_000
        await self.desk.close_day(self.day, notes_of(left_vnd), self.tick())
