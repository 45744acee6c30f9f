"""A booking at the desk: procedure, agency, citizen and door found or made, then booked."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend import dossiers, identity, network, rounds
from backend.board.model import BookErrand
from backend.dossiers import NewDossier, Source
from backend.identity import CitizenDraft
from backend.kit import catalog
from backend.kit.errors import Invalid
from backend.kit.ids import new_id
from backend.kit.seal import Sealer
from backend.kit.sql import Conn

catalog.add(
    {
        "procedure_unknown": (
            "Chưa có thủ tục mang mã {procedure_code} trong danh mục.",
            "The catalogue has no procedure {procedure_code}.",
        ),
        "partner_unknown": (
            "Bưu cục chưa có cơ quan tiếp nhận này.",
            "The office has no such agency.",
        ),
        "window_invalid": (
            "Khung giờ hẹn phải có giờ đầu trước giờ cuối.",
            "A time window needs its start before its end.",
        ),
    }
)


async def book(
    conn: Conn,
    sealer: Sealer,
    office_id: UUID,
    data: BookErrand,
    *,
    by: UUID | None,
    now: datetime,
) -> UUID:
    """Book papers to be taken at a door and return the errand.

    Raises `Invalid`: `procedure_unknown`, `partner_unknown`, `window_invalid`, and what the rooms
    below refuse of procedure, citizen and address.
    """
    procedure = await dossiers.find_procedure(conn, data.procedure_code, data.wanted_on)
    if procedure is None:
        raise Invalid("procedure_unknown", procedure_code=data.procedure_code)
    partners = [p for p in await identity.list_partners(conn) if p.office_id == office_id]
    partner = next((p for p in partners if data.partner_id in (None, p.id)), None)
    if partner is None:
        raise Invalid("partner_unknown")
    if (data.tw_early_s is None) != (data.tw_late_s is None) or (
        data.tw_early_s is not None
        and data.tw_late_s is not None
        and data.tw_early_s >= data.tw_late_s
    ):
        raise Invalid("window_invalid")
    if (data.lat is None) != (data.lon is None):
        raise Invalid("not_on_earth")
    citizen = CitizenDraft(office_id=office_id, **msgspec.structs.asdict(data.citizen))
    citizen_id = await identity.save_citizen(conn, sealer, citizen, now=now)
    point = await network.save_point(
        conn,
        office_id=office_id,
        address_text=data.address,
        now=now,
        commune_code=data.commune_code,
        lat=data.lat,
        lon=data.lon,
        by_id=by,
    )
    new = NewDossier(
        office_id=office_id,
        id=new_id(),
        procedure=procedure,
        partner_id=partner.id,
        citizen_id=citizen_id,
        delivery_point_id=point.id,
        wanted_on=data.wanted_on,
        tw_early_s=data.tw_early_s,
        tw_late_s=data.tw_late_s,
        instruction=data.instruction,
    )
    source = Source(at=now, received_at=now, staff_id=by)
    await dossiers.book(conn, new, source)
    await rounds.owe(conn, [(new, data.citizen.name)], source)
    return new.id
