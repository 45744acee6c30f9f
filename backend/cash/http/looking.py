"""Behind the figures over HTTP: lines, both sides of a count, a day's sheet, and live news."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec
from litestar import Controller, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import ServerSentEvent

from backend import ledger
from backend.cash import rules, sheets, store
from backend.cash.actions.handovers import desk_topic
from backend.cash.http.desk import READ, HandoverRow, Office, row_of
from backend.cash.model import Count, Reveal, Side
from backend.cash.sheets import DaySheet
from backend.house import House
from backend.identity import Actor, desk_office
from backend.kit import stream
from backend.kit.clock import service_day
from backend.kit.errors import NotFound
from backend.kit.http import REPORTS
from backend.kit.sql import Conn
from backend.ledger import Account, Line

SETTLED = ("single", "post")
"""Phases that move money; `pending` and `void` only reserve and let go."""
NUM_LINES_MAX = 2_000
PDF = "application/pdf"


class CashLine(msgspec.Struct, frozen=True, kw_only=True):
    """One transfer as an account sees it: what came in is positive."""

    id: UUID
    code: str
    phase: str
    amount_vnd: int
    after_vnd: int
    """The balance behind it; reservations change none."""
    occurred_at: datetime
    posted_at: datetime
    posted_on: date
    made_by: str | None
    approved_by: str | None
    reason: str


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """An account's balance now, and the transfers of a day between its two ends."""

    balance_vnd: int
    free_vnd: int
    opening_vnd: int
    closing_vnd: int
    is_whole: bool
    lines: list[CashLine]


class SideSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a count, shown when both are there."""

    side: Side
    counted_by: str | None
    at: datetime
    total_vnd: int
    notes: dict[str, int]


class CountState(msgspec.Struct, frozen=True, kw_only=True):
    """How a count of two stands: nothing of it is told before both have counted."""

    sides: list[Side]
    """Who has counted."""
    counts: list[SideSeen]
    expected_vnd: int | None
    difference_vnd: int | None
    """None while one is missing, or while both do not agree."""


class ShiftSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A courier's shift with the office's cash, and what still keeps it open."""

    id: UUID
    courier_id: UUID
    courier: str | None
    state: Literal["open", "counted", "verified", "closed"]
    opened_at: datetime
    num_unsent: int
    num_held: int
    num_leases: int
    num_waiting: int
    """Hand-overs not answered yet."""
    count: CountState


class HandoverSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A hand-over with the notes that each side counted."""

    handover: HandoverRow
    counts: list[SideSeen]


class DaySeen(msgspec.Struct, frozen=True, kw_only=True):
    """The counter's day and how its count stands."""

    day: date
    state: Literal["counted", "verified", "closed"] | None
    num_shifts_open: int
    cashier_id: UUID | None
    """Who counted for the cashier's side, known when both have counted."""
    cashier: str | None
    has_moved: bool
    """The drawer's books changed since both counted: it is counted again by both."""
    count: CountState


async def _read_lines(conn: Conn, account: Account, day: date) -> Lines:
    balance = await ledger.find_balance(conn, account)
    opening_vnd = await sheets.find_opening(conn, account, day)
    found = await ledger.list_lines(conn, account, day, day, limit=NUM_LINES_MAX + 1)
    people = {one for line in found for one in (line.created_by, line.approved_by) if one}
    names = await store.list_names(conn, account.office_id, sorted(people))
    after_vnd = opening_vnd
    lines = []
    for line in found[:NUM_LINES_MAX]:
        amount_vnd = line.amount_vnd if line.debit_id == account.id else -line.amount_vnd
        after_vnd += amount_vnd if line.phase in SETTLED else 0
        lines.append(_line(line, amount_vnd, after_vnd, names))
    sums = await ledger.sum_codes(conn, account, day, day)
    moved = sum((one.in_vnd or 0) - (one.out_vnd or 0) for one in sums)
    return Lines(
        balance_vnd=balance.amount_vnd,
        free_vnd=balance.free_vnd,
        opening_vnd=opening_vnd,
        closing_vnd=opening_vnd + moved,
        is_whole=len(found) <= NUM_LINES_MAX,
        lines=lines,
    )


def _line(line: Line, amount_vnd: int, after_vnd: int, names: dict[UUID, str]) -> CashLine:
    return CashLine(
        id=line.id,
        code=line.code,
        phase=line.phase,
        amount_vnd=amount_vnd,
        after_vnd=after_vnd,
        occurred_at=line.occurred_at,
        posted_at=line.posted_at,
        posted_on=line.posted_on,
        made_by=names.get(line.created_by),
        approved_by=names.get(line.approved_by) if line.approved_by else None,
        reason=line.reason,
    )


def _newest(counts: Sequence[Count], sides: Sequence[Side]) -> list[Count]:
    """Return the newest count of each side; `counts` hold the newest of each first."""
    found = (next((one for one in counts if one.side == side), None) for side in sides)
    return [one for one in found if one is not None]


def _side(count: Count, names: dict[UUID, str]) -> SideSeen:
    return SideSeen(
        side=count.side,
        counted_by=names.get(count.by_id),
        at=count.at,
        total_vnd=count.total_vnd,
        notes={str(value): num for value, num in count.notes.items()},
    )


async def _count_state(
    conn: Conn, office_id: UUID, counts: Sequence[Count], first: Side, second: Side
) -> CountState:
    newest = _newest(counts, (first, second))
    sides = [one.side for one in newest]
    if len(newest) < 2:
        return CountState(sides=sides, counts=[], expected_vnd=None, difference_vnd=None)
    names = await store.list_names(conn, office_id, [one.by_id for one in newest])
    seen: Reveal = rules.reveal(newest, first, second)
    return CountState(
        sides=sides,
        counts=[_side(one, names) for one in newest],
        expected_vnd=seen.expected_vnd,
        difference_vnd=seen.difference_vnd,
    )


async def _read_day(conn: Conn, office_id: UUID, day: date) -> DaySeen:
    found = await store.lock_drawer_day(conn, office_id, day)
    counts = [] if found is None else await store.list_counts(conn, office_id, "drawer", found[0])
    count = await _count_state(conn, office_id, counts, "cashier", "controller")
    is_complete = bool(count.counts)
    drawer = await ledger.find_balance(conn, Account(office_id, "drawer"))
    return DaySeen(
        day=day,
        state=found and found[1],  # type: ignore[arg-type]
        num_shifts_open=len(await store.list_open_shifts(conn, office_id)),
        cashier_id=next(c.by_id for c in counts if c.side == "cashier") if is_complete else None,
        cashier=count.counts[0].counted_by if is_complete else None,
        has_moved=found is not None
        and found[1] != "closed"
        and is_complete
        and rules.has_drawer_moved(counts, found[1], balance_vnd=drawer.amount_vnd),
        count=count,
    )


class LookingController(Controller):
    """What stands behind the figures of the cashier's desk."""

    path = "/api/cash/v1"
    tags = ("cash",)

    @get("/live", operation_id="cash_follow", opt=READ)
    async def follow(
        self, state: State, actor: NamedDependency[Actor], office: Office = None
    ) -> ServerSentEvent:
        """Say `cash` whenever there is something new to read."""
        house: House = state.house
        topics = {"cash": desk_topic(desk_office(actor, office))}
        return ServerSentEvent(stream.follow(house.hub, topics))

    @get("/drawer/lines", operation_id="cash_list_drawer", opt=READ)
    async def drawer_lines(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        day: FromQuery[date | None] = None,
        office: Office = None,
    ) -> Lines:
        """Return the drawer's balance and the transfers of a day."""
        account = Account(desk_office(actor, office), "drawer")
        return await _read_lines(conn, account, day or service_day(now))

    @get("/hands/{courier_id:uuid}/lines", operation_id="cash_list_hand", opt=READ)
    async def hand_lines(
        self,
        courier_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        day: FromQuery[date | None] = None,
        office: Office = None,
    ) -> Lines:
        """Return a courier's balance and the transfers of a day. 404 for people of elsewhere."""
        office_id = desk_office(actor, office)
        if not await store.list_names(conn, office_id, [courier_id]):
            raise NotFound
        account = Account(office_id, "hand", courier_id)
        return await _read_lines(conn, account, day or service_day(now))

    @get("/handovers/{handover_id:uuid}", operation_id="cash_get_handover", opt=READ)
    async def handover(
        self,
        handover_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: Office = None,
    ) -> HandoverSeen:
        """Return a hand-over with the notes counted, as its slip prints them."""
        office_id = desk_office(actor, office)
        one = await store.lock_handover(conn, office_id, handover_id)
        if one is None:
            raise NotFound
        is_return = one.kind == "float.return" and one.shift_id is not None
        subject_id = one.shift_id if is_return and one.shift_id else one.id
        found = await store.list_counts(
            conn, office_id, "shift" if is_return else "handover", subject_id
        )
        counts = _newest(found, ("cashier", "courier"))
        people = {one.giver_id, one.taker_id, one.made_by, one.approved_by}
        people |= {count.by_id for count in counts}
        names = await store.list_names(conn, office_id, sorted(id for id in people if id))
        return HandoverSeen(
            handover=row_of(one, names), counts=[_side(count, names) for count in counts]
        )

    @get("/shifts/{shift_id:uuid}", operation_id="cash_get_shift", opt=READ)
    async def shift(
        self,
        shift_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: Office = None,
    ) -> ShiftSeen:
        """Return a shift; its counts and what is expected only when both sides have counted."""
        office_id = desk_office(actor, office)
        shift = await store.lock_shift(conn, office_id, shift_id)
        if shift is None:
            raise NotFound
        counts = await store.list_counts(conn, office_id, "shift", shift.id)
        names = await store.list_names(conn, office_id, [shift.courier_id])
        waiting = await store.list_open_of(conn, office_id, shift.courier_id)
        return ShiftSeen(
            id=shift.id,
            courier_id=shift.courier_id,
            courier=names.get(shift.courier_id),
            state=shift.state,
            opened_at=shift.opened_at,
            num_unsent=max(0, shift.head - shift.ack),
            num_held=shift.num_held,
            num_leases=shift.num_leases,
            num_waiting=len(waiting),
            count=await _count_state(conn, office_id, counts, "cashier", "courier"),
        )

    @get("/days", operation_id="cash_get_day", opt=READ)
    async def day(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        day: FromQuery[date],
        office: Office = None,
    ) -> DaySeen:
        """Return how the counter's day stands; counts only when both have counted."""
        return await _read_day(conn, desk_office(actor, office), day)

    @get("/days/figures", operation_id="cash_get_figures", opt=READ)
    async def figures(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        day: FromQuery[date],
        office: Office = None,
    ) -> DaySheet:
        """Return the figures of a day's sheet."""
        return await sheets.read_sheet(conn, desk_office(actor, office), day)

    @get("/days/sheet", operation_id="cash_print_sheet", opt=READ | REPORTS, media_type=PDF)
    async def print_sheet(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        day: FromQuery[date],
        office: Office = None,
    ) -> Response[bytes]:
        """Return the sheet of a day to sign, as PDF."""
        paper = await sheets.print_sheet(
            conn, desk_office(actor, office), day, today=service_day(now)
        )
        headers = {"content-disposition": f'inline; filename="to-quy-{day.isoformat()}.pdf"'}
        return Response(paper, media_type=PDF, headers=headers)
