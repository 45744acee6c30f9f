"""Tests of what acts make of a stop, whose act it is, and when a round may close."""

import json
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend.kit.errors import Conflict
from backend.rounds.model import StopAct
from backend.rounds.rules import check_act, check_close, is_to_bring, stop_state

TO_BRING = json.loads(
    (Path(__file__).parents[2] / "vectors" / "items_to_bring.json").read_text(encoding="utf-8")
)["cases"]
STOP, COURIER = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.mark.parametrize(
    ("acts", "is_arrived", "state"),
    [
        (["open"], False, "open"),
        (["open", "done"], True, "arrived"),
        (["done", "done"], True, "done"),
        (["failed", "failed"], True, "failed"),
        (["done", "failed"], True, "partly"),
        (["done", "removed"], True, "done"),  # what was taken away does not count
        (["removed"], False, "removed"),
        ([], False, "removed"),
    ],
)
def test_stop_state(acts: list[str], is_arrived: bool, state: str) -> None:
    """Tests that a stop is what its acts make of it."""
    assert stop_state(acts, is_arrived=is_arrived) == state


def make_act(state: str = "open") -> StopAct:
    return StopAct(
        uuid.UUID(int=3),
        "result.deliver",
        state,  # type: ignore[arg-type]
        uuid.UUID(int=4),
        STOP,
        "open",
        uuid.UUID(int=5),
        COURIER,
        "open",
        date(2027, 1, 5),
    )


@pytest.mark.parametrize(
    ("act", "stop", "kind", "courier", "code"),
    [
        (make_act(), STOP, "result.deliver", COURIER, None),
        (make_act("removed"), STOP, "result.deliver", COURIER, None),  # reality may still win
        (None, STOP, "result.deliver", COURIER, "unknown_act"),
        (make_act(), STOP, "dossier.accept", COURIER, "unknown_act"),
        (make_act(), uuid.UUID(int=9), "result.deliver", COURIER, "unknown_stop"),
        (make_act(), STOP, "result.deliver", uuid.UUID(int=9), "not_your_round"),
        (make_act("done"), STOP, "result.deliver", COURIER, "already_done"),
        (make_act("failed"), STOP, "result.deliver", COURIER, "already_done"),
    ],
)
def test_check_act(
    act: StopAct | None, stop: uuid.UUID, kind: str, courier: uuid.UUID, code: str | None
) -> None:
    """Tests that only the courier of an act reports it, once, at its stop."""
    if code is None:
        assert check_act(act, stop_id=stop, kind=kind, courier_id=courier) is act
        return
    with pytest.raises(Conflict) as refused:
        check_act(act, stop_id=stop, kind=kind, courier_id=courier)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("num_open", "num_on_hand", "code"),
    [(0, 0, None), (1, 0, "open_stops"), (0, 2, "items_on_hand"), (1, 2, "open_stops")],
)
def test_check_close(num_open: int, num_on_hand: int, code: str | None) -> None:
    """Tests that a round closes only with every stop ended and an empty bag."""
    if code is None:
        check_close(num_open, num_on_hand)
        return
    with pytest.raises(Conflict) as refused:
        check_close(num_open, num_on_hand)
    assert refused.value.code == code


@pytest.mark.parametrize("case", TO_BRING, ids=lambda case: case["name"])
def test_what_is_to_bring_is_that_of_the_vectors(case: dict[str, Any]) -> None:
    """Tests that an item comes back before the round it was last on closes, as on the phone."""
    acts = [(round_id, state) for round_id, state in case["acts"]]
    assert is_to_bring("closing", case["rounds"], acts) is case["is_to_bring"]
