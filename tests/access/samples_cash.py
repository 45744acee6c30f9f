"""What the access matrix sends to the routes of the cashier's desk."""

from typing import Final
from uuid import UUID

from tests.access.sample import Sample

NOTES = {"notes": {"500000": 1}}
REASON = {"reason": "đếm sót"}
DAY = {"day": "2026-11-24"}

CASH: Final = {
    "GET /api/cash/v1/drawer/lines": Sample(query=DAY),
    "GET /api/cash/v1/hands/{courier_id:uuid}/lines": Sample(query=DAY),
    "GET /api/cash/v1/days": Sample(query=DAY),
    "GET /api/cash/v1/days/sheet": Sample(query=DAY),
    "GET /api/cash/v1/days/figures": Sample(query=DAY),
    "GET /api/cash/v1/floats/proposal": Sample(
        query={"courier_id": "{courier_id}", "service_on": "2026-11-24"}, names_a_thing=True
    ),
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
    "POST /api/cash/v1/carriages": Sample(
        body=lambda world: {
            "id": str(UUID(int=8)),
            "route": "from_bank",
            "carrier_id": world.ids["staff_id"],
            "slip": "BN-77",
            **NOTES,
        },
        names_a_thing=True,
    ),
    "POST /api/cash/v1/carriages/{carriage_id:uuid}/end": Sample(
        body=lambda _: {"notes": {"500000": 2}}
    ),
    "POST /api/cash/v1/leases/{lease_id:uuid}/proposals": Sample(body=lambda _: REASON),
    "POST /api/cash/v1/leases/proposals/{proposal_id:uuid}/decide": Sample(
        path={"proposal_id": "lease_proposal_id"}, body=lambda _: {"is_allowed": False}
    ),
    "POST /api/cash/v1/held/proposals/{proposal_id:uuid}/decide": Sample(
        path={"proposal_id": "held_proposal_id"}, body=lambda _: {"is_allowed": False}
    ),
    "POST /api/cash/v1/days/count": Sample(query=DAY, body=lambda _: NOTES),
    "POST /api/cash/v1/days/settle": Sample(query=DAY, body=lambda _: REASON, granted=409),
    "POST /api/cash/v1/days/close": Sample(
        query=DAY,
        body=lambda _: {"sign_cashier": "M1 1 L9 9", "sign_controller": "M1 9 L9 1"},
        granted=409,
    ),
    "POST /api/cash/v1/debts/{owner_id:uuid}/repay": Sample(
        path={"owner_id": "courier_id"},
        body=lambda _: {"id": str(UUID(int=7)), **NOTES},
        granted=409,  # nothing is owed
    ),
    "GET /api/cash/v1/debts/{owner_id:uuid}/lines": Sample(path={"owner_id": "courier_id"}),
    "GET /api/cash/v1/debts/repayments/{transfer_id:uuid}/slip": Sample(
        path={"transfer_id": "repayment_id"}
    ),
    "POST /api/cash/v1/proposals": Sample(
        body=lambda world: {
            "kind": "set_limit",
            "subject_id": world.ids["staff_id"],
            "amount_vnd": 9_000_000,
            **REASON,
        },
        names_a_thing=True,
    ),
    "POST /api/cash/v1/proposals/{proposal_id:uuid}/decide": Sample(
        path={"proposal_id": "cash_proposal_id"}, body=lambda _: {"is_allowed": False}
    ),
}
