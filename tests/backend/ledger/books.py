"""A small book of money for tests: an office, its people, its accounts."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from backend import ledger
from backend.kit.ids import new_id
from backend.ledger import Account, Transfer

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@dataclass
class Books:
    """Ids of one office; `transfer` fills what a test does not care about."""

    office_id: UUID = field(default_factory=new_id)
    cashier: UUID = field(default_factory=new_id)
    controller: UUID = field(default_factory=new_id)
    courier: UUID = field(default_factory=new_id)
    agency: UUID = field(default_factory=new_id)

    @property
    def hand(self) -> Account:
        return Account(self.office_id, "hand", self.courier)

    @property
    def drawer(self) -> Account:
        return Account(self.office_id, "drawer")

    @property
    def bank(self) -> Account:
        return Account(self.office_id, "bank")

    @property
    def payable(self) -> Account:
        return Account(self.office_id, "agency_payable", self.agency, "pension")

    def transfer(
        self, debit: Account, credit: Account, amount_vnd: int, **fields: object
    ) -> Transfer:
        made: dict[str, object] = {
            "id": new_id(),
            "group_id": new_id(),
            "code": "test",
            "occurred_at": NOW,
            "created_by": self.cashier,
        }
        return Transfer(
            debit=debit,
            credit=credit,
            amount_vnd=amount_vnd,
            **(made | fields),  # type: ignore[arg-type]
        )

    async def fill_drawer(self, conn: asyncpg.Connection, amount_vnd: int) -> None:
        transfer = self.transfer(self.drawer, self.bank, amount_vnd, code="bank.withdrawal")
        await ledger.post(conn, [transfer], now=NOW)

    async def balance_vnd(self, conn: asyncpg.Connection, account: Account) -> int:
        return (await ledger.find_balance(conn, account)).amount_vnd
