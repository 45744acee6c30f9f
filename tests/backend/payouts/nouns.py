"""A scheme, a list, a payout, a payment, a sitting, as tests of rules need them."""

from datetime import UTC, date, datetime

import msgspec

from backend.kit.ids import new_id
from backend.payouts.model import (
    Calendar,
    EvidenceRules,
    Payment,
    Payout,
    PayoutList,
    ProxyRules,
    Seen,
    Settings,
    Sitting,
)

DAY = date(2026, 12, 3)
MONTHLY = Calendar(25, 20, (2, 10), (11, 25), (1, 2))
PROXY_RULES = ProxyRules(is_allowed=True, must_be_certified=True, months_max=12, warn_days=30)
SETTINGS = Settings(
    form="C72a-HD",
    per="person",
    calendar=MONTHLY,
    evidence=EvidenceRules(("cccd", "passport", "vneid", "residence"), True, 0),
    proxy=PROXY_RULES,
    fee_bp=0,
    supervision="none",
    late_days=None,
    amount_max_vnd=100_000_000,
    needs_reference=False,
    service_duration_s=240,
    marks={},
)
PARTNER = new_id()


def make_list(**changes: object) -> PayoutList:
    batch = PayoutList(
        office_id=new_id(),
        id=new_id(),
        partner_id=PARTNER,
        base_id=None,
        number=0,
        scheme="pension",
        scheme_from=date(2025, 7, 1),
        period="2026-12",
        second_period=None,
        reference="",
        due_on=None,
        pay_until=None,
        state="approved",
        upload_id=new_id(),
        num_rows=1,
        total_vnd=1,
        digest=bytes(32),
        made_by=new_id(),
        made_at=datetime(2026, 11, 23, tzinfo=UTC),
        approved_by=new_id(),
        approved_at=None,
        closed_by=None,
        closed_at=None,
        is_demo=False,
    )
    return msgspec.structs.replace(batch, **changes)


def make_payout(**changes: object) -> Payout:
    payout = Payout(
        office_id=new_id(),
        id=new_id(),
        list_id=new_id(),
        row_number=2,
        period="2026-12",
        person_key="ab" * 32,
        name="Nguyễn Thị Mẫu",
        id_last4="0017",
        id_kind="personal",
        household="",
        num_members=1,
        amount_vnd=500_000,
        how="counter",
        address="",
        proxy_name="Trần Văn Mẫu",
        proxy_last4="0042",
        proxy_kind="personal",
        proxy_is_certified=True,
        proxy_from=date(2026, 6, 1),
        proxy_to=date(2027, 6, 1),
        carried_from=None,
        state="unpaid",
        state_reason="",
        state_at=None,
        generation=1,
        num_attempts=0,
        last_reason="",
        courier_id=None,
        citizen_id=None,
        delivery_point_id=None,
    )
    return msgspec.structs.replace(payout, **changes)


def make_payment(**changes: object) -> Payment:
    payment = Payment(
        office_id=new_id(),
        id=new_id(),
        payout_id=new_id(),
        amount_vnd=500_000,
        place="counter",
        identity=Seen("cccd", "0017"),
        has_signature=True,
    )
    return msgspec.structs.replace(payment, **changes)


def make_sitting(**changes: object) -> Sitting:
    sitting = Sitting(
        office_id=new_id(),
        id=new_id(),
        partner_id=PARTNER,
        place="Nhà văn hóa thôn Mẫu",
        held_on=DAY,
        supervisor="Lê Văn Mẫu",
        opened_by=new_id(),
        opened_at=datetime(2026, 12, 3, tzinfo=UTC),
        closed_at=None,
        num_paid=None,
        paid_vnd=None,
        note="",
    )
    return msgspec.structs.replace(sitting, **changes)
