"""Nouns of the doorstep: an act of money that is due at a door, and how it stands."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec

MoneyKind = Literal["payout.pay", "charge.collect", "order.take", "order.pay"]
ErrandState = Literal["due", "done", "gone"]


class NewErrand(msgspec.Struct, frozen=True, kw_only=True):
    """An act of money to do at a door; the id is that of the payout, charge or order."""

    office_id: UUID
    id: UUID
    kind: MoneyKind
    citizen_id: UUID
    delivery_point_id: UUID
    wanted_on: date
    service_duration_s: int
    tw_early_s: int | None = None
    """Seconds after local midnight; None for any time."""
    tw_late_s: int | None = None
    cash_in_vnd: int = 0
    """What the citizen pays, at most."""
    cash_out_vnd: int = 0
    """What the citizen gets."""
    subject_id: UUID | None = None
    """The list whose lease a phone needs; of a charge the dossier that it is for."""
    shown: dict[str, Any] = {}
    """What the phone shows of it besides: amounts, period, names of papers. No identity number."""
    instruction: str = ""
    is_demo: bool = False


class Errand(msgspec.Struct, frozen=True):
    """An act of money as it stands; columns in the order of `lock_errand`."""

    office_id: UUID
    id: UUID
    kind: MoneyKind
    citizen_id: UUID
    delivery_point_id: UUID
    wanted_on: date
    tw_early_s: int | None
    tw_late_s: int | None
    service_duration_s: int
    cash_in_vnd: int
    cash_out_vnd: int
    subject_id: UUID | None
    shown: dict[str, Any]
    instruction: str
    state: ErrandState
    num_attempts: int
