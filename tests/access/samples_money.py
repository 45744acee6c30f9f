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
CHARGES: Final = {
    "POST /api/cash/v1/charges": Sample(
        body=lambda _: {
            "kind": "postage",
            "payer_name": "Nguyễn Thị Mẫu",
            "items": [{"name": "Cước", "amount_vnd": 20_000}],
        }
    ),
    "POST /api/cash/v1/charges/payees": Sample(
        body=lambda _: {"kind": "biller", "code": "NUOC", "name": "Cấp nước (mẫu)"}
    ),
    "POST /api/cash/v1/charges/accounts": Sample(
        body=lambda _: {"bin": "970449", "account": "999", "name": "BUU CUC MAU"}
    ),
    "POST /api/cash/v1/charges/imports/{payee_id:uuid}": Sample(
        body=lambda _: b"key,payer_name,amount_vnd\nHD-9,Nguyen Thi Mau,1000\n",
        content_type="text/csv",
    ),
    "POST /api/cash/v1/charges/proposals": Sample(
        body=lambda world: {
            "kind": "take_back",
            "subject_id": world.ids["collected_id"],
            "note": "thu nhầm",
        },
        names_a_thing=True,
    ),
    "POST /api/cash/v1/charges/proposals/{proposal_id:uuid}/approve": Sample(
        path={"proposal_id": "reversal_id"}
    ),
    "POST /api/cash/v1/charges/proposals/{proposal_id:uuid}/refuse": Sample(
        path={"proposal_id": "reversal_id"}
    ),
    "POST /api/cash/v1/charges/{charge_id:uuid}/collect": Sample(
        body=lambda _: {"id": "01a207c9-6c85-76e4-b582-1a5ee986d7aa", "amount_vnd": 20_000}
    ),
    "POST /api/cash/v1/charges/{charge_id:uuid}/receipt": Sample(granted=409),  # not collected
    "POST /api/cash/v1/charges/{charge_id:uuid}/qr": Sample(),
    "POST /api/cash/v1/charges/{charge_id:uuid}/show": Sample(),
    "POST /api/cash/v1/charges/{charge_id:uuid}/cancel": Sample(
        body=lambda _: {"reason": "lập nhầm"}
    ),
    "POST /api/cash/v1/charges/batches": Sample(
        body=lambda world: {"kind": "bill", "payee_id": world.ids["payee_id"]},
        names_a_thing=True,
    ),
    "POST /api/cash/v1/charges/batches/{batch_id:uuid}/remit": Sample(body=lambda _: {}),
    "POST /api/cash/v1/charges/batches/{batch_id:uuid}/drop": Sample(),
    "GET /api/cash/v1/charges/taxes": Sample(
        query={"payee_id": "01a207c9-6c85-76e4-b582-1a5ee986d7bb", "year": "2026", "month": "11"},
        granted=404,  # nobody's
    ),
    "POST /api/bank/v1/notices": Sample(
        body=lambda _: {"type": "payment.received", "data": {}}, granted=401
    ),
}
DAYS = {"from_day": "2026-11-01", "to_day": "2026-11-30"}
NOBODY = {"name": "Nguyễn Thị Mẫu", "id_number": "024190000017"}
ORDERS: Final = {
    "POST /api/cash/v1/orders": Sample(
        body=lambda _: {
            "id": "01a207c9-6c85-76e4-b582-1a5ee986d7cc",
            "amount_vnd": 1_000_000,
            "purpose": "Gửi cho gia đình",
            "sender": NOBODY,
            "payee": NOBODY | {"id_number": "027085000123"},
        }
    ),
    "POST /api/cash/v1/orders/{order_id:uuid}/take": Sample(
        body=lambda _: {"amount_vnd": 1_000_000, "fee_vnd": 15_000}
    ),
    "POST /api/cash/v1/orders/{order_id:uuid}/pin": Sample(),
    "POST /api/cash/v1/orders/{order_id:uuid}/cancel": Sample(),
    "POST /api/cash/v1/orders/{order_id:uuid}/show": Sample(),
    "POST /api/sync/v1/orders/judge": Sample(
        body=lambda _: {
            "stop": "01a207c9-6c85-76e4-b582-1a5ee986d7db",
            "act": "01a207c9-6c85-76e4-b582-1a5ee986d7dc",
            "pin": "000000",
            "amount_vnd": 1_000_000,
            "identity": {"method": "cccd", "last4": "0123"},
        },
        granted=409,
    ),
    "POST /api/cash/v1/orders/present": Sample(
        body=lambda _: {"reference": "CT00000000", "pin": "000000"}, granted=409
    ),
    "POST /api/cash/v1/orders/pay": Sample(
        body=lambda _: {
            "id": "01a207c9-6c85-76e4-b582-1a5ee986d7dd",
            "reference": "CT00000000",
            "pin": "000000",
            "amount_vnd": 1_000_000,
            "method": "cccd",
            "id_number": "027085000123",
        },
        granted=409,
    ),
    "POST /api/cash/v1/orders/{order_id:uuid}/refund": Sample(
        body=lambda _: {
            "id": "01a207c9-6c85-76e4-b582-1a5ee986d7ee",
            "method": "cccd",
            "id_number": "024190000017",
        },
        granted=409,  # it was not taken yet
    ),
    "POST /api/cash/v1/orders/proposals": Sample(
        body=lambda world: {
            "kind": "unlock",
            "subject_id": world.ids["order_id"],
            "note": "nhớ nhầm PIN",
        },
        granted=409,  # it is not locked
        names_a_thing=True,
    ),
    "POST /api/cash/v1/orders/proposals/{proposal_id:uuid}/approve": Sample(
        path={"proposal_id": "unlock_id"}
    ),
    "POST /api/cash/v1/orders/proposals/{proposal_id:uuid}/refuse": Sample(
        path={"proposal_id": "unlock_id"}
    ),
    "GET /api/cash/v1/orders/flags": Sample(query=DAYS),
    "GET /api/cash/v1/orders/flags/file": Sample(query=DAYS),
}
MONEY: Final[dict[str, Sample]] = {**RECEIPTS, **CHARGES, **ORDERS}
