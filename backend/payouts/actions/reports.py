"""What came of a list: its reconciliation to the đồng, and its statements as files."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

import msgspec

from backend import identity, ledger
from backend.identity import AuditEntry
from backend.kit.clock import LOCAL
from backend.kit.csv_table import disarm
from backend.kit.errors import NotFound
from backend.kit.sheet_table import write_sheet
from backend.kit.sql import Conn
from backend.payouts import rules, store
from backend.payouts.actions import lists, pay, proposals
from backend.payouts.model import Payout, PayoutList, Scheme, Sitting
from backend.payouts.rows import PaidRow, RowSum, SittingPayment
from backend.payouts.store import queries

PAGE_ROWS: Final = 5_000
Format = Literal["csv", "xlsx"]
Which = Literal["paid", "unpaid", "all"]
HEADINGS: Final = (
    "STT",
    "Họ tên",
    "Bốn số cuối định danh",
    "Mã hộ",
    "Kỳ",
    "Số tiền",
    "Hình thức",
    "Trạng thái",
    "Lý do",
    "Ngày chi trả",
    "Giấy tờ đã xem",
    "Người nhận thay",
    "Chữ ký",
)
WHICH: Final[dict[Which, str]] = {
    "paid": "đã chi trả",
    "unpaid": "chưa chi trả",
    "all": "chi trả",
}
STATES: Final = {
    "unpaid": "Chưa chi trả",
    "paid": "Đã chi trả",
    "carried": "Chuyển kỳ sau",
    "returned": "Đã hoàn cơ quan",
    "stopped": "Dừng chi trả",
    "moved": "Chuyển sang tài khoản",
}
HOWS: Final = {"home": "Tại nhà", "pay_point": "Điểm chi trả", "counter": "Quầy"}
METHODS: Final = {
    "cccd": "Căn cước",
    "passport": "Hộ chiếu",
    "residence": "Thẻ cư trú",
    "vneid": "VNeID",
    "known": "Quen biết",
}


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """A list's money as one book tells it, đồng."""

    funded_vnd: int
    """Came from the agency for this list, and with what was carried into it."""
    paid_vnd: int
    given_back_vnd: int
    """Unpaid, stopped and moved money of a closed list."""
    left_vnd: int
    """Still with the post: unpaid, carried over, and what a closing list will give back."""
    in_doubt_vnd: int
    """Notes that left a hand, and two people must say whose they are; beside the list's money."""


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """A list's money told twice: by its rows and by the ledger; both must be the same."""

    list_id: UUID
    state: str
    rows: Side
    ledger: Side
    difference_vnd: int
    """What the two differ by in all: 0, or something is wrong."""
    by_state: dict[str, int]
    """The rows' money by how they stand; of the unpaid, what is in doubt apart (`in_doubt`)."""
    carried_in_vnd: int
    fee_vnd: int
    """What the agency owes for what was paid, by the scheme; never out of the people's money."""
    fee_posted_vnd: int
    """Of this what the ledger has as its debt: all once the list has ended, nothing before."""
    num_rows: int
    num_paid: int
    agency_owed_vnd: int
    """What the post still owes the agency's people under the scheme, by the ledger."""
    agency_rows_vnd: int
    """The same by the rows of all its lists."""


async def reconcile(conn: Conn, batch: PayoutList) -> Reconciliation:
    """Return a list's money by rows and by ledger; the difference is 0 to the đồng."""
    scheme = await store.scheme_of(conn, batch)
    sums = await store.sum_rows(conn, batch)
    book = await store.sum_ledger(conn, batch)
    carried_in_vnd = await store.sum_carried_in(conn, batch)
    funded_vnd = lists.live_vnd(await store.list_fundings(conn, batch))
    doubts_vnd = await queries.value(
        conn, "sum_doubts", office_id=batch.office_id, list_id=batch.id
    )
    by_state = _by_state(sums)
    back_vnd = sum(by_state.get(state, 0) for state in ("returned", "stopped", "moved"))
    is_closed = batch.state == "closed"
    left_vnd = sum(by_state.get(state, 0) for state in ("unpaid", "in_doubt", "carried"))
    by_rows = Side(
        funded_vnd=funded_vnd + carried_in_vnd,
        paid_vnd=by_state.get("paid", 0),
        given_back_vnd=back_vnd if is_closed else 0,
        left_vnd=left_vnd if is_closed else left_vnd + back_vnd,
        in_doubt_vnd=doubts_vnd,
    )
    came_vnd = book.funded_vnd + carried_in_vnd
    by_ledger = Side(
        funded_vnd=came_vnd,
        paid_vnd=book.paid_vnd,
        given_back_vnd=book.returned_vnd,
        left_vnd=came_vnd - book.paid_vnd - book.returned_vnd,
        in_doubt_vnd=book.in_doubt_vnd,
    )
    pairs = zip(msgspec.structs.astuple(by_rows), msgspec.structs.astuple(by_ledger), strict=True)
    num_paid = sum(s.num for s in sums if s.state == "paid")
    fee_vnd = rules.fee_of(scheme.settings, num_paid=num_paid, paid_vnd=by_rows.paid_vnd)
    is_fee_due = await store.sum_fees(conn, batch) is not None
    balance = await ledger.find_balance(conn, pay.payable(batch))
    agency_rows_vnd = await queries.value(
        conn,
        "sum_agency",
        office_id=batch.office_id,
        partner_id=batch.partner_id,
        scheme=batch.scheme,
    )
    return Reconciliation(
        list_id=batch.id,
        state=batch.state,
        rows=by_rows,
        ledger=by_ledger,
        difference_vnd=sum(abs(a - b) for a, b in pairs)
        + abs(balance.amount_vnd - agency_rows_vnd)
        + abs((fee_vnd if is_fee_due else 0) - book.fee_vnd),
        by_state=by_state,
        carried_in_vnd=carried_in_vnd,
        fee_vnd=fee_vnd,
        fee_posted_vnd=book.fee_vnd,
        num_rows=sum(s.num for s in sums),
        num_paid=num_paid,
        agency_owed_vnd=balance.amount_vnd,
        agency_rows_vnd=agency_rows_vnd,
    )


def _by_state(sums: Sequence[RowSum]) -> dict[str, int]:
    found: dict[str, int] = {}
    for s in sums:
        state = "in_doubt" if s.state == "unpaid" and s.is_in_doubt else s.state
        found[state] = found.get(state, 0) + s.amount_vnd
    return found


Cell = str | int | None


async def _pages(conn: Conn, batch: PayoutList, which: Which) -> AsyncIterator[list[Payout]]:
    after: tuple[int, UUID] | None = None
    while True:
        page = await store.list_payouts(
            conn,
            batch,
            state="paid" if which == "paid" else None,
            after=after,
            limit=PAGE_ROWS,
        )
        if not page:
            return
        yield [p for p in page if which != "unpaid" or p.state != "paid"]
        after = (page[-1].row_number, page[-1].id)


class StatementRow(NamedTuple):
    """A person's line of a statement, as an office reads it."""

    name: str
    id_seen: str
    household: str
    period: str
    amount_vnd: int
    how: str
    state: str
    reason: str
    paid_at: str
    id_shown: str
    proxy: str
    signed: str


async def statement_rows(conn: Conn, batch: PayoutList, which: Which) -> list[StatementRow]:
    """Return the lines of a list's statement, in the order of its rows."""
    rows: list[StatementRow] = []
    async for page in _pages(conn, batch, which):
        paid = await store.list_payments_of(conn, batch.office_id, [p.id for p in page])
        rows += [_statement_row(payout, paid.get(payout.id)) for payout in page]
    return rows


def _statement_row(payout: Payout, seen: PaidRow | None) -> StatementRow:
    shown = seen.shown if seen else {}
    return StatementRow(
        name=payout.name,
        id_seen=f"…{payout.id_last4}",
        household=payout.household,
        period=payout.period,
        amount_vnd=payout.amount_vnd,
        how=HOWS[payout.how],
        state=STATES[payout.state],
        reason=payout.state_reason or payout.last_reason or "",
        paid_at=seen.at.astimezone(LOCAL).strftime("%d/%m/%Y %H:%M") if seen else "",
        id_shown=METHODS.get(str(shown.get("method")), ""),
        proxy=payout.proxy_name if shown.get("relation") else "",
        signed="Có" if shown.get("has_signature") else "",
    )


async def export(
    conn: Conn,
    batch: PayoutList,
    *,
    which: Which,
    format: Format,
    by: UUID,
    now: datetime,
) -> bytes:
    """Return a list's statement as a file that no program runs as formulas (A11).

    Who took it and how many rows it had is written down. Raises `Conflict`
    `export_needs_second` for more than a thousand people without a second person's leave.
    """
    await proposals.check_export(conn, batch, by, now)
    scheme = await store.scheme_of(conn, batch)
    rows = await statement_rows(conn, batch, which)
    total_vnd = sum(row.amount_vnd for row in rows)
    table: list[Sequence[Cell]] = [
        (title_of(scheme, batch, which),),
        (
            f"Mẫu: {scheme.settings.form}",
            f"Tổng: {total_vnd} đồng",
            f"Số dòng: {len(rows)}",
            await ledger.say_root(conn),
        ),
        HEADINGS,
        *((n, *row) for n, row in enumerate(rows, 1)),
    ]
    await note_export(conn, batch, which, len(rows), by, now)
    return write_sheet("Danh sách", table) if format == "xlsx" else write_csv(table)


async def note_export(
    conn: Conn, batch: PayoutList, which: Which, num_rows: int, by: UUID, now: datetime
) -> None:
    """Write down who took how many people's data of a list."""
    entry = AuditEntry(
        office_id=batch.office_id,
        at=now,
        action="payouts.export",
        outcome=f"{which}:{num_rows}",
        actor_id=by,
        object_kind="payout_list",
        object_id=batch.id,
    )
    await identity.audit(conn, entry)


async def note_minutes(conn: Conn, minutes: "Minutes", by: UUID, now: datetime) -> None:
    """Write down who took the minutes of a sitting as a file."""
    entry = AuditEntry(
        office_id=minutes.sitting.office_id,
        at=now,
        action="payouts.minutes",
        outcome=f"all:{len(minutes.payments)}",
        actor_id=by,
        object_kind="payout_sitting",
        object_id=minutes.sitting.id,
    )
    await identity.audit(conn, entry)


def title_of(scheme: Scheme, batch: PayoutList, which: Which) -> str:
    """Return a statement's title, as an office writes it."""
    what = WHICH[which]
    period = f"{batch.period[5:]}/{batch.period[:4]}"
    return f"Danh sách {what}: {scheme.name}, kỳ {period} {batch.reference}".strip()


def write_csv(table: Sequence[Sequence[Cell]]) -> bytes:
    """Return a CSV with its mark, every text disarmed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in table:
        writer.writerow(["" if c is None else disarm(c) if isinstance(c, str) else c for c in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


class Minutes(msgspec.Struct, frozen=True):
    """What the signed minutes of a sitting say: the data a document is made from."""

    sitting: Sitting
    payments: list[SittingPayment]
    sign_post: str
    sign_agency: str


async def read_minutes(
    conn: Conn, office_id: UUID, sitting_id: UUID, partner_id: UUID | None = None
) -> Minutes:
    """Return who was paid at a sitting and who signed for it; raise `NotFound`."""
    sitting = await store.lock_sitting(conn, office_id, sitting_id)
    if sitting is None or partner_id not in (None, sitting.partner_id):
        raise NotFound()
    signs = await queries.one(
        conn, "find_signs", lambda *row: row, office_id=office_id, sitting_id=sitting_id
    )
    assert signs is not None
    payments = await store.list_sitting_payments(conn, office_id, sitting_id)
    return Minutes(sitting, payments, *signs)
