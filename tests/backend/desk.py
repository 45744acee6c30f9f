"""A small office with a day's work, made by the rooms' own doors."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import msgspec
from litestar import Litestar

from backend import custody, dossiers, identity, network, rounds
from backend.dossiers import NewDossier, NewResult, Paper, Procedure, Reclaim, Source
from backend.house import House, make_house
from backend.identity import Actor, CitizenDraft, Partner, StaffDraft
from backend.identity.actions.sessions import open_session
from backend.kit.ids import new_id
from backend.settings import Settings
from tests.fakes import VAPID_PRIVATE_KEY

TODAY = date(2026, 11, 24)
MORNING = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # 06:30 of the service day
PROCEDURE = Procedure(
    code="2.000001",
    valid_from=date(2026, 1, 1),
    valid_to=None,
    name="Cấp bản sao trích lục khai sinh",
    partner_kind="ttpvhcc",
    papers=[Paper("to_khai", "Tờ khai")],
    reclaims=[Reclaim("giay_hen", "Giấy hẹn trả kết quả")],
    fee_vnd=8_000,
    days=3,
    is_by_post=True,
    must_appear=False,
    source="mẫu",
)


class Clock:
    """The instant at which requests are judged."""

    def __init__(self) -> None:
        self.at = MORNING

    def __call__(self) -> datetime:
        return self.at


def make_settings(db_url: str, data_dir: Path, **changes: object) -> Settings:
    settings = Settings(
        data_dir=data_dir,
        database_url=db_url,
        mode="demo",
        demo_key="k" * 32,
        public_url="https://tannoi.test",
        seal_keys={1: bytes(range(32))},
        index_key=bytes(range(32, 64)),
        signing_keys=(bytes(range(64, 96)),),
        ledger_key=bytes(range(96, 128)),
        vapid_private_key=VAPID_PRIVATE_KEY,
        vapid_subject="mailto:thu@tannoi.test",
        allow_local_push=True,
        pwa_dir=data_dir / "dist",
    )
    return msgspec.structs.replace(settings, **changes)


@asynccontextmanager
async def opened_house(db_url: str, data_dir: Path, **changes: object) -> AsyncIterator[House]:
    house = make_house(make_settings(db_url, data_dir, **changes))
    await house.open(name="test", pool_size=6, with_hub=False)
    try:
        yield house
    finally:
        await house.close()


@dataclass
class Day:
    """An office, its people, its errands by number."""

    house: House
    office_id: UUID
    partner_id: UUID
    officer_id: UUID
    dispatcher: Actor
    couriers: list[UUID]
    errands: list[UUID] = field(default_factory=list)
    service_on: date = TODAY

    async def book(
        self,
        conn: asyncpg.Connection,
        service: str = "S1",
        *,
        lat: float = 21.18,
        lon: float = 106.06,
        name: str | None = None,
        address: str | None = None,
        has_pin: bool = True,
        at: datetime = MORNING,
        tw: tuple[int, int] | None = None,
        owes_postage_vnd: int | None = None,
    ) -> UUID:
        """Book papers to take (S1) or a result to bring (S2) at a door of its own.

        Where `owes_postage_vnd` is given, fee and postage are collected there.
        """
        number = len(self.errands) + 1
        draft = CitizenDraft(
            office_id=self.office_id,
            name=name or f"Nguyễn Thị Mẫu {number}",
            phone=f"+8490{number:07d}",
            is_demo=True,
        )
        citizen_id = await identity.save_citizen(conn, self.house.sealer, draft, now=at)
        point = await network.save_point(
            conn,
            office_id=self.office_id,
            address_text=address or f"Số {number} đường Mẫu, phường Kinh Bắc, Bắc Ninh",
            now=at,
            commune_code="09187",
            lat=lat,
            lon=lon,
        )
        if not has_pin:
            await conn.execute(
                "UPDATE network.delivery_point SET lat = NULL, lon = NULL, pin = 'none' "
                "WHERE id = $1",
                point.id,
            )
        new = NewDossier(
            office_id=self.office_id,
            id=new_id(),
            procedure=PROCEDURE,
            partner_id=self.partner_id,
            citizen_id=citizen_id,
            delivery_point_id=point.id,
            wanted_on=self.service_on,
            tw_early_s=tw and tw[0],
            tw_late_s=tw and tw[1],
            service_duration_s=300,
            postage_due_vnd=owes_postage_vnd or 0,
            is_demo=True,
        )
        source = Source(at=at, received_at=at, staff_id=self.dispatcher.id)
        if service == "S1":
            await dossiers.book(conn, new, source)
        else:
            await self._receive(conn, new, source, f"NP{number:06d}")
        if owes_postage_vnd is not None:
            await rounds.owe(conn, [(new, draft.name)], source)
        self.errands.append(new.id)
        return new.id

    async def publish(self, *, errands: list[UUID] | None = None, courier: int = 0) -> UUID:
        """Give a courier a round of errands in their order, half an hour apart from 08:00."""
        wanted = self.errands if errands is None else errands
        async with self.house.db.transaction(actor="house", offices="*") as conn:
            stops = []
            for at, errand_id in enumerate(wanted):
                dossier = await dossiers.find_dossier(conn, self.office_id, errand_id)
                assert dossier is not None
                kind = "dossier.accept" if dossier.service == "S1" else "result.deliver"
                stops.append(
                    rounds.StopDraft(
                        delivery_point_id=dossier.delivery_point_id,
                        citizen_id=dossier.citizen_id,
                        planned_s=28_800 + 1_800 * at,
                        tw_early_s=dossier.tw_early_s,
                        tw_late_s=dossier.tw_late_s,
                        service_duration_s=300,
                        acts=[rounds.ActDraft(errand_id, kind)],
                    )
                )
            days = await network.list_couriers(conn, self.office_id, TODAY)
            shift_id = next(d.shift_id for d in days if d.courier_id == self.couriers[courier])
            assert shift_id is not None
            draft = rounds.RoundDraft(
                courier_id=self.couriers[courier],
                shift_id=shift_id,
                starts_s=27_000,
                ends_s=61_200,
                lunch_at_s=43_200,
                lunch_duration_s=2_700,
                duration_s=34_200,
                distance_m=21_000,
                stops=stops,
            )
            made = await rounds.publish(
                conn,
                office_id=self.office_id,
                service_on=TODAY,
                plan_id=new_id(),
                drafts=[draft],
                now=MORNING,
            )
        return made[0]

    async def perform(self, kind: str, at: datetime, *, courier: int = 0, **fields: object) -> None:
        """Let a courier report a fact, as their phone would, and see it count."""
        op_id = new_id()
        shape = rounds.KINDS[kind][0]
        op = msgspec.convert({"id": op_id, "kind": kind, "v": 1, "at": at, **fields}, shape)
        async with self.house.db.transaction(actor="house", offices="*") as conn:
            context = rounds.Context(
                office_id=self.office_id,
                courier_id=self.couriers[courier],
                op_id=op_id,
                occurred_at=at,
                received_at=at,
                time_quality="good",
                sealer=self.house.sealer,
            )
            decision = await rounds.perform(conn, op, context)
        assert decision.outcome == "applied", decision

    async def act_of(self, errand_id: UUID) -> dict[str, UUID]:
        """Return the stop and the act of an errand that is on a round."""
        async with self.house.db.transaction(actor="house", offices="*") as conn:
            row = await conn.fetchrow(
                "SELECT stop_id, id FROM rounds.act WHERE errand_id = $1 AND state = 'open'",
                errand_id,
            )
        assert row is not None
        return {"stop": row[0], "act": row[1]}

    async def fail(self, errand_id: UUID, at: datetime, *, courier: int = 0) -> None:
        """Let a courier find nobody at home and leave an invitation."""
        await self.perform(
            "visit.failed",
            at,
            courier=courier,
            reason="ABSENT",
            photos=["ab" * 32],
            note="",
            invited=True,
            **await self.act_of(errand_id),
        )

    async def accept(self, errand_id: UUID, at: datetime, *, courier: int = 0) -> None:
        """Let a courier take papers at the door."""
        await self.perform(
            "dossier.accepted",
            at,
            courier=courier,
            checklist=[{"paper": "to_khai", "form": "original", "count": 1}],
            seal="NP900001",
            sealed_before_citizen=True,
            fee_shown_vnd=8_000,
            identity={"method": "cccd", "last4": "0017"},
            proxy=None,
            sign_citizen="M1 1 L9 9",
            sign_courier="M1 1 L9 9",
            photos=["ab" * 32],
            **await self.act_of(errand_id),
        )

    async def link(self, errand_id: UUID) -> str:
        """Return the token of a citizen's link."""
        async with self.house.db.transaction(actor="house", offices="*") as conn:
            return await identity.make_link(
                conn,
                office_id=self.office_id,
                errand_id=errand_id,
                expires_at=MORNING + timedelta(days=30),
                now=MORNING,
            )

    async def _receive(
        self, conn: asyncpg.Connection, new: NewDossier, source: Source, seal: str
    ) -> None:
        record = custody.Record(
            office_id=self.office_id,
            id=new_id(),
            partner_id=self.partner_id,
            direction="from_agency",
            num_items=1,
            signed_at=source.at,
            signed_by_agency=self.officer_id,
            signed_by_post=self.dispatcher.id,
        )
        await custody.sign_record(conn, record)
        fields = {name: getattr(new, name) for name in new.__struct_fields__}
        result = NewResult(
            **fields, seal_number=seal, record_id=record.id, agency_id=self.partner_id
        )
        await dossiers.receive_result(conn, result, source)


def make_client(
    app: Litestar, session: str = "", address: str = "203.0.113.7"
) -> httpx.AsyncClient:
    """Return a browser, signed in by `session` unless that is empty."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=(address, 40000)),
        base_url="https://tannoi.test",
        headers={"sec-fetch-site": "same-origin"},
        cookies={"__Host-tannoi": session} if session else None,
    )


async def sign_in(day: Day, staff_id: UUID, role: str) -> str:
    """Return the token of a session that begins in the morning."""
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        opened = await open_session(
            conn, day.office_id, staff_id, role, device_id=None, now=MORNING
        )
    return opened.session_token


async def make_day(house: House, *, num_couriers: int = 2, number: int = 1) -> Day:
    """Return an office with couriers on shift and no errands; `number` tells offices apart."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        if number == 1:
            await network.load_reference(conn)
            await dossiers.save_procedure(conn, PROCEDURE)
        name = f"Bưu cục Mẫu {number}"
        office_id = await network.save_office(
            conn,
            network.Office(
                UUID(int=number), f"22000{number}", name, "09187", "Số 1", None, 21.18, 106.06
            ),
        )
        await network.save_territory(conn, office_id, ["09187"])
        partner_id = UUID(int=100 + number)
        await identity.save_partner(
            conn,
            Partner(
                partner_id, f"HCC-{number}", "Trung tâm Mẫu", office_id, 21.18, 106.07, "Số 2", True
            ),
        )
        dispatcher_id = await _add_staff(conn, office_id, f"dieuhanh{number}", "dispatcher")
        officer_id = await _add_staff(
            conn, office_id, f"canbo{number}", "agency_officer", partner_id=partner_id
        )
        dispatcher = Actor(
            kind="staff",
            id=dispatcher_id,
            role="dispatcher",
            offices=(office_id,),
            office_id=office_id,
        )
        day = Day(house, office_id, partner_id, officer_id, dispatcher, [])
        for at in range(1, num_couriers + 1):
            day.couriers.append(await _add_courier(conn, office_id, number, at))
    return day


async def _add_staff(
    conn: asyncpg.Connection, office_id: UUID, username: str, role: str, **changes: object
) -> UUID:
    draft = StaffDraft(
        office_id=office_id,
        username=username,
        role=role,
        **{"display_name": "Trần Văn Mẫu", "is_demo": True, **changes},
    )
    return (await identity.add_staff(conn, draft, now=MORNING)).id


async def _add_courier(conn: asyncpg.Connection, office_id: UUID, number: int, at: int) -> UUID:
    courier_id = await _add_staff(
        conn,
        office_id,
        f"buuta{number}.{at}",
        "courier",
        display_name=f"Lê Thị Bưu {at}",
        badge=f"BT-{number}{at:02d}",
    )
    vehicle_id = new_id()
    await network.save_vehicle(
        conn,
        network.Vehicle(office_id, vehicle_id, f"99-B1 {at:05d}", "motorbike", 40_000, 90_000),
    )
    await network.save_courier(
        conn, network.Courier(office_id, courier_id, vehicle_id, "0900000000")
    )
    shift = network.Shift(
        office_id, new_id(), courier_id, TODAY, 27_000, 61_200, 41_400, 48_600, 2_700
    )
    await network.save_shift(conn, shift)
    return courier_id
