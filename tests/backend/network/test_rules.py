"""Working days as the calendar has them, and which pin counts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.network.law import CALENDAR, RULES
from backend.network.model import CalendarDay, DeliveryPoint
from backend.network.rules import WorkingDays, may_move_pin

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LAW = WorkingDays(CALENDAR)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 23), True),  # a Monday
        (date(2026, 11, 24), False),  # Vietnam Culture Day, a Tuesday, off since 2026
        (date(2026, 11, 28), False),  # a Saturday
        (date(2026, 9, 2), False),
        (date(2026, 4, 27), False),  # in lieu of a Sunday
        (date(2027, 2, 5), False),  # the eve of Tết
        (date(2027, 2, 11), False),  # in lieu, the last of the run
        (date(2027, 2, 12), True),
        (date(2027, 5, 3), False),  # in lieu of a Saturday
        (date(2028, 1, 25), False),
    ],
)
def test_is_working_day_by_the_calendar(day: date, expected: bool) -> None:
    """Tests that weekends, holidays and days in lieu are off, and other days are not."""
    assert LAW.is_working_day(day) is expected


@pytest.mark.parametrize(
    ("day", "num_days", "expected"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 24), 0, date(2026, 11, 25)),  # from a holiday, the first day after
        (date(2026, 11, 23), 1, date(2026, 11, 25)),  # over the holiday
        (date(2026, 11, 23), 2, date(2026, 11, 26)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # over a weekend
        (date(2027, 2, 4), 2, date(2027, 2, 15)),  # over Tết
    ],
)
def test_add_counts_working_days_only(day: date, num_days: int, expected: date) -> None:
    """Tests that J+n steps over days off, and counting back gives n again."""
    assert LAW.add(day, num_days) == expected
    if num_days:
        assert LAW.count_between(day, expected) == num_days


@pytest.mark.parametrize(
    ("day", "num_days", "expected"),
    [
        (date(2026, 11, 24), 0, date(2026, 11, 23)),  # from a holiday, the last day before
        (date(2026, 11, 29), 0, date(2026, 11, 27)),  # from a Sunday
        (date(2026, 11, 25), 1, date(2026, 11, 23)),  # over the holiday
        (date(2027, 2, 12), 1, date(2027, 2, 4)),  # over Tết
        (date(2027, 3, 1), 2, date(2027, 2, 25)),  # over a weekend, into February
    ],
)
def test_back_counts_working_days_only(day: date, num_days: int, expected: date) -> None:
    """Tests that days before a deadline are counted over days off, and from them."""
    assert LAW.back(day, num_days) == expected


def test_swapped_weekend_is_worked() -> None:
    """Tests that a Saturday worked in exchange counts, and only it."""
    swapped = WorkingDays([CalendarDay(date(2026, 11, 28), "swap_work", "Làm bù", "Swap", "x")])
    assert swapped.is_working_day(date(2026, 11, 28))
    assert not swapped.is_working_day(date(2026, 11, 29))


def test_add_fails_on_a_calendar_without_working_days() -> None:
    """Tests that a broken calendar ends in a failure and not in an endless search."""
    first = date(2026, 11, 1)
    days = [CalendarDay(first + timedelta(days=n), "holiday", "x", "x", "x") for n in range(120)]
    with pytest.raises(AssertionError):
        WorkingDays(days).add(first, 1)


def test_law_names_its_sources() -> None:
    """Tests that each day and rule says where it comes from, and no two collide."""
    assert all(entry.source for entry in (*CALENDAR, *RULES))
    assert len({day.on_day for day in CALENDAR}) == len(CALENDAR)
    assert len({(rule.name, rule.valid_from) for rule in RULES}) == len(RULES)


def make_point(**changes: Any) -> DeliveryPoint:
    fields = {
        "office_id": UUID(int=1),
        "id": UUID(int=2),
        "address_text": "Số 1",
        "search_key": "so 1",
        "commune_code": "09187",
        "resolved_by": "name",
        "lat": 21.19,
        "lon": 106.06,
        "pin": "street",
        "pin_by": None,
        "pin_at": AT,
        "note": "",
        "is_demo": False,
    }
    return DeliveryPoint(**(fields | changes))


@pytest.mark.parametrize(
    ("standing", "new", "minutes", "expected"),
    [
        ("none", "commune", 0, True),
        ("street", "commune", 60, False),  # less sure, however late
        ("street", "door", -60, True),  # surer, though older
        ("door", "street", 60, False),
        ("door", "door", 1, True),  # two who stood there: the later
        ("door", "door", -1, False),  # heard of late, stood there before
    ],
)
def test_may_move_pin_by_rank_then_time(
    standing: Any, new: Any, minutes: int, expected: bool
) -> None:
    """Tests that a surer pin wins, and of two equal ones that of the later visit."""
    point = make_point(pin=standing)
    assert may_move_pin(point, pin=new, at=AT + timedelta(minutes=minutes)) is expected
