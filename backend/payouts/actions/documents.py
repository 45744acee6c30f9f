"""Papers of lists as PDF: the list itself, the minutes of a sitting, the reconciliation."""

from datetime import datetime
from typing import Final
from uuid import UUID

from backend import identity, ledger, network
from backend.kit import pdf
from backend.kit.clock import LOCAL, service_day
from backend.kit.money import in_figures, in_words
from backend.kit.pdf import Column, Section, Sheet, Signature
from backend.kit.sql import Conn
from backend.payouts import store
from backend.payouts.actions import proposals, reports
from backend.payouts.actions.reports import METHODS, Minutes, Reconciliation, Side, Which
from backend.payouts.model import PayoutList
from backend.payouts.rows import SittingPayment

LIST_COLUMNS: Final = (
    Column("STT", "right"),
    Column("Họ và tên", width=5),
    Column("Định danh"),
    Column("Mã hộ"),
    Column("Số tiền", "right"),
    Column("Hình thức"),
    Column("Trạng thái", width=3),
    Column("Ngày chi trả"),
    Column("Người nhận thay", width=3),
    Column("Ký nhận", width=3),
)
SITTING_COLUMNS: Final = (
    Column("STT", "right"),
    Column("Họ và tên", width=4),
    Column("Định danh"),
    Column("Kỳ"),
    Column("Số tiền", "right"),
    Column("Giờ"),
    Column("Giấy tờ đã xem", width=2),
)
LEFT_IN_WORDS: Final = "Số bằng chữ là số tiền còn lại tại bưu điện."
SIDES: Final = (
    ("Kinh phí nhận, gồm chuyển từ kỳ trước", "funded_vnd"),
    ("Đã chi trả", "paid_vnd"),
    ("Đã hoàn trả cơ quan", "given_back_vnd"),
    ("Còn lại tại bưu điện", "left_vnd"),
    ("Tiền chờ làm rõ", "in_doubt_vnd"),
)


async def print_list(
    conn: Conn, batch: PayoutList, *, which: Which, by: UUID, now: datetime
) -> bytes:
    """Return a list's statement as PDF, with a line for each person to sign.

    Who took it and how many rows it had is written down. Raises `Conflict` `export_needs_second`
    for more than a thousand people without leave, `TooLarge` `document_too_large`.
    """
    await proposals.check_export(conn, batch, by, now)
    scheme = await store.scheme_of(conn, batch)
    rows = await reports.statement_rows(conn, batch, which)
    await reports.note_export(conn, batch, which, len(rows), by, now)
    total_vnd = sum(row.amount_vnd for row in rows)
    today = service_day(now)
    letterhead = await network.get_letterhead(conn, batch.office_id, today)
    maker = await identity.get_staff(conn, by)
    totals = ["", "Cộng", "", "", in_figures(total_vnd), "", "", "", "", ""]
    paper = Sheet(
        letterhead=letterhead,
        title=f"Danh sách {reports.WHICH[which]}",
        subtitle=f"{scheme.name}, kỳ {_say_period(batch.period)}",
        facts=[
            ("Mẫu", scheme.settings.form),
            ("Danh sách", batch.reference or str(batch.id)),
            ("Số người", str(len(rows))),
        ],
        sections=[
            Section(
                columns=LIST_COLUMNS,
                rows=[
                    [
                        str(n),
                        row.name,
                        row.id_seen,
                        row.household,
                        in_figures(row.amount_vnd),
                        row.how,
                        f"{row.state}: {row.reason}" if row.reason else row.state,
                        row.paid_at,
                        row.proxy,
                        row.signed,
                    ]
                    for n, row in enumerate(rows, 1)
                ],
                totals=totals if rows else (),
            )
        ],
        in_words=in_words(total_vnd),
        note=await ledger.say_root(conn),
        place_and_day=pdf.say_place_and_day(letterhead.office, today),
        signatures=[
            Signature("Người lập", maker.display_name),
            Signature("Đại diện bưu điện"),
            Signature("Đại diện cơ quan"),
        ],
        is_landscape=True,
    )
    return await pdf.make_sheet(paper, at=now)


async def print_minutes(
    conn: Conn,
    office_id: UUID,
    sitting_id: UUID,
    partner_id: UUID | None = None,
    *,
    by: UUID,
    now: datetime,
) -> bytes:
    """Return the minutes of a sitting as PDF, with the signatures given on glass.

    Raises `NotFound`.
    """
    minutes = await reports.read_minutes(conn, office_id, sitting_id, partner_id)
    await reports.note_minutes(conn, minutes, by, now)
    letterhead = await network.get_letterhead(conn, office_id, service_day(now))
    opened_by = await identity.get_staff(conn, minutes.sitting.opened_by)
    paper = make_minutes(minutes, letterhead, opened_by=opened_by.display_name)
    return await pdf.make_sheet(paper, at=now)


def make_minutes(minutes: Minutes, letterhead: pdf.Letterhead, *, opened_by: str) -> Sheet:
    """Return what the minutes of a sitting show; those of one still open say so."""
    sitting = minutes.sitting
    total_vnd = sum(payment.amount_vnd for payment in minutes.payments)
    ended = "chưa kết thúc" if sitting.closed_at is None else _say_time(sitting.closed_at)
    return Sheet(
        letterhead=letterhead,
        title="Biên bản buổi chi trả",
        subtitle=f"Ngày {sitting.held_on:%d/%m/%Y}",
        facts=[
            ("Địa điểm", sitting.place),
            ("Bắt đầu", _say_time(sitting.opened_at)),
            ("Kết thúc", ended),
            ("Người chi trả", opened_by),
            ("Người giám sát của cơ quan", sitting.supervisor or "không có"),
            ("Số người đã nhận", str(len(minutes.payments))),
        ],
        sections=[
            Section(
                columns=SITTING_COLUMNS,
                rows=[_sitting_row(n, one) for n, one in enumerate(minutes.payments, 1)],
                totals=["", "Cộng", "", "", in_figures(total_vnd), "", ""],
            )
        ],
        in_words=in_words(total_vnd),
        note=f"Ghi chú: {sitting.note}" if sitting.note else "",
        place_and_day=pdf.say_place_and_day(letterhead.office, sitting.held_on),
        signatures=[
            Signature("Đại diện bưu điện", opened_by, ink=pdf.draw_ink(minutes.sign_post)),
            Signature(
                "Đại diện cơ quan", sitting.supervisor, ink=pdf.draw_ink(minutes.sign_agency)
            ),
        ],
    )


async def print_reconciliation(conn: Conn, batch: PayoutList, *, by: UUID, now: datetime) -> bytes:
    """Return the reconciliation of a list as PDF, as it stands now."""
    seen = await reports.reconcile(conn, batch)
    scheme = await store.scheme_of(conn, batch)
    today = service_day(now)
    letterhead = await network.get_letterhead(conn, batch.office_id, today)
    maker = await identity.get_staff(conn, by)
    paper = Sheet(
        letterhead=letterhead,
        title="Biên bản đối soát chi trả",
        subtitle=f"{scheme.name}, kỳ {_say_period(batch.period)}",
        facts=[
            ("Danh sách", batch.reference or str(batch.id)),
            ("Số người", str(seen.num_rows)),
            ("Số người đã nhận", str(seen.num_paid)),
            ("Chênh lệch", in_figures(seen.difference_vnd)),
            ("Phí dịch vụ chi trả", in_figures(seen.fee_vnd)),
            ("Phí đã ghi sổ, cơ quan phải trả", in_figures(seen.fee_posted_vnd)),
        ],
        sections=[_sides(seen), _states(seen)],
        in_words=in_words(seen.rows.left_vnd),
        note=f"{LEFT_IN_WORDS} {await ledger.say_root(conn)}".strip(),
        place_and_day=pdf.say_place_and_day(letterhead.office, today),
        signatures=[
            Signature("Người lập", maker.display_name),
            Signature("Đại diện bưu điện"),
            Signature("Đại diện cơ quan"),
        ],
    )
    return await pdf.make_sheet(paper, at=now)


def _sides(seen: Reconciliation) -> Section:
    def cells(side: Side) -> list[str]:
        return [in_figures(getattr(side, field)) for _, field in SIDES]

    columns = [
        Column("Nội dung", width=3),
        Column("Theo danh sách", "right", 2),
        Column("Theo sổ cái", "right", 2),
    ]
    names = [name for name, _ in SIDES]
    pairs = zip(names, cells(seen.rows), cells(seen.ledger), strict=True)
    return Section(title="Đối chiếu", columns=columns, rows=[list(row) for row in pairs])


def _states(seen: Reconciliation) -> Section:
    states = reports.STATES | {"in_doubt": "Chờ làm rõ"}
    return Section(
        title="Theo trạng thái",
        columns=[Column("Trạng thái", width=3), Column("Số tiền", "right", 2)],
        rows=[
            [name, in_figures(seen.by_state[state])]
            for state, name in states.items()
            if state in seen.by_state
        ],
        totals=["Cộng", in_figures(sum(seen.by_state.values()))],
    )


def _sitting_row(n: int, one: SittingPayment) -> list[str]:
    return [
        str(n),
        one.name,
        f"…{one.id_last4}",
        _say_period(one.period),
        in_figures(one.amount_vnd),
        f"{one.at.astimezone(LOCAL):%H:%M}",
        METHODS.get(str(one.shown.get("method")), ""),
    ]


def _say_period(period: str) -> str:
    return f"{period[5:]}/{period[:4]}"


def _say_time(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}"
