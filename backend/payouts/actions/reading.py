"""A file of a list while it is read: a thousand rows at a time judged, sealed and written."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import date
from itertools import islice
from typing import Any, Final
from uuid import UUID

import msgspec

from backend.house import House
from backend.kit import live
from backend.kit.csv_table import Fault, Row, iter_table
from backend.kit.ids import new_id
from backend.kit.papers import kind_of_known
from backend.kit.seal import Sealer
from backend.kit.sheet_table import SheetRows, is_sheet
from backend.kit.sql import Conn
from backend.kit.text import fold
from backend.payouts import store
from backend.payouts.actions.places import household_key, id_place, person_key, phone_place
from backend.payouts.cells import COLUMNS, read_line
from backend.payouts.model import Asked, Line, PayoutList, Scheme, Upload, payout_topic
from backend.payouts.rows import Carried, InBase
from backend.payouts.store import queries

BYTES_MAX: Final = 32 << 20
ROWS_MAX: Final = 150_000
BATCH_ROWS: Final = 1_000
FAULTS_KEPT: Final = 1_000
DIGEST_BITS: Final = 256
NO_DIGEST: Final = bytes(DIGEST_BITS // 8)
Batch = list[Row | Fault]


class Reading(msgspec.Struct):
    """A file while it is read: what it is judged against, and the sums so far."""

    upload: Upload
    asked: Asked
    scheme: Scheme
    today: date
    target: PayoutList | None = None
    """Whose rows are written; None where nothing is."""
    frozen: PayoutList | None = None
    """The approved list of the same name: the file must be it again."""
    is_new: bool = False
    household_of: UUID | None = None
    """In whose codes households are known; None in campaigns begun before that was kept apart."""
    seen: dict[tuple[str, str], int] = {}
    num_total: int = 0
    num_read: int = 0
    num_good: int = 0
    num_faults: int = 0
    total_vnd: int = 0
    digest: int = 0
    faults: list[Fault] = []
    perhaps: list[Fault] = []
    """Of people in another delta of the same first list: faults, unless the file is that delta."""

    @property
    def is_writing(self) -> bool:
        """Return whether good rows are still written: not once a fault was found."""
        return self.target is not None and self.num_faults == 0

    def add_faults(self, faults: Iterable[Fault]) -> None:
        """Note faults; only the first thousand are told."""
        for fault in faults:
            self.num_faults += 1
            if len(self.faults) < FAULTS_KEPT:
                self.faults.append(fault)

    @property
    def digest_bytes(self) -> bytes:
        """Return what tells this content from another, in whatever order its rows stand."""
        return (self.digest % (1 << DIGEST_BITS)).to_bytes(DIGEST_BITS // 8, "big")


async def find_delta(conn: Conn, base: PayoutList, digest: bytes) -> PayoutList | None:
    """Return the delta list of this content, else the one that is still a draft, or None."""
    return await queries.one(
        conn,
        "find_delta_list",
        PayoutList,
        office_id=base.office_id,
        base_id=base.id,
        digest=digest,
    )


async def batches(stack: AsyncExitStack, raw: bytes, reading: Reading) -> AsyncIterator[Batch]:
    """Yield a file's rows by the thousand, whichever kind of file it is."""
    if is_sheet(raw):
        sheet = await stack.enter_async_context(SheetRows(raw, COLUMNS, rows_max=ROWS_MAX))
        reading.num_total = max(0, sheet.num_rows - 1)
        async for batch in sheet.batches():
            yield batch
        return
    reading.num_total = raw.count(b"\n")
    rows = iter_table(raw, COLUMNS, bytes_max=BYTES_MAX, rows_max=ROWS_MAX)
    while batch := await asyncio.to_thread(lambda: list(islice(rows, BATCH_ROWS))):
        yield batch


class Made(msgspec.Struct):
    """A sound line with what it is known and kept by."""

    line: Line
    key: str
    id: UUID


async def read_batch(house: House, reading: Reading, batch: Batch) -> None:
    """Judge some rows, write the good ones, tell how far the file is."""
    made, faults = await asyncio.to_thread(_judge, house.sealer, reading, batch)
    reading.add_faults(faults)
    reading.num_read += len(batch)
    async with house.db.transaction(actor="house", offices="*") as conn:
        made = await _check_elsewhere(conn, reading, made)
        changes = [m for m in made if m.line.change != "added"]
        in_base = await _check_in_base(conn, reading, changes)
        sums = [m for m in made if m.line.change == "added"]
        carried = await _check_carried(conn, reading, sums)
        for m in made:
            reading.num_good += 1
            reading.total_vnd += m.line.amount_vnd
        if reading.is_writing:
            assert reading.target is not None
            columns = await asyncio.to_thread(_columns, house.sealer, reading, sums, carried)
            await _write(conn, reading, columns, changes, in_base)
        await queries.run(
            conn,
            "write_progress",
            office_id=reading.upload.office_id,
            id=reading.upload.id,
            num_total=max(reading.num_total, reading.num_read),
            num_read=reading.num_read,
            num_good=reading.num_good,
            num_faults=reading.num_faults,
            total_vnd=reading.total_vnd,
        )
        await live.publish(conn, payout_topic(reading.upload.office_id))


def _judge(
    sealer: Sealer, reading: Reading, batch: Sequence[Row | Fault]
) -> tuple[list[Made], list[Fault]]:
    """Return the sound lines of some rows, and what is wrong with the others."""
    made: list[Made] = []
    faults: list[Fault] = []
    is_household = reading.scheme.settings.per == "household"
    for row in batch:
        if isinstance(row, Fault):
            faults.append(row)
            continue
        line = read_line(row, reading.asked, reading.scheme.settings, reading.today)
        if isinstance(line, list):
            faults.extend(line)
            continue
        if is_household:
            key = household_key(sealer, line.household, reading.household_of)
        else:
            key = person_key(sealer, line.id_number)
        earlier = reading.seen.setdefault((key, line.period), row.number)
        if earlier != row.number:
            code, column = (
                ("household_twice", "household") if is_household else ("person_twice", "id_number")
            )
            faults.append(Fault(row.number, column, code, "", {"first_row": earlier}))
            continue
        reading.digest += _digest(line, key)
        made.append(Made(line, key, new_id()))
    return made, faults


def _digest(line: Line, key: str) -> int:
    said = msgspec.json.encode((key, msgspec.structs.replace(line, row=0)))
    return int.from_bytes(hashlib.sha256(said).digest(), "big")


async def _check_elsewhere(conn: Conn, reading: Reading, made: list[Made]) -> list[Made]:
    """Return lines whose people stand in no other list of the scheme and period."""
    sums = [m for m in made if m.line.change == "added"]
    if not sums:
        return made
    own = reading.target or reading.frozen
    found: list[tuple[str, str, UUID | None]] = await queries.list(
        conn,
        "find_elsewhere",
        lambda *row: (row[0], row[1], row[2]),
        office_id=reading.upload.office_id,
        scheme=reading.asked.scheme,
        reference=reading.asked.reference,
        list_id=own.id if own else await _own_id(conn, reading),
        person_keys=[m.key for m in sums],
        periods=[m.line.period for m in sums],
    )
    base_id = reading.asked.base_id
    beside = {(key, period) for key, period, base in found if base_id and base == base_id}
    twice = {(key, period) for key, period, _ in found} - beside
    reading.perhaps += [_elsewhere(m) for m in sums if (m.key, m.line.period) in beside]
    reading.add_faults(_elsewhere(m) for m in sums if (m.key, m.line.period) in twice)
    return [m for m in made if m.line.change != "added" or (m.key, m.line.period) not in twice]


def _elsewhere(made: Made) -> Fault:
    params: dict[str, str | int | None] = {"period": made.line.period}
    return Fault(made.line.row, "id_number", "person_in_other_list", "", params)


async def _own_id(conn: Conn, reading: Reading) -> UUID:
    """Return the draft that the file would become when it is only judged, or no list's id."""
    upload, asked = reading.upload, reading.asked
    if asked.base_id is not None:
        base = await store.find_list(conn, upload.office_id, asked.base_id)
        known = base and await find_delta(conn, base, NO_DIGEST)
    else:
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
    return known.id if known else upload.id


async def _check_in_base(
    conn: Conn, reading: Reading, changes: list[Made]
) -> dict[tuple[str, str], UUID]:
    """Return the payouts that changes name; a change of nobody's payout is a fault."""
    if not changes:
        return {}
    rows: list[InBase] = await queries.list(
        conn,
        "find_in_base",
        InBase,
        office_id=reading.upload.office_id,
        base_id=reading.asked.base_id,
        person_keys=[m.key for m in changes],
        periods=[m.line.period for m in changes],
    )
    found = {(row.person_key, row.period): row.id for row in rows}
    reading.add_faults(
        Fault(m.line.row, "id_number", "row_not_in_list", "", {"period": m.line.period})
        for m in changes
        if (m.key, m.line.period) not in found
    )
    return found


async def _check_carried(
    conn: Conn, reading: Reading, sums: list[Made]
) -> dict[tuple[str, str], UUID]:
    """Return what was carried over for these people; another amount than that is a fault."""
    if not sums:
        return {}
    own = reading.target or reading.frozen
    rows: list[Carried] = await queries.list(
        conn,
        "find_carried",
        Carried,
        office_id=reading.upload.office_id,
        partner_id=reading.upload.partner_id,
        scheme=reading.asked.scheme,
        reference=reading.asked.reference,
        person_keys=[m.key for m in sums],
        list_id=own.id if own else reading.upload.id,
    )
    found = {(row.person_key, row.period): row for row in rows}
    carried = {}
    for m in sums:
        row = found.get((m.key, m.line.period))
        if row is None:
            continue
        if row.amount_vnd != m.line.amount_vnd:
            told = Fault(
                m.line.row,
                "amount_vnd",
                "row_carried_differs",
                "",
                {"amount_vnd": row.amount_vnd},
            )
            reading.add_faults([told])
        carried[m.key, m.line.period] = row.id
    return carried


def _columns(
    sealer: Sealer,
    reading: Reading,
    sums: list[Made],
    carried: dict[tuple[str, str], UUID],
) -> dict[str, list[Any]]:
    """Return rows as columns, numbers of persons and phones sealed."""
    office_id = reading.upload.office_id

    def seal(text: str | None, place: str) -> bytes | None:
        return sealer.seal(text, place=place) if text else None

    lines = [m.line for m in sums]
    return {
        "ids": [m.id for m in sums],
        "row_numbers": [line.row for line in lines],
        "periods": [line.period for line in lines],
        "person_keys": [m.key for m in sums],
        "names": [line.name for line in lines],
        "search_keys": [fold(line.name) for line in lines],
        "ids_sealed": [seal(m.line.id_number, id_place(office_id, m.key)) for m in sums],
        "last4s": [line.id_number[-4:] for line in lines],
        "id_kinds": [kind_of_known(line.id_number) for line in lines],
        "born": [line.born_on for line in lines],
        "households": [line.household for line in lines],
        "members": [line.num_members for line in lines],
        "amounts": [line.amount_vnd for line in lines],
        "hows": [line.how for line in lines],
        "addresses": [line.address for line in lines],
        "phones": [seal(m.line.phone, phone_place(office_id, m.key)) for m in sums],
        "proxy_names": [line.proxy_name for line in lines],
        "proxy_ids": [seal(m.line.proxy_id, id_place(office_id, m.key)) for m in sums],
        "proxy_last4s": [line.proxy_id[-4:] for line in lines],
        "proxy_kinds": [kind_of_known(line.proxy_id) for line in lines],
        "certified": [line.proxy_is_certified if line.proxy_name else None for line in lines],
        "proxy_froms": [line.proxy_from for line in lines],
        "proxy_tos": [line.proxy_to for line in lines],
        "carried": [carried.get((m.key, m.line.period)) for m in sums],
    }


async def _write(
    conn: Conn,
    reading: Reading,
    columns: dict[str, list[Any]],
    changes: list[Made],
    in_base: dict[tuple[str, str], UUID],
) -> None:
    assert reading.target is not None
    whose = {
        "office_id": reading.upload.office_id,
        "list_id": reading.target.id,
        "upload_id": reading.upload.id,
    }
    if columns["ids"]:
        await store.frozen(queries.run(conn, "add_payouts", **whose, **columns))
    if changes:
        work = queries.run(
            conn,
            "add_changes",
            **whose,
            ids=[m.id for m in changes],
            row_numbers=[m.line.row for m in changes],
            kinds=[m.line.change for m in changes],
            payout_ids=[in_base[m.key, m.line.period] for m in changes],
        )
        await store.frozen(work)


async def check_whole(conn: Conn, reading: Reading) -> PayoutList | None:
    """Judge a file as a whole; return the list that it is again, word for word, or None.

    Its total is the money announced with it. People of another delta of the same first list are
    faults, unless the file is that delta.
    """
    _check_total(reading)
    known: PayoutList | None = None
    if reading.asked.base_id is not None:
        base = await store.find_list(conn, reading.upload.office_id, reading.asked.base_id)
        assert base is not None
        known = await find_delta(conn, base, reading.digest_bytes)
    elif reading.target is not None:
        known = reading.target
    if known is not None and known.digest == reading.digest_bytes:
        return known
    reading.add_faults(reading.perhaps)
    return None


def _check_total(reading: Reading) -> None:
    """Note when the list's total is not the money announced with it."""
    declared = reading.asked.declared_vnd
    if declared is None or reading.num_faults or declared == reading.total_vnd:
        return
    total = Fault(
        0,
        "amount_vnd",
        "list_total_differs",
        str(reading.total_vnd),
        {"declared_vnd": declared},
    )
    reading.add_faults([total])
