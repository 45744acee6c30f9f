"""One of each thing that the routes of money can name, in the first office of the world."""

from backend import receipts
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.receipts import Item, NewReceipt, RangeDraft
from tests.backend.desk import MORNING, Day


async def add_money(conn: Conn, day: Day, ids: dict[str, str]) -> None:
    """Add receipts to the first office."""
    await _add_receipt(conn, day, ids)


async def _add_receipt(conn: Conn, day: Day, ids: dict[str, str]) -> None:
    draft = RangeDraft(
        office_id=day.office_id,
        kind="fee",
        template="EBL01",
        symbol="26TAB",
        first_number=1,
        last_number=1_000,
    )
    await receipts.allot(conn, draft, by=day.dispatcher.id, now=MORNING)
    block = await receipts.lease_block(
        conn,
        day.office_id,
        "fee",
        device_id=new_id(),
        staff_id=day.couriers[0],
        num=10,
        now=MORNING,
    )
    new = NewReceipt(
        office_id=day.office_id,
        id=new_id(),
        kind="fee",
        subject_id=new_id(),
        payer_name="Bí Mật Hoàng",
        items=[Item("Lệ phí", 8_000)],
        occurred_at=MORNING,
        issued_by=day.dispatcher.id,
    )
    receipt = await receipts.issue(conn, new, now=MORNING)
    ids |= {
        "block_id": str(block.id),
        "receipt_id": str(receipt.id),
        "check_code": receipt.check_code,
    }
