"""What an import needs: an office with its agency, procedures, a dispatcher."""

from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg
import msgspec
import pytest

from backend import dossiers, identity, network
from backend.dossiers import Paper, Procedure, Reclaim
from backend.identity import Actor, Partner, StaffDraft
from backend.kit.seal import Sealer

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OFFICE, OTHER_OFFICE, PARTNER = UUID(int=1), UUID(int=2), UUID(int=3)
COMMUNES = {"09187": OFFICE, "09169": OFFICE, "09190": OTHER_OFFICE}


class Desk(msgspec.Struct, frozen=True):
    """Who imports, and with what."""

    conn: asyncpg.Connection
    sealer: Sealer
    actor: Actor


def make_procedure(code: str, **changes: object) -> Procedure:
    procedure = Procedure(
        code=code,
        valid_from=date(2026, 1, 1),
        valid_to=None,
        name=f"Thủ tục mẫu {code}",
        partner_kind="ttpvhcc",
        papers=[Paper("to_khai", "Tờ khai theo mẫu")],
        reclaims=[Reclaim("giay_hen", "Giấy hẹn trả kết quả")],
        fee_vnd=8_000,
        days=3,
        is_by_post=True,
        must_appear=False,
        source="mẫu",
    )
    return msgspec.structs.replace(procedure, **changes)


@pytest.fixture
async def desk(conn: asyncpg.Connection) -> Desk:
    """Return a dispatcher's desk of an office with one agency; a second office next to it."""
    await network.load_reference(conn)
    for office_id, code, commune in (
        (OFFICE, "T1", "09187"),
        (OTHER_OFFICE, "T2", "09190"),
    ):
        await network.save_office(
            conn, network.Office(office_id, code, "Bưu điện Mẫu", commune, "Số 1", None, 21.2, 106)
        )
    for commune, office_id in COMMUNES.items():
        await network.save_territory(conn, office_id, [commune])
    await identity.save_partner(
        conn, Partner(PARTNER, "HCC-T1", "Trung tâm Mẫu", OFFICE, 21.2, 106.05, "Số 2", False)
    )
    for procedure in (
        make_procedure("2.000001"),
        make_procedure("2.000002", is_by_post=False),
        make_procedure("2.000003", must_appear=True),
    ):
        await dossiers.save_procedure(conn, procedure)
    draft = StaffDraft(office_id=OFFICE, username="dieuphoi", display_name="Mẫu", role="dispatcher")
    staff = await identity.add_staff(conn, draft, now=NOW)
    actor = Actor(kind="staff", id=staff.id, role="dispatcher", offices=(OFFICE,), office_id=OFFICE)
    return Desk(conn, Sealer({1: bytes(range(32))}, bytes(range(32, 64))), actor)
