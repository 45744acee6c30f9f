<<<<<<< HEAD
"""What the access matrix sends to the routes of the cashier's desk."""
=======
"""What the access matrix sends to the routes of money: receipts, charges, money orders."""
>>>>>>> ea97586 (Allot receipt numbers, lend them to phones, issue each once, keep the void ones; a page that says what holds)

from typing import Final

from tests.access.sample import Sample

<<<<<<< HEAD
NOTES = {"notes": {"500000": 1}}
REASON = {"reason": "đếm sót"}
DAY = {"day": "2026-11-24"}

CASH: Final = {
    "GET /api/cash/v1/drawer/lines": Sample(query=DAY),
    "GET /api/cash/v1/hands/{courier_id:uuid}/lines": Sample(query=DAY),
    "POST /api/cash/v1/floats": Sample(
        body=lambda world: {"courier_id": world.ids["courier_id"], **NOTES}, names_a_thing=True
    ),
    "POST /api/cash/v1/handovers/{handover_id:uuid}/approve": Sample(granted=409),  # not over limit
    "POST /api/cash/v1/handovers/{handover_id:uuid}/void": Sample(),
    "POST /api/cash/v1/shifts/{shift_id:uuid}/count": Sample(body=lambda _: NOTES),
    "POST /api/cash/v1/shifts/{shift_id:uuid}/settle": Sample(
        body=lambda _: REASON,
        granted=409,  # nobody has counted
    ),
    "POST /api/cash/v1/shifts/{shift_id:uuid}/close": Sample(granted=409),
    "POST /api/cash/v1/bank": Sample(
        body=lambda _: {"direction": "withdrawal", "slip": "BN-77", **NOTES}
    ),
    "POST /api/cash/v1/days/count": Sample(query=DAY, body=lambda _: NOTES),
    "POST /api/cash/v1/days/settle": Sample(query=DAY, body=lambda _: REASON, granted=409),
    "POST /api/cash/v1/days/close": Sample(query=DAY, granted=409),
    "POST /api/cash/v1/days/reopen": Sample(
        query=DAY,
        body=lambda world: {"asked_by": world.ids["signer_id"], **REASON},
        granted=409,  # not closed
        names_a_thing=True,
    ),
}
=======
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
CASH: Final[dict[str, Sample]] = {**RECEIPTS}
>>>>>>> ea97586 (Allot receipt numbers, lend them to phones, issue each once, keep the void ones; a page that says what holds)
