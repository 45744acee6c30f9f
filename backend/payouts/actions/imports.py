"""Files of lists: brought, judged row by row, kept whole or not at all; told how far they are.

A list is money: a file with one fault keeps nothing. Reading streams: a thousand rows at a time
are judged, sealed, written under the file's own id, and count only once the list takes them.
"""

import hashlib
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from backend.house import House
from backend.kit import clock, jobs, live
from backend.kit.clock import service_day
from backend.kit.errors import Conflict, Invalid, NotFound, Refusal, TooLarge
from backend.kit.ids import new_id
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.payouts import rules, store
from backend.payouts.actions.asked import check_asked, find_base, read_scheme
from backend.payouts.actions.reading import (
    BYTES_MAX,
    NO_DIGEST,
    Reading,
    batches,
    check_whole,
    find_delta,
    read_batch,
)
from backend.payouts.model import (
    Asked,
    PayoutList,
    ReadJob,
    Upload,
    payout_topic,
)
from backend.payouts.rows import Carried
from backend.payouts.store import queries

READ: Final = "payouts.read"
TRIES_MAX: Final = 3
FILE_PLACE: Final = "payouts.upload.content:{id}"


async def bring(
    conn: Conn,
    sealer: Sealer,
    *,
    office_id: UUID,
    partner_id: UUID,
    by: UUID,
    asked: Asked,
    raw: bytes,
    commit: bool,
    now: datetime,
) -> UUID:
    """Take a file to be judged by the worker, and kept when it has no fault and `commit` says so.

    Raises `TooLarge` `file_too_large`; `Invalid` `scheme_unknown`, `reference_needed`,
    `reference_not_taken`, `due_on_needed`, `periods_not_merged`; `Conflict` `base_not_open`;
    `NotFound` for a first list of others.
    """
    if len(raw) > BYTES_MAX:
        raise TooLarge("file_too_large", megabytes_max=BYTES_MAX >> 20)
    if not raw:
        raise Invalid("file_empty")
    scheme = await read_scheme(conn, asked, service_day(now))
    check_asked(asked, scheme)
    await find_base(conn, office_id, partner_id, asked)
    upload_id = new_id()
    await queries.run(
        conn,
        "add_upload",
        office_id=office_id,
        id=upload_id,
        partner_id=partner_id,
        by_id=by,
        made_at=now,
        asked=msgspec.to_builtins(asked),
        sha256=hashlib.sha256(raw).digest(),
        content=sealer.seal_bytes(raw, place=FILE_PLACE.format(id=upload_id)),
        wants_commit=commit,
    )
    await jobs.enqueue(conn, READ, ReadJob(office_id, upload_id))
    return upload_id


async def keep(
    conn: Conn, *, office_id: UUID, partner_id: UUID, upload_id: UUID, now: datetime
) -> None:
    """Let a file that was judged without fault become its list.

    Raises `NotFound`, `Conflict` `upload_not_ready`.
    """
    if await store.find_upload(conn, office_id, upload_id, partner_id) is None:
        raise NotFound()
    done = await queries.value(
        conn, "ask_commit", office_id=office_id, id=upload_id, partner_id=partner_id
    )
    if done is None:
        raise Conflict("upload_not_ready")
    await jobs.enqueue(conn, READ, ReadJob(office_id, upload_id))
    await live.publish(conn, payout_topic(office_id))


async def read(house: House, office_id: UUID, upload_id: UUID) -> None:
    """Judge a file and, where asked, keep it; a second run begins anew.

    Never raises for what is wrong with the file: the upload says it.
    """
    async with house.db.transaction(actor="house", offices="*") as conn:
        upload = await queries.one(conn, "begin_upload", Upload, office_id=office_id, id=upload_id)
        if upload is None:
            return
        if upload.num_tries > TRIES_MAX:
            await _end(conn, upload, None, state="failed", refusal=Invalid("upload_lost"))
            return
        sealed = await queries.value(conn, "read_content", office_id=office_id, id=upload_id)
        await live.publish(conn, payout_topic(office_id))
    raw = house.sealer.open_bytes(sealed, place=FILE_PLACE.format(id=upload_id))
    del sealed
    reading: Reading | None = None
    try:
        async with house.db.transaction(actor="house", offices="*") as conn:
            if await _is_same_file(conn, upload):
                return
            reading = await _begin(conn, upload)
        async with AsyncExitStack() as stack:
            async for batch in batches(stack, raw, reading):
                await read_batch(house, reading, batch)
        async with house.db.transaction(actor="house", offices="*") as conn:
            await _finish(conn, reading)
    except Refusal as refusal:
        async with house.db.transaction(actor="house", offices="*") as conn:
            await _end(conn, upload, reading, state="failed", refusal=refusal)
    if reading is not None and reading.target is not None:
        await _clear(house, reading)


async def _is_same_file(conn: Conn, upload: Upload) -> bool:
    """Return whether a list has this very file already; then there is nothing to read."""
    same = await queries.one(
        conn,
        "find_same_file",
        lambda *row: row,
        office_id=upload.office_id,
        partner_id=upload.partner_id,
        asked=upload.asked,
        upload_id=upload.id,
    )
    if same is None:
        return False
    list_id, num, total_vnd = same
    await queries.run(
        conn,
        "end_upload",
        office_id=upload.office_id,
        id=upload.id,
        state="done",
        num_total=num,
        num_read=num,
        num_good=num,
        num_known=num,
        num_faults=0,
        total_vnd=total_vnd,
        faults=[],
        refusal=None,
        list_id=list_id,
        at=clock.now(),
        keeps_content=False,
    )
    await live.publish(conn, payout_topic(upload.office_id))
    return True


async def _begin(conn: Conn, upload: Upload) -> Reading:
    """Find the list a file is, or begin it."""
    asked = msgspec.convert(upload.asked, Asked)
    today = service_day(upload.made_at)
    scheme = await read_scheme(conn, asked, today)
    reading = Reading(upload, asked, scheme, today)
    base = await find_base(conn, upload.office_id, upload.partner_id, asked)
    is_plain = await queries.value(
        conn,
        "is_plain_campaign",
        office_id=upload.office_id,
        partner_id=upload.partner_id,
        scheme=asked.scheme,
        reference=asked.reference if base is None else base.reference,
    )
    reading.household_of = None if is_plain else upload.partner_id
    if base is None:
        known = await queries.one(
            conn,
            "find_first_list",
            PayoutList,
            office_id=upload.office_id,
            partner_id=upload.partner_id,
            scheme=asked.scheme,
            period=asked.period,
            reference=asked.reference,
        )
        if known is not None and known.state != "draft":
            reading.frozen = known
    else:
        known = await find_delta(conn, base, NO_DIGEST)
    if not upload.wants_commit or reading.frozen is not None:
        return reading
    reading.is_new = known is None or known.digest == NO_DIGEST
    reading.target = known or await _add_list(conn, reading, base)
    if upload.num_tries > 1:  # a worker died on it: what it wrote goes
        while not await store.drop_rows(
            conn, upload.office_id, reading.target.id, upload.id, is_of_it=True
        ):
            pass
    return reading


async def _add_list(conn: Conn, reading: Reading, base: PayoutList | None) -> PayoutList:
    upload, asked = reading.upload, reading.asked
    number = 0
    if base is not None:
        number = await queries.value(
            conn, "next_delta_number", office_id=base.office_id, base_id=base.id
        )
    list_id = new_id()
    added = await queries.value(
        conn,
        "add_list",
        office_id=upload.office_id,
        id=list_id,
        partner_id=upload.partner_id,
        base_id=None if base is None else base.id,
        number=number,
        scheme=asked.scheme,
        scheme_from=reading.scheme.valid_from,
        period=asked.period,
        second_period=asked.second_period,
        reference=asked.reference,
        due_on=asked.due_on,
        pay_until=rules.pay_until(reading.scheme.settings, asked.due_on),
        upload_id=upload.id,
        digest=NO_DIGEST,
        made_by=upload.by_id,
        made_at=upload.made_at,
        is_demo=asked.is_demo,
    )
    if added is None:
        raise Conflict("upload_not_ready")  # another file of the same list is being kept
    made = await store.find_list(conn, upload.office_id, list_id)
    assert made is not None
    return made


async def _finish(conn: Conn, reading: Reading) -> None:
    """Let the list take the rows, unless it has them already or the file has faults."""
    upload = reading.upload
    known = await check_whole(conn, reading)
    if reading.num_faults:
        await _end(conn, upload, reading, state="judged")
        return
    if reading.frozen is not None:
        if reading.frozen.digest != reading.digest_bytes:
            raise Conflict("list_frozen")
        await _end(conn, upload, reading, state="done", known=reading.frozen)
        return
    if known is not None or reading.target is None:
        await _end(conn, upload, reading, state="done" if known else "judged", known=known)
        return
    batch = await store.lock_list(conn, upload.office_id, reading.target.id)
    assert batch is not None
    if batch.state != "draft":
        raise Conflict("list_frozen")
    num, carried_vnd = await _carry_in(conn, reading)
    await queries.run(
        conn,
        "take_rows",
        office_id=upload.office_id,
        id=batch.id,
        upload_id=upload.id,
        num_rows=reading.num_good + num,
        total_vnd=reading.total_vnd + carried_vnd,
        digest=reading.digest_bytes,
        second_period=reading.asked.second_period,
        due_on=reading.asked.due_on,
        pay_until=rules.pay_until(reading.scheme.settings, reading.asked.due_on),
        scheme_from=reading.scheme.valid_from,
        made_by=upload.by_id,
        made_at=upload.made_at,
    )
    reading.is_new = False
    await _end(conn, upload, reading, state="done")


async def _carry_in(conn: Conn, reading: Reading) -> tuple[int, int]:
    """Add to a first list what was carried over and the file does not name."""
    if reading.asked.base_id is not None or reading.scheme.settings.calendar is None:
        return 0, 0
    assert reading.target is not None
    upload, asked = reading.upload, reading.asked
    rows: list[Carried] = await queries.list(
        conn,
        "find_carried",
        Carried,
        office_id=upload.office_id,
        partner_id=upload.partner_id,
        scheme=asked.scheme,
        reference=asked.reference,
        person_keys=None,
        list_id=reading.target.id,
    )
    if not rows:
        return 0, 0
    sums = await queries.one(
        conn,
        "carry_in",
        lambda *row: (row[0], row[1]),
        office_id=upload.office_id,
        list_id=reading.target.id,
        upload_id=upload.id,
        ids=[row.id for row in rows],
        new_ids=[new_id() for _ in rows],
    )
    assert sums is not None
    return sums


async def _end(
    conn: Conn,
    upload: Upload,
    reading: Reading | None,
    *,
    state: str,
    refusal: Refusal | None = None,
    known: PayoutList | None = None,
) -> None:
    """Write what came of a file."""
    r = reading
    target = known or (r.target if r and state == "done" else None)
    await queries.run(
        conn,
        "end_upload",
        office_id=upload.office_id,
        id=upload.id,
        state=state,
        num_total=r.num_read if r else 0,
        num_read=r.num_read if r else 0,
        num_good=r.num_good if r else 0,
        num_known=r.num_good if r and known else 0,
        num_faults=r.num_faults if r else 0,
        total_vnd=r.total_vnd if r else 0,
        faults=[msgspec.to_builtins(fault) for fault in r.faults] if r else [],
        refusal=refusal and {"code": refusal.code, "params": refusal.params},
        list_id=target.id if target else None,
        at=clock.now(),
        keeps_content=state == "judged" and not (r and r.num_faults),
    )
    await live.publish(conn, payout_topic(upload.office_id))


async def _clear(house: House, reading: Reading) -> None:
    """Take out of the draft what its list did not take: this reading's rows, or the older ones."""
    assert reading.target is not None
    office_id, list_id = reading.upload.office_id, reading.target.id
    is_done = False
    while not is_done:
        async with house.db.transaction(actor="house", offices="*") as conn:
            batch = await store.lock_list(conn, office_id, list_id)
            assert batch is not None
            if batch.state != "draft":
                return
            is_done = await store.drop_rows(
                conn, office_id, list_id, batch.upload_id, is_of_it=False
            )
            if is_done and reading.is_new:
                # Nothing was ever kept under this list's name.
                is_done = await store.drop_rows(
                    conn, office_id, list_id, batch.upload_id, is_of_it=True
                )
                if is_done:
                    await queries.run(conn, "discard_list", office_id=office_id, id=list_id)
