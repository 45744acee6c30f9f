"""Lists and payments as tests make them: a small office whose agency owes money to people."""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg
import msgspec
import pypdf

from backend import ledger, payouts
from backend.house import House
from backend.kit.ids import new_id
from backend.ledger import Account, Transfer
from backend.payouts import Asked, Payment, Payout, PayoutList, Seen, Source
from backend.payouts.model import Upload
from tests.backend.desk import Day, make_day

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PAY_DAY = datetime(2026, 12, 3, 2, 0, tzinfo=UTC)
PERIOD = "2026-12"
HEADER = (
    "Họ tên,Số định danh,Kỳ,Số tiền,Hình thức,Địa chỉ,Điện thoại,"
    "Người nhận thay,CCCD người nhận thay,Chứng thực,Ủy quyền từ,Ủy quyền đến"
)
ASKED = Asked(scheme="pension", period=PERIOD)


def number_of(at: int, *, year: int = 50) -> str:
    """Return a synthetic identity number of Bắc Ninh, nobody's."""
    return f"0270{year:02d}{at:06d}"


def row_of(at: int, amount: object = 3_500_000, **cells: str) -> str:
    """Return a row of a list: person number `at`, at the counter unless said otherwise."""
    known = {
        "name": f"Nguyễn Thị Mẫu {'ABCDEFGHIK'[at % 10]}",
        "id": number_of(at),
        "period": PERIOD,
        "how": "quầy",
        "address": "",
        "phone": "",
        "proxy": "",
        "proxy_id": "",
        "certified": "",
        "from": "",
        "to": "",
    } | cells
    values = [known["name"], known["id"], known["period"], str(amount), *list(known.values())[3:]]
    return ",".join(f'"{value}"' for value in values)


def file_of(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *rows)).encode()


HOME = {"how": "tại nhà", "address": "Số 5 đường Mẫu, phường Kinh Bắc, Bắc Ninh"}
PROXY = {
    "proxy": "Trần Văn Mẫu",
    "proxy_id": number_of(900_077, year=80),
    "certified": "có",
    "from": "2026-06-01",
    "to": "2026-12-31",
}


@dataclass
class Counter:
    """An office with its agency; who makes, approves, pays and settles."""

    day: Day
    cashier: UUID
    controller: UUID
    officer: UUID
    second: UUID

    @property
    def house(self) -> House:
        return self.day.house

    @property
    def office_id(self) -> UUID:
        return self.day.office_id

    @property
    def courier(self) -> UUID:
        return self.day.couriers[0]

    def begin(self):
        """Give a transaction of the house's."""
        return self.house.db.transaction(actor="house", offices="*")

    async def bring(
        self, raw: bytes, asked: Asked = ASKED, *, commit: bool = True, now: datetime = NOW
    ) -> Upload:
        """Bring a file and let the worker's job read it."""
        async with self.begin() as conn:
            upload_id = await payouts.bring(
                conn,
                self.house.sealer,
                office_id=self.office_id,
                partner_id=self.day.partner_id,
                by=self.officer,
                asked=asked,
                raw=raw,
                commit=commit,
                now=now,
            )
        await payouts.read(self.house, self.office_id, upload_id)
        async with self.begin() as conn:
            upload = await payouts.find_upload(conn, self.office_id, upload_id)
        assert upload is not None
        return upload

    async def draft(self, *rows: str, asked: Asked = ASKED) -> PayoutList:
        """Bring rows that have no fault; return their list."""
        upload = await self.bring(file_of(*rows), asked)
        assert upload.state == "done", (upload.refusal, upload.faults)
        return await self.list_of(upload.list_id)

    async def list_of(self, list_id: UUID | None) -> PayoutList:
        assert list_id is not None
        async with self.begin() as conn:
            return await payouts.get_list(conn, self.office_id, list_id)

    async def fund(self, batch: PayoutList, amount_vnd: int | None = None) -> None:
        async with self.begin() as conn:
            await payouts.fund(
                conn,
                office_id=self.office_id,
                list_id=batch.id,
                amount_vnd=batch.total_vnd if amount_vnd is None else amount_vnd,
                by=self.cashier,
                now=NOW,
            )

    async def approve(self, batch: PayoutList, *, by: UUID | None = None) -> None:
        async with self.begin() as conn:
            await payouts.approve(
                conn,
                office_id=self.office_id,
                list_id=batch.id,
                by=by or self.second,
                now=NOW,
            )

    async def approved(self, *rows: str, asked: Asked = ASKED) -> PayoutList:
        """Bring, fund and approve a list."""
        batch = await self.draft(*rows, asked=asked)
        if batch.total_vnd:
            await self.fund(batch)
        await self.approve(batch)
        return await self.list_of(batch.id)

    async def stop(self, batch: PayoutList, number: str, change: str) -> PayoutList:
        """Let an approved delta list say what became of one person."""
        raw = file_of(f"{number},{change}", header="Số định danh,Biến động")
        asked = msgspec.structs.replace(
            ASKED,
            scheme=batch.scheme,
            period=batch.period,
            reference=batch.reference,
            due_on=batch.due_on,
            base_id=batch.id,
        )
        upload = await self.bring(raw, asked)
        assert upload.state == "done", (upload.refusal, upload.faults)
        delta = await self.list_of(upload.list_id)
        await self.approve(delta)
        return await self.list_of(delta.id)

    async def place(self, batch: PayoutList) -> None:
        """Bring home payouts to their doors, as the worker does after approval."""
        num = 1
        while num:
            async with self.begin() as conn:
                num = await payouts.place(
                    conn, self.house.sealer, self.office_id, batch.id, now=NOW
                )

    async def rows(self, batch: PayoutList) -> list[Payout]:
        async with self.begin() as conn:
            return await payouts.list_payouts(conn, batch, limit=500)

    async def give_float(self, amount_vnd: int, courier_id: UUID | None = None) -> None:
        """Give cash to the drawer and, from it, to a courier."""
        async with self.begin() as conn:
            drawer = Account(self.office_id, "drawer")
            bank = Account(self.office_id, "bank")
            legs = [self._transfer("bank.withdrawal", drawer, bank, amount_vnd)]
            if courier_id is not None:
                hand = Account(self.office_id, "hand", courier_id)
                legs.append(self._transfer("float.issue", hand, drawer, amount_vnd))
            await ledger.post(conn, legs, now=NOW)

    def _transfer(self, code: str, debit: Account, credit: Account, amount_vnd: int) -> Transfer:
        return Transfer(
            id=new_id(),
            group_id=new_id(),
            code=code,
            debit=debit,
            credit=credit,
            amount_vnd=amount_vnd,
            occurred_at=NOW,
            created_by=self.cashier,
        )

    def payment(self, payout: Payout, **changes: object) -> Payment:
        """Return a payment at the counter, sound in everything but what is changed."""
        payment = Payment(
            office_id=self.office_id,
            id=new_id(),
            payout_id=payout.id,
            amount_vnd=payout.amount_vnd,
            place="counter",
            identity=Seen("cccd", payout.id_last4),
            has_signature=True,
        )
        return msgspec.structs.replace(payment, **changes)

    def at_counter(self, at: datetime = PAY_DAY) -> Source:
        return Source(at=at, received_at=at, by=self.cashier)

    def by_phone(self, courier_id: UUID | None = None, at: datetime = PAY_DAY) -> Source:
        return Source(at=at, received_at=at, by=courier_id or self.courier, op_id=new_id())

    async def pay(
        self,
        payment: Payment,
        source: Source | None = None,
        *,
        lease_problem: str | None = None,
    ) -> payouts.Outcome:
        async with self.begin() as conn:
            return await payouts.pay(
                conn, payment, source or self.at_counter(), lease_problem=lease_problem
            )

    async def pay_at_door(
        self, payout: Payout, courier_id: UUID | None = None, **changes: object
    ) -> payouts.Outcome:
        courier = courier_id or self.courier
        lease_problem = changes.pop("lease_problem", None)
        payment = self.payment(payout, place="door", courier_id=courier, **changes)
        return await self.pay(payment, self.by_phone(courier), lease_problem=lease_problem)

    async def set_fee(self, *, fee_bp: int, fee_vnd: int, scheme: str = "pension") -> None:
        """Let a scheme have a fee from the first day of the period on."""
        async with self.begin() as conn:
            await conn.execute(
                "INSERT INTO payouts.scheme (code, valid_from, name, name_en, funder, settings, "
                "source) SELECT DISTINCT ON (code) code, $2, name, name_en, funder, "
                "settings || $3::jsonb, source FROM payouts.scheme WHERE code = $1 "
                "ORDER BY code, valid_from DESC",
                scheme,
                date(2026, 12, 1),
                {"fee_bp": fee_bp, "fee_vnd": fee_vnd},
            )

    async def balance_vnd(self, kind: str, owner_id: UUID | None = None, scheme: str = "") -> int:
        async with self.begin() as conn:
            account = Account(self.office_id, kind, owner_id, scheme)
            return (await ledger.find_balance(conn, account)).amount_vnd

    async def owed_vnd(self, scheme: str = "pension") -> int:
        return await self.balance_vnd("agency_payable", self.day.partner_id, scheme)


async def make_counter(house: House, *, number: int = 1) -> Counter:
    day = await make_day(house, number=number)
    return Counter(day, new_id(), new_id(), day.officer_id, new_id())


def day_at(on: date) -> datetime:
    """Return a morning of a day, UTC."""
    return datetime(on.year, on.month, on.day, 2, 0, tzinfo=UTC)


def text_of(raw: bytes) -> str:
    """Return the text of a PDF with runs of white space as one blank."""
    pages = pypdf.PdfReader(io.BytesIO(raw)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


async def refuse_edit(conn: asyncpg.Connection, statement: str, *args: object) -> str:
    """Return by which SQLSTATE a statement is refused; nothing of it stays."""
    try:
        async with conn.transaction():
            await conn.execute(statement, *args)
    except asyncpg.PostgresError as error:
        return error.sqlstate
    return ""
