"""Verbs of custody: begin a chain, hand over, sign a record."""

from collections.abc import Sequence
from uuid import UUID

from backend.custody import store
from backend.custody.model import Handover, Item, NewItem, Party, Record
from backend.custody.rules import check_hand_over, check_in_hand, make_s10
from backend.kit.errors import NotFound
from backend.kit.sql import Conn

DOSSIER_PREFIX = "LD"


async def make_code(conn: Conn) -> str:
    """Return a fresh S10 code of Vietnam for a dossier or a result."""
    return make_s10(DOSSIER_PREFIX, await store.next_serial(conn))


async def begin(conn: Conn, item: NewItem) -> Item:
    """Begin the chain of an item with the one who had it first; return the item."""
    await store.add_item(conn, item)
    return store.make_item(item)


async def hand_over(conn: Conn, handover: Handover) -> None:
    """Move an item from the one who holds it to another.

    Raises `NotFound` for an unknown item and the refusals of `rules.check_hand_over`.
    """
    item = await store.lock_item(conn, handover.office_id, handover.item_id)
    if item is None:
        raise NotFound()
    check_hand_over(item, handover)
    await store.add_link(conn, handover, item.num_handovers + 1)


async def freeze(conn: Conn, office_id: UUID, item_id: UUID) -> None:
    """Let nothing move an item until a person has decided where it is (reliability 1.5).

    One that its holder says to have handed on is left alone: the other side tells where it is.
    """
    item = await store.lock_item(conn, office_id, item_id)
    if item is not None and item.passed_op_id is None:
        await store.set_frozen(conn, office_id, item_id, True)


async def thaw(conn: Conn, office_id: UUID, item_id: UUID) -> None:
    """Let an item move again: a person has decided."""
    await store.set_frozen(conn, office_id, item_id, False)


async def sign_record(conn: Conn, record: Record) -> None:
    """Keep a record of handing over; the handovers name it by id."""
    await store.add_record(conn, record)


async def mark_passed(
    conn: Conn, office_id: UUID, item_ids: Sequence[UUID], *, holder: Party, op_id: UUID
) -> None:
    """Keep that their holder says to have handed these items on; they stay the holder's.

    Until the other side says so too, or the mark is taken away, nothing moves them. Raises
    `NotFound` and the refusals of `rules.check_in_hand`.
    """
    for item_id in sorted(item_ids):
        item = await store.lock_item(conn, office_id, item_id)
        if item is None:
            raise NotFound()
        check_in_hand(item, holder)
    await store.set_passed(conn, office_id, item_ids, op_id)


async def unmark_passed(conn: Conn, office_id: UUID, item_ids: Sequence[UUID]) -> None:
    """Take the mark away: the items are in their holder's hands after all, or move now."""
    await store.set_passed(conn, office_id, item_ids, None)
