"""P3 for money: whatever is done to the book in whatever order, it is that of plain dicts."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import hypothesis
import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from backend import ledger, verify_ledger
from backend.kit.db import prepare, set_walls
from backend.kit.errors import Refusal
from backend.kit.ids import new_id
from backend.ledger import Account, Transfer
from backend.ledger.rules import FLOORS
from tests.backend.ledger.books import NOW

pytestmark = [pytest.mark.store, pytest.mark.slow]

NUM_RUNS = int(os.environ.get("SIMULATION_RUNS", "200"))
NUM_STEPS = int(os.environ.get("SIMULATION_STEPS", "50"))
SEED = int(os.environ.get("SEED", random.randrange(10**9)))
TODAY = date(2026, 11, 24)
numbers = st.integers(min_value=0, max_value=40)
amounts = st.sampled_from([0, 1, 1_000, 50_000, 3_500_000, 50_000_000_001])


class Books:
    """The rules once more, in dicts: nothing of SQL, nothing of ours."""

    def __init__(self) -> None:
        self.rows: dict[UUID, Transfer] = {}
        self.keys: set[tuple[str, str]] = set()
        self.answered: set[UUID] = set()
        self.reversed: set[UUID] = set()
        self.open_on: date | None = None

    def sums(self, account: Account) -> tuple[int, int, int, int]:
        """Return posted and held debits and credits of an account."""
        dp = cp = dh = ch = 0
        for row in self.rows.values():
            is_held = row.phase == "pending" and row.id not in self.answered
            if row.phase == "void" or (row.phase == "pending" and not is_held):
                continue
            posted, held = (0, row.amount_vnd) if is_held else (row.amount_vnd, 0)
            if row.debit == account:
                dp, dh = dp + posted, dh + held
            if row.credit == account:
                cp, ch = cp + posted, ch + held
        return dp, cp, dh, ch

    def judge(self, one: Transfer) -> str:
        """Return `new`, `repeat`, or the code of the refusal that the books must give."""
        if not 1 <= one.amount_vnd <= 50_000_000_000:
            return "amount_out_of_range"
        if one.debit == one.credit:
            return "same_account"
        if one.approved_by == one.created_by:
            return "approved_by_maker"
        known = self.rows.get(one.id)
        if known is not None:
            return "repeat" if known == one else "transfer_differs"
        if one.reverses_id is not None and one.approved_by is None:
            return "needs_approval"
        if one.reverses_id is not None and not one.reason:
            return "needs_reason"
        if one.business_key is not None and (one.code, one.business_key) in self.keys:
            return "already_posted"
        return self._judge_pair(one) or self._judge_cover(one) or "new"

    def _judge_pair(self, one: Transfer) -> str | None:
        """Judge what answers or mirrors another row."""
        if one.phase in ("post", "void"):
            assert one.pending_id is not None
            if one.pending_id in self.answered:
                return "pending_resolved"
            of = self.rows.get(one.pending_id)
            if of is None or of.phase != "pending":
                return "no_pending"
            is_more = one.amount_vnd > of.amount_vnd
            is_other = one.phase == "void" and one.amount_vnd != of.amount_vnd
            if (of.debit, of.credit) != (one.debit, one.credit) or is_more or is_other:
                return "pending_differs"
        if one.reverses_id is not None:
            if one.reverses_id in self.reversed:
                return "already_reversed"
            of = self.rows.get(one.reverses_id)
            if of is None or of.phase not in ("single", "post") or of.reverses_id is not None:
                return "reversal_differs"
            if (of.debit, of.credit, of.amount_vnd) != (one.credit, one.debit, one.amount_vnd):
                return "reversal_differs"
        return None

    def _judge_cover(self, one: Transfer) -> str | None:
        after = Books()
        after.rows = {**self.rows, one.id: one}
        after.answered = self.answered | ({one.pending_id} if one.pending_id else set())
        for account in (one.debit, one.credit):
            dp, cp, dh, ch = after.sums(account)
            floor = FLOORS[account.kind]
            if (floor == "debit" and dp - cp - ch < 0) or (floor == "credit" and cp - dp - dh < 0):
                return "not_covered"
        return None

    def keep(self, one: Transfer) -> None:
        """Write a new row down."""
        self.rows[one.id] = one
        if one.business_key is not None:
            self.keys.add((one.code, one.business_key))
        if one.pending_id is not None:
            self.answered.add(one.pending_id)
        if one.reverses_id is not None:
            self.reversed.add(one.reverses_id)


class LedgerMachine(RuleBasedStateMachine):
    """Everything that may be done to the book, sound or not."""

    def __init__(self, loop: asyncio.AbstractEventLoop, conn: asyncpg.Connection) -> None:
        super().__init__()
        self.loop, self.conn = loop, conn
        self.transaction = conn.transaction()
        self.run(self.transaction.start())
        self.run(set_walls(conn, actor="house", offices="*"))
        self.books = Books()
        office = new_id()
        self.office_id = office
        self.people = [new_id() for _ in range(3)]
        self.accounts = [
            Account(office, "bank"), Account(office, "drawer"),
            Account(office, "hand", self.people[0]), Account(office, "hand", self.people[1]),
            Account(office, "agency_payable", self.people[2], "pension"),
            Account(office, "suspense"),
        ]  # fmt: skip
        self.made: list[Transfer] = []

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(asyncio.wait_for(work, 30))

    def teardown(self) -> None:
        """Verify by other code, then forget all of it."""
        try:
            read = self.run(verify_ledger.read_tables(self.conn))
            assert dict(verify_ledger.verify(read, None).counts) == {}
        finally:
            self.run(self.transaction.rollback())

    def try_to_post(self, one: Transfer) -> None:
        """Post, and hold the answer against the dicts."""
        wanted = self.books.judge(one)
        self.made.append(one)
        told = self.run(self._told(lambda: ledger.post(self.conn, [one], now=NOW)))
        assert told == {"new": 1, "repeat": 0}.get(wanted, wanted), (wanted, one)
        if wanted == "new":
            self.books.keep(one)

    async def _told(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Return what was answered, or the code of the refusal."""
        try:
            async with self.conn.transaction():
                return await work()
        except Refusal as refusal:
            return refusal.code

    def _new(self, debit: Account, credit: Account, amount_vnd: int, **fields: Any) -> Transfer:
        made = Transfer(
            id=new_id(),
            group_id=new_id(),
            code="test",
            debit=debit,
            credit=credit,
            amount_vnd=amount_vnd,
            occurred_at=NOW,
            created_by=self.people[0],
        )
        return msgspec.structs.replace(made, **fields)

    def _account(self, n: int) -> Account:
        return self.accounts[n % len(self.accounts)]

    def _made(self, n: int) -> Transfer | None:
        return self.made[n % len(self.made)] if self.made else None

    @rule(to=numbers, by=numbers, amount_vnd=amounts, is_pending=st.booleans())
    def post(self, to: int, by: int, amount_vnd: int, is_pending: bool) -> None:
        """Move money, or offer it."""
        phase = "pending" if is_pending else "single"
        self.try_to_post(self._new(self._account(to), self._account(by), amount_vnd, phase=phase))

    @rule(amount_vnd=amounts, to=numbers)
    def fill(self, amount_vnd: int, to: int) -> None:
        """Fetch money from the bank, so that something can be spent."""
        self.try_to_post(self._new(self._account(1 + to % 3), self.accounts[0], amount_vnd))

    @rule(which=numbers)
    def repeat(self, which: int) -> None:
        """Send the same again."""
        one = self._made(which)
        if one is not None:
            self.try_to_post(one)

    @rule(which=numbers, amount_vnd=amounts)
    def repeat_differently(self, which: int, amount_vnd: int) -> None:
        """Send something else under an id that was used, or refused."""
        one = self._made(which)
        if one is not None:
            self.try_to_post(msgspec.structs.replace(one, amount_vnd=amount_vnd))

    @rule(which=numbers, is_void=st.booleans(), less=st.integers(0, 1_000))
    def answer(self, which: int, is_void: bool, less: int) -> None:
        """Confirm or void something, pending or not, answered or not."""
        of = self._made(which)
        if of is not None:
            amount = of.amount_vnd if is_void else of.amount_vnd - less
            phase = "void" if is_void else "post"
            self.try_to_post(self._new(of.debit, of.credit, amount, phase=phase, pending_id=of.id))

    @rule(which=numbers, approver=st.sampled_from([None, 0, 1]), reason=st.sampled_from(["", "x"]))
    def take_back(self, which: int, approver: int | None, reason: str) -> None:
        """Reverse something, with or without a reason and a second person."""
        of = self._made(which)
        if of is not None:
            approved_by = None if approver is None else self.people[approver]
            mirror = self._new(
                of.credit, of.debit, of.amount_vnd, reverses_id=of.id, approved_by=approved_by,
                reason=reason,
            )  # fmt: skip
            self.try_to_post(mirror)

    @rule(key=st.sampled_from(["a", "b"]), amount_vnd=amounts)
    def pay_once(self, key: str, amount_vnd: int) -> None:
        """Pay a debt that may have been paid."""
        key = f"{self.office_id}:{key}"
        self.try_to_post(
            self._new(
                self.accounts[5], self.accounts[2], amount_vnd, code="payout.x", business_key=key
            )
        )

    @rule(ahead=st.integers(-2, 3))
    def close_day(self, ahead: int) -> None:
        """Close a day by two people; a closed one is refused."""
        day = TODAY + timedelta(days=ahead)
        people = {"by": self.people[0], "approved_by": self.people[1]}
        told = self.run(
            self._told(lambda: ledger.close_day(self.conn, self.office_id, day, **people))
        )
        assert told == ("day_closed" if self._is_closed(day) else None)
        if told is None:
            self.books.open_on = day + timedelta(days=1)

    @rule(back=st.integers(-3, 3))
    def reopen_day(self, back: int) -> None:
        """Open a day again; one that is open is refused."""
        day = TODAY + timedelta(days=back)
        people = {"by": self.people[0], "approved_by": self.people[1], "reason": "sót"}
        told = self.run(
            self._told(lambda: ledger.reopen_day(self.conn, self.office_id, day, **people))
        )
        assert told == (None if self._is_closed(day) else "day_not_closed")
        if told is None:
            self.books.open_on = day

    def _is_closed(self, day: date) -> bool:
        return self.books.open_on is not None and day < self.books.open_on

    @invariant()
    def balances_are_those_of_the_dicts(self) -> None:
        """After every step each balance is what the dicts add up."""
        kinds = sorted({account.kind for account in self.accounts})
        found = self.run(ledger.list_balances(self.conn, self.office_id, kinds))
        there = {row.account_id: (row.dp, row.cp, row.dh, row.ch) for row in found}
        for account in self.accounts:
            assert there.get(account.id, (0, 0, 0, 0)) == self.books.sums(account)


def test_books_agree_with_plain_dicts(db_url: str) -> None:
    """Tests that no order of sound and unsound postings makes the book differ from the rules."""
    print(f"SEED={SEED}")
    loop = asyncio.new_event_loop()
    try:
        conn = loop.run_until_complete(asyncpg.connect(db_url))
        loop.run_until_complete(prepare(conn))

        @hypothesis.seed(SEED)
        def machine() -> LedgerMachine:
            return LedgerMachine(loop, conn)

        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=NUM_RUNS,
                stateful_step_count=NUM_STEPS,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        loop.run_until_complete(conn.close())
    finally:
        loop.close()
