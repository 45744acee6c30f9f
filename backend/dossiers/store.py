"""Rows of dossiers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.dossiers.model import (
    Dossier,
    DossierState,
    NewDossier,
    Paper,
    PaperCount,
    Procedure,
    Reclaim,
)
from backend.kit.sql import Conn, load
from backend.kit.unit import Shelf, unit_of

queries = load(__file__)

PAPERS_OF_DOSSIER = Dossier.__struct_fields__.index("checklist")
PAPERS_OF_PROCEDURE = Procedure.__struct_fields__.index("papers")


class DossierAhead(Dossier, frozen=True):
    """A dossier that a batch of facts has read ahead, and when one of them changed it."""

    changed_at: datetime | None = None


def _lists(row: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    """Return the row with its two lists of papers made structs."""
    papers = msgspec.convert(row[at], list[Paper])
    reclaims = msgspec.convert(row[at + 1], list[Reclaim])
    return (*row[:at], papers, reclaims, *row[at + 2 :])


def _dossier(*row: Any) -> Dossier:
    return Dossier(*_lists(row, PAPERS_OF_DOSSIER))


def _procedure(*row: Any) -> Procedure:
    return Procedure(*_lists(row, PAPERS_OF_PROCEDURE))


async def find_procedure(conn: Conn, code: str, on_day: date) -> Procedure | None:
    """Return the version of a procedure in force on a day, or None."""
    return await queries.one(conn, "find_procedure", _procedure, code=code, on_day=on_day)


async def list_procedures(conn: Conn, on_day: date) -> list[Procedure]:
    """Return every procedure in force on a day, by code."""
    return await queries.list(conn, "list_procedures", _procedure, on_day=on_day)


async def save_procedure(conn: Conn, procedure: Procedure) -> None:
    """Write a version of a procedure; the same version again replaces it."""
    await queries.run(
        conn, "save_procedure", **{f: getattr(procedure, f) for f in procedure.__struct_fields__}
    )


async def add_dossier(
    conn: Conn,
    new: NewDossier,
    *,
    service: str,
    state: DossierState,
    agency_state: int,
    item_id: UUID | None,
    item_code: str | None,
    at: datetime,
) -> None:
    """Write a new errand with the lists of its procedure as they are today."""
    await queries.run(
        conn,
        "add_dossier",
        office_id=new.office_id,
        id=new.id,
        service=service,
        dossier_code=new.dossier_code,
        procedure_code=new.procedure.code,
        procedure_name=new.procedure.name,
        partner_id=new.partner_id,
        citizen_id=new.citizen_id,
        delivery_point_id=new.delivery_point_id,
        item_id=item_id,
        item_code=item_code,
        state=state,
        agency_state=agency_state,
        wanted_on=new.wanted_on,
        tw_early_s=new.tw_early_s,
        tw_late_s=new.tw_late_s,
        service_duration_s=new.service_duration_s,
        load_g=new.load_g,
        load_ml=new.load_ml,
        checklist=new.procedure.papers if service == "S1" else [],
        reclaims=new.procedure.reclaims if service == "S2" else [],
        fee_due_vnd=new.fee_vnd,
        postage_due_vnd=new.postage_due_vnd,
        instruction=new.instruction,
        import_key=new.import_key,
        at=at,
        is_demo=new.is_demo,
    )


async def lock_dossier(conn: Conn, office_id: UUID, dossier_id: UUID) -> Dossier | None:
    """Return the dossier, locked."""
    unit = unit_of(conn)
    if unit is not None:
        kept: Dossier | None = unit.find(DOSSIERS, dossier_id)
        return kept
    return await queries.one(conn, "lock_dossier", _dossier, office_id=office_id, id=dossier_id)


async def lock_by_item(conn: Conn, office_id: UUID, item_ids: Sequence[UUID]) -> list[Dossier]:
    """Return the dossiers of some items, locked in the order of their ids."""
    unit = unit_of(conn)
    if unit is not None:
        ids = {unit.find(OF_ITEM, item_id) for item_id in item_ids} - {None}
        return [unit.find(DOSSIERS, dossier_id) for dossier_id in sorted(ids)]
    return await queries.list(
        conn, "lock_by_item", _dossier, office_id=office_id, item_ids=list(item_ids)
    )


async def find_dossier(conn: Conn, office_id: UUID, dossier_id: UUID) -> Dossier | None:
    """Return the dossier as it stands, or None."""
    return await queries.one(conn, "find_dossier", _dossier, office_id=office_id, id=dossier_id)


async def list_awaited(conn: Conn, office_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Return which of some dossiers are still to be visited at their doors."""
    found = await queries.list(
        conn, "list_awaited", lambda id: id, office_id=office_id, ids=list(ids)
    )
    return set(found)


async def find_known(conn: Conn, office_id: UUID, import_keys: Sequence[str]) -> set[str]:
    """Return those of the import keys that the office already has."""
    keys = await queries.list(
        conn, "find_known", str, office_id=office_id, import_keys=list(import_keys)
    )
    return set(keys)


async def list_due(conn: Conn, office_id: UUID, service_on: date) -> list[Dossier]:
    """Return what waits for a round on a day, oldest wish first; some may be on a round."""
    return await queries.list(
        conn, "list_due", _dossier, office_id=office_id, service_on=service_on
    )


async def list_at_office(conn: Conn, office_id: UUID, partner_id: UUID) -> list[Dossier]:
    """Return what lies at the office for one agency, by item code."""
    return await queries.list(
        conn, "list_at_office", _dossier, office_id=office_id, partner_id=partner_id
    )


async def set_state(
    conn: Conn, dossier: Dossier, state: DossierState, at: datetime, agency_state: int | None = None
) -> None:
    """Write the state after a verb; None keeps the agency's side."""
    agency_side = dossier.agency_state if agency_state is None else agency_state
    unit = unit_of(conn)
    if unit is not None:
        changed = msgspec.structs.replace(
            dossier, state=state, agency_state=agency_side, changed_at=at
        )
        unit.change(DOSSIERS, dossier.id, changed)
        return
    await queries.run(
        conn,
        "set_state",
        office_id=dossier.office_id,
        id=dossier.id,
        state=state,
        agency_state=agency_side,
        at=at,
    )


async def set_accepted(
    conn: Conn,
    dossier: Dossier,
    *,
    item_id: UUID,
    item_code: str,
    counted: Sequence[PaperCount],
    at: datetime,
) -> None:
    """Write the item the papers became, and each paper as it was counted."""
    names = {paper.paper: paper.name for paper in dossier.checklist}
    checklist = [Paper(c.paper, names[c.paper], c.form, c.count) for c in counted]
    unit = unit_of(conn)
    if unit is not None:
        changed = msgspec.structs.replace(
            dossier,
            state="accepted",
            item_id=item_id,
            item_code=item_code,
            checklist=checklist,
            changed_at=at,
        )
        unit.change(DOSSIERS, dossier.id, changed)
        unit.change(OF_ITEM, item_id, dossier.id)
        return
    await queries.run(
        conn,
        "set_accepted",
        office_id=dossier.office_id,
        id=dossier.id,
        item_id=item_id,
        item_code=item_code,
        checklist=checklist,
        at=at,
    )


async def set_failed(
    conn: Conn,
    dossier: Dossier,
    *,
    state: DossierState,
    invited_on: date | None,
    next_on: date | None,
    at: datetime,
) -> None:
    """Write a failed visit; `invited_on` is None when no new invitation counts."""
    unit = unit_of(conn)
    if unit is not None:
        changed = msgspec.structs.replace(
            dossier,
            state=state,
            num_attempts=dossier.num_attempts + 1,
            num_invitations=dossier.num_invitations + (invited_on is not None),
            last_invited_on=invited_on or dossier.last_invited_on,
            wanted_on=next_on or dossier.wanted_on,
            changed_at=at,
        )
        unit.change(DOSSIERS, dossier.id, changed)
        return
    await queries.run(
        conn,
        "set_failed",
        office_id=dossier.office_id,
        id=dossier.id,
        state=state,
        num_new_invitations=0 if invited_on is None else 1,
        invited_on=invited_on,
        next_on=next_on,
        at=at,
    )


async def set_corrected(conn: Conn, dossier: Dossier, at: datetime) -> None:
    """Write a dossier as it was before a report that was not so."""
    await queries.run(
        conn,
        "set_corrected",
        office_id=dossier.office_id,
        id=dossier.id,
        state=dossier.state,
        agency_state=dossier.agency_state,
        item_id=dossier.item_id,
        item_code=dossier.item_code,
        num_attempts=dossier.num_attempts,
        num_invitations=dossier.num_invitations,
        last_invited_on=dossier.last_invited_on,
        wanted_on=dossier.wanted_on,
        at=at,
    )


async def set_instruction(conn: Conn, dossier: Dossier, instruction: str, at: datetime) -> None:
    """Write what the citizen asks the courier to mind."""
    await queries.run(
        conn,
        "set_instruction",
        office_id=dossier.office_id,
        id=dossier.id,
        instruction=instruction,
        at=at,
    )


async def find_of_items(conn: Conn, office_id: UUID, item_ids: Sequence[UUID]) -> set[UUID]:
    """Return which dossiers some items belong to, and keep it for the facts of a batch."""
    unit = unit_of(conn)
    assert unit is not None, "a batch reads ahead"
    pairs = await unit.read(
        lambda: queries.list(conn, "of_items", _pair, office_id=office_id, item_ids=list(item_ids))
    )
    unit.know_all(OF_ITEM, item_ids, dict(pairs))
    return {dossier_id for _, dossier_id in pairs}


async def read_ahead(conn: Conn, office_id: UUID, dossier_ids: Sequence[UUID]) -> list[Dossier]:
    """Lock dossiers in the order of their ids and keep them for the facts of a batch."""
    if not dossier_ids:
        return []
    unit = unit_of(conn)
    assert unit is not None, "a batch reads ahead"
    rows = await unit.read(
        lambda: queries.list(
            conn, "lock_dossiers", _dossier, office_id=office_id, ids=list(dossier_ids)
        )
    )
    kept = {row.id: DossierAhead(*msgspec.structs.astuple(row)) for row in rows}
    unit.know_all(DOSSIERS, dossier_ids, kept)
    return rows


def _pair(item_id: UUID, dossier_id: UUID) -> tuple[UUID, UUID]:
    return item_id, dossier_id


async def _write_dossiers(conn: Conn, rows: list[DossierAhead]) -> None:
    await queries.run(
        conn,
        "set_dossiers",
        office_id=rows[0].office_id,
        ids=[row.id for row in rows],
        states=[row.state for row in rows],
        agency_states=[row.agency_state for row in rows],
        item_ids=[row.item_id for row in rows],
        item_codes=[row.item_code for row in rows],
        checklists=[msgspec.json.encode(row.checklist).decode() for row in rows],
        attempts=[row.num_attempts for row in rows],
        invitations=[row.num_invitations for row in rows],
        invited=[row.last_invited_on for row in rows],
        wanted=[row.wanted_on for row in rows],
        ats=[row.changed_at for row in rows],
    )


async def _nothing(conn: Conn, rows: list[UUID]) -> None:
    """Write nothing: which dossier an item belongs to stands in the dossier."""


DOSSIERS = Shelf(3, _write_dossiers)
OF_ITEM = Shelf(3, _nothing)
