"""The sheet of a day: the drawer's two ends, movements by code, differences, the newest seal."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from backend import identity, ledger, network
from backend.cash import store
from backend.cash.actions import debts, signing
from backend.cash.model import Notes, Subject, total_of
from backend.kit import pdf
from backend.kit.clock import LOCAL, at_second, service_day
from backend.kit.money import in_figures, in_words
from backend.kit.pdf import Column, Section, Sheet, Signature
from backend.kit.sql import Conn
from backend.ledger import Account

CODES: Final = {
    "fund": "Nhận kinh phí chi trả",
    "payout": "Chi trả tại quầy",
    "return": "Hoàn kinh phí cho cơ quan",
    "charge": "Thu tại quầy",
    "charge.refund": "Trả lại khoản thu",
    "remit": "Nộp tiền thu hộ",
    "order": "Chuyển tiền",
    "order.take": "Nhận tiền chuyển đi",
    "order.fee": "Cước chuyển tiền",
    "order.settle": "Trả tiền chuyển đến",
    "float.issue": "Tiếp quỹ",
    "float.over_limit": "Tiếp quỹ vượt hạn mức, đã duyệt",
    "float.return": "Nộp quỹ",
    "difference.short": "Ghi nhận thiếu quỹ",
    "debt.repaid": "Nộp lại tiền thiếu",
    "write_off.write_off": "Xoá nợ thiếu quỹ",
    "write_off.return_surplus": "Trả lại tiền thừa",
    "write_off.take_surplus": "Tiền thừa vào thu nhập",
    "difference.over": "Ghi nhận thừa quỹ",
    "carry.in": "Tiền mặt về quỹ",
    "carry.out": "Tiền mặt chuyển đi",
    "carry.back": "Tiền mặt mang về",
}
SUBJECTS: Final[dict[Subject, str]] = {
    "shift": "Ca của bưu tá",
    "drawer": "Quỹ quầy",
    "handover": "Bàn giao",
    "debt": "Nộp lại tiền thiếu",
    "carriage": "Chuyển tiền mặt",
}


class Movement(msgspec.Struct, frozen=True):
    """What one code brought and took on a day."""

    code: str
    num: int
    in_vnd: int
    out_vnd: int


class DifferenceSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A difference and who owns it."""

    id: UUID
    subject: Subject
    amount_vnd: int
    owner: str
    reason: str
    at: datetime


class SealSeen(msgspec.Struct, frozen=True):
    """The newest seal of the book."""

    epoch: int
    n: int
    root: str
    sealed_at: datetime
    num_unsealed: int
    """How many rows of the office until that day it does not bear yet."""


class SignSeen(msgspec.Struct, frozen=True):
    """One side of a day's sheet, signed on the screen."""

    name: str
    strokes: str


class DaySheet(msgspec.Struct, frozen=True, kw_only=True):
    """What is printed of a day."""

    day: date
    opening_vnd: int
    closing_vnd: int
    movements: list[Movement]
    differences: list[DifferenceSeen]
    seal: SealSeen | None
    signs: list[SignSeen]
    """The cashier's, then the controller's; none before the day is closed."""


async def find_opening(conn: Conn, account: Account, day: date) -> int:
    """Return an account's balance at the end of the day before, đồng."""
    since = await ledger.sum_codes(conn, account, day, date.max)
    moved = sum((one.in_vnd or 0) - (one.out_vnd or 0) for one in since)
    return (await ledger.find_balance(conn, account)).amount_vnd - moved


async def list_differences(conn: Conn, office_id: UUID, since: datetime) -> list[DifferenceSeen]:
    """Return the differences since an instant, newest first."""
    return [
        DifferenceSeen(
            id=d.id,
            subject=d.subject,
            amount_vnd=d.amount_vnd,
            owner=d.owner,
            reason=d.reason,
            at=d.at,
        )
        for d in await store.list_differences(conn, office_id, since)
    ]


async def read_sheet(conn: Conn, office_id: UUID, day: date) -> DaySheet:
    """Return the sheet of a day, as it stands now."""
    drawer = Account(office_id, "drawer")
    sums = await ledger.sum_codes(conn, drawer, day, day)
    movements = [Movement(o.code, o.num, o.in_vnd or 0, o.out_vnd or 0) for o in sums]
    opening_vnd = await find_opening(conn, drawer, day)
    seal = await ledger.find_last_seal(conn)
    num_unsealed = await ledger.count_unsealed(conn, office_id, day, seal)
    found = await list_differences(conn, office_id, at_second(day, 0))
    return DaySheet(
        day=day,
        opening_vnd=opening_vnd,
        closing_vnd=opening_vnd + sum(one.in_vnd - one.out_vnd for one in movements),
        movements=movements,
        differences=[one for one in found if service_day(one.at) == day],
        seal=None
        if seal is None
        else SealSeen(seal.epoch, seal.n, seal.root.hex(), seal.sealed_at, num_unsealed),
        signs=await _read_signs(conn, office_id, day),
    )


async def _read_signs(conn: Conn, office_id: UUID, day: date) -> list[SignSeen]:
    signed = await signing.find_signs(conn, office_id, day)
    if signed is None:
        return []
    people = ((signed.cashier_id, signed.cashier), (signed.controller_id, signed.controller))
    return [
        SignSeen((await identity.get_staff(conn, id)).display_name, strokes)
        for id, strokes in people
    ]


async def print_repayment(conn: Conn, office_id: UUID, id: UUID, *, today: date) -> bytes:
    """Return the slip of notes that were taken for a debt, as PDF; raise `NotFound`."""
    paid = await debts.get_repayment(conn, office_id, id)
    letterhead = await network.get_letterhead(conn, office_id, today)
    paper = Sheet(
        letterhead=letterhead,
        title="Phiếu thu",
        subtitle="Nộp lại tiền thiếu quỹ",
        facts=[
            ("Số phiếu", str(paid.id)),
            ("Thời điểm", f"{paid.at.astimezone(LOCAL):%H:%M ngày %d/%m/%Y}"),
            ("Người nộp", paid.owner),
            ("Số tiền nộp", in_figures(paid.amount_vnd)),
            ("Còn thiếu sau khi nộp", in_figures(paid.left_vnd)),
        ],
        sections=[_notes(paid.notes)] if paid.notes else [],
        in_words=in_words(paid.amount_vnd),
        note="",
        place_and_day=pdf.say_place_and_day(letterhead.office, today),
        signatures=[Signature("Người nộp", paid.owner), Signature("Thủ quỹ", paid.taken_by)],
    )
    return await pdf.make_sheet(paper)


def _notes(notes: Notes) -> Section:
    return Section(
        title="Bảng kê tiền",
        columns=[Column("Mệnh giá", "right"), Column("Số tờ", "right"), Column("Tiền", "right", 2)],
        rows=[
            [in_figures(value), str(num), in_figures(value * num)]
            for value, num in sorted(notes.items(), reverse=True)
        ],
        totals=["Cộng", str(sum(notes.values())), in_figures(total_of(notes))],
    )


async def print_sheet(conn: Conn, office_id: UUID, day: date, *, today: date) -> bytes:
    """Return the sheet of a day as PDF."""
    seen = await read_sheet(conn, office_id, day)
    letterhead = await network.get_letterhead(conn, office_id, today)
    seal = seen.seal
    paper = Sheet(
        letterhead=letterhead,
        title="Tờ quỹ ngày",
        subtitle=f"Ngày {day:%d/%m/%Y}",
        facts=[
            ("Tồn đầu ngày", in_figures(seen.opening_vnd)),
            ("Tồn cuối ngày", in_figures(seen.closing_vnd)),
        ],
        sections=[_movements(seen), *([_differences(seen)] if seen.differences else [])],
        in_words=in_words(max(0, seen.closing_vnd)),
        note="" if seal is None else _say_seal(seal),
        place_and_day=pdf.say_place_and_day(letterhead.office, today),
        signatures=[_sign(seen, 0, "Thủ quỹ"), _sign(seen, 1, "Kiểm soát viên")],
    )
    return await pdf.make_sheet(paper)


def _sign(seen: DaySheet, at: int, role: str) -> Signature:
    """Return a place to sign: with the ink of the screen, or room for a pen before the close."""
    if not seen.signs:
        return Signature(role)
    one = seen.signs[at]
    return Signature(role, one.name, "(Đã ký trên màn hình)", pdf.draw_ink(one.strokes))


def _say_seal(seal: SealSeen) -> str:
    line = f"Niêm phong sổ kỳ {seal.epoch}, số {seal.n}: {seal.root}"
    left = f"Còn {seal.num_unsealed} bút toán chưa niêm phong, hãy in lại sau ít phút."
    return f"{left} {line}" if seal.num_unsealed else line


def _name(code: str) -> str:
    return CODES.get(code) or CODES.get(code.split(".")[0], code)


def _movements(seen: DaySheet) -> Section:
    return Section(
        title="Phát sinh trong ngày",
        columns=[
            Column("Nội dung", width=3),
            Column("Số lần", "right"),
            Column("Thu vào", "right", 2),
            Column("Chi ra", "right", 2),
        ],
        rows=[
            [
                _name(one.code),
                str(one.num),
                in_figures(one.in_vnd) if one.in_vnd else "",
                in_figures(one.out_vnd) if one.out_vnd else "",
            ]
            for one in seen.movements
        ],
        totals=[
            "Cộng",
            str(sum(one.num for one in seen.movements)),
            in_figures(sum(one.in_vnd for one in seen.movements)),
            in_figures(sum(one.out_vnd for one in seen.movements)),
        ],
    )


def _differences(seen: DaySheet) -> Section:
    return Section(
        title="Chênh lệch",
        columns=[
            Column("Giờ"),
            Column("Kiểm đếm"),
            Column("Người chịu trách nhiệm", width=2),
            Column("Số tiền", "right"),
            Column("Lý do", width=3),
        ],
        rows=[
            [
                f"{one.at.astimezone(LOCAL):%H:%M}",
                SUBJECTS[one.subject],
                one.owner,
                ("Thiếu " if one.amount_vnd < 0 else "Thừa ") + in_figures(abs(one.amount_vnd)),
                one.reason,
            ]
            for one in seen.differences
        ],
    )
