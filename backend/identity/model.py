"""Nouns of identity: who acts, their sessions and devices, links, citizens, and its refusals."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from backend.kit import catalog
from backend.kit.catalog import Locale
from backend.kit.db import Offices

Role = Literal[
    "courier",
    "dispatcher",
    "cashier",
    "controller",
    "agency_officer",
    "planner",
    "administrator",
]


DeviceStatus = Literal["active", "lost", "retired"]


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, as far as a request may know; read again for every request (A1)."""

    kind: Literal["staff", "device", "citizen", "public", "house"]
    """`device`: a courier's phone without a session, known by its cookie and its signature."""
    id: UUID | None = None
    """The member of staff; None for all others."""
    role: Role | None = None
    offices: Offices = ()
    """What the transaction may see; `*` for staff of all offices and the house itself."""
    office_id: UUID | None = None
    """Where staff belongs, also when it serves all offices."""
    partner_id: UUID | None = None
    device_id: UUID | None = None
    device_key: bytes | None = None
    """With which the phone signs; None before it has registered one."""
    device_status: DeviceStatus | None = None
    is_field: bool = False
    """The one phone of its courier that may hold leases and cash (S22)."""
    link_errand_id: UUID | None = None
    """The one errand a citizen's link opens."""
    locale: Locale = "vi"
    has_factor: bool = False
    """Has set a second factor up."""
    factor_at: datetime | None = None
    """When this session last gave it."""

    @property
    def label(self) -> str:
        """Return the name under which the database records this actor."""
        return self.kind if self.id is None else f"{self.kind}:{self.id}"


PUBLIC = Actor(kind="public")
HOUSE = Actor(kind="house", offices="*")


class Staff(msgspec.Struct, frozen=True):
    """A person who works for the post or for an agency."""

    office_id: UUID
    id: UUID
    username: str
    display_name: str
    badge: str | None
    role: Role
    partner_id: UUID | None
    all_offices: bool
    locale: Locale
    status: Literal["active", "disabled"]
    is_demo: bool


class StaffDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A member of staff to be added; `password` None for couriers, who enrol by code."""

    office_id: UUID
    username: str
    display_name: str
    role: Role
    badge: str | None = None
    partner_id: UUID | None = None
    """Exactly for agency officers."""
    all_offices: bool = False
    password: str | None = None
    locale: Locale = "vi"
    is_demo: bool = False


class Login(msgspec.Struct, frozen=True):
    """What a password is compared with."""

    office_id: UUID
    staff_id: UUID
    role: Role
    status: Literal["active", "disabled"]
    password_hash: str | None


class Session(msgspec.Struct, frozen=True):
    """A session with everything that decides whether it still holds."""

    office_id: UUID
    token_hash: bytes
    staff_id: UUID
    device_id: UUID | None
    last_seen_at: datetime
    expires_at: datetime
    idle_s: int
    ended_at: datetime | None
    role: Role
    partner_id: UUID | None
    all_offices: bool
    locale: Locale
    staff_status: Literal["active", "disabled"]
    device_status: DeviceStatus | None
    device_key: bytes | None = None
    is_field: bool | None = None
    factor_at: datetime | None = None
    has_factor: bool = False


class Factor(msgspec.Struct, frozen=True):
    """A second factor; columns in the order of `lock_factor`."""

    office_id: UUID
    id: UUID
    staff_id: UUID
    secret_sealed: bytes
    confirmed_at: datetime | None
    last_step: int
    """The newest step of 30 s whose code was used."""
    num_wrong: int
    locked_until: datetime | None


class SessionLimit(msgspec.Struct, frozen=True):
    """How long a session holds: in all, and without a request."""

    absolute_s: int
    idle_s: int


class Device(msgspec.Struct, frozen=True):
    """A courier's phone, known by a cookie of its own."""

    office_id: UUID
    id: UUID
    staff_id: UUID
    label: str
    status: DeviceStatus
    enrolled_at: datetime
    public_key: bytes | None = None
    is_field: bool = False
    """The one phone of its courier that may hold leases and cash: the newest active (S22)."""


class Phone(msgspec.Struct, frozen=True):
    """A device with its courier, as a call without a session finds it."""

    office_id: UUID
    id: UUID
    staff_id: UUID
    status: DeviceStatus
    public_key: bytes | None
    role: Role
    staff_status: Literal["active", "disabled"]
    locale: Locale
    is_field: bool


class Opened(msgspec.Struct, frozen=True):
    """A session just begun, with the secrets that only the cookies may carry."""

    staff_id: UUID
    role: Role
    session_token: str
    expires_at: datetime
    device_token: str | None = None
    """Set when a device was enrolled."""


class EnrolmentCode(msgspec.Struct, frozen=True):
    """A one-time code as shown once to the person who made it (A3)."""

    code: str
    staff_id: UUID
    expires_at: datetime


class Link(msgspec.Struct, frozen=True):
    """What a citizen's link opens: one errand of one office."""

    office_id: UUID
    errand_id: UUID


class Citizen(msgspec.Struct, frozen=True):
    """A citizen as one office knows them; the phone is opened from its seal."""

    office_id: UUID
    id: UUID
    name: str
    phone: str | None
    """E.164; None when the office knows none."""
    locale: Locale
    wishes: str
    is_demo: bool


class CitizenDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A citizen as written on a booking or an import row."""

    office_id: UUID
    name: str
    phone: str | None = None
    locale: Locale = "vi"
    wishes: str = ""
    is_demo: bool = False


class Partner(msgspec.Struct, frozen=True):
    """The agency that orders errands; its counter stands in one office's territory."""

    id: UUID
    code: str
    name: str
    office_id: UUID
    lat: float
    lon: float
    address: str
    is_demo: bool


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Who did or looked at what; written once, never changed."""

    office_id: UUID
    at: datetime
    action: str
    """`<thing>.<verb>`, as permissions are named."""
    outcome: str
    actor_id: UUID | None = None
    object_kind: str | None = None
    object_id: UUID | None = None
    request_id: str | None = None


class OfficeCard(msgspec.Struct, frozen=True):
    """What a signed-in person sees of an office; told by the room that knows offices."""

    id: UUID
    code: str
    name: str
    lat: float
    lon: float
    phone: str | None


catalog.add(
    {
        "sign_in_first": ("Hãy đăng nhập trước.", "Sign in first."),
        "wrong_sign_in": (
            "Tên đăng nhập hoặc mật khẩu không đúng.",
            "The user name or the password is wrong.",
        ),
        "wrong_code": (
            "Mã không đúng, đã dùng hoặc đã hết hạn. Hãy nhờ bưu cục cấp mã mới.",
            "The code is wrong, used or expired. Ask your office for a new one.",
        ),
        "same_person": (
            "Không thể tự cấp mã cho mình; hãy nhờ một người khác ở bưu cục.",
            "You cannot make a code for yourself; ask somebody else at the office.",
        ),
        "not_a_courier": (
            "Chỉ bưu tá dùng mã một lần; các vai trò khác đăng nhập bằng mật khẩu.",
            "One-time codes are for couriers; other roles sign in by password.",
        ),
        "staff_disabled": (
            "Tài khoản này đã ngừng hoạt động.",
            "This account has been disabled.",
        ),
        "username_invalid": (
            "Tên đăng nhập dài {shortest} đến {longest} ký tự: chữ thường không dấu và số, "
            "có thể ngăn bằng dấu chấm, gạch nối hoặc gạch dưới, bắt đầu bằng chữ.",
            "A user name has {shortest} to {longest} characters: lower-case letters and digits, "
            "parted by dots, dashes or underscores, a letter first.",
        ),
        "username_taken": ("Tên đăng nhập này đã có người dùng.", "This user name is taken."),
        "name_invalid": (
            "Họ tên không được để trống và dài tối đa {longest} ký tự.",
            "The name must not be empty and has at most {longest} characters.",
        ),
        "password_too_short": (
            "Mật khẩu phải có ít nhất {shortest} ký tự.",
            "The password needs at least {shortest} characters.",
        ),
        "password_too_long": (
            "Mật khẩu dài tối đa {longest} ký tự.",
            "The password has at most {longest} characters.",
        ),
        "password_too_simple": (
            "Mật khẩu quá dễ đoán: đừng dùng tên đăng nhập hay lặp lại vài ký tự.",
            "The password is too easy to guess: no user name, no few repeated characters.",
        ),
        "password_common": (
            "Mật khẩu gồm toàn từ, ngày tháng hay dãy phím nhiều người dùng: hãy thêm từ khác.",
            "The password is made of common words, dates or runs of keys: add other words.",
        ),
        "partner_for_officers_only": (
            "Cán bộ một cửa phải thuộc một cơ quan; các vai trò khác thì không.",
            "An agency officer belongs to an agency; other roles do not.",
        ),
        "all_offices_not_for_role": (
            "Vai trò này chỉ làm việc ở một bưu cục.",
            "This role serves one office only.",
        ),
        "phone_invalid": ("Số điện thoại không đúng.", "The phone number is not valid."),
        "bad_signature": (
            "Chữ ký của máy không đúng. Hãy mở lại ứng dụng; nếu vẫn lỗi, hãy báo bưu cục.",
            "The device's signature is wrong. Reopen the app; tell your office if it stays.",
        ),
        "device_key_needed": (
            "Máy này chưa đăng ký khoá. Hãy đăng nhập lại khi có mạng.",
            "This device has not registered its key. Sign in again while online.",
        ),
        "key_known": (
            "Máy này đã đăng ký khoá khác. Hãy nhờ bưu cục cấp mã để cài lại.",
            "This device has registered another key. Ask your office for a code to set it up anew.",
        ),
        "second_factor_needed": (
            "Hãy nhập mã xác thực để tiếp tục.",
            "Give your one-time code to go on.",
        ),
        "factor_to_set_up": (
            "Hãy cài đặt mã xác thực trước khi làm việc.",
            "Set up a one-time code before you work.",
        ),
        "confirm_again": (
            "Việc này liên quan đến tiền: hãy nhập lại mã xác thực.",
            "This is about money: give your one-time code again.",
        ),
        "wrong_factor": (
            "Mã xác thực không đúng hoặc đã dùng.",
            "The one-time code is wrong or was used.",
        ),
        "factor_locked": (
            "Nhập sai nhiều lần: mã xác thực bị khóa 15 phút.",
            "Too many wrong codes: locked for 15 minutes.",
        ),
        "no_factor": (
            "Bạn chưa cài đặt mã xác thực.",
            "You have not set up a one-time code.",
        ),
        "factor_known": (
            "Bạn đã có mã xác thực. Nếu mất, hãy nhờ quản trị viên cấp lại.",
            "You have a one-time code already. If it is lost, ask an administrator.",
        ),
        "key_invalid": ("Khoá của máy không đúng.", "The device's key is not valid."),
        "device_revoked": (
            "Máy này đã bị khoá. Các sự việc gửi lên được giữ riêng để bưu cục xem.",
            "This device is locked. What it sends is set aside for the office to look at.",
        ),
    }
)
