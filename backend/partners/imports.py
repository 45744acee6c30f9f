"""Spreadsheet rows in, errands and faults out; a file brought twice changes nothing.

Rows are read and judged first, all of them; only then are the good ones written.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend import custody, dossiers, identity, network, rounds
from backend.custody import Record
from backend.dossiers import NewDossier, NewResult, Source
from backend.identity import Actor, AuditEntry, CitizenDraft
from backend.kit import sql
from backend.kit.clock import service_day
from backend.kit.csv_table import Fault, read_table
from backend.kit.errors import Conflict
from backend.kit.ids import new_id
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.partners.cells import COLUMNS
from backend.partners.rows import Line, Scope, judge

queries = sql.load(__file__)

ML_PER_G = 5  # papers in an envelope are light for their room
SERVICE_S = {"S1": 480, "S2": 300}
RECORD_NOTE = "Nhập từ tệp; biên bản giấy kèm danh sách"


class ImportResult(msgspec.Struct, frozen=True):
    """What came of a file: of `num_rows`, some are new, some known, the rest faulty."""

    num_rows: int
    num_accepted: int
    num_known: int
    faults: list[Fault]


async def import_errands(
    conn: Conn,
    sealer: Sealer,
    actor: Actor,
    raw: bytes,
    *,
    commit: bool,
    now: datetime,
    is_demo: bool = False,
) -> ImportResult:
    """Judge every row of a CSV file and, with `commit`, book the good ones.

    A row goes to the actor's office that serves its commune, else to the actor's own. S1 rows
    become bookings; S2 rows become results held by the office, taken from the agency under one
    record a file. A row is known by its `import_key`, or else by what it says.

    Raises what `read_table` raises for a file that is no table, and `Conflict`
    `import_running` while another import of the same offices is being written.
    """
    table = read_table(raw, COLUMNS)
    scope = await _read_scope(conn, actor, now)
    lines, faults = judge(table, scope)
    known = await _find_known(conn, lines)
    new = [line for line in lines if (line.office_id, line.import_key) not in known]
    if commit and new:
        await _write(conn, sealer, actor, new, scope, now=now, is_demo=is_demo)
    return ImportResult(
        num_rows=table.num_rows,
        num_accepted=len(new),
        num_known=len(lines) - len(new),
        faults=sorted(faults, key=lambda fault: fault.row),
    )


async def _read_scope(conn: Conn, actor: Actor, now: datetime) -> Scope:
    today = service_day(now)
    seen = {
        office.id: office
        for office in await network.list_offices(conn)
        if actor.offices == "*" or office.id in actor.offices
    }
    territory = await network.list_territory(conn, list(seen))
    home = seen.get(actor.office_id) if actor.office_id else None
    offices = {code: seen[office_id] for office_id, code in territory}
    offices |= {office.commune_code: office for office in seen.values()}
    if home is not None:  # where two offices serve a commune, one's own comes first
        offices |= {code: home for office_id, code in territory if office_id == home.id}
    return Scope(
        today=today,
        home=home,
        offices=offices,
        partners=await identity.list_partners(conn),
        procedures={p.code: p for p in await dossiers.list_procedures(conn, today)},
        names=await network.get_gazetteer(conn),
    )


async def _find_known(conn: Conn, lines: Sequence[Line]) -> set[tuple[UUID, str]]:
    """Return office and key of the lines that are booked already."""
    keys: dict[UUID, list[str]] = {}
    for line in lines:
        keys.setdefault(line.office_id, []).append(line.import_key)
    return {
        (office_id, key)
        for office_id, wanted in keys.items()
        for key in await dossiers.find_known(conn, office_id, wanted)
    }


async def _write(
    conn: Conn,
    sealer: Sealer,
    actor: Actor,
    lines: Sequence[Line],
    scope: Scope,
    *,
    now: datetime,
    is_demo: bool,
) -> None:
    for office_id in sorted({line.office_id for line in lines}):
        if not await queries.value(conn, "try_lock", office_id=office_id):
            raise Conflict("import_running")
        entry = AuditEntry(
            office_id=office_id,
            at=now,
            action="errands.import",
            outcome="granted",
            actor_id=actor.id,
        )
        await identity.audit(conn, entry)
    records = await _sign_records(conn, actor, lines, now)
    source = Source(at=now, received_at=now, staff_id=actor.id)
    booked: list[tuple[NewDossier, str]] = []
    for line in lines:
        citizen = CitizenDraft(
            office_id=line.office_id, name=line.citizen_name, phone=line.phone, is_demo=is_demo
        )
        citizen_id = await identity.save_citizen(conn, sealer, citizen, now=now)
        lat, lon = line.position or (None, None)
        point = await network.save_point(
            conn,
            office_id=line.office_id,
            address_text=line.address,
            now=now,
            gazetteer=scope.names,
            commune_code=line.commune_code,
            lat=lat,
            lon=lon,
            by_id=actor.id,
            is_demo=is_demo,
        )
        booking = _make_booking(line, citizen_id, point.id, is_demo=is_demo)
        if line.service == "S1":
            await dossiers.book(conn, booking, source)
            booked.append((booking, line.citizen_name))
            continue
        result = NewResult(
            **msgspec.structs.asdict(booking),
            seal_number=line.seal_number,
            record_id=records[line.office_id, line.partner.id],
            agency_id=line.partner.id,
        )
        await dossiers.receive_result(conn, result, source)
        booked.append((result, line.citizen_name))
    await rounds.owe(conn, booked, source)


async def _sign_records(
    conn: Conn, actor: Actor, lines: Sequence[Line], now: datetime
) -> dict[tuple[UUID, UUID], UUID]:
    """Sign one record of taking over for each agency's results in the file; return their ids."""
    taken = Counter((line.office_id, line.partner.id) for line in lines if line.service == "S2")
    records = {}
    for (office_id, partner_id), num_items in sorted(taken.items()):
        record = Record(
            office_id=office_id,
            id=new_id(),
            partner_id=partner_id,
            direction="from_agency",
            num_items=num_items,
            signed_at=now,
            signed_by_agency=partner_id,  # the paper that came with the list bears the name
            signed_by_post=actor.id or office_id,
            note=RECORD_NOTE,
        )
        await custody.sign_record(conn, record)
        records[office_id, partner_id] = record.id
    return records


def _make_booking(line: Line, citizen_id: UUID, point_id: UUID, *, is_demo: bool) -> NewDossier:
    early_s, late_s = line.window or (None, None)
    load_g = line.weight_g or 300
    return NewDossier(
        office_id=line.office_id,
        id=new_id(),
        procedure=line.procedure,
        partner_id=line.partner.id,
        citizen_id=citizen_id,
        delivery_point_id=point_id,
        wanted_on=line.wanted_on,
        tw_early_s=early_s,
        tw_late_s=late_s,
        service_duration_s=SERVICE_S[line.service],
        load_g=load_g,
        load_ml=load_g * ML_PER_G,
        fee_due_vnd=line.fee_vnd,
        postage_due_vnd=line.postage_vnd,
        instruction=line.instruction,
        dossier_code=line.dossier_code,
        import_key=line.import_key,
        is_demo=is_demo,
    )
