"""The demo town's offices, agencies, people, vehicles, shifts and procedures."""

import base64
import hashlib
import hmac
import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from backend import dossiers, identity, network, rounds
from backend.dossiers import Paper, Procedure, Reclaim
from backend.identity import Actor, Partner, Role, Staff, StaffDraft
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.network import Commune, RuleSetting
from backend.ops.demo_names import Door, Place, make_name

NUM_COURIERS: Final = 4
NUM_SHIFT_DAYS: Final = 14
PASSWORD_LENGTH: Final = 16
HOUR_S: Final = 3600
LUNCH: Final = (11 * HOUR_S + 1800, 13 * HOUR_S + 1800, 3600)
FULL_DAY: Final = (7 * HOUR_S + 1800, 17 * HOUR_S + 1800)
SOURCE: Final = "Danh mục mẫu của thị trấn thử; đối chiếu Cổng Dịch vụ công quốc gia trước khi dùng"
SAMPLE_FROM: Final = date(2026, 1, 1)


@dataclass(frozen=True)
class OfficePlan:
    """One office of the town."""

    code: str
    slug: str
    name: str
    commune_code: str
    serves: tuple[str, ...]
    mark: str
    """In front of the couriers' badges."""


OFFICES: Final = (
    OfficePlan("DEMO-KB", "kinhbac", "Bưu điện phường Kinh Bắc (mẫu)", "09187", ("09169",), "KB"),
    OfficePlan("DEMO-VC", "vocuong", "Bưu điện phường Võ Cường (mẫu)", "09190", ("09325",), "VC"),
)
DESKS: Final[tuple[tuple[str, Role], ...]] = (
    ("dieuphoi", "dispatcher"),
    ("thuquy", "cashier"),
    ("kiemsoat", "controller"),
)
PROVINCE_DESKS: Final[tuple[tuple[str, Role], ...]] = (
    ("quyhoach", "planner"),
    ("quantri", "administrator"),
)
# Vehicle, and what it carries.
VEHICLES: Final[tuple[tuple[str, network.Profile, int, int], ...]] = (
    ("Xe máy, thùng sau", "motorbike", 35_000, 250_000),
    ("Xe máy, túi hai bên", "motorbike", 30_000, 200_000),
    ("Xe máy điện", "motorbike", 25_000, 180_000),
    ("Xe máy, thùng sau", "motorbike", 35_000, 250_000),
)

_FORM = Paper("to_khai", "Tờ khai theo mẫu")
_RECEIPT = Reclaim("giay_hen", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả")
# Code, name, papers besides the form, papers wanted back besides the receipt, fee, days.
_KINDS: Final[tuple[tuple[str, str, tuple[Paper, ...], tuple[Reclaim, ...], int, int], ...]] = (
    (
        "1.001193", "Đăng ký khai sinh",
        (Paper("giay_chung_sinh", "Giấy chứng sinh"),), (), 0, 1,
    ),
    (
        "1.000656", "Đăng ký khai tử",
        (Paper("giay_bao_tu", "Giấy báo tử"),), (), 0, 1,
    ),
    (
        "2.000635", "Cấp bản sao trích lục hộ tịch",
        (), (), 8_000, 1,
    ),
    (
        "1.004873", "Cấp giấy xác nhận tình trạng hôn nhân",
        (Paper("trich_luc_ly_hon", "Trích lục ghi chú ly hôn (nếu có)", "copy"),), (), 15_000, 3,
    ),
    (
        "2.000815", "Chứng thực bản sao từ bản chính",
        (
            Paper("ban_chinh", "Bản chính giấy tờ"),
            Paper("ban_sao", "Bản sao cần chứng thực", "copy", 2),
        ),
        (), 10_000, 1,
    ),
    (
        "1.001612", "Đăng ký thành lập hộ kinh doanh",
        (Paper("hop_dong_thue", "Hợp đồng thuê địa điểm", "copy"),), (), 100_000, 3,
    ),
    (
        "2.000720", "Đăng ký thay đổi nội dung đăng ký hộ kinh doanh",
        (Paper("giay_chung_nhan_cu", "Giấy chứng nhận đăng ký hộ kinh doanh cũ"),),
        (Reclaim("giay_chung_nhan_cu", "Giấy chứng nhận đăng ký hộ kinh doanh cũ"),), 50_000, 3,
    ),
    (
        "1.001776", "Thực hiện, điều chỉnh trợ cấp xã hội hằng tháng",
        (Paper("giay_to_minh_chung", "Giấy tờ minh chứng", "copy"),), (), 0, 22,
    ),
    (
        "1.001699", "Xác định mức độ khuyết tật và cấp giấy xác nhận khuyết tật",
        (Paper("ho_so_y_te", "Bản sao giấy tờ y tế", "copy"),), (), 0, 25,
    ),
    (
        "2.000488", "Cấp phiếu lý lịch tư pháp",
        (Paper("giay_uy_quyen", "Văn bản ủy quyền (nếu nộp thay)"),), (), 200_000, 10,
    ),
    (
        "1.012783", "Đăng ký biến động quyền sử dụng đất",
        (
            Paper("giay_chung_nhan", "Giấy chứng nhận đã cấp"),
            Paper("hop_dong", "Hợp đồng chuyển quyền"),
        ),
        (Reclaim("giay_chung_nhan", "Giấy chứng nhận đã cấp"),), 100_000, 10,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Crew:
    """An office with its people, as the demo's later steps need them."""

    office: network.Office
    partner: Partner
    dispatcher: Staff
    cashier: Staff
    controller: Staff
    officer: Staff
    second_officer: Staff
    couriers: list[Staff]
    places: list[Place]
    """Its communes, the office's own first."""

    def actor(self, staff: Staff) -> Actor:
        """Return a person of the office as one who acts."""
        return Actor(
            kind="staff",
            id=staff.id,
            role=staff.role,
            offices=(self.office.id,),
            office_id=self.office.id,
            partner_id=staff.partner_id,
        )


def make_password(key: str, username: str) -> str:
    """Return a demo person's password: the same at every start of one house, another elsewhere."""
    digest = hmac.new(key.encode(), f"demo:{username}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:PASSWORD_LENGTH]


async def found(conn: Conn, key: str, *, day: date, now: datetime, seed: int) -> None:
    """Found the town: reference, procedures, offices, people, vehicles, two weeks of shifts."""
    await network.load_reference(conn)
    # A visitor's browser promises nothing, and nobody installs an app to look at it.
    free = RuleSetting(rounds.KEPT_STORAGE, date(2026, 1, 1), None, 0, "thị trấn mẫu")
    await network.add_rules(conn, [free])
    for procedure in make_procedures():
        await dossiers.save_procedure(conn, procedure)
    communes = {unit.code: unit for unit in await network.list_communes(conn)}
    rnd = random.Random(f"{seed}:people")  # noqa: S311 (names, no secrets)
    for number, plan in enumerate(OFFICES, start=1):
        office = await _add_office(conn, plan, communes)
        partner_id = await _add_partner(conn, plan, office)
        for title, role in DESKS:
            username = f"{title}.{plan.slug}"
            await _add_staff(conn, rnd, office.id, username, role, key=key, now=now)
        for username in (f"motcua.{plan.slug}", f"motcua2.{plan.slug}"):
            await _add_staff(
                conn,
                rnd,
                office.id,
                username,
                "agency_officer",
                key=key,
                now=now,
                partner_id=partner_id,
            )
        for place in range(NUM_COURIERS):
            await _add_courier(conn, rnd, plan, office.id, place, office_number=number, now=now)
        if number == 1:
            for title, role in PROVINCE_DESKS:
                await _add_staff(
                    conn, rnd, office.id, title, role, key=key, now=now, all_offices=True
                )
        await add_shifts(conn, office.id, day)


def make_procedures() -> list[Procedure]:
    """Return the catalogue: eleven kinds that travel by post, and one that needs the person."""
    kinds = [
        Procedure(
            code=code,
            valid_from=SAMPLE_FROM,
            valid_to=None,
            name=name,
            partner_kind="ttpvhcc",
            papers=[_FORM, *papers],
            reclaims=[_RECEIPT, *reclaims],
            fee_vnd=fee_vnd,
            days=days,
            is_by_post=True,
            must_appear=False,
            source=SOURCE,
        )
        for code, name, papers, reclaims, fee_vnd, days in _KINDS
    ]
    wedding = Procedure(
        "1.000894", SAMPLE_FROM, None, "Đăng ký kết hôn", "ttpvhcc", [_FORM], [], 0, 1, False, True,
        SOURCE,
    )  # fmt: skip
    return [*kinds, wedding]


async def add_shifts(conn: Conn, office_id: UUID, day: date) -> None:
    """Give each courier of the office two weeks of shifts from `day` on."""
    for courier in await network.list_couriers(conn, office_id, day):
        for ahead in range(NUM_SHIFT_DAYS):
            early_s, late_s, duration_s = LUNCH
            await network.save_shift(
                conn,
                network.Shift(
                    office_id=office_id,
                    id=new_id(),
                    courier_id=courier.courier_id,
                    service_on=day + timedelta(days=ahead),
                    starts_s=FULL_DAY[0],
                    ends_s=FULL_DAY[1],
                    lunch_early_s=early_s,
                    lunch_late_s=late_s,
                    lunch_duration_s=duration_s,
                ),
            )


async def find_crews(conn: Conn) -> list[Crew]:
    """Return the town's offices with their people, in the order of `OFFICES`."""
    offices = {office.code: office for office in await network.list_offices(conn)}
    communes = {unit.code: unit for unit in await network.list_communes(conn)}
    partners = {partner.office_id: partner for partner in await identity.list_partners(conn)}
    staff = await identity.list_staff(conn)
    crews = []
    for plan in OFFICES:
        office = offices[plan.code]
        own = {person.username: person for person in staff if person.office_id == office.id}
        couriers = [own[f"buuta.{plan.slug}{n}"] for n in range(1, NUM_COURIERS + 1)]
        crews.append(
            Crew(
                office=office,
                partner=partners[office.id],
                dispatcher=own[f"dieuphoi.{plan.slug}"],
                cashier=own[f"thuquy.{plan.slug}"],
                controller=own[f"kiemsoat.{plan.slug}"],
                officer=own[f"motcua.{plan.slug}"],
                second_officer=own[f"motcua2.{plan.slug}"],
                couriers=couriers,
                places=[_place(communes[c]) for c in (plan.commune_code, *plan.serves)],
            )
        )
    return crews


async def save_door(conn: Conn, crew: Crew, door: Door, now: datetime) -> UUID:
    """Let the office know a door of the first commune, with its pin; return its id."""
    point = await network.save_point(
        conn,
        office_id=crew.office.id,
        address_text=door.address,
        now=now,
        commune_code=crew.places[0].code,
        lat=door.lat,
        lon=door.lon,
        by_id=crew.cashier.id,
        is_demo=True,
    )
    return point.id


def _place(unit: Commune) -> Place:
    return Place(unit.code, unit.name, unit.lat, unit.lon, unit.area_km2 or 20.0)


async def _add_office(conn: Conn, plan: OfficePlan, communes: dict[str, Commune]) -> network.Office:
    commune = communes[plan.commune_code]
    office = network.Office(
        id=new_id(),
        code=plan.code,
        name=plan.name,
        commune_code=plan.commune_code,
        address=f"Số 1 phố Mẫu, {commune.name}, tỉnh Bắc Ninh",
        phone="02220000000",
        lat=commune.lat,
        lon=commune.lon,
        is_demo=True,
    )
    await network.save_office(conn, office)
    await network.save_territory(conn, office.id, (plan.commune_code, *plan.serves))
    for kind, name, shift in (
        ("bdvhx", "Điểm Bưu điện – Văn hóa Mẫu", 0.008),
        ("onestop_desk", "Quầy bưu chính tại Trung tâm Phục vụ hành chính công", 0.003),
    ):
        await network.save_service_point(
            conn,
            network.Point(
                office_id=office.id,
                id=new_id(),
                kind=kind,  # type: ignore[arg-type]  # one of the two above
                name=f"{name}, {commune.name}",
                commune_code=commune.code,
                address=f"Phố Mẫu, {commune.name}",
                lat=commune.lat + shift,
                lon=commune.lon - shift,
                is_demo=True,
            ),
        )
    return office


async def _add_partner(conn: Conn, plan: OfficePlan, office: network.Office) -> UUID:
    return await identity.save_partner(
        conn,
        Partner(
            id=new_id(),
            code=f"HCC-{plan.mark}",
            name=f"Trung tâm Phục vụ hành chính công {plan.name.removeprefix('Bưu điện ')}",
            office_id=office.id,
            lat=office.lat + 0.003,
            lon=office.lon - 0.003,
            address=f"Số 3 phố Mẫu, {office.address.split(', ', 1)[1]}",
            is_demo=True,
        ),
    )


async def _add_staff(
    conn: Conn,
    rnd: random.Random,
    office_id: UUID,
    username: str,
    role: Role,
    *,
    now: datetime,
    key: str | None = None,
    badge: str | None = None,
    partner_id: UUID | None = None,
    all_offices: bool = False,
) -> Staff:
    draft = StaffDraft(
        office_id=office_id,
        username=username,
        display_name=make_name(rnd),
        role=role,
        badge=badge,
        partner_id=partner_id,
        all_offices=all_offices,
        password=None if key is None else make_password(key, username),
        is_demo=True,
    )
    return await identity.add_staff(conn, draft, now=now)


async def _add_courier(
    conn: Conn,
    rnd: random.Random,
    plan: OfficePlan,
    office_id: UUID,
    place: int,
    *,
    office_number: int,
    now: datetime,
) -> None:
    number = place + 1
    courier = await _add_staff(
        conn,
        rnd,
        office_id,
        f"buuta.{plan.slug}{number}",
        "courier",
        badge=f"{plan.mark}-{number:02d}",
        now=now,
    )
    label, profile, capacity_g, capacity_ml = VEHICLES[place]
    vehicle = network.Vehicle(office_id, new_id(), label, profile, capacity_g, capacity_ml)
    await network.save_vehicle(conn, vehicle)
    phone = f"+8499100{office_number}{number:03d}"
    await network.save_courier(conn, network.Courier(office_id, courier.id, vehicle.id, phone))
