"""The nouns of what there is: communes, offices, doors, couriers and their shifts, days, rules."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from backend.kit import catalog

Pin = Literal["none", "commune", "street", "door"]
ResolvedBy = Literal["name", "old_name", "person", "unresolved"]
WhyUnresolved = Literal["", "unknown", "too_wide", "ambiguous", "conflict", "outside"]
CommuneKind = Literal["xa", "phuong", "dac_khu"]
Profile = Literal["motorbike", "car", "bicycle", "foot"]

# How sure a pin is: one of a lower rank never takes the place of a higher one.
PIN_RANK: dict[str, int] = {"none": 0, "commune": 1, "street": 2, "door": 3}


class Commune(msgspec.Struct, frozen=True):
    """A unit in force; the position is its centroid."""

    code: str
    name: str
    """With its kind: `Phường Kinh Bắc`."""
    kind: CommuneKind
    province_code: str
    province_name: str
    lat: float
    lon: float
    area_km2: float | None
    search_key: str
    """The name without its kind, folded."""


class FormerDistrict(msgspec.Struct, frozen=True):
    """A district of before the reform, with every spelling it goes by."""

    code: str
    name: str
    province_code: str
    search_keys: tuple[str, ...]
    """Folded and without blanks, with and without the kind: `huyentiendu`, `tiendu`."""


class FormerCommune(msgspec.Struct, frozen=True):
    """A commune of before the reform and where it went."""

    code: str
    commune_code: str
    district_code: str
    name: str
    kind: Literal["xa", "phuong", "thi_tran"]
    search_keys: tuple[str, ...]


class Office(msgspec.Struct, frozen=True):
    """A delivery office: where rounds start."""

    id: UUID
    code: str
    name: str
    commune_code: str
    address: str
    phone: str | None
    lat: float
    lon: float
    is_demo: bool = False


class Point(msgspec.Struct, frozen=True):
    """A counter, a culture point, a desk at a one-stop centre, a pay point."""

    office_id: UUID
    id: UUID
    kind: Literal["office", "bdvhx", "onestop_desk", "pay_point"]
    name: str
    commune_code: str
    address: str
    lat: float
    lon: float
    is_demo: bool = False


class Vehicle(msgspec.Struct, frozen=True):
    """What carries a courier."""

    office_id: UUID
    id: UUID
    label: str
    profile: Profile
    capacity_g: int
    capacity_ml: int


class Courier(msgspec.Struct, frozen=True):
    """What a courier rides and can do; the person is identity's."""

    office_id: UUID
    staff_id: UUID
    vehicle_id: UUID
    phone: str | None
    skills: tuple[str, ...] = ()


class Shift(msgspec.Struct, frozen=True):
    """A courier's hours on one day, in seconds after its local midnight."""

    office_id: UUID
    id: UUID
    courier_id: UUID
    service_on: date
    starts_s: int
    ends_s: int
    lunch_early_s: int | None = None
    """Earliest start of lunch; None when the shift has none."""
    lunch_late_s: int | None = None
    """Latest end of lunch."""
    lunch_duration_s: int = 0


class CourierDay(msgspec.Struct, frozen=True):
    """A courier on one day: who, on what, and when; `shift_id` is None on a day off."""

    office_id: UUID
    courier_id: UUID
    display_name: str
    badge: str | None
    phone: str | None
    skills: tuple[str, ...]
    vehicle_id: UUID
    vehicle_label: str
    profile: Profile
    capacity_g: int
    capacity_ml: int
    shift_id: UUID | None
    starts_s: int | None
    ends_s: int | None
    lunch_early_s: int | None
    lunch_late_s: int | None
    lunch_duration_s: int
    cash_limit_vnd: int | None = None
    """The most cash this courier may have on the way; None leaves it to the rule of the day."""


class DeliveryPoint(msgspec.Struct, frozen=True):
    """A door: the text as written for ever, the commune it lies in, the pin."""

    office_id: UUID
    id: UUID
    address_text: str
    search_key: str
    commune_code: str | None
    resolved_by: ResolvedBy
    lat: float | None
    lon: float | None
    pin: Pin
    pin_by: UUID | None
    pin_at: datetime | None
    note: str
    is_demo: bool


class PinMove(msgspec.Struct, frozen=True):
    """A place a pin stood at, and who put it there; `by_id` is None for the house."""

    n: int
    lat: float
    lon: float
    accuracy_m: int | None
    pin: Pin
    by_id: UUID | None
    at: datetime


class Resolution(msgspec.Struct, frozen=True):
    """What the words of an address say about its commune."""

    commune_code: str | None
    """None unless the words leave one answer only."""
    by: ResolvedBy
    candidates: tuple[str, ...] = ()
    """Codes a person should choose from when there is no answer; the likeliest first."""
    why: WhyUnresolved = ""


class CalendarDay(msgspec.Struct, frozen=True):
    """A day off, or a weekend day worked in exchange."""

    on_day: date
    kind: Literal["holiday", "swap_work"]
    name_vi: str
    name_en: str
    source: str


class RuleSetting(msgspec.Struct, frozen=True):
    """A number or table that the law or the operator sets, from a day on."""

    name: str
    valid_from: date
    valid_to: date | None
    """First day it no longer holds; None while it does."""
    value: object
    source: str


catalog.add(
    {
        "office_unknown": ("Không có bưu cục này.", "There is no such office."),
        "commune_unknown": (
            "Không có xã, phường nào mang mã {commune_code}.",
            "No commune has the code {commune_code}.",
        ),
        "not_on_earth": (
            "Toạ độ không nằm trên Trái Đất: vĩ độ từ −90 đến 90, kinh độ từ −180 đến 180.",
            "The position is not on Earth: latitude −90 to 90, longitude −180 to 180.",
        ),
        "address_empty": ("Địa chỉ để trống.", "The address is empty."),
        "rule_unknown": (
            "Chưa có quy định “{name}” cho ngày {on_day}.",
            "No rule “{name}” is set for {on_day}.",
        ),
    }
)
