"""An office with receipt numbers, for tests."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from backend import network, receipts
from backend.kit.ids import new_id
from backend.network import Office
from backend.receipts import Item, NewReceipt, RangeDraft

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@dataclass
class Numbers:
    """Ids of one office; `draft` and `new` fill what a test does not care about."""

    office_id: UUID = field(default_factory=new_id)
    cashier: UUID = field(default_factory=new_id)
    courier: UUID = field(default_factory=new_id)
    device: UUID = field(default_factory=new_id)

    async def open(self, conn: asyncpg.Connection) -> None:
        await network.load_reference(conn)
        code = str(self.office_id.int)[-9:]
        office = Office(
            self.office_id, code, "Bưu cục Mẫu", "09187", "Số 1", "02223000001", 21.18, 106.06
        )
        self.office_id = await network.save_office(conn, office)

    def draft(self, **fields: object) -> RangeDraft:
        made: dict[str, object] = {
            "office_id": self.office_id,
            "kind": "fee",
            "template": "EBL01",
            "symbol": "26TAB",
            "first_number": 1,
            "last_number": 1_000,
        }
        return RangeDraft(**(made | fields))

    def new(self, **fields: object) -> NewReceipt:
        made: dict[str, object] = {
            "office_id": self.office_id,
            "id": new_id(),
            "kind": "fee",
            "subject_id": new_id(),
            "payer_name": "Nguyễn Thị Mẫu",
            "items": [Item("Lệ phí hộ tịch", 8_000)],
            "occurred_at": NOW,
            "issued_by": self.cashier,
        }
        return NewReceipt(**(made | fields))

    async def allot(self, conn: asyncpg.Connection, **fields: object) -> UUID:
        return await receipts.allot(conn, self.draft(**fields), by=self.cashier, now=NOW)

    async def lend(self, conn: asyncpg.Connection, num: int = 10) -> receipts.Block:
        return await receipts.lease_block(
            conn, self.office_id, "fee", device_id=self.device, staff_id=self.courier, num=num,
            now=NOW,
        )  # fmt: skip
