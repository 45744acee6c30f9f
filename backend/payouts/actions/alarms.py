"""Alarms of the calendar: raised once before a list's day and once after, told while true."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

import msgspec

from backend import network
from backend.kit import live
from backend.kit.clock import service_day
from backend.kit.sql import Conn
from backend.payouts import rules, store
from backend.payouts.model import AlarmKind, Scheme, SchemeCode, payout_topic
from backend.payouts.rows import Raised, Wanting, Watched
from backend.payouts.rules import Watch
from backend.payouts.store import queries

MONTHS_BACK = 2
"""A list so old does not tell that the next one is missing; two for the merged one of Tết."""

Wants = dict[tuple[UUID, UUID, AlarmKind], Watch]
"""What is near or late, by office, list and kind."""


class ListAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """What a list lacks on a day that is near or has passed."""

    kind: AlarmKind
    list_id: UUID
    """Of `list_missing`, the list after which another one is due."""
    partner_id: UUID
    number: int
    scheme: str
    scheme_name: str
    scheme_name_en: str
    period: str
    """Of `list_missing`, the month whose list is missing."""
    reference: str
    due_on: date
    """The last working day on which it is still in time."""
    is_late: bool
    num: int
    """People not paid yet; of `money_missing` and `approval_missing`, rows of the draft."""
    amount_vnd: int
    """Money not paid yet, or still missing."""
    raised_at: datetime


async def raise_alarms(conn: Conn, *, now: datetime) -> int:
    """Raise the alarms of all offices in sight for a day; return how many are new.

    Each list has each alarm once when its day is near, and once more when it has passed.
    """
    today = service_day(now)
    watched = await queries.list(conn, "list_watched", Watched, since=_since(today))
    raised = {(one.office_id, one.id): set(one.raised) for one in watched}
    wants = await _find_wants(conn, ((one.office_id, one.id, one) for one in watched), today=today)
    new: Wants = {
        (office_id, list_id, kind): watch
        for (office_id, list_id, kind), watch in wants.items()
        if (f"{kind}:late" if watch.is_late(today) else kind) not in raised[office_id, list_id]
    }
    found = await _list_wanting(conn, new)
    if not found:
        return 0
    dues = [new[one.office_id, one.list_id, one.kind] for one in found]
    offices: list[UUID] = await queries.list(
        conn,
        "add_alarms",
        lambda id: id,
        office_ids=[one.office_id for one in found],
        list_ids=[one.list_id for one in found],
        kinds=[one.kind for one in found],
        lates=[watch.is_late(today) for watch in dues],
        dues=[watch.due_on for watch in dues],
        at=now,
    )
    for office_id in sorted(set(offices)):
        await live.publish(conn, payout_topic(office_id))
    return len(offices)


async def list_alarms(
    conn: Conn, office_id: UUID, partner_id: UUID | None = None, *, now: datetime
) -> list[ListAlarm]:
    """Return the alarms that were raised and still hold, the first day first."""
    today = service_day(now)
    raised = await queries.list(
        conn,
        "list_raised",
        Raised,
        office_id=office_id,
        partner_id=partner_id,
        since=_since(today),
    )
    by_key = {(one.office_id, one.list_id, one.kind): one for one in raised}
    wants = await _find_wants(
        conn, ((one.office_id, one.list_id, one) for one in raised), today=today
    )
    told: Wants = {key: watch for key, watch in wants.items() if key in by_key}
    schemes = {(one.code, one.valid_from): one for one in await store.list_schemes(conn)}
    alarms = [
        _alarm(by_key[key], told[key], one, schemes, today=today)
        for one in await _list_wanting(conn, told)
        for key in [(one.office_id, one.list_id, one.kind)]
    ]
    return sorted(alarms, key=lambda one: (one.due_on, one.scheme, one.number, one.kind))


def _since(today: date) -> str:
    return rules.add_months(today.replace(day=1), -MONTHS_BACK).isoformat()[:7]


async def _find_wants(
    conn: Conn, lists: Iterable[tuple[UUID, UUID, Watched | Raised]], *, today: date
) -> Wants:
    """Return what the calendar asks aloud of lists on a day, whether it is done or not."""
    found = list(lists)
    if not found:
        return {}
    schemes = {(one.code, one.valid_from): one for one in await store.list_schemes(conn)}
    periods = sorted({one.period for _, _, one in found})
    first = rules.add_months(rules.first_day(periods[0]), -1)
    last = rules.add_months(rules.first_day(periods[-1]), MONTHS_BACK + 1)
    working = await network.get_working_days(conn, first, last)
    wants: Wants = {}
    for office_id, list_id, one in found:
        settings = schemes[one.scheme, one.scheme_from].settings
        for watch in rules.watches(settings, one.period, one.second_period, working):
            if watch.is_told(today):
                wants[office_id, list_id, watch.kind] = watch
    return wants


async def _list_wanting(conn: Conn, wants: Wants) -> list[Wanting]:
    if not wants:
        return []
    return await queries.list(
        conn,
        "list_wanting",
        Wanting,
        office_ids=[office_id for office_id, _, _ in wants],
        list_ids=[list_id for _, list_id, _ in wants],
        kinds=[kind for _, _, kind in wants],
    )


def _alarm(
    raised: Raised,
    watch: Watch,
    wanting: Wanting,
    schemes: Mapping[tuple[SchemeCode, date], Scheme],
    *,
    today: date,
) -> ListAlarm:
    scheme = schemes[raised.scheme, raised.scheme_from]
    return ListAlarm(
        kind=raised.kind,
        list_id=raised.list_id,
        partner_id=raised.partner_id,
        number=raised.number,
        scheme=raised.scheme,
        scheme_name=scheme.name,
        scheme_name_en=scheme.name_en,
        period=watch.period,
        reference=raised.reference,
        due_on=watch.due_on,
        is_late=watch.is_late(today),
        num=wanting.num,
        amount_vnd=wanting.amount_vnd,
        raised_at=raised.raised_at,
    )
