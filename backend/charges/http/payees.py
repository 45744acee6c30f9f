"""Who gets what is collected, the office's accounts, and payees' files of bills and notices."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, RawBody

from backend.charges import store
from backend.charges.actions import owing
from backend.charges.actions.importing import import_charges
from backend.charges.http.desk import READ, Made, Name, staff_of
from backend.charges.model import BankAccount, Payee, PayeeKind
from backend.identity import Actor, desk_office
from backend.kit.clock import service_day
from backend.kit.csv_table import BYTES_MAX
from backend.kit.http import locale_of
from backend.kit.ids import new_id
from backend.kit.sql import Conn

FILES: Final = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


class PayeeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is to get what is collected; for an agency `id` is that of the partner."""

    kind: PayeeKind
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=30)]
    name: Name
    id: UUID | None = None
    tax_code: Annotated[str, msgspec.Meta(max_length=20)] = ""
    bank_account: Annotated[str, msgspec.Meta(max_length=60)] = ""
    remit_days: Annotated[int, msgspec.Meta(ge=0, le=60)] = 1


class AccountIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account of the office at a bank."""

    bin: Annotated[str, msgspec.Meta(min_length=6, max_length=6)]
    account: Annotated[str, msgspec.Meta(min_length=1, max_length=19)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    is_default: bool = False


class PayeeList(msgspec.Struct, frozen=True):
    """Payees and accounts of the office."""

    payees: list[Payee]
    accounts: list[BankAccount]


class FaultOut(msgspec.Struct, frozen=True):
    """What is wrong with one cell; `column` is empty when it is the whole row."""

    row: int
    column: str
    code: str
    value: str
    message: str


class ImportOut(msgspec.Struct, frozen=True):
    """What came of a file."""

    num_rows: int
    num_accepted: int
    num_known: int
    amount_vnd: int
    is_committed: bool
    faults: list[FaultOut]


class PayeeController(Controller):
    """Payees, accounts, files."""

    path = "/api/cash/v1/charges"
    tags = ("charges",)

    @get("/payees", operation_id="charges_list_payees", opt=READ)
    async def list_payees(
        self, actor: NamedDependency[Actor], conn: NamedDependency[Conn]
    ) -> PayeeList:
        """Return payees and bank accounts of the office."""
        office_id = desk_office(actor, None)
        return PayeeList(
            await store.list_payees(conn, office_id), await store.list_accounts(conn, office_id)
        )

    @post("/payees", operation_id="charges_save_payee", opt={"permission": "charges.set_up"})
    async def save_payee(
        self, data: JSONBody[PayeeIn], actor: NamedDependency[Actor], conn: NamedDependency[Conn]
    ) -> Made:
        """Add a payee, or bring it up to date. 422 `payee_code`, `tax_code_wrong`."""
        id = data.id or new_id()
        fields = {name: getattr(data, name) for name in data.__struct_fields__ if name != "id"}
        await owing.save_payee(conn, Payee(office_id=desk_office(actor, None), id=id, **fields))
        return Made(id)

    @post(
        "/accounts",
        operation_id="charges_save_account",
        opt={"permission": "charges.set_up"},
        status_code=204,
    )
    async def save_account(
        self, data: JSONBody[AccountIn], actor: NamedDependency[Actor], conn: NamedDependency[Conn]
    ) -> None:
        """Keep an account for QR payments. 422 `qr_field`, 409 `bank_account_taken`."""
        fields = {name: getattr(data, name) for name in data.__struct_fields__}
        await owing.save_account(conn, BankAccount(desk_office(actor, None), **fields))

    @post(
        "/imports/{payee_id:uuid}",
        operation_id="charges_import",
        opt={"permission": "charges.write", "takes": FILES},
        request_max_body_size=BYTES_MAX,
        status_code=200,
    )
    async def import_file(
        self,
        payee_id: FromPath[UUID],
        body: RawBody,
        request: Request[Any, Any, Any],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        commit: FromQuery[bool] = False,
    ) -> ImportOut:
        """Judge a payee's file; with `commit`, let the good rows be owed. Known rows stay as is."""
        result = await import_charges(
            conn,
            state.house.sealer,
            desk_office(actor, None),
            payee_id,
            await request.body(),
            commit=commit,
            by=staff_of(actor),
            today=service_day(now),
            now=now,
        )
        locale = locale_of(request)
        return ImportOut(
            result.num_rows,
            result.num_accepted,
            result.num_known,
            result.amount_vnd,
            commit,
            [FaultOut(f.row, f.column, f.code, f.value, f.message(locale)) for f in result.faults],
        )


controllers: Final = (PayeeController,)
