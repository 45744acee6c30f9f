"""Enrol couriers' phones by one-time codes, resume them, and lose them.

Like `sign_in`, `enrol` writes its refusals and answers None.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from backend.identity import rules, store
from backend.identity.access import check_sees
from backend.identity.actions import audit, people, sessions
from backend.identity.model import (
    Actor,
    AuditEntry,
    Device,
    EnrolmentCode,
    Opened,
    Staff,
)
from backend.kit import live
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.kit.text import nfc

TOKEN_BYTES = 32  # 256 bits (A1)


async def make_code(conn: Conn, actor: Actor, staff_id: UUID, *, now: datetime) -> EnrolmentCode:
    """Make the one-time code that a courier keys into a new phone; older ones expire.

    Refused: 404 for people of other offices, 409 `same_person`, `not_a_courier`,
    `staff_disabled`.
    """
    assert actor.id is not None, "codes are made by staff"
    courier = await people.get_staff(conn, staff_id)
    check_sees(actor, courier.office_id)
    rules.check_code_maker(actor, courier)
    code = "".join(secrets.choice(rules.CODE_ALPHABET) for _ in range(rules.CODE_LENGTH))
    expires_at = now + timedelta(seconds=rules.CODE_VALID_S)
    await store.replace_code(
        conn,
        courier,
        made_by=actor.id,
        code_hash=rules.hash_token(code),
        expires_at=expires_at,
        now=now,
    )
    await audit.note(conn, actor, courier.office_id, "code.make", "staff", courier.id, now=now)
    return EnrolmentCode(code=code, staff_id=courier.id, expires_at=expires_at)


async def enrol(
    conn: Conn,
    code: str,
    *,
    device_label: str,
    now: datetime,
    request_id: str | None,
    device_token: str = "",
) -> Opened | None:
    """Use a one-time code up: enrol the phone and begin its session; None for any wrong code.

    `device_token` is the cookie of what this browser was before: where that was a phone of the
    same courier, it is retired, since nobody has its cookie any more.
    """
    staff_id = await store.use_code(conn, rules.hash_token(rules.read_code(code)), now=now)
    staff = None if staff_id is None else await store.find_staff(conn, staff_id)
    is_granted = staff is not None and staff.status == "active"
    await store.add_audit(
        conn,
        AuditEntry(
            office_id=audit.NO_OFFICE if staff is None else staff.office_id,
            at=now,
            action="device.enrol",
            outcome="granted" if is_granted else "refused",
            actor_id=None if staff is None else staff.id,
            request_id=request_id,
        ),
    )
    if staff is None or not is_granted:
        return None
    await _retire_before(conn, staff, device_token, now=now)
    return await _enrol_device(conn, staff, label=nfc(device_label), now=now)


async def _retire_before(conn: Conn, staff: Staff, device_token: str, *, now: datetime) -> None:
    if not device_token:
        return
    before = await store.find_device_by_token(conn, rules.hash_token(device_token))
    if before is None or before.staff_id != staff.id:
        return
    if await store.retire_device(conn, before, now=now):
        actor = Actor(kind="staff", id=staff.id, role=staff.role, office_id=staff.office_id)
        await audit.note(
            conn, actor, before.office_id, "device.retire", "device", before.id, now=now
        )


async def _enrol_device(conn: Conn, staff: Staff, *, label: str, now: datetime) -> Opened:
    device_id = new_id()
    device_token = secrets.token_urlsafe(TOKEN_BYTES)
    await store.add_device(
        conn,
        staff,
        device_id=device_id,
        label=label,
        token_hash=rules.hash_token(device_token),
        now=now,
    )
    return await sessions.open_session(
        conn,
        staff.office_id,
        staff.id,
        staff.role,
        device_id=device_id,
        now=now,
        device_token=device_token,
    )


async def lose_device(conn: Conn, actor: Actor, device_id: UUID, *, now: datetime) -> None:
    """Report a phone as lost: its sessions end at once (S21). 404 for other offices' phones.

    Where it is open somewhere, it is woken: what it has is set aside and it is wiped at once.
    """
    device = await store.find_device(conn, device_id)
    if device is None:
        raise NotFound
    check_sees(actor, device.office_id)
    await store.lose_device(conn, device, now=now)
    await audit.note(conn, actor, device.office_id, "device.lose", "device", device.id, now=now)
    await live.publish(conn, f"phone:{device.staff_id}")
    await live.publish(conn, f"board:{device.office_id}")


async def register_key(conn: Conn, actor: Actor, public_key: bytes, *, now: datetime) -> None:
    """Keep the key with which this phone signs from now on; the same one again changes nothing.

    Refused: 404 for a session without a phone, 409 `key_known` where it has another (S20).
    """
    device = None if actor.device_id is None else await store.find_device(conn, actor.device_id)
    if device is None:
        raise NotFound
    if await store.set_device_key(conn, device, public_key, now=now):
        await audit.note(conn, actor, device.office_id, "device.key", "device", device.id, now=now)
    elif device.public_key != public_key:
        raise Conflict("key_known")


async def read_phone_actor(conn: Conn, device_token: str) -> Actor | None:
    """Return who calls by a device's cookie alone; the signature is still to be judged."""
    phone = await store.find_phone(conn, rules.hash_token(device_token))
    return None if phone is None else rules.make_device_actor(phone)


async def list_devices(conn: Conn) -> list[Device]:
    """Return the phones of the offices seen, the newest first for each courier."""
    return await store.list_devices(conn)


async def find_device(conn: Conn, device_id: UUID) -> Device | None:
    """Return a phone of the offices seen, whatever its state, locked against changes."""
    return await store.find_device(conn, device_id)


async def resume(conn: Conn, device_token: str, *, now: datetime) -> Opened | None:
    """Begin a new session on an enrolled phone; None unless it and its courier are active."""
    device = await store.find_device_by_token(conn, rules.hash_token(device_token))
    if device is None or device.status != "active":
        return None
    staff = await store.find_staff(conn, device.staff_id)
    if staff is None or staff.status != "active":
        return None
    return await sessions.open_session(
        conn, staff.office_id, staff.id, staff.role, device_id=device.id, now=now
    )


async def open_demo(
    conn: Conn, username: str, *, device_token: str | None, now: datetime
) -> Opened | None:
    """Begin a session of a demo person; a courier's phone is enrolled unless it already is."""
    staff = await store.find_staff_by_username(conn, username)
    if staff is None or not staff.is_demo or staff.status != "active":
        return None
    if staff.role != "courier":
        return await sessions.open_session(
            conn, staff.office_id, staff.id, staff.role, device_id=None, now=now
        )
    if device_token is not None:
        device = await store.find_device_by_token(conn, rules.hash_token(device_token))
        if device is not None and device.staff_id == staff.id and device.status == "active":
            return await resume(conn, device_token, now=now)
    return await _enrol_device(conn, staff, label="demo", now=now)
