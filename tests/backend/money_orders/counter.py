"""Two offices that take and pay money orders, for tests."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from backend import ledger, money_orders
from backend.kit.errors import Refusal
from backend.kit.ids import new_id
from backend.kit.seal import Sealer
from backend.ledger import Account, Transfer
from backend.money_orders import NewOrder, Order, Party, Paying, Source, Taking
from tests.backend.receipts.numbers import NOW, Numbers

SEALER = Sealer({1: bytes(range(32))}, bytes(range(32, 64)))
SENDER = Party(
    name="Nguyễn Thị Mẫu", id_number="024190000017", phone="0900000001",
    birth_on=date(1990, 9, 2), address="Số 1 đường Mẫu, phường Kinh Bắc", nationality="Việt Nam",
)  # fmt: skip
PAYEE = Party(
    name="Trần Văn Mẫu", id_number="027085000123", phone="0900000002",
    birth_on=date(1985, 1, 1), address="Số 2 đường Mẫu, phường Kinh Bắc", nationality="Việt Nam",
)  # fmt: skip


@dataclass
class Desk(Numbers):
    """One office; the helpers fill what a test does not care about."""

    controller: UUID = field(default_factory=new_id)

    async def fill(self, conn: asyncpg.Connection, amount_vnd: int, *, hand: bool = False) -> None:
        """Put cash into the drawer, or from there into the courier's hand."""
        drawer, bank = Account(self.office_id, "drawer"), Account(self.office_id, "bank")
        legs = [(drawer, bank)]
        if hand:
            legs.append((Account(self.office_id, "hand", self.courier), drawer))
        transfers = [
            Transfer(
                id=new_id(), group_id=new_id(), code="bank.withdrawal", debit=debit,
                credit=credit, amount_vnd=amount_vnd, occurred_at=NOW, created_by=self.cashier,
            )
            for debit, credit in legs
        ]  # fmt: skip
        await ledger.post(conn, transfers, now=NOW)

    def counter(self, at: datetime = NOW) -> Source:
        return Source(office_id=self.office_id, at=at, received_at=at, staff_id=self.cashier)

    def door(self, at: datetime = NOW, *, op_id: UUID | None = None) -> Source:
        return Source(
            office_id=self.office_id, at=at, received_at=at + timedelta(hours=2),
            staff_id=self.courier, is_door=True, op_id=op_id or new_id(),
        )  # fmt: skip

    def new(self, **fields: object) -> NewOrder:
        made: dict[str, Any] = {
            "office_id": self.office_id, "id": new_id(), "amount_vnd": 2_000_000,
            "purpose": "Gửi cho gia đình", "sender": SENDER, "payee": PAYEE,
        }  # fmt: skip
        return NewOrder(**(made | fields))

    async def book(self, conn: asyncpg.Connection, **fields: object) -> Order:
        return await money_orders.book(conn, SEALER, self.new(**fields), by=self.cashier, now=NOW)

    def taking(self, order: Order, **fields: object) -> Taking:
        made: dict[str, Any] = {
            "office_id": self.office_id, "order_id": order.id, "amount_vnd": order.amount_vnd,
            "fee_vnd": order.fee_vnd,
        }  # fmt: skip
        return Taking(**(made | fields))

    async def send(self, conn: asyncpg.Connection, **fields: object) -> tuple[Order, str]:
        """Take an order at the counter; return it with its PIN."""
        order = await self.book(conn, **fields)
        await money_orders.take(conn, SEALER, self.taking(order), self.counter())
        return order, await money_orders.make_pin(conn, SEALER, self.office_id, order.id)

    def paying(self, order: Order, pin: str, **fields: object) -> Paying:
        made: dict[str, Any] = {
            "id": new_id(), "reference": order.reference, "pin": pin,
            "amount_vnd": order.amount_vnd, "method": "cccd", "id_number": PAYEE.id_number,
        }  # fmt: skip
        return Paying(**(made | fields))

    async def pay(self, conn: asyncpg.Connection, order: Order, pin: str, **fields: object) -> str:
        """Pay at the counter; return the reason, or how it went."""
        outcome = await money_orders.pay(
            conn, SEALER, self.paying(order, pin, **fields), self.counter()
        )
        return outcome.reason or outcome.kind

    async def balance(self, conn: asyncpg.Connection, kind: str, owner: UUID | None = None) -> int:
        account = Account(self.office_id, kind, owner)
        return (await ledger.find_balance(conn, account)).amount_vnd

    async def find(self, conn: asyncpg.Connection, order: Order) -> Order:
        found = await money_orders.find_order(conn, self.office_id, order.id)
        assert found is not None
        return found


def other(pin: str) -> str:
    """Return a PIN that is not this one."""
    return f"{(int(pin) + 1) % 1_000_000:06d}"


async def refused(conn: asyncpg.Connection, work) -> str:
    """Return by which code something is refused."""
    with pytest.raises(Refusal) as caught:
        async with conn.transaction():
            await work
    return caught.value.code


async def raise_ceiling(conn: asyncpg.Connection, order: int, sender_day: int) -> None:
    """Set the ceilings, which are data."""
    await conn.execute(
        "UPDATE network.rule_setting SET value = $1 WHERE name = 'order_ceiling_vnd'",
        {"order": order, "sender_day": sender_day},
    )
