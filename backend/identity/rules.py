"""Decisions of identity: which session holds, which code, name, password and phone is sound.

Pure: no database, no clock, no chance.
"""

import hashlib
import re
import unicodedata
from datetime import datetime, timedelta
from uuid import UUID

import phonenumbers

from backend.identity.common_passwords import count_uncommon
from backend.identity.model import (
    Actor,
    Phone,
    Role,
    Session,
    SessionLimit,
    Staff,
    StaffDraft,
)
from backend.kit.curve import read_base64url, read_point
from backend.kit.db import Offices
from backend.kit.errors import Conflict, Invalid, Unauthenticated
from backend.kit.text import nfc

HOUR_S = 3600
OFFICE_LIMIT = SessionLimit(absolute_s=12 * HOUR_S, idle_s=30 * 60)

# A1: a courier's day, an office's shift, and the shortest for who can do most.
SESSION_LIMITS: dict[Role, SessionLimit] = {
    "courier": SessionLimit(absolute_s=16 * HOUR_S, idle_s=12 * HOUR_S),
    "dispatcher": OFFICE_LIMIT,
    "cashier": OFFICE_LIMIT,
    "controller": OFFICE_LIMIT,
    "agency_officer": OFFICE_LIMIT,
    "planner": OFFICE_LIMIT,
    "administrator": SessionLimit(absolute_s=4 * HOUR_S, idle_s=15 * 60),
}
APPROVAL_LASTS = timedelta(minutes=5)
"""Money is approved within so long of the one-time code (A3)."""
TOUCH_AFTER_S = 60  # last_seen_at is written at most once a minute

# Read aloud and keyed in by hand: without 0 O, 1 I L, U V, which look alike.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
CODE_LENGTH = 20
CODE_VALID_S = 600

USERNAME = re.compile(r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*")
USERNAME_LENGTH = (3, 40)
PASSWORD_LENGTH = (12, 200)
PASSWORD_DISTINCT_MIN = 6
PASSWORD_UNCOMMON_MIN = 4
"""So many signs of a password stand in no common word, date or run of keys."""
NAME_LENGTH_MAX = 120


def is_alive(session: Session, now: datetime) -> bool:
    """Return whether the session still holds: not ended, in time, its staff and device active."""
    return (
        session.ended_at is None
        and now < session.expires_at
        and now < session.last_seen_at + timedelta(seconds=session.idle_s)
        and session.staff_status == "active"
        and session.device_status in (None, "active")
    )


def needs_touch(session: Session, now: datetime) -> bool:
    """Return whether the session's last sight is old enough to be written again."""
    return now - session.last_seen_at >= timedelta(seconds=TOUCH_AFTER_S)


def make_actor(session: Session) -> Actor:
    """Return who acts in a session that holds."""
    offices: Offices = "*" if session.all_offices else (session.office_id,)
    return Actor(
        kind="staff",
        id=session.staff_id,
        role=session.role,
        offices=offices,
        office_id=session.office_id,
        partner_id=session.partner_id,
        device_id=session.device_id,
        device_key=session.device_key,
        device_status=session.device_status,
        is_field=bool(session.is_field),
        locale=session.locale,
        has_factor=session.has_factor,
        factor_at=session.factor_at,
    )


def check_factor(actor: Actor, *, is_approval: bool, is_required: bool, now: datetime) -> None:
    """Refuse a session that has not given its second factor, or not lately enough (A3, L8).

    `is_required`: an office role may not work without one at all. Raises `Unauthenticated`:
    `factor_to_set_up`, `second_factor_needed`, `confirm_again`. Couriers sign with their phone.
    """
    if actor.role == "courier":
        return
    if not actor.has_factor and (is_required or is_approval):
        raise Unauthenticated("factor_to_set_up")
    if actor.has_factor and actor.factor_at is None:
        raise Unauthenticated("second_factor_needed")
    if is_approval:
        assert actor.factor_at is not None, "who has a factor has given it by now"
        if now - actor.factor_at > APPROVAL_LASTS:
            raise Unauthenticated("confirm_again")


def make_device_actor(phone: Phone) -> Actor:
    """Return who calls without a session; the phone of who no longer works here is retired."""
    is_gone = phone.status == "active" and phone.staff_status != "active"
    return Actor(
        kind="device",
        id=phone.staff_id,
        role=phone.role,
        offices=(phone.office_id,),
        office_id=phone.office_id,
        device_id=phone.id,
        device_key=phone.public_key,
        device_status="retired" if is_gone else phone.status,
        is_field=phone.is_field,
        locale=phone.locale,
    )


def read_public_key(text: str) -> bytes:
    """Return a phone's public key from base64url, or raise 422 `key_invalid`."""
    try:
        raw = read_base64url(text)
        read_point(raw)
    except ValueError as error:
        raise Invalid("key_invalid") from error
    return raw


def hash_token(token: str) -> bytes:
    """Return what is kept of a token: its SHA-256. Tokens are random, so no salt is needed."""
    return hashlib.sha256(token.encode()).digest()


def read_code(text: str) -> str:
    """Return a one-time code as it is kept: upper case, without dashes and blanks."""
    return re.sub(r"[\s\-–—]+", "", text).upper()


def check_code_maker(maker: Actor, courier: Staff) -> None:
    """Raise a refusal unless `maker` may hand `courier` a one-time code (A3).

    409 `same_person` for oneself, `not_a_courier` for office roles, which sign in by
    password, `staff_disabled` for who no longer works here.
    """
    if maker.id == courier.id:
        raise Conflict("same_person")
    if courier.role != "courier":
        raise Conflict("not_a_courier")
    if courier.status != "active":
        raise Conflict("staff_disabled")


def check_staff(draft: StaffDraft) -> StaffDraft:
    """Return the draft in stored form, or raise a refusal that names what is wrong in it."""
    username = unicodedata.normalize("NFC", draft.username.strip()).lower()
    shortest, longest = USERNAME_LENGTH
    if not (shortest <= len(username) <= longest and USERNAME.fullmatch(username)):
        raise Invalid("username_invalid", shortest=shortest, longest=longest)
    name = nfc(draft.display_name)
    if not 1 <= len(name) <= NAME_LENGTH_MAX:
        raise Invalid("name_invalid", longest=NAME_LENGTH_MAX)
    if (draft.role == "agency_officer") != (draft.partner_id is not None):
        raise Invalid("partner_for_officers_only")
    if draft.all_offices and draft.role not in ("planner", "administrator"):
        raise Invalid("all_offices_not_for_role")
    if draft.password is not None:
        check_password(draft.password, username=username)
    return StaffDraft(
        office_id=draft.office_id,
        username=username,
        display_name=name,
        role=draft.role,
        badge=draft.badge,
        partner_id=draft.partner_id,
        all_offices=draft.all_offices,
        password=draft.password,
        locale=draft.locale,
        is_demo=draft.is_demo,
    )


def check_password(password: str, *, username: str) -> None:
    """Raise 422 for a password that is too short, too long, or guessed first.

    Codes: `password_too_short`, `password_too_long`, `password_too_simple`, `password_common`.
    """
    shortest, longest = PASSWORD_LENGTH
    if len(password) < shortest:
        raise Invalid("password_too_short", shortest=shortest)
    if len(password) > longest:
        raise Invalid("password_too_long", longest=longest)
    bare = password.lower()
    if len(set(bare)) < PASSWORD_DISTINCT_MIN or username in bare:
        raise Invalid("password_too_simple")
    if count_uncommon(password) < PASSWORD_UNCOMMON_MIN:
        raise Invalid("password_common")


def password_bytes(password: str) -> bytes:
    """Return the bytes that are hashed, the same however a keyboard composes its marks."""
    return unicodedata.normalize("NFC", password).encode()


def read_phone(text: str) -> str:
    """Return a phone number as E.164, or raise 422 `phone_invalid`; bare numbers are Vietnamese."""
    try:
        number = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException as error:
        raise Invalid("phone_invalid") from error
    if not phonenumbers.is_possible_number(number):
        raise Invalid("phone_invalid")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_place(citizen_id: UUID) -> str:
    """Return where a sealed phone belongs, so that it opens in no other row."""
    return f"identity.citizen.phone:{citizen_id}"
