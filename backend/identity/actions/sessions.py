"""Sign people in and out, and tell who acts.

What refuses a stranger must leave a trace, so `sign_in` answers None and writes it, rather than
raise and lose it with the transaction; the rim turns None into the refusal.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from backend.identity import rules, store
from backend.identity.actions import audit
from backend.identity.model import (
    Actor,
    AuditEntry,
    Login,
    Opened,
    Role,
)
from backend.kit.sql import Conn

TOKEN_BYTES = 32  # 256 bits (A1)


async def find_login(conn: Conn, username: str) -> Login | None:
    """Return what the password of `username` is compared with; None for an unknown name."""
    return await store.find_login(conn, username.strip().lower())


async def sign_in(
    conn: Conn, login: Login | None, *, is_match: bool, now: datetime, request_id: str | None
) -> Opened | None:
    """Begin a session when the password matched an active person's; else None.

    Unknown names, wrong passwords and disabled people differ in nothing but the audit row's
    office, so that neither answer nor time tells which names exist.
    """
    is_granted = login is not None and is_match and login.status == "active"
    await store.add_audit(
        conn,
        AuditEntry(
            office_id=audit.NO_OFFICE if login is None else login.office_id,
            at=now,
            action="session.open",
            outcome="granted" if is_granted else "refused",
            actor_id=None if login is None else login.staff_id,
            request_id=request_id,
        ),
    )
    if login is None or not is_granted:
        return None
    return await open_session(
        conn, login.office_id, login.staff_id, login.role, device_id=None, now=now
    )


async def read_actor(conn: Conn, token: str, *, now: datetime) -> Actor | None:
    """Return who acts under a session token; None when it is unknown or no longer holds."""
    session = await store.find_session(conn, rules.hash_token(token))
    if session is None or not rules.is_alive(session, now):
        return None
    if rules.needs_touch(session, now):
        await store.touch_session(conn, session, now=now)
    return rules.make_actor(session)


async def sign_out(conn: Conn, token: str, *, now: datetime) -> None:
    """End a session; an ended one stays as it is."""
    await store.end_session(conn, rules.hash_token(token), now=now)


async def open_session(
    conn: Conn,
    office_id: UUID,
    staff_id: UUID,
    role: Role,
    *,
    device_id: UUID | None,
    now: datetime,
    device_token: str | None = None,
) -> Opened:
    """Begin a session, as long as the role's limits allow, and return its secrets."""
    limit = rules.SESSION_LIMITS[role]
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = now + timedelta(seconds=limit.absolute_s)
    await store.add_session(
        conn,
        office_id=office_id,
        staff_id=staff_id,
        device_id=device_id,
        token_hash=rules.hash_token(token),
        expires_at=expires_at,
        idle_s=limit.idle_s,
        now=now,
    )
    return Opened(
        staff_id=staff_id,
        role=role,
        session_token=token,
        expires_at=expires_at,
        device_token=device_token,
    )
