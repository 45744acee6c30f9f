"""Bring home payouts of an approved list to their doors; sittings, their minutes."""

from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from backend import doorstep, identity, network
from backend.doorstep import NewErrand
from backend.identity import CitizenDraft
from backend.kit import live
from backend.kit.clock import service_day
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.kit.text import fold
from backend.network import Gazetteer
from backend.payouts import rules, store
from backend.payouts.model import PayoutList, Scheme, Sitting, payout_topic
from backend.payouts.rows import Unplaced
from backend.payouts.store import queries

BATCH_ROWS = 100


def person_key(sealer: Sealer, number: str) -> str:
    """Return the blind index of a person's number, in hex."""
    return sealer.index(number).hex()


def household_key(sealer: Sealer, code: str, agency_id: UUID | None) -> str:
    """Return the blind index of a household by its agency's code, in hex.

    Two agencies have households of the same code; without an agency they are one.
    """
    whose = "" if agency_id is None else f"{agency_id}:"
    return sealer.index(f"household:{whose}{fold(code)}").hex()


def id_place(office_id: UUID, person_key: str) -> str:
    """Return to what a payee's sealed number is bound."""
    return f"payouts.payout.id:{office_id}:{person_key}"


def phone_place(office_id: UUID, person_key: str) -> str:
    """Return to what a payee's sealed phone number is bound."""
    return f"payouts.payout.phone:{office_id}:{person_key}"


async def place(
    conn: Conn, sealer: Sealer, office_id: UUID, list_id: UUID, *, now: datetime
) -> int:
    """Make some home payouts of an approved list due at their doors; return how many were seen.

    0 means that all are. Who was paid here before is the same citizen; a door whose address says
    nothing is noted and left for the counter.
    """
    batch = await store.find_list(conn, office_id, list_id)
    if batch is None or batch.state != "approved":
        return 0
    rows: list[Unplaced] = await queries.list(
        conn,
        "list_unplaced",
        Unplaced,
        office_id=office_id,
        list_id=list_id,
        limit=BATCH_ROWS,
    )
    if not rows:
        return 0
    scheme = await store.scheme_of(conn, batch)
    names = await network.get_gazetteer(conn)
    errands = [
        errand
        for row in rows
        if (errand := await _place_one(conn, sealer, batch, scheme, names, row, now)) is not None
    ]
    await doorstep.save(conn, errands)
    await live.publish(conn, payout_topic(office_id))
    return len(rows)


async def _place_one(
    conn: Conn,
    sealer: Sealer,
    batch: PayoutList,
    scheme: Scheme,
    names: Gazetteer,
    row: Unplaced,
    now: datetime,
) -> NewErrand | None:
    """Return the act due at a payee's door; None where the address is none."""
    try:
        point = await network.save_point(
            conn,
            office_id=batch.office_id,
            address_text=row.address,
            now=now,
            gazetteer=names,
            is_demo=batch.is_demo,
        )
    except Invalid as refusal:
        await _note(conn, batch, row.id, None, None, None, refusal.code)
        return None
    citizen_id = row.known_citizen_id
    if citizen_id is None:
        phone = None
        if row.phone_sealed is not None:
            where = phone_place(batch.office_id, row.person_key)
            phone = sealer.open(row.phone_sealed, place=where)
        draft = CitizenDraft(
            office_id=batch.office_id, name=row.name, phone=phone, is_demo=batch.is_demo
        )
        citizen_id = await identity.save_citizen(conn, sealer, draft, now=now)
    await _note(conn, batch, row.id, citizen_id, point.id, now, "")
    today = service_day(now)
    return NewErrand(
        office_id=batch.office_id,
        id=row.id,
        kind="payout.pay",
        citizen_id=citizen_id,
        delivery_point_id=point.id,
        wanted_on=rules.wanted_on(scheme.settings, batch, today),
        service_duration_s=scheme.settings.service_duration_s,
        cash_out_vnd=row.amount_vnd,
        subject_id=batch.id,
        shown=shown_at_door(scheme, row),
        is_demo=batch.is_demo,
    )


def shown_at_door(scheme: Scheme, row: Unplaced) -> dict[str, Any]:
    """Return what the phone shows of a payout: no number of a person."""
    proxy = None
    if row.proxy_name:
        proxy = {
            "name": row.proxy_name,
            "valid_from": row.proxy_from and row.proxy_from.isoformat(),
            "valid_to": row.proxy_to and row.proxy_to.isoformat(),
            "is_certified": bool(row.proxy_is_certified),
            "must_be_certified": scheme.settings.proxy.must_be_certified,
            "id_kind": row.proxy_kind,
            "last4_check": last4_check(row.id, row.proxy_last4),
        }
    evidence = scheme.settings.evidence
    return {
        "scheme": scheme.code,
        "scheme_name": scheme.name,
        "scheme_name_en": scheme.name_en,
        "period": row.period,
        "payee": row.name,
        "amount_vnd": row.amount_vnd,
        "evidence": {
            "methods": list(evidence.methods),
            "needs_signature": evidence.needs_signature,
            "num_photos": evidence.num_photos,
        },
        "id_kind": row.id_kind,
        "last4_check": last4_check(row.id, row.id_last4),
        "proxy": proxy,
    }


def last4_check(payout_id: UUID, last4: str) -> str:
    """Return by what a phone tells a slip of the finger from the number's right end.

    It keeps them off the screen, no more: of digits there are but ten thousand.
    """
    return sha256(f"{payout_id}:{last4}".encode()).hexdigest()[:16]


async def _note(
    conn: Conn,
    batch: PayoutList,
    payout_id: UUID,
    citizen_id: UUID | None,
    point_id: UUID | None,
    at: datetime | None,
    fault: str,
) -> None:
    await queries.run(
        conn,
        "set_placed",
        office_id=batch.office_id,
        id=payout_id,
        citizen_id=citizen_id,
        point_id=point_id,
        at=at,
        fault=fault,
    )


async def open_sitting(conn: Conn, sitting: Sitting) -> None:
    """Open a payout at a place and day; the same id again changes nothing."""
    await queries.run(
        conn,
        "add_sitting",
        office_id=sitting.office_id,
        id=sitting.id,
        partner_id=sitting.partner_id,
        place=sitting.place,
        held_on=sitting.held_on,
        supervisor=sitting.supervisor,
        opened_by=sitting.opened_by,
        opened_at=sitting.opened_at,
    )
    await live.publish(conn, payout_topic(sitting.office_id))


async def close_sitting(
    conn: Conn,
    *,
    office_id: UUID,
    sitting_id: UUID,
    note: str,
    supervisor: str,
    sign_post: str,
    sign_agency: str,
    now: datetime,
) -> Sitting:
    """End a sitting by its minutes, signed by both sides; return it with what it paid.

    Raises `NotFound`; `Conflict` `sitting_closed`; `Invalid` `signature_needed`.
    """
    sitting = await store.lock_sitting(conn, office_id, sitting_id)
    if sitting is None:
        raise NotFound()
    if sitting.closed_at is not None:
        raise Conflict("sitting_closed")
    who = supervisor or sitting.supervisor
    if not sign_post or (who and not sign_agency):
        raise Invalid("signature_needed")
    sums = await queries.one(
        conn, "sum_sitting", lambda *row: row, office_id=office_id, sitting_id=sitting_id
    )
    assert sums is not None
    await queries.run(
        conn,
        "close_sitting",
        office_id=office_id,
        id=sitting_id,
        at=now,
        num_paid=sums[0],
        paid_vnd=sums[1],
        note=note,
        sign_post=sign_post,
        sign_agency=sign_agency,
        supervisor=who,
    )
    await live.publish(conn, payout_topic(office_id))
    closed = await store.lock_sitting(conn, office_id, sitting_id)
    assert closed is not None
    return closed
