"""An office that collects, for tests: payees, an account, receipt numbers, its people."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from backend import charges, ledger, receipts
from backend.charges import BankAccount, Charge, Collection, Door, NewCharge, Payee, Payment, Source
from backend.kit.ids import new_id
from backend.ledger import Account
from backend.receipts import Item, RangeDraft
from tests.backend.receipts.numbers import NOW, Numbers

BIN, ACCOUNT = "970449", "0123456789012"
DAY = date(2026, 11, 24)


@dataclass
class Till(Numbers):
    """Ids of one office; `new` and `payment` fill what a test does not care about."""

    controller: UUID = field(default_factory=new_id)
    agency: UUID = field(default_factory=new_id)
    biller: UUID = field(default_factory=new_id)
    tax: UUID = field(default_factory=new_id)
    account: str = ACCOUNT

    async def open(self, conn: asyncpg.Connection) -> None:
        await super().open(conn)
        for id, kind, code in (
            (self.agency, "agency", "HCC"),
            (self.biller, "biller", "DIEN-BN"),
            (self.tax, "tax", "THUE-BN"),
        ):
            name = f"Đơn vị mẫu {code}"
            payee = Payee(self.office_id, id, kind, code, name, remit_days=2)
            await charges.save_payee(conn, payee)
        account = BankAccount(self.office_id, BIN, self.account, "BUU CUC MAU")
        await charges.save_account(conn, account)
        # Each office of a test has a symbol of its own numbers.
        first = self.office_id.int % 90_000_000 + 1
        for kind, symbol in (("fee", "26TAB"), ("tax", "26TTH"), ("bill", "26TEK")):
            draft = RangeDraft(
                office_id=self.office_id, kind=kind, template="EBL01", symbol=symbol,
                first_number=first, last_number=first + 999,
            )  # fmt: skip
            await receipts.allot(conn, draft, by=self.cashier, now=NOW)

    def charge(self, kind: str = "fee", amount_vnd: int = 8_000, **fields: object) -> NewCharge:
        payee = {"fee": self.agency, "order": self.agency, "bill": self.biller, "tax": self.tax}
        made: dict[str, Any] = {
            "office_id": self.office_id,
            "id": new_id(),
            "kind": kind,
            "payee_id": payee.get(kind),
            "payer_name": "Nguyễn Thị Mẫu",
            "items": [Item("Khoản thu mẫu", amount_vnd)],
            "due_on": DAY,
            "made_by": self.cashier,
            "external_key": f"TB-{new_id()}" if kind in ("tax", "bill") else "",
            "payer_tax_code": "024190000017" if kind == "tax" else "",
        }
        return NewCharge(**(made | fields))

    async def owe(self, conn: asyncpg.Connection, kind: str = "fee", **fields: object) -> Charge:
        new = self.charge(kind, **fields)
        await charges.add_many(conn, [new], now=NOW)
        return await self.find(conn, new.id)

    async def find(self, conn: asyncpg.Connection, id: UUID) -> Charge:
        found = await charges.find_charge(conn, self.office_id, id)
        assert found is not None
        return found

    def take(self, charge: Charge, **fields: object) -> Collection:
        made: dict[str, Any] = {
            "office_id": self.office_id,
            "id": new_id(),
            "charge_id": charge.id,
            "amount_vnd": charge.amount_vnd,
        }
        return Collection(**(made | fields))

    def counter(self, at: datetime = NOW) -> Source:
        return Source(at=at, received_at=at, staff_id=self.cashier)

    def door_of(self, at: datetime = NOW, *, courier: UUID | None = None) -> Source:
        return Source(
            at=at, received_at=at + timedelta(hours=3), staff_id=courier or self.courier,
            is_door=True, op_id=new_id(), device_id=self.device,
        )  # fmt: skip

    async def lend_kind(self, conn: asyncpg.Connection, kind: str = "fee") -> receipts.Block:
        return await receipts.lease_block(
            conn, self.office_id, kind, device_id=self.device,
            staff_id=self.courier, num=20, now=NOW,
        )  # fmt: skip

    def payment(self, content: str, amount_vnd: int, **fields: object) -> Payment:
        made: dict[str, Any] = {
            "bank_reference": f"FT{new_id().hex}",
            "bin": BIN,
            "account": self.account,
            "amount_vnd": amount_vnd,
            "content": content,
            "paid_at": NOW,
        }
        return Payment(**(made | fields))

    def own(self, kind: str, owner: UUID | None = None, scheme: str = "") -> Account:
        return Account(self.office_id, kind, owner, scheme)

    async def balance(
        self, conn: asyncpg.Connection, kind: str, owner: UUID | None = None, scheme: str = ""
    ) -> int:
        return (await ledger.find_balance(conn, self.own(kind, owner, scheme))).amount_vnd

    def door(self, **fields: object) -> Door:
        made: dict[str, Any] = {
            "citizen_id": new_id(), "delivery_point_id": new_id(), "wanted_on": DAY,
        }  # fmt: skip
        return Door(**(made | fields))
