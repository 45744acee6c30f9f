"""Identity's rows: typed functions over `queries.sql`, no decisions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.identity.model import (
    AuditEntry,
    CitizenDraft,
    Device,
    Link,
    Login,
    Partner,
    Phone,
    Role,
    Session,
    Staff,
    StaffDraft,
)
from backend.kit.catalog import Locale
from backend.kit.ids import new_id
from backend.kit.sql import Conn, load

queries = load(__file__)


class CitizenRow(msgspec.Struct, frozen=True):
    """A citizen as stored: the phone still sealed."""

    office_id: UUID
    id: UUID
    name: str
    phone_sealed: bytes | None
    locale: Locale
    wishes: str
    is_demo: bool


async def find_login(conn: Conn, username: str) -> Login | None:
    """Return what the password of `username` is compared with."""
    return await queries.one(conn, "find_login", Login, username=username)


async def find_staff(conn: Conn, staff_id: UUID) -> Staff | None:
    """Return one member of staff whom the transaction may see."""
    return await queries.one(conn, "get_staff", Staff, staff_id=staff_id)


async def find_staff_by_username(conn: Conn, username: str) -> Staff | None:
    """Return who signs in under `username`."""
    return await queries.one(conn, "find_staff_by_username", Staff, username=username)


async def list_staff(conn: Conn, role: Role | None) -> list[Staff]:
    """Return the staff of the offices seen, by office and user name."""
    return await queries.list(conn, "list_staff", Staff, role=role)


async def add_staff(
    conn: Conn, draft: StaffDraft, *, staff_id: UUID, password_hash: str | None, now: datetime
) -> bool:
    """Add a member of staff; return False when the user name is taken."""
    num_added = await queries.run(
        conn,
        "add_staff",
        office_id=draft.office_id,
        staff_id=staff_id,
        username=draft.username,
        display_name=draft.display_name,
        badge=draft.badge,
        role=draft.role,
        partner_id=draft.partner_id,
        all_offices=draft.all_offices,
        password_hash=password_hash,
        locale=draft.locale,
        is_demo=draft.is_demo,
        now=now,
    )
    return num_added == 1


async def disable_staff(conn: Conn, staff: Staff, *, now: datetime) -> None:
    """Disable a person and end their sessions."""
    key = {"office_id": staff.office_id, "staff_id": staff.id}
    await queries.run(conn, "disable_staff", **key)
    await queries.run(conn, "end_sessions_of_staff", now=now, **key)


async def set_password(conn: Conn, staff: Staff, *, password_hash: str, now: datetime) -> None:
    """Set a new password and end every session that the old one opened."""
    key = {"office_id": staff.office_id, "staff_id": staff.id}
    await queries.run(conn, "set_password", password_hash=password_hash, **key)
    await queries.run(conn, "end_sessions_of_staff", now=now, **key)


async def add_session(
    conn: Conn,
    *,
    office_id: UUID,
    staff_id: UUID,
    device_id: UUID | None,
    token_hash: bytes,
    expires_at: datetime,
    idle_s: int,
    now: datetime,
) -> None:
    """Begin a session."""
    await queries.run(
        conn,
        "add_session",
        office_id=office_id,
        token_hash=token_hash,
        staff_id=staff_id,
        device_id=device_id,
        expires_at=expires_at,
        idle_s=idle_s,
        now=now,
    )


async def find_session(conn: Conn, token_hash: bytes) -> Session | None:
    """Return a session with the state of its staff and device."""
    return await queries.one(conn, "find_session", Session, token_hash=token_hash)


async def touch_session(conn: Conn, session: Session, *, now: datetime) -> None:
    """Write that the session was seen now."""
    await queries.run(
        conn,
        "touch_session",
        office_id=session.office_id,
        token_hash=session.token_hash,
        now=now,
    )


async def end_session(conn: Conn, token_hash: bytes, *, now: datetime) -> None:
    """End a session; ended ones stay as they are."""
    await queries.run(conn, "end_session", token_hash=token_hash, now=now)


async def add_device(
    conn: Conn, staff: Staff, *, device_id: UUID, label: str, token_hash: bytes, now: datetime
) -> None:
    """Add a courier's device; being the newest it becomes the field device (S22)."""
    await queries.value(conn, "lock_person", office_id=staff.office_id, staff_id=staff.id)
    await queries.run(
        conn,
        "add_device",
        office_id=staff.office_id,
        device_id=device_id,
        staff_id=staff.id,
        label=label,
        token_hash=token_hash,
        now=now,
    )
    await _choose_field_device(conn, staff.office_id, staff.id)


async def _choose_field_device(conn: Conn, office_id: UUID, staff_id: UUID) -> None:
    key = {"office_id": office_id, "staff_id": staff_id}
    await queries.run(conn, "clear_field_device", **key)
    await queries.run(conn, "set_field_device", **key)


async def set_device_key(conn: Conn, device: Device, public_key: bytes, *, now: datetime) -> bool:
    """Keep the key with which a device signs; return False when it has one already."""
    made = await queries.value(
        conn,
        "set_device_key",
        office_id=device.office_id,
        device_id=device.id,
        public_key=public_key,
        now=now,
    )
    return made is not None


async def find_phone(conn: Conn, token_hash: bytes) -> Phone | None:
    """Return the device of a cookie with its courier, whatever the state of either."""
    return await queries.one(conn, "find_phone", Phone, token_hash=token_hash)


async def find_device(conn: Conn, device_id: UUID) -> Device | None:
    """Return a device whom the transaction may see, locked."""
    return await queries.one(conn, "get_device", Device, device_id=device_id)


async def find_device_by_token(conn: Conn, token_hash: bytes) -> Device | None:
    """Return the device of a cookie."""
    return await queries.one(conn, "find_device_by_token", Device, token_hash=token_hash)


async def list_devices(conn: Conn) -> list[Device]:
    """Return the devices of the offices seen, the newest first for each person."""
    return await queries.list(conn, "list_devices", Device)


async def retire_device(conn: Conn, device: Device, *, now: datetime) -> bool:
    """Take a device out of service and end its sessions; return False where it is already."""
    key = {"office_id": device.office_id, "device_id": device.id}
    if await queries.value(conn, "retire_device", now=now, **key) is None:
        return False
    await queries.run(conn, "end_sessions_of_device", now=now, **key)
    return True


async def lose_device(conn: Conn, device: Device, *, now: datetime) -> None:
    """Mark a device as lost, end its sessions, and let another be the field device."""
    key = {"office_id": device.office_id, "device_id": device.id}
    await queries.value(conn, "lock_person", office_id=device.office_id, staff_id=device.staff_id)
    await queries.run(conn, "lose_device", now=now, **key)
    await queries.run(conn, "end_sessions_of_device", now=now, **key)
    await _choose_field_device(conn, device.office_id, device.staff_id)


async def replace_code(
    conn: Conn,
    courier: Staff,
    *,
    made_by: UUID,
    code_hash: bytes,
    expires_at: datetime,
    now: datetime,
) -> None:
    """Expire the courier's unused codes and keep a new one."""
    key = {"office_id": courier.office_id, "staff_id": courier.id}
    await queries.run(conn, "expire_codes", now=now, **key)
    await queries.run(
        conn,
        "add_code",
        code_hash=code_hash,
        made_by=made_by,
        expires_at=expires_at,
        now=now,
        **key,
    )


async def use_code(conn: Conn, code_hash: bytes, *, now: datetime) -> UUID | None:
    """Use a code up; return whose it is, or None when it is unknown, used or expired."""
    found: UUID | None = await queries.value(conn, "use_code", code_hash=code_hash, now=now)
    return found


async def replace_link(
    conn: Conn,
    link: Link,
    *,
    token_hash: bytes,
    expires_at: datetime,
    now: datetime,
) -> None:
    """End the errand's older links and keep a new one."""
    key = {"office_id": link.office_id, "errand_id": link.errand_id}
    await queries.run(conn, "end_links", now=now, **key)
    await queries.run(
        conn, "add_link", token_hash=token_hash, expires_at=expires_at, now=now, **key
    )


async def find_link(conn: Conn, token_hash: bytes, *, now: datetime) -> Link | None:
    """Return what a link opens, or None when it is unknown, ended or expired."""
    return await queries.one(conn, "find_link", Link, token_hash=token_hash, now=now)


async def find_citizen(
    conn: Conn, office_id: UUID, *, phone_index: bytes | None, search_key: str
) -> UUID | None:
    """Return the citizen the office knows under this phone and name."""
    found: UUID | None = await queries.value(
        conn,
        "find_citizen",
        office_id=office_id,
        phone_index=phone_index,
        search_key=search_key,
    )
    return found


async def add_citizen(
    conn: Conn,
    draft: CitizenDraft,
    *,
    citizen_id: UUID,
    search_key: str,
    phone_sealed: bytes | None,
    phone_index: bytes | None,
    now: datetime,
) -> None:
    """Add a citizen new to the office."""
    await queries.run(
        conn,
        "add_citizen",
        office_id=draft.office_id,
        citizen_id=citizen_id,
        name=draft.name,
        search_key=search_key,
        phone_sealed=phone_sealed,
        phone_index=phone_index,
        locale=draft.locale,
        wishes=draft.wishes,
        is_demo=draft.is_demo,
        now=now,
    )


async def update_citizen(conn: Conn, draft: CitizenDraft, *, citizen_id: UUID) -> None:
    """Write what a known citizen said last."""
    await queries.run(
        conn,
        "update_citizen",
        office_id=draft.office_id,
        citizen_id=citizen_id,
        name=draft.name,
        locale=draft.locale,
        wishes=draft.wishes,
    )


async def list_citizens(conn: Conn, citizen_ids: Sequence[UUID]) -> list[CitizenRow]:
    """Return the citizens of these ids whom the transaction may see."""
    return await queries.list(conn, "list_citizens", CitizenRow, citizen_ids=list(citizen_ids))


async def list_citizens_by_phone(
    conn: Conn, office_id: UUID, phone_index: bytes
) -> list[CitizenRow]:
    """Return the citizens of an office under one phone number."""
    return await queries.list(
        conn,
        "list_citizens_by_phone",
        CitizenRow,
        office_id=office_id,
        phone_index=phone_index,
    )


async def save_partner(conn: Conn, partner: Partner) -> UUID:
    """Add an agency, or rewrite the one of the same code; return its id."""
    saved: UUID = await queries.value(
        conn,
        "save_partner",
        partner_id=partner.id,
        code=partner.code,
        name=partner.name,
        office_id=partner.office_id,
        lat=partner.lat,
        lon=partner.lon,
        address=partner.address,
        is_demo=partner.is_demo,
    )
    return saved


async def find_partner(conn: Conn, partner_id: UUID) -> Partner | None:
    """Return one agency whom the transaction may see."""
    return await queries.one(conn, "get_partner", Partner, partner_id=partner_id)


async def list_partners(conn: Conn) -> list[Partner]:
    """Return the agencies of the offices seen, by code."""
    return await queries.list(conn, "list_partners", Partner)


async def add_audit(conn: Conn, entry: AuditEntry) -> None:
    """Write one row of who did what."""
    await queries.run(
        conn,
        "add_audit",
        office_id=entry.office_id,
        audit_id=new_id(),
        at=entry.at,
        actor_id=entry.actor_id,
        action=entry.action,
        object_kind=entry.object_kind,
        object_id=entry.object_id,
        outcome=entry.outcome,
        request_id=entry.request_id,
    )
