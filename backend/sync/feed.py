"""What changed for a phone, numbered under the lock of its head so that no number is missing."""

from datetime import timedelta
from uuid import UUID

import msgspec

from backend import cash, proofs, rounds
from backend.kit.clock import service_day
from backend.kit.sql import Conn
from backend.rounds import Change, Document
from backend.sync import store
from backend.sync.actions import leases
from backend.sync.model import Caller, FeedRow, Snapshot, SnapshotDoc

PAGE = 200
PASSED = timedelta(days=2)
"""So long a phone that begins anew is told of what was handed over on the road."""


async def number_changes(conn: Conn, caller: Caller) -> tuple[int, int]:
    """Turn the committed changes for this courier into numbered feed rows.

    Returns the last number and the floor; the head stays locked to the end of the transaction.
    """
    last, floor = await store.lock_head(conn, caller.office_id, caller.staff_id)
    changes = await rounds.take_changes(conn, caller.office_id, caller.staff_id)
    if await cash.take_change(conn, caller.office_id, caller.staff_id):
        changes.append(Change("cash", caller.staff_id, False))
    if not changes:
        return last, floor
    rows = [
        (last + place, document.kind, document.ref, document.rev, _body(document))
        for place, document in enumerate(await _documents(conn, caller, changes), start=1)
    ]
    await store.add_feed(conn, caller.office_id, caller.staff_id, rows, caller.now)
    last += len(rows)
    await store.move_head(conn, caller.office_id, caller.staff_id, last)
    return last, floor


def _body(document: Document) -> bytes | None:
    return None if document.doc is None else msgspec.json.encode(document.doc)


async def _documents(conn: Conn, caller: Caller, changes: list[Change]) -> list[Document]:
    """Return a document for each change; a tombstone where the thing left this courier."""
    wanted: dict[str, list[UUID]] = {
        "round": [], "stop": [], "decision": [], "blob": [], "cash": [], "passing": [],
    }  # fmt: skip
    for change in changes:
        wanted[change.kind].append(change.ref)
    found = await rounds.list_documents(
        conn,
        caller.sealer,
        caller.office_id,
        caller.staff_id,
        rounds=wanted["round"],
        stops=wanted["stop"],
    )
    there = {(document.kind, document.ref) for document in found}
    gone = [
        Document(change.kind, change.ref, 0, None)
        for change in changes
        if change.kind in ("round", "stop") and (change.kind, change.ref) not in there
    ]
    decided = []
    for op_id in wanted["decision"]:
        decision = await store.last_decision(conn, caller.office_id, op_id)
        if decision is not None:
            doc = msgspec.structs.asdict(decision)
            decided.append(Document("decision", op_id, decision.n, doc))
    stored = []
    for ref in wanted["blob"]:
        blob = await proofs.find_blob_by_ref(conn, caller.office_id, ref)
        if blob is not None:
            stored.append(Document("blob", ref, 1, {"sha256": blob.sha256.hex()}))
    passed = await rounds.list_passing_documents(
        conn, caller.office_id, caller.staff_id, ids=wanted["passing"]
    )
    purse = [await _cash(conn, caller) for _ in wanted["cash"]]
    return [*gone, *found, *decided, *stored, *passed, *purse]


async def _cash(conn: Conn, caller: Caller) -> Document:
    rev, doc = await cash.describe(conn, caller.office_id, caller.staff_id, caller.now)
    current = await leases.list_current(conn, caller.office_id, caller.device_id)
    doc["leases"] = [
        {"id": one.id, "share_id": one.subject_id, "expires_at": one.expires_at} for one in current
    ]
    return Document("cash", caller.staff_id, rev, doc)


async def read(conn: Conn, caller: Caller, cursor: int) -> tuple[list[FeedRow], bool]:
    """Return a page of changes after `cursor`, and whether there are more."""
    rows = await store.read_feed(conn, caller.office_id, caller.staff_id, cursor, PAGE + 1)
    return rows[:PAGE], len(rows) > PAGE


async def note_let_go(conn: Conn, caller: Caller, cursor: int) -> None:
    """Settle the recalls whose tombstones the phone has taken: its cursor says so."""
    waiting = await rounds.list_recalled_stops(conn, caller.office_id, caller.staff_id)
    if not waiting:
        return
    gone = await store.tombstones_until(conn, caller, waiting, cursor)
    if gone:
        await rounds.take(conn, caller.office_id, caller.staff_id, gone, caller.now)


async def snapshot(conn: Conn, caller: Caller) -> Snapshot:
    """Return the courier's day as it stands and the cursor it stands at.

    The head is locked first: what is numbered later comes by the feed, what was numbered before
    is in the documents.
    """
    last, _ = await number_changes(conn, caller)
    current = await rounds.list_current(
        conn, caller.office_id, caller.staff_id, service_day(caller.now)
    )
    documents = await rounds.list_documents(
        conn,
        caller.sealer,
        caller.office_id,
        caller.staff_id,
        rounds=current,
        with_stops_of=current,
    )
    documents += await rounds.list_passing_documents(
        conn, caller.office_id, caller.staff_id, since=caller.now - PASSED
    )
    documents.append(await _cash(conn, caller))
    return Snapshot(
        epoch=await store.get_epoch(conn),
        cursor=last,
        server_at=caller.now,
        docs=[SnapshotDoc(d.kind, d.ref, d.rev, d.doc) for d in documents],
    )
