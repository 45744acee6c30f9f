"""Rows of custody."""

from uuid import UUID

from backend.custody.model import Handover, Item, Link, NewItem, Party, Record
from backend.kit.sql import Conn, load

queries = load(__file__)


async def next_serial(conn: Conn) -> int:
    """Return a serial number never given before."""
    return int(await queries.value(conn, "next_serial"))


async def add_item(conn: Conn, item: NewItem) -> None:
    """Write the item, its code and the first link of its chain."""
    await queries.run(
        conn,
        "add_item",
        office_id=item.office_id,
        id=item.id,
        kind=item.kind,
        code=item.code,
        seal_number=item.seal_number,
        holder_kind=item.holder.kind,
        holder_id=item.holder.id,
        at=item.at,
    )
    await queries.run(conn, "add_code", code=item.code, office_id=item.office_id, item_id=item.id)
    await queries.run(
        conn,
        "add_link",
        office_id=item.office_id,
        item_id=item.id,
        n=1,
        from_kind=None,
        from_id=None,
        to_kind=item.holder.kind,
        to_id=item.holder.id,
        seal_number=item.seal_number,
        is_seal_whole=None,
        occurred_at=item.at,
        received_at=item.received_at,
        op_id=item.op_id,
        by_staff_id=item.by_staff_id,
        record_id=None,
        note="",
    )


async def lock_item(conn: Conn, office_id: UUID, item_id: UUID) -> Item | None:
    """Return the item, locked."""
    return await queries.one(conn, "lock_item", Item, office_id=office_id, id=item_id)


async def find_item(conn: Conn, office_id: UUID, item_id: UUID) -> Item | None:
    """Return the item as it stands, or None."""
    return await queries.one(conn, "find_item", Item, office_id=office_id, id=item_id)


async def list_held(conn: Conn, office_id: UUID, holder: Party) -> list[Item]:
    """Return what one party of an office holds, by code."""
    return await queries.list(
        conn,
        "list_held",
        Item,
        office_id=office_id,
        holder_kind=holder.kind,
        holder_id=holder.id,
    )


async def add_link(conn: Conn, handover: Handover, n: int) -> None:
    """Write link `n` and the holder it makes."""
    await queries.run(
        conn,
        "add_link",
        office_id=handover.office_id,
        item_id=handover.item_id,
        n=n,
        from_kind=handover.giver.kind,
        from_id=handover.giver.id,
        to_kind=handover.taker.kind,
        to_id=handover.taker.id,
        seal_number=handover.seal_number,
        is_seal_whole=handover.is_seal_whole,
        occurred_at=handover.occurred_at,
        received_at=handover.received_at,
        op_id=handover.op_id,
        by_staff_id=handover.by_staff_id,
        record_id=handover.record_id,
        note=handover.note,
    )
    await queries.run(
        conn,
        "set_holder",
        office_id=handover.office_id,
        id=handover.item_id,
        holder_kind=handover.taker.kind,
        holder_id=handover.taker.id,
        n=n,
        seal_number=handover.seal_number,
    )


async def list_chain(conn: Conn, office_id: UUID, item_id: UUID) -> list[Link]:
    """Return the links of an item's chain, first to last."""
    return await queries.list(conn, "list_chain", Link, office_id=office_id, item_id=item_id)


async def add_record(conn: Conn, record: Record) -> None:
    """Write a signed record."""
    await queries.run(
        conn,
        "add_record",
        office_id=record.office_id,
        id=record.id,
        partner_id=record.partner_id,
        direction=record.direction,
        num_items=record.num_items,
        signed_at=record.signed_at,
        signed_by_agency=record.signed_by_agency,
        signed_by_post=record.signed_by_post,
        note=record.note,
    )
