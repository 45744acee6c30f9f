"""The agency's side at the counter: receive by count, hand over by count, answer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend import custody, dossiers, identity, network, rounds
from backend.dossiers import NewResult, Source
from backend.identity import Actor
from backend.kit import catalog
from backend.kit.clock import service_day
from backend.kit.errors import Invalid, NotFound
from backend.kit.ids import new_id
from backend.kit.seal import Sealer
from backend.kit.sql import Conn, load
from backend.partners.agency_model import (
    AgencyAnswer,
    Expected,
    ExpectedItem,
    HandedResult,
    HandedResults,
    HeldDossier,
    NewRecord,
    Signed,
    TakenResult,
    TakenResults,
)

catalog.add(
    {
        "unknown_signer": (
            "Người ký phía bưu chính không thuộc bưu cục này.",
            "Who signs for the post is not of this office.",
        ),
        "unknown_procedure": (
            "Không có thủ tục {procedure} trong danh mục.",
            "There is no procedure {procedure} in the catalogue.",
        ),
        "wrong_window": (
            "Khung giờ phải có đầu trước cuối.",
            "A window must begin before it ends.",
        ),
        "doubled_item": (
            "Danh sách có bưu gửi bị lặp.",
            "An item stands twice in the list.",
        ),
    }
)

queries = load(__file__, "agency.sql")


def _desk(actor: Actor) -> tuple[UUID, UUID, UUID]:
    """Return office, agency and person of an officer."""
    if actor.office_id is None or actor.partner_id is None or actor.id is None:
        raise NotFound()
    return actor.office_id, actor.partner_id, actor.id


async def list_expected(conn: Conn, actor: Actor) -> Expected:
    """Return what lies at the office for the agency, and what it holds from us."""
    office_id, partner_id, _ = _desk(actor)
    return Expected(
        await queries.list(
            conn, "list_expected", ExpectedItem, office_id=office_id, partner_id=partner_id
        ),
        await queries.list(
            conn, "list_received", HeldDossier, office_id=office_id, partner_id=partner_id
        ),
    )


async def _check_signer(conn: Conn, office_id: UUID, staff_id: UUID) -> None:
    try:
        staff = await identity.get_staff(conn, staff_id)
    except NotFound as error:
        raise Invalid("unknown_signer") from error
    is_of_post = staff.role not in ("agency_officer", "planner")
    if staff.office_id != office_id or staff.status != "active" or not is_of_post:
        raise Invalid("unknown_signer")


async def receive(conn: Conn, actor: Actor, new: NewRecord, now: datetime) -> Signed:
    """Sign for dossiers the post hands over: the legal time of their submission is `now`.

    Raises `Invalid` `unknown_signer`, `doubled_item`; `NotFound` for items not this agency's;
    `Conflict` `state_conflict`, `wrong_holder`.
    """
    office_id, partner_id, officer_id = _desk(actor)
    if len(set(new.items)) != len(new.items):
        raise Invalid("doubled_item")
    await _check_signer(conn, office_id, new.post_staff_id)
    record = custody.Record(
        office_id=office_id,
        id=new_id(),
        partner_id=partner_id,
        direction="to_agency",
        num_items=len(new.items),
        signed_at=now,
        signed_by_agency=officer_id,
        signed_by_post=new.post_staff_id,
        note=new.note,
    )
    source = Source(at=now, received_at=now, staff_id=officer_id)
    await dossiers.hand_to_agency(conn, office_id, new.items, record, source)
    return Signed(record.id, record.direction, record.num_items, now)


async def hand_over(
    conn: Conn, sealer: Sealer, actor: Actor, handed: HandedResults, now: datetime
) -> TakenResults:
    """Sign for results given to the post: each becomes an errand to its citizen's door (S2).

    Raises `Invalid` `unknown_signer`, `unknown_procedure`, `wrong_window`, and those of doors and
    citizens.
    """
    office_id, partner_id, officer_id = _desk(actor)
    await _check_signer(conn, office_id, handed.post_staff_id)
    record = custody.Record(
        office_id=office_id,
        id=new_id(),
        partner_id=partner_id,
        direction="from_agency",
        num_items=len(handed.results),
        signed_at=now,
        signed_by_agency=officer_id,
        signed_by_post=handed.post_staff_id,
        note=handed.note,
    )
    await custody.sign_record(conn, record)
    source = Source(at=now, received_at=now, staff_id=officer_id)
    taken: Sequence[TakenResult] = [
        await _take_result(conn, sealer, record, result, source) for result in handed.results
    ]
    return TakenResults(Signed(record.id, record.direction, record.num_items, now), list(taken))


async def _take_result(
    conn: Conn, sealer: Sealer, record: custody.Record, result: HandedResult, source: Source
) -> TakenResult:
    on_day = service_day(source.at)
    procedure = await dossiers.find_procedure(conn, result.procedure_code, on_day)
    if procedure is None:
        raise Invalid("unknown_procedure", procedure=result.procedure_code)
    if result.window is not None and result.window.early_s >= result.window.late_s:
        raise Invalid("wrong_window")
    if result.reclaims is not None:
        procedure = msgspec.structs.replace(procedure, reclaims=result.reclaims)
    citizen_id = await identity.save_citizen(
        conn,
        sealer,
        identity.CitizenDraft(
            office_id=record.office_id, name=result.citizen.name, phone=result.citizen.phone
        ),
        now=source.at,
    )
    point = await network.save_point(
        conn,
        office_id=record.office_id,
        address_text=result.address,
        now=source.at,
        lat=result.lat,
        lon=result.lon,
    )
    errand_id = new_id()
    new = NewResult(
        office_id=record.office_id,
        id=errand_id,
        procedure=procedure,
        partner_id=record.partner_id,
        citizen_id=citizen_id,
        delivery_point_id=point.id,
        wanted_on=result.wanted_on,
        tw_early_s=None if result.window is None else result.window.early_s,
        tw_late_s=None if result.window is None else result.window.late_s,
        fee_due_vnd=result.fee_due_vnd,
        postage_due_vnd=result.postage_due_vnd,
        instruction=result.instruction,
        dossier_code=result.dossier_code,
        seal_number=result.seal_number,
        record_id=record.id,
        agency_id=record.partner_id,
    )
    item_id = await dossiers.receive_result(conn, new, source)
    await rounds.owe(conn, [(new, result.citizen.name)], source)
    item = await custody.find_item(conn, record.office_id, item_id)
    assert item is not None, "the item was just made"
    return TakenResult(result.dossier_code, errand_id, item_id, item.code)


async def answer(
    conn: Conn, actor: Actor, errand_id: UUID, answer_: AgencyAnswer, now: datetime
) -> None:
    """Set the agency's side of a dossier it received.

    Raises `NotFound` for a dossier that is not this agency's, `Conflict` `agency_state_conflict`.
    """
    office_id, partner_id, officer_id = _desk(actor)
    dossier = await dossiers.get_locked(conn, office_id, errand_id)
    if dossier.partner_id != partner_id or dossier.state != "handed_to_agency":
        raise NotFound()
    source = Source(at=now, received_at=now, staff_id=officer_id)
    await dossiers.agency_answers(conn, dossier, answer_.agency_state, source)
