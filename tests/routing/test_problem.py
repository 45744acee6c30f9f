"""Tests that a question that makes no sense is refused with its code and the ids concerned."""

from typing import Any

import msgspec
import numpy as np
import pytest

from routing import Break, MalformedProblem, Promise, SpeedBand, TimeWindow
from tests.routing.small import problem, road, stop, vehicle

MALFORMED: list[tuple[str, dict[str, Any], str, tuple[str, ...]]] = [
    ("matrix not square", {"duration_s": np.zeros((2, 3), np.int64)}, "E1101", ("",)),
    ("matrix of floats", {"duration_s": np.zeros((2, 2))}, "E1101", ("",)),
    ("negative duration", {"duration_s": np.array([[0, -1], [1, 0]])}, "E1102", ("office", "s1")),
    ("way to itself", {"distance_m": np.array([[0, 1], [1, 5]])}, "E1103", ("s1",)),
    ("one id twice", {"vehicles": (vehicle(), vehicle())}, "E1104", ("v1",)),
    ("unknown depot", {"vehicles": (vehicle(start_depot="home"),)}, "E1105", ("v1",)),
    ("unknown profile", {"vehicles": (vehicle(profile="foot"),)}, "E1105", ("v1",)),
    ("unknown promise", {"promises": (Promise(stop_id="s9", vehicle_id="v1"),)}, "E1105", ("s9",)),
    ("location outside", {"stops": (stop(7),)}, "E1106", ("s7",)),
    ("empty window", {"stops": (stop(1, tw=(20, 10)),)}, "E1107", ("s1",)),
    (
        "windows that overlap",
        {"stops": (stop(1, tws=(TimeWindow(0, 10), TimeWindow(10, 20))),)},
        "E1107",
        ("s1",),
    ),
    ("negative service", {"stops": (stop(1, service_duration_s=-1),)}, "E1108", ("s1",)),
    ("priority over 100", {"stops": (stop(1, priority=101),)}, "E1108", ("s1",)),
    ("shift backwards", {"vehicles": (vehicle(shift_early_s=10, shift_late_s=9),)}, "E1109",
     ("v1",)),
    (
        "break longer than its span",
        {"vehicles": (vehicle(breaks=(Break(early_s=0, late_s=9, duration_s=10),)),)},
        "E1110",
        ("v1",),
    ),
    ("no vehicle", {"vehicles": ()}, "E1111", ()),
    ("speed 0", {"speed_bands": (SpeedBand(from_s=0, speed_percent=0),)}, "E1112", ()),
    (
        "shipment of unequal halves",
        {
            "stops": (stop(1, pickup_g=5), stop(1, id="d", delivery_g=4, picked_up_at="s1")),
        },
        "E1113",
        ("s1", "d"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "code", "ids"), [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED]
)
def test_problem_refuses_malformed_question(
    given: dict[str, Any], code: str, ids: tuple[str, ...]
) -> None:
    """Tests that each fault has its own code and names who is concerned."""
    with pytest.raises(MalformedProblem) as refused:
        problem([5], **given)
    assert (refused.value.code, refused.value.ids) == (code, ids)


def test_problem_accepts_empty_day() -> None:
    """Tests that no stops and no vehicles are a question, only a dull one."""
    empty = problem([], vehicles=())
    assert empty.stops == ()


def test_problem_is_frozen() -> None:
    """Tests that nobody changes a question while it is being answered."""
    asked = problem([5])
    with pytest.raises(AttributeError):
        asked.stops = ()  # type: ignore[misc]
    assert msgspec.structs.replace(asked, stops=()).stops == ()
    assert road([0, 5]).tolist() == [[0, 5], [5, 0]]
