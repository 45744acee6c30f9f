"""What the access matrix sends to the routes of receipts, charges and money orders."""

from typing import Final

from tests.access.sample import Sample

RECEIPTS: Final = {
    "POST /api/cash/v1/receipts/ranges": Sample(
        body=lambda _: {
            "kind": "fee",
            "template": "EBL01",
            "symbol": "26TXY",
            "first_number": 1,
            "last_number": 10,
        }
    ),
    "POST /api/cash/v1/receipts/blocks": Sample(
        body=lambda world: {
            "kind": "fee",
            "device_id": world.ids["device_id"],
            "staff_id": world.ids["staff_id"],
            "num": 5,
        }
    ),
    "POST /api/cash/v1/receipts/blocks/{block_id:uuid}/give-back": Sample(),
    "POST /api/cash/v1/receipts/blocks/{block_id:uuid}/spoil": Sample(
        body=lambda _: {"number": 1, "reason": "in hỏng"}
    ),
    "GET /api/cash/v1/receipts": Sample(query={"from_day": "2026-11-01", "to_day": "2026-11-30"}),
    "GET /api/cash/v1/receipts/use": Sample(query={"year": "2026", "quarter": "4"}),
    "POST /api/cash/v1/receipts/{receipt_id:uuid}/void": Sample(
        body=lambda _: {"reason": "sai tên"}
    ),
    "POST /api/courier/v1/receipts/blocks": Sample(),
    "GET /r/{check_code:str}": Sample(),
}
MONEY: Final[dict[str, Sample]] = {**RECEIPTS}
