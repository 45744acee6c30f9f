"""Staff and the agencies that order errands."""

from datetime import datetime
from uuid import UUID

from backend.identity import passwords, rules, store
from backend.identity.access import check_sees
from backend.identity.actions import audit
from backend.identity.model import (
    Actor,
    Partner,
    Role,
    Staff,
    StaffDraft,
)
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn


async def get_staff(conn: Conn, staff_id: UUID) -> Staff:
    """Return one member of staff whom the transaction may see, or raise `NotFound`."""
    staff = await store.find_staff(conn, staff_id)
    if staff is None:
        raise NotFound
    return staff


async def get_me(conn: Conn, actor: Actor) -> Staff:
    """Return the member of staff who acts."""
    assert actor.id is not None, "only staff has a row of its own"
    return await get_staff(conn, actor.id)


async def list_staff(conn: Conn, role: Role | None = None) -> list[Staff]:
    """Return the staff of the offices seen, of one role where one is asked for."""
    return await store.list_staff(conn, role)


async def add_staff(conn: Conn, draft: StaffDraft, *, now: datetime) -> Staff:
    """Add a member of staff.

    Refused: 409 `username_taken`; 422 for what `rules.check_staff` finds, and
    `partner_for_officers_only` for an agency of another office or unknown.
    """
    draft = rules.check_staff(draft)
    if draft.partner_id is not None:
        partner = await store.find_partner(conn, draft.partner_id)
        if partner is None or partner.office_id != draft.office_id:
            raise Invalid("partner_for_officers_only")
    password = draft.password
    password_hash = None if password is None else await passwords.hash_password(password)
    staff_id = new_id()
    is_added = await store.add_staff(
        conn, draft, staff_id=staff_id, password_hash=password_hash, now=now
    )
    if not is_added:
        raise Conflict("username_taken")
    return await get_staff(conn, staff_id)


async def disable_staff(conn: Conn, actor: Actor, staff_id: UUID, *, now: datetime) -> None:
    """Disable a person; the next request of any of their sessions is refused (A1).

    Refused: 404 for people of other offices, 409 `same_person` for oneself.
    """
    staff = await get_staff(conn, staff_id)
    check_sees(actor, staff.office_id)
    if staff.id == actor.id:
        raise Conflict("same_person")
    await store.disable_staff(conn, staff, now=now)
    await audit.note(conn, actor, staff.office_id, "staff.disable", "staff", staff.id, now=now)


async def set_password(
    conn: Conn, actor: Actor, staff_id: UUID, password: str, *, now: datetime
) -> None:
    """Set a person's password and end their sessions. 422 for a weak one, 404 for other offices."""
    staff = await get_staff(conn, staff_id)
    check_sees(actor, staff.office_id)
    rules.check_password(password, username=staff.username)
    hashed = await passwords.hash_password(password)
    await store.set_password(conn, staff, password_hash=hashed, now=now)
    await audit.note(conn, actor, staff.office_id, "password.set", "staff", staff.id, now=now)


async def save_partner(conn: Conn, partner: Partner) -> UUID:
    """Add an agency, or rewrite the one of the same code; return its id."""
    return await store.save_partner(conn, partner)


async def get_partner(conn: Conn, partner_id: UUID) -> Partner:
    """Return one agency whom the transaction may see, or raise `NotFound`."""
    partner = await store.find_partner(conn, partner_id)
    if partner is None:
        raise NotFound
    return partner


async def list_partners(conn: Conn) -> list[Partner]:
    """Return the agencies of the offices seen, by code."""
    return await store.list_partners(conn)
