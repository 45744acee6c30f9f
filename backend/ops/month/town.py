"""A province for one month of money: offices, their people, lists of payees, what citizens owe.

Everybody in it is made up and marked so; the numbers are the province's own (domain 9.3).
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from backend import charges, identity, network, payouts, receipts
from backend.charges import NewCharge, Payee, PayeeKind
from backend.house import House
from backend.identity import CitizenDraft, Partner, Role, StaffDraft
from backend.kit.clock import at_second
from backend.kit.ids import new_id
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.payouts import Asked, Payout, PayoutList, SchemeCode
from backend.receipts import Item, RangeDraft

PERIOD = "2026-12"
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)
BEFORE = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""When lists and money come in: before the 25th of the month before."""
NUM_OFFICES = 99
NUM_COURIERS = 3
NUM_PENSIONS = 4_800
NUM_ALLOWANCES = {"social": 45_000, "merit": 15_000}
NUM_CHARGES_A_DAY = 3_000
AMOUNTS: dict[SchemeCode, tuple[int, int]] = {
    "pension": (2_500_000, 9_500_000),
    "social": (500_000, 900_000),
    "merit": (1_500_000, 4_200_000),
}
NUM_RECEIPTS = 300_000
NOBODY = "024190000017"
"""A well-formed number that is nobody's (domain 6)."""
HEADER = "Họ tên,Số định danh,Kỳ,Số tiền,Hình thức,Địa chỉ"


@dataclass(frozen=True)
class Scale:
    """How large the month is; 1.0 is the whole province."""

    share: float = 1.0

    def part(self, num: int, number: int) -> int:
        """Return what of a province's number falls to an office; the parts of all make it up."""
        whole = round(num * self.share)
        return whole * number // NUM_OFFICES - whole * (number - 1) // NUM_OFFICES


@dataclass
class Bureau:
    """One office with its people and what it has to do."""

    number: int
    office_id: UUID
    partner_id: UUID
    biller_id: UUID
    tax_id: UUID
    staff: dict[str, UUID]
    couriers: list[UUID]
    citizen_id: UUID
    """Whoever is visited."""
    delivery_point_id: UUID
    is_over_http: bool
    lists: list[PayoutList] = field(default_factory=list)
    to_pay: list[Payout] = field(default_factory=list)
    schemes: dict[UUID, SchemeCode] = field(default_factory=dict)
    """The scheme of each list."""


async def make_bureau(conn: Conn, sealer: Sealer, number: int, *, rnd: random.Random) -> Bureau:
    """Add an office with cashier, controller, two officers of its agency and couriers."""
    office_id = await network.save_office(
        conn,
        network.Office(
            new_id(), f"M{number:04d}", f"Bưu cục mẫu {number}", "09187", "Số 1 đường Mẫu", None,
            21.0 + rnd.random() / 2, 106.0 + rnd.random() / 2,
        ),
    )  # fmt: skip
    partner_id = await identity.save_partner(
        conn,
        Partner(
            new_id(), f"UBND-M{number:04d}", f"UBND xã mẫu {number}", office_id, 21.1, 106.1,
            "Số 2 đường Mẫu", True,
        ),
    )  # fmt: skip
    staff = {
        name: await _add(conn, office_id, f"{name}{number}", role, partner_id)
        for name, role in (
            ("cashier", "cashier"), ("controller", "controller"), ("dispatcher", "dispatcher"),
            ("officer", "agency_officer"), ("second", "agency_officer"),
        )
    }  # fmt: skip
    couriers = [
        await _add(conn, office_id, f"buuta{number}.{at}", "courier", None)
        for at in range(1, NUM_COURIERS + 1)
    ]
    door = CitizenDraft(office_id=office_id, name="Nguyễn Thị Mẫu", is_demo=True)
    citizen_id = await identity.save_citizen(conn, sealer, door, now=BEFORE)
    point = await network.save_point(
        conn, office_id=office_id, address_text="Số 3 đường Mẫu", now=BEFORE, is_demo=True
    )
    bureau = Bureau(
        number, office_id, partner_id, new_id(), new_id(), staff, couriers, citizen_id, point.id,
        is_over_http=number % 10 == 1,
    )  # fmt: skip
    await _add_payees(conn, bureau)
    return bureau


async def _add(
    conn: Conn, office_id: UUID, username: str, role: str, partner_id: UUID | None
) -> UUID:
    wanted: Role = role  # type: ignore[assignment]  # one of the roles named above
    draft = StaffDraft(
        office_id=office_id,
        username=username,
        display_name="Nguyễn Văn Mẫu",
        role=wanted,
        partner_id=partner_id if role == "agency_officer" else None,
        is_demo=True,
    )
    return (await identity.add_staff(conn, draft, now=BEFORE)).id


async def _add_payees(conn: Conn, bureau: Bureau) -> None:
    """Add whom charges are collected for, and the numbers of the year's receipts."""
    office_id = bureau.office_id
    await charges.save_partner_payee(conn, office_id, bureau.partner_id)
    for id, kind, code in (
        (bureau.biller_id, "biller", f"NUOC{bureau.number}"),
        (bureau.tax_id, "tax", f"THUE{bureau.number}"),
    ):
        sort: PayeeKind = kind  # type: ignore[assignment]  # one of the two
        payee = Payee(office_id, id, sort, code, f"Đơn vị mẫu {code}", is_demo=True)
        await charges.save_payee(conn, payee)
    for nth, kind in enumerate(("fee", "tax", "bill")):
        first = ((bureau.number - 1) * 3 + nth) * NUM_RECEIPTS + 1
        draft = RangeDraft(
            office_id=office_id,
            kind=kind,  # type: ignore[arg-type]
            template="EBL01",
            symbol="26TAB",
            first_number=first,
            last_number=first + NUM_RECEIPTS - 1,
        )
        await receipts.allot(conn, draft, by=bureau.staff["controller"], now=BEFORE)


async def bring_lists(house: House, bureau: Bureau, scale: Scale, rnd: random.Random) -> None:
    """Let the agency bring, the post fund, and a second officer approve the month's lists."""
    sizes: dict[SchemeCode, int] = {
        "pension": scale.part(NUM_PENSIONS, bureau.number) or 1,
        "social": scale.part(NUM_ALLOWANCES["social"], bureau.number) or 1,
        "merit": scale.part(NUM_ALLOWANCES["merit"], bureau.number) or 1,
    }
    for nth, (scheme, num) in enumerate(sizes.items()):
        raw = _make_file(bureau, nth, scheme, num, rnd)
        async with house.db.transaction(actor="month", offices="*") as conn:
            upload_id = await payouts.bring(
                conn,
                house.sealer,
                office_id=bureau.office_id,
                partner_id=bureau.partner_id,
                by=bureau.staff["officer"],
                asked=Asked(scheme=scheme, period=PERIOD, is_demo=True),
                raw=raw,
                commit=True,
                now=BEFORE,
            )
        await payouts.read(house, bureau.office_id, upload_id)
        async with house.db.transaction(actor="month", offices="*") as conn:
            await _approve(conn, bureau, upload_id, scheme)


def _make_file(bureau: Bureau, nth: int, scheme: SchemeCode, num: int, rnd: random.Random) -> bytes:
    low, high = AMOUNTS[scheme]
    lines = [HEADER]
    for at in range(num):
        # Three digits of the office, six of the person: nobody's number.
        number = f"027{nth}{bureau.number:03d}{at:05d}"
        amount = rnd.randrange(low // 1_000, high // 1_000) * 1_000
        lines.append(f"Nguyễn Thị Mẫu,{number},{PERIOD},{amount},quầy,")
    return "\n".join(lines).encode()


async def _approve(conn: Conn, bureau: Bureau, upload_id: UUID, scheme: SchemeCode) -> None:
    upload = await payouts.find_upload(conn, bureau.office_id, upload_id)
    assert upload is not None
    assert upload.list_id is not None, (upload.refusal, upload.faults[:3])
    office_id, list_id = bureau.office_id, upload.list_id
    batch = await payouts.get_list(conn, office_id, list_id)
    await payouts.fund(
        conn, office_id=office_id, list_id=list_id, amount_vnd=batch.total_vnd,
        by=bureau.staff["cashier"], now=BEFORE,
    )  # fmt: skip
    await payouts.approve(
        conn, office_id=office_id, list_id=list_id, by=bureau.staff["second"], now=BEFORE
    )
    bureau.lists.append(batch)
    bureau.schemes[list_id] = scheme
    bureau.to_pay += await payouts.list_payouts(conn, batch, limit=batch.num_rows + 1)


def make_charges(bureau: Bureau, day: date, num: int, rnd: random.Random) -> list[NewCharge]:
    """Return what citizens come to owe at this office on a day: fees, postage, bills, taxes."""
    made = []
    for _ in range(num):
        kind = rnd.choices(("fee", "postage", "bill", "tax"), (30, 25, 30, 15))[0]
        payee_id = {
            "fee": bureau.partner_id, "postage": None, "bill": bureau.biller_id,
            "tax": bureau.tax_id,
        }[kind]  # fmt: skip
        item = Item("Khoản thu mẫu", rnd.randrange(8, 900) * 1_000)
        charge = NewCharge(
            office_id=bureau.office_id,
            id=new_id(),
            kind=kind,  # type: ignore[arg-type]  # one of the four above
            payee_id=payee_id,
            payer_name="Nguyễn Thị Mẫu",
            payer_tax_code=NOBODY if kind == "tax" else "",
            items=[item],
            due_on=day,
            made_by=bureau.staff["cashier"],
            external_key=str(new_id()) if payee_id else "",
            is_demo=True,
        )
        made.append(charge)
    return made


def at(day: date, minute: int) -> datetime:
    """Return an instant of a service day."""
    return at_second(day, 7 * 3600 + 60 * minute)


def days_between(first: date, last: date) -> list[date]:
    """Return every day from one to another."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
