"""Verbs of dossiers: book, accept, load, deliver, fail, bring to the office, hand to the agency.

Each locks the dossier, decides in `rules`, writes, then tells the books.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from backend import custody, tracking
from backend.custody import Handover, NewItem, Party
from backend.dossiers import rules, store
from backend.dossiers.model import (
    Acceptance,
    Delivery,
    Dossier,
    DossierState,
    Failure,
    NewDossier,
    NewResult,
    Source,
)
from backend.kit.errors import NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.tracking import EventCode, NewEvent


async def get_locked(conn: Conn, office_id: UUID, dossier_id: UUID) -> Dossier:
    """Return the dossier, locked; raise `NotFound`."""
    dossier = await store.lock_dossier(conn, office_id, dossier_id)
    if dossier is None:
        raise NotFound()
    return dossier


async def book(conn: Conn, new: NewDossier, source: Source) -> None:
    """Book papers to be taken at a door (S1).

    Raises `Invalid` `must_appear` and `not_by_post` for procedures the post may not carry.
    """
    rules.check_procedure(new.procedure)
    await store.add_dossier(
        conn,
        new,
        service="S1",
        state="booked",
        agency_state=1,
        item_id=None,
        item_code=None,
        at=source.received_at,
    )
    await tell(conn, new.office_id, new.id, "booked", source)


async def receive_result(conn: Conn, new: NewResult, source: Source) -> UUID:
    """Take a sealed result from the agency, to be brought to a door (S2); return its item."""
    item_id = new_id()
    code = await custody.make_code(conn)
    agency = Party("agency", new.agency_id)
    await custody.begin(
        conn,
        NewItem(
            office_id=new.office_id,
            id=item_id,
            kind="result",
            code=code,
            seal_number=new.seal_number,
            holder=agency,
            at=source.at,
            received_at=source.received_at,
            by_staff_id=source.staff_id,
        ),
    )
    await custody.hand_over(
        conn,
        Handover(
            office_id=new.office_id,
            item_id=item_id,
            giver=agency,
            taker=Party("office", new.office_id),
            occurred_at=source.at,
            received_at=source.received_at,
            is_seal_whole=True,
            by_staff_id=source.staff_id,
            record_id=new.record_id,
        ),
    )
    await store.add_dossier(
        conn,
        new,
        service="S2",
        state="at_office",
        agency_state=9,
        item_id=item_id,
        item_code=code,
        at=source.received_at,
    )
    await tell(conn, new.office_id, new.id, "at_office", source)
    return item_id


async def accept(conn: Conn, dossier: Dossier, act: Acceptance, source: Source) -> UUID:
    """Take papers at the door: a sealed item begins, held by the courier; return its id."""
    state = rules.next_state(dossier, "accept")
    assert state == "accepted"
    rules.check_acceptance(dossier, act)
    item_id = new_id()
    code = await custody.make_code(conn)
    citizen = Party("citizen", dossier.citizen_id)
    await custody.begin(
        conn,
        NewItem(
            office_id=dossier.office_id,
            id=item_id,
            kind="dossier",
            code=code,
            seal_number=act.seal,
            holder=citizen,
            at=source.at,
            received_at=source.received_at,
            op_id=source.op_id,
        ),
    )
    await custody.hand_over(
        conn,
        Handover(
            office_id=dossier.office_id,
            item_id=item_id,
            giver=citizen,
            taker=Party("courier", act.courier_id),
            occurred_at=source.at,
            received_at=source.received_at,
            is_seal_whole=True,
            op_id=source.op_id,
        ),
    )
    await store.set_accepted(
        conn,
        dossier,
        item_id=item_id,
        item_code=code,
        counted=act.checklist,
        at=source.received_at,
    )
    await tell(conn, dossier.office_id, dossier.id, "accepted", source)
    return item_id


async def load(conn: Conn, dossier: Dossier, courier_id: UUID, source: Source) -> None:
    """Give a result from the office to the courier who loads the bag."""
    state = rules.next_state(dossier, "load")
    office = Party("office", dossier.office_id)
    await move(conn, dossier, office, Party("courier", courier_id), source)
    await store.set_state(conn, dossier, state, source.received_at)


async def deliver(conn: Conn, dossier: Dossier, act: Delivery, source: Source) -> None:
    """Hand a result to its citizen or proxy."""
    state = rules.next_state(dossier, "deliver")
    rules.check_delivery(dossier, act)
    courier, citizen = Party("courier", act.courier_id), Party("citizen", dossier.citizen_id)
    await move(conn, dossier, courier, citizen, source, is_seal_whole=True)
    await store.set_state(conn, dossier, state, source.received_at, agency_state=10)
    await tell(
        conn,
        dossier.office_id,
        dossier.id,
        "delivered",
        source,
        {"to": "proxy" if act.proxy else "self"},
    )


async def fail(
    conn: Conn, dossier: Dossier, act: Failure, source: Source, *, next_on: date | None
) -> int | None:
    """Record a visit that did not end in the act; return the invitation's number, if one counts."""
    rules.check_failure(act)
    state: DossierState = rules.next_state(dossier, "fail")
    is_invitation = rules.is_new_invitation(act)
    is_returning = rules.must_return(dossier, act)
    await store.set_failed(
        conn,
        dossier,
        state="returning" if is_returning else state,
        invited_on=act.on_day if is_invitation else None,
        next_on=next_on,
        at=source.received_at,
    )
    await tell(
        conn, dossier.office_id, dossier.id, "attempt_failed", source, {"reason": act.reason}
    )
    number = dossier.num_invitations + 1 if is_invitation else None
    if number is not None:
        await tell(conn, dossier.office_id, dossier.id, "invited", source, {"number": number})
    if is_returning:
        await tell(conn, dossier.office_id, dossier.id, "returning", source)
    return number


async def bring_to_office(conn: Conn, dossier: Dossier, courier_id: UUID, source: Source) -> None:
    """Take an item back from the courier into the office."""
    state = rules.next_state(dossier, "to_office")
    office = Party("office", dossier.office_id)
    await move(conn, dossier, Party("courier", courier_id), office, source)
    if dossier.state == "returning":
        state = "returning"
    await store.set_state(conn, dossier, state, source.received_at)
    if state == "at_office":
        await tell(conn, dossier.office_id, dossier.id, "at_office", source)


async def hand_to_agency(
    conn: Conn, office_id: UUID, item_ids: Sequence[UUID], record: custody.Record, source: Source
) -> list[Dossier]:
    """Hand items to their agency under one signed record, whose time is the legal one.

    Raises `NotFound` unless every item is a dossier of this agency, `Conflict` `state_conflict`.
    """
    dossiers = await store.lock_by_item(conn, office_id, item_ids)
    if {d.item_id for d in dossiers} != set(item_ids):
        raise NotFound()
    if any(d.partner_id != record.partner_id for d in dossiers):
        raise NotFound()
    await custody.sign_record(conn, record)
    office, agency = Party("office", office_id), Party("agency", record.partner_id)
    for dossier in dossiers:
        state = rules.next_state(dossier, "to_agency")
        await move(conn, dossier, office, agency, source, record_id=record.id)
        agency_state = 2 if state == "handed_to_agency" else dossier.agency_state
        await store.set_state(conn, dossier, state, source.received_at, agency_state)
        code: EventCode = (
            "handed_to_agency" if state == "handed_to_agency" else "returned_to_agency"
        )
        await tell(conn, office_id, dossier.id, code, source)
    return dossiers


async def agency_answers(conn: Conn, dossier: Dossier, agency_state: int, source: Source) -> None:
    """Set the agency's side of a dossier it holds: `Conflict` `agency_state_conflict`."""
    rules.check_agency_move(dossier, agency_state)
    await store.set_state(conn, dossier, dossier.state, source.received_at, agency_state)
    told: dict[int, EventCode] = {3: "agency_refused", 5: "agency_asks", 9: "agency_done"}
    if agency_state in told:
        await tell(conn, dossier.office_id, dossier.id, told[agency_state], source)


async def cancel(conn: Conn, dossier: Dossier, source: Source) -> None:
    """Cancel a booking nobody has come for yet."""
    state = rules.next_state(dossier, "cancel")
    await store.set_state(conn, dossier, state, source.received_at)
    await tell(conn, dossier.office_id, dossier.id, "cancelled", source)


async def instruct(conn: Conn, dossier: Dossier, instruction: str, source: Source) -> None:
    """Keep what the citizen asks the courier to mind."""
    await store.set_instruction(conn, dossier, instruction, source.received_at)


async def move(
    conn: Conn,
    dossier: Dossier,
    giver: Party,
    taker: Party,
    source: Source,
    *,
    is_seal_whole: bool | None = None,
    record_id: UUID | None = None,
) -> None:
    """Hand the dossier's item over."""
    assert dossier.item_id is not None, "only items move"
    await custody.hand_over(
        conn,
        Handover(
            office_id=dossier.office_id,
            item_id=dossier.item_id,
            giver=giver,
            taker=taker,
            occurred_at=source.at,
            received_at=source.received_at,
            is_seal_whole=is_seal_whole,
            op_id=source.op_id,
            by_staff_id=source.staff_id,
            record_id=record_id,
        ),
    )


async def tell(
    conn: Conn,
    office_id: UUID,
    dossier_id: UUID,
    code: EventCode,
    source: Source,
    data: dict[str, Any] | None = None,
) -> None:
    """Record an event of a dossier."""
    await tracking.record(
        conn,
        NewEvent(
            office_id=office_id,
            errand_id=dossier_id,
            code=code,
            occurred_at=source.at,
            received_at=source.received_at,
            data=data or {},
        ),
    )
