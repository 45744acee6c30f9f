"""Citizens as an office knows them, and the links that open one errand to them."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.identity import rules, store
from backend.identity.model import (
    Citizen,
    CitizenDraft,
    Link,
)
from backend.kit.errors import Invalid, NotFound
from backend.kit.ids import new_id
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.kit.text import fold, nfc

LINK_BYTES = 16  # 128 bits (A7): short enough for a text message


async def make_link(
    conn: Conn, *, office_id: UUID, errand_id: UUID, expires_at: datetime, now: datetime
) -> str:
    """Return the token of a new link to an errand; the errand's older links end."""
    token = secrets.token_urlsafe(LINK_BYTES)
    await store.replace_link(
        conn,
        Link(office_id=office_id, errand_id=errand_id),
        token_hash=rules.hash_token(token),
        expires_at=expires_at,
        now=now,
    )
    return token


async def find_link(conn: Conn, token: str, *, now: datetime) -> Link | None:
    """Return what a link opens; None, for the same work, when unknown, ended or expired (A7)."""
    return await store.find_link(conn, rules.hash_token(token), now=now)


async def save_citizen(conn: Conn, sealer: Sealer, draft: CitizenDraft, *, now: datetime) -> UUID:
    """Return the id of the office's citizen of this phone and name, added if new.

    Without a phone nobody is taken for somebody else: a new citizen each time.
    Refused: 422 `phone_invalid`, `name_invalid`.
    """
    name = nfc(draft.name)
    if not 1 <= len(name) <= rules.NAME_LENGTH_MAX:
        raise Invalid("name_invalid", longest=rules.NAME_LENGTH_MAX)
    draft = CitizenDraft(
        office_id=draft.office_id,
        name=name,
        phone=None if draft.phone is None else rules.read_phone(draft.phone),
        locale=draft.locale,
        wishes=nfc(draft.wishes),
        is_demo=draft.is_demo,
    )
    index = None if draft.phone is None else sealer.index(draft.phone)
    if index is not None:
        known = await store.find_citizen(
            conn, draft.office_id, phone_index=index, search_key=fold(name)
        )
        if known is not None:
            await store.update_citizen(conn, draft, citizen_id=known)
            return known
    citizen_id = new_id()
    place = rules.phone_place(citizen_id)
    await store.add_citizen(
        conn,
        draft,
        citizen_id=citizen_id,
        search_key=fold(name),
        phone_sealed=None if draft.phone is None else sealer.seal(draft.phone, place=place),
        phone_index=index,
        now=now,
    )
    return citizen_id


async def get_citizen(conn: Conn, sealer: Sealer, citizen_id: UUID) -> Citizen:
    """Return one citizen with the phone opened, or raise `NotFound`."""
    found = await list_citizens(conn, sealer, [citizen_id])
    if not found:
        raise NotFound
    return found[0]


async def list_citizens(conn: Conn, sealer: Sealer, citizen_ids: Sequence[UUID]) -> list[Citizen]:
    """Return the citizens of these ids whom the transaction may see, phones opened."""
    rows = await store.list_citizens(conn, citizen_ids)
    return [_open_citizen(sealer, row) for row in rows]


async def list_citizens_by_phone(
    conn: Conn, sealer: Sealer, office_id: UUID, phone: str
) -> list[Citizen]:
    """Return the citizens of an office under a phone number. 422 `phone_invalid`."""
    index = sealer.index(rules.read_phone(phone))
    rows = await store.list_citizens_by_phone(conn, office_id, index)
    return [_open_citizen(sealer, row) for row in rows]


def open_phone(sealer: Sealer, citizen_id: UUID, sealed: bytes | None) -> str | None:
    """Return a citizen's phone opened, or None where there is none."""
    return None if sealed is None else sealer.open(sealed, place=rules.phone_place(citizen_id))


def _open_citizen(sealer: Sealer, row: store.CitizenRow) -> Citizen:
    return Citizen(
        office_id=row.office_id,
        id=row.id,
        name=row.name,
        phone=open_phone(sealer, row.id, row.phone_sealed),
        locale=row.locale,
        wishes=row.wishes,
        is_demo=row.is_demo,
    )
