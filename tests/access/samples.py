"""What the access matrix sends to each route: add a route's sample here when you add the route.

A path parameter is looked up in `World.ids` by its name. A route that takes a body, or whose
parameter means another thing than its name says, has an entry in `SAMPLES`.
"""

from typing import Final

import msgspec

from tests.access.sample import Sample as Sample
from tests.access.samples_cash import CASH
from tests.access.samples_money import MONEY
from tests.access.world import PHONE_KEY, PNG, World
from tests.simulation.keys import write64

JSON = "application/json"
ENDPOINT = "https://push.tannoi.test/1"
POINT = (  # the generator of P-256: any point of the curve will do
    "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
)
KEYS = {"p256dh": POINT, "auth": "A" * 22}


def encode(value: object) -> bytes:
    """Return a body as it travels."""
    return value if isinstance(value, bytes) else msgspec.json.encode(value)


def _result(world: World) -> object:
    return {
        "results": [
            {
                "dossier_code": "000.00.21.H05-261124-0001",
                "procedure_code": "2.000001",
                "citizen": {"name": "Nguyễn Thị Mẫu", "phone": "0900000001"},
                "address": "Số 9 đường Mẫu, phường Kinh Bắc, Bắc Ninh",
                "wanted_on": "2026-11-25",
                "seal_number": "NP000009",
            }
        ],
        "post_staff_id": world.ids["signer_id"],
    }


def _csv(_: World) -> bytes:
    columns = {
        "service": "S1",
        "procedure_code": "2.000001",
        "citizen_name": "Nguyễn Thị Mẫu",
        "phone": "0900000001",
        "address": "Số 9 đường Mẫu, phường Kinh Bắc, Bắc Ninh",
        "wanted_on": "2026-11-25",
    }
    row = (f'"{value}"' for value in columns.values())
    return f"{','.join(columns)}\n{','.join(row)}\n".encode()


IDENTITY: Final = {
    "POST /api/identity/v1/sign-in": Sample(
        body=lambda _: {"username": "nobody", "password": "x"}, granted=401
    ),
    "POST /api/identity/v1/factor": Sample(granted=409),
    "POST /api/identity/v1/confirm": Sample(body=lambda _: {"code": "000000"}, granted=409),
    "GET /api/identity/v1/demo-code": Sample(granted=404),
    "POST /api/identity/v1/staff/{staff_id:uuid}/factor/reset": Sample(
        path={"staff_id": "leaver_id"}, granted=404
    ),
    "POST /api/identity/v1/enrol": Sample(
        body=lambda _: {"code": "2" * 20, "device_label": "x"}, granted=401
    ),
    "POST /api/identity/v1/resume": Sample(granted=401),
    "POST /api/identity/v1/sign-out": Sample(),
    "POST /api/identity/v1/codes": Sample(
        body=lambda world: {"staff_id": world.ids["staff_id"]}, names_a_thing=True
    ),
    "POST /api/identity/v1/devices/{device_id:uuid}/lost": Sample(),
    "POST /api/identity/v1/staff/{staff_id:uuid}/disable": Sample(path={"staff_id": "leaver_id"}),
    "GET /demo/{username:str}": Sample(granted=404),  # without its key
}
PHONE: Final = {
    "PUT /api/identity/v1/device/key": Sample(
        body=lambda _: {"public_key": write64(PHONE_KEY.public_key)}
    ),
    "POST /api/sync/v1/exchange": Sample(
        body=lambda _: {
            "v": 1,
            "app": "1",
            "stream": "01a207c9-6c85-76e4-b582-1a5ee986d71b",
            "epoch": 1,
            "cursor": 0,
            "head": 0,
            "sent_at": "2026-11-23T23:30:00Z",
            "mono": 1,
            "boot": "01a207c9-6c85-76e4-b582-1a5ee986d71c",
            "first": 1,
            "prev": "3a1a3c4ff0dfa1aa8f4a1c8f8a0a7d2f3c1f3f8b0c5f1a2b3c4d5e6f7a8b9c0d",
            "ops": [],
            "side": {},
        }
    ),
    "POST /api/sync/v1/leases": Sample(),
    "GET /api/sync/v1/colleagues": Sample(),
    "PATCH /api/sync/v1/blobs/{sha256:str}": Sample(
        body=lambda _: PNG,
        content_type="application/offset+octet-stream",
        headers={"upload-offset": "0", "upload-length": str(len(PNG))},
    ),
    "POST /api/courier/v1/push": Sample(
        body=lambda _: {"endpoint": ENDPOINT, "keys": KEYS, "locale": "vi"}
    ),
    "POST /api/courier/v1/push/stop": Sample(body=lambda _: {"endpoint": ENDPOINT}),
}
DESK: Final = {
    "POST /api/dispatch/v1/points/{point_id:uuid}/pin": Sample(
        body=lambda _: {"lat": 21.18, "lon": 106.06}
    ),
    "GET /api/dispatch/v1/plans": Sample(query={"service_on": "2026-11-24"}),
    "POST /api/dispatch/v1/plans": Sample(body=lambda _: {"service_on": "2026-11-24"}),
    "POST /api/dispatch/v1/plans/{plan_id:uuid}/publish": Sample(granted=409),  # not solved yet
    "POST /api/dispatch/v1/plans/{plan_id:uuid}/discard": Sample(),
    "POST /api/dispatch/v1/errands": Sample(
        body=lambda _: {
            "procedure_code": "2.000001",
            "citizen": {"name": "Nguyễn Thị Mẫu", "phone": "0900000001"},
            "address": "Số 9 đường Mẫu, phường Kinh Bắc, Bắc Ninh",
            "wanted_on": "2026-11-25",
        }
    ),
    "POST /api/dispatch/v1/errands/{errand_id:uuid}/link": Sample(),
    "POST /api/dispatch/v1/stops/{stop_id:uuid}/reassign": Sample(
        body=lambda world: {"courier_id": world.ids["staff_id"]},
        granted=409,  # the other courier has no round that day
        names_a_thing=True,
    ),
    "POST /api/dispatch/v1/rounds/{round_id:uuid}/storage-waiver": Sample(
        body=lambda _: {"reason": "Máy mượn tạm trong ngày"}, names_a_thing=True
    ),
    "POST /api/dispatch/v1/recalls/{recall_id:uuid}/look": Sample(
        body=lambda _: {"note": "đã hỏi bưu tá"}
    ),
    "PUT /api/dispatch/v1/proof-rules": Sample(body=lambda _: {"rules": [], "reason": "thử"}),
    "POST /api/dispatch/v1/passings/{passing_id:uuid}/give-up": Sample(
        body=lambda _: {"note": "đã hỏi cả hai"}
    ),
    "POST /api/sync/v1/streams/{stream_id:uuid}/missing/look": Sample(
        body=lambda _: {"from_seq": 1, "to_seq": 2, "note": "đã làm lại hồ sơ giấy"},
        granted=409,  # that phone may send all it spoke of
    ),
    "POST /api/dispatch/v1/set-aside/{aside_id:uuid}/look": Sample(
        body=lambda _: {"note": "đã hỏi bưu tá"}
    ),
    "POST /api/dispatch/v1/missing-pictures/{op_id:uuid}/{sha256:str}/look": Sample(
        path={"sha256": "missing_sha256"}, body=lambda _: {"note": "máy hỏng, ảnh không còn"}
    ),
    "POST /api/dispatch/v1/held/{op_id:uuid}": Sample(
        body=lambda _: {"outcome": "noop", "note": "đã hỏi bưu tá"}
    ),
}
IMPORTS: Final = {
    "POST /api/dispatch/v1/imports": Sample(body=_csv, content_type="text/csv"),
    "POST /api/dispatch/v1/imports/faults": Sample(body=_csv, content_type="text/csv"),
}
CITIZEN: Final = {
    "POST /api/citizen/v1/visits/{token:str}/push": Sample(
        body=lambda _: {"endpoint": ENDPOINT, "keys": KEYS, "locale": "vi"}
    ),
    "POST /api/citizen/v1/visits/{token:str}/push/stop": Sample(
        body=lambda _: {"endpoint": ENDPOINT}
    ),
    "POST /api/citizen/v1/visits/{token:str}/instruction": Sample(
        body=lambda _: {"text": "tầng 2"}
    ),
    "GET /api/citizen/v1/codes/{code:str}": Sample(path={"code": "item_code"}),
}
AGENCY: Final = {
    "POST /api/partner/v1/dossiers/{errand_id:uuid}/state": Sample(
        path={"errand_id": "handed_id"}, body=lambda _: {"agency_state": 4}
    ),
    "POST /api/partner/v1/records": Sample(
        body=lambda world: {
            "direction": "to_agency",
            "items": [world.ids["fetched_id"]],
            "post_staff_id": world.ids["signer_id"],
        },
        names_a_thing=True,
    ),
    "POST /api/partner/v1/results": Sample(body=_result, names_a_thing=True),
}
PAYOUTS: Final = {
    "POST /api/partner/v1/payout-lists/files": Sample(
        query={"scheme": "pension", "period": "2027-03"},
        body=lambda _: "so_cccd,ho_ten,so_tien\n027050000099,Nguyễn Thị Mẫu,1000\n".encode(),
        content_type="text/csv",
    ),
    "POST /api/partner/v1/payout-lists/files/{upload_id:uuid}/keep": Sample(),
    "POST /api/partner/v1/payout-lists/{list_id:uuid}/approve": Sample(
        path={"list_id": "funded_list_id"}
    ),
    "POST /api/partner/v1/payout-lists/{list_id:uuid}/discard": Sample(
        path={"list_id": "draft_list_id"}
    ),
    "POST /api/partner/v1/payout-lists/{list_id:uuid}/export-request": Sample(
        body=lambda _: {"reason": "in bảng kê lưu hồ sơ"}
    ),
    "POST /api/cash/v1/payouts/search": Sample(body=lambda _: {"id_number": "027050000001"}),
    "POST /api/cash/v1/payouts/{payout_id:uuid}/pay": Sample(
        body=lambda _: {
            "id": "01a207c9-6c85-76e4-b582-1a5ee986d721",
            "amount_vnd": 1_000_000,
            "identity": {"method": "cccd", "last4": "0001"},
            "sign_citizen": "M1 1 L9 9",
        }
    ),
    "POST /api/cash/v1/payouts/sittings": Sample(
        body=lambda world: {
            "id": "01a207c9-6c85-76e4-b582-1a5ee986d722",
            "partner_id": world.ids["partner_id"],
            "place": "Nhà văn hóa thôn Mẫu",
            "held_on": "2026-11-24",
        },
        names_a_thing=True,
    ),
    "POST /api/cash/v1/payouts/sittings/{sitting_id:uuid}/close": Sample(
        body=lambda _: {"sign_post": "M1 1 L9 9"}
    ),
    "POST /api/cash/v1/payouts/lists/{list_id:uuid}/fund": Sample(
        path={"list_id": "draft_list_id"},
        body=lambda _: {"amount_vnd": 1_000_000, "reference": "BC-7"},
    ),
    "POST /api/cash/v1/payouts/lists/{list_id:uuid}/close": Sample(
        body=lambda _: {"unpaid": "give_back"}
    ),
    "POST /api/cash/v1/payouts/proposals": Sample(
        body=lambda world: {
            "kind": "export",
            "subject_id": world.ids["list_id"],
            "reason": "in bảng kê lưu hồ sơ",
        },
        names_a_thing=True,
    ),
    "POST /api/cash/v1/payouts/proposals/{proposal_id:uuid}/decide": Sample(
        body=lambda _: {"is_allowed": True}
    ),
}
HOUSE: Final = {
    "GET /metrics": Sample(granted=404),  # beyond this machine
    "GET /schema/{path:str}": Sample(granted=404),
}
SAMPLES: Final[dict[str, Sample]] = {
    **IDENTITY,
    **PHONE,
    **DESK,
    **IMPORTS,
    **CITIZEN,
    **AGENCY,
    **CASH,
    **PAYOUTS,
    **MONEY,
    **HOUSE,
}
