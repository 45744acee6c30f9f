"""Files of bills and tax notices: rows in, charges and faults by row and cell out.

A file brought twice makes no doubles: a payee's key is one charge. A known key with another amount
is a fault, since what was told to a payer may not change silently.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from backend import identity, network
from backend.charges import store
from backend.charges.actions.doors import make_door
from backend.charges.actions.owing import add_many
from backend.charges.model import ChargeKind, NewCharge, Payee
from backend.charges.rules import AMOUNT_VND_MAX
from backend.kit import catalog, tax_code
from backend.kit.cells import read_amount, read_day
from backend.kit.csv_table import Column, Fault, Row, Table, read_table
from backend.kit.errors import Invalid, NotFound
from backend.kit.ids import new_id
from backend.kit.seal import Sealer
from backend.kit.sheet_table import SheetRows, is_sheet
from backend.kit.sql import Conn
from backend.receipts import Item

COLUMNS: Final = (
    Column("key", ("ma_khach_hang", "ma_hoa_don", "so_thong_bao", "so_lenh_thu"), is_required=True),
    Column("payer_name", ("ho_ten", "ho_va_ten", "ten_khach_hang", "nguoi_nop"), is_required=True),
    Column("payer_tax_code", ("mst", "ma_so_thue")),
    Column("item", ("noi_dung", "khoan_thu")),
    Column("amount_vnd", ("so_tien", "thanh_tien"), is_required=True),
    Column("period", ("ky", "ky_thu", "thang")),
    Column("due_on", ("han_nop", "ngay_den_han")),
    Column("address", ("dia_chi",)),
    Column("phone", ("dien_thoai", "so_dien_thoai", "sdt")),
)
KEY_LENGTH_MAX: Final = 60
NAME_LENGTH_MAX: Final = 200
PERIOD_LENGTH_MAX: Final = 40
ADDRESS_LENGTH_MAX: Final = 300
ROWS_MAX: Final = 20_000
KINDS: Final[dict[str, ChargeKind]] = {"biller": "bill", "tax": "tax", "agency": "order"}
ITEMS: Final[dict[ChargeKind, str]] = {
    "bill": "Thu hộ",
    "tax": "Tiền thuế",
    "order": "Thu theo lệnh",
}

catalog.add(
    {
        "cell_too_wide": (
            "Cột {column} quá dài, tối đa {length_max} ký tự.",
            "The column {column} is too long; the limit is {length_max} characters.",
        ),
        "cell_charge_amount": (
            "“{value}” không phải là số tiền từ 1 đến 50.000.000.000 đồng.",
            "“{value}” is not an amount from 1 to 50,000,000,000 đồng.",
        ),
        "cell_due_day": ("“{value}” không phải là ngày.", "“{value}” is not a day."),
        "cell_tax_code": ("“{value}” không phải là mã số thuế.", "“{value}” is not a tax code."),
        "cell_phone_wrong": (
            "“{value}” không phải là số điện thoại.",
            "“{value}” is not a telephone number.",
        ),
        "cell_twice": (
            "“{value}” có ở dòng trước đó.",
            "“{value}” stands in a row before this one.",
        ),
        "cell_known_differs": (
            "“{value}” đã nhập trước đó với số tiền khác.",
            "“{value}” came before with another amount.",
        ),
    }
)


class ImportResult(msgspec.Struct, frozen=True):
    """What came of a file: of `num_rows` some are new, some known, the rest faulty."""

    num_rows: int
    num_accepted: int
    num_known: int
    amount_vnd: int
    """Of the new ones."""
    faults: list[Fault]


async def import_charges(
    conn: Conn,
    sealer: Sealer,
    office_id: UUID,
    payee_id: UUID,
    raw: bytes,
    *,
    commit: bool,
    by: UUID,
    today: date,
    now: datetime,
) -> ImportResult:
    """Judge every row of a payee's file and, with `commit`, let the good ones be owed.

    A row with an address is due at that door; the others are paid at a counter.

    Raises `NotFound` for an unknown payee, and what `read_table` and
    `SheetRows` raise for a file that is none.
    """
    payee = await store.find_payee(conn, office_id, payee_id)
    if payee is None:
        raise NotFound()
    table = await _read(raw)
    kind = KINDS[payee.kind]
    judged = [judge(row, payee, kind, by=by, today=today) for row in table.rows]
    faults = [fault for found in judged if isinstance(found, list) for fault in found]
    lines = [
        (row, found)
        for row, found in zip(table.rows, judged, strict=True)
        if isinstance(found, NewCharge)
    ]
    lines, doubled = _drop_doubles(lines)
    keys = [line.external_key for _, line in lines]
    known = await store.find_known_keys(conn, office_id, payee_id, keys)
    rows = [(row, line) for row, line in lines if line.external_key not in known]
    new = [line for _, line in rows]
    changed = [
        Fault(row.number, "key", "cell_known_differs", line.external_key)
        for row, line in lines
        if known.get(line.external_key, line.amount_vnd) != line.amount_vnd
    ]
    if commit and new:
        await add_many(conn, await _with_doors(conn, sealer, rows, now=now), now=now)
    return ImportResult(
        num_rows=table.num_rows,
        num_accepted=len(new),
        num_known=len(lines) - len(new) - len(changed),
        amount_vnd=sum(line.amount_vnd for line in new),
        faults=sorted([*table.faults, *faults, *doubled, *changed], key=lambda fault: fault.row),
    )


async def _read(raw: bytes) -> Table:
    """Return the rows of a CSV file, or of the first sheet of an XLSX file."""
    if not is_sheet(raw):
        return read_table(raw, COLUMNS, rows_max=ROWS_MAX)
    found: list[Row | Fault] = []
    async with SheetRows(raw, COLUMNS, rows_max=ROWS_MAX) as sheet:
        async for batch in sheet.batches():
            found += batch
    return Table(
        [row for row in found if isinstance(row, Row)],
        [fault for fault in found if isinstance(fault, Fault)],
    )


async def _with_doors(
    conn: Conn, sealer: Sealer, rows: Sequence[tuple[Row, NewCharge]], *, now: datetime
) -> list[NewCharge]:
    """Return charges with the doors of those rows that have an address."""
    gazetteer = await network.get_gazetteer(conn)
    made = []
    for row, line in rows:
        if row.cells["address"]:
            door = await make_door(
                conn,
                sealer,
                line.office_id,
                name=line.payer_name,
                phone=row.cells["phone"],
                address=row.cells["address"],
                wanted_on=line.due_on,
                now=now,
                gazetteer=gazetteer,
                is_demo=line.is_demo,
            )
            line = msgspec.structs.replace(line, door=door)
        made.append(line)
    return made


def _drop_doubles(
    lines: Sequence[tuple[Row, NewCharge]],
) -> tuple[list[tuple[Row, NewCharge]], list[Fault]]:
    """Return the first row of each key, and a fault for each other one."""
    seen: Counter[str] = Counter()
    kept: list[tuple[Row, NewCharge]] = []
    faults: list[Fault] = []
    for row, line in lines:
        seen[line.external_key] += 1
        if seen[line.external_key] == 1:
            kept.append((row, line))
        else:
            faults.append(Fault(row.number, "key", "cell_twice", line.external_key))
    return kept, faults


def judge(
    row: Row, payee: Payee, kind: ChargeKind, *, by: UUID, today: date
) -> NewCharge | list[Fault]:
    """Return the charge of a row, or every fault in it."""
    cells = row.cells
    faults: list[Fault] = []

    def blame(column: str, code: str, **params: str | int | None) -> None:
        faults.append(Fault(row.number, column, code, cells[column], params))

    for column, length_max in (
        ("key", KEY_LENGTH_MAX),
        ("payer_name", NAME_LENGTH_MAX),
        ("item", NAME_LENGTH_MAX),
        ("period", PERIOD_LENGTH_MAX),
        ("address", ADDRESS_LENGTH_MAX),
    ):
        if not cells[column] and column in ("key", "payer_name"):
            blame(column, "cell_missing")
        elif len(cells[column]) > length_max:
            blame(column, "cell_too_wide", length_max=length_max)
    amount_vnd = read_amount(cells["amount_vnd"])
    if amount_vnd is None or not 1 <= amount_vnd <= AMOUNT_VND_MAX:
        blame("amount_vnd", "cell_charge_amount")
    due_on = read_day(cells["due_on"]) if cells["due_on"] else today
    if due_on is None:
        blame("due_on", "cell_due_day")
    if cells["phone"]:
        try:
            identity.read_phone(cells["phone"])
        except Invalid:
            blame("phone", "cell_phone_wrong")
    code = cells["payer_tax_code"]
    if (code and tax_code.kind_of(code) is None) or (kind == "tax" and not code):
        blame("payer_tax_code", "cell_tax_code" if code else "cell_missing")
    if faults or amount_vnd is None or due_on is None:
        return faults
    return NewCharge(
        office_id=payee.office_id,
        id=new_id(),
        kind=kind,
        payee_id=payee.id,
        payer_name=cells["payer_name"],
        payer_tax_code=tax_code.tidy(code),
        items=[Item(cells["item"] or ITEMS[kind], amount_vnd)],
        period=cells["period"],
        external_key=cells["key"],
        due_on=due_on,
        made_by=by,
        is_demo=payee.is_demo,
    )
