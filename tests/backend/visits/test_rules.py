"""Tests of what stage a citizen is told, and what the privacy budget lets through."""

from datetime import timedelta
from uuid import UUID

import pytest

from backend.dispatch import PlaceInRound
from backend.notifications import narrow
from backend.visits.rules import NO_CODE, first_name, is_forgotten, read_code, show
from backend.visits.rules import stage_without_round as stage_of
from tests.backend.desk import MORNING, TODAY

WITHOUT_ROUND = [
    ("S1", "booked", 0, "booked"),
    ("S1", "booked", 1, "failed"),
    ("S1", "accepted", 1, "accepted"),  # an earlier failure is over
    ("S1", "at_office", 1, "at_office"),
    ("S1", "handed_to_agency", 2, "handed_to_agency"),
    ("S1", "cancelled", 0, "cancelled"),
    ("S1", "refused", 0, "refused"),
    ("S2", "at_office", 0, "at_office"),
    ("S2", "at_office", 1, "failed"),
    ("S2", "out", 0, "on_the_way"),
    ("S2", "out", 1, "failed"),  # still in the courier's bag
    ("S2", "delivered", 1, "delivered"),
    ("S2", "returning", 2, "returning"),
    ("S2", "returned_to_agency", 2, "returned_to_agency"),
    ("S2", "frozen", 0, "on_hold"),
    ("S2", "a state of tomorrow", 0, "on_hold"),
]


@pytest.mark.parametrize(("service", "state", "num_attempts", "stage"), WITHOUT_ROUND)
def test_stage_without_round(service: str, state: str, num_attempts: int, stage: str) -> None:
    """Tests that each state reads as what it means to the citizen."""
    assert stage_of(service, state, num_attempts) == stage


BUDGET = [
    ("published", 0, ("planned", None, False)),  # nobody has left, whoever is first
    ("open", 6, ("on_the_way", None, False)),  # one visit too far
    ("open", 5, ("near", 5, True)),
    ("open", 0, ("near", 0, True)),
]


@pytest.mark.parametrize(("state", "num_before", "expected"), BUDGET)
def test_budget(state: str, num_before: int, expected: tuple[object, ...]) -> None:
    """Tests that number and courier show from five visits away, and only once the round is out."""
    place = PlaceInRound(
        UUID(int=1),
        UUID(int=2),
        UUID(int=3),
        state,
        "open",
        MORNING,
        None,
        None,
        num_before,
        0,
        TODAY,
    )

    shown = show(place, 5)

    assert (shown.stage, shown.stops_away, shown.is_courier_shown) == expected


CODES = [
    ("LD000000012VN", "LD000000012VN"),
    (" ld 000 000 012 vn ", "LD000000012VN"),
    ("LD-000000012-VN", "LD000000012VN"),
    ("RR123456785DE", NO_CODE),  # another country's
    ("LD00000001VN", NO_CODE),
    ("", NO_CODE),
    ("%", NO_CODE),
]


@pytest.mark.parametrize(("text", "code"), CODES)
def test_code_as_people_write_it(text: str, code: str) -> None:
    """Tests that a code is read however it is written, and all else is looked for in vain."""
    assert read_code(text) == code


def test_code_is_forgotten_after_ninety_days() -> None:
    """Tests that a code ends after ninety days and not before."""
    assert not is_forgotten(MORNING, MORNING + timedelta(days=90))
    assert is_forgotten(MORNING, MORNING + timedelta(days=90, seconds=1))


def test_first_name_is_the_last_word() -> None:
    """Tests that a Vietnamese given name stands last."""
    assert first_name("Nguyễn Thị Minh Khai") == "Khai"
    assert first_name("") == ""


def minutes(start: int, end: int) -> tuple[object, object]:
    return MORNING + timedelta(minutes=start), MORNING + timedelta(minutes=end)


AT = MORNING + timedelta(minutes=125)  # planned for 08:35
WINDOWS = [
    ("planned", {}, minutes(60, 190)),  # an hour to both sides, in tens of minutes
    ("out", {}, minutes(90, 160)),
    ("near", {}, minutes(100, 150)),
    ("out", {"delay_s": 1_800}, minutes(120, 190)),  # the courier runs late
    ("planned", {"delay_s": 1_800}, minutes(60, 190)),  # not known before setting out
    ("out", {"tw_early_at": MORNING + timedelta(minutes=110)}, minutes(110, 160)),
    ("out", {"tw_late_at": MORNING + timedelta(minutes=140)}, minutes(90, 140)),
    # a window that cannot be kept any more no longer bounds
    ("out", {"tw_late_at": MORNING + timedelta(minutes=120)}, minutes(90, 160)),
    # the planned time is past and nobody was heard of: from now on, never an hour that is gone
    ("out", {"now": MORNING + timedelta(minutes=200)}, minutes(200, 230)),
]


@pytest.mark.parametrize(("nearness", "changes", "expected"), WINDOWS)
def test_window_narrows(
    nearness: str, changes: dict[str, object], expected: tuple[object, object]
) -> None:
    """Tests that the window is whole tens of minutes, narrows, and follows a late courier."""
    assert narrow(AT, nearness, **{"now": MORNING, **changes}) == expected
