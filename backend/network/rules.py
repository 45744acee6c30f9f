"""Decisions about days and pins: pure, no database, no clock."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from backend.network.model import PIN_RANK, CalendarDay, DeliveryPoint, Pin

# Agencies work Monday to Friday (Decision 188/1999/QĐ-TTg); the law's terms count these days.
WEEKEND = (5, 6)
# Any run of days off is far shorter; a longer search means a broken calendar.
DAYS_OFF_MAX = 60


class WorkingDays:
    """Tells working days from days off, by a calendar that is data."""

    def __init__(self, days: Iterable[CalendarDay]) -> None:
        by_kind: dict[str, set[date]] = {"holiday": set(), "swap_work": set()}
        for day in days:
            by_kind[day.kind].add(day.on_day)
        self._holidays = frozenset(by_kind["holiday"])
        self._swapped = frozenset(by_kind["swap_work"])

    def is_working_day(self, day: date) -> bool:
        """Return whether the law counts `day`."""
        if day in self._swapped:
            return True
        return day.weekday() not in WEEKEND and day not in self._holidays

    def add(self, day: date, num_days: int) -> date:
        """Return the day `num_days` working days after `day`; the day itself is not counted.

        With 0, the first working day that is not before `day`.
        """
        assert num_days >= 0
        if num_days == 0:
            return self._first_from(day)
        for _ in range(num_days):
            day = self._first_from(day + timedelta(days=1))
        return day

    def back(self, day: date, num_days: int) -> date:
        """Return the day `num_days` working days before `day`; the day itself is not counted.

        With 0, the last working day that is not after `day`.
        """
        assert num_days >= 0
        if num_days == 0:
            return self._last_until(day)
        for _ in range(num_days):
            day = self._last_until(day - timedelta(days=1))
        return day

    def count_between(self, first: date, last: date) -> int:
        """Return how many working days lie after `first`, up to and with `last`."""
        length = (last - first).days
        return sum(self.is_working_day(first + timedelta(days=n)) for n in range(1, length + 1))

    def _first_from(self, day: date) -> date:
        for n in range(DAYS_OFF_MAX):
            candidate = day + timedelta(days=n)
            if self.is_working_day(candidate):
                return candidate
        raise AssertionError(f"no working day within {DAYS_OFF_MAX} days of {day}")

    def _last_until(self, day: date) -> date:
        for n in range(DAYS_OFF_MAX):
            candidate = day - timedelta(days=n)
            if self.is_working_day(candidate):
                return candidate
        raise AssertionError(f"no working day within {DAYS_OFF_MAX} days before {day}")


def may_move_pin(point: DeliveryPoint, *, pin: Pin, at: datetime) -> bool:
    """Return whether a new pin takes the place of the one that stands.

    A surer pin wins over a less sure one; of two equally sure ones the later, by when somebody
    stood there and not by when we heard of it.
    """
    if PIN_RANK[pin] != PIN_RANK[point.pin]:
        return PIN_RANK[pin] > PIN_RANK[point.pin]
    return point.pin_at is None or at >= point.pin_at
