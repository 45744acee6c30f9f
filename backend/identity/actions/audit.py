"""Who did or looked at what, written once."""

from datetime import datetime
from uuid import UUID

from backend.identity import store
from backend.identity.model import (
    Actor,
    AuditEntry,
)
from backend.kit.sql import Conn

NO_OFFICE = UUID(int=0)  # where audit rows of unknown names and codes lie; only the house sees it


async def write(conn: Conn, entry: AuditEntry) -> None:
    """Write who did or looked at what; it exists if the transaction commits."""
    await store.add_audit(conn, entry)


async def note(
    conn: Conn,
    actor: Actor,
    office_id: UUID,
    action: str,
    object_kind: str,
    object_id: UUID,
    *,
    now: datetime,
) -> None:
    """Write that `actor` was granted `action` on one thing."""
    await store.add_audit(
        conn,
        AuditEntry(
            office_id=office_id,
            at=now,
            action=action,
            outcome="granted",
            actor_id=actor.id,
            object_kind=object_kind,
            object_id=object_id,
        ),
    )
