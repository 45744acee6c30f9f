"""Rows of custody."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from backend.custody.model import Handover, Item, Link, NewItem, Party, Record
from backend.kit.sql import Conn, load
from backend.kit.unit import Shelf, unit_of

queries = load(__file__)


async def next_serial(conn: Conn) -> int:
    """Return a serial number never given before."""
    unit = unit_of(conn)
    if unit is not None:
        return int(unit.take(SERIALS))
    return int(await queries.value(conn, "next_serials", num=1))


async def add_item(conn: Conn, item: NewItem) -> None:
    """Write the item, its code and the first link of its chain."""
    link = {
        "office_id": item.office_id,
        "item_id": item.id,
        "n": 1,
        "from_kind": None,
        "from_id": None,
        "to_kind": item.holder.kind,
        "to_id": item.holder.id,
        "seal_number": item.seal_number,
        "is_seal_whole": None,
        "occurred_at": item.at,
        "received_at": item.received_at,
        "op_id": item.op_id,
        "by_staff_id": item.by_staff_id,
        "record_id": None,
        "note": "",
    }
    unit = unit_of(conn)
    if unit is not None:
        unit.later(NEW_ITEMS, item)
        unit.later(LINKS, link)
        unit.change(ITEMS, item.id, make_item(item))
        return
    await _write_new_items(conn, [item])
    await queries.run(conn, "add_link", **link)


def make_item(new: NewItem) -> Item:
    """Return a new item as it stands with its first holder."""
    holder = new.holder
    return Item(
        new.office_id, new.id, new.kind, new.code, new.seal_number, holder.kind, holder.id, 1, False
    )


async def read_ahead(conn: Conn, office_id: UUID, item_ids: Sequence[UUID]) -> None:
    """Lock items in the order of their ids and keep them for the facts of a batch."""
    if not item_ids:
        return
    unit = unit_of(conn)
    assert unit is not None, "a batch reads ahead"
    rows = await unit.read(
        lambda: queries.list(conn, "lock_items", Item, office_id=office_id, ids=list(item_ids))
    )
    unit.know_all(ITEMS, item_ids, {item.id: item for item in rows})


async def draw_serials(conn: Conn, num: int) -> None:
    """Draw serial numbers for the items that a batch may begin; unused ones are lost."""
    unit = unit_of(conn)
    assert unit is not None, "a batch reads ahead"
    unit.stock(SERIALS, await unit.read(lambda: queries.list(conn, "next_serials", int, num=num)))


async def lock_item(conn: Conn, office_id: UUID, item_id: UUID) -> Item | None:
    """Return the item, locked."""
    unit = unit_of(conn)
    if unit is not None:
        kept: Item | None = unit.find(ITEMS, item_id)
        return kept
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
    link = {
        "office_id": handover.office_id,
        "item_id": handover.item_id,
        "n": n,
        "from_kind": handover.giver.kind,
        "from_id": handover.giver.id,
        "to_kind": handover.taker.kind,
        "to_id": handover.taker.id,
        "seal_number": handover.seal_number,
        "is_seal_whole": handover.is_seal_whole,
        "occurred_at": handover.occurred_at,
        "received_at": handover.received_at,
        "op_id": handover.op_id,
        "by_staff_id": handover.by_staff_id,
        "record_id": handover.record_id,
        "note": handover.note,
    }
    unit = unit_of(conn)
    if unit is not None:
        unit.later(LINKS, link)
        item: Item = unit.find(ITEMS, handover.item_id)
        moved = msgspec.structs.replace(
            item,
            holder_kind=handover.taker.kind,
            holder_id=handover.taker.id,
            num_handovers=n,
            seal_number=handover.seal_number or item.seal_number,
        )
        unit.change(ITEMS, item.id, moved)
        return
    await queries.run(conn, "add_link", **link)
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


async def set_passed(
    conn: Conn, office_id: UUID, item_ids: Sequence[UUID], op_id: UUID | None
) -> None:
    """Write by which fact items were handed on by their holder alone; None: by none."""
    await queries.run(conn, "set_passed", office_id=office_id, ids=list(item_ids), op_id=op_id)


async def set_frozen(conn: Conn, office_id: UUID, item_id: UUID, is_frozen: bool) -> None:
    """Write whether a person must decide before anything moves the item."""
    await queries.run(conn, "set_frozen", office_id=office_id, id=item_id, is_frozen=is_frozen)


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


async def _write_new_items(conn: Conn, items: list[NewItem]) -> None:
    await queries.run(
        conn,
        "add_items",
        office_ids=[item.office_id for item in items],
        ids=[item.id for item in items],
        kinds=[item.kind for item in items],
        codes=[item.code for item in items],
        seals=[item.seal_number for item in items],
        holder_kinds=[item.holder.kind for item in items],
        holder_ids=[item.holder.id for item in items],
        ats=[item.at for item in items],
    )


async def _write_links(conn: Conn, links: list[dict[str, Any]]) -> None:
    columns = {f"{name}s": [link[name] for link in links] for name in links[0]}
    await queries.run(conn, "add_links", **columns)


async def _write_items(conn: Conn, items: list[Item]) -> None:
    await queries.run(
        conn,
        "set_holders",
        office_id=items[0].office_id,
        ids=[item.id for item in items],
        holder_kinds=[item.holder_kind for item in items],
        holder_ids=[item.holder_id for item in items],
        nums=[item.num_handovers for item in items],
        seals=[item.seal_number for item in items],
    )


SERIALS = Shelf(0)
NEW_ITEMS = Shelf(0, _write_new_items)
LINKS = Shelf(1, _write_links)
ITEMS = Shelf(2, _write_items)
