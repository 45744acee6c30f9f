"""Decisions of payouts: what may be paid to whom and when, what becomes of a sum. Pure."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec

from backend.kit import papers
from backend.kit.clock import service_day
from backend.ledger import AMOUNT_VND_MAX
from backend.network import WorkingDays
from backend.payouts.model import (
    AlarmKind,
    ListState,
    Payment,
    Payout,
    PayoutList,
    PayoutState,
    ProxyRules,
    Settings,
    Sitting,
)

Verb = Literal["pay", "correct", "accept", "stop", "move", "carry", "give_back", "fail"]
PERIODS_BACK_MAX: Final = 24
"""Months by which a row may be in arrears."""

MOVES: Final[dict[tuple[PayoutState, Verb], PayoutState]] = {
    ("unpaid", "pay"): "paid",
    ("unpaid", "fail"): "unpaid",
    ("unpaid", "stop"): "stopped",
    ("unpaid", "move"): "moved",
    ("unpaid", "carry"): "carried",
    ("unpaid", "give_back"): "returned",
    ("paid", "correct"): "unpaid",
    # The agency stands by money that left before its word came.
    ("stopped", "accept"): "paid",
    ("moved", "accept"): "paid",
    ("unpaid", "accept"): "paid",
}
LIST_MOVES: Final[dict[ListState, tuple[ListState, ...]]] = {
    "draft": ("approved", "discarded"),
    "approved": ("closed",),
    "closed": (),
    "discarded": (),
}
WHY_NOT: Final[dict[PayoutState, str]] = {
    "paid": "already_paid",
    "carried": "payout_carried",
    "returned": "payout_returned",
    "stopped": "payout_stopped",
    "moved": "payout_moved",
}
ONE_DAY: Final = timedelta(days=1)
END_REASONS: Final = frozenset({"DECEASED", "MOVED", "REFUSED"})
"""After these nobody goes there again; the agency decides what becomes of the money."""


TOLD_DECEASED: Final = "DECEASED"
"""A courier's word, which only the agency can take back (or the courier, as a mistake)."""


def may(state: PayoutState, verb: Verb) -> PayoutState | None:
    """Return what a payout becomes by a verb, or None where the verb may not."""
    return MOVES.get((state, verb))


def business_key(period: str, reference: str, person_key: str, generation: int) -> str:
    """Return under what a sum is paid once in the whole country (L7)."""
    parts = [period, *([reference] if reference else []), person_key]
    return ":".join(parts + ([f"g{generation}"] if generation > 1 else []))


def numbered_key(list_id: UUID, n: int) -> str:
    """Return under what a list's money moves once: its id, and the number of a further part."""
    return str(list_id) if n == 1 else f"{list_id}:{n}"


def parts_of(amount_vnd: int) -> list[int]:
    """Return an amount as the fewest transfers that the ledger takes (L1)."""
    whole, rest = divmod(amount_vnd, AMOUNT_VND_MAX)
    return [AMOUNT_VND_MAX] * whole + ([rest] if rest else [])


def fee_of(settings: Settings, *, num_paid: int, paid_vnd: int) -> int:
    """Return what an agency owes for so many sums paid, whole đồng, the rest of one let go."""
    return num_paid * settings.fee_vnd + paid_vnd * settings.fee_bp // 10_000


def add_months(day: date, months: int) -> date:
    """Return the day so many months later, or that month's last day where it has none such."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def first_day(period: str) -> date:
    """Return the first day of a period."""
    return date(int(period[:4]), int(period[5:]), 1)


def next_period(period: str) -> str:
    """Return the month after a period."""
    return add_months(first_day(period), 1).isoformat()[:7]


class Days(msgspec.Struct, frozen=True):
    """The days of a list's calendar."""

    list_before: date
    commune_from: date
    commune_to: date
    office_from: date
    office_to: date
    back_before: date


def days_of(settings: Settings, period: str) -> Days | None:
    """Return the days by which a list's things are done; None for schemes without a calendar."""
    calendar = settings.calendar
    if calendar is None:
        return None
    first = first_day(period)

    def on(day: int, month: date = first) -> date:
        return month.replace(day=min(day, monthrange(month.year, month.month)[1]))

    return Days(
        list_before=on(calendar.list_before_day, add_months(first, -1)),
        commune_from=on(calendar.commune_days[0]),
        commune_to=on(calendar.commune_days[1]),
        office_from=on(calendar.office_days[0]),
        office_to=on(calendar.office_days[1]),
        back_before=on(calendar.back_before_day),
    )


def pay_days(
    settings: Settings, batch: PayoutList, *, is_point: bool, today: date, end: date
) -> tuple[date, date]:
    """Return the first and last day on which what is unpaid is expected to be paid, from today on.

    At pay points on the commune's days, then with the counter's on the office's; what is late may
    come on any day up to `end`. A list without a calendar is paid until it ends.
    """
    days = days_of(settings, batch.period)
    if days is None:
        first, last = batch.due_on or today, batch.pay_until or end
    elif is_point and days.commune_to >= today:
        first, last = days.commune_from, days.commune_to
    else:
        first, last = days.office_from, days.office_to
    return max(first, today), last if last >= today else max(end, today)


def working_between(working: WorkingDays, first: date, last: date) -> list[date]:
    """Return the working days from `first` to `last`; `first` alone where there are none."""
    length = max(0, (last - first).days)
    days = [first + n * ONE_DAY for n in range(length + 1)]
    return [day for day in days if working.is_working_day(day)] or [first]


def spread(days: Sequence[date], num: int, amount_vnd: int) -> list[tuple[date, int, int]]:
    """Return payments and đồng of each day, as even as whole ones are; the first days have more."""

    def share(whole: int, nth: int) -> int:
        return whole // len(days) + (nth < whole % len(days))

    return [(day, share(num, nth), share(amount_vnd, nth)) for nth, day in enumerate(days)]


class Watch(msgspec.Struct, frozen=True):
    """One thing that the calendar asks of a list, and from when on it is asked aloud."""

    kind: AlarmKind
    period: str
    """The list's own month, or the one whose list is missing."""
    due_on: date
    """The last working day on which it is still in time."""
    warn_from: date
    until: date | None = None
    """After this day nothing can be done about it any more; None until it is done."""

    def is_told(self, today: date) -> bool:
        """Return whether it is near or late."""
        return self.warn_from <= today and (self.until is None or today <= self.until)

    def is_late(self, today: date) -> bool:
        """Return whether its last day has passed."""
        return today > self.due_on


def watches(
    settings: Settings, period: str, second_period: str | None, working: WorkingDays
) -> list[Watch]:
    """Return what the calendar asks of a list; nothing of schemes without one.

    A last day that nobody works on is the working day before it; "before the 25th" is the 24th.
    """
    calendar = settings.calendar
    after = next_period(second_period or period)
    days, days_after = days_of(settings, period), days_of(settings, after)
    if calendar is None or days is None or days_after is None:
        return []

    def watch(kind: AlarmKind, of: str, last: date, warn_days: int, until: date | None) -> Watch:
        due_on = working.back(last, 0)
        return Watch(kind, of, due_on, working.back(due_on, warn_days), until)

    in_on = days.list_before - ONE_DAY
    ends = add_months(first_day(after), 1) - ONE_DAY
    return [
        watch("money_missing", period, in_on, calendar.list_warn_days, None),
        watch("approval_missing", period, in_on, calendar.list_warn_days, None),
        watch(
            "commune_unpaid", period, days.commune_to, calendar.commune_warn_days, days.commune_to
        ),
        watch("not_settled", period, days.back_before - ONE_DAY, calendar.back_warn_days, None),
        watch(
            "list_missing", after, days_after.list_before - ONE_DAY, calendar.list_warn_days, ends
        ),
    ]


def is_late_in(days: Days, batch: PayoutList) -> bool:
    """Return whether a list came on or after the day before which it should have been in."""
    return service_day(batch.made_at) >= days.list_before


def wanted_on(settings: Settings, batch: PayoutList, today: date) -> date:
    """Return the first day on which a home payout of a list is due at its door."""
    days = days_of(settings, batch.period)
    first = batch.due_on if days is None else days.commune_from
    return today if first is None else max(today, first)


def pay_until(settings: Settings, due_on: date | None) -> date | None:
    """Return the last day a campaign pays, or None for no end."""
    if due_on is None or settings.late_days is None:
        return None
    return due_on + timedelta(days=settings.late_days)


def check_periods(settings: Settings, period: str, second: str | None) -> str | None:
    """Return why two periods may not stand in one list, or None (Tết, domain 4.1)."""
    if second is None:
        return None
    merged = settings.calendar.merged_months if settings.calendar else None
    if merged is None:
        return "periods_not_merged"
    if second != next_period(period) or int(period[5:]) != merged[0]:
        return "periods_not_merged"
    return None


def is_period_allowed(period: str, first: str, second: str | None) -> bool:
    """Return whether a row's month may stand in a list: its own, the merged one, arrears."""
    if period in (first, second):
        return True
    oldest = add_months(first_day(first), -PERIODS_BACK_MAX)
    return oldest <= first_day(period) < first_day(first)


def judge_proxy_dates(rules: ProxyRules, first: date, last: date) -> str | None:
    """Return what is wrong with an authorisation's span, or None: at most so many months."""
    if last < first:
        return "proxy_dates_swapped"
    if last > add_months(first, rules.months_max):
        return "proxy_too_long"
    return None


def judge_proxy(payout: Payout, payment: Payment, rules: ProxyRules, day: date) -> str | None:
    """Return why this proxy may not take the money on this day, or None."""
    if payment.proxy is None:
        return None
    if payout.last_reason == TOLD_DECEASED:  # a power to act for somebody ends with their life
        return "payee_told_deceased"
    if not rules.is_allowed:
        return "proxy_not_allowed"
    if payout.proxy_name == "" or payout.proxy_from is None or payout.proxy_to is None:
        return "proxy_unknown"
    is_certified = payout.proxy_is_certified and payment.proxy.authority == "certified"
    if rules.must_be_certified and not is_certified:
        return "proxy_not_certified"
    if day < payout.proxy_from:
        return "proxy_too_early"
    if day > payout.proxy_to:
        return "proxy_expired"
    return judge_proxy_dates(rules, payout.proxy_from, payout.proxy_to)


def is_proxy_ending(payout: Payout, rules: ProxyRules, day: date) -> bool:
    """Return whether an authorisation ends within the days in which one warns."""
    if payout.proxy_to is None:
        return False
    return day <= payout.proxy_to <= day + timedelta(days=rules.warn_days)


def judge_identity(payout: Payout, payment: Payment, methods: Sequence[str]) -> str | None:
    """Return why the paper seen does not name who may take the money, or None."""
    seen = payment.identity
    if seen.method not in methods:
        return "identity_not_seen"
    is_proxy = payment.proxy is not None
    verdict = papers.judge_end(
        seen.method,
        seen.last4,
        kind=payout.proxy_kind if is_proxy else payout.id_kind,
        known_end=payout.proxy_last4 if is_proxy else payout.id_last4,
    )
    # A paper with another number than the list's is told by its name and picture (domain 1.2).
    reasons = {"not_seen": "identity_not_seen", "differs": "identity_differs"}
    return reasons.get(verdict)


def judge_state(payout: Payout, list_state: ListState) -> str | None:
    """Return why the sum is not to be paid at all, or None."""
    if list_state in ("draft", "discarded"):
        return "list_not_approved"
    if payout.state == "stopped" and payout.state_reason == "deceased":
        return "payee_deceased"
    return WHY_NOT.get(payout.state)


def judge(
    payout: Payout,
    batch: PayoutList,
    settings: Settings,
    payment: Payment,
    *,
    day: date,
    sitting: Sitting | None = None,
    lease_problem: str | None = None,
) -> str | None:
    """Return why money given may not count as this payout, or None: the first of all reasons."""
    reasons = (
        judge_state(payout, batch.state),
        "amount_differs" if payment.amount_vnd != payout.amount_vnd else None,
        lease_problem,
        "payout_late" if batch.pay_until is not None and day > batch.pay_until else None,
        judge_proxy(payout, payment, settings.proxy, day),
        judge_identity(payout, payment, settings.evidence.methods),
        _judge_proof(settings, payment),
        _judge_sitting(payout, batch, settings, payment, sitting, day),
    )
    return next((reason for reason in reasons if reason is not None), None)


def _judge_proof(settings: Settings, payment: Payment) -> str | None:
    is_short = payment.num_photos < settings.evidence.num_photos
    is_unsigned = settings.evidence.needs_signature and not payment.has_signature
    return "payment_proof_missing" if is_short or is_unsigned else None


def _judge_sitting(
    payout: Payout,
    batch: PayoutList,
    settings: Settings,
    payment: Payment,
    sitting: Sitting | None,
    day: date,
) -> str | None:
    if payment.place != "sitting":
        needs = settings.supervision == "required" and payout.how == "pay_point"
        return "sitting_needed" if needs and payment.place == "counter" else None
    if sitting is None or sitting.partner_id != batch.partner_id or sitting.held_on != day:
        return "sitting_needed"
    if sitting.closed_at is not None:
        return "sitting_closed"
    if settings.supervision == "required" and not sitting.supervisor:
        return "supervisor_needed"
    return None
